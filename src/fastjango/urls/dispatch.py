"""
The compiled form of a list of patterns: how a path finds its view without trying every pattern.

Routes without parameters stand in a dictionary under their whole path. Routes whose parameters fill whole segments
stand in a tree of segments. Everything else (regular expressions, language prefixes, converters of one's own, classes
with their own ``resolve``) is tried one by one. Each entry knows its place in the order, and the first in order wins,
as if all had been tried.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from fastjango.urls.converters import IntConverter, SlugConverter, StringConverter, UUIDConverter
from fastjango.urls.exceptions import Resolver404
from fastjango.urls.match import ResolverMatch
from fastjango.urls.patterns import RoutePattern, _parameter_re

_slug = re.compile(SlugConverter.regex).fullmatch
_uuid = re.compile(UUIDConverter.regex).fullmatch

# What a segment must look like. Only these classes: a subclass may have another regex.
_SEGMENT_TESTS: dict[type, Callable[[str], Any]] = {
    IntConverter: lambda segment: re.fullmatch(IntConverter.regex, segment),
    SlugConverter: _slug,
    StringConverter: bool,
    UUIDConverter: _uuid,
}


class Leaf:
    """A view whose whole route, includes joined, is plain enough for the dictionary or the tree."""

    __slots__ = (
        "app_names",
        "callback",
        "converters",
        "extra_kwargs",
        "layers",
        "namespaces",
        "order",
        "route",
        "url_name",
    )

    def __init__(self, order: int, chain: tuple[Any, ...], pattern: Any) -> None:
        self.order = order
        self.callback = pattern.callback
        self.url_name = pattern.pattern.name
        self.app_names = [resolver.app_name for resolver in chain if resolver.app_name]
        self.namespaces = [resolver.namespace for resolver in chain if resolver.namespace]
        self.route = ""
        for part in reversed((*chain, pattern)):
            self.route = join_route(str(part.pattern), self.route)
        # Later ones win: what a pattern around captures, its extra arguments, and so on inwards.
        self.layers = [(tuple(part.pattern.converters), part.default_kwargs) for part in chain]
        self.layers.append((tuple(pattern.pattern.converters), pattern.default_args))
        self.converters = [one for part in (*chain, pattern) for one in part.pattern.converters.values()]
        extra: dict[str, Any] = {}
        for part in chain:
            extra.update(part.default_kwargs)
        extra.update(pattern.default_args)
        self.extra_kwargs = extra

    def match(self, texts: list[str]) -> ResolverMatch | None:
        """Return the match with the parameters' *texts*, or ``None`` when a converter refuses one."""
        kwargs: dict[str, Any] = {}
        captured: dict[str, Any] = {}
        try:
            values = iter([converter.to_python(text) for converter, text in zip(self.converters, texts, strict=True)])
        except ValueError:
            return None
        for names, extra in self.layers:
            captured = {name: next(values) for name in names}
            kwargs.update(captured)
            if extra:
                kwargs.update(extra)
        return ResolverMatch(
            self.callback,
            (),
            kwargs,
            self.url_name,
            self.app_names,
            self.namespaces,
            self.route,
            captured_kwargs=captured,
            extra_kwargs=dict(self.extra_kwargs),
        )


class Node:
    """One segment deep in the tree."""

    __slots__ = ("leaves", "literals", "parameters")

    def __init__(self) -> None:
        self.literals: dict[str, Node] = {}
        self.parameters: dict[type, Node] = {}
        self.leaves: list[Leaf] = []

    def find(self, segments: list[str], depth: int, texts: list[str], found: list[tuple[int, Leaf, list[str]]]) -> None:
        """Add every leaf that *segments* lead to."""
        if depth == len(segments):
            found.extend((leaf.order, leaf, texts) for leaf in self.leaves)
            return
        segment = segments[depth]
        node = self.literals.get(segment)
        if node is not None:
            node.find(segments, depth + 1, texts, found)
        for kind, node in self.parameters.items():
            if _SEGMENT_TESTS[kind](segment):
                node.find(segments, depth + 1, [*texts, segment], found)


class Slow:
    """An entry that is tried by asking it."""

    __slots__ = ("chain", "item", "order")

    def __init__(self, order: int, chain: tuple[Any, ...], item: Any) -> None:
        self.order = order
        self.chain = chain
        self.item = item

    def match(self, path: str) -> ResolverMatch | None:
        """Return the match of *path*, or ``None``."""
        steps = []
        for resolver in self.chain:
            step = resolver.pattern.match(path)
            if step is None:
                return None
            path = step[0]
            steps.append((resolver, step[1], step[2]))
        try:
            found: ResolverMatch | None = self.item.resolve(path)
        except RouterTaken:
            raise
        except Resolver404:
            return None
        if not found:
            return None
        route = found.route or ""
        if hasattr(self.item, "url_patterns"):
            route = join_route(str(self.item.pattern), route)
        for resolver, args, kwargs in reversed(steps):
            found = within(resolver, args, kwargs, found)
            route = join_route(str(resolver.pattern), route)
        found.route = route
        return found


class RouterTaken(Resolver404):
    """A FastAPI router in the patterns has this path: no pattern behind it may answer."""


