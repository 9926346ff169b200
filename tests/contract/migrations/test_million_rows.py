"""A table of a million rows on PostgreSQL changes while others write to it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

pytestmark = pytest.mark.slow
ROWS = 1_000_000
WRITERS = 3
INITIAL = """
class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.CreateModel("Shelf", [("id", models.BigAutoField(primary_key=True)), ("name", models.CharField(max_length=20))]),
        migrations.RunSQL("INSERT INTO shop_shelf (name) SELECT 'shelf ' || n FROM generate_series(1, 1000000) AS n"),
    ]
"""
COLUMNS = """
class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]
    operations = [
        migrations.AddField("shelf", "height", models.IntegerField(db_default=3)),
        migrations.AddField("shelf", "word", models.CharField(max_length=5, default="oak")),
        migrations.AddField("shelf", "note", models.TextField(null=True)),
    ]
"""
INDEX = """
from fastjango.contrib.postgres.operations import AddIndexConcurrently


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("shop", "0001_initial")]
    operations = [AddIndexConcurrently("shelf", models.Index(fields=["name", "id"], name="by_name"))]
"""


@pytest.fixture
def shop(postgresql_project: Any) -> Any:
    postgresql_project.add_app("shop")
    postgresql_project.write_migration("shop", "0001_initial", INITIAL)
    postgresql_project.manage("migrate")
    return postgresql_project


class Writers:
    """Threads that write rows, each in a transaction of its own, and note when."""

    def __init__(self, project: Any) -> None:
        self.project = project
        self.done = threading.Event()
        # Start and end of each transaction.
        self.written: list[tuple[float, float]] = []
        self.failed: list[BaseException] = []

    def connect(self) -> Any:
        psycopg = pytest.importorskip("psycopg")
        conf = self.project.database
        return psycopg.connect(
            dbname=conf["NAME"], host=conf["HOST"], user=conf["USER"], password=conf["PASSWORD"], autocommit=True
        )

    def write(self, number: int) -> None:
        try:
            with self.connect() as connection:
                while not self.done.is_set():
                    start = time.monotonic()
                    with connection.transaction():
                        # What the release before writes: it knows of no new column that must be given.
                        connection.execute("INSERT INTO shop_shelf (name) VALUES (%s)", [f"new {number}"])
                        connection.execute(
                            "UPDATE shop_shelf SET name = name WHERE id = %s", [1 + len(self.written) % ROWS]
                        )
                    self.written.append((start, time.monotonic()))
                    time.sleep(0.005)
        except Exception as exc:
            self.failed.append(exc)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        threads = [threading.Thread(target=self.write, args=[number]) for number in range(WRITERS)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.done.set()
            for thread in threads:
                thread.join()

    def ended(self, start: float, end: float) -> int:
        """Return how many transactions began and ended between two moments."""
        return sum(start <= begun and over <= end for begun, over in self.written)

    @property
    def longest(self) -> float:
        return max(over - begun for begun, over in self.written)


def test_columns_are_added_without_a_rewrite(shop: Any) -> None:
    writers = Writers(shop)
    file = "SELECT pg_relation_filenode('shop_shelf')"
    watcher = writers.connect()
    before = watcher.execute(file).fetchone()
    shop.write_migration("shop", "0002_columns", COLUMNS.replace('default="oak"', 'db_default="oak"'))

    with writers.at_work():
        start = time.monotonic()
        shop.manage("migrate", "--lock-timeout", "2")
        end = time.monotonic()

    assert writers.failed == []
    assert watcher.execute(file).fetchone() == before, "the table was written anew"
    assert watcher.execute("SELECT count(*) FROM shop_shelf WHERE height = 3 AND word = 'oak'").fetchone()[0] == (
        ROWS + len(writers.written)
    )
    print(
        f"columns: {writers.ended(start, end)} writes beside migrate's {end - start:.2f} s, longest {writers.longest:.3f} s"
    )
    assert writers.ended(start, end) > 0


def test_a_column_with_a_python_default_is_added_without_a_rewrite(shop: Any) -> None:
    """The default is given to the rows that are there, then taken away: the file of the table stays."""
    watcher = Writers(shop).connect()
    file = "SELECT pg_relation_filenode('shop_shelf')"
    before = watcher.execute(file).fetchone()
    shop.write_migration("shop", "0002_columns", COLUMNS)

    shop.manage("migrate")

    assert watcher.execute(file).fetchone() == before
    assert watcher.execute("SELECT count(*) FROM shop_shelf WHERE word = 'oak'").fetchone() == (ROWS,)


def test_an_index_is_made_while_others_write(shop: Any) -> None:
    writers = Writers(shop)
    watcher = writers.connect()
    shop.write_migration("shop", "0002_index", INDEX)
    building: list[float] = []

    with writers.at_work():
        worker = shop.start("migrate")
        while worker.poll() is None:
            if watcher.execute("SELECT 1 FROM pg_stat_progress_create_index").fetchone():
                building.append(time.monotonic())
            time.sleep(0.005)
        output = worker.communicate()[0]

    assert worker.returncode == 0, output
    assert writers.failed == []
    valid = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'by_name'::regclass"
    assert watcher.execute(valid).fetchone() == (True,)
    meanwhile = writers.ended(building[0], building[-1])
    took = building[-1] - building[0]
    print(f"index: {meanwhile} writes while it was built in {took:.2f} s, longest {writers.longest:.3f} s")
    assert meanwhile > 10
    watcher.execute("SET enable_seqscan = off")
    found = watcher.execute("SELECT count(*) FROM shop_shelf WHERE name LIKE 'new %' AND name > 'new'").fetchone()
    assert found == (len(writers.written),)
