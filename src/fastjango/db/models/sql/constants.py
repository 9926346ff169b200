"""Words shared by the files that turn a question into SQL.

The names and values are Django's (``django.db.models.sql.constants``), because
third-party code compares against them.
"""

from __future__ import annotations

from typing import Final

# Rows fetched per round trip when a result is iterated in chunks.
GET_ITERATOR_CHUNK_SIZE: Final = 100

# What a compiler face hands back.
MULTI: Final = "multi"
SINGLE: Final = "single"
CURSOR: Final = "cursor"
NO_RESULTS: Final = "no results"
ROW_COUNT: Final = "row count"

ORDER_DIR: Final[dict[str, tuple[str, str]]] = {
    "ASC": ("ASC", "DESC"),
    "DESC": ("DESC", "ASC"),
}

# Join kinds as they are printed.
INNER: Final = "INNER JOIN"
LOUTER: Final = "LEFT OUTER JOIN"

__all__ = [
    "CURSOR",
    "GET_ITERATOR_CHUNK_SIZE",
    "INNER",
    "LOUTER",
    "MULTI",
    "NO_RESULTS",
    "ORDER_DIR",
    "ROW_COUNT",
    "SINGLE",
]
