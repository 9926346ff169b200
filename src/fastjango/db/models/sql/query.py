"""``Query``: the whole builder, with the face that admin, REST and third-party code look at."""

from __future__ import annotations

import re
from typing import Any

from fastjango.db.connections import connections
from fastjango.db.engines import DEFAULT_DB_ALIAS
from fastjango.db.models.aggregates import Count

from .combine import CombineBook
from .compiler import SQLCompiler
from .datastructures import BaseTable, Join
from .joins import JoinPromoter
from .names import get_children_from_q, get_field_names_from_opts
from .slots import materialised

# A parameter with its type, as PostgreSQL is told.
_TYPED = re.compile(r"%s::[A-Z]+(?: PRECISION| WITH(?:OUT)? TIME ZONE)?(?:\([\d, ]+\))?(?:\[\])*")


class Query(CombineBook):
    """One question to the database, as ``QuerySet.query`` shows it."""

    compiler = "SQLCompiler"
    base_table_class = BaseTable
    join_class = Join

    def __str__(self) -> str:
        """Return the SQL with the values put in, for people to read; never run it."""
        sql, params = self.sql_with_params()
        return _TYPED.sub("%s", sql) % tuple(params)

    def sql_with_params(self) -> tuple[str, tuple[Any, ...]]:
        """Return SQL with ``%s`` and the parameters."""
        return self.get_compiler(DEFAULT_DB_ALIAS).as_sql()

    def get_compiler(self, using: str | None = None, connection: Any = None, elide_empty: bool = True) -> SQLCompiler:
        """
        Return the object that says this query on one database.

        Raises:
            ValueError: Neither an alias nor a connection is given.
        """
        if using is None and connection is None:
            raise ValueError("Need either using or connection")
        if connection is None:
            connection = connections[str(using)]
        elif connection.alias in connections:
            # The object behind fastjango.db.connection.
            connection = connections[connection.alias]
        return SQLCompiler(self, connection, using, elide_empty)

    # -- values in their places

    @property
    def first_slot(self) -> int:
        """The place of this inner query's first value in the binds of the whole."""
        return self.slot_base

    @first_slot.setter
    def first_slot(self, place: int) -> None:
        """Set the place of the first value."""
        self.slot_base = place

    def with_binds(self, binds: tuple[Any, ...]) -> Query:
        """Return a copy that holds the values themselves instead of places in *binds*."""
        clone = self.clone()
        materialised(clone, binds)
        return clone

    # -- running

    def has_results(self, using: str) -> bool:
        """Tell whether there is any row. Queries: 1."""
        return self.exists().get_compiler(using=using).has_results()

    def explain(self, using: str, format: str | None = None, **options: Any) -> str:
        """Return the plan of the database for this query. Queries: 1."""
        query = self.clone()
        for name in options:
            if not name.isidentifier():
                raise ValueError(f"Invalid option name: {name!r}.")
        query.explain_info = (format, options)
        return "\n".join(query.get_compiler(using=using).explain_query())

    def get_aggregation(self, using: str, aggregate_exprs: dict[str, Any]) -> dict[str, Any]:
        """Return the values of the aggregates. Queries: 1, none for an empty query."""
        if not aggregate_exprs:
            return {}
        outer = self.clone().aggregation(aggregate_exprs)
        return SQLCompiler.for_aggregate(outer, connections[using], using)

    def get_count(self, using: str) -> int:
        """Return the number of rows. Queries: 1."""
        return int(self.get_aggregation(using, {"__count": Count("*")})["__count"])


__all__ = ["JoinPromoter", "Query", "get_children_from_q", "get_field_names_from_opts"]
