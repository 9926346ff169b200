"""
Models with every kind of field and relation, loaded by Django in one process and by FastJango in another.

`DIFFERENTIAL_SIDE` names the package ("django" or "fastjango"); type checkers read the module as FastJango's.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fastjango.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
    from fastjango.contrib.contenttypes.models import ContentType
    from fastjango.db import models
else:
    _side = os.environ["DIFFERENTIAL_SIDE"]
    models = import_module(f"{_side}.db.models")
    _generic = import_module(f"{_side}.contrib.contenttypes.fields")
    GenericForeignKey, GenericRelation = _generic.GenericForeignKey, _generic.GenericRelation
    ContentType = import_module(f"{_side}.contrib.contenttypes.models").ContentType


class Genre(models.TextChoices):
    CRIME = "cr", "Crime"
    POEMS = "po", "Poems"
    SCIENCE = "sc", "Science"


class Level(models.IntegerChoices):
    LOW = 1
    HIGH = 2


class Country(models.Model):
    """A key that is text, and a column name that is not the field's."""

    code = models.CharField(max_length=2, primary_key=True)
    name = models.CharField(max_length=40, unique=True)
    people = models.BigIntegerField(null=True, db_column="inhabitants")

    class Meta:
        ordering = ["name"]


class Person(models.Model):
    name = models.CharField(max_length=40)
    nick = models.CharField(max_length=20, blank=True, default="")
    age = models.SmallIntegerField(null=True)
    height = models.FloatField(null=True)
    active = models.BooleanField(null=True)
    joined = models.DateField()
    wakes = models.TimeField(null=True)
    uid = models.UUIDField(unique=True)
    level = models.IntegerField(choices=Level, default=Level.LOW)
    country: Any = models.ForeignKey(Country, models.CASCADE, null=True, related_name="citizens")
    mentor: Any = models.ForeignKey("self", models.SET_NULL, null=True, related_name="pupils")
    spouse: Any = models.OneToOneField("self", models.SET_NULL, null=True, related_name="married_to")
    friends: Any = models.ManyToManyField("self")


class Author(Person):
    """A table of its own beside the person's."""

    royalty = models.DecimalField(max_digits=6, decimal_places=3, null=True)
    bio = models.TextField(blank=True)
    agent: Any = models.ForeignKey(Person, models.PROTECT, null=True, related_name="clients")


class Scientist(Author):
    """The third table of one chain."""

    field_name = models.CharField(max_length=20)
    h_index = models.PositiveIntegerField(default=0)


class Profile(models.Model):
    """Its key is the relation."""

    person: Any = models.OneToOneField(Person, models.CASCADE, primary_key=True, related_name="profile")
    settings = models.JSONField(null=True)
    avatar = models.BinaryField(null=True)
    seen = models.DateTimeField(null=True)


class Publisher(models.Model):
    name = models.CharField(max_length=40)
    founded = models.DateField(null=True)
    budget = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    country: Any = models.ForeignKey(Country, models.SET_NULL, null=True, to_field="name", related_name="publishers")


class Tag(models.Model):
    label = models.CharField(max_length=20, unique=True)
    parent: Any = models.ForeignKey("self", models.CASCADE, null=True, related_name="children")

    class Meta:
        ordering = ["label"]


class Book(models.Model):
    title = models.CharField(max_length=60)
    subtitle = models.CharField(max_length=60, null=True)
    genre = models.CharField(max_length=2, choices=Genre, null=True)
    price = models.DecimalField(max_digits=8, decimal_places=2)
    discount = models.FloatField(null=True)
    pages = models.PositiveIntegerField()
    published = models.DateField(null=True)
    released = models.DateTimeField()
    opens = models.TimeField(null=True)
    length = models.DurationField(null=True)
    isbn = models.UUIDField(unique=True)
    data = models.JSONField(null=True)
    in_print = models.BooleanField(null=True)
    cover = models.BinaryField(null=True)
    publisher: Any = models.ForeignKey(Publisher, models.SET_NULL, null=True, related_name="books")
    editor: Any = models.ForeignKey(Person, models.CASCADE, related_name="edited", related_query_name="edits")
    sequel: Any = models.OneToOneField("self", models.SET_NULL, null=True, related_name="prequel")
    authors: Any = models.ManyToManyField(Author, related_name="books")
    tags: Any = models.ManyToManyField(Tag, through="Tagging", related_name="books")
    notes: Any = GenericRelation("world.Note", content_type_field="kind", related_query_name="book")


class Cheap(Book):
    """The same table under another name, with an order of its own."""

    class Meta:
        proxy = True
        ordering = ["price", "-pages"]


class Tagging(models.Model):
    book: Any = models.ForeignKey(Book, models.CASCADE)
    tag: Any = models.ForeignKey(Tag, models.CASCADE)
    weight = models.IntegerField(default=1)
    added = models.DateTimeField(null=True)
    by: Any = models.ForeignKey(Person, models.SET_NULL, null=True)

    class Meta:
        ordering = ["tag", "-weight"]


class Review(models.Model):
    book: Any = models.ForeignKey(Book, models.CASCADE, related_name="reviews")
    reviewer: Any = models.ForeignKey(Person, models.CASCADE, null=True)
    stars = models.PositiveSmallIntegerField()
    text = models.TextField(blank=True)
    created = models.DateTimeField()
    score = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    helpful = models.BooleanField(default=False)

    class Meta:
        ordering = ["-stars", models.F("text").asc(nulls_last=True)]


class Note(models.Model):
    """A note on anything."""

    kind: Any = models.ForeignKey(ContentType, models.CASCADE)
    object_id = models.PositiveIntegerField()
    target = GenericForeignKey("kind", "object_id")
    text = models.CharField(max_length=40)
    day = models.DateField(null=True)
