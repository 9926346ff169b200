"""A small library in the database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.contract.query import library_models

from fastjango.db import connection
from fastjango.test.databases import CaptureQueriesContext


@pytest.fixture(autouse=True)
def library(db: None) -> Iterator[None]:
    library_models.create_tables()
    author: Any = library_models.Author
    book: Any = library_models.Book
    genre: Any = library_models.Genre
    ann = author.objects.create(name="Ann", age=40)
    ben = author.objects.create(name="Ben")
    crime, poems = genre.objects.create(word="crime"), genre.objects.create(word="poems")
    first = book.objects.create(title="First", author=ann, price="12.50")
    second = book.objects.create(title="Second", author=ann, editor=ben)
    third = book.objects.create(title="Third", author=ben, editor=ann, price="7.25")
    first.genres.add(crime, poems)
    second.genres.add(crime)
    third.genres.add(poems)
    yield
    library_models.drop_tables()


class Counter:
    """``with queries(2):`` fails when another number of statements was sent."""

    def __call__(self, number: int) -> Any:
        return _Counted(number)


class _Counted:
    def __init__(self, number: int) -> None:
        self.number = number
        self.captured = CaptureQueriesContext(connection)

    def __enter__(self) -> None:
        self.captured.__enter__()

    def __exit__(self, *exc_info: Any) -> None:
        self.captured.__exit__(*exc_info)
        if exc_info[0] is None:
            assert len(self.captured) == self.number, [entry["sql"] for entry in self.captured.captured_queries]


@pytest.fixture
def queries() -> Counter:
    return Counter()
