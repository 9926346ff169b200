"""``startproject --alembic`` writes an environment in which Alembic's own commands work on the project's models."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.contract.migrations.conftest import make_project

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    run(tmp_path, "fastjango", "startproject", "mysite", "--alembic")
    return tmp_path / "mysite"


def run(folder: Path, module: str, *arguments: str) -> str:
    environment = {key: value for key, value in os.environ.items() if key != "FASTJANGO_SETTINGS_MODULE"}
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=folder,
        env={**environment, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def revision(site: Path, name: str) -> str:
    run(site, "alembic", "revision", "--autogenerate", "-m", name)
    (file,) = (site / "alembic" / "versions").glob(f"*_{name}.py")
    return file.read_text()


def test_revisions_are_made_applied_and_taken_back(site: Path) -> None:
    first = revision(site, "first")
    run(site, "alembic", "upgrade", "head")
    second = revision(site, "second")
    run(site, "alembic", "upgrade", "head")
    run(site, "alembic", "downgrade", "-1")

    assert "op.create_table('auth_user'" in first
    assert "op." not in second.split("def upgrade")[1]
    assert "(head), second" in run(site, "alembic", "history")


def test_a_migrated_database_has_nothing_to_revise(site: Path) -> None:
    run(site, "fastjango", "migrate", "--settings", "mysite.settings", "--pythonpath", ".")

    assert "op." not in revision(site, "nothing").split("def upgrade")[1]


MODELS = """
from fastjango.db import models
from fastjango.db.models.functions import Lower


class Status(models.TextChoices):
    DRAFT = "draft"
    PAID = "paid"


class Order(models.Model):
    status = models.EnumField(Status)
    code = models.CharField(max_length=10)
    lower = models.GeneratedField(expression=Lower("code"), output_field=models.CharField(max_length=10), db_persist=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code"], condition=models.Q(status="paid"), name="paid_once")]


class Bill(models.Model):
    status = models.EnumField(Status, null=True)
"""
ROWS = """
from shop.models import Order
Order.objects.create(code="A", status="draft")
Order.objects.create(code="A", status="draft")
print(*Order.objects.values_list("lower", flat=True))
"""


@pytest.mark.parametrize("vendor", ["sqlite3", pytest.param("postgresql", marks=pytest.mark.service("postgresql"))])
def test_tables_are_as_the_models_say(vendor: str, site: Path) -> None:
    """Types that tables share, columns that the database computes, constraints of some rows; there, back, and there again."""
    for project in make_project(vendor, site):
        settings = site / "mysite" / "settings.py"
        text = settings.read_text() + f"\nINSTALLED_APPS += ['shop']\nDATABASES = {{'default': {project.database!r}}}\n"
        settings.write_text(text)
        (site / "shop").mkdir()
        (site / "shop" / "__init__.py").touch()
        (site / "shop" / "models.py").write_text(MODELS)

        revision(site, "first")
        for command in (["upgrade", "head"], ["downgrade", "base"], ["upgrade", "head"]):
            run(site, "alembic", *command)

        assert run(site, "fastjango", "shell", "--settings", "mysite.settings", "-c", ROWS).split()[-2:] == ["a", "a"]
        assert "op." not in revision(site, "second").split("def upgrade")[1]
