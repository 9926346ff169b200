"""
From names to addresses: what a resolver knows of the patterns below it, and how an address is put together.

The table is made on first use, once per language, because patterns may be translated.
"""

from __future__ import annotations

import re
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

from fastjango.urls.exceptions import NoReverseMatch
from fastjango.utils.datastructures import MultiValueDict
from fastjango.utils.http import RFC3986_SUBDELIMS, escape_leading_slashes
from fastjango.utils.regex_helper import normalize
from fastjango.utils.translation import get_language

if TYPE_CHECKING:
    from fastjango.urls.converters import Converter


_populating: ContextVar[frozenset[int]] = ContextVar("populating", default=frozenset())


class Possibility(NamedTuple):
    """One way to write an address: its shapes, its pattern, fixed arguments, converters."""

    bits: list[tuple[str, list[str]]]
    pattern: str
    defaults: dict[str, Any]
    converters: dict[str, Converter]


class Table(NamedTuple):
    """What is known in one language."""

    reverse: MultiValueDict
    namespaces: dict[str, Any]
    apps: dict[str, list[str]]


class ReverseTable:
    """The half of ``URLResolver`` that makes addresses."""

    pattern: Any
    default_kwargs: dict[str, Any]
    app_name: str | None
    namespace: str | None
    url_patterns: Any

    def __init__(self) -> None:
        self._callback_strs: set[str] = set()
        self._tables: dict[str | None, Table] = {}

    @property
    def _populated(self) -> bool:
        return bool(self._tables)

    def _populate(self) -> None:
        self._table()

    def _table(self) -> Table:
        language = get_language()
        table = self._tables.get(language)
        if table is not None:
            return table
        populating = _populating.get()
        if id(self) in populating:
            # A URLconf that includes itself: what it gives is being collected already.
            return Table(MultiValueDict(), {}, {})
        token = _populating.set(populating | {id(self)})
        try:
            table = self._tables[language] = self._make_table()
        finally:
            _populating.reset(token)
        return table

    def _make_table(self) -> Table:
        table = Table(MultiValueDict(), {}, {})
        # Backwards: the last one added is the first one tried.
        for entry in reversed(self.url_patterns):
            if isinstance(entry, ReverseTable):
                self._add_resolver(table, entry)
            elif hasattr(entry, "lookup_str"):
                self._add_pattern(table, entry)
        return table

    def _add_pattern(self, table: Table, entry: Any) -> None:
        regex = entry.pattern.regex.pattern
        possibility = Possibility(
            normalize(regex), regex.removeprefix("^"), entry.default_args, entry.pattern.converters
        )
        self._callback_strs.add(entry.lookup_str)
        table.reverse.appendlist(entry.callback, possibility)
        if entry.name is not None:
            table.reverse.appendlist(entry.name, possibility)

    def _add_resolver(self, table: Table, entry: ReverseTable) -> None:
        front = entry.pattern.regex.pattern.removeprefix("^")
        below = entry._table()
        if entry.app_name:
            table.apps.setdefault(entry.app_name, []).append(entry.namespace or "")
            table.namespaces[entry.namespace or ""] = (front, entry)
        else:
            for name in below.reverse:
                for _, pattern, defaults, converters in below.reverse.getlist(name):
                    joined = front + pattern
                    possibility = Possibility(
                        normalize(joined),
                        joined,
                        {**defaults, **entry.default_kwargs},
                        {**self.pattern.converters, **entry.pattern.converters, **converters},
                    )
                    table.reverse.appendlist(name, possibility)
            for namespace, (prefix, sub_resolver) in below.namespaces.items():
                sub_resolver.pattern.converters.update(entry.pattern.converters)
                table.namespaces[namespace] = (front + prefix, sub_resolver)
            for app_name, namespaces in below.apps.items():
                table.apps.setdefault(app_name, []).extend(namespaces)
        self._callback_strs.update(entry._callback_strs)

    @property
    def reverse_dict(self) -> MultiValueDict:
        """The ways to write each name and view."""
        return self._table().reverse

    @property
    def namespace_dict(self) -> dict[str, Any]:
        """The pattern in front of each instance namespace, and its resolver."""
        return self._table().namespaces

    @property
    def app_dict(self) -> dict[str, list[str]]:
        """The instance namespaces of each application namespace."""
        return self._table().apps

    def _is_callback(self, name: str) -> bool:
        self._table()
        return name in self._callback_strs

    def reverse(self, lookup_view: Any, *args: Any, **kwargs: Any) -> str:
        """Return the address of *lookup_view* below this resolver."""
        return self._reverse_with_prefix(lookup_view, "", *args, **kwargs)

    def _reverse_with_prefix(self, lookup_view: Any, _prefix: str, *args: Any, **kwargs: Any) -> str:
        if args and kwargs:
            raise ValueError("Don't mix *args and **kwargs in call to reverse()!")
        possibilities = self.reverse_dict.getlist(lookup_view) if _hashable(lookup_view) else []
        for possibility in possibilities:
            url = _fill(possibility, _prefix, args, kwargs)
            if url is not None:
                return url
        raise NoReverseMatch(_not_found(lookup_view, possibilities, args, kwargs))


def _hashable(value: Any) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True


def _fill(possibility: Possibility, prefix: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str | None:
    """Return the address with these arguments, or ``None`` where they do not fit."""
    defaults = possibility.defaults
    for shape, parameters in possibility.bits:
        if args:
            if len(args) != len(parameters):
                continue
            values = dict(zip(parameters, args, strict=True))
        else:
            if set(kwargs).symmetric_difference(parameters).difference(defaults):
                continue
            if any(kwargs.get(name, value) != value for name, value in defaults.items() if name not in parameters):
                continue
            values = kwargs
        texts = _texts(values, possibility.converters)
        if texts is None:
            continue
        if any(name not in texts for name in parameters):
            continue
        candidate = (prefix.replace("%", "%%") + shape) % texts
        # The arguments may not be what the pattern takes.
        if re.search(f"^{re.escape(prefix)}{possibility.pattern}", candidate):
            return escape_leading_slashes(quote(candidate, safe=RFC3986_SUBDELIMS + "/~:@"))
    return None


def _texts(values: dict[str, Any], converters: dict[str, Converter]) -> dict[str, str] | None:
    texts = {}
    for name, value in values.items():
        if name in converters:
            try:
                texts[name] = str(converters[name].to_url(value))
            except ValueError:
                return None
        else:
            texts[name] = str(value)
    return texts


def _not_found(lookup_view: Any, possibilities: list[Possibility], args: Any, kwargs: Any) -> str:
    module, name = getattr(lookup_view, "__module__", None), getattr(lookup_view, "__name__", None)
    view = f"{module}.{name}" if module is not None and name is not None else lookup_view
    if not possibilities:
        return f"Reverse for '{view}' not found. '{view}' is not a valid view function or pattern name."
    if args:
        given = f"arguments '{args}'"
    elif kwargs:
        given = f"keyword arguments '{kwargs}'"
    else:
        given = "no arguments"
    patterns = [possibility.pattern for possibility in possibilities]
    return f"Reverse for '{view}' with {given} not found. {len(patterns)} pattern(s) tried: {patterns}"


__all__ = ["Possibility", "ReverseTable", "Table"]
