"""bulk_create() on PostgreSQL: columns travel as arrays, and every kind of value arrives as it was sent."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from fastjango.apps.registry import Apps
from fastjango.db import DataError, models
from fastjango.db.execute import change
from fastjango.db.models import Value
from fastjango.db.models.functions import Upper
from fastjango.test.databases import CaptureQueriesContext

UTC = dt.UTC


class Everything(models.Model):
    text = models.CharField(max_length=60)
    number = models.IntegerField(null=True)
    wide = models.BigIntegerField(null=True)
    price = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    ratio = models.FloatField(null=True)
    active = models.BooleanField(null=True)
    moment = models.DateTimeField(null=True)
    day = models.DateField(null=True)
    clock = models.TimeField(null=True)
    span = models.DurationField(null=True)
    key = models.UUIDField(null=True)
    data = models.JSONField(null=True)
    raw = models.BinaryField(null=True)
    address = models.GenericIPAddressField(null=True)

    class Meta:
        app_label = "bulk_arrays"
        db_table = "fj_everything"
        apps = Apps()


@pytest.fixture
def table(postgresql: Any) -> Iterator[Any]:
    with postgresql.schema_editor() as editor:
        editor.create_model(Everything)
    yield postgresql
    change("pg", "DROP TABLE fj_everything")


def rows() -> list[Everything]:
    full = {
        "number": -7,
        "wide": 2**40,
        "price": Decimal("-12.50"),
        "ratio": 1.5e-9,
        "active": True,
        "moment": dt.datetime(2024, 2, 29, 12, 30, 15, 123456, tzinfo=UTC),
        "day": dt.date(1999, 12, 31),
        "clock": dt.time(23, 59, 59, 999999),
        "span": dt.timedelta(days=-3, seconds=5, microseconds=7),
        "key": uuid.UUID(int=5),
        "data": {"a": ['quote " and \\ back', None, {"ä": 1}]},
        "raw": b'\x00\\"\xff',
        "address": "2001:db8::1",
    }
    texts = ['say "hi"', "back\\slash", "{braces, comma}", "NULL", "", "line\nbreak", " ünï "]
    return [Everything(text=text, **(full if place % 2 else {})) for place, text in enumerate(texts)]


def values(objects: Any) -> list[tuple[Any, ...]]:
    names = [field.attname for field in Everything._meta.concrete_fields if field.attname not in {"id", "raw"}]
    return [(*(getattr(obj, name) for name in names), bytes(obj.raw or b"")) for obj in objects]


def test_every_kind_of_value_arrives(table: Any) -> None:
    sent = rows()

    with CaptureQueriesContext(table) as captured:
        Everything.objects.using("pg").bulk_create(sent)

    assert [query["sql"][:6] for query in captured.captured_queries] == ["BEGIN", "INSERT", "COMMIT"]
    assert "UNNEST" in captured.captured_queries[1]["sql"]
    assert values(Everything.objects.using("pg").order_by("pk")) == values(sent)
    assert [obj.pk for obj in sent] == list(range(1, len(sent) + 1))


def test_a_text_that_is_too_long_is_refused_and_not_cut(table: Any) -> None:
    with pytest.raises(DataError, match="too long"):
        Everything.objects.using("pg").bulk_create([Everything(text="x" * 61), Everything(text="y")])


def test_any_number_of_rows_is_one_statement_text(table: Any) -> None:
    plans = Everything._meta.__dict__.setdefault("_write_plans", {})
    plans.clear()

    for number in (2, 3, 50):
        Everything.objects.using("pg").bulk_create([Everything(text="x") for _ in range(number)])

    assert len(plans) == 1
    assert Everything.objects.using("pg").count() == 55


def test_an_expression_among_the_values_is_written_the_other_way(table: Any) -> None:
    Everything.objects.using("pg").bulk_create([Everything(text=Upper(Value("x"))), Everything(text="y")])

    assert list(Everything.objects.using("pg").order_by("pk").values_list("text", flat=True)) == ["X", "y"]
