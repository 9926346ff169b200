"""Migrations on a PostgreSQL that others use meanwhile: locks that are not had in time, indexes half built."""

from __future__ import annotations

import time
from typing import Any

import pytest

INITIAL = """
class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.CreateModel("Shelf", [("id", models.BigAutoField(primary_key=True)), ("name", models.CharField(max_length=20))]),
    ]
"""
COLUMN = """
class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]
    operations = [migrations.AddField("shelf", "height", models.IntegerField(default=3))]
"""
INDEX = """
from fastjango.contrib.postgres.operations import AddIndexConcurrently


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("shop", "0001_initial")]
    operations = [AddIndexConcurrently("shelf", models.Index(fields=["name"], name="by_name"))]
"""


@pytest.fixture
def shop(postgresql_project: Any) -> Any:
    postgresql_project.add_app("shop")
    postgresql_project.write_migration("shop", "0001_initial", INITIAL)
    postgresql_project.manage("migrate")
    return postgresql_project


def connect(project: Any) -> Any:
    psycopg = pytest.importorskip("psycopg")
    conf = project.database
    return psycopg.connect(dbname=conf["NAME"], host=conf["HOST"], user=conf["USER"], password=conf["PASSWORD"])


def test_a_lock_that_is_not_had_in_time_is_tried_again(shop: Any) -> None:
    shop.write_migration("shop", "0002_height", COLUMN)
    other = connect(shop)
    other.execute("SELECT * FROM shop_shelf")

    worker = shop.start("migrate", "--lock-timeout", "0.2", "--lock-retries", "100")
    deadline = time.monotonic() + 60
    waiting = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'ALTER TABLE%'"
    watcher = connect(shop)
    watcher.autocommit = True
    while watcher.execute(waiting).fetchone() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    while watcher.execute(waiting).fetchone() is not None and time.monotonic() < deadline:
        time.sleep(0.02)
    other.rollback()
    output = worker.communicate(timeout=60)[0]

    assert "no lock, trying again" in output
    assert "Applying shop.0002_height" in output
    assert worker.returncode == 0, output


def test_a_lock_that_is_never_had_leaves_nothing(shop: Any) -> None:
    shop.write_migration("shop", "0002_height", COLUMN)
    other = connect(shop)
    other.execute("SELECT * FROM shop_shelf")

    output = shop.manage("migrate", "--lock-timeout", "0.1", "--lock-retries", "1", ok=False)
    other.rollback()

    assert "lock timeout" in output
    assert "[ ] 0002_height" in shop.manage("showmigrations", "shop")


def test_an_index_whose_building_was_interrupted_is_built_anew(shop: Any) -> None:
    shop.write_migration("shop", "0002_index", INDEX)
    other = connect(shop)
    other.execute("CREATE INDEX by_name ON shop_shelf (name)")
    other.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'by_name'::regclass")
    other.commit()

    shop.manage("migrate")

    valid = other.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = 'by_name'::regclass").fetchone()
    assert valid == (True,)
