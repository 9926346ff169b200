"""A built SELECT as a value, and the pieces of building that every kind of SELECT shares."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from fastjango.db.models.expressions.adapter import Shim, splice
from fastjango.db.models.expressions.output import known_field
from fastjango.db.models.fields.storage import overridden_by_user

from .tables import Counted, identifier

if TYPE_CHECKING:
    from .columns import ObjectColumns, Select
    from .context import Context


@dataclass
class Statement:
    """A SELECT and what its columns mean."""

    select: Any
    columns: Select
    objects: ObjectColumns | None
    annotations: dict[str, int]
    extra_columns: int = 0
    tuples: dict[int, int] = field(default_factory=dict)
    groups: list[Any] = field(default_factory=list)


@dataclass
class Options:
    """How a SELECT is to be built."""

    with_col_aliases: bool = False
    with_limits: bool = True
    elide_empty: bool = True


def column_clauses(columns: Select, ctx: Context) -> list[Any]:
    """Return the clauses of the select list, with their names."""
    clauses = []
    for expression, alias in columns:
        clause = _formatted(expression, ctx.select_clause(expression), ctx)
        if alias:
            if "$" in alias and ctx.vendor == "postgresql":
                # Names of prepared parameters begin with it.
                raise ValueError("Dollar signs are not permitted in column aliases on PostgreSQL.")
            clause = clause.label(identifier(alias))
        clauses.append(clause)
    if not clauses:
        clauses.append(Counted(1))
    return clauses


def _formatted(expression: Any, clause: Any, ctx: Context) -> Any:
    """Let the output field, or the class of the expression, say how its column is selected."""
    field = known_field(expression)
    hook = getattr(field, "select_clause", None)
    if hook is not None:
        return hook(clause, ctx)
    # Django's hook, which works on SQL text.
    for owner in (expression, field):
        if field is not None and overridden_by_user(owner, "select_format"):
            shim = Shim(ctx)
            return splice(ctx, *owner.select_format(shim, *shim.render(clause)))
    return clause


def with_aliases(columns: Select) -> Select:
    """Return the columns with a name each: col1, col2, ..."""
    named: Select = []
    count = 0
    for expression, alias in columns:
        if alias is None:
            count += 1
            alias = f"col{count}"
        named.append((expression, alias))
    return named


def limited(statement: Any, query: Any, ctx: Context) -> Any:
    """Return the statement with LIMIT and OFFSET."""
    low_slot, high_slot = query.limit_slots
    if query.high_mark is not None:
        size = query.high_mark - query.low_mark
        if high_slot is not None:
            statement = statement.limit(ctx.bind(size, high_slot, type_=sa.BigInteger()))
        else:
            statement = statement.limit(Counted(size))
    if query.low_mark:
        if low_slot is not None:
            statement = statement.offset(ctx.bind(query.low_mark, low_slot, type_=sa.BigInteger()))
        else:
            statement = statement.offset(Counted(query.low_mark))
    elif query.high_mark is not None and ctx.vendor == "sqlite":
        # SQLite's dialect adds an offset of its own, as a parameter.
        statement = statement.offset(Counted(0))
    return statement


__all__ = ["Options", "Statement", "column_clauses", "limited", "with_aliases"]
