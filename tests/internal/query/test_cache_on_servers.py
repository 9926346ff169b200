"""The same comparison of cached and fresh plans on PostgreSQL and MariaDB, whatever the suite's own database is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.contract.db.conftest import mariadb, postgresql  # noqa: F401  # fixtures
from tests.internal.query.test_cache_changes_nothing import _fill, compare

from fastjango.contrib.auth.models import Group, Permission, User
from fastjango.contrib.contenttypes.models import ContentType

MODELS: list[Any] = [ContentType, Permission, Group, User]


@pytest.fixture(params=["postgresql", "mariadb"])
def alias(request: pytest.FixtureRequest) -> Iterator[str]:
    wrapper = request.getfixturevalue(request.param)
    with wrapper.schema_editor() as editor:
        for model in MODELS:
            editor.create_model(model)
    _fill(wrapper.alias)
    yield wrapper.alias
    with wrapper.constraint_checks_disabled(), wrapper.schema_editor() as editor:
        for model in reversed(MODELS):
            editor.delete_model(model)


def test_cached_and_fresh_plans_say_and_find_the_same(alias: str) -> None:
    compare(70, alias)
