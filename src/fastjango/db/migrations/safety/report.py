"""Lines on a plan for ``migrate --plan``, findings for ``makemigrations --check``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from fastjango.db.migrations.safety.change import Change, Kind
from fastjango.db.migrations.safety.costs import cost_of
from fastjango.db.migrations.safety.judge import Judge

_DATA = "changes rows while this migration holds the locks of its other operations: give it a migration of its own"


@dataclass(frozen=True)
class Finding:
    """Something in a migration that a running site would feel."""

    migration: str
    operation: str
    problem: str
    advice: str

    def __str__(self) -> str:
        text = f"{self.migration}: {self.operation}: {self.problem}."
        return f"{text} Safe: {self.advice}." if self.advice else text


class PlanReport:
    """
    Goes through migrations in their order and knows which tables are new, so that nobody waits for them.

    Args:
        state: The project's state before the first of them; it is led on.
    """

    def __init__(self, connection: Any, state: Any) -> None:
        self.vendor = connection.vendor
        self.judge = Judge(connection.schema_editor(collect_sql=True))
        self.state = state
        self.new_tables: set[str] = set()

    def steps(self, migration: Any) -> Iterator[tuple[Any, list[Change]]]:
        """Yield ``(operation, changes of tables that are in use)`` of one migration."""
        for operation in migration.operations:
            after = self.state.clone()
            operation.state_forwards(migration.app_label, after)
            found = self.judge.changes(operation, migration.app_label, self.state, after)
            self.new_tables |= {change.table for change in found if change.kind is Kind.CREATE_TABLE}
            yield operation, found
            self.state = after

    def pass_over(self, migration: Any) -> None:
        """Lead the state over a migration that nobody asks about."""
        self.state = migration.mutate_state(self.state, preserve=False)

    def lines(self, changes: Iterable[Change]) -> list[tuple[str, bool]]:
        """Return ``(line, whether it warns)`` about the changes of one operation."""
        found: list[tuple[str, bool]] = []
        for change in changes:
            found += self._lines_of(change)
        return found

    def _lines_of(self, change: Change) -> list[tuple[str, bool]]:
        quiet = self.vendor == "sqlite"
        cost = cost_of(change.kind, self.vendor)
        if cost is None:
            known = (
                "its locks and its time are its own" if change.kind is Kind.OWN_CODE else "nothing is known about it"
            )
            return [] if quiet else [(known, False)]
        if change.table in self.new_tables:
            return [] if quiet else [(f"{change.table}: new table, nobody waits; old code beside it: yes", False)]
        if quiet and not (cost.rewrites or change.breaks):
            return []
        waits = f"{cost.blocks} wait" if cost.blocks else "nobody waits"
        lock = f"{cost.lock} {cost.length.value} ({waits})" if cost.lock else "no lock"
        rewrites = "yes" if cost.rewrites else "no"
        old_code = f"no, {change.breaks}" if change.breaks else "yes"
        unsafe = bool(change.breaks) or (cost.hurts and not quiet)
        lines = [(f"{change.table}: {lock}; rewrites the table: {rewrites}; old code beside it: {old_code}", unsafe)]
        if change.advice and unsafe:
            lines.append((f"safe: {change.advice}", True))
        return lines

    def findings(self, migration: Any) -> list[Finding]:
        """Return what of one migration a running site would feel."""
        found: list[Finding] = []
        # Tables of earlier migrations may be full where those have long been applied.
        self.new_tables.clear()
        steps = list(self.steps(migration))
        if getattr(migration, "reviewed", False):
            return found
        for operation, changes in steps:
            where = (str(migration), operation.describe())
            for change in changes:
                problem = self._problem(change)
                if problem:
                    found.append(Finding(*where, problem, change.advice))
        locking = [change for _, changes in steps for change in changes if self._locks(change)]
        data = [op for op, changes in steps for change in changes if change.kind is Kind.OWN_CODE]
        if locking and data and migration.atomic and self.vendor == "postgresql":
            found.append(Finding(str(migration), data[0].describe(), _DATA, ""))
        return found

    def _locks(self, change: Change) -> bool:
        cost = cost_of(change.kind, self.vendor)
        return bool(cost and cost.blocks and change.table not in self.new_tables)

    def _problem(self, change: Change) -> str:
        cost = cost_of(change.kind, self.vendor)
        if cost is None or change.table in self.new_tables:
            return ""
        problems = []
        if change.breaks:
            problems.append(change.breaks)
        # A file with one writer is not what a busy site runs on.
        if cost.hurts and self.vendor != "sqlite":
            problems.append(f"{cost.blocks} of {change.table} wait {cost.length.value}")
        return "; ".join(problems)


def findings(connection: Any, state: Any, migrations: Iterable[Any]) -> list[Finding]:
    """Return what of these migrations a running site would feel; *state* is the one before the first."""
    report = PlanReport(connection, state)
    return [finding for migration in migrations for finding in report.findings(migration)]


__all__ = ["Finding", "PlanReport", "findings"]
