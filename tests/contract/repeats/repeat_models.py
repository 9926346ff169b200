"""Models with one of each kind of relation, their tables on any database, and a few rows."""

from __future__ import annotations

import datetime as dt
from typing import Any

from fastjango.apps.registry import Apps
from fastjango.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
from fastjango.contrib.contenttypes.models import ContentType
from fastjango.db import models

registry = Apps()


class Kept(models.Model):
    class Meta:
        abstract = True
        apps = registry
        app_label = "repeats"


class Author(Kept):
    name = models.CharField(max_length=20, unique=True)
    age = models.IntegerField(null=True)
    born = models.DateField(null=True)

    class Meta(Kept.Meta):
        abstract = False
        ordering = ["name"]


class Genre(Kept):
    word = models.CharField(max_length=20)


class Tag(Kept):
    word = models.CharField(max_length=20)
    content_type = models.ForeignKey(ContentType, models.CASCADE, db_constraint=False)
    object_id = models.BigIntegerField()
    target = GenericForeignKey()


class Book(Kept):
    title = models.CharField(max_length=20)
    price = models.DecimalField(max_digits=6, decimal_places=2, default=5)
    pages = models.IntegerField(default=10)
    data = models.JSONField(default=dict)
    sold = models.DateTimeField(null=True)
    author = models.ForeignKey(Author, models.CASCADE, related_name="books")
    editor = models.ForeignKey(Author, models.SET_NULL, null=True, related_name="edited")
    genres = models.ManyToManyField(Genre, related_name="books")
    tags = GenericRelation(Tag)


class Place(Kept):
    name = models.CharField(max_length=20)
    seats = models.IntegerField(default=4)


class Restaurant(Place):
    stars = models.IntegerField(default=1)

    class Meta(Kept.Meta):
        abstract = False


class Line(Kept):
    pk = models.CompositePrimaryKey("book_id", "number")
    book = models.ForeignKey(Book, models.CASCADE, related_name="lines")
    number = models.IntegerField()
    text = models.CharField(max_length=20)


MODELS: list[Any] = [Author, Genre, Tag, Book, Place, Restaurant, Line]


def create_tables(wrapper: Any) -> None:
    """Make the tables of the models in a database, and let the models know of each other."""
    registry.get_models = lambda *args, **kwargs: [*MODELS, Book.genres.through]  # type: ignore[method-assign]
    for model in MODELS:
        model._meta._expire_cache()
    with wrapper.schema_editor() as editor:
        for model in (ContentType, *MODELS):
            editor.create_model(model)


def drop_tables(wrapper: Any) -> None:
    """Remove them."""
    with wrapper.constraint_checks_disabled(), wrapper.schema_editor() as editor:
        for model in (*reversed(MODELS), ContentType):
            editor.delete_model(model)


def fill() -> None:
    """Put rows in."""
    ann = Author.objects.create(name="Ann", age=40, born=dt.date(1980, 5, 1))
    ben = Author.objects.create(name="Ben")
    crime, poems = Genre.objects.create(word="crime"), Genre.objects.create(word="poems")
    for number in range(1, 7):
        book = Book.objects.create(
            title=f"T{number}",
            price=number * 2,
            pages=number * 3,
            data={"a": number, "b": {"c": [number, "x"]}},
            sold=dt.datetime(2024, number, 1, 12, tzinfo=dt.UTC),
            author=ann if number % 2 else ben,
            editor=ben if number % 3 == 0 else None,
        )
        book.genres.add(*[crime, poems][: number % 3])
        for line in range(number % 3):
            Line.objects.create(book=book, number=line, text=f"L{line}")
        Restaurant.objects.create(name=f"R{number}", seats=number, stars=number % 4)
