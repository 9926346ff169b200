"""Changes that tell what they did."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from tests.contract.query import library_models

from fastjango.db import IntegrityError, connection, transaction
from fastjango.db.models import F

Author: Any = library_models.Author
Book: Any = library_models.Book


def test_update_returning_gives_the_objects_as_they_are_now(queries: Any) -> None:
    with queries(1):
        books = Book.objects.filter(author__name="Ann").update_returning(price=F("price") + 1)

    assert sorted((book.title, book.price) for book in books) == [
        ("First", Decimal("13.50")),
        ("Second", Decimal("6.00")),
    ]
    assert Book.objects.get(title="First").price == Decimal("13.50")


def test_update_returning_of_nothing_is_empty() -> None:
    assert Book.objects.filter(title="None").update_returning(price=1) == []
    assert Book.objects.none().update_returning(price=1) == []


def test_update_returning_reads_back_where_the_database_does_not_return(monkeypatch: Any, queries: Any) -> None:
    monkeypatch.setattr(type(connection.features), "can_return_rows_from_update", False)

    books = Book.objects.filter(price__lt=10).update_returning(price=20)

    assert sorted(book.title for book in books) == ["Second", "Third"]
    assert {book.price for book in books} == {Decimal(20)}


def test_update_returning_refuses_slices() -> None:
    with pytest.raises(TypeError, match="once a slice has been taken"):
        Book.objects.all()[:1].update_returning(price=1)


def test_upsert_says_which_objects_are_new() -> None:
    ann = Author.objects.get(name="Ann")

    found = Author.objects.upsert([Author(name="Cid", age=1), Author(name="Ann", age=41)], unique_fields=["name"])

    assert [(author.name, is_new) for author, is_new in found] == [("Cid", True), ("Ann", False)]
    assert found[1][0].pk == ann.pk
    assert found[0][0].pk == Author.objects.get(name="Cid").pk
    assert Author.objects.get(name="Ann").age == 41


def test_upsert_updates_only_the_fields_it_is_told() -> None:
    ((author, is_new),) = Author.objects.upsert(
        [Author(name="Ben", age=9)], unique_fields=["name"], update_fields=["name"]
    )

    author.refresh_from_db()
    assert (is_new, author.age) == (False, None)


def test_upsert_is_all_or_nothing() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Author.objects.upsert([Author(name="Eve"), Author(name=None)], unique_fields=["name"])

    assert not Author.objects.filter(name="Eve").exists()


def test_upsert_wants_unique_fields() -> None:
    with pytest.raises(ValueError, match="unique_fields is empty"):
        Author.objects.upsert([Author(name="Eve")], unique_fields=[])
