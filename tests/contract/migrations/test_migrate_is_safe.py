"""Many migrate at once, one that fails, one that is killed: the database is always brought to its end."""

from __future__ import annotations

from typing import Any

import pytest

INITIAL = """
class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.CreateModel("Shelf", [("id", models.BigAutoField(primary_key=True)), ("name", models.CharField(max_length=20))]),
        migrations.RunSQL("INSERT INTO shop_shelf (name) VALUES ('top')"),
    ]
"""

FAILING = """
class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]
    operations = [
        migrations.AddField("shelf", "height", models.IntegerField(default=3)),
        migrations.RunSQL("UPDATE shop_shelf SET height = height + 1"),
        migrations.RunSQL("INSERT INTO nowhere (id) VALUES (1)"),
        migrations.AddField("shelf", "width", models.IntegerField(default=5, db_index=True)),
    ]
"""


def shop(project: Any) -> Any:
    project.add_app("shop")
    project.write_migration("shop", "0001_initial", INITIAL)
    return project


def heights(project: Any) -> str:
    return str(
        project.python("c = connection.cursor(); c.execute('SELECT height FROM shop_shelf'); print(c.fetchall())")
    )


def test_ten_workers_that_start_together_apply_each_migration_once(project: Any) -> None:
    shop(project)

    workers = [project.start("migrate") for _ in range(10)]
    outputs = [worker.communicate(timeout=240)[0] for worker in workers]

    assert [worker.returncode for worker in workers] == [0] * 10, outputs
    assert sum("Applying shop.0001_initial... OK" in output for output in outputs) == 1
    assert (
        project.python("c = connection.cursor(); c.execute('SELECT count(*) FROM shop_shelf'); print(c.fetchone()[0])")
        == "1"
    )


@pytest.mark.parametrize("vendor", ["sqlite_project", "postgresql_project"])
def test_a_failed_migration_leaves_nothing_where_tables_roll_back(vendor: str, request: Any) -> None:
    project = shop(request.getfixturevalue(vendor))
    project.write_migration("shop", "0002_sizes", FAILING)

    output = project.manage("migrate", ok=False)

    assert "nowhere" in output
    columns = (
        "print([c.name for c in connection.introspection.get_table_description(connection.cursor(), 'shop_shelf')])"
    )
    assert project.python(columns) == "['id', 'name']"


def test_a_failed_migration_goes_on_where_it_stopped_where_tables_do_not_roll_back(mysql_project: Any) -> None:
    project = shop(mysql_project)
    project.write_migration("shop", "0002_sizes", FAILING)
    project.manage("migrate", ok=False)
    project.write_migration("shop", "0002_sizes", FAILING.replace("INSERT INTO nowhere (id) VALUES (1)", "SELECT 1"))

    output = project.manage("migrate")

    assert "going on where it stopped" in output
    assert heights(project) == "[(4,)]"
    assert "fastjango_migration_progress" not in project.tables()


def test_a_migration_without_a_transaction_goes_on_where_it_stopped(project: Any) -> None:
    shop(project)
    failing = FAILING.replace("    dependencies", "    atomic = False\n    dependencies")
    project.write_migration("shop", "0002_sizes", failing)
    project.manage("migrate", ok=False)
    project.write_migration("shop", "0002_sizes", failing.replace("INSERT INTO nowhere (id) VALUES (1)", "SELECT 1"))

    project.manage("migrate")

    assert heights(project) == "[(4,)]"
    assert "fastjango_migration_progress" not in project.tables()


def test_a_file_whose_finished_part_was_changed_is_not_continued(mysql_project: Any) -> None:
    project = shop(mysql_project)
    project.write_migration("shop", "0002_sizes", FAILING)
    project.manage("migrate", ok=False)
    project.write_migration("shop", "0002_sizes", FAILING.replace('"height"', '"tallness"', 1))

    output = project.manage("migrate", ok=False)

    assert "stopped after 2 operation(s), and these are no longer the first ones of the file" in output


def test_going_back_is_continued_too(mysql_project: Any) -> None:
    project = shop(mysql_project)
    body = (
        FAILING.replace("INSERT INTO nowhere (id) VALUES (1)", "SELECT 1")
        .replace('SET height = height + 1")', "SET height = height + 1\", 'INSERT INTO nowhere (id) VALUES (1)')")
        .replace('RunSQL("SELECT 1")', 'RunSQL("SELECT 1", "SELECT 1")')
    )
    project.write_migration("shop", "0002_sizes", body)
    project.manage("migrate")
    project.manage("migrate", "shop", "0001", ok=False)
    project.write_migration("shop", "0002_sizes", body.replace("INSERT INTO nowhere (id) VALUES (1)", "SELECT 1"))

    output = project.manage("migrate", "shop", "0001")

    assert "going on where it stopped" in output
    assert "fastjango_migration_progress" not in project.tables()


def test_a_plan_is_shown_while_another_migrate_holds_the_lock(project: Any) -> None:
    shop(project)
    slow = INITIAL.replace(
        "    operations = [",
        "    operations = [\n        migrations.RunPython(lambda a, e: __import__('time').sleep(3)),",
    )
    project.write_migration("shop", "0001_initial", slow)
    worker = project.start("migrate")

    output = project.manage("migrate", "--plan")

    worker.communicate(timeout=60)
    assert "Create model Shelf" in output
    assert worker.returncode == 0
