"""
Columns with an ``EnumField``: their types on PostgreSQL, and rows whose value is renamed, replaced or gone.

PostgreSQL is asked what its types look like, so that a type that several columns share is changed once, and a run after an
interruption does what is left. While statements are only collected, the state says it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from fastjango.core.exceptions import fix
from fastjango.db.migrations.exceptions import ValuesInUseError
from fastjango.db.models.fields.enumerated import enum_of


@dataclass(frozen=True)
class ValueChanges:
    """
    What becomes of values that an enum has no longer.

    Args:
        renamed: ``{old: new}``.
        replaced: ``{old: another value, or None for NULL}``.
    """

    renamed: dict[str, str] = field(default_factory=dict)
    replaced: dict[str, str | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        taken = set(self.renamed) & {*self.renamed.values(), *self.replaced.values()}
        if taken:
            raise fix(
                ValueError(f"A value cannot take the name of another that goes at the same time: {sorted(taken)}."),
                "Rename them one after the other, in operations of their own.",
            )

    @property
    def mapping(self) -> dict[str, str | None]:
        """Both together."""
        return {**self.renamed, **self.replaced}

    def backwards(self) -> ValueChanges:
        """The way back; what was replaced by a value cannot be told from it any more."""
        return ValueChanges({new: old for old, new in self.renamed.items()})


def changes_for(new_field: Any) -> ValueChanges:
    """Return what the operation at work said of the values of a field."""
    return getattr(new_field, "value_changes", None) or ValueChanges()


@dataclass(frozen=True)
class ValueSteps:
    """
    From the values of a type to others.

    Args:
        renames: Pairs of old and new name.
        additions: ``(value, "BEFORE" or "AFTER", other value)``.
        rebuild: The type has to be made anew: values are gone or stand in another order.
    """

    renames: list[tuple[str, str]]
    additions: list[tuple[str, str, str]]
    rebuild: bool


def value_steps(current: Sequence[str], wanted: Sequence[str], renamed: dict[str, str]) -> ValueSteps:
    """Return how PostgreSQL's type with the values *current* gets those that are *wanted*."""
    renames = [(a, b) for a, b in renamed.items() if a in current and b not in current and b in wanted]
    names = dict(renames)
    after = [names.get(value, value) for value in current]
    if [value for value in wanted if value in after] != after:
        return ValueSteps(renames, [], rebuild=True)
    additions = []
    for place, value in enumerate(wanted):
        if value not in after:
            additions.append((value, "AFTER", wanted[place - 1]) if place else (value, "BEFORE", after[0]))
    return ValueSteps(renames, additions, rebuild=False)


def case_sql(editor: Any, column: str, mapping: dict[str, str | None]) -> str:
    """Return a quoted column with values of *mapping* replaced, as SQL."""
    if not mapping:
        return column
    quote = editor.quote_value
    whens = " ".join(f"WHEN {quote(old)} THEN {quote(new)}" for old, new in mapping.items())
    return f"CASE {column} {whens} ELSE {column} END"


def refuse_values(editor: Any, table: str, column: str, condition: str, text: str | None = None) -> None:
    """
    Look for rows whose value the column will not take.

    Args:
        table: Quoted, like *column*.
        condition: What such rows fulfil; *text* is the column as text.

    Raises:
        ValuesInUseError: There are some.
    """
    if editor.collect_sql:
        return
    shown = text or column
    source = f"{table} WHERE {condition}" if text != "item" else f"{table}, unnest({column}) AS item WHERE {condition}"
    with editor.connection.cursor() as cursor:
        cursor.execute(f"SELECT {shown}, count(*) FROM {source} GROUP BY 1 ORDER BY 2 DESC")
        rows = cursor.fetchall()
    if rows:
        counts = ", ".join(f"{value!r} in {count} row{'' if count == 1 else 's'}" for value, count in rows[:5])
        name = f"{table}.{column}".replace("`", "").replace('"', "")
        raise fix(
            ValuesInUseError(f"{name} holds values that its enum will not have: {counts}."),
            "Say what becomes of them, migrations.AlterEnumField(..., replaced={'old': 'new'}), or change the rows in a "
            "migration before this one.",
        )


def gone_condition(
    editor: Any, column: str, old_field: Any, new_field: Any, mapping: dict[str, str | None]
) -> str | None:
    """Return the condition of rows with values that the new field does not have; None where there are none."""
    old, new = enum_of(old_field), enum_of(new_field)
    if new is None:
        return None
    quote = editor.quote_value
    if old is None:
        known = ", ".join(map(quote, [*new.values, *mapping]))
        return f"{column} IS NOT NULL AND {column} NOT IN ({known})"
    gone = [value for value in old.values if value not in new.values and value not in mapping]
    return f"{column} IN ({', '.join(map(quote, gone))})" if gone else None


def users_in_state(model: Any, name: str, *, without: Iterable[Any] = ()) -> list[Any]:
    """Return the columns of all models of a state whose type is the one called *name*."""
    left_out = set(without)
    return [
        found
        for other in model._meta.apps.get_models(include_auto_created=True)
        if other._meta.managed and not other._meta.proxy
        for found in other._meta.local_concrete_fields
        if found not in left_out and (enum := enum_of(found)) is not None and enum.type_name == name
    ]


__all__ = [
    "ValueChanges",
    "ValueSteps",
    "case_sql",
    "changes_for",
    "gone_condition",
    "refuse_values",
    "users_in_state",
    "value_steps",
]
