"""``queryset.cte("name")`` and what it gives: a query with a name, for ``with_cte()``."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from fastjango.core.exceptions import FieldError
from fastjango.db.models.sql.constants import INNER, LOUTER
from fastjango.db.models.sql.cte import CTESpec, join_cte

from .iterables import result_names
from .shape import Binds, Shape

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastjango.db.models.expressions import Col

JOINS = {"inner": INNER, "left": LOUTER}
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class CTEColumns:
    """The columns of a common table expression, as attributes: ``totals.col.amount``."""

    def __init__(self, spec: CTESpec) -> None:
        self._spec = spec

    def __getattr__(self, name: str) -> Col:
        try:
            return self._spec.col(name)
        except KeyError:
            choices = ", ".join(self._spec.columns)
            raise FieldError(f"{self._spec.name} has no column {name!r}. Choices are: {choices}") from None


class CTE:
    """
    A common table expression: a query with a name.

    ``col.<name>`` are its columns, for use in querysets that joined it with ``with_cte()``.
    """

    def __init__(self, spec: CTESpec, parts: tuple[tuple[Shape, Binds], ...]) -> None:
        self.spec = spec
        self.col = CTEColumns(spec)
        # Node and binds of its query, and of its recursive part; none inside the recursive part.
        self.parts = parts

    @property
    def name(self) -> str:
        """Its name in the statement."""
        return self.spec.name

    def __repr__(self) -> str:
        return f"<CTE {self.name}: {', '.join(self.spec.columns)}>"


def make_cte(queryset: Any, name: str, recursive: Callable[[CTE], Any] | None) -> CTE:
    """
    Return the named query.

    Raises:
        ValueError: The name is no plain identifier, or the recursive part has other columns.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"The name of a common table expression is a plain identifier, not {name!r}.")
    spec = _spec(queryset, name)
    parts: tuple[tuple[Shape, Binds], ...] = ((queryset._shape, queryset._binds),)
    if recursive is not None:
        more = recursive(CTE(spec.inside(), ()))
        if _names(more.shape.query) != tuple(spec.columns):
            wanted = ", ".join(spec.columns)
            raise ValueError(f"The recursive part of {name!r} must have the columns {wanted} in this order.")
        parts += ((more._shape, more._binds),)
    return CTE(spec, parts)


def _spec(queryset: Any, name: str) -> CTESpec:
    """Return name and columns; the same for the same shape, so that expressions over the columns are the same."""
    shape: Shape = queryset._shape
    key = ("cte", name)
    kept: CTESpec | None = shape.children.get(key) if shape.interned else None
    if kept is not None:
        return kept
    spec = CTESpec(name, shape.query, _names(shape.query))
    if not shape.interned:
        return spec
    spec.token = object()
    return shape.intern(key, spec)  # type: ignore[no-any-return]


def _names(query: Any) -> tuple[str, ...]:
    if query.default_cols:
        return (*(field.attname for field in query.get_meta().concrete_fields), *query.annotation_select)
    return result_names(query)


def joined(queryset: Any, cte: CTE, on: Mapping[str, str], join: str) -> Any:
    """
    Return the queryset with the expression joined to it.

    Raises:
        TypeError: *cte* is none.
        ValueError: *on* is empty or names a column that is not there, or the kind of join is unknown.
    """
    if not isinstance(cte, CTE):
        raise TypeError(f"with_cte() takes what cte() gives, not {cte!r}.")
    if not on:
        raise ValueError('with_cte() needs at least one pair of columns: on={"field": "column"}.')
    if join not in JOINS:
        raise ValueError(f"join is 'inner' or 'left', not {join!r}.")
    for column in on.values():
        getattr(cte.col, column)
    shape: Shape = queryset._shape
    parts = [part for part, _ in cte.parts]
    if not (shape.interned and cte.spec.token is not None and all(part.interned for part in parts)):
        clone = queryset._chain()
        queries = [part.query.with_binds(binds) for part, binds in cte.parts]
        join_cte(clone.query, _over(cte.spec, queries), on, JOINS[join])
        return clone

    def apply(query: Any) -> None:
        first, queries = len(queryset._binds), []
        for part, binds in cte.parts:
            inner = part.query.clone()
            inner.slot_base = first
            first += len(binds)
            queries.append(inner)
        join_cte(query, _over(cte.spec, queries), on, JOINS[join])

    key = ("with cte", cte.spec.token, *parts, tuple(on.items()), join)
    binds = sum((binds for _, binds in cte.parts), queryset._binds)
    return queryset._derive(shape.step(key, apply), binds)


def _over(spec: CTESpec, queries: list[Any]) -> CTESpec:
    return spec.with_queries(*queries, *[None] * (2 - len(queries))) if queries else spec


__all__ = ["CTE", "CTEColumns", "joined", "make_cte"]
