"""A compiled statement: SQL text, how its arguments are made, and what its columns are.

Made once per shape and database alias; a repeat only calls ``plan.args(binds)``.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from fastjango.conf import settings
from fastjango.db.models.expressions.texts import Texts, statement_text, structure_of
from fastjango.db.models.lookups import registry
from fastjango.db.tags import with_tags

from .context import BindBook, BindSource, Context
from .select import build_select
from .statement import Options

if TYPE_CHECKING:
    from collections.abc import Callable

    from .columns import ObjectColumns, Select
    from .statement import Statement

Binds = tuple[Any, ...]

registry.forgetters.append(Texts.drop)


class Step(NamedTuple):
    """How one parameter is made."""

    slot: int | None
    value: Any
    convert: tuple[Callable[[Any], Any], ...]


class CompiledText:
    """SQL with positional parameters and the function that makes them from the binds."""

    __slots__ = ("args", "sql")

    def __init__(self, sql: str, args: Callable[[Binds], Binds]) -> None:
        self.sql = sql
        self.args = args


class SelectPlan(CompiledText):
    """A compiled SELECT."""

    __slots__ = (
        "annotations",
        "cacheable",
        "columns",
        "connection",
        "converters",
        "objects",
        "readers",
        "spans",
        "tuples",
        "width",
    )

    def __init__(self, sql: str, args: Callable[[Binds], Binds], statement: Statement, connection: Any) -> None:
        super().__init__(sql, args)
        self.connection = connection
        self.columns: Select = statement.columns
        self.objects: ObjectColumns | None = statement.objects
        self.annotations = statement.annotations
        self.cacheable = True
        # Where each value of a row begins and how many columns it has (composite keys have several).
        self.tuples = statement.tuples
        self.spans = spans_of(len(statement.columns) - statement.extra_columns, statement.tuples)
        self.width = len(statement.columns) - statement.extra_columns
        self.converters: list[Callable[[Any], Any] | None] = [
            # Columns that are there for the order only are not read: nobody asks for their type.
            converter_of(expression, connection) if place < self.width else None
            for place, (expression, _) in enumerate(statement.columns)
        ]
        # Generated functions from rows to results, by kind of result.
        self.readers: dict[Any, Callable[..., Any]] = {}


def spans_of(width: int, tuples: dict[int, int]) -> list[tuple[int, int]]:
    """Return start and number of columns of each value in a row of *width* columns."""
    spans: list[tuple[int, int]] = []
    place = 0
    while place < width:
        count = tuples.get(place, 1)
        spans.append((place, count))
        place += count
    return spans


def converter_of(expression: Any, connection: Any) -> Callable[[Any], Any] | None:
    """Return how a column's values become Python values; None when they are already."""
    method = getattr(expression, "result_converter", None)
    return None if method is None else method(connection)


def compile_select(
    query: Any, connection: Any, options: Options | None = None, paramstyle: str | None = None, kept: bool = False
) -> SelectPlan:
    """
    Return the plan of *query* on one database.

    Args:
        kept: The plan is for many calls: whoever asks keeps it.
    Raises:
        EmptyResultSet: The query has no rows, whatever the data.
    """
    query = query.clone()
    binds = BindBook()
    statement = build_select(query, Context(query, connection, binds, query.slot_base), options)
    kept = kept and not query.uncacheable
    sql, args = compile_text(statement.select, binds, connection, paramstyle, kept=kept)
    if query.statement_tags is not None:
        sql = with_tags(sql, query.statement_tags)
    if query.explain_info is not None:
        form, wishes = query.explain_info
        sql = type(sql)(f"{connection.ops.explain_query_prefix(form, **wishes)} {sql}")
    plan = SelectPlan(sql, args, statement, connection)
    plan.cacheable = not query.uncacheable
    return plan


