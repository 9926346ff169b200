"""Migrations of foreign keys to composite keys: the constraint comes, stays through changes, and goes."""

from __future__ import annotations

from typing import Any

import pytest
from tests.contract.migrations.test_data_survives_migrations import APP, History, history, key

from fastjango.db import IntegrityError, migrations, models
from fastjango.db.migrations.autodetector import MigrationAutodetector
from fastjango.db.migrations.questioner import MigrationQuestioner
from fastjango.db.migrations.state import ModelState, ProjectState

__all__ = ["history"]
pytestmark = pytest.mark.django_db(transaction=True)


def line_fields() -> list[tuple[str, Any]]:
    return [
        ("pk", models.CompositePrimaryKey("order", "number", primary_key=True)),
        ("order", models.IntegerField()),
        ("number", models.IntegerField()),
    ]


def columns() -> list[tuple[str, Any]]:
    return [("line_order", models.IntegerField()), ("line_number", models.IntegerField())]


def reference(**options: Any) -> Any:
    return models.CompositeForeignKey(
        f"{APP}.Line",
        models.CASCADE,
        from_fields=("line_order", "line_number"),
        to_fields=("order", "number"),
        related_name="notes",
        **options,
    )


def is_refused(history: History) -> bool:
    try:
        history.model("Note").objects.create(line_order=8, line_number=8)
    except IntegrityError:
        return True
    history.model("Note").objects.filter(line_order=8).delete()
    return False


def note_with_line(history: History) -> None:
    history.run(
        migrations.CreateModel("Line", line_fields()),
        migrations.CreateModel("Note", [("id", key()), *columns(), ("line", reference())]),
    )
    history.model("Line").objects.create(order=1, number=2)
    history.model("Note").objects.create(line_order=1, line_number=2)


def test_a_new_table_has_the_constraint(history: History) -> None:
    note_with_line(history)

    assert is_refused(history)
    assert history.model("Line").objects.get().notes.count() == 1


def test_the_constraint_stays_when_the_table_changes(history: History) -> None:
    note_with_line(history)

    history.run(
        migrations.AddField("Note", "text", models.CharField(max_length=5, default="x")),
        migrations.AlterField("Note", "text", models.TextField(default="x")),
        migrations.RenameField("Note", "text", "body"),
    )

    assert is_refused(history)
    assert [note.line.number for note in history.model("Note").objects.all()] == [2]


def test_a_column_of_it_is_renamed(history: History) -> None:
    note_with_line(history)

    history.run(migrations.RenameField("Note", "line_number", "line_nr"))

    assert history.model("Note")._meta.get_field("line").from_fields == ("line_order", "line_nr")
    assert history.model("Note").objects.get().line.number == 2
    with pytest.raises(IntegrityError):
        history.model("Note").objects.create(line_order=8, line_nr=8)


def test_it_is_added_to_a_table_and_taken_away(history: History) -> None:
    history.run(
        migrations.CreateModel("Line", line_fields()), migrations.CreateModel("Note", [("id", key()), *columns()])
    )
    assert not is_refused(history)

    history.run(migrations.AddField("Note", "line", reference()))
    assert is_refused(history)

    history.run(migrations.AlterField("Note", "line", reference(db_constraint=False)))
    assert not is_refused(history)

    history.undo()
    history.run(migrations.RemoveField("Note", "line"))
    assert not is_refused(history)


def detected(before: list[tuple[str, Any]], after: list[tuple[str, Any]]) -> list[str]:
    states = []
    for fields in (before, after):
        state = ProjectState()
        state.add_model(ModelState(APP, "Line", line_fields()))
        state.add_model(ModelState(APP, "Note", [("id", key()), *fields]))
        states.append(state)
    changes = MigrationAutodetector(states[0], states[1], MigrationQuestioner({"ask_initial": True}))._detect_changes()
    return [
        f"{type(operation).__name__} {operation.name}"
        for migration in changes.get(APP, [])
        for operation in migration.operations
    ]


def test_columns_are_added_before_it_and_removed_after_it() -> None:
    nullable = [("line_order", models.IntegerField(null=True)), ("line_number", models.IntegerField(null=True))]
    fields = [*nullable, ("line", reference(null=True))]

    assert detected([], fields)[-1] == "AddField line"
    assert detected(fields, [])[0] == "RemoveField line"
    assert detected(fields, fields) == []
