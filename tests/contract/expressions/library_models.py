"""The models of these tests, in a registry of their own, and their tables."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from fastjango.apps.registry import Apps
from fastjango.db import connection, models

registry = Apps()


class Author(models.Model):
    name = models.CharField(max_length=30)

    class Meta:
        apps = registry
        app_label = "expression_tests"


class Book(models.Model):
    author = models.ForeignKey(Author, models.CASCADE, null=True, related_name="books")
    title = models.CharField(max_length=40)
    pages = models.IntegerField()
    price = models.DecimalField(max_digits=6, decimal_places=2)
    printed = models.DateTimeField()
    data = models.JSONField(default=dict)

    class Meta:
        apps = registry
        app_label = "expression_tests"
        ordering = ["pk"]  # noqa: RUF012


def create_tables() -> None:
    """Create the tables and three books."""
    with connection.schema_editor() as editor:
        editor.create_model(Author)
        editor.create_model(Book)
    ann, bob = Author.objects.create(name="Ann"), Author.objects.create(name="Bob")
    rows = [
        (ann, "100% Wool", 100, "9.50", dt.datetime(2020, 1, 15, 12, tzinfo=dt.UTC), {"lang": "en", "tags": ["a"]}),
        (ann, "Snow_fall", 250, "20.00", dt.datetime(2020, 6, 30, 23, 30, tzinfo=dt.UTC), {"lang": "de"}),
        (bob, "snow", 40, "5.25", dt.datetime(2021, 3, 1, 0, 30, tzinfo=dt.UTC), {"lang": None}),
    ]
    for author, title, pages, price, printed, data in rows:
        Book.objects.create(author=author, title=title, pages=pages, price=Decimal(price), printed=printed, data=data)


def drop_tables() -> None:
    """Drop the tables."""
    with connection.schema_editor() as editor:
        editor.delete_model(Book)
        editor.delete_model(Author)