def compile_text(
    statement: Any,
    binds: BindBook,
    connection: Any,
    paramstyle: str | None = None,
    *,
    whole: bool = True,
    kept: bool = False,
    parts: Sequence[Any] = (),
) -> tuple[str, Callable[[Binds], Binds]]:
    """
    Return SQL and the argument builder of any SQLAlchemy statement, or of a part of one (not *whole*).

    Args:
        kept: Both are for many calls: whoever asks keeps them. Else the text is looked up by the structure of the statement.
        parts: Clauses that together say what the statement does, if its own structure does not.
    """
    dialect = connection.dialect if paramstyle is None else _in_style(connection.dialect, paramstyle)
    structure = structure_of(parts or [statement]) if Texts.enabled and not kept else None
    sql, names, parameters = statement_text(statement, connection, dialect, structure)
    sql = one_line(sql)
    if binds.filled_by_client:
        sql = connection.ops.filled_by_client(sql)
    if whole and settings.SQL_TAGS:
        sql = with_tags(sql)
    steps = [
        _steps(parameter, binds.sources.get(name), connection, dialect)
        for name, parameter in zip(names, parameters, strict=True)
    ]
    return sql, build_args(steps) if kept else _one_by_one(steps)


_BREAK = re.compile(r"\s*\n\s*(?=(?:FROM|WHERE|HAVING|LIMIT|UNION|INTERSECT|EXCEPT|FOR|RETURNING|VALUES|SELECT)\b)")


def one_line(sql: str) -> str:
    """Return the SQL as logs and people like it: clauses on one line, no ``OFFSET 0``."""
    return _BREAK.sub(" ", sql).replace(" OFFSET 0", "")


def _in_style(dialect: Any, paramstyle: str) -> Any:
    if dialect.paramstyle == paramstyle:
        return dialect
    twin = copy.copy(dialect)
    twin.paramstyle = paramstyle
    twin.positional = True
    twin.identifier_preparer = dialect.preparer(twin)
    return twin


def _steps(parameter: Any, source: BindSource | None, connection: Any, dialect: Any) -> Step:
    """Return how one parameter is made: its place in the binds or its value, and the functions that it goes through."""
    processor = parameter.type._cached_bind_processor(dialect)
    if source is None:
        value = parameter.effective_value
        return Step(None, value if processor is None else processor(value), ())
    if source.raw:
        processor = None
    if source.field is not None:
        processor = source.field.bind_converter(connection)
    convert = tuple([step for step in (source.convert, processor) if step is not None])
    if source.slot is not None or source.convert is not None:
        return Step(source.slot, source.value, convert)
    value = source.value
    for step in convert:
        value = step(value)
    return Step(None, value, ())


def _one_by_one(steps: Sequence[Step]) -> Callable[[Binds], Binds]:
    """Return the function from binds to driver parameters of a statement that is sent once."""

    def args(binds: Binds) -> Binds:
        made = []
        for slot, value, convert in steps:
            if slot is not None:
                value = binds[slot]
            for step in convert:
                value = step(value)
            made.append(value)
        return tuple(made)

    return args


def build_args(steps: Sequence[Step]) -> Callable[[Binds], Binds]:
    """Return the generated function from binds to driver parameters."""
    if not steps:
        return _no_args
    scope: dict[str, Any] = {}
    parts: list[str] = []
    for place, (slot, value, convert) in enumerate(steps):
        text = f"k{place}" if slot is None else f"b[{slot}]"
        if slot is None:
            scope[f"k{place}"] = value
        for number, step in enumerate(convert):
            scope[f"c{place}_{number}"] = step
            text = f"c{place}_{number}({text})"
        parts.append(text)
    if parts == [f"b[{place}]" for place in range(len(parts))]:
        width = len(parts)

        def same(b: Binds) -> Binds:
            return b if len(b) == width else b[:width]

        # So many binds are the arguments as they are.
        same.width = width  # type: ignore[attr-defined]
        return same
    source_text = f"lambda b: ({', '.join(parts)},)"
    return eval(source_text, scope)  # type: ignore[no-any-return]  # noqa: S307 - made of places and numbers only


def _no_args(binds: Binds) -> Binds:
    return ()


__all__ = ["Binds", "CompiledText", "SelectPlan", "build_args", "compile_select", "compile_text", "converter_of"]
