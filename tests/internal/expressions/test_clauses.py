"""Expressions and lookups as SQL of three databases."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from fastjango.core.exceptions import EmptyResultSet, FieldError, FullResultSet
from fastjango.db.models import Aggregate, Count, F, Func, Lookup, Sum, Value
from fastjango.db.models.expressions import Window
from fastjango.db.models.functions import Concat, Rank, TruncMonth, Upper

from .fake_query import FakeQuery, lookup, sql


def test_wildcards_in_a_pattern_are_escaped() -> None:
    assert sql(lookup("name__contains", r"50%_\x"))[1] == [r"%50\%\_\\x%"]


@pytest.mark.parametrize(
    ("vendor", "expected"),
    [
        ("sqlite", r"name LIKE ? ESCAPE '\'"),
        ("postgresql", "UPPER(CAST(name AS TEXT)) LIKE UPPER(%(param_1)s)"),
        ("mysql", "name LIKE %s"),
    ],
)
def test_icontains_is_said_as_each_database_says_it(vendor: str, expected: str) -> None:
    text = sql(lookup("name__icontains", "a"), vendor)[0].replace("::VARCHAR", "")

    assert text == expected


def test_a_list_is_one_parameter_on_sqlite() -> None:
    assert sql(lookup("size__in", [3, 1, 3, None])) == ("size IN (SELECT value FROM json_each(?))", ["[3, 1]"])


def test_a_list_is_padded_to_a_power_of_two_elsewhere() -> None:
    assert sql(lookup("size__in", [1, 2, 3]), "mysql")[1] == [1, 2, 3, 3]


def test_an_empty_list_matches_nothing() -> None:
    with pytest.raises(EmptyResultSet):
        sql(lookup("size__in", []))


@pytest.mark.parametrize(
    ("path", "error"),
    [("size__exact", EmptyResultSet), ("size__gt", EmptyResultSet), ("size__lt", FullResultSet)],
)
def test_an_integer_beyond_the_column_is_decided_without_the_database(path: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        sql(lookup(path, 2**70), "postgresql")


def test_a_year_is_a_range_of_dates() -> None:
    text, params = sql(lookup("born__year__exact", 2020))

    assert text == "born BETWEEN ? AND ?"
    assert params == [dt.date(2020, 1, 1), dt.date(2020, 12, 31)]


def test_a_key_of_a_document_is_a_parameter() -> None:
    assert sql(lookup("data__a b'c__isnull", True)) == ("JSON_TYPE(data, ?) IS NULL", ['$."a b\'c"'])


def test_arithmetic_keeps_its_parentheses() -> None:
    assert sql((F("size") + 1) * 2)[0] == "((size + ?) * ?)"
    assert sql(F("size") / (F("size") * 2))[0] == "(size / (size * ?))"


def test_types_that_do_not_combine_name_both_sides() -> None:
    resolved = (F("name") + F("size")).resolve_expression(FakeQuery())

    with pytest.raises(FieldError, match=r"Cannot infer type of '\+' expression involving these types: CharField"):
        _ = resolved.output_field


def test_a_date_plus_a_duration_is_a_function_on_sqlite() -> None:
    assert sql(F("born") + dt.timedelta(days=1))[0] == "fj_format_dtdelta('+', born, ?)"


def test_aggregates_take_a_filter() -> None:
    assert sql(Count("size", distinct=True))[0] == "COUNT(DISTINCT size)"
    assert sql(Sum("size", filter=lookup("name__exact", "a")))[0] == "SUM(size) FILTER (WHERE name = ?)"


def test_a_window_has_partition_and_order() -> None:
    window = Window(Rank(), partition_by="name", order_by="-size")

    assert sql(window)[0] == "RANK() OVER (PARTITION BY name ORDER BY size DESC)"


def test_truncation_follows_the_active_time_zone() -> None:
    assert sql(TruncMonth("seen"))[1] == ["UTC", "UTC"]


def test_concat_takes_null_for_empty() -> None:
    assert sql(Concat("name", Value("!")))[0] == "(COALESCE(name, '') || COALESCE(?, ''))"


class Shout(Func):
    """A function with a template."""

    function = "SHOUT"
    template = "%(function)s[%(expressions)s]%%"


class NotEqual(Lookup):
    """A lookup that writes its own SQL."""

    lookup_name = "ne"

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, list[Any]]:
        """Return both sides with the operator."""
        left, params = self.process_lhs(compiler, connection)
        right, more = self.process_rhs(compiler, connection)
        return f"{left} <> {right}", [*params, *more]


class Median(Aggregate):
    """An aggregate that calls its parent's ``as_sql`` with another function."""

    function = "MEDIAN"

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        """Return the call under SQLite's name."""
        return super().as_sql(compiler, connection, function="FAKE_MEDIAN", **extra)


def test_a_template_of_the_user_is_filled() -> None:
    assert sql(Shout("name", Value("x")))[0] == "SHOUT[name, ?]%"


def test_a_lookup_may_write_its_own_sql() -> None:
    left = Upper("name").resolve_expression(FakeQuery())

    assert sql(NotEqual(left, "A")) == ("UPPER(name) <> ?", ["A"])


def test_an_override_for_one_database_is_used_there_only() -> None:
    assert sql(Median("size"))[0] == "FAKE_MEDIAN(size)"
    assert sql(Median("size"), "mysql")[0] == "MEDIAN(size)"
