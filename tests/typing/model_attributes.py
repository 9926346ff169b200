"""What a type checker infers of models, without a plugin; checked by mypy and pyright, never run."""

from __future__ import annotations

import dataclasses
import datetime as dt
import decimal
from typing import TYPE_CHECKING, Any, Self, TypedDict, assert_type

from sqlalchemy import select

from fastjango.db import models
from fastjango.db.sqlalchemy import session

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
    id: models.Field[int, int]
    shelf_id: models.Field[int, int]
    other_id: models.Field[int | None, int | None]


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


def keys_are_what_their_annotation_says(book: Book) -> None:
    """On an instance values, on the class columns."""
    assert_type(book.id, int)
    assert_type(book.shelf_id, int)
    assert_type(book.other_id, int | None)
    book.other_id = None
    assert_type(list(Book.objects.values_list(Book.shelf_id, flat=True)), list[int])
    select(Book).where(Book.shelf_id == 1, Book.shelf_id.in_([1, 2]), Book.other_id.is_(None))
    session().scalars(select(Book).where(Book.id > 3))


def managers_give_the_model() -> None:
    """Chains keep the class."""
    assert_type(Book.objects.get(pk=1), Book)
    assert_type(Book.objects.filter(title="x").first(), Book | None)


class BookQuerySet(models.QuerySet["Volume"]):
    def cheap(self) -> Self:
        return self.filter(price__lt=10)


class PamphletQuerySet(models.QuerySet["Pamphlet"]):
    def short(self) -> Self:
        return self.filter(title="")


class Volume(models.Model):
    title = models.CharField(max_length=20)
    price = models.DecimalField(max_digits=5, decimal_places=2)
    shelf = models.ForeignKey(Shelf, models.CASCADE)
    objects = models.Manager.from_queryset(BookQuerySet)()


class Pamphlet(models.Model):
    title = models.CharField(max_length=20)
    objects = PamphletQuerySet.as_manager()


def managers_of_a_queryset_class_have_its_methods_and_types() -> None:
    """Made by ``as_manager()`` and by ``from_queryset()``."""
    assert_type(Pamphlet.objects.short(), PamphletQuerySet)
    assert_type(Pamphlet.objects.filter(title="x").short().first(), Pamphlet | None)
    assert_type(Pamphlet.objects.get(pk=1).title, str)
    assert_type(Pamphlet.objects.db_manager("other").short(), PamphletQuerySet)
    assert_type(list(Pamphlet.objects.values_list(Pamphlet.title, flat=True)), list[str])
    assert_type(Volume.objects.cheap(), BookQuerySet)
    assert_type(Volume.objects.exclude(title="x").get(), Volume)


def rows_have_the_type_of_their_columns() -> None:
    """Attributes of the class say it; names cannot."""
    books = Book.objects.all()
    assert_type(books.values_list(Book.price, flat=True).get(), decimal.Decimal)
    assert_type(list(books.values_list(Book.subtitle, flat=True)), list[str | None])
    assert_type(books.values_list(Book.title, Book.price).first(), tuple[str, decimal.Decimal] | None)
    assert_type(list(books.values_list(Book.title)), list[tuple[str]])
    assert_type(list(books.values_list("title", "price")), list[tuple[Any, ...]])
    assert_type(list(books.values_list("title", flat=True)), list[Any])
    assert_type(list(books.values_list(Book.shelf, flat=True)), list[Any])
    assert_type(list(books.values("title")), list[dict[str, Any]])


async def twins_have_the_same_types() -> None:
    """Awaited and iterated."""
    books = Book.objects.filter(pages__gt=3)
    assert_type(await books, list[Book])
    assert_type(await books.aget(pk=1), Book)
    assert_type(await books.afirst(), Book | None)
    assert_type(await books.values_list(Book.price, flat=True), list[decimal.Decimal])
    assert_type(await books.acount(), int)
    assert_type(await books.ain_bulk([1]), dict[Any, Book])
    assert_type((await books.aget_or_create(title="x"))[0], Book)
    async for book in books:
        assert_type(book, Book)
    async for book in books.aiterator():
        assert_type(book, Book)


class Line(TypedDict):
    title: str


@dataclasses.dataclass
class Card:
    title: str


def projections_have_the_class_of_their_schema() -> None:
    """Typed dictionaries and dataclasses."""
    assert_type(list(Book.objects.into(Line)), list[Line])
    assert_type(list(Book.objects.into(Card)), list[Card])


def querysets_of_ones_own_are_kept(queryset: BookQuerySet) -> None:
    """Chains of a subclass stay its own."""
    assert_type(queryset.filter(title="x").cheap(), BookQuerySet)
    assert_type(queryset.cheap().first(), Volume | None)
    assert_type(queryset[:3], BookQuerySet)
    assert_type(queryset[0], Volume)
    assert_type(queryset.keyset_page(3).object_list, list[Volume])
