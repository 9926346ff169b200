"""What users rely on: fields in order, clean data, errors, prefixes, markup."""

from __future__ import annotations

from typing import Any

import pytest

from fastjango import forms


class Contact(forms.Form):
    name = forms.CharField(max_length=10)
    age = forms.IntegerField(min_value=0, required=False)

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if name == "nobody":
            raise forms.ValidationError("Not this one.", code="taken")
        return name.title()


def test_a_valid_form_has_clean_data() -> None:
    """Values are converted and pass the form's own clean methods."""
    form = Contact({"name": " ann ", "age": "7"})

    assert form.is_valid()
    assert form.cleaned_data == {"name": "Ann", "age": 7}


def test_errors_are_kept_by_field_with_their_codes() -> None:
    """A wrong field leaves the clean data."""
    form = Contact({"name": "nobody", "age": "-1"})

    assert form.errors == {
        "name": ["Not this one."],
        "age": ["Ensure this value is greater than or equal to 0."],
    }
    assert form.has_error("name", "taken")
    assert form.cleaned_data == {}


def test_an_unbound_form_is_never_valid() -> None:
    """Without data there are no errors either."""
    form = Contact()

    assert not form.is_valid()
    assert form.errors == {}


def test_a_prefix_keeps_two_forms_apart() -> None:
    """Names and ids carry the prefix."""
    form = Contact({"b-name": "Bo"}, prefix="b")

    assert form.is_valid()
    assert 'name="b-name"' in str(form["name"])
    assert 'id="id_b-name"' in str(form["name"])


def test_none_takes_an_inherited_field_away() -> None:
    """Subclasses add, replace and remove fields."""

    class Short(Contact):
        age = None  # type: ignore[assignment]
        city = forms.CharField()

    assert list(Short().fields) == ["name", "city"]


def test_unknown_field_names_the_choices() -> None:
    """The message says what there is."""
    with pytest.raises(KeyError, match="Choices are: age, name"):
        Contact()["nmae"]


def test_add_error_to_a_field_that_does_not_exist() -> None:
    """The message names the form and the field."""
    form = Contact({"name": "x"})

    with pytest.raises(ValueError, match="'Contact' has no field named 'nmae'"):
        form.add_error("nmae", "Wrong.")


def test_user_text_is_escaped_everywhere() -> None:
    """Values, labels of choices and messages cannot break out."""

    class Page(forms.Form):
        text = forms.CharField(max_length=3)
        pick = forms.ChoiceField(choices=[("<i>", "<i>")])

    html = str(Page({"text": "<script>", "pick": "<u>"}))

    assert "<script>" not in html
    assert "<i>" not in html
    assert "<u>" not in html


def test_a_formset_reads_no_more_forms_than_absolute_max() -> None:
    """A request cannot ask for a million forms."""
    formset_class = forms.formset_factory(Contact, absolute_max=3, max_num=2)
    data: dict[str, Any] = {"form-TOTAL_FORMS": "1000000", "form-INITIAL_FORMS": "0"}

    formset = formset_class(data)

    assert len(formset.forms) == 3
    assert formset.non_form_errors() == ["Please submit at most 2 forms."]


def test_a_formset_without_its_management_form_is_an_error() -> None:
    """Tampered data gives a message."""
    formset = forms.formset_factory(Contact)({})

    assert not formset.is_valid()
    assert "form-TOTAL_FORMS, form-INITIAL_FORMS" in formset.non_form_errors()[0]


def test_deleted_forms_need_not_be_valid() -> None:
    """A ticked box makes the other fields irrelevant."""
    data = {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1", "form-0-name": "", "form-0-DELETE": "on"}

    formset = forms.formset_factory(Contact, can_delete=True)(data)

    assert formset.is_valid()
    assert len(formset.deleted_forms) == 1


def test_media_of_widgets_adds_up_in_order() -> None:
    """Every file once, each widget's order kept."""

    class One(forms.TextInput):
        class Media:
            js = ("/a.js", "/c.js")

    class Two(forms.TextInput):
        class Media:
            js = ("/a.js", "/b.js", "/c.js")

    class Page(forms.Form):
        one = forms.CharField(widget=One)
        two = forms.CharField(widget=Two)

    assert Page().media._js == ["/a.js", "/b.js", "/c.js"]
