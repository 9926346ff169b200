"""``migrate --plan`` says what an operation costs a running site; ``makemigrations --check`` warns of it."""

from __future__ import annotations

from typing import Any

INITIAL = """
class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.CreateModel("Shelf", [
            ("id", models.BigAutoField(primary_key=True, auto_created=True, serialize=False, verbose_name="ID")),
            ("name", models.CharField(max_length=20)),
            ("depth", models.IntegerField(null=True)),
        ]),
    ]
"""
SECOND = """
class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]
    operations = [{}]
"""


def planned(project: Any, *operations: str) -> str:
    """Return the plan of a second migration, after the first was applied."""
    project.add_app("shop")
    project.write_migration("shop", "0001_initial", INITIAL)
    project.manage("migrate")
    project.write_migration("shop", "0002_second", SECOND.format(", ".join(operations)))
    return str(project.manage("migrate", "--plan"))


def test_each_operation_tells_its_lock_on_postgresql(postgresql_project: Any) -> None:
    output = planned(
        postgresql_project,
        'migrations.AddField("shelf", "height", models.IntegerField(default=3))',
        'migrations.AddIndex("shelf", models.Index(fields=["name"], name="by_name"))',
        'migrations.AlterField("shelf", "depth", models.BigIntegerField(null=True))',
        'migrations.AlterField("shelf", "name", models.CharField(max_length=30))',
    )

    lines = [line.strip() for line in output.splitlines()]
    assert (
        "shop_shelf: ACCESS EXCLUSIVE for a moment (reads and writes wait); rewrites the table: no; old code beside it: no, "
        "the release before inserts rows without a value for it" in lines
    )
    assert "safe: give it db_default=..., or null=True until all code writes it" in lines
    assert (
        "shop_shelf: SHARE while the index is built (writes wait); rewrites the table: no; old code beside it: yes"
        in lines
    )
    assert any("while the table is rewritten" in line and "rewrites the table: yes" in line for line in lines)
    assert lines[-1].startswith("shop_shelf: ACCESS EXCLUSIVE for a moment")


def test_nobody_waits_for_a_table_of_the_same_plan(postgresql_project: Any) -> None:
    postgresql_project.add_app("shop")
    postgresql_project.write_migration("shop", "0001_initial", INITIAL)
    operation = 'migrations.AddIndex("shelf", models.Index(fields=["name"], name="by_name"))'
    postgresql_project.write_migration("shop", "0002_second", SECOND.format(operation))

    output = postgresql_project.manage("migrate", "--plan")

    assert output.count("shop_shelf: new table, nobody waits; old code beside it: yes") == 2


def test_a_default_of_the_database_lets_old_code_go_on(postgresql_project: Any) -> None:
    output = planned(postgresql_project, 'migrations.AddField("shelf", "height", models.IntegerField(db_default=3))')

    assert "rewrites the table: no; old code beside it: yes" in output


def test_mysql_names_its_own_locks(mysql_project: Any) -> None:
    output = planned(mysql_project, 'migrations.AlterField("shelf", "depth", models.BigIntegerField(null=True))')

    assert "shared write lock while the table is rewritten (writes wait); rewrites the table: yes" in output


def test_check_warns_of_what_a_running_site_would_feel(sqlite_project: Any) -> None:
    planned(sqlite_project, 'migrations.RemoveField("shelf", "depth")')
    sqlite_project.write_models(
        "shop",
        """
        class Shelf(models.Model):
            name = models.CharField(max_length=20)
    """,
    )

    output = sqlite_project.manage("makemigrations", "--check")

    assert "shop.0002_second: Remove field depth from shelf: the release before still reads and writes it." in output
    assert "No changes detected" in output


def test_check_fails_on_findings_when_it_is_strict(sqlite_project: Any) -> None:
    planned(sqlite_project, 'migrations.RemoveField("shelf", "depth")')
    sqlite_project.write_models(
        "shop",
        """
        class Shelf(models.Model):
            name = models.CharField(max_length=20)
    """,
    )

    sqlite_project.manage("makemigrations", "--check", "--strict", ok=False)


def test_a_reviewed_migration_is_not_warned_of(sqlite_project: Any) -> None:
    planned(sqlite_project, 'migrations.RemoveField("shelf", "depth")')
    text = SECOND.format('migrations.RemoveField("shelf", "depth")').replace(
        "dependencies", "reviewed = True\n    dependencies"
    )
    sqlite_project.write_migration("shop", "0002_second", text)
    sqlite_project.write_models(
        "shop",
        """
        class Shelf(models.Model):
            name = models.CharField(max_length=20)
    """,
    )

    assert "0002_second" not in sqlite_project.manage("makemigrations", "--check", "--strict")


def test_data_and_locks_in_one_migration_are_found(postgresql_project: Any) -> None:
    planned(
        postgresql_project,
        'migrations.AddField("shelf", "height", models.IntegerField(null=True))',
        'migrations.RunSQL("UPDATE shop_shelf SET height = 1")',
    )
    postgresql_project.write_models(
        "shop",
        """
        class Shelf(models.Model):
            name = models.CharField(max_length=20)
            depth = models.IntegerField(null=True)
            height = models.IntegerField(null=True)
    """,
    )

    output = postgresql_project.manage("makemigrations", "--check")

    assert "changes rows while this migration holds the locks of its other operations" in output
