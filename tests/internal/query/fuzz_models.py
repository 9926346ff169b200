"""Models with a field of every common kind, their tables on any database, and a few rows."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from fastjango.apps.registry import Apps
from fastjango.db import models

registry = Apps()
PEOPLE, BOOKS = 6, 14


class Colour(models.TextChoices):
    RED = "red"
    BLUE = "blue"
    NONE = ""


class Size(models.IntegerChoices):
    SMALL = 1
    LARGE = 2
    HUGE = 3


class Kept(models.Model):
    class Meta:
        abstract = True
        apps = registry
        app_label = "query_fuzz"


class House(Kept):
    name = models.CharField(max_length=30)
    city = models.CharField(max_length=30, null=True)
    founded = models.DateField(null=True)

    class Meta(Kept.Meta):
        abstract = False
        get_latest_by = "founded"


class Person(Kept):
    name = models.CharField(max_length=30, unique=True)
    born = models.DateField(null=True)
    score = models.FloatField(null=True)
    house = models.ForeignKey(House, models.SET_NULL, null=True, related_name="people")
    boss = models.ForeignKey("self", models.SET_NULL, null=True, related_name="staff")

    class Meta(Kept.Meta):
        abstract = False
        ordering = ["name"]


class Label(Kept):
    word = models.CharField(max_length=30)
    weight = models.IntegerField(default=0)


class Volume(Kept):
    title = models.CharField(max_length=40)
    price = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    pages = models.IntegerField(default=0)
    colour = models.CharField(max_length=10, choices=Colour.choices, default=Colour.RED)
    size = models.SmallIntegerField(choices=Size.choices, default=Size.SMALL)
    printed = models.DateTimeField(null=True)
    key = models.UUIDField()
    data = models.JSONField(null=True)
    active = models.BooleanField(default=True)
    length = models.DurationField(null=True)
    blob = models.BinaryField(null=True)
    author = models.ForeignKey(Person, models.CASCADE, related_name="volumes")
    editor = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="edited")
    labels = models.ManyToManyField(Label, related_name="volumes")


class Review(Kept):
    volume = models.ForeignKey(Volume, models.CASCADE, related_name="reviews")
    stars = models.IntegerField()
    text = models.TextField(default="")
    at = models.DateTimeField()


MODELS: list[Any] = [House, Person, Label, Volume, Review]
registry.ready = True
registry.get_models = lambda *args, **kwargs: [*MODELS, Volume.labels.through]  # type: ignore[method-assign]
for _model in MODELS:
    # They know of one another now.
    _model._meta._expire_cache()


def moment(number: int) -> dt.datetime:
    """Return one of a few moments, some near the end of a month or year."""
    return dt.datetime(2023, 12, 28, 22, 30, tzinfo=dt.UTC) + dt.timedelta(days=number % 9, hours=number)


def create_tables(wrapper: Any) -> None:
    """Make the tables of the models in a database."""
    with wrapper.schema_editor() as editor:
        for model in MODELS:
            editor.create_model(model)


def drop_tables(wrapper: Any) -> None:
    """Remove them."""
    with wrapper.constraint_checks_disabled(), wrapper.schema_editor() as editor:
        for model in reversed(MODELS):
            editor.delete_model(model)


def fill(alias: str) -> None:
    """Put rows in; the same ones on every database."""
    houses = [
        House.objects.using(alias).create(
            name=f"House {i}", city=["Rome", None, "Oslo"][i], founded=None if i == 2 else dt.date(1990 + i, 3, 1)
        )
        for i in range(3)
    ]
    people: list[Any] = []
    for i in range(PEOPLE):
        people.append(
            Person.objects.using(alias).create(
                name=f"Person {i}",
                born=None if i == 3 else dt.date(1980 + i, 1 + i, 28),
                score=None if i == 4 else i * 1.5,
                house=None if i == 5 else houses[i % 3],
                boss=people[i // 2] if i % 2 else None,
            )
        )
    labels = [Label.objects.using(alias).create(word=["a", "b%", "it's", "d"][i], weight=i) for i in range(4)]
    for i in range(BOOKS):
        volume = Volume.objects.using(alias).create(
            title=f"Volume {i % 7}",
            price=None if i % 5 == 4 else f"{i}.50",
            pages=i * 10 % 70,
            colour=list(Colour)[i % 3],
            size=list(Size)[i % 3],
            printed=None if i % 6 == 5 else moment(i),
            key=uuid.UUID(int=i),
            data=[None, {"a": i, "b": {"c": [1, "x", None]}}, [1, i], "text", i, {"a": None}][i % 6],
            active=bool(i % 2),
            length=None if i % 4 == 3 else dt.timedelta(hours=i),
            blob=None if i % 3 else bytes([i, 0, 255]),
            author=people[i % PEOPLE],
            editor=None if i % 3 == 0 else people[(i + 1) % PEOPLE],
        )
        volume.labels.add(*labels[: i % 4])
        for stars in range(i % 3):
            Review.objects.using(alias).create(
                volume=volume, stars=stars + i % 3, text=f"t{stars}", at=moment(i + stars)
            )
