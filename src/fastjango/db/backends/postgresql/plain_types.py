"""
Plain SQLAlchemy types on our PostgreSQL connections: documents.

Our driver gives ``jsonb`` as text, which a ``JSONField`` reads as it likes; SQLAlchemy expects the driver to decode it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from sqlalchemy import types
from sqlalchemy.dialects.postgresql import JSON, JSONB
from sqlalchemy.dialects.postgresql.psycopg import _PGJSON, _PGJSONB

JSON_OID = 114


def _reader(coltype: object) -> Callable[[Any], Any] | None:
    """Return what decodes a column; ``json``, unlike ``jsonb``, arrives decoded."""
    if coltype == JSON_OID:
        return None
    return lambda value: json.loads(value) if isinstance(value, (str, bytes)) else value


class PlainJSON(_PGJSON):
    """A document in a column of either type."""

    def result_processor(self, dialect: Any, coltype: object) -> Callable[[Any], Any] | None:
        """Return what decodes the column."""
        return _reader(coltype)


class PlainJSONB(_PGJSONB):
    """A document in a ``jsonb`` column."""

    def result_processor(self, dialect: Any, coltype: object) -> Callable[[Any], Any] | None:
        """Return what decodes the column."""
        return _reader(coltype)


PLAIN_TYPES: dict[type[Any], type[Any]] = {types.JSON: PlainJSON, JSON: PlainJSON, JSONB: PlainJSONB}

__all__ = ["PLAIN_TYPES"]
