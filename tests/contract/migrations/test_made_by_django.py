"""
A project that came from Django: its database, its migration file and its models, with imports renamed.

``made_by_django/`` holds what Django 5.2 wrote for these models: the migration and the dump of the database after ``migrate``.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parent / "made_by_django"


@pytest.fixture
def moved(sqlite_project: Any) -> Any:
    project = sqlite_project
    project.more_settings = 'AUTH_USER_MODEL = "shop.Person"\n'
    project.apps += ["fastjango.contrib.contenttypes", "fastjango.contrib.auth"]
    project.add_app("shop")
    (project.folder / "shop" / "models.py").write_text((FOLDER / "models.txt").read_text())
    (project.folder / "shop" / "migrations" / "0001_initial.py").write_text((FOLDER / "0001_initial.txt").read_text())
    database = sqlite3.connect(project.database["NAME"])
    database.executescript((FOLDER / "database.sql").read_text())
    database.close()
    return project


def test_nothing_is_to_be_applied(moved: Any) -> None:
    assert "No migrations to apply." in moved.manage("migrate")


def test_nothing_is_to_be_written(moved: Any) -> None:
    assert "No changes detected" in moved.manage("makemigrations", "--check")


def test_the_tables_are_those_that_our_migrations_make(moved: Any) -> None:
    assert "as the applied migrations say" in moved.manage("migrate", "--drift")


def test_makemigrations_writes_the_operations_in_the_same_order(moved: Any) -> None:
    file = moved.folder / "shop" / "migrations" / "0001_initial.py"
    theirs = moved.python(OPERATIONS)
    file.unlink()
    moved.manage("makemigrations", "shop", "--no-header")

    assert moved.python(OPERATIONS) == theirs


OPERATIONS = (
    "from importlib import import_module; "
    "print(*[o.describe() for o in import_module('shop.migrations.0001_initial').Migration.operations], sep='\\n')"
)
