"""``Context``: what an expression asks while it turns itself into a clause.

One per query and compilation; inner queries get a child. All share one ``BindBook``,
which remembers where the value of each parameter comes from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from fastjango.core.exceptions import EmptyResultSet, FullResultSet
from fastjango.db.models.expressions.adapter import written_clause

from .tables import NamedColumn, identifier

if TYPE_CHECKING:
    from collections.abc import Callable

_UNTYPED = sa.types.NullType()


class BindSource(NamedTuple):
    """Where the value of one parameter comes from."""

    slot: int | None
    value: Any
    convert: Callable[[Any], Any] | None
    field: Any
    raw: bool = False


class BindBook:
    """The parameters of one statement, by name."""

    def __init__(self) -> None:
        self.sources: dict[str, BindSource] = {}
        # The server would take two equal parameters for two different values, or needs to see what they are.
        self.filled_by_client = False

    def add(self, source: BindSource, type_: Any) -> sa.BindParameter[Any]:
        """Return a new parameter for *source*."""
        name = f"p{len(self.sources)}"
        self.sources[name] = source
        return sa.BindParameter(name, None, type_=type_, required=False)


class Context:
    """The side of the compiler that expressions see."""

    def __init__(
        self, query: Any, connection: Any, binds: BindBook, slot_base: int = 0, parent: Context | None = None
    ) -> None:
        self.query = query
        self.connection = connection
        self.alias: str = connection.alias
        self.vendor: str = connection.vendor
        self.binds = binds
        self.slot_base = slot_base
        self.parent = parent

    def column(self, join_name: str | None, field: Any) -> Any:
        """Return the column of *field* in the table that is joined under *join_name*."""
        return NamedColumn(field.column, join_name, field.column_type() or _UNTYPED, self._is_alias(join_name))

    def _is_alias(self, join_name: str | None) -> bool:
        """Tell whether a table of this query or of one around it has another name here."""
        context: Context | None = self
        while context is not None:
            table = getattr(context.query, "alias_map", {}).get(join_name)
            if table is not None:
                return bool(table.table_name != join_name)
            context = context.parent
        return False

    def bind(
        self,
        value: Any,
        slot: int | None,
        field: Any = None,
        convert: Callable[[Any], Any] | None = None,
        type_: Any = None,
    ) -> sa.BindParameter[Any]:
        """Return a parameter whose value is ``convert(binds[slot])`` at each execution."""
        if type_ is not None:
            field = None
        elif field is not None:
            while not hasattr(field, "column_type"):
                # The far side of a relation: its values are those of the field it points at.
                field = field.target_field
            type_ = field.column_type()
        if type_ is None:
            type_ = sa.literal(value).type if value is not None else _UNTYPED
        place = None if slot is None else slot + self.slot_base
        return self.binds.add(BindSource(place, value, convert, field), type_)

    def untyped(self, value: Any, slot: int | None) -> sa.BindParameter[Any]:
        """Return a parameter whose type the server finds by where it stands; the driver writes it into the text."""
        self.binds.filled_by_client = True
        return self.bind(value, slot, type_=_UNTYPED)

    def raw_bind(self, value: Any, type_: Any) -> sa.BindParameter[Any]:
        """Return a parameter whose value is the driver's already."""
        return self.binds.add(BindSource(None, value, None, None, raw=True), type_)

    def clause(self, expression: Any) -> Any:
        """Return the clause of a resolved expression, or of an object that writes SQL itself."""
        if hasattr(expression, "to_clause"):
            return expression.to_clause(self)
        context: Any = self
        return written_clause(expression, context)

    def subquery(self, query: Any) -> Any:
        """Return the SELECT of an inner query; its outer columns are this query's."""
        return select_inner(getattr(query, "query", query), self)

    def select_clause(self, expression: Any) -> Any:
        """Return the clause for the select list; constant conditions become their value."""
        try:
            return self.clause(expression)
        except EmptyResultSet:
            empty = getattr(expression, "empty_result_set_value", NotImplemented)
            return sa.literal_column("0") if empty is NotImplemented else self.constant(empty)
        except FullResultSet:
            return self.constant(True)

    def constant(self, value: Any) -> Any:
        """Return a parameter or NULL for a value of ours."""
        return sa.null() if value is None else self.bind(value, None)


class _Inner:
    """The slot for the function that builds an inner SELECT (``select.py`` fills it)."""

    build: Callable[[Any, Context], Any]


inner = _Inner()


def select_inner(query: Any, outer: Context) -> Any:
    """Return the SELECT of a query inside *outer*."""
    return inner.build(query, outer)


__all__ = ["BindBook", "BindSource", "Context", "identifier", "inner", "select_inner"]
