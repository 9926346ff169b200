"""The compiler face: what ``query.get_compiler(using)`` gives to people who look inside.

The ORM itself runs plans; this is for ``str(qs.query)``, tools and tests.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from fastjango.core.exceptions import EmptyResultSet
from fastjango.db.execute import fetch

from .constants import CURSOR, MULTI, SINGLE
from .context import BindBook, Context
from .plan import SelectPlan, compile_select, compile_text
from .select import build_select
from .statement import Options


class SQLCompiler:
    """Says one query on one database."""

    def __init__(self, query: Any, connection: Any, using: str | None, elide_empty: bool = True) -> None:
        self.query = query
        self.connection = connection
        self.using = using or connection.alias
        self.elide_empty = elide_empty

    def __repr__(self) -> str:
        return (
            f"<{type(self).__qualname__} model={self.query.model.__qualname__} "
            f"connection={self.connection!r} using={self.using!r}>"
        )

    # -- parts, for code that compiles expressions by hand

    @cached_property
    def ctx(self) -> Context:
        """What expressions turn themselves into clauses with."""
        return Context(self.query, self.connection, BindBook())

    def compile(self, node: Any) -> tuple[str, list[Any]]:
        """Return SQL and parameters of a resolved expression."""
        return self.render(self.ctx.clause(node))

    def render(self, clause: Any) -> tuple[str, list[Any]]:
        """Return SQL and parameters of a clause."""
        sql, args = compile_text(clause, self.ctx.binds, self.connection, "format", whole=False)
        return sql, list(args(()))

    def quote_name_unless_alias(self, name: str) -> str:
        """Return *name* quoted for this database, unless it is the alias of a table."""
        table = self.query.alias_map.get(name)
        if table is not None and table.table_name != name:
            return name
        return str(self.connection.ops.quote_name(name))

    __call__ = quote_name_unless_alias

    def pre_sql_setup(self, with_col_aliases: bool = False) -> tuple[list[Any], list[Any], list[Any]]:
        """Return extra columns, orderings and groups, as SQL and parameters where they are clauses."""
        ctx = Context(self.query.clone(), self.connection, self.ctx.binds)
        statement = build_select(ctx.query, ctx, Options(with_col_aliases, elide_empty=self.elide_empty))
        extra = statement.columns[len(statement.columns) - statement.extra_columns :]
        return list(extra), [], [self.render(clause) for clause in statement.groups]

    def plan(
        self, with_col_aliases: bool = False, with_limits: bool = True, paramstyle: str | None = None
    ) -> SelectPlan:
        """Return the compiled statement."""
        options = Options(with_col_aliases, with_limits, self.elide_empty)
        return compile_select(self.query, self.connection, options, paramstyle)

    def as_sql(self, with_limits: bool = True, with_col_aliases: bool = False) -> tuple[str, tuple[Any, ...]]:
        """
        Return SQL with ``%s`` and the parameters.

        Raises:
            EmptyResultSet: The query has no rows, whatever the data.
        """
        plan = self.plan(with_col_aliases, with_limits, "format")
        return plan.sql, tuple(plan.args(()))

    def rows(self) -> list[tuple[Any, ...]]:
        """Return all rows, converted. Queries: 1, none for an empty query."""
        try:
            plan = self.plan()
        except EmptyResultSet:
            return []
        rows = fetch(self.using, plan.sql, plan.args(()))
        converters = plan.converters
        return [
            tuple(
                value if convert is None else convert(value) for value, convert in zip(row, converters, strict=False)
            )[: plan.width]
            for row in rows
        ]

    def execute_sql(self, result_type: str = MULTI, chunked_fetch: bool = False, chunk_size: int = 100) -> Any:
        """
        Run the query: one row for ``SINGLE``, lists of rows for ``MULTI``, the cursor for ``CURSOR``.

        The cursor is the caller's to close.
        """
        if result_type == CURSOR:
            cursor = self.connection.cursor()
            cursor.execute(*self.as_sql())
            return cursor
        rows = self.rows()
        if result_type == SINGLE:
            return rows[0] if rows else None
        if result_type == MULTI:
            parts = [rows] if rows else []
            return iter(parts) if chunked_fetch and self.connection.features.can_use_chunked_reads else parts
        return None

    def results_iter(self, results: Any = None, **options: Any) -> Iterator[tuple[Any, ...]]:
        """Yield the rows."""
        if results is None:
            results = self.execute_sql(MULTI)
        for chunk in results:
            yield from chunk

    def has_results(self) -> bool:
        """Tell whether there is any row. Queries: 1."""
        return bool(self.rows())

    def explain_query(self) -> Iterator[str]:
        """Yield the lines of the database's plan. Queries: 1."""
        try:
            plan = self.plan()
        except EmptyResultSet:
            return
        form = (self.query.explain_info or (None, {}))[0]
        for row in fetch(self.using, plan.sql, plan.args(())):
            if form and form.upper() == "JSON" and not isinstance(row[0], str):
                yield (
                    self.connection.ops.format_json_plan(row[0])
                    if hasattr(self.connection.ops, "format_json_plan")
                    else str(row[0])
                )
            else:
                yield " ".join(str(value) for value in row)

    @classmethod
    def for_aggregate(cls, outer: Any, connection: Any, using: str) -> dict[str, Any]:
        """Run a query whose one row holds aggregates. Queries: 1, none for an empty query."""
        annotations = outer.annotation_select
        empties = [expression.empty_result_set_value for expression in annotations.values()]
        compiler = cls(outer, connection, using, elide_empty=not any(value is NotImplemented for value in empties))
        rows = compiler.rows()
        return dict(zip(annotations, rows[0] if rows else empties, strict=True))


__all__ = ["SQLCompiler"]
