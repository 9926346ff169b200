"""Pages by their neighbours."""

from __future__ import annotations

from typing import Any

import pytest
from tests.contract.query import library_models

from fastjango.core.exceptions import BadRequest
from fastjango.db.models import Count, F
from fastjango.db.models.functions import Coalesce

Author: Any = library_models.Author
Book: Any = library_models.Book


@pytest.fixture(autouse=True)
def more_books(library: None) -> None:
    ann = Author.objects.get(name="Ann")
    Book.objects.bulk_create([Book(title=f"T{n % 3}", author=ann, price=n % 2) for n in range(7)])


def walk(queryset: Any, size: int) -> tuple[list[int], list[int]]:
    forth, pages = [], []
    page = queryset.keyset_page(size)
    while True:
        pages.append(page)
        forth += [book.pk for book in page]
        if page.next is None:
            break
        page = queryset.keyset_page(size, after=page.next)
    back = [book.pk for book in page]
    while page.previous is not None:
        page = queryset.keyset_page(size, before=page.previous)
        back = [book.pk for book in page] + back
    return forth, back


@pytest.mark.parametrize("size", [1, 2, 3, 20])
@pytest.mark.parametrize(
    "order",
    [(), ("title",), ("-price", "title"), ("author__name", "-title"), ("-pk",), (F("price").desc(), F("title"))],
)
def test_every_object_is_on_one_page_in_both_directions(order: Any, size: int) -> None:
    queryset = Book.objects.order_by(*order)

    expected = [book.pk for book in Book.objects.order_by(*order, "pk")]

    assert walk(queryset, size) == (expected, expected)


def test_annotations_may_be_ordered_by() -> None:
    queryset = Author.objects.annotate(n=Count("books"), years=Coalesce("age", 0)).order_by("-n", "years")

    assert walk(queryset, 1)[0] == [author.pk for author in queryset]


def test_an_object_that_comes_meanwhile_moves_no_page() -> None:
    first = Book.objects.order_by("title").keyset_page(2)
    Book.objects.create(title="A", author=Author.objects.first())

    second = Book.objects.order_by("title").keyset_page(2, after=first.next)

    assert not {book.pk for book in first} & {book.pk for book in second}


def test_a_repeat_compiles_nothing_and_asks_once(queries: Any) -> None:
    token = Book.objects.keyset_page(2).next

    with queries(1):
        assert len(Book.objects.keyset_page(2, after=token)) == 2


@pytest.mark.parametrize("token", ["", "x", "WyJhIl0", "W10", "WzFd", "e30"])
def test_a_foreign_token_is_a_bad_request(token: str) -> None:
    with pytest.raises(BadRequest):
        Book.objects.order_by("price").keyset_page(2, after=token)


def test_an_order_that_cannot_go_on_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot continue from the order 'books__title'"):
        Author.objects.order_by("books__title").keyset_page(2)
    with pytest.raises(ValueError, match="cannot continue from the order 'author'"):
        Book.objects.order_by("author").keyset_page(2)
    with pytest.raises(ValueError, match="cannot continue from the order"):
        Book.objects.order_by("?").keyset_page(2)
    with pytest.raises(ValueError, match="positive number"):
        Book.objects.keyset_page(0)
    with pytest.raises(TypeError, match="without slices"):
        Book.objects.all()[:3].keyset_page(2)
