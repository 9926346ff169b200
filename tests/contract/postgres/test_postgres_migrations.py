"""Models with PostgreSQL's types go through makemigrations, files and migrate."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from fastjango.apps import apps
from fastjango.core.management import call_command
from fastjango.db import DataError
from fastjango.test import override_settings

pytestmark = pytest.mark.service("postgresql")

MODELS = """
from psycopg.types.range import Range

from fastjango.contrib.postgres.constraints import ExclusionConstraint
from fastjango.contrib.postgres.fields import ArrayField, HStoreField, IntegerRangeField, RangeBoundary, RangeOperators
from fastjango.contrib.postgres.indexes import GinIndex, GistIndex, OpClass
from fastjango.contrib.postgres.search import SearchVector, SearchVectorField
from fastjango.contrib.postgres.validators import KeysValidator
from fastjango.db import models
from fastjango.db.models.functions import Upper


class Ship(models.Model):
    name = models.CharField(max_length=20)
    ports = ArrayField(ArrayField(models.CharField(max_length={length})), default=list, size=4)
    papers = HStoreField(validators=[KeysValidator(["flag"])], default=dict)
    holds = IntegerRangeField(default=Range(0, 5), db_default=Range(0, 9))
    words = SearchVectorField(null=True)

    class Meta:
        indexes = [
            GinIndex(SearchVector("name", config="english"), name="ship_words"),
            GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="ship_name", fastupdate=False),
            GistIndex(fields=["holds"], name="ship_holds", fillfactor=80),
        ]
        constraints = [
            ExclusionConstraint(name="ship_apart", expressions=[("holds", RangeOperators.OVERLAPS), ("name", "=")]),
        ]
"""


@pytest.fixture
def harbour(database: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An app with these models and an empty folder of migrations."""
    folder = tmp_path / "harbour"
    (folder / "migrations").mkdir(parents=True)
    for package in (folder, folder / "migrations"):
        (package / "__init__.py").touch()
    (folder / "models.py").write_text(MODELS.format(length=5), encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    yield folder
    forget()


def forget() -> None:
    """Let the app be imported anew."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "harbour"]:
        del sys.modules[name]
    apps.all_models.pop("harbour", None)
    apps.clear_cache()


def manage(*command: str) -> str:
    """Run a command of a new process, as far as the app is concerned."""
    forget()
    out = StringIO()
    with override_settings(INSTALLED_APPS=["fastjango.contrib.postgres", "harbour"]):
        call_command(*command, stdout=out, verbosity=1)
    return out.getvalue()


def ships() -> Any:
    return sys.modules["harbour.models"].Ship.objects


def test_a_model_goes_through_files_and_back(harbour: Path, database: Any) -> None:
    manage("makemigrations", "harbour")
    text = (harbour / "migrations" / "0001_initial.py").read_text(encoding="utf-8")
    manage("migrate", "harbour")

    assert "fastjango.contrib.postgres.fields.ArrayField(base_field=" in text
    assert "psycopg.types.range.Range(0, 9, '[)')" in text
    assert "No changes detected" in manage("makemigrations", "harbour", "--check", "--dry-run")
    with database.cursor() as cursor:
        found = database.introspection.get_constraints(cursor, "harbour_ship")
    assert {"ship_words", "ship_name", "ship_holds", "ship_apart"} <= set(found)
    manage("migrate", "harbour", "zero")


def test_shorter_items_are_refused_while_longer_ones_are_there(harbour: Path, database: Any) -> None:
    manage("makemigrations", "harbour")
    manage("migrate", "harbour")
    ship = ships().create(name="a", ports=[["Genoa"]], papers={"flag": "x"})
    (harbour / "models.py").write_text(MODELS.format(length=3), encoding="utf-8")
    manage("makemigrations", "harbour")

    with pytest.raises(DataError, match="value too long"):
        manage("migrate", "harbour")

    assert ships().get(pk=ship.pk).ports == [["Genoa"]]
    manage("migrate", "harbour", "zero")
