"""A migrate that is killed at any moment leaves a database that the next run finishes."""

from __future__ import annotations

import random
import signal
import time
from typing import Any

import pytest

STEPS = 6
MIGRATION = """
class Migration(migrations.Migration):
    {atomic}
    dependencies = [("shop", "{before}")]
    operations = [
        migrations.AddField("shelf", "width{n}", models.IntegerField(default={n}, db_index=True)),
        migrations.RunSQL("UPDATE shop_shelf SET total = total + 1"),
        migrations.CreateModel("Box{n}", [
            ("id", models.BigAutoField(primary_key=True)),
            ("shelf", models.ForeignKey("shop.Shelf", models.CASCADE)),
            ("label", models.CharField(max_length=20, unique=True)),
        ]),
        migrations.AlterField("shelf", "name", models.CharField(max_length=20 + {n}, unique=True)),
        migrations.RunSQL("INSERT INTO shop_box{n} (shelf_id, label) SELECT id, name FROM shop_shelf"),
        migrations.RenameField("shelf", "width{n}", "breadth{n}"),
        migrations.AddIndex("shelf", models.Index(fields=["breadth{n}", "name"], name="both{n}")),
    ]
"""
INITIAL = """
class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.CreateModel("Shelf", [
            ("id", models.BigAutoField(primary_key=True)),
            ("name", models.CharField(max_length=20, unique=True)),
            ("total", models.IntegerField()),
        ]),
        migrations.RunSQL("INSERT INTO shop_shelf (name, total) VALUES ('a', 0), ('b', 0)"),
    ]
"""


def build(project: Any) -> None:
    project.add_app("shop")
    project.write_migration("shop", "0001_initial", INITIAL)
    for number in range(1, STEPS + 1):
        before = "0001_initial" if number == 1 else f"{number:04}_step"
        # Every second one has no transaction on any database.
        text = MIGRATION.format(n=number, before=before, atomic="atomic = False" if number % 2 else "atomic = True")
        project.write_migration("shop", f"{number + 1:04}_step", text)


def kill_after(project: Any, seconds: float, *arguments: str) -> bool:
    """Start a migrate and kill it; returns whether it was still running."""
    worker = project.start("migrate", *arguments)
    time.sleep(seconds)
    running = worker.poll() is None
    worker.send_signal(signal.SIGKILL)
    worker.communicate()
    return running


def finished(project: Any) -> None:
    """One more run brings the database to its end, with each row changed exactly once by each migration."""
    output = project.manage("migrate")
    assert project.manage("migrate", "--check") == ""
    rows = project.python(
        f"""
        c = connection.cursor()
        c.execute("SELECT name, total FROM shop_shelf ORDER BY name"); print(c.fetchall())
        for n in range(1, {STEPS} + 1):
            c.execute(f"SELECT count(*) FROM shop_box{{n}}"); print(c.fetchone()[0])
        """
    ).splitlines()
    assert rows == [f"[('a', {STEPS}), ('b', {STEPS})]", *["2"] * STEPS], output
    assert "as the applied migrations say" in project.manage("migrate", "--drift")
    assert "fastjango_migration_progress" not in project.tables()


def kills(project: Any, times: int, seed: int) -> None:
    build(project)
    start = time.monotonic()
    project.manage("migrate", "--plan")
    startup = time.monotonic() - start
    chance = random.Random(seed)
    for _ in range(times):
        kill_after(project, startup * chance.uniform(0.5, 2.0))
    finished(project)


def test_a_killed_migrate_is_finished_by_the_next_one(project: Any) -> None:
    kills(project, times=3, seed=1)


INTERRUPT_EVERYWHERE = """
    from fastjango.core.management import call_command
    from fastjango.db.migrations.progress import Progress

    note = Progress._note

    def interrupted(nth):
        # The process ends after a statement was done, before that was written down.
        count = [0]

        def noted(self, key):
            count[0] += 1
            if count[0] == nth:
                raise KeyboardInterrupt
            note(self, key)

        Progress._note = noted
        try:
            call_command("migrate", "shop", "0002", verbosity=0)
        except KeyboardInterrupt:
            return True
        finally:
            Progress._note = note
        return False

    nth = 1
    while interrupted(nth):
        call_command("migrate", "shop", "0002", verbosity=0)
        with connection.cursor() as c:
            c.execute("SELECT sum(total) FROM shop_shelf")
            total = c.fetchone()[0]
            c.execute("SELECT count(*) FROM shop_box1")
            boxes = c.fetchone()[0]
        assert (total, boxes) == (2, 2), (nth, total, boxes)
        call_command("migrate", "--drift", verbosity=0)
        call_command("migrate", "shop", "zero", verbosity=0)
        nth += 1
    print(nth)
"""


def test_an_interruption_after_any_statement_is_continued(project: Any) -> None:
    project.add_app("shop")
    project.write_migration("shop", "0001_initial", INITIAL)
    text = MIGRATION.format(n=1, before="0001_initial", atomic="atomic = False")
    reverse = text.replace('total + 1")', "total + 1\", '')").replace('FROM shop_shelf")', "FROM shop_shelf\", '')")
    project.write_migration("shop", "0002_step", reverse)
    project.write_migration("shop", "0001_initial", INITIAL.replace("('b', 0)\")", "('b', 0)\", '')"))

    lines = project.python(INTERRUPT_EVERYWHERE).splitlines()

    assert int(lines[-1]) > 8


def test_an_empty_table_of_positions_goes_with_the_next_run(sqlite_project: Any) -> None:
    sqlite_project.add_app("shop")
    sqlite_project.write_migration("shop", "0001_initial", INITIAL)
    sqlite_project.manage("migrate")
    sqlite_project.python(
        """
        from fastjango.db.migrations.progress import _Row
        with connection.schema_editor() as editor:
            editor.create_model(_Row())
        from fastjango.core.management import call_command
        call_command("migrate", verbosity=0)
        """
    )

    assert "fastjango_migration_progress" not in sqlite_project.tables()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
def test_fifty_kills_never_leave_a_database_that_a_rerun_cannot_finish(seed: int, project: Any) -> None:
    kills(project, times=5, seed=seed)
