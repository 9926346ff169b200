"""Errors of ``migrate`` and ``makemigrations`` end with what to do."""

from __future__ import annotations

from typing import Any

import pytest

from fastjango.db.migrations.questioner import InteractiveMigrationQuestioner

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


def _ended(prompt: str = "") -> str:
    raise EOFError


@pytest.mark.parametrize(
    ("ask", "arguments"),
    [("_boolean_input", ["Renamed?"]), ("_choice_input", ["Which?", ["one"]]), ("_ask_default", [])],
)
def test_an_input_that_has_ended_says_how_to_go_on(
    ask: str, arguments: list[Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("builtins.input", _ended)

    with pytest.raises(SystemExit) as ended:
        getattr(InteractiveMigrationQuestioner(), ask)(*arguments)

    assert ended.value.code == 1
    assert "Fix: run the command at a terminal, or with --noinput" in capsys.readouterr().out
