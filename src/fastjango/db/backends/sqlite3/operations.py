"""``connection.ops`` for SQLite."""

from __future__ import annotations

import datetime as dt
import decimal
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from fastjango.conf import settings
from fastjango.core.exceptions import FieldError
from fastjango.db.backends.base.operations import BaseDatabaseOperations
from fastjango.db.backends.base.sql_parts import FunctionDates
from fastjango.db.errors import NotSupportedError
from fastjango.utils import timezone


class DatabaseOperations(FunctionDates, BaseDatabaseOperations):
    """What is SQLite's own outside of queries."""

    cast_char_field_without_max_length = "text"
    cast_data_types = {"DateField": "TEXT", "DateTimeField": "TEXT"}
    explain_prefix = "EXPLAIN QUERY PLAN"
    quote_character = '"'
    jsonfield_datatype_values = frozenset(["null", "false", "true"])

    def check_expression_support(self, expression: Any) -> None:
        """Refuse sums and means of dates, which are text here, and DISTINCT over several arguments."""
        names = {cls.__name__ for cls in type(expression).__mro__}
        if names & {"Sum", "Avg", "StdDev", "Variance"}:
            for source in expression.get_source_expressions():
                try:
                    kind = source.output_field.get_internal_type()
                except (AttributeError, FieldError):
                    continue  # not every part has a type
                if kind in {"DateField", "DateTimeField", "TimeField"}:
                    raise NotSupportedError(
                        "You cannot use Sum, Avg, StdDev, and Variance aggregations on date/time fields in "
                        "sqlite3 since date/time is saved as text."
                    )
        if "Aggregate" in names and expression.distinct and len(expression.source_expressions) > 1:
            raise NotSupportedError(
                "SQLite doesn't support DISTINCT on aggregate functions accepting multiple arguments."
            )

    def bulk_batch_size(self, fields: Sequence[Any], objs: Sequence[Any]) -> int:
        """Return how many of *objs* fit into one statement."""
        # A composite field takes a parameter per part.
        width = sum(len(getattr(field, "fields", None) or (field,)) for field in fields)
        if width == 1:
            return 500
        if width > 1:
            return int(self.connection.features.max_query_params // width)
        return len(objs)

    def integer_field_range(self, internal_type: str) -> tuple[int | None, int | None]:
        """SQLite enforces no ranges; 64-bit integers are its limit."""
        if internal_type in {"PositiveBigIntegerField", "PositiveIntegerField", "PositiveSmallIntegerField"}:
            return (0, 9223372036854775807)
        return (-9223372036854775808, 9223372036854775807)

    def pk_default_value(self) -> str:
        """Return the SQL word for an automatic key."""
        return "NULL"

    def date_extract_sql(self, lookup_type: str, sql: str, params: Sequence[Any]) -> tuple[str, tuple[Any, ...]]:
        """Return SQL and parameters of a part of a date, for people's own transforms."""
        return f"fj_date_extract(%s, {sql})", (lookup_type.lower(), *params)

    def no_limit_value(self) -> int | None:
        """Return the LIMIT that means none."""
        return -1

    def sql_flush(
        self, style: Any, tables: Sequence[str], *, reset_sequences: bool = False, allow_cascade: bool = False
    ) -> list[str]:
        """Return DELETE statements; with *allow_cascade* also for the tables that refer to these."""
        wanted = self._with_referrers(tables) if tables and allow_cascade else list(tables)
        sql = [
            f"{style.SQL_KEYWORD('DELETE')} {style.SQL_KEYWORD('FROM')} {style.SQL_FIELD(self.quote_name(table))};"
            for table in wanted
        ]
        if reset_sequences:
            sql.extend(self.sequence_reset_by_name_sql(style, [{"table": table} for table in wanted]))
        return sql

    def _with_referrers(self, tables: Sequence[str]) -> list[str]:
        """Return *tables* and all tables that refer to them, directly or not."""
        referrers: dict[str, set[str]] = {}
        with self.connection.cursor() as cursor:
            cursor.execute(
                'SELECT m.name, f."table" FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f '
                "WHERE m.type = 'table'"
            )
            for name, target in cursor.fetchall():
                referrers.setdefault(target, set()).add(name)
        found = dict.fromkeys(tables)
        waiting = list(tables)
        while waiting:
            for name in sorted(referrers.get(waiting.pop(), ())):
                if name not in found:
                    found[name] = None
                    waiting.append(name)
        return list(found)

    def sequence_reset_by_name_sql(self, style: Any, sequences: Iterable[Any]) -> list[str]:
        """Return the statement that starts the numbering of tables anew."""
        sequences = list(sequences)
        if not sequences:
            return []
        names = ", ".join("'" + info["table"].replace("'", "''") + "'" for info in sequences)
        return [
            (
                f"{style.SQL_KEYWORD('UPDATE')} {style.SQL_TABLE(self.quote_name('sqlite_sequence'))} "
                f"{style.SQL_KEYWORD('SET')} {style.SQL_FIELD(self.quote_name('seq'))} = 0 "
                f"{style.SQL_KEYWORD('WHERE')} {style.SQL_FIELD(self.quote_name('name'))} "
                f"{style.SQL_KEYWORD('IN')} ({names});"
            )
        ]

    def last_executed_query(self, cursor: Any, sql: Any, params: Any) -> str:
        """Return the statement with its parameters as literals."""
        if not params:
            return str(sql)
        if isinstance(params, dict):
            try:
                return str(sql % {key: literal(value) for key, value in params.items()})
            except (KeyError, TypeError, ValueError):
                return str(sql)
        return filled_in(str(sql), list(params))

    def adapt_datetimefield_value(self, value: Any) -> Any:
        """Return the text that is stored for a moment: in the database's zone, without it."""
        if value is None or hasattr(value, "resolve_expression"):
            return value
        if timezone.is_aware(value):
            if not settings.USE_TZ:
                raise ValueError("SQLite backend does not support timezone-aware datetimes when USE_TZ is False.")
            value = timezone.make_naive(value, self.connection.timezone)
        return str(value)

    def adapt_timefield_value(self, value: Any) -> Any:
        """Return the text that is stored for a time of day."""
        if value is None or hasattr(value, "resolve_expression"):
            return value
        if timezone.is_aware(value):
            raise ValueError("SQLite backend does not support timezone-aware times.")
        return str(value)


def literal(value: Any) -> str:
    """Return a Python value as an SQL literal, for people to read."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, (bytes, memoryview)):
        return f"X'{bytes(value).hex()}'"
    if isinstance(value, (str, dt.date, dt.time, decimal.Decimal, uuid.UUID)):
        return "'" + str(value).replace("'", "''") + "'"
    return repr(value)


def filled_in(sql: str, params: list[Any]) -> str:
    """Return *sql* with each ``?`` or ``%s`` outside of quotes replaced by its literal."""
    out: list[str] = []
    remaining = iter(params)
    quote: str | None = None
    position = 0
    missing = object()
    while position < len(sql):
        char = sql[position]
        if quote is not None:
            if char == quote:
                quote = None
        elif char in "'\"":
            quote = char
        if quote is None and (char == "?" or sql.startswith("%s", position)):
            value = next(remaining, missing)
            if value is not missing:
                out.append(literal(value))
                position += 1 if char == "?" else 2
                continue
        if char == "%" and sql.startswith("%%", position):
            position += 1
        out.append(char)
        position += 1
    return "".join(out)
