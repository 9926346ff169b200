"""Aggregates that collect values."""

from __future__ import annotations

from typing import Any

import pytest
from tests.contract.postgres.hotel_models import Book, Lists

from fastjango.contrib.postgres.aggregates import (
    ArrayAgg,
    BitOr,
    BoolAnd,
    Corr,
    CovarPop,
    JSONBAgg,
    RegrCount,
    RegrSlope,
    StringAgg,
)
from fastjango.contrib.postgres.functions import RandomUUID, TransactionNow
from fastjango.db.models import F, Q, Value
from fastjango.db.models.functions import Lower

pytestmark = [pytest.mark.service("postgresql"), pytest.mark.usefixtures("rolled_back")]


@pytest.fixture(autouse=True)
def books(rolled_back: Any) -> None:
    Book.objects.bulk_create([Book(title=title, pages=pages) for title, pages in (("b", 4), ("A", 1), ("b", None))])


def test_values_are_collected_in_the_order_that_is_asked_for() -> None:
    result = Book.objects.aggregate(
        titles=ArrayAgg("title", order_by=Lower("title").desc()),
        longest=ArrayAgg("pages", order_by=("-pages",), filter=Q(pages__isnull=False)),
        different=ArrayAgg("title", distinct=True, order_by="title"),
        text=StringAgg("title", delimiter="; ", order_by=["pages"]),
        json=JSONBAgg("pages", order_by=F("pages").asc(nulls_first=True)),
    )

    assert result == {
        "titles": ["b", "b", "A"],
        "longest": [4, 1],
        "different": ["A", "b"],
        "text": "A; b; b",
        "json": [None, 1, 4],
    }


def test_no_rows_give_none_or_the_default() -> None:
    result = Book.objects.filter(pk=0).aggregate(
        none=ArrayAgg("title"), some=ArrayAgg("title", default=["x"]), json=JSONBAgg("title", default=[])
    )

    assert result == {"none": None, "some": ["x"], "json": []}


def test_what_is_collected_can_be_filtered() -> None:
    groups = Book.objects.values("title").annotate(pages=ArrayAgg("pages", order_by="pk"))

    assert groups.get(pages__contains=[4]) == {"title": "b", "pages": [4, None]}
    assert groups.filter(pages__len=2).count() == 1


def test_lists_of_lists_are_collected() -> None:
    Lists.objects.bulk_create([Lists(tags=["a", "b"]), Lists(tags=["c", "d"])])

    assert Lists.objects.aggregate(tags=ArrayAgg("tags", order_by="pk"))["tags"] == [["a", "b"], ["c", "d"]]


def test_bits_truth_and_statistics() -> None:
    Book.objects.create(title="c", pages=7)

    result = Book.objects.aggregate(
        bits=BitOr("pages"),
        long=BoolAnd(Q(pages__gt=0)),
        corr=Corr("pages", "pages"),
        covar=CovarPop("pages", "pages", sample=True),
        count=RegrCount("pages", "pages"),
        slope=RegrSlope("pages", F("pages") * 2),
    )

    assert result == {"bits": 7, "long": True, "corr": 1.0, "covar": 9.0, "count": 3, "slope": 0.5}


def test_the_old_name_of_the_order_warns() -> None:
    with pytest.warns(PendingDeprecationWarning, match="Use order_by instead"):
        ArrayAgg("title", ordering="title")
    with pytest.warns(PendingDeprecationWarning), pytest.raises(TypeError, match="Cannot specify both"):
        ArrayAgg("title", ordering="title", order_by="title")


def test_functions_of_the_server() -> None:
    rows: Any = Book.objects.annotate(key=RandomUUID(), now=TransactionNow())

    assert len({row.key for row in rows}) == 3
    assert len({row.now for row in rows}) == 1
    assert Book.objects.annotate(x=StringAgg(Value("a"), ",")).count() == 3


def test_what_is_collected_needs_a_name() -> None:
    with pytest.raises(TypeError, match="Complex aggregates require an alias"):
        Book.objects.aggregate(ArrayAgg("title"))


def test_values_list_names_it_by_itself() -> None:
    found: list[Any] = list(Book.objects.values_list(ArrayAgg("title")))

    assert sorted(found) == [(["A"],), (["b"],), (["b"],)]
