"""One ``migrate`` at a time: several workers that start together apply each migration once."""

from __future__ import annotations

import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def migration_lock(connection: Any) -> Iterator[None]:
    """
    Hold the database's advisory lock for the block.

    PostgreSQL and MySQL have one per session; SQLite has one writer at a time anyway, and each migration there is one
    write transaction.
    """
    if connection.vendor == "postgresql":
        key = zlib.crc32(b"fastjango.migrate")
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [key])
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [key])
    elif connection.vendor == "mysql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT GET_LOCK('fastjango.migrate', 3600)")
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SELECT RELEASE_LOCK('fastjango.migrate')")
    else:
        yield
