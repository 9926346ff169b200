"""Arrays, maps and ranges in the other two faces of a model, and in responses."""

from __future__ import annotations

import asyncio
import datetime as dt
import warnings
from typing import Any

import httpx
import pytest
from psycopg.types.range import Range
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session
from tests.contract.postgres.hotel_models import Lists, Maps, Spans

from fastjango import FastJango
from fastjango.db import connection

pytestmark = [pytest.mark.service("postgresql"), pytest.mark.usefixtures("database")]


def test_schemas_say_what_is_in_a_list() -> None:
    found = TypeAdapter(Lists).json_schema(mode="serialization")["properties"]

    assert found["tags"]["items"] == {"type": "string"}
    assert found["numbers"]["anyOf"][0]["items"] == {"anyOf": [{"type": "integer"}, {"type": "null"}]}
    assert found["board"]["anyOf"][0]["items"]["items"] == {"type": "integer"}


def test_json_becomes_ranges_and_back() -> None:
    adapter = TypeAdapter(Spans)

    made = adapter.validate_json(
        '{"ints": {"lower": 1, "upper": 5}, "decimals": {"upper": "2.5"}, "days": {"empty": true}}'
    )

    assert isinstance(made, Spans)
    assert (made.ints, made.days) == (Range(1, 5), Range(empty=True))
    # The bounds are those of the model field.
    assert made.decimals is not None
    assert made.decimals.bounds == "(]"
    assert adapter.dump_python(made, mode="json")["ints"] == {"lower": 1, "upper": 5, "bounds": "[)"}


def test_wrong_values_are_refused_by_name() -> None:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(Lists).validate_json('{"tags": ["too long"], "numbers": ["x"]}')

    assert [error["loc"][0] for error in caught.value.errors()] == ["tags", "numbers"]


def test_a_session_reads_and_writes_the_types() -> None:
    made = Spans.objects.create(days=(dt.date(2024, 5, 1), None))
    maps = Maps.objects.create(attributes={"a": "1"})

    with warnings.catch_warnings(), Session(connection.engine) as session:
        warnings.simplefilter("error")
        span = session.scalars(select(Spans).where(Spans.days == Range(dt.date(2024, 5, 1), None))).one()
        span.ints = Range(1, 5)
        session.get_one(Maps, maps.pk).attributes = {"b": None}
        session.commit()

    made.refresh_from_db()
    maps.refresh_from_db()
    assert (made.ints, maps.attributes) == (Range(1, 5), {"b": None})
    made.delete()
    maps.delete()


def test_a_response_has_every_type() -> None:
    rows = [
        Lists.objects.create(tags=["a"], periods=[Range(dt.date(2024, 5, 1), None)], maps=[{"k": None}]),
        Spans.objects.create(ints=(1, 5)),
    ]
    app = FastJango()

    @app.get("/lists", response_model=list[Lists])
    async def lists() -> Any:
        return Lists.objects.all()

    @app.get("/spans")
    async def spans() -> list[Spans]:
        return [row async for row in Spans.objects.all()]

    async def ask() -> list[Any]:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return [(await client.get(path)).json() for path in ("/lists", "/spans")]

    found_lists, found_spans = asyncio.run(ask())

    assert found_lists[0]["tags"] == ["a"]
    assert found_lists[0]["maps"] == [{"k": None}]
    assert found_lists[0]["periods"] == [{"lower": "2024-05-01", "upper": None, "bounds": "[)"}]
    assert found_spans[0]["ints"] == {"lower": 1, "upper": 5, "bounds": "[)"}
    for row in rows:
        row.delete()
