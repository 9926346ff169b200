"""Setting and removing parameters in the query of an address."""

from __future__ import annotations

import re
from urllib import parse

from fastjango.utils.encoding import force_str

# An address that taking apart and putting together again would not change, parameters without escapes.
_PAIR = "[A-Za-z0-9_.~-]+=[A-Za-z0-9_.~-]*"
_plain = re.compile(rf"(https?://[A-Za-z0-9.:-]+(?:/[A-Za-z0-9_./~-]*)?)(?:\?((?:{_PAIR}(?:&{_PAIR})*)?))?")
_plain_pair = re.compile(_PAIR)


def _plain_parts(url: str) -> tuple[str, dict[str, list[str]]] | None:
    """Return base and parameters of an address without escapes; ``None`` for others."""
    found = _plain.fullmatch(url)
    if found is None:
        return None
    base, query = found.groups()
    values: dict[str, list[str]] = {}
    for pair in query.split("&") if query else ():
        name, _, value = pair.partition("=")
        values.setdefault(name, []).append(value)
    return base, values


def _joined(base: str, values: dict[str, list[str]]) -> str:
    query = "&".join(f"{name}={value}" for name in sorted(values) for value in values[name])
    return f"{base}?{query}" if query else base


def replace_query_param(url: str, key: str, val: object) -> str:
    """Return *url* with the parameter *key* set to *val*; the others keep their values, sorted by name."""
    url = force_str(url)
    plain = _plain_parts(url)
    if plain is not None and _plain_pair.fullmatch(f"{key}={val}"):
        plain[1][key] = [str(val)]
        return _joined(*plain)
    parts = parse.urlsplit(url)
    query = parse.parse_qs(parts.query, keep_blank_values=True)
    query[force_str(key)] = [force_str(val)]
    return str(parse.urlunsplit(parts._replace(query=parse.urlencode(sorted(query.items()), doseq=True))))


def remove_query_param(url: str, key: str) -> str:
    """Return *url* without the parameter *key*."""
    url = force_str(url)
    plain = _plain_parts(url)
    if plain is not None:
        plain[1].pop(key, None)
        return _joined(*plain)
    parts = parse.urlsplit(url)
    query = parse.parse_qs(parts.query, keep_blank_values=True)
    query.pop(key, None)
    return str(parse.urlunsplit(parts._replace(query=parse.urlencode(sorted(query.items()), doseq=True))))
