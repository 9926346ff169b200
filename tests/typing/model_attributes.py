"""What a type checker infers of models, without a plugin; checked by mypy and pyright, never run."""

from __future__ import annotations

import datetime as dt
import decimal
from typing import TYPE_CHECKING, assert_type

from fastjango.db import models

if TYPE_CHECKING:
    from fastjango.db.models.relations.related_types import Related


class Shelf(models.Model):
    name = models.CharField(max_length=20)
    book_set: Related[Book]


class Book(models.Model):
    title = models.CharField(max_length=20)
    subtitle = models.CharField(max_length=20, null=True)
    price = models.DecimalField(max_digits=5, decimal_places=2)
    pages = models.IntegerField(default=0)
    printed = models.DateTimeField(null=True)
    shelf = models.ForeignKey(Shelf, models.CASCADE)
    other = models.ForeignKey(Shelf, models.CASCADE, null=True, related_name="+")
    shelves = models.ManyToManyField(Shelf, related_name="+")


def attributes_have_the_type_of_their_field(book: Book) -> None:
    """Nullable fields may be None, others not."""
    assert_type(book.title, str)
    assert_type(book.subtitle, str | None)
    assert_type(book.price, decimal.Decimal)
    assert_type(book.pages, int)
    assert_type(book.printed, dt.datetime | None)


def relations_have_the_related_class(book: Book, shelf: Shelf) -> None:
    """Sets are managers of it."""
    assert_type(book.shelf, Shelf)
    assert_type(book.other, Shelf | None)
    assert_type(book.shelves.get(), Shelf)
    assert_type(shelf.book_set.get(), Book)


def managers_give_the_model() -> None:
    """Chains keep the class."""
    assert_type(Book.objects.get(pk=1), Book)
    assert_type(Book.objects.filter(title="x").first(), Book | None)
