"""What the autodetector proposes, and what the optimizer makes of it."""

from __future__ import annotations

from typing import Any

from fastjango.db import migrations, models
from fastjango.db.migrations.autodetector import MigrationAutodetector
from fastjango.db.migrations.optimizer import MigrationOptimizer
from fastjango.db.migrations.questioner import MigrationQuestioner
from fastjango.db.migrations.state import ModelState, ProjectState


def state(*model_states: ModelState) -> ProjectState:
    made = ProjectState()
    for one in model_states:
        made.add_model(one.clone())
    return made


def book(*fields: tuple[str, Any]) -> ModelState:
    return ModelState("detect", "Book", [("id", models.AutoField(primary_key=True)), *fields])


def detect(before: ProjectState, after: ProjectState, **answers: Any) -> list[Any]:
    detector = MigrationAutodetector(before, after, MigrationQuestioner(answers))
    changes = detector._detect_changes()
    return [operation for migration in changes.get("detect", []) for operation in migration.operations]


def test_a_renamed_field_that_keeps_its_column_is_altered_and_renamed() -> None:
    before = state(book(("pages", models.IntegerField())))
    after = state(book(("length", models.IntegerField(db_column="pages"))))
    found = detect(before, after, ask_rename=True)
    assert [type(operation).__name__ for operation in found] == ["AlterField", "RenameField"]


def test_a_date_that_fills_itself_asks_for_no_default() -> None:
    after = state(book(("changed", models.DateTimeField(auto_now=True))))
    (operation,) = detect(state(book()), after)
    assert operation.preserve_default


def test_two_renames_are_one() -> None:
    found = MigrationOptimizer().optimize(
        [migrations.RenameModel("A", "B"), migrations.RenameModel("B", "C")], "detect"
    )
    assert [(operation.old_name, operation.new_name) for operation in found] == [("A", "C")]
