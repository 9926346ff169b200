"""Counts and existence of sets of querysets that are sets of querysets, ordered and sliced."""

from __future__ import annotations

from typing import Any

import pytest
from tests.contract.db.test_on_every_database import Book, alias

__all__ = ["alias"]


def nested(alias: str, kind: str) -> Any:
    """Return the books 1 to 4, put together in one way or another."""
    books = Book.objects.using(alias).filter(pk__lte=4)
    first, third, fourth = books.filter(pk__lt=3), books.filter(pk=3), books.filter(pk=4)
    if kind == "left":
        return first.union(third).union(fourth)
    if kind == "right":
        return first.union(third.union(fourth))
    if kind == "all":
        return first.union(third.union(fourth, all=True), all=True)
    return books.intersection(first.union(third, fourth).difference(books.filter(pk=9)))


@pytest.mark.parametrize("kind", ["left", "right", "all", "intersection"])
@pytest.mark.parametrize("order", ["pk", "price", "-price"])
def test_an_ordered_slice_is_counted_and_asked_for(alias: str, kind: str, order: str) -> None:
    books = nested(alias, kind).order_by(order)

    assert [book.pk for book in books[1:3]] == ([3, 2] if order == "-price" else [2, 3])
    assert books[1:3].count() == 2
    assert books[3:9].count() == 1
    assert books[:0].count() == 0
    assert books.count() == 4
    assert [books[1:3].exists(), books[3:].exists(), books[4:].exists(), books[:0].exists()] == [
        True,
        True,
        False,
        False,
    ]


def test_the_same_of_values_and_without_an_order(alias: str) -> None:
    books = nested(alias, "right")

    assert books.values_list("title").order_by("title")[1:3].count() == 2
    assert books.values("pk", "title").order_by("-pk")[3:].exists()
    assert books[1:3].exists()
    assert books[2:].count() == 2
