"""The models of the tests of contrib.postgres: books to search, rooms to book."""

from __future__ import annotations

from typing import Any

from fastjango.apps.registry import Apps
from fastjango.contrib.postgres.constraints import ExclusionConstraint
from fastjango.contrib.postgres.fields import (
    ArrayField,
    BigIntegerRangeField,
    DateRangeField,
    DateTimeRangeField,
    DecimalRangeField,
    HStoreField,
    IntegerRangeField,
    RangeOperators,
)
from fastjango.contrib.postgres.search import SearchVectorField
from fastjango.db import models

registry = Apps()


class Isolated(models.Model):
    class Meta:
        abstract = True
        apps = registry
        app_label = "hotel"


class Book(Isolated):
    title = models.CharField(max_length=100)
    body = models.TextField(default="")
    pages = models.IntegerField(null=True)
    words = SearchVectorField(null=True)


class Lists(Isolated):
    tags = ArrayField(models.CharField(max_length=5), default=list)
    numbers = ArrayField(models.IntegerField(null=True), null=True, size=3)
    board = ArrayField(ArrayField(models.IntegerField()), null=True)
    moments = ArrayField(models.DateTimeField(), null=True)
    documents = ArrayField(models.JSONField(), null=True)
    periods = ArrayField(DateRangeField(), null=True)
    ids = ArrayField(models.UUIDField(), null=True)
    maps = ArrayField(HStoreField(), null=True)


class Maps(Isolated):
    attributes: Any = HStoreField(null=True)


class Spans(Isolated):
    ints = IntegerRangeField(null=True)
    bigs = BigIntegerRangeField(null=True)
    decimals = DecimalRangeField(null=True, default_bounds="[]")
    days = DateRangeField(null=True)
    times = DateTimeRangeField(null=True)
    point = models.IntegerField(null=True)
    day = models.DateField(null=True)
    small = models.SmallIntegerField(null=True)
    ratio = models.FloatField(null=True)


class Booking(Isolated):
    room = models.IntegerField()
    days = DateRangeField()
    cancelled = models.BooleanField(default=False)

    class Meta(Isolated.Meta):
        constraints = [
            ExclusionConstraint(
                name="no_two_guests",
                expressions=[("room", RangeOperators.EQUAL), ("days", RangeOperators.OVERLAPS)],
                condition=models.Q(cancelled=False),
            )
        ]


MODELS: list[Any] = [Book, Lists, Maps, Spans, Booking]
