"""``Migration``: the class that each file defines."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from typing import Any, ClassVar

from fastjango.db.migrations.exceptions import IrreversibleError
from fastjango.db.migrations.names import get_migration_name_timestamp
from fastjango.db.transaction import atomic


class Migration:
    """
    A list of operations, with what must be applied before.

    Subclasses set ``operations``, ``dependencies``, ``run_before``, ``replaces``, ``initial`` and ``atomic``; ``reviewed`` says
    that somebody has thought about what ``makemigrations --check`` would warn of.
    """

    operations: ClassVar[Any] = []
    dependencies: ClassVar[Any] = []
    run_before: ClassVar[Any] = []
    replaces: ClassVar[Any] = []
    initial: ClassVar[bool | None] = None
    atomic: ClassVar[bool] = True
    reviewed: ClassVar[bool] = False

    def __init__(self, name: str, app_label: str) -> None:
        self.name = name
        self.app_label = app_label
        # Copies: the autodetector and the optimizer change them.
        self.operations = list(self.__class__.operations)  # type: ignore[misc]
        self.dependencies = list(self.__class__.dependencies)  # type: ignore[misc]
        self.run_before = list(self.__class__.run_before)  # type: ignore[misc]
        self.replaces = list(self.__class__.replaces)  # type: ignore[misc]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Migration) and self.name == other.name and self.app_label == other.app_label

    def __hash__(self) -> int:
        return hash(f"{self.app_label}.{self.name}")

    def __repr__(self) -> str:
        return f"<Migration {self.app_label}.{self.name}>"

    def __str__(self) -> str:
        return f"{self.app_label}.{self.name}"

    def mutate_state(self, project_state: Any, preserve: bool = True) -> Any:
        """Return the state behind this migration; *preserve* keeps the one given unchanged."""
        state = project_state.clone() if preserve else project_state
        for operation in self.operations:
            operation.state_forwards(self.app_label, state)
        return state

    def _describe(self, schema_editor: Any, operation: Any) -> None:
        if schema_editor.collect_sql:
            schema_editor.collected_sql.append("--")
            schema_editor.collected_sql.append(f"-- {operation.describe()}")
            schema_editor.collected_sql.append("--")

    def apply(self, project_state: Any, schema_editor: Any, collect_sql: bool = False) -> Any:
        """Apply the operations to the database; returns the state behind them."""
        for position, operation in enumerate(self.operations):
            self._describe(schema_editor, operation)
            if schema_editor.collect_sql and not operation.reduces_to_sql:
                schema_editor.collected_sql.append("-- THIS OPERATION CANNOT BE WRITTEN AS SQL")
                operation.state_forwards(self.app_label, project_state)
                continue
            collected_before = len(schema_editor.collected_sql)
            old_state = project_state.clone()
            operation.state_forwards(self.app_label, project_state)
            if not (schema_editor.progress and position < schema_editor.progress.position):
                step = partial(operation.database_forwards, self.app_label, schema_editor, old_state, project_state)
                self._carry_out(operation, step, schema_editor)
            if schema_editor.collect_sql and collected_before == len(schema_editor.collected_sql):
                schema_editor.collected_sql.append("-- (no-op)")
        return project_state

    def _carry_out(self, operation: Any, step: Callable[[], None], schema_editor: Any) -> None:
        """Do one step: in a transaction of its own where the migration has none and the operation wants one."""
        progress = schema_editor.progress
        wants = operation.atomic or (self.atomic and operation.atomic is not False)
        transaction: Any = (
            atomic(schema_editor.connection.alias) if wants and not schema_editor.atomic_migration else nullcontext()
        )
        if progress is None:
            with transaction:
                step()
            return
        with progress.operation(), transaction:
            step()
            schema_editor.run_deferred()
            progress.advance(operation.describe())

    def unapply(self, project_state: Any, schema_editor: Any, collect_sql: bool = False) -> Any:
        """
        Take the operations back, the last one first; returns the state before them.

        Raises:
            IrreversibleError: One of them cannot be taken back.
        """
        to_run: list[Any] = []
        new_state = project_state
        for operation in self.operations:
            if not operation.reversible:
                raise IrreversibleError(f"Operation {operation} in {self} is not reversible")
            new_state = new_state.clone()
            old_state = new_state.clone()
            operation.state_forwards(self.app_label, new_state)
            to_run.insert(0, (operation, old_state, new_state))
        for position, (operation, to_state, from_state) in enumerate(to_run):
            self._describe(schema_editor, operation)
            if schema_editor.collect_sql and not operation.reduces_to_sql:
                schema_editor.collected_sql.append("-- THIS OPERATION CANNOT BE WRITTEN AS SQL")
                continue
            collected_before = len(schema_editor.collected_sql)
            if not (schema_editor.progress and position < schema_editor.progress.position):
                schema_editor.takes_back_more = position + 1 < len(to_run)
                step = partial(operation.database_backwards, self.app_label, schema_editor, from_state, to_state)
                self._carry_out(operation, step, schema_editor)
            if schema_editor.collect_sql and collected_before == len(schema_editor.collected_sql):
                schema_editor.collected_sql.append("-- (no-op)")
        return project_state

    def suggest_name(self) -> str:
        """Return a name made of what the operations do."""
        if self.initial:
            return "initial"
        raw = [operation.migration_name_fragment for operation in self.operations]
        fragments = [re.sub(r"\W+", "_", name) for name in raw if name]
        if not fragments or len(fragments) != len(self.operations):
            return f"auto_{get_migration_name_timestamp()}"
        name = fragments[0]
        for fragment in fragments[1:]:
            longer = f"{name}_{fragment}"
            if len(longer) > 52:
                name = f"{name}_and_more"
                break
            name = longer
        return name


class SwappableTuple(tuple[str, str]):
    """A dependency on a model that a setting chooses; remembers the setting."""

    # The instances have the attribute below, so they need their dictionary.
    setting: str

    def __new__(cls, value: tuple[str, str], setting: str) -> SwappableTuple:
        self = tuple.__new__(cls, value)
        self.setting = setting
        return self


def swappable_dependency(value: str) -> SwappableTuple:
    """Return a dependency on the first migration of the app of a swappable model."""
    return SwappableTuple((value.split(".", 1)[0], "__first__"), value)
