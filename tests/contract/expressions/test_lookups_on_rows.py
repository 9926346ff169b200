"""Lookups: what ``filter()`` finds, also when the same query is asked again with other values."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from tests.contract.expressions.library_models import Author, Book

from fastjango.core.exceptions import FieldError
from fastjango.db.models import CharField, F, Lookup, Q
from fastjango.utils import timezone


def titles(*conditions: Any, **lookups: Any) -> list[str]:
    found: Any = Book.objects.filter(*conditions, **lookups).values_list("title", flat=True)
    return list(found)


def test_wildcards_of_the_value_are_plain_characters() -> None:
    assert titles(title__contains="0%") == ["100% Wool"]
    assert titles(title__contains="w_f") == ["Snow_fall"]


@pytest.mark.parametrize("ids", [[], [1], [1, 2], [3, 1, 2], [2, 2, None]])
def test_lists_of_every_length_share_their_plans(ids: list[Any]) -> None:
    found = list(Book.objects.filter(pk__in=ids).values_list("pk", flat=True))

    assert found == sorted({pk for pk in ids if pk is not None})


def test_an_integer_beyond_the_column_matches_nothing() -> None:
    assert titles(pages=2**80) == []
    assert titles(pages__in=[2**80, 40]) == ["snow"]
    assert len(titles(pages__lt=2**80)) == 3


def test_years_follow_the_time_zone() -> None:
    with timezone.override("America/New_York"):
        assert titles(printed__month=2) == ["snow"]
    assert titles(printed__month=3) == ["snow"]
    assert titles(printed__year__gte=2021) == ["snow"]
    assert titles(printed__date=dt.date(2020, 6, 30)) == ["Snow_fall"]


def test_a_year_outside_of_the_calendar_matches_nothing() -> None:
    assert titles(printed__year=0) == []
    assert len(titles(printed__year__lt=10_000)) == 3


def test_documents_are_asked_by_path() -> None:
    assert titles(data__lang="de") == ["Snow_fall"]
    assert titles(data__lang=None) == ["snow"]
    assert titles(data__tags__0="a") == ["100% Wool"]
    assert titles(data__has_key="tags") == ["100% Wool"]
    assert titles(data__tags__isnull=True) == ["Snow_fall", "snow"]


def test_conditions_combine_with_and_or_xor_not() -> None:
    long, cheap = Q(pages__gte=100), Q(price__lt=Decimal("9.99"))

    assert titles(long & cheap) == ["100% Wool"]
    assert titles(long ^ cheap) == ["Snow_fall", "snow"]
    assert titles(~(long | cheap)) == []


def test_a_column_may_be_compared_with_another() -> None:
    assert titles(pages__gt=F("price") * 10) == ["100% Wool", "Snow_fall"]


def test_relations_take_objects_keys_and_querysets() -> None:
    bob = Author.objects.get(name="Bob")

    for value in (bob, bob.pk, str(bob.pk)):
        assert titles(author=value) == ["snow"]
    assert titles(author__in=Author.objects.filter(name="Bob")) == ["snow"]


def test_an_unsaved_object_is_refused() -> None:
    with pytest.raises(ValueError, match="Model instances passed to related filters must be saved"):
        titles(author=Author(name="new"))


def test_an_unknown_lookup_names_itself() -> None:
    with pytest.raises(FieldError, match="Unsupported lookup 'foo' for CharField"):
        titles(title__foo=1)


class EndsWithCount(Lookup):
    """Texts of at least that many characters, in SQL of its own."""

    lookup_name = "longer"

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, list[Any]]:
        """Return the comparison of the length."""
        left, params = self.process_lhs(compiler, connection)
        return f"LENGTH({left}) > %s", [*params, int(self.rhs)]


def test_a_lookup_of_the_user_sees_each_value() -> None:
    CharField.register_lookup(EndsWithCount)
    try:
        assert titles(title__longer=5) == ["100% Wool", "Snow_fall"]
        assert titles(title__longer=1) == ["100% Wool", "Snow_fall", "snow"]
    finally:
        CharField._unregister_lookup(EndsWithCount)
