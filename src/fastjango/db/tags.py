"""
Comments behind statements that say where they come from: ``/*route='checkout',shape='9f86d081884c7d65'*/``.

The form is that of sqlcommenter, so tools that read it from the server's log or statistics find its keys. ``shape`` is the id of
the question without its values, the same in every process. ``sql/plan.py`` writes tags into compiled statements, once;
``connection.sql_tags()`` adds them to what a context sends.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from hashlib import blake2b
from typing import Any
from urllib.parse import quote

_TAGS = re.compile(r"\s*/\*((?:[a-z][a-z0-9_]*='[^'*/]*',?)+)\*/$")
_KEY = re.compile(r"[a-z][a-z0-9_]*")
_MARK = r"(?:\?|%s)"
_CASTS = re.compile(r"::[A-Z]+(?: PRECISION| WITH(?:OUT)? TIME ZONE)?(?:\([\d, ]+\))?(?:\[\])*")
# What differs between statements of one question: lengths of lists, numbers of rows, places of pages.
_LISTS = re.compile(rf"\((?:SELECT value FROM json_each\({_MARK}\)|{_MARK}(?:, {_MARK})*)\)")
_ROWS = re.compile(r"(VALUES \([^()]*\))(?:, \([^()]*\))+")
_PAGES = re.compile(rf"\bLIMIT (?:-?\d+|{_MARK})(?:(?:,| OFFSET) (?:\d+|{_MARK}))?")


@lru_cache(maxsize=4096)
def shape_id(sql: str) -> str:
    """
    Return the id of the question that a statement asks: 16 hexadecimal digits, the same in every process.

    Lengths of lists, numbers of inserted rows, limits and offsets do not change it. Databases that quote or spell a question in
    another way have another id for it.
    """
    text = _CASTS.sub("", _TAGS.sub("", sql).replace("`", '"'))
    text = _PAGES.sub("LIMIT ?", _ROWS.sub(r"\1", _LISTS.sub("(?)", text)))
    return blake2b(text.replace("%s", "?").encode(), digest_size=8).hexdigest()


def checked(labels: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """
    Return labels as they are kept: sorted, values as text.

    Raises:
        ValueError: A name is no plain lower-case word, or is "shape".
    """
    for name in labels:
        if not _KEY.fullmatch(name) or name == "shape":
            raise ValueError(f"A tag's name is a lower-case word other than 'shape', not {name!r}.")
    return tuple(sorted((name, str(value)) for name, value in labels.items()))


def with_tags(sql: str, labels: tuple[tuple[str, str], ...] = ()) -> str:
    """
    Return the statement with its shape id and *labels* behind it; tags that it has already are kept.

    Values are percent-encoded, so no text of a user can end the comment. The per cent sign is doubled, as drivers that fill in
    ``%s`` want it.
    """
    text = _tagged(str(sql), labels)
    return text if type(sql) is str else type(sql)(text)


@lru_cache(maxsize=4096)
def _tagged(sql: str, labels: tuple[tuple[str, str], ...]) -> str:
    tags = {"shape": shape_id(sql)}
    if found := _TAGS.search(sql):
        tags.update(re.findall(r"([a-z0-9_]+)='([^']*)'", found[1]))
        sql = sql[: found.start()]
    tags.update((name, quote(value, safe="").replace("%", "%%")) for name, value in labels)
    return f"{sql} /*{','.join(f'{name}={tags[name]!r}' for name in sorted(tags))}*/"


class Tagger:
    """An execute wrapper that tags each statement."""

    def __init__(self, labels: tuple[tuple[str, str], ...]) -> None:
        self.labels = labels

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        return execute(with_tags(sql, self.labels), params, many, context)


__all__ = ["Tagger", "checked", "shape_id", "with_tags"]
