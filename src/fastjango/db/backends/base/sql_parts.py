"""
Pieces of SQL text that ``connection.ops`` offers to user expressions with ``as_sql()``.

Our own queries do not use them; SQLAlchemy's dialects say what they say. Backends define the ones about dates.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

from fastjango.conf import settings
from fastjango.core.exceptions import RemovedInDjango60Warning
from fastjango.db.errors import DatabaseError, NotSupportedError

Sql = tuple[str, Any]


def required(name: str) -> NoReturn:
    """Raise the error for a method that a backend must have."""
    raise NotImplementedError(f"subclasses of BaseDatabaseOperations may require a {name}() method")


class SqlParts:
    """SQL fragments by Django's method names; each takes and returns SQL with its parameters."""

    connection: Any

    # --- dates and times ----------------------------------------------------------------------

    def date_extract_sql(self, lookup_type: str, sql: str, params: Any) -> Sql:
        """Return SQL for one part of a date."""
        required("date_extract_sql")

    def date_trunc_sql(self, lookup_type: str, sql: str, params: Any, tzname: str | None = None) -> Sql:
        """Return SQL for a date cut to a unit."""
        required("date_trunc_sql")

    def datetime_cast_date_sql(self, sql: str, params: Any, tzname: str | None) -> Sql:
        """Return SQL for the date of a moment."""
        required("datetime_cast_date_sql")

    def datetime_cast_time_sql(self, sql: str, params: Any, tzname: str | None) -> Sql:
        """Return SQL for the time of day of a moment."""
        required("datetime_cast_time_sql")

    def datetime_extract_sql(self, lookup_type: str, sql: str, params: Any, tzname: str | None) -> Sql:
        """Return SQL for one part of a moment."""
        required("datetime_extract_sql")

    def datetime_trunc_sql(self, lookup_type: str, sql: str, params: Any, tzname: str | None) -> Sql:
        """Return SQL for a moment cut to a unit."""
        required("datetime_trunc_sql")

    def time_trunc_sql(self, lookup_type: str, sql: str, params: Any, tzname: str | None = None) -> Sql:
        """Return SQL for a time of day cut to a unit."""
        required("time_trunc_sql")

    def time_extract_sql(self, lookup_type: str, sql: str, params: Any) -> Sql:
        """Return SQL for one part of a time of day."""
        return self.date_extract_sql(lookup_type, sql, params)

    def format_for_duration_arithmetic(self, sql: str) -> str:
        """Return SQL of a duration that can be added to a moment."""
        required("format_for_duration_arithmetic")

    def subtract_temporals(self, internal_type: str, lhs: Any, rhs: Any) -> Sql:
        """Return SQL for the duration between two values."""
        if not self.connection.features.supports_temporal_subtraction:
            raise NotSupportedError(f"This backend does not support {internal_type} subtraction.")
        lhs_sql, lhs_params = lhs
        rhs_sql, rhs_params = rhs
        return f"({lhs_sql} - {rhs_sql})", (*lhs_params, *rhs_params)

    # --- lookups ------------------------------------------------------------------------------

    def lookup_cast(self, lookup_type: str, internal_type: str | None = None) -> str:
        """Return the pattern around the left side of a lookup."""
        return "%s"

    def field_cast_sql(self, db_type: str | None, internal_type: str) -> str:
        """Return the pattern around a column in WHERE; the older method."""
        warnings.warn(
            "DatabaseOperations.field_cast_sql() is deprecated use DatabaseOperations.lookup_cast() instead.",
            RemovedInDjango60Warning,
            stacklevel=2,
        )
        return "%s"

    def regex_lookup(self, lookup_type: str) -> str:
        """Return the pattern of a regular-expression lookup."""
        required("regex_lookup")

    def json_cast_text_sql(self, json_path: str) -> str:
        """Return SQL that gives a JSON value as text."""
        return f"({json_path})"

    def prepare_join_on_clause(
        self, local_table: str, local_field: Any, remote_table: str, remote_field: Any
    ) -> tuple[Any, Any]:
        """Return the two columns that a join compares."""
        column = type(local_field.get_col(local_table))
        return column(local_table, local_field), column(remote_table, remote_field)

    # --- statements ---------------------------------------------------------------------------

    def distinct_sql(self, fields: Sequence[str], params: Any) -> tuple[list[str], list[Any]]:
        """Return DISTINCT, on *fields* where the database can."""
        if fields:
            raise NotSupportedError("DISTINCT ON fields is not supported by this database backend")
        return ["DISTINCT"], []

    def for_update_sql(
        self, nowait: bool = False, skip_locked: bool = False, of: Iterable[str] = (), no_key: bool = False
    ) -> str:
        """Return the clause that locks rows."""
        words = f"FOR{' NO KEY' if no_key else ''} UPDATE"
        tables = ", ".join(of)
        return (
            words
            + (f" OF {tables}" if tables else "")
            + (" NOWAIT" if nowait else " SKIP LOCKED" if skip_locked else "")
        )

    def deferrable_sql(self) -> str:
        """Return what follows a foreign key that may be checked at the end."""
        return ""

    def random_function_sql(self) -> str:
        """Return the function that gives a random number."""
        return "RANDOM()"

    def cache_key_culling_sql(self) -> str:
        """Return the statement that finds the first cache key to throw away."""
        return "SELECT cache_key FROM %s ORDER BY cache_key LIMIT 1 OFFSET %%s"

    def combine_expression(self, connector: str, sub_expressions: Sequence[str]) -> str:
        """Return SQL that joins expressions by an operator."""
        return f" {connector} ".join(sub_expressions)

    def combine_duration_expression(self, connector: str, sub_expressions: Sequence[str]) -> str:
        """Return SQL that calculates with durations."""
        return self.combine_expression(connector, sub_expressions)

    def binary_placeholder_sql(self, value: Any) -> str:
        """Return the place of a binary value."""
        return "%s"


