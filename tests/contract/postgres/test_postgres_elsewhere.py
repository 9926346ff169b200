"""On other databases it is said clearly that they cannot."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.contract.postgres.hotel_models import Booking, Lists, Spans

from fastjango.db import NotSupportedError, connection
from fastjango.db.models import Model

pytestmark = pytest.mark.usefixtures("elsewhere")


@pytest.fixture
def elsewhere(db: None) -> Iterator[None]:
    if connection.vendor == "postgresql":
        pytest.skip("the default database is PostgreSQL")
    yield


@pytest.mark.parametrize(("model", "name"), [(Lists, "tags"), (Lists, "maps"), (Spans, "days")])
def test_the_check_names_the_database(model: type[Model], name: str) -> None:
    field: Any = model._meta.get_field(name)

    found = [one for one in field.check(databases=["default"]) if one.id == "postgres.E101"]

    assert [one.msg for one in found] == [f"{connection.display_name} does not support {type(field).__name__}s."]
    assert [one.id for one in field.check()] == []


def test_lookups_name_themselves() -> None:
    with pytest.raises(NotSupportedError, match="overlap lookup is not supported"):
        list(Spans.objects.filter(ints__overlap=(1, 5)))


def test_constraints_name_themselves() -> None:
    editor = connection.schema_editor()

    with pytest.raises(NotSupportedError, match="does not support exclusion constraints"):
        Booking._meta.constraints[0].create_sql(Booking, editor)
