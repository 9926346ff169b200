"""Every connection knows the types of extensions, in both worlds, without asking."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from tests.contract.postgres.hotel_models import Lists, Maps

from fastjango.contrib.postgres.fields import CICharField, CITextField
from fastjango.contrib.postgres.signals import get_citext_oids, get_hstore_oids
from fastjango.db import connection
from fastjango.test.utils import CaptureQueriesContext

pytestmark = [pytest.mark.service("postgresql"), pytest.mark.usefixtures("database")]


@pytest.fixture(autouse=True)
def one_map(database: Any) -> Any:
    made = Maps.objects.create(attributes={"a": "1"})
    yield
    made.delete()


def test_a_new_connection_is_not_asked_again() -> None:
    get_hstore_oids(connection.alias)
    get_citext_oids(connection.alias)
    connection.pool.retire()

    with CaptureQueriesContext(connection) as queries:
        assert Maps.objects.get().attributes == {"a": "1"}

    assert len(queries) == 1


def test_connections_of_the_loop_know_the_types() -> None:
    async def read() -> list[Any]:
        return await asyncio.gather(*(Maps.objects.aget() for _ in range(3)))

    assert [row.attributes for row in asyncio.run(read())] == [{"a": "1"}] * 3


def test_arrays_of_citext_are_lists() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT ARRAY['a', 'b']::citext[]")
        assert cursor.fetchone() == (["a", "b"],)


def test_the_old_fields_are_refused_by_the_checks() -> None:
    found = [field.check()[-1] for field in (CICharField(max_length=5), CITextField())]

    assert [one.id for one in found] == ["fields.E905", "fields.E907"]
    assert "is removed except for support in historical migrations" in found[0].msg


def test_a_list_is_streamed(database: Any) -> None:
    Lists.objects.bulk_create([Lists(tags=[str(number)]) for number in range(5)])
    try:
        assert [row.tags for row in Lists.objects.order_by("pk").iterator(chunk_size=2)] == [[str(n)] for n in range(5)]
    finally:
        Lists.objects.all().delete()
