"""Forms and formsets made from models: what they show, what they take, what they save."""

from __future__ import annotations

from typing import Any

import pytest

from fastjango import forms
from fastjango.contrib.admin.models import LogEntry
from fastjango.contrib.auth.models import Group, Permission, User
from fastjango.contrib.contenttypes.models import ContentType
from fastjango.core.exceptions import FieldError, ImproperlyConfigured
from fastjango.forms import ModelForm, inlineformset_factory, modelform_factory, modelformset_factory
from fastjango.test import TestCase


class GroupForm(ModelForm):
    """A group with its permissions."""

    class Meta:
        model = Group
        fields = ["name", "permissions"]


class ModelFormTests(TestCase):
    """One object."""

    first: Any
    second: Any

    @classmethod
    def setUpTestData(cls) -> None:
        cls.first, cls.second = Permission.objects.order_by("pk")[:2]

    def test_a_form_saves_its_object_and_its_relations(self) -> None:
        form = GroupForm({"name": "editors", "permissions": [self.first.pk, self.second.pk]})

        group = form.save()

        assert group.name == "editors"
        assert set(group.permissions.all()) == {self.first, self.second}

    def test_commit_false_leaves_saving_to_the_caller(self) -> None:
        form = GroupForm({"name": "editors", "permissions": [self.first.pk]})

        group = form.save(commit=False)
        assert group.pk is None
        group.save()
        form.save_m2m()

        assert list(group.permissions.all()) == [self.first]

    def test_an_instance_fills_the_form_and_is_changed_by_it(self) -> None:
        group = Group.objects.create(name="old")
        group.permissions.add(self.first)

        assert GroupForm(instance=group).initial == {"name": "old", "permissions": [self.first]}
        assert GroupForm({"name": "new"}, instance=group).save().pk == group.pk
        assert list(group.permissions.all()) == []

    def test_a_unique_value_is_checked_against_other_rows_only(self) -> None:
        group = Group.objects.create(name="taken")

        assert GroupForm({"name": "taken"}).errors == {"name": ["Group with this Name already exists."]}
        assert GroupForm({"name": "taken"}, instance=group).is_valid()

    def test_an_invalid_form_does_not_save(self) -> None:
        with pytest.raises(ValueError, match="could not be created because the data didn't validate"):
            GroupForm({"name": ""}).save()

    def test_a_relation_takes_rows_of_its_queryset_only(self) -> None:
        class Narrow(GroupForm):
            def __init__(self, *args: Any, **kwargs: Any) -> None:
                super().__init__(*args, **kwargs)
                self.fields["permissions"].queryset = Permission.objects.filter(pk=self.first)

            first = self.first.pk

        assert Narrow({"name": "x", "permissions": [self.first.pk]}).is_valid()
        for value in (self.second.pk, "x", "0", "9" * 30, "1\x00"):
            assert "permissions" in Narrow({"name": "x", "permissions": [value]}).errors, value

    def test_fields_left_out_of_the_data_keep_their_defaults(self) -> None:
        form = modelform_factory(User, fields=["username", "first_name", "is_active"])

        # A checkbox that is not ticked sends nothing.
        assert form({"username": "ada", "first_name": ""}).save(commit=False).is_active is False
        assert modelform_factory(User, fields=["username"])({"username": "ada"}).save(commit=False).is_active is True

    def test_what_no_form_may_set_is_refused_by_name(self) -> None:
        with pytest.raises(
            ImproperlyConfigured, match="without defining 'fields' or 'exclude' explicitly is prohibited"
        ):
            modelform_factory(Group)
        with pytest.raises(FieldError, match=r"Unknown field\(s\) \(colour\) specified for Group"):
            modelform_factory(Group, fields=["colour"])
        with pytest.raises(FieldError, match="non-editable field"):
            modelform_factory(LogEntry, fields=["action_time"], exclude=[])

    def test_extra_keys_of_the_data_change_nothing(self) -> None:
        user = modelform_factory(User, fields=["username"])({"username": "ada", "is_superuser": "on"}).save(
            commit=False
        )

        assert user.is_superuser is False

    async def test_in_async_code(self) -> None:
        form = GroupForm({"name": "async", "permissions": [self.first.pk]})

        assert form.is_valid()
        form.save()
        assert await Group.objects.filter(name="async", permissions=self.first).aexists()


def management(total: int, initial: int, prefix: str = "form") -> dict[str, str]:
    """Return the hidden fields of a formset."""
    return {f"{prefix}-TOTAL_FORMS": str(total), f"{prefix}-INITIAL_FORMS": str(initial)}


