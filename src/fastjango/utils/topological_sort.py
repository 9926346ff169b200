"""Orders in which everything comes after what it depends on (Kahn's algorithm)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any


class CyclicDependencyError(ValueError):
    """The dependencies go round in a circle."""


def topological_sort_as_sets(dependency_graph: dict[Any, Any]) -> Iterator[set[Any]]:
    """Yield sets of nodes: each set depends only on the sets before it."""
    todo = {node: set(needs) for node, needs in dependency_graph.items()}
    while todo:
        free = {node for node, needs in todo.items() if not needs}
        if not free:
            raise CyclicDependencyError(f"Cyclic dependency in graph: {', '.join(map(repr, todo.items()))}")
        yield free
        todo = {node: needs - free for node, needs in todo.items() if node not in free}


def stable_topological_sort(nodes: Iterable[Any], dependency_graph: dict[Any, Any]) -> list[Any]:
    """Return *nodes* in dependency order; those on one level keep their given order."""
    nodes = list(nodes)
    return [node for layer in topological_sort_as_sets(dependency_graph) for node in nodes if node in layer]
