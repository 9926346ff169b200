"""Revisions of Alembic say everything of a table that migrations say: the tables that both make are the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.contract.migrations.conftest import Project, make_project
from tests.contract.migrations.test_alembic import revision, run
from tests.fixtures.databases import VENDORS

FIRST = """
from fastjango.db import models
from fastjango.db.models.functions import Lower, Upper


class Shelf(models.Model):
    name = models.CharField(max_length=20, db_comment="what it's called: 100%")
    code = models.CharField(max_length=10)
    height = models.PositiveIntegerField()
    notes = models.JSONField(default=dict)

    class Meta:
        db_table_comment = "where books stand"
        indexes = [
            models.Index(Lower("name").desc(), "height", name="lower_name"),
            models.Index(Upper("name"), name="upper_low", condition=models.Q(height__lt=10)),
            models.Index(fields=["-height", "code"], name="by_height"),
        ]
        constraints = [
            models.UniqueConstraint(Lower("code"), name="one_code"),
            models.CheckConstraint(condition=models.Q(height__lt=500), name="not_too_high"),
        ]
"""
SECOND = (
    FIRST.replace("what it's called: 100%", "its name")
    .replace("where books stand", "of oak")
    .replace("height__lt=500", "height__lt=600")
    .replace('"not_too_high"', '"not_higher"')
    .replace('Upper("name"), name', 'Upper("code"), name')
    .replace('models.UniqueConstraint(Lower("code"), name="one_code")', 'models.UniqueConstraint(Upper("code"), name="one_upper")')
    .replace("max_length=20", "max_length=30")
)  # fmt: skip
BOOKINGS = """
from fastjango.contrib.postgres.constraints import ExclusionConstraint
from fastjango.contrib.postgres.fields import DateRangeField
from fastjango.contrib.postgres.indexes import GinIndex, OpClass


class Booking(models.Model):
    period = DateRangeField()
    note = models.TextField(default="")
    room = models.IntegerField(default=0)
    data = models.JSONField(default=dict)

    class Meta:
        indexes = [
            GinIndex(fields=["data"], name="by_data", opclasses=["jsonb_path_ops"]),
            models.Index(OpClass(Lower("note"), name="text_pattern_ops"), name="by_note"),
            models.Index(fields=["room"], include=["note"], name="by_room"),
        ]
        constraints = [
            ExclusionConstraint(name="apart", expressions=[("period", "&&")], condition=models.Q(room=1)),
            models.UniqueConstraint(fields=["note"], deferrable=models.Deferrable.DEFERRED, name="late"),
            models.UniqueConstraint(fields=["room", "period"], nulls_distinct=False, name="not_twice"),
        ]
"""
OTHER_BOOKINGS = (
    BOOKINGS.replace("models.Q(room=1)", "models.Q(room=2)")
    .replace('include=["note"]', 'include=["period"]')
    .replace(', opclasses=["jsonb_path_ops"]', "")
)
DRIFT = """
import fastjango
fastjango.setup()
from fastjango.apps import apps
from fastjango.db import connections
from fastjango.db.migrations.drift import drift
from fastjango.db.migrations.state import ProjectState
# SQLite takes any word for a type; Alembic writes its own.
print("drift:", [str(one) for one in drift(connections["default"], ProjectState.from_apps(apps))
    if connections["default"].vendor != "sqlite" or ": type is" not in str(one)])
"""


@pytest.fixture(params=VENDORS)
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """A project with an environment of Alembic and an app, on an empty database."""
    run(tmp_path, "fastjango", "startproject", "mysite", "--alembic")
    site = tmp_path / "mysite"
    for project in make_project(request.param, site):
        _settle(site, project)
        yield site


def _settle(site: Path, project: Project) -> None:
    settings = site / "mysite" / "settings.py"
    more = ["fastjango.contrib.postgres"] if project.vendor == "postgresql" else []
    text = f"\nINSTALLED_APPS += {[*more, 'shop']!r}\nDATABASES = {{'default': {project.database!r}}}\n"
    settings.write_text(settings.read_text() + text)
    (site / "shop" / "migrations").mkdir(parents=True)
    (site / "shop" / "__init__.py").touch()
    (site / "shop" / "migrations" / "__init__.py").touch()
    write(site, FIRST)


def write(site: Path, text: str, bookings: str = BOOKINGS) -> None:
    postgresql = "backends.postgresql" in (site / "mysite" / "settings.py").read_text()
    (site / "shop" / "models.py").write_text(text + bookings * postgresql)


def manage(site: Path, *arguments: str) -> str:
    return run(site, "fastjango", *arguments, "--settings", "mysite.settings", "--pythonpath", ".")


def drift(site: Path) -> str:
    return manage(site, "shell", "--no-imports", "-c", DRIFT).split("drift: ")[1].strip()


def changes(text: str) -> str:
    return text.split("def upgrade")[1]


def test_tables_of_alembic_are_those_of_migrations(site: Path) -> None:
    revision(site, "first")
    run(site, "alembic", "upgrade", "head")

    assert drift(site) == "[]"
    assert "op." not in changes(revision(site, "nothing"))
    run(site, "alembic", "downgrade", "base")


def test_a_migrated_database_has_nothing_to_revise(site: Path) -> None:
    manage(site, "makemigrations", "shop")
    manage(site, "migrate")

    assert "op." not in changes(revision(site, "nothing"))


def test_changes_are_revised_and_taken_back(site: Path) -> None:
    revision(site, "first")
    run(site, "alembic", "upgrade", "head")
    write(site, SECOND, OTHER_BOOKINGS)

    revision(site, "second")
    run(site, "alembic", "upgrade", "head")
    assert drift(site) == "[]"
    assert "op." not in changes(revision(site, "nothing"))

    run(site, "alembic", "downgrade", "-1")
    write(site, FIRST)
    assert drift(site) == "[]"
