"""How each database takes dates apart and cuts them off, in a time zone.

The zone is a parameter that is read anew at each execution, so a plan outlives a change of
the active zone.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

from sqlalchemy import String

from fastjango.conf import settings
from fastjango.db.errors import DataError
from fastjango.db.models.expressions.elements import Pieces, call
from fastjango.utils import timezone

if TYPE_CHECKING:
    from fastjango.db.models.expressions.elements import Clause
    from fastjango.db.models.types import ClauseContext

_STRING = String()
_MYSQL_DATE_FORMATS = {"year": "%Y-01-01", "month": "%Y-%m-01"}
_DATE_UNITS = frozenset(["year", "quarter", "month", "week", "day", "date"])
_MYSQL_TIME_FORMATS = {"hour": "%H:00:00", "minute": "%H:%i:00", "second": "%H:%i:%s"}


# No hyphens: two of them begin a comment.
_WORD = re.compile(r"[A-Za-z_]+")
_COMMON_PARTS = frozenset(
    ["year", "iso_year", "quarter", "month", "week", "week_day", "iso_week_day", "day", "hour", "minute", "second"]
)
# PostgreSQL has many more, and checks them itself.
_PARTS = {
    "sqlite": _COMMON_PARTS | {"microsecond"},
    "mysql": _COMMON_PARTS
    | {"microsecond", "year_month", "second_microsecond"}
    | {f"{first}_{last}" for first in ("day", "hour", "minute") for last in ("second", "microsecond")}
    | {"day_hour", "day_minute", "hour_minute"},
}
_UNITS = frozenset(["year", "quarter", "month", "week", "day", "hour", "minute", "second"])
_POSTGRESQL_UNITS = frozenset(["microseconds", "milliseconds", "decade", "century", "millennium"])


def part_word(vendor: str, part: Any) -> str:
    """
    Return the part of a date or time that may be written into SQL.

    Raises:
        ValueError: The database knows no such part.
    """
    known = _PARTS.get(vendor)
    if not _WORD.fullmatch(str(part)) or (known is not None and part not in known):
        raise ValueError(f"Invalid lookup_name: {part!r}")
    return str(part)


def unit_word(vendor: str, unit: Any) -> str:
    """
    Return the unit of a cut that may be written into SQL.

    Raises:
        DataError: The database knows no such unit.
    """
    if unit not in _UNITS and not (vendor == "postgresql" and unit in _POSTGRESQL_UNITS):
        raise DataError(f"Invalid kind: {unit!r}")
    return str(unit)


def current_zone_name(_: Any = None) -> str | None:
    """Return the name of the active time zone, or None without time zones."""
    return timezone.get_current_timezone_name() if settings.USE_TZ else None


def zone_clause(ctx: ClauseContext, zone: dt.tzinfo | None) -> Clause:
    """Return the parameter that names the zone."""
    name = None if zone is None else timezone._get_timezone_name(zone)

    def current(_: Any) -> str | None:
        found = current_zone_name() if name is None or not settings.USE_TZ else name
        if ctx.vendor == "mysql":
            return _without_tables(found)
        # POSIX counts offsets westwards, so "UTC+5" means the opposite on PostgreSQL.
        return _inverted(found) if ctx.vendor == "postgresql" else found

    return ctx.bind(None, None, None, current, _STRING)


def stored_zone(ctx: ClauseContext) -> Clause:
    """Return the parameter that names the zone in which the database keeps moments."""
    connection = ctx.connection
    if ctx.vendor == "mysql":
        return ctx.bind(None, None, None, lambda _: _without_tables(connection.timezone_name), _STRING)
    return ctx.bind(None, None, None, lambda _: connection.timezone_name, _STRING)


def _without_tables(name: str | None) -> str | None:
    """Return the zone as an offset where it is one: MySQL knows names only from tables that may be empty."""
    if not name or name == "UTC":
        return name and "+00:00"
    _, sign, offset = _offset_of(name)
    return f"{sign}{offset}" if sign else name


def needs_zone_tables(tzinfo: dt.tzinfo | None) -> bool:
    """Whether the zone, or else the active one, is known to MySQL by its name only."""
    name = current_zone_name() if tzinfo is None else timezone._get_timezone_name(tzinfo)
    return name is not None and _without_tables(name) == name


def _inverted(name: str | None) -> str | None:
    if not name:
        return name
    prefix, sign, offset = _offset_of(name)
    if not sign:
        return name
    return f"{prefix}{'-' if sign == '+' else '+'}{offset}"


def _offset_of(name: str) -> tuple[str, str, str]:
    for sign in ("+", "-"):
        prefix, found, offset = name.rpartition(sign)
        if found and offset[:1].isdigit() and "/" not in name:
            return prefix, sign, offset
    return name, "", ""


def _sqlite_zones(ctx: ClauseContext, zone: dt.tzinfo | None, zoned: bool) -> tuple[Clause, Clause]:
    if not (zoned and settings.USE_TZ):
        return Pieces("NULL"), Pieces("NULL")
    stored = stored_zone(ctx)
    return zone_clause(ctx, zone), stored


def in_zone(ctx: ClauseContext, clause: Clause, zone: dt.tzinfo | None) -> Clause:
    """Return a moment as the clocks of the zone show it (not on SQLite)."""
    if not settings.USE_TZ:
        return clause
    if ctx.vendor == "postgresql":
        return Pieces(clause.self_group(), " AT TIME ZONE ", zone_clause(ctx, zone), atomic=False)
    stored = stored_zone(ctx)
    return call("CONVERT_TZ", clause, stored, zone_clause(ctx, zone))


def extract(ctx: ClauseContext, part: str, clause: Clause, kind: str, zone: dt.tzinfo | None) -> Clause:
    """
    Return one part of a date, time or moment as a number.

    Args:
        kind: ``DateField``, ``DateTimeField``, ``TimeField`` or ``DurationField``.
    """
    part = part_word(ctx.vendor, part)
    if ctx.vendor == "sqlite":
        word = Pieces(f"'{part}'")
        if kind == "DateTimeField":
            return call("fj_datetime_extract", word, clause, *_sqlite_zones(ctx, zone, True))
        return call("fj_time_extract" if kind == "TimeField" else "fj_date_extract", word, clause)
    if kind == "DateTimeField":
        clause = in_zone(ctx, clause, zone)
    if ctx.vendor == "postgresql":
        return _postgresql_extract(part, clause)
    return _mysql_extract(part, clause)


def _postgresql_extract(part: str, clause: Clause) -> Clause:
    if part == "week_day":
        return Pieces("EXTRACT(DOW FROM ", clause, ") + 1", atomic=False)
    if part == "second":
        return Pieces("EXTRACT(SECOND FROM ", call("DATE_TRUNC", Pieces("'second'"), clause), ")")
    words = {"iso_week_day": "ISODOW", "iso_year": "ISOYEAR"}
    return Pieces(f"EXTRACT({words.get(part, part.upper())} FROM ", clause, ")")


def _mysql_extract(part: str, clause: Clause) -> Clause:
    if part == "week_day":
        return call("DAYOFWEEK", clause)
    if part == "iso_week_day":
        return Pieces("WEEKDAY(", clause, ") + 1", atomic=False)
    if part == "week":
        return Pieces("WEEK(", clause, ", 3)")
    if part == "iso_year":
        return Pieces("TRUNCATE(YEARWEEK(", clause, ", 3), -2) / 100", atomic=False)
    return Pieces(f"EXTRACT({part.upper()} FROM ", clause, ")")


def trunc(ctx: ClauseContext, unit: str, clause: Clause, source: str, target: str, zone: dt.tzinfo | None) -> Clause:
    """
    Return the value cut off to a unit.

    Args:
        source: The kind of the value: ``DateField``, ``DateTimeField`` or ``TimeField``.
        target: The kind of the result.
    """
    unit = unit_word(ctx.vendor, unit)
    zoned = source == "DateTimeField"
    if ctx.vendor == "sqlite":
        names = {"DateTimeField": "fj_datetime_trunc", "DateField": "fj_date_trunc", "TimeField": "fj_time_trunc"}
        return call(names[target], Pieces(f"'{unit}'"), clause, *_sqlite_zones(ctx, zone, zoned))
    if zoned:
        clause = in_zone(ctx, clause, zone)
    if ctx.vendor == "postgresql":
        truncated = call("DATE_TRUNC", Pieces(f"'{unit}'"), clause)
        return Pieces(truncated, "::time") if target == "TimeField" else truncated
    if target == "TimeField" and unit not in _MYSQL_TIME_FORMATS:
        return call("TIME", clause)
    if target == "TimeField":
        return Pieces("CAST(DATE_FORMAT(", clause, f", '{_MYSQL_TIME_FORMATS[unit]}') AS TIME)")
    if target == "DateField":
        return _mysql_date_trunc(unit, clause)
    if unit in _MYSQL_TIME_FORMATS:
        return Pieces("CAST(DATE_FORMAT(", clause, f", '%Y-%m-%d {_MYSQL_TIME_FORMATS[unit]}') AS DATETIME)")
    if unit not in _DATE_UNITS:
        return clause
    return Pieces("CAST(", _mysql_date_trunc(unit, clause), " AS DATETIME)")


def _mysql_date_trunc(unit: str, clause: Clause) -> Clause:
    if unit in _MYSQL_DATE_FORMATS:
        return Pieces("CAST(DATE_FORMAT(", clause, f", '{_MYSQL_DATE_FORMATS[unit]}') AS DATE)")
    if unit == "quarter":
        return Pieces(
            "MAKEDATE(YEAR(",
            clause,
            "), 1) + INTERVAL QUARTER(",
            clause,
            ") QUARTER - INTERVAL 1 QUARTER",
            atomic=False,
        )
    if unit == "week":
        return Pieces("DATE(DATE_SUB(", clause, ", INTERVAL WEEKDAY(", clause, ") DAY))")
    return call("DATE", clause)


def cast_date(ctx: ClauseContext, clause: Clause, zoned: bool, zone: dt.tzinfo | None) -> Clause:
    """Return the date of a moment in the zone."""
    if ctx.vendor == "sqlite":
        return call("fj_datetime_cast_date", clause, *_sqlite_zones(ctx, zone, zoned))
    clause = in_zone(ctx, clause, zone) if zoned else clause
    return Pieces("(", clause, ")::date") if ctx.vendor == "postgresql" else call("DATE", clause)


def cast_time(ctx: ClauseContext, clause: Clause, zoned: bool, zone: dt.tzinfo | None) -> Clause:
    """Return the time of day of a moment in the zone."""
    if ctx.vendor == "sqlite":
        return call("fj_datetime_cast_time", clause, *_sqlite_zones(ctx, zone, zoned))
    clause = in_zone(ctx, clause, zone) if zoned else clause
    return Pieces("(", clause, ")::time") if ctx.vendor == "postgresql" else call("TIME", clause)


__all__ = [
    "cast_date",
    "cast_time",
    "current_zone_name",
    "extract",
    "in_zone",
    "needs_zone_tables",
    "trunc",
    "zone_clause",
]
