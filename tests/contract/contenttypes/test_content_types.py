"""Content types, and relations that lead to any model."""

from __future__ import annotations

from typing import Any

import pytest

from fastjango.contrib.admin.models import CHANGE, LogEntry
from fastjango.contrib.auth.models import Group, Permission, User
from fastjango.contrib.contenttypes.models import ContentType
from fastjango.contrib.contenttypes.prefetch import GenericPrefetch
from fastjango.core.exceptions import FieldError
from fastjango.test import TestCase


class ContentTypeTests(TestCase):
    """The table of models."""

    def test_a_model_is_looked_up_once(self) -> None:
        ContentType.objects.clear_cache()

        with self.assertNumQueries(1):
            first = ContentType.objects.get_for_model(User)
            again = ContentType.objects.get_for_model(User)
            by_key = ContentType.objects.get_for_id(first.pk)
            by_name = ContentType.objects.get_by_natural_key("auth", "user")

        assert first is again is by_key is by_name
        assert first.model_class() is User

    def test_several_models_cost_one_query(self) -> None:
        ContentType.objects.clear_cache()

        with self.assertNumQueries(1):
            found = ContentType.objects.get_for_models(User, Group, Permission)

        assert {model: found[model].model for model in found} == {
            User: "user",
            Group: "group",
            Permission: "permission",
        }

    def test_objects_are_found_through_their_type(self) -> None:
        user = User.objects.create_user("ada")

        assert ContentType.objects.get_for_model(user).get_object_for_this_type(pk=user.pk) == user

    def test_a_type_whose_model_is_gone_says_so(self) -> None:
        stale = ContentType.objects.create(app_label="gone", model="thing")

        assert stale.model_class() is None
        assert stale.name == "thing"
        with pytest.raises(AttributeError):
            stale.get_object_for_this_type(pk=1)

    async def test_in_async_code(self) -> None:
        ContentType.objects.clear_cache()

        assert (await ContentType.objects.aget(app_label="auth", model="group")).model_class() is Group

    def test_log_entries_lead_to_what_they_are_about(self) -> None:
        user: Any = User.objects.create_user("ada")
        group = Group.objects.create(name="editors")
        LogEntry.objects.log_actions(user.pk, [group], CHANGE, "renamed", single_object=True)

        entry = LogEntry.objects.get()

        assert entry.get_edited_object() == group
        assert entry.content_type == ContentType.objects.get_for_model(Group)


def test_a_generic_prefetch_takes_querysets_that_give_instances(db: None) -> None:
    with pytest.raises(ValueError, match="raw"):
        GenericPrefetch("content_object", [Group.objects.raw("select 1")])


def test_a_query_cannot_filter_through_what_is_no_field(db: None) -> None:
    with pytest.raises(FieldError, match="Cannot resolve keyword 'secret'"):
        ContentType.objects.filter(secret=1)
