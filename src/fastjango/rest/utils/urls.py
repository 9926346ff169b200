"""Setting and removing parameters in the query of an address."""

from __future__ import annotations

from urllib import parse

from fastjango.utils.encoding import force_str


def replace_query_param(url: str, key: str, val: object) -> str:
    """Return *url* with the parameter *key* set to *val*; the others keep their values, sorted by name."""
    parts = parse.urlsplit(force_str(url))
    query = parse.parse_qs(parts.query, keep_blank_values=True)
    query[force_str(key)] = [force_str(val)]
    return str(parse.urlunsplit(parts._replace(query=parse.urlencode(sorted(query.items()), doseq=True))))


def remove_query_param(url: str, key: str) -> str:
    """Return *url* without the parameter *key*."""
    parts = parse.urlsplit(force_str(url))
    query = parse.parse_qs(parts.query, keep_blank_values=True)
    query.pop(key, None)
    return str(parse.urlunsplit(parts._replace(query=parse.urlencode(sorted(query.items()), doseq=True))))
