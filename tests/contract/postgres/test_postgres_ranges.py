"""Ranges of numbers, days and moments."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from psycopg.types.range import Range
from tests.contract.postgres.hotel_models import Spans

from fastjango.contrib.postgres.fields import DateTimeRangeField, RangeBoundary
from fastjango.db.migrations.writer import MigrationWriter
from fastjango.db.models import F, Func, Value

pytestmark = [pytest.mark.service("postgresql"), pytest.mark.usefixtures("rolled_back")]

MAY, JUNE = dt.date(2024, 5, 1), dt.date(2024, 6, 1)
NOON = dt.datetime(2024, 5, 1, 12, tzinfo=dt.UTC)


def found(**condition: Any) -> list[int]:
    return [row.pk for row in Spans.objects.filter(**condition).order_by("pk")]


def test_ranges_come_back_in_the_form_of_the_database() -> None:
    made = Spans.objects.create(
        ints=(1, 5), bigs=Range(None, 2**40), decimals=(Decimal("1.5"), 2), days=(MAY, JUNE), times=(NOON, None)
    )

    made.refresh_from_db()

    assert made.ints == Range(1, 5, "[)")
    assert made.bigs == Range(None, 2**40, "()")
    assert made.decimals == Range(Decimal("1.5"), Decimal(2), "[]")
    assert made.days == Range(MAY, JUNE, "[)")
    assert made.times == Range(NOON, None, "[)")


def test_ranges_are_compared_with_ranges() -> None:
    low, high = Spans.objects.create(ints=(0, 5)), Spans.objects.create(ints=(5, 9))

    assert found(ints=(0, 5)) == [low.pk]
    assert found(ints__overlap=Range(4, 6)) == [low.pk, high.pk]
    assert found(ints__contained_by=(0, 6)) == [low.pk]
    assert found(ints__fully_lt=(5, 6)) == [low.pk]
    assert found(ints__fully_gt=(0, 5)) == [high.pk]
    assert found(ints__not_lt=(1, 6)) == [high.pk]
    assert found(ints__not_gt=(0, 6)) == [low.pk]
    assert found(ints__adjacent_to=(9, 10)) == [high.pk]


def test_a_single_value_is_looked_for_whatever_its_size() -> None:
    one = Spans.objects.create(ints=(0, 5), bigs=(0, 2**40), decimals=(0, 1), days=(MAY, JUNE), times=(NOON, None))

    assert found(ints__contains=3) == found(bigs__contains=3) == [one.pk]
    # The same query again with a value that needs another type.
    assert found(bigs__contains=2**39) == [one.pk]
    assert found(decimals__contains=Decimal("0.5")) == found(decimals__contains=1) == [one.pk]
    assert found(days__contains=MAY) == found(days__contains=NOON) == [one.pk]
    assert found(times__contains=NOON) == found(times__contains=JUNE) == [one.pk]


def test_the_bounds_are_transforms() -> None:
    one = Spans.objects.create(ints=(0, 5), times=(NOON, None))

    assert found(ints__startswith=0, ints__endswith__gt=4) == [one.pk]
    assert found(ints__lower_inc=True, ints__upper_inc=False, times__upper_inf=True) == [one.pk]
    assert found(ints__isempty=True) == []
    assert found(times__startswith__year=2024) == [one.pk]


def test_single_columns_lie_within_ranges() -> None:
    one = Spans.objects.create(point=3, day=MAY, small=3, ratio=3.5, ints=(0, 5))

    assert found(point__contained_by=Range(0, 5), small__contained_by=(0, 5)) == [one.pk]
    assert found(ratio__contained_by=(3, 4), day__contained_by=(MAY, JUNE)) == [one.pk]
    assert found(point__contained_by=F("ints"), ints__contains=F("point")) == [one.pk]


def test_functions_make_ranges_with_the_bounds_that_are_said() -> None:
    class TsTzRange(Func):
        function = "TSTZRANGE"
        output_field = DateTimeRangeField()

    Spans.objects.create()
    span = TsTzRange(Value(NOON), Value(NOON), RangeBoundary(inclusive_upper=True))
    row: Any = Spans.objects.annotate(span=span).get()

    assert row.span == Range(NOON, NOON, "[]")


def test_naive_moments_are_those_of_the_session() -> None:
    naive = NOON.replace(tzinfo=None)
    one = Spans.objects.create(times=(naive, None))

    one.refresh_from_db()

    assert one.times == Range(NOON, None, "[)")


def test_a_serializer_writes_and_reads_the_bounds() -> None:
    field = Spans._meta.get_field("days")
    text = field.value_to_string(Spans(days=Range(MAY, JUNE, "[]")))

    assert field.to_python(text) == Range(MAY, JUNE, "[]")


def test_migrations_write_ranges() -> None:
    text, imports = MigrationWriter.serialize(Range(1, 5))

    assert text == "psycopg.types.range.Range(1, 5, '[)')"
    assert imports == {"import psycopg.types.range"}
