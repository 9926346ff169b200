"""Two models for the tests of hostile names, and their tables on any database."""

from __future__ import annotations

import datetime as dt
from typing import Any

from fastjango.apps.registry import Apps
from fastjango.db import models

registry = Apps()


class Writer(models.Model):
    name = models.CharField(max_length=40, unique=True)

    class Meta:
        app_label = "hostile"
        apps = registry


class Text(models.Model):
    title = models.CharField(max_length=40, unique=True)
    pages = models.IntegerField(default=0)
    day = models.DateField(default=dt.date(2024, 5, 6))
    at = models.DateTimeField(default=dt.datetime(2024, 5, 6, 7, 8, tzinfo=dt.UTC))
    data = models.JSONField(default=dict)
    writer = models.ForeignKey(Writer, models.CASCADE, related_name="texts")

    class Meta:
        app_label = "hostile"
        apps = registry


MODELS: list[Any] = [Writer, Text]
registry.ready = True
registry.get_models = lambda *args, **kwargs: MODELS  # type: ignore[method-assign]
for _model in MODELS:
    _model._meta._expire_cache()
