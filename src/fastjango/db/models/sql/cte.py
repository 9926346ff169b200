"""
Common table expressions: named queries that stand in front of another one and are joined like tables.

``query/cte.py`` makes them; ``select.py`` puts the WITH clause in front.
"""

from __future__ import annotations

import copy
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from fastjango.db.models.expressions import Col

from .columns import build_select_list
from .context import select_inner
from .datastructures import Join
from .tables import identifier

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from .context import Context


class CTESpec:
    """
    A named query and the columns it has.

    Args:
        more: The recursive part, which joins the expression itself; its rows are added until none are new.
    """

    def __init__(self, name: str, query: Any, names: tuple[str, ...], more: Any = None) -> None:
        self.name = name
        self.query = query
        self.more = more
        # Inside its own recursive part it is there already.
        self.is_inside = False
        # Stands for this name with these columns in the keys of querysets; None: there is no such key.
        self.token: object | None = None
        columns = build_select_list(query.clone()).columns
        if len(columns) != len(names):
            raise ValueError("A common table expression has plain columns only, no composite keys.")
        self.columns: dict[str, Any] = {
            column: _named(expression.output_field, column)
            for column, (expression, _) in zip(names, columns, strict=True)
        }

    def inside(self) -> CTESpec:
        """Return the name for use in the recursive part."""
        twin = copy.copy(self)
        twin.is_inside = True
        return twin

    def with_queries(self, query: Any, more: Any) -> CTESpec:
        """Return the same name and columns over other queries."""
        twin = copy.copy(self)
        twin.query, twin.more = query, more
        return twin

    def col(self, name: str) -> Col:
        """Return a column, as an expression."""
        return CTECol(self.name, self.columns[name], self.token)

    def build(self, ctx: Context) -> Any:
        """Return SQLAlchemy's element."""
        element = self._labelled(self.query, ctx).cte(identifier(self.name), recursive=self.more is not None)
        return element if self.more is None else element.union_all(self._labelled(self.more, ctx))

    def _labelled(self, query: Any, ctx: Context) -> Any:
        select = select_inner(query, ctx)
        labels = [
            column.label(identifier(name)) for column, name in zip(select.inner_columns, self.columns, strict=True)
        ]
        return select.with_only_columns(*labels, maintain_column_froms=True)


class CTECol(Col):
    """A column of a common table expression: unlike others it is named before the query that it stands in is there."""

    def __init__(self, alias: str, target: Any, token: object | None) -> None:
        super().__init__(alias, target)
        self.token = token

    def shape_into(self, binds: list[Any]) -> Hashable:
        """Return the key: the expression and the name of the column."""
        if self.token is None:
            return super().shape_into(binds)
        return (CTECol, self.alias, self.target.column, self.token)


def _named(field: Any, name: str) -> Any:
    """Return a field like *field* whose column has another name."""
    twin = copy.copy(field)
    twin.column = twin.attname = twin.name = name
    return twin


class CTELink:
    """What joins a table to a common table expression; stands where a join has a relation."""

    def __init__(self, table_name: str, pairs: tuple[tuple[Any, Any], ...]) -> None:
        self.pairs = pairs
        # Asked for the name of the table that the join leads to.
        self.related_model = SimpleNamespace(_meta=SimpleNamespace(db_table=table_name))

    def get_joining_fields(self) -> tuple[tuple[Any, Any], ...]:
        """Return the pairs of fields that are compared."""
        return self.pairs

    def get_extra_restriction(self, alias: Any, related_alias: Any) -> Any:
        """Return None: the pairs say everything."""
        return None


def join_cte(query: Any, spec: CTESpec, on: Mapping[str, str], join_type: str) -> None:
    """
    Join the expression to the query, which is changed; the queries of *spec* know the places of their values in it.

    Raises:
        ValueError: The name is taken, or the fields of *on* belong to several tables.
    """
    if spec.name in query.alias_map:
        raise ValueError(f"There is a table {spec.name!r} in the query already.")
    pairs, parents = [], set()
    for name, column in on.items():
        info = query.setup_joins(name.split("__"), query.get_meta(), query.get_initial_alias())
        targets, alias, _ = query.trim_joins(info.targets, info.joins, info.path)
        if len(targets) != 1:
            raise ValueError(f"with_cte() compares single columns; {name!r} has {len(targets)}.")
        parents.add(alias)
        pairs.append((targets[0], spec.columns[column]))
    if len(parents) != 1:
        raise ValueError("with_cte() compares fields of one table.")
    link = CTELink(spec.name, tuple(pairs))
    query.alias_map[spec.name] = Join(spec.name, parents.pop(), spec.name, join_type, link, nullable=True)
    query.alias_refcount[spec.name] = 1
    query.table_map[spec.name] = [spec.name]
    if not spec.is_inside:
        query.ctes = (*query.ctes, spec)


__all__ = ["CTELink", "CTESpec", "join_cte"]
