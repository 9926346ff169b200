"""PostgreSQL's expressions in one spelling: without casts, and without brackets that change nothing."""

from __future__ import annotations

import re
from typing import Any

_TOKEN = re.compile(
    r"""
    '(?:[^']|'')*' | "[^"]+"
    | ::(?:"[^"]+"|[a-z_][a-z0-9_.]*(?:\ [a-z]+)*)(?:\(\d+(?:,\d+)?\))?(?:\[\])*
    | [A-Za-z_][\w.]* | \d+(?:\.\d+)? | [][(),] | \s+ | [^]["'\w\s(),:]+ | .
    """,
    re.VERBOSE | re.DOTALL,
)
_WORD = re.compile(r"""["A-Za-z_]""")
_ATOM = re.compile(r"""['"\w]""")
_NUMBER = re.compile(r"'(-?\d+(?:\.\d+)?)'")
_NUMERIC_CASTS = ("::integer", "::bigint", "::smallint", "::numeric", "::double precision", "::real")
# Words that a bracket may follow without being the arguments of a call.
_KEYWORDS = frozenset("AND OR NOT CASE WHEN THEN ELSE END IS WHERE LIKE ILIKE BETWEEN FROM ON USING AS".split())

# ... and those that stand apart from it.
_APART = frozenset("KEY UNIQUE INCLUDE EXCLUDE btree gist gin brin hash spgist".split())

# A token, or the parts between two brackets.
_Part = str | list[Any]


def one_spelling(text: str) -> str:
    """
    Return an expression or definition as PostgreSQL would also write it for one who meant the same.

    ``(''::varchar)::text`` and ``''::text`` are one literal, ``(live = true)`` is ``live``.
    """
    parts, _ = _read([token for token in _TOKEN.findall(text) if not token.isspace()], 0)
    return _said(_reduced(parts))


def _read(tokens: list[str], place: int) -> tuple[list[_Part], int]:
    """Return the parts up to the closing bracket, and the place behind it."""
    parts: list[_Part] = []
    while place < len(tokens):
        token = tokens[place]
        place += 1
        if token == "(":  # noqa: S105
            inner, place = _read(tokens, place)
            parts.append(inner)
        elif token == ")":  # noqa: S105
            break
        elif token.startswith("::"):
            number = _NUMBER.fullmatch(str(parts[-1])) if parts and token in _NUMERIC_CASTS else None
            if number:
                parts[-1] = number[1]
        else:
            parts.append(token)
    return parts, place


def _reduced(parts: list[_Part]) -> list[_Part]:
    """Return the parts without brackets around one operand or around a whole argument."""
    found: list[_Part] = []
    for place, part in enumerate(parts):
        if isinstance(part, str):
            found.append(part)
            continue
        inner = _reduced(part)
        if found and _calls(found[-1]):
            found.append(inner)
            continue
        alone = (place == 0 or parts[place - 1] == ",") and (place == len(parts) - 1 or parts[place + 1] == ",")
        if alone or _one_operand(inner):
            found += inner
        else:
            found.append(inner)
    if len(found) == 2 and found[0] == "-" and str(found[1])[0].isdigit():
        return [f"-{found[1]}"]
    return _truth(found)


def _calls(before: _Part) -> bool:
    return isinstance(before, str) and bool(_WORD.match(before)) and before not in _KEYWORDS


def _one_operand(parts: list[_Part]) -> bool:
    if len(parts) == 1:
        return isinstance(parts[0], list) or bool(_ATOM.match(parts[0]))
    return len(parts) == 2 and _calls(parts[0]) and isinstance(parts[1], list)


def _truth(parts: list[_Part]) -> list[_Part]:
    """Return ``live`` for ``live = true``, ``NOT live`` for ``live = false``."""
    if len(parts) == 3 and parts[1] == "=" and parts[2] in ("true", "false"):
        return [parts[0]] if parts[2] == "true" else ["NOT", parts[0]]
    return parts


def _said(parts: list[_Part]) -> str:
    text = ""
    before: _Part = "["
    for part in parts:
        call = isinstance(part, list) and _calls(before) and before not in _APART
        glued = call or before == "[" or part in (",", "]", "[")
        text += ("" if glued else " ") + (f"({_said(part)})" if isinstance(part, list) else part)
        before = part
    return text


__all__ = ["one_spelling"]
