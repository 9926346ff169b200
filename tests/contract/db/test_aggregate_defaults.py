"""Defaults of aggregates keep their value and type, on SQLite, PostgreSQL and MariaDB alike."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from fastjango.apps.registry import Apps
from fastjango.db import models
from fastjango.db.models import Avg, F, Max, Min, StdDev, Sum, Value
from fastjango.db.models.functions import Coalesce


class Measure(models.Model):
    ratio = models.FloatField(null=True)
    price = models.DecimalField(max_digits=10, decimal_places=3, null=True)
    number = models.IntegerField(null=True)
    span = models.DurationField(null=True)
    moment = models.DateTimeField(null=True)
    day = models.DateField(null=True)
    clock = models.TimeField(null=True)
    text = models.CharField(max_length=20, null=True)

    class Meta:
        app_label = "aggregate_defaults"
        db_table = "fj_measure"
        apps = Apps()


@pytest.fixture(
    params=[
        pytest.param("memory"),
        pytest.param("postgresql", marks=pytest.mark.service("postgresql")),
        pytest.param("mariadb", marks=pytest.mark.service("mariadb")),
    ]
)
def measures(request: Any) -> Iterator[Any]:
    connection = request.getfixturevalue(request.param)
    with connection.schema_editor() as editor:
        editor.create_model(Measure)
    yield Measure.objects.using(connection.alias)
    with connection.schema_editor() as editor:
        editor.delete_model(Measure)


DEFAULTS = [
    ("ratio", 1e10),
    ("ratio", 1e-7),
    ("ratio", 1e300),
    ("ratio", 123456789.12345679),
    ("ratio", -1.5),
    ("price", Decimal("1e6")),
    ("price", Decimal("0.001")),
    ("span", dt.timedelta(days=3, microseconds=5)),
    ("span", dt.timedelta(0)),
]
PLAIN = [
    ("number", 2**31 - 1),
    ("moment", dt.datetime(2020, 1, 2, 3, 4, 5, 6, tzinfo=dt.UTC)),
    ("day", dt.date(2020, 1, 2)),
    ("clock", dt.time(1, 2, 3, 4)),
    ("text", ""),
]


@pytest.mark.parametrize(("name", "default"), [*DEFAULTS, *PLAIN])
def test_the_default_stands_where_there_are_no_values(measures: Any, name: str, default: Any) -> None:
    aggregates = [Max, Min] if (name, default) in PLAIN else [Sum, Avg, Max, Min]
    for rows in (measures.none(), measures.filter(pk__lt=0)):
        for aggregate in aggregates:
            found = rows.aggregate(found=aggregate(name, default=default))["found"]
            assert found == default, aggregate
            assert type(found) is type(default)
    measures.create()

    assert measures.aggregate(found=Max(name, default=default))["found"] == default
    assert measures.annotate(found=Coalesce(name, Value(default))).get().found == default


@pytest.mark.parametrize(("name", "default"), DEFAULTS)
def test_the_default_does_not_change_a_small_sum(measures: Any, name: str, default: Any) -> None:
    small: Any = {"ratio": 0.25, "price": Decimal("0.125"), "span": dt.timedelta(microseconds=1)}[name]
    measures.bulk_create([Measure(**{name: small}), Measure(**{name: small})])

    for aggregate, expected in ((Sum, small * 2), (Avg, small), (Max, small), (Min, small)):
        found = measures.aggregate(found=aggregate(name, default=default))["found"]
        assert found == expected, aggregate
        assert type(found) is type(default)


def test_a_date_that_is_computed_is_a_date(measures: Any) -> None:
    measures.create(day=dt.date(2024, 2, 29))

    assert measures.aggregate(found=Max("day", default=dt.date(2020, 1, 2)))["found"] == dt.date(2024, 2, 29)
    assert measures.annotate(found=Coalesce("day", Value(dt.date(2020, 1, 2)))).get().found == dt.date(2024, 2, 29)


def test_defaults_of_expressions_and_statistics(measures: Any) -> None:
    assert measures.aggregate(found=Sum(F("ratio") * 2, default=1e10))["found"] == 1e10
    assert measures.aggregate(found=Sum("ratio", filter=models.Q(number=1), default=5))["found"] == 5.0
    measures.create(ratio=0.5)
    assert measures.aggregate(found=StdDev("ratio", default=1e10))["found"] == 0.0
    assert measures.filter(ratio=None).aggregate(found=StdDev("ratio", default=1e10))["found"] == 1e10
