"""Alembic's autogenerate sees no difference after ``migrate``: every kind of field, on each database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.contract.migrations.conftest import make_project
from tests.fixtures.databases import VENDORS

MODELS = """
import uuid

from fastjango.db.models.functions import Lower, Now


class Color(models.TextChoices):
    RED = "red"
    BLUE = "blue"


class Target(models.Model):
    code = models.CharField(max_length=10, unique=True)


class Kinds(models.Model):
    id = models.SmallAutoField(primary_key=True)
    big = models.BigIntegerField(null=True)
    binary = models.BinaryField(null=True)
    flag = models.BooleanField(default=False)
    maybe = models.BooleanField(null=True)
    char = models.CharField(max_length=10, db_index=True)
    unique_char = models.CharField(max_length=20, unique=True)
    chosen = models.CharField(max_length=1, choices=[("a", "A")])
    day = models.DateField(db_index=True)
    moment = models.DateTimeField(auto_now_add=True)
    amount = models.DecimalField(max_digits=12, decimal_places=3, null=True, unique=True)
    length = models.DurationField(null=True)
    mail = models.EmailField(unique=True)
    color = models.EnumField(Color, default=Color.RED)
    file = models.FileField(upload_to="x")
    place = models.FilePathField(path="/", max_length=200)
    number = models.FloatField(null=True, db_index=True)
    address = models.GenericIPAddressField(null=True)
    integer = models.IntegerField(unique=True)
    facts = models.JSONField(default=dict)
    positive = models.PositiveIntegerField(default=1)
    positive_big = models.PositiveBigIntegerField(db_index=True, default=1)
    positive_small = models.PositiveSmallIntegerField(default=1)
    slug = models.SlugField()
    small = models.SmallIntegerField(null=True)
    text = models.TextField(blank=True)
    time = models.TimeField(null=True)
    url = models.URLField()
    key = models.UUIDField(default=uuid.uuid4, unique=True)
    by_database = models.IntegerField(db_default=7)
    now_by_database = models.DateTimeField(db_default=Now())
    lower = models.GeneratedField(expression=Lower("char"), output_field=models.CharField(max_length=10), db_persist=True)
    column = models.IntegerField(db_column="other name", null=True)

    class Meta:
        db_table = "Kinds Table"
        unique_together = [("char", "integer")]
        indexes = [
            models.Index(fields=["big", "-small"], name="kinds_big_small"),
            models.Index(fields=["flag"], name="kinds_flag_part", condition=models.Q(flag=True)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["day", "flag"], name="kinds_day_flag"),
            models.UniqueConstraint(fields=["slug"], name="kinds_slug_part", condition=models.Q(flag=True)),
            models.CheckConstraint(condition=models.Q(positive__gt=0), name="kinds_positive"),
        ]


class Relations(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    fk = models.ForeignKey(Target, models.CASCADE, related_name="+")
    null_fk = models.ForeignKey(Kinds, models.SET_NULL, null=True)
    to_field = models.ForeignKey(Target, models.PROTECT, to_field="code", related_name="+")
    loose = models.ForeignKey(Target, models.DO_NOTHING, db_constraint=False, related_name="+")
    plain = models.ForeignKey(Target, models.CASCADE, db_index=False, related_name="+")
    one = models.OneToOneField(Kinds, models.CASCADE, related_name="+")
    parent = models.ForeignKey("self", models.CASCADE, null=True)
    many = models.ManyToManyField(Target, related_name="+")
    friends = models.ManyToManyField("self")
    through = models.ManyToManyField(Kinds, through="Between", related_name="+")


class Between(models.Model):
    left = models.ForeignKey(Relations, models.CASCADE)
    right = models.ForeignKey(Kinds, models.CASCADE)


class Child(Target):
    more = models.TextField()


class Proxy(Target):
    class Meta:
        proxy = True


class Seat(models.Model):
    pk = models.CompositePrimaryKey("row", "place")
    row = models.IntegerField()
    place = models.CharField(max_length=5)


class Unmanaged(models.Model):
    class Meta:
        managed = False
        db_table = "nowhere"
"""

COMPARE = """
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from fastjango.db.sqlalchemy import metadata
with connection.engine.connect() as db:
    print(compare_metadata(MigrationContext.configure(db), metadata))
"""


@pytest.fixture(params=VENDORS)
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    yield from make_project(request.param, tmp_path)


def test_a_migrated_database_has_nothing_to_revise(project: Any) -> None:
    project.apps += ["fastjango.contrib.contenttypes", "fastjango.contrib.auth", "fastjango.contrib.sessions"]
    project.add_app("kinds", MODELS)
    project.manage("makemigrations", "kinds", "-v0")
    project.manage("migrate", "-v0")

    assert project.python(COMPARE) == "[]"


def test_a_difference_is_seen(project: Any) -> None:
    project.add_app("kinds", MODELS)
    project.manage("makemigrations", "kinds", "-v0")
    project.manage("migrate", "-v0")
    project.write_models(
        "kinds", MODELS.replace("max_length=200", "max_length=150").replace("more = models", "most = models")
    )

    found = project.python(COMPARE)

    assert "modify_type" in found
    assert "add_column" in found
    assert "remove_column" in found
