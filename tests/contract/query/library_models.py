"""The models of these tests, in a registry of their own, and their tables."""

from __future__ import annotations

from typing import Any

from sqlalchemy.schema import CreateTable

from fastjango.apps.registry import Apps
from fastjango.db import connection, models
from fastjango.db.execute import change

registry = Apps()


class Isolated(models.Model):
    class Meta:
        abstract = True
        apps = registry
        app_label = "query_tests"


class Author(Isolated):
    name = models.CharField(max_length=20, unique=True)
    age = models.IntegerField(null=True)

    class Meta(Isolated.Meta):
        abstract = False
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Genre(Isolated):
    word = models.CharField(max_length=20)


class BookQuerySet(models.QuerySet["Book"]):
    def cheap(self) -> BookQuerySet:
        return self.filter(price__lt=10)


class Book(Isolated):
    title = models.CharField(max_length=20)
    price = models.DecimalField(max_digits=6, decimal_places=2, default=5)
    author = models.ForeignKey(Author, models.CASCADE, related_name="books")
    editor = models.ForeignKey(Author, models.SET_NULL, null=True, related_name="edited")
    genres = models.ManyToManyField(Genre, related_name="books")

    objects = BookQuerySet.as_manager()

    def __str__(self) -> str:
        return self.title


MODELS: list[Any] = [Author, Genre, Book, Book._meta.get_field("genres").remote_field.through]


def create_tables() -> None:
    """Make empty tables and let the models know of each other."""
    registry.get_models = lambda *args, **kwargs: MODELS  # type: ignore[method-assign]
    for model in MODELS:
        model._meta._expire_cache()
    for model in MODELS:
        change("default", str(CreateTable(model._meta.table).compile(dialect=connection.dialect)))
    change("default", f'CREATE UNIQUE INDEX "query_tests_name" ON "{Author._meta.db_table}" ("name")')


def drop_tables() -> None:
    """Remove them."""
    for model in reversed(MODELS):
        change("default", f'DROP TABLE "{model._meta.db_table}"')