def join_route(outer: str, inner: str) -> str:
    """Return two routes as one."""
    return outer + inner.removeprefix("^") if outer else inner


def within(resolver: Any, args: tuple[Any, ...], kwargs: dict[str, Any], match: Any) -> ResolverMatch:
    """Return *match*, found among the patterns of *resolver*, as the resolver's own; its route stays as it is."""
    merged = {**kwargs, **resolver.default_kwargs, **match.kwargs}
    return ResolverMatch(
        match.func,
        # Positional arguments count only where nothing is named.
        match.args if merged else args + match.args,
        merged,
        match.url_name,
        [resolver.app_name, *match.app_names],
        [resolver.namespace, *match.namespaces],
        match.route,
        match._tried,
        captured_kwargs=match.captured_kwargs,
        extra_kwargs={**resolver.default_kwargs, **(match.extra_kwargs or {})},
    )


class Dispatch:
    """The compiled patterns of one resolver."""

    def __init__(self, patterns: Iterable[Any], pattern_class: type, resolver_class: type) -> None:
        self.literals: dict[str, list[Leaf]] = {}
        self.tree = Node()
        self.has_tree = False
        self.slow: list[Slow] = []
        self._pattern_class = pattern_class
        self._resolver_class = resolver_class
        self._order = 0
        self._add(patterns, ())

    def _add(self, patterns: Iterable[Any], chain: tuple[Any, ...]) -> None:
        for item in patterns:
            self._order += 1
            kind = type(item)
            plain = type(getattr(item, "pattern", None)) is RoutePattern and isinstance(item.pattern._route, str)
            if plain and kind is self._pattern_class:
                self._add_leaf(chain, item)
            # A URLconf may include itself; then it is entered as far as the path goes, no further.
            elif plain and kind is self._resolver_class and _ends_a_segment(item.pattern) and item not in chain:
                self._add(item.url_patterns, (*chain, item))
            else:
                self.slow.append(Slow(self._order, chain, item))

    def _add_leaf(self, chain: tuple[Any, ...], item: Any) -> None:
        route = "".join(part.pattern._route for part in (*chain, item))
        if not any(part.pattern.converters for part in (*chain, item)):
            self.literals.setdefault(route, []).append(Leaf(self._order, chain, item))
            return
        node: Node | None = self.tree
        for segment in split_route(chain, item):
            node = self._step(node, segment)
            if node is None:
                self.slow.append(Slow(self._order, chain, item))
                return
        if node is not None:
            self.has_tree = True
            node.leaves.append(Leaf(self._order, chain, item))

    @staticmethod
    def _step(node: Node | None, segment: str | type | None) -> Node | None:
        """Return the node below *node* for a text, a converter class, or ``None`` for what the tree cannot hold."""
        if node is None or segment is None:
            return None
        if isinstance(segment, str):
            return node.literals.setdefault(segment, Node())
        return node.parameters.setdefault(segment, Node())

    def find(self, path: str) -> ResolverMatch | None:
        """Return the match of the first pattern, in their order, that has *path*."""
        found: list[tuple[int, Leaf, list[str]]] = [(leaf.order, leaf, []) for leaf in self.literals.get(path, ())]
        if self.has_tree:
            self.tree.find(path.split("/"), 0, [], found)
        if len(found) > 1:
            found.sort(key=lambda entry: entry[0])
        slow: Iterator[Slow] = iter(self.slow)
        waiting = next(slow, None)
        for order, leaf, texts in found:
            while waiting is not None and waiting.order < order:
                if match := waiting.match(path):
                    return match
                waiting = next(slow, None)
            if match := leaf.match(texts):
                return match
        while waiting is not None:
            if match := waiting.match(path):
                return match
            waiting = next(slow, None)
        return None


def _ends_a_segment(pattern: RoutePattern) -> bool:
    """Return whether an include's route is matched alike alone and joined to the routes below it."""
    return not pattern.converters or (
        pattern._route.endswith("/")
        and all(type(converter) in _SEGMENT_TESTS for converter in pattern.converters.values())
    )


def split_route(chain: tuple[Any, ...], item: Any) -> Iterator[str | type | None]:
    """Yield the segments of a joined route: texts, converter classes, ``None`` where a segment is neither."""
    route = "".join(part.pattern._route for part in (*chain, item))
    kinds: dict[str, type] = {}
    for part in (*chain, item):
        # The same name may stand in two parts; then the segments alone would not tell which is which.
        for name, converter in part.pattern.converters.items():
            if kinds.setdefault(name, type(converter)) is not type(converter):
                yield None
    for segment in route.split("/"):
        match = _parameter_re.search(segment)
        if match is None:
            yield segment
        elif match[0] == segment and kinds[match["parameter"]] in _SEGMENT_TESTS:
            yield kinds[match["parameter"]]
        else:
            yield None


def later(function: Callable[..., Any], *args: Any) -> Callable[[], Any]:
    """Return a call for when the answer is needed."""
    return functools.partial(function, *args)


__all__ = ["Dispatch", "Leaf", "Node", "RouterTaken", "Slow", "later", "within"]
