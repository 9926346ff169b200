"""Pieces of SQL text about dates on MariaDB and MySQL, for user expressions with ``as_sql()``."""

from __future__ import annotations

from typing import Any

from fastjango.conf import settings
from fastjango.db.backends.base.sql_parts import Sql, SqlParts
from fastjango.db.backends.utils import split_tzname_delta

WORDS = frozenset(["YEAR", "QUARTER", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND", "MICROSECOND"])
DATES = {"year": "%%Y-01-01", "month": "%%Y-%%m-01"}
TIMES = {"hour": "%%H:00:00", "minute": "%%H:%%i:00", "second": "%%H:%%i:%%s"}


class MysqlParts(SqlParts):
    """Dates and regular expressions."""

    def _in_zone(self, sql: str, params: Any, tzname: str | None) -> Sql:
        """Return *sql* seen in a zone."""
        stored = self.connection.timezone_name
        if not tzname or not settings.USE_TZ or tzname == stored:
            return sql, params
        return f"CONVERT_TZ({sql}, %s, %s)", (*params, self._offset(stored), self._offset(tzname))

    @staticmethod
    def _offset(name: str) -> str:
        _, sign, offset = split_tzname_delta(name)
        return f"{sign}{offset}" if offset else name

    def date_extract_sql(self, lookup_type: str, sql: str, params: Any) -> Sql:
        """Return SQL for one part of a date."""
        kind = lookup_type.lower()
        patterns = {
            "week_day": f"DAYOFWEEK({sql})",
            "iso_week_day": f"WEEKDAY({sql}) + 1",
            "week": f"WEEK({sql}, 3)",
            "iso_year": f"TRUNCATE(YEARWEEK({sql}, 3), -2) / 100",
        }
        if kind in patterns:
            return patterns[kind], params
        if kind.upper() not in WORDS:
            raise ValueError(f"Invalid lookup type: {lookup_type!r}")
        return f"EXTRACT({kind.upper()} FROM {sql})", params

    def date_trunc_sql(self, lookup_type: str, sql: str, params: Any, tzname: str | None = None) -> Sql:
        """Return SQL for a date cut to a unit."""
        sql, params = self._in_zone(sql, params, tzname)
        if lookup_type in DATES:
            return f"CAST(DATE_FORMAT({sql}, '{DATES[lookup_type]}') AS DATE)", params
        if lookup_type == "quarter":
            text = f"MAKEDATE(YEAR({sql}), 1) + INTERVAL QUARTER({sql}) QUARTER - INTERVAL 1 QUARTER"
            return text, (*params, *params)
        if lookup_type == "week":
            return f"DATE_SUB({sql}, INTERVAL WEEKDAY({sql}) DAY)", (*params, *params)
        return f"DATE({sql})", params

    def datetime_cast_date_sql(self, sql: str, params: Any, tzname: str | None) -> Sql:
        """Return SQL for the date of a moment."""
        sql, params = self._in_zone(sql, params, tzname)
        return f"DATE({sql})", params

    def datetime_cast_time_sql(self, sql: str, params: Any, tzname: str | None) -> Sql:
        """Return SQL for the time of day of a moment."""
        sql, params = self._in_zone(sql, params, tzname)
        return f"TIME({sql})", params

    def datetime_extract_sql(self, lookup_type: str, sql: str, params: Any, tzname: str | None) -> Sql:
        """Return SQL for one part of a moment."""
        sql, params = self._in_zone(sql, params, tzname)
        return self.date_extract_sql(lookup_type, sql, params)

    def datetime_trunc_sql(self, lookup_type: str, sql: str, params: Any, tzname: str | None) -> Sql:
        """Return SQL for a moment cut to a unit."""
        sql, params = self._in_zone(sql, params, tzname)
        if lookup_type in TIMES:
            return f"CAST(DATE_FORMAT({sql}, '%%Y-%%m-%%d {TIMES[lookup_type]}') AS DATETIME)", params
        sql, params = self.date_trunc_sql(lookup_type, sql, params)
        return f"CAST({sql} AS DATETIME)", params

    def time_trunc_sql(self, lookup_type: str, sql: str, params: Any, tzname: str | None = None) -> Sql:
        """Return SQL for a time of day cut to a unit."""
        sql, params = self._in_zone(sql, params, tzname)
        if lookup_type in TIMES:
            return f"CAST(DATE_FORMAT({sql}, '{TIMES[lookup_type]}') AS TIME)", params
        return f"TIME({sql})", params

    def format_for_duration_arithmetic(self, sql: str) -> str:
        """Return SQL of a duration that can be added to a moment."""
        return f"INTERVAL {sql} MICROSECOND"

    def subtract_temporals(self, internal_type: str, lhs: Any, rhs: Any) -> Sql:
        """Return SQL for the microseconds between two values."""
        if internal_type != "TimeField":
            return f"TIMESTAMPDIFF(MICROSECOND, {rhs[0]}, {lhs[0]})", (*rhs[1], *lhs[1])
        if self.connection.mysql_is_mariadb:
            # The seconds have a fraction there.
            text = f"CAST((TIME_TO_SEC({lhs[0]}) - TIME_TO_SEC({rhs[0]})) * 1000000 AS SIGNED)"
            return text, (*lhs[1], *rhs[1])
        left, right = (f"(TIME_TO_SEC({side[0]}) * 1000000 + MICROSECOND({side[0]}))" for side in (lhs, rhs))
        return f"({left} - {right})", (*lhs[1], *lhs[1], *rhs[1], *rhs[1])

    def lookup_cast(self, lookup_type: str, internal_type: str | None = None) -> str:
        """JSON is compared as text without quotes on MariaDB."""
        return "JSON_UNQUOTE(%s)" if internal_type == "JSONField" and self.connection.mysql_is_mariadb else "%s"

    def regex_lookup(self, lookup_type: str) -> str:
        """Return the pattern of a regular-expression lookup."""
        return "%s REGEXP BINARY %s" if lookup_type == "regex" else "%s REGEXP %s"

    def random_function_sql(self) -> str:
        """Return the function that gives a random number."""
        return "RAND()"

    def combine_expression(self, connector: str, sub_expressions: Any) -> str:
        """Return SQL that joins expressions by an operator."""
        left, *right = sub_expressions
        if connector == "^":
            return f"POW({', '.join(sub_expressions)})"
        if connector in {"&", "|", "<<", "#"}:
            sign = "^" if connector == "#" else connector
            return f"CONVERT({f' {sign} '.join(sub_expressions)}, SIGNED)"
        if connector == ">>":
            return f"FLOOR({left} / POW(2, {right[0]}))"
        return super().combine_expression(connector, sub_expressions)