class FunctionDates(SqlParts):
    """Dates for databases whose functions are ours (``fj_*`` of SQLite)."""

    def _zones(self, tzname: str | None) -> tuple[str | None, str | None]:
        return (tzname, self.connection.timezone_name) if settings.USE_TZ else (None, None)

    def date_extract_sql(self, lookup_type: str, sql: str, params: Any) -> Sql:
        """Return SQL for one part of a date."""
        return f"fj_date_extract(%s, {sql})", (lookup_type.lower(), *params)

    def date_trunc_sql(self, lookup_type: str, sql: str, params: Any, tzname: str | None = None) -> Sql:
        """Return SQL for a date cut to a unit."""
        return f"fj_date_trunc(%s, {sql}, %s, %s)", (lookup_type.lower(), *params, *self._zones(tzname))

    def datetime_cast_date_sql(self, sql: str, params: Any, tzname: str | None) -> Sql:
        """Return SQL for the date of a moment."""
        return f"fj_datetime_cast_date({sql}, %s, %s)", (*params, *self._zones(tzname))

    def datetime_cast_time_sql(self, sql: str, params: Any, tzname: str | None) -> Sql:
        """Return SQL for the time of day of a moment."""
        return f"fj_datetime_cast_time({sql}, %s, %s)", (*params, *self._zones(tzname))

    def datetime_extract_sql(self, lookup_type: str, sql: str, params: Any, tzname: str | None) -> Sql:
        """Return SQL for one part of a moment."""
        return f"fj_datetime_extract(%s, {sql}, %s, %s)", (lookup_type.lower(), *params, *self._zones(tzname))

    def datetime_trunc_sql(self, lookup_type: str, sql: str, params: Any, tzname: str | None) -> Sql:
        """Return SQL for a moment cut to a unit."""
        return f"fj_datetime_trunc(%s, {sql}, %s, %s)", (lookup_type.lower(), *params, *self._zones(tzname))

    def time_trunc_sql(self, lookup_type: str, sql: str, params: Any, tzname: str | None = None) -> Sql:
        """Return SQL for a time of day cut to a unit."""
        return f"fj_time_trunc(%s, {sql}, %s, %s)", (lookup_type.lower(), *params, *self._zones(tzname))

    def time_extract_sql(self, lookup_type: str, sql: str, params: Any) -> Sql:
        """Return SQL for one part of a time of day."""
        return f"fj_time_extract(%s, {sql})", (lookup_type.lower(), *params)

    def format_for_duration_arithmetic(self, sql: str) -> str:
        """A duration is a number of microseconds already."""
        return sql

    def subtract_temporals(self, internal_type: str, lhs: Any, rhs: Any) -> Sql:
        """Return SQL for the duration between two values, in microseconds."""
        name = "fj_time_diff" if internal_type == "TimeField" else "fj_timestamp_diff"
        return f"{name}({lhs[0]}, {rhs[0]})", (*lhs[1], *rhs[1])

    def combine_expression(self, connector: str, sub_expressions: Sequence[str]) -> str:
        """Return SQL that joins expressions; powers and exclusive or are functions."""
        if connector in {"^", "#"}:
            name = "POWER" if connector == "^" else "BITXOR"
            return f"{name}({', '.join(sub_expressions)})"
        return super().combine_expression(connector, sub_expressions)

    def combine_duration_expression(self, connector: str, sub_expressions: Sequence[str]) -> str:
        """Return SQL that calculates with moments and durations."""
        if connector not in {"+", "-", "*", "/"}:
            raise DatabaseError(f"Invalid connector for timedelta: {connector}.")
        return f"fj_format_dtdelta('{connector}', {', '.join(sub_expressions)})"

    def regex_lookup(self, lookup_type: str) -> str:
        """Return the pattern of a regular-expression lookup."""
        return "%s REGEXP %s" if lookup_type == "regex" else "%s REGEXP ('(?i)' || %s)"
