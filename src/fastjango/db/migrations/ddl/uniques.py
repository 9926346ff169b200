"""
Keys of columns: ``unique=True`` and ``unique_together``, and the primary key that comes with a new column.

The first two may ask for the same column. One constraint serves them then, and it goes when the last of them does.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.schema import AddConstraint

from fastjango.db.migrations.ddl.names import constraint_name


def is_unique_itself(model: Any, columns: list[str]) -> bool:
    """Return whether a list of one column names a field with ``unique=True``."""
    return len(columns) == 1 and any(
        field.column == columns[0] and field.unique and not field.primary_key for field in model._meta.local_fields
    )


def is_unique_together(model: Any, column: str) -> bool:
    """Return whether ``unique_together`` names the column alone."""
    opts = model._meta
    return any([opts.get_field(name).column for name in names] == [column] for names in opts.unique_together)


def alter_together(editor: Any, model: Any, old_names: Any, new_names: Any) -> None:
    """Drop and add the constraints that differ between two values of ``unique_together``."""
    old, new = ({tuple(names) for names in together} for together in (old_names, new_names))
    for names in sorted(old - new):
        columns = [model._meta.get_field(name).column for name in names]
        if is_unique_itself(model, columns):
            drop_spare(editor, model, columns)
        else:
            drop(editor, model, columns)
    for names in sorted(new - old):
        columns = [model._meta.get_field(name).column for name in names]
        if not is_unique_itself(model, columns):
            add(editor, model, columns)


def add(editor: Any, model: Any, columns: list[str]) -> None:
    """Add a constraint."""
    table = editor._bare(model, *columns)
    name = constraint_name(editor.connection, model._meta.db_table, columns, "_uniq")
    constraint = sa.UniqueConstraint(*[table.c[column] for column in columns], name=name)
    table.append_constraint(constraint)
    editor.emit(AddConstraint(constraint, isolate_from_table=False))


def drop(editor: Any, model: Any, columns: list[str]) -> None:
    """Drop all constraints of the columns but those of ``Meta.constraints``."""
    names = _live(editor, model, columns) or [
        constraint_name(editor.connection, model._meta.db_table, columns, "_uniq")
    ]
    for name in names:
        editor._drop_constraint(model, name)


def drop_spare(editor: Any, model: Any, columns: list[str]) -> None:
    """Leave one constraint of the columns, where an older table has more of them."""
    named = constraint_name(editor.connection, model._meta.db_table, columns, "_uniq")
    # The one of a name that we would give was made for the option.
    for name in sorted(_live(editor, model, columns), key=lambda name: name == named)[1:]:
        editor._drop_constraint(model, name)


def primary_key_clauses(editor: Any, model: Any, field: Any) -> str:
    """Return what makes a new column the primary key in the statement that adds it: a number must be a key at once."""
    column = editor.quote_name(field.column)
    old = editor._constraint_names(model, primary_key=True)
    if editor.connection.vendor == "mysql":
        return f"{', DROP PRIMARY KEY' if old else ''}, ADD PRIMARY KEY ({column})"
    dropped = "".join(f", DROP CONSTRAINT {editor.quote_name(name)}" for name in old)
    return f"{dropped}, ADD PRIMARY KEY ({column})"


def _live(editor: Any, model: Any, columns: list[str]) -> list[str]:
    kept = {constraint.name for constraint in model._meta.constraints}
    names: list[str] = editor._constraint_names(model, columns, unique=True, primary_key=False, exclude=kept)
    return names
