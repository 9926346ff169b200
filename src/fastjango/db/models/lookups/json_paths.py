"""
Places in JSON documents: SQL/JSON paths, and on SQLite and MariaDB the walk to keys that their paths cannot say.

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


def begins_with_hyphen(key: Any) -> bool:
    """Return whether no path of MariaDB finds *key*: there a hyphen ends the name, whether it is quoted or not."""
    return isinstance(key, str) and key.startswith("-")


def mysql_walk(ctx: ClauseContext, document: Clause, keys: Sequence[str]) -> tuple[Clause, Sequence[str]]:
    """Return the document behind the last key that MariaDB's paths cannot say, and the keys that follow."""
    for place, key in enumerate(keys):
        if begins_with_hyphen(key) and ctx.connection.mysql_is_mariadb:
            before = json_path(keys[:place])
            values = call("JSON_EXTRACT", document, constant(ctx, f"{before}.*"))
            number = call("JSON_UNQUOTE", mysql_key(document, constant(ctx, before), constant(ctx, like_text(key))))
            return mysql_walk(ctx, call("JSON_EXTRACT", values, number), keys[place + 1 :])
    return document, keys


def mysql_place(ctx: ClauseContext, document: Clause, keys: Sequence[str]) -> Clause:
    """Return the value at a place in a document."""
    document, rest = mysql_walk(ctx, document, keys)
    return call("JSON_EXTRACT", document, constant(ctx, json_path(rest))) if rest else document


def mysql_key(document: Clause, path: Clause, key: Clause) -> Clause:
    """Return where a key (its ``like_text()``) stands among those of the object at *path*; NULL where it is not there."""
    return call("JSON_SEARCH", call("JSON_KEYS", document, path), Pieces("'one'"), key)


def like_text(key: str) -> str:
    """Return a key as JSON_SEARCH takes it, which knows wildcards."""
    return key.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


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


__all__ = [
    "STRING",
    "begins_with_hyphen",
    "constant",
    "has_no_path",
    "json_path",
    "key_text",
    "like_text",
    "mysql_key",
    "mysql_place",
    "mysql_walk",
    "sqlite_key",
    "sqlite_place",
    "sqlite_walk",
]
