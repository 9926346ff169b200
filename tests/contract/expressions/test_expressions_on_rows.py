"""Expressions: what annotations and aggregates compute."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from tests.contract.expressions.library_models import Author, Book

from fastjango.core.exceptions import FieldError
from fastjango.db.models import (
    Avg,
    Case,
    CharField,
    Count,
    Exists,
    F,
    IntegerChoices,
    OuterRef,
    Q,
    Subquery,
    Sum,
    TextChoices,
    Value,
    When,
    Window,
)
from fastjango.db.models.functions import Cast, Coalesce, Concat, Length, Rank, TruncMonth, Upper


def column(expression: Any) -> list[Any]:
    return list(Book.objects.annotate(x=expression).values_list("x", flat=True))


def test_arithmetic_keeps_decimals_decimal() -> None:
    assert column(F("price") * 2) == [Decimal("19.00"), Decimal("40.00"), Decimal("10.50")]


def test_the_same_expression_with_another_value_is_computed_anew() -> None:
    assert column(F("pages") + 1) == [101, 251, 41]
    assert column(F("pages") + 2) == [102, 252, 42]


def test_a_case_takes_the_first_condition_that_is_met() -> None:
    def level(limits: list[int]) -> Any:
        return Case(When(pages__in=limits, then=Value("yes")), default=Value("no"))

    assert column(level([100])) == ["yes", "no", "no"]
    assert column(level([100, 40, 7])) == ["yes", "no", "yes"]
    assert column(level([])) == ["no", "no", "no"]


def test_a_subquery_gives_one_value_per_row() -> None:
    longest = Book.objects.filter(author=OuterRef("pk")).order_by("-pages").values("title")[:1]

    authors = Author.objects.annotate(longest=Subquery(longest)).order_by("name")

    assert list(authors.values_list("name", "longest")) == [("Ann", "Snow_fall"), ("Bob", "snow")]


def test_exists_is_a_condition() -> None:
    has_long = Exists(Book.objects.filter(author=OuterRef("pk"), pages__gt=200))

    assert [author.name for author in Author.objects.filter(~has_long)] == ["Bob"]


def test_aggregates_take_filters_and_defaults() -> None:
    found = Book.objects.aggregate(
        n=Count("pk", filter=Q(pages__gte=100)), total=Sum("price"), none=Sum("pages", filter=Q(pk=0), default=0)
    )

    assert found == {"n": 2, "total": Decimal("34.75"), "none": 0}


def test_an_aggregate_of_an_aggregate_is_refused() -> None:
    with pytest.raises(FieldError, match="'n' is an aggregate"):
        Book.objects.annotate(n=Count("pk")).annotate(m=Avg("n"))


def test_a_window_ranks_within_its_partition() -> None:
    rank = Window(Rank(), partition_by="author", order_by="-pages")

    assert sorted(column(rank)) == [1, 1, 2]


def test_groups_by_month() -> None:
    months: Any = (
        Book.objects.annotate(month=TruncMonth("printed")).values("month").annotate(n=Count("pk")).order_by("month")
    )

    assert [(row["month"].date(), row["n"]) for row in months] == [
        (dt.date(2020, 1, 1), 1),
        (dt.date(2020, 6, 1), 1),
        (dt.date(2021, 3, 1), 1),
    ]


def test_text_functions() -> None:
    text = Concat(Upper("title"), Value(":"), Cast("pages", CharField(max_length=5)), output_field=CharField())

    assert column(text)[2] == "SNOW:40"
    assert column(Length("title")) == [9, 9, 4]
    assert column(Coalesce("author__name", Value("?"))) == ["Ann", "Ann", "Bob"]


def test_mixed_types_need_an_output_field() -> None:
    with pytest.raises(FieldError, match="Expression contains mixed types: CharField, IntegerField"):
        column(Coalesce("title", "pages"))


def test_choices_have_labels_and_values() -> None:
    class Size(IntegerChoices):
        SMALL = 1
        VERY_LARGE = 2, "XL"

    class Color(TextChoices):
        RED = "r", "Red"

    assert Size.choices == [(1, "Small"), (2, "XL")]
    assert Size(2).label == "XL"
    assert str(Color.RED) == "r"
    assert "r" in Color