class FormSetTests(TestCase):
    """Several objects at once."""

    groups: list[Any]

    @classmethod
    def setUpTestData(cls) -> None:
        cls.groups = [Group.objects.create(name=name) for name in ("a", "b")]

    def test_rows_are_changed_added_and_deleted_together(self) -> None:
        formset_class = modelformset_factory(Group, fields=["name"], can_delete=True, extra=1)
        a, b = self.groups
        data = {
            **management(3, 2),
            "form-0-id": str(a.pk),
            "form-0-name": "changed",
            "form-1-id": str(b.pk),
            "form-1-name": "b",
            "form-1-DELETE": "on",
            "form-2-name": "new",
        }

        formset = formset_class(data, queryset=Group.objects.order_by("pk"))
        assert formset.is_valid(), formset.errors
        formset.save()

        assert sorted(Group.objects.values_list("name", flat=True)) == ["changed", "new"]
        assert formset.changed_objects == [(a, ["name"])]
        assert [group.name for group in formset.deleted_objects] == ["b"]
        assert [group.name for group in formset.new_objects] == ["new"]

    def test_a_row_outside_the_queryset_is_not_touched(self) -> None:
        formset_class = modelformset_factory(Group, fields=["name"])
        a, b = self.groups
        data = {**management(1, 1), "form-0-id": str(b.pk), "form-0-name": "stolen"}

        formset = formset_class(data, queryset=Group.objects.filter(pk=a.pk))

        if formset.is_valid():
            formset.save()

        assert sorted(Group.objects.values_list("name", flat=True)) == ["a", "b"]

    def test_two_new_rows_may_not_be_the_same(self) -> None:
        formset_class = modelformset_factory(Group, fields=["name"])
        data = {**management(2, 0), "form-0-name": "same", "form-1-name": "same"}

        formset = formset_class(data, queryset=Group.objects.none())

        assert formset.non_form_errors() == ["Please correct the duplicate data for name."]

    def test_children_belong_to_their_parent(self) -> None:
        content_type = ContentType.objects.get_for_model(Group)
        formset_class = inlineformset_factory(ContentType, Permission, fields=["name", "codename"], extra=1)
        existing = content_type.permission_set.order_by("pk")
        data = management(existing.count() + 1, existing.count(), "permission_set")
        for number, permission in enumerate(existing):
            for name in ("id", "name", "codename"):
                data[f"permission_set-{number}-{name}"] = str(getattr(permission, name))
        data |= {f"permission_set-{existing.count()}-{name}": "publish" for name in ("name", "codename")}

        formset = formset_class(data, instance=content_type, queryset=Permission.objects.order_by("pk"))
        assert formset.is_valid(), formset.errors
        formset.save()

        assert Permission.objects.get(codename="publish").content_type == content_type

    def test_too_many_or_too_few_rows(self) -> None:
        formset_class = modelformset_factory(
            Group, fields=["name"], max_num=1, min_num=1, validate_max=True, validate_min=True
        )
        two = {**management(2, 0), "form-0-name": "x", "form-1-name": "y"}

        assert formset_class(two, queryset=Group.objects.none()).non_form_errors() == ["Please submit at most 1 form."]
        assert formset_class(management(0, 0), queryset=Group.objects.none()).non_form_errors() == [
            "Please submit at least 1 form."
        ]


@pytest.mark.parametrize(
    ("field", "given", "clean"),
    [
        (forms.IntegerField(), " 12 ", 12),
        (forms.DecimalField(max_digits=4, decimal_places=2), "12.50", "12.50"),
        (forms.BooleanField(required=False), "false", False),
        (forms.NullBooleanField(), "unknown", None),
        (forms.TypedChoiceField(choices=[("1", "one")], coerce=int), "1", 1),
        (forms.TypedMultipleChoiceField(choices=[("1", "one"), ("2", "two")], coerce=int), ["2", "1"], [2, 1]),
        (forms.JSONField(), '{"a": [1]}', {"a": [1]}),
        (forms.UUIDField(), "{12345678123456781234567812345678}", "12345678-1234-5678-1234-567812345678"),
        (forms.DurationField(), "1 02:03:04", "1 day, 2:03:04"),
        (forms.SlugField(allow_unicode=True), "straße-1", "straße-1"),
        (forms.URLField(assume_scheme="https"), "example.com", "https://example.com"),
        (forms.GenericIPAddressField(), "2001:0::1", "2001::1"),
        (forms.RegexField(r"^[a-z]+$"), "abc", "abc"),
        (forms.EmailField(), " ada@example.com ", "ada@example.com"),
    ],
)
def test_texts_become_values(field: Any, given: Any, clean: Any) -> None:
    value = field.clean(given)

    assert (str(value) if isinstance(clean, str) else value) == clean
