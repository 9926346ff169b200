"""Errors of ``migrate`` end with what to do."""

from __future__ import annotations

from typing import Any

INITIAL = """
class Migration(migrations.Migration):
    initial = True
    operations = [migrations.CreateModel("Shelf", [("id", models.BigAutoField(primary_key=True))])]
"""
SECOND = """
class Migration(migrations.Migration):
    dependencies = [("shop", "0001_gone")]
    operations = []
"""


def test_a_table_that_is_there_already_leads_to_fake_initial(project: Any) -> None:
    project.add_app("shop")
    project.write_migration("shop", "0001_initial", INITIAL)
    project.python("connection.cursor().execute('CREATE TABLE shop_shelf (id bigint PRIMARY KEY)')")

    output = project.manage("migrate", ok=False)

    assert "already exists" in output
    assert "Fix: The database has it already." in output
    assert "FAKED" in project.manage("migrate", "--fake-initial")


def test_a_dependency_that_is_gone_leads_to_those_that_are_there(sqlite_project: Any) -> None:
    sqlite_project.add_app("shop")
    sqlite_project.write_migration("shop", "0001_initial", INITIAL)
    sqlite_project.write_migration("shop", "0002_second", SECOND)

    output = sqlite_project.manage("migrate", ok=False)

    assert "reference nonexistent parent node ('shop', '0001_gone')" in output
    assert "Fix: Bring back the file of shop.0001_gone" in output
    assert "In shop there are: 0001_initial, 0002_second." in output
