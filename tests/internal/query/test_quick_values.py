"""Values that go into an INSERT the short way are those of the long way."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from fastjango.db import connection, models
from fastjango.db.models.fields.quick import quick_values
from fastjango.test.utils import isolate_apps

ZONE = dt.timezone(dt.timedelta(hours=2))
VALUES: list[Any] = [
    *("", "text", "5", 0, 5, -1, True, False, 1.5, None, float("nan")),
    *(Decimal("1.50"), Decimal("1.5"), Decimal("-0.00"), Decimal("123456.78"), Decimal("1E+2"), Decimal("0.01")),
    *(dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC), dt.datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=ZONE)),
    dt.date(2026, 1, 2),
]


class Shouting(models.CharField):
    def get_prep_value(self, value: Any) -> Any:
        return str(value).upper()


@isolate_apps("tests")
def fields() -> list[Any]:
    class Everything(models.Model):
        name = models.CharField(max_length=20)
        text = models.TextField()
        number = models.IntegerField()
        flag = models.BooleanField()
        share = models.FloatField()
        price = models.DecimalField(max_digits=8, decimal_places=2)
        at = models.DateTimeField()
        loud = Shouting(max_length=20)

        class Meta:
            app_label = "tests"

    return list(Everything._meta.local_fields)


def _long(field: Any, value: Any) -> Any:
    return field.get_db_prep_save(value, connection=connection)


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_a_quick_value_is_the_prepared_value(value: Any) -> None:
    for _, of, convert, _, field in quick_values(fields(), connection):
        if value.__class__ is not of:
            continue
        quick = value if convert is None else convert(value)
        if quick is not None:
            prepared = _long(field, value)
            assert (type(quick), repr(quick)) == (type(prepared), repr(prepared))


def test_plain_fields_have_a_short_way_and_fields_of_users_do_not() -> None:
    short = {field.name: of for _, of, _, _, field in quick_values(fields(), connection)}

    assert short["name"] is str
    assert short["number"] is int
    assert short["at"] is dt.datetime
    assert short["loud"] is None
