"""The text of a query: compiled once per shape, always that of the query as it is."""

from __future__ import annotations

import copy
import datetime as dt
import pickle
from decimal import Decimal
from typing import Any

import pytest
from tests.contract.query import library_models

from fastjango.contrib.auth.models import User
from fastjango.core.exceptions import EmptyResultSet
from fastjango.db.models import F
from fastjango.db.models.sql.plan import compile_select
from fastjango.db.models.sql.query import Query

Author: Any = library_models.Author
Book: Any = library_models.Book


def test_a_repeated_text_compiles_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def text(name: str) -> str:
        return str(Author.objects.filter(name=name, age__in=[1, 2, 3]).order_by("age")[:3].query)

    first = text("Ann")
    monkeypatch.setattr("fastjango.db.models.sql.kept_query.compile_select", _refused)
    second = text("Ben")

    assert "= Ann" in first
    assert second == first.replace("= Ann", "= Ben")


def _refused(*args: Any) -> None:
    raise AssertionError("compiled again")


def test_the_parameters_are_what_the_driver_gets() -> None:
    sql, params = Book.objects.filter(price__gte=Decimal("7.5"), title__contains="5%").query.sql_with_params()

    assert sql.count("%s") == 2
    assert set(params) == {"7.5", "%5\\%%"}


def test_a_query_that_was_changed_says_so() -> None:
    queryset = Author.objects.filter(name="Ann").order_by()
    before = str(queryset.query)
    queryset.query.add_ordering("-age")

    assert str(queryset.query) == f'{before} ORDER BY "query_tests_author"."age" DESC'
    assert type(queryset.query) is Query
    assert str(Author.objects.filter(name="Ann").order_by().query) == before


def test_setting_and_removing_attributes_opens_the_query() -> None:
    queryset = Author.objects.filter(name="Ann")
    queryset.query.low_mark = 2
    other = Author.objects.filter(name="Ann")
    del other.query.model

    assert str(queryset.query).endswith("LIMIT -1 OFFSET 2")
    assert not hasattr(other.query, "model")


def test_copies_and_pickles_of_an_unopened_query_are_whole() -> None:
    ways: list[Any] = [copy.copy, copy.deepcopy, lambda query: query.clone()]
    for made in ways:
        query = made(User.objects.filter(username="x").query)

        assert type(query) is Query
        assert str(query) == str(User.objects.filter(username="x").query)

    revived = User.objects.none()
    revived.query = pickle.loads(pickle.dumps(User.objects.filter(username="x").query))
    assert str(revived.query) == str(User.objects.filter(username="x").query)


def test_the_rows_of_a_queryset_whose_text_was_shown_are_the_same() -> None:
    queryset = Author.objects.filter(age__gt=1)
    assert str(queryset.query)

    assert [author.name for author in queryset] == ["Ann"]
    assert [author.name for author in queryset.exclude(name="Ann")] == []


def test_the_text_of_nothing_is_refused_each_time() -> None:
    for _ in range(2):
        with pytest.raises(EmptyResultSet):
            str(Author.objects.filter(age__in=[]).query)


def test_limits_are_written_into_the_text() -> None:
    for page in range(80):
        sql, params = Author.objects.order_by("pk")[page : page + 5].query.sql_with_params()

        assert sql.endswith(f"LIMIT 5 OFFSET {page}" if page else "LIMIT 5")
        assert params == ()


def test_conditions_in_any_order_and_lists_of_any_length_find_their_rows() -> None:
    for _ in range(2):
        for ages in ([40], [1, 40], [40, 40, 2, 3], [F("age")], [None, 40], [2**70, 40], range(39, 42)):
            found = Author.objects.filter(name="Ann", age__in=ages, age__gte=Decimal(3))

            assert [author.age for author in found] == [40], ages
        assert not Author.objects.filter(name="Ann", age__in=[])
        assert [book.title for book in Book.objects.filter(title__in=["Third"], price__lte=Decimal("7.25"))] == [
            "Third"
        ]


def test_moments_without_a_zone_warn_every_time() -> None:
    aware = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
    for moment in (aware, aware):
        assert not User.objects.filter(username="x", last_login__gte=moment)
    for _ in range(2):
        with pytest.warns(RuntimeWarning, match="received a naive datetime"):
            User.objects.filter(username="x", last_login__gte=aware.replace(tzinfo=None))


def test_decimals_that_are_no_numbers_are_refused_every_time() -> None:
    assert Book.objects.filter(title__gt="", price__gte=Decimal(7)).count() == 2
    for _ in range(2):
        with pytest.raises(Exception, match="must be a decimal number"):
            Book.objects.filter(title__gt="", price__gte=Decimal("NaN"))


def test_the_kept_text_is_the_compiled_one() -> None:
    queryset = Book.objects.filter(author__name="Ann", price__lt=20).order_by("title")
    kept = queryset.query.sql_with_params()
    plan = compile_select(queryset.peek_query(), _default(), None, "format")

    assert kept == (plan.sql, plan.args(()))


def _default() -> Any:
    return Query(Author).get_compiler("default").connection
