"""Models with every kind of column, for the tests of bulk operations."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

from fastjango.apps.registry import Apps
from fastjango.db import models
from fastjango.db.models.functions import Now

UTC = dt.UTC


class Isolated(models.Model):
    class Meta:
        abstract = True
        app_label = "bulk_update"
        apps = Apps()


class Everything(Isolated):
    text = models.CharField(max_length=60)
    number = models.IntegerField(null=True)
    small = models.SmallIntegerField(null=True)
    wide = models.BigIntegerField(null=True)
    price = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    ratio = models.FloatField(null=True)
    active = models.BooleanField(null=True)
    moment = models.DateTimeField(null=True)
    day = models.DateField(null=True)
    clock = models.TimeField(null=True)
    span = models.DurationField(null=True)
    key = models.UUIDField(null=True)
    data = models.JSONField(null=True)
    raw = models.BinaryField(null=True)
    address = models.GenericIPAddressField(null=True)


class Loud(Isolated):
    word = models.CharField(max_length=20, primary_key=True)
    other = models.ForeignKey("self", models.CASCADE, null=True)
    number = models.IntegerField(default=0, unique=True)


class Live(models.Manager[Any]):
    def get_queryset(self) -> Any:
        return super().get_queryset().filter(gone=False)


class Post(Isolated):
    title = models.CharField(max_length=20)
    gone = models.BooleanField(default=False)

    objects = Live()
    every: Any = models.Manager()


class Counted(Isolated):
    word = models.CharField(max_length=20)
    stamp = models.DateTimeField(db_default=Now())
    number = models.IntegerField(db_default=7)
    double = models.GeneratedField(
        expression=models.F("number") * 2, output_field=models.IntegerField(), db_persist=True
    )
    made = models.DateTimeField(auto_now_add=True)


class Named(Isolated):
    key = models.UUIDField(primary_key=True, default=uuid.uuid4)


MODELS: list[Any] = [Everything, Loud, Post]
FIELDS = [field.name for field in Everything._meta.concrete_fields if field.name != "id"]
FULL = {
    "number": -7,
    "small": 7,
    "wide": 2**40,
    "price": Decimal("-12.50"),
    "ratio": 1.5e-9,
    "active": True,
    "moment": dt.datetime(2024, 2, 29, 12, 30, 15, 123456, tzinfo=UTC),
    "day": dt.date(1999, 12, 31),
    "clock": dt.time(23, 59, 59, 999999),
    "span": dt.timedelta(days=-3, seconds=5, microseconds=7),
    "key": uuid.UUID(int=5),
    "data": {"a": ['quote " and \\ back', None, {"ä": 1}]},
    "raw": b'\x00\\"\xff',
    "address": "2001:db8::1",
}
TEXTS = ['say "hi"', "back\\slash", "{braces, comma}", "NULL", "", "line\nbreak", " ünï ", "100 %s"]
