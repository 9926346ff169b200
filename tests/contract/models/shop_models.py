"""The models of these tests, in a registry of their own, and their tables."""

from __future__ import annotations

import uuid
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
        app_label = "model_tests"


class Category(Isolated):
    name = models.CharField(max_length=20, unique=True)
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="children")

    def __str__(self) -> str:
        return self.name


class Tag(Isolated):
    word = models.CharField(max_length=20)


class Product(Isolated):
    class Size(models.TextChoices):
        SMALL = "s", "Small"
        LARGE = "l", "Large"

    key = models.UUIDField(primary_key=True, default=uuid.uuid4)
    name = models.CharField(max_length=20)
    size = models.CharField(max_length=1, choices=Size.choices, blank=True)
    price = models.DecimalField(max_digits=8, decimal_places=2, default=0)
    stock = models.PositiveIntegerField(default=0)
    data = models.JSONField(default=dict, blank=True)
    weight = models.DurationField(null=True, blank=True)
    seen = models.DateTimeField(null=True, blank=True)
    category = models.ForeignKey(Category, models.CASCADE, related_name="products", null=True, blank=True)
    tags = models.ManyToManyField(Tag, related_name="products")

    class Meta(Isolated.Meta):
        abstract = False
        unique_together = [("name", "size")]


class Bundle(Product):
    pieces = models.IntegerField(default=2)


class Cheap(Product):
    class Meta(Isolated.Meta):
        abstract = False
        proxy = True


class Label(Isolated):
    product = models.OneToOneField(Product, models.CASCADE)
    text = models.CharField(max_length=20)


def tables() -> list[Any]:
    """Return the models that have a table, parents first."""
    return [Category, Tag, Product, Product._meta.get_field("tags").remote_field.through, Bundle, Label]


def create_tables() -> None:
    """Create the tables and let the models know of each other."""
    registry.get_models = lambda *args, **kwargs: [*tables(), Cheap]  # type: ignore[method-assign]
    for model in [*tables(), Cheap]:
        model._meta._expire_cache()
    for model in tables():
        change("default", str(CreateTable(model._meta.table).compile(dialect=connection.dialect)))


def drop_tables() -> None:
    """Drop the tables."""
    for model in reversed(tables()):
        change("default", f'DROP TABLE "{model._meta.db_table}"')
