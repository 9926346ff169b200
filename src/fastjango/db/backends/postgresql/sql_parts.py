"""Pieces of SQL text about dates on PostgreSQL, for user expressions with ``as_sql()``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastjango.conf import settings
from fastjango.db.backends.base.sql_parts import Sql, SqlParts
from fastjango.db.backends.utils import split_tzname_delta

FIELDS = {"week_day": "DOW", "iso_week_day": "ISODOW", "iso_year": "ISOYEAR"}
WORDS = frozenset(
    ["YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND", "DOW", "ISODOW", "ISOYEAR", "EPOCH"]
)


class PostgresqlParts(SqlParts):
    """Dates, locks and DISTINCT ON."""

    def _word(self, lookup_type: str) -> str:
        word = FIELDS.get(lookup_type.lower(), lookup_type.upper())
        if word not in WORDS:
            raise ValueError(f"Invalid lookup type: {lookup_type!r}")
        return word

    def _in_zone(self, sql: str, params: Any, tzname: str | None) -> Sql:
        """Return *sql* seen in a zone; offsets have the other sign in POSIX notation."""
        if tzname and settings.USE_TZ:
            zone, sign, offset = split_tzname_delta(tzname)
            text = f"{zone}{'-' if sign == '+' else '+'}{offset}" if offset else tzname
            return f"{sql} AT TIME ZONE %s", (*params, text)
        return sql, params

    def date_extract_sql(self, lookup_type: str, sql: str, params: Any) -> Sql:
        """Return SQL for one part of a date."""
        word = self._word(lookup_type)
        if word == "DOW":
            # Django counts from Sunday = 1.
            return f"EXTRACT(DOW FROM {sql}) + 1", params
        if word == "SECOND":
            return f"EXTRACT(SECOND FROM DATE_TRUNC('second', {sql}))", params
        return f"EXTRACT({word} FROM {sql})", params

    def date_trunc_sql(self, lookup_type: str, sql: str, params: Any, tzname: str | None = None) -> Sql:
        """Return SQL for a date cut to a unit."""
        sql, params = self._in_zone(sql, params, tzname)
        return f"DATE_TRUNC(%s, {sql})", (lookup_type.lower(), *params)

    def datetime_cast_date_sql(self, sql: str, params: Any, tzname: str | None) -> Sql:
        """Return SQL for the date of a moment."""
        sql, params = self._in_zone(sql, params, tzname)
        return f"({sql})::date", params

    def datetime_cast_time_sql(self, sql: str, params: Any, tzname: str | None) -> Sql:
        """Return SQL for the time of day of a moment."""
        sql, params = self._in_zone(sql, params, tzname)
        return f"({sql})::time", params

    def datetime_extract_sql(self, lookup_type: str, sql: str, params: Any, tzname: str | None) -> Sql:
        """Return SQL for one part of a moment."""
        sql, params = self._in_zone(sql, params, tzname)
        return self.date_extract_sql(lookup_type, sql, params)

    def datetime_trunc_sql(self, lookup_type: str, sql: str, params: Any, tzname: str | None) -> Sql:
        """Return SQL for a moment cut to a unit."""
        sql, params = self._in_zone(sql, params, tzname)
        return f"DATE_TRUNC(%s, {sql})", (lookup_type.lower(), *params)

    def time_trunc_sql(self, lookup_type: str, sql: str, params: Any, tzname: str | None = None) -> Sql:
        """Return SQL for a time of day cut to a unit."""
        sql, params = self._in_zone(sql, params, tzname)
        return f"DATE_TRUNC(%s, {sql})::time", (lookup_type.lower(), *params)

    def format_for_duration_arithmetic(self, sql: str) -> str:
        """A duration is an interval already."""
        return sql

    def subtract_temporals(self, internal_type: str, lhs: Any, rhs: Any) -> Sql:
        """Return SQL for the interval between two values."""
        if internal_type == "DateField":
            return f"(interval '1 day' * ({lhs[0]} - {rhs[0]}))", (*lhs[1], *rhs[1])
        return super().subtract_temporals(internal_type, lhs, rhs)

    def regex_lookup(self, lookup_type: str) -> str:
        """Return the pattern of a regular-expression lookup."""
        return "%s ~ %s" if lookup_type == "regex" else "%s ~* %s"

    def distinct_sql(self, fields: Sequence[str], params: Any) -> tuple[list[str], list[Any]]:
        """Return DISTINCT, on *fields* if there are any."""
        if fields:
            return [f"DISTINCT ON ({', '.join(fields)})"], [param for group in params for param in group]
        return ["DISTINCT"], []

    def deferrable_sql(self) -> str:
        """Foreign keys are checked at the end of the transaction."""
        return " DEFERRABLE INITIALLY DEFERRED"
