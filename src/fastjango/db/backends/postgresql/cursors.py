"""
Statements that are sent in a way of their own: those whose parameters psycopg writes into the text, and COPY.

Two equal parameters of one statement are two unrelated values to the server: it does not see that an expression of the
select list is the grouped one, and it does not know the type of a text in a function that it has to choose by types.
"""

from __future__ import annotations

from typing import Any

import psycopg

from fastjango.db.backends.postgresql.driver import OrmCursor


class FilledByClient(str):
    """SQL whose ``%s`` are replaced before it is sent."""

    __slots__ = ()


class CopyStatement(str):
    """A ``COPY ... FROM STDIN``; ``executemany()`` sends its rows."""

    __slots__ = ()


def filled(raw: Any, sql: Any, params: Any) -> tuple[Any, Any]:
    """Return the statement and its parameters as they are to be sent."""
    if type(sql) is not FilledByClient or params is None:
        return sql, params
    return psycopg.ClientCursor(raw).mogrify(sql.encode(), params), None


class StatementCursor(OrmCursor):
    """The cursor of compiled statements."""

    def execute(self, query: Any, params: Any = None, **kwargs: Any) -> StatementCursor:
        """Run one statement."""
        if type(query) is FilledByClient:
            query, params = filled(self.connection, query, params)
        super().execute(query, params, **kwargs)
        return self

    def executemany(self, query: Any, params_seq: Any, **kwargs: Any) -> None:
        """Run a statement once per entry; of a COPY the entries are the rows."""
        if type(query) is not CopyStatement:
            super().executemany(query, params_seq, **kwargs)
            return
        with self.copy(query.encode()) as copy:
            write = copy.write_row
            for row in params_seq:
                write(row)
