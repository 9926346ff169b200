"""
The driver's names at Django's path, which hides there whether psycopg 2 or 3 is used; FastJango uses psycopg 3.

All range types are one class in psycopg 3: what the bounds are decides on the type of the database.
"""

from __future__ import annotations

import ipaddress
from typing import Any

from psycopg import ClientCursor, IsolationLevel, errors, sql
from psycopg.types.json import Jsonb
from psycopg.types.range import Range

from fastjango.db.backends.postgresql.driver import TSRANGE_OID, TSTZRANGE_OID

DateRange = DateTimeRange = DateTimeTZRange = NumericRange = Range
RANGE_TYPES = (Range,)
Inet = ipaddress.ip_address
is_psycopg3 = True


def mogrify(sql: Any, params: Any, connection: Any) -> str:
    """Return the statement with *params* written into it."""
    with connection.cursor() as cursor:
        return ClientCursor(cursor.connection).mogrify(sql, params)


__all__ = [
    "RANGE_TYPES",
    "TSRANGE_OID",
    "TSTZRANGE_OID",
    "ClientCursor",
    "DateRange",
    "DateTimeRange",
    "DateTimeTZRange",
    "Inet",
    "IsolationLevel",
    "Jsonb",
    "NumericRange",
    "Range",
    "errors",
    "is_psycopg3",
    "mogrify",
    "sql",
]
