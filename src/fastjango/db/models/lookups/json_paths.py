"""
Places in JSON documents: SQL/JSON paths, and on SQLite the walk to keys that its paths cannot say.

SQLite compares the text of a path with the text of the document. A double quote ends a key in a path whatever stands before
it, and a letter beyond ASCII is not its own escape. ``json_each()`` gives the keys as they are meant.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import String

from fastjango.db.models.expressions.elements import Pieces, call

if TYPE_CHECKING:
    from fastjango.db.models.expressions.elements import Clause
    from fastjango.db.models.types import ClauseContext

STRING = String()


def json_path(keys: Sequence[Any], include_root: bool = True) -> str:
    """Return the SQL/JSON path of *keys*; what looks like a number is a place in an array."""
    path = "$" if include_root else ""
    for key in keys:
        text = str(key)
        is_place = text.isascii() and text.isdigit()
        path += f"[{int(text)}]" if is_place else f".{json.dumps(text)}"
    return path


def has_no_path(key: Any) -> bool:
    """Return whether SQLite has no path that surely finds *key*."""
    return isinstance(key, str) and ('"' in key or not key.isascii())


def key_text(key: Any) -> str:
    """Return a key as SQLite writes it in JSON."""
    return json.dumps(key, ensure_ascii=False)


def constant(ctx: ClauseContext, value: str) -> Clause:
    """Return a text that belongs to the question."""
    return ctx.bind(value, None, None, None, STRING)


def sqlite_place(ctx: ClauseContext, document: Clause, keys: Sequence[str]) -> tuple[Clause, Clause]:
    """Return type and value at a place in a document; both are NULL where there is nothing."""
    *before, final = keys
    if has_no_path(final):
        wanted = constant(ctx, key_text(final))
        return sqlite_key(ctx, document, before, wanted, "type"), sqlite_key(ctx, document, before, wanted, "value")
    document, rest = sqlite_walk(ctx, document, keys)
    path = constant(ctx, json_path(rest))
    return call("JSON_TYPE", document, path), call("JSON_EXTRACT", document, path)


def sqlite_key(ctx: ClauseContext, document: Clause, before: Sequence[str], key: Clause, column: str) -> Clause:
    """Return the type or the value under a key (its ``key_text()``), in the object behind the keys *before*."""
    document, rest = sqlite_walk(ctx, document, before)
    return _each(column, document, constant(ctx, json_path(rest)), key)


def sqlite_walk(ctx: ClauseContext, document: Clause, keys: Sequence[str]) -> tuple[Clause, Sequence[str]]:
    """Return the document behind the last key without a path, and the keys that follow."""
    for place, key in enumerate(keys):
        if has_no_path(key):
            before = constant(ctx, json_path(keys[:place]))
            # A text would be read as a document.
            wanted, has_more = constant(ctx, key_text(key)), " AND json_each.type IN ('object','array')"
            inside = _each("value", document, before, wanted, has_more)
            return sqlite_walk(ctx, inside, keys[place + 1 :])
    return document, keys


def _each(column: str, document: Clause, path: Clause, key: Clause, condition: str = "") -> Clause:
    return Pieces(
        f"(SELECT json_each.{column} FROM ",
        call("json_each", document, path),
        " WHERE json_quote(json_each.key) = ",
        key,
        f"{condition})",
    )


__all__ = ["STRING", "constant", "has_no_path", "json_path", "key_text", "sqlite_key", "sqlite_place", "sqlite_walk"]
