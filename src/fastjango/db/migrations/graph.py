"""The graph of migrations: what depends on what, and in which order to go."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import total_ordering
from typing import Any

from fastjango.core.exceptions import fix
from fastjango.db.migrations.exceptions import CircularDependencyError, NodeNotFoundError
from fastjango.db.migrations.state import ProjectState

Key = tuple[str, str]


@total_ordering
class Node:
    """A migration in the graph; parents are what it depends on."""

    def __init__(self, key: Key) -> None:
        self.key = key
        self.children: set[Node] = set()
        self.parents: set[Node] = set()

    def __eq__(self, other: object) -> bool:
        return self.key == (other.key if isinstance(other, Node) else other)

    def __lt__(self, other: Any) -> bool:
        return bool(self.key < (other.key if isinstance(other, Node) else other))

    def __hash__(self) -> int:
        return hash(self.key)

    def __getitem__(self, item: int) -> str:
        return self.key[item]

    def __str__(self) -> str:
        return str(self.key)

    def __repr__(self) -> str:
        return f"<{self.__class__.__name__}: ({self.key[0]!r}, {self.key[1]!r})>"

    def add_child(self, child: Node) -> None:
        """Let *child* depend on this one."""
        self.children.add(child)

    def add_parent(self, parent: Node) -> None:
        """Depend on *parent*."""
        self.parents.add(parent)


class DummyNode(Node):
    """A migration that is named but not there; replaced, or an error when the graph is checked."""

    def __init__(self, key: Key, origin: Any, error_message: str) -> None:
        super().__init__(key)
        self.origin = origin
        self.error_message = error_message

    def raise_error(self, others: Sequence[str] = ()) -> None:
        """Tell that the migration does not exist, and which of its app do."""
        remedy = (
            f"Bring back the file of {self.key[0]}.{self.key[1]}, or put another migration into the dependencies, as the "
            f"squashed one that took its place. In {self.key[0]} there are: {', '.join(others) or 'none'}."
        )
        raise fix(NodeNotFoundError(self.error_message, self.key, origin=self.origin), remedy)


class MigrationGraph:
    """All migrations of a project."""

    def __init__(self) -> None:
        self.node_map: dict[Key, Node] = {}
        self.nodes: dict[Key, Any] = {}

    def add_node(self, key: Key, migration: Any) -> None:
        """Add a migration."""
        assert key not in self.node_map
        self.node_map[key] = Node(key)
        self.nodes[key] = migration

    def add_dummy_node(self, key: Key, origin: Any, error_message: str) -> None:
        """Add a migration that is only named."""
        self.node_map[key] = DummyNode(key, origin, error_message)
        self.nodes[key] = None

    def add_dependency(self, migration: Any, child: Key, parent: Key, skip_validation: bool = False) -> None:
        """Let *child* depend on *parent*."""
        for key, role in ((child, "child"), (parent, "parent")):
            if key not in self.nodes:
                message = f"Migration {migration} dependencies reference nonexistent {role} node {key!r}"
                self.add_dummy_node(key, migration, message)
        self.node_map[child].add_parent(self.node_map[parent])
        self.node_map[parent].add_child(self.node_map[child])
        if not skip_validation:
            self.validate_consistency()

    def remove_replaced_nodes(self, replacement: Key, replaced: Iterable[Key]) -> None:
        """Take the replaced migrations out; what depended on them depends on the replacement."""
        gone = set(replaced)
        try:
            new = self.node_map[replacement]
        except KeyError as exc:
            raise NodeNotFoundError(
                f"Unable to find replacement node {replacement!r}. It was either never added to the migration graph, or "
                "has been removed.",
                replacement,
            ) from exc
        for key in gone:
            self.nodes.pop(key, None)
            old = self.node_map.pop(key, None)
            if old is None:
                continue
            for child in old.children:
                child.parents.remove(old)
                # Inside the replaced ones an edge has no meaning any more.
                if child.key not in gone:
                    new.add_child(child)
                    child.add_parent(new)
            for parent in old.parents:
                parent.children.remove(old)
                if parent.key not in gone:
                    new.add_parent(parent)
                    parent.add_child(new)

    def remove_replacement_node(self, replacement: Key, replaced: Iterable[Key]) -> None:
        """Take the replacement out; what depended on it depends on the last of the replaced ones."""
        self.nodes.pop(replacement, None)
        try:
            node = self.node_map.pop(replacement)
        except KeyError as exc:
            raise NodeNotFoundError(
                f"Unable to remove replacement node {replacement!r}. It was either never added to the migration graph, "
                "or has been removed already.",
                replacement,
            ) from exc
        nodes: set[Node] = set()
        parents: set[Node] = set()
        for key in replaced:
            found = self.node_map.get(key)
            if found:
                nodes.add(found)
                parents |= found.parents
        # The latest of them: those that no other one depends on.
        nodes -= parents
        for child in node.children:
            child.parents.remove(node)
            for found in nodes:
                found.add_child(child)
                child.add_parent(found)
        for parent in node.parents:
            parent.children.remove(node)

    def validate_consistency(self) -> None:
        """Raise ``NodeNotFoundError`` for a migration that is named but not there."""
        for node in self.node_map.values():
            if isinstance(node, DummyNode):
                app_label = node.key[0]
                there = sorted(name for app, name in self.nodes if app == app_label and self.nodes[app, name])
                node.raise_error(there)

    def forwards_plan(self, target: Key) -> list[Key]:
        """Return what must be applied for *target*, in order, itself last."""
        if target not in self.nodes:
            raise NodeNotFoundError(f"Node {target!r} not a valid node", target)
        return self.iterative_dfs(self.node_map[target])

    def backwards_plan(self, target: Key) -> list[Key]:
        """Return what must be taken back for *target* to go, in order, itself last."""
        if target not in self.nodes:
            raise NodeNotFoundError(f"Node {target!r} not a valid node", target)
        return self.iterative_dfs(self.node_map[target], forwards=False)

    def iterative_dfs(self, start: Node, forwards: bool = True) -> list[Key]:
        """Walk from *start*, and return the keys with dependencies first."""
        visited: list[Key] = []
        visited_set: set[Node] = set()
        stack: list[tuple[Node, bool]] = [(start, False)]
        while stack:
            node, processed = stack.pop()
            if node in visited_set:
                continue
            if processed:
                visited_set.add(node)
                visited.append(node.key)
                continue
            stack.append((node, True))
            stack += [(other, False) for other in sorted(node.parents if forwards else node.children)]
        return visited

    def root_nodes(self, app: str | None = None) -> list[Key]:
        """Return the first migrations: those that depend on none of their own app."""
        return sorted(
            key
            for key in self.nodes
            if all(parent.key[0] != key[0] for parent in self.node_map[key].parents) and (not app or app == key[0])
        )

    def leaf_nodes(self, app: str | None = None) -> list[Key]:
        """Return the last migrations: those that none of their own app depends on."""
        return sorted(
            key
            for key in self.nodes
            if all(child.key[0] != key[0] for child in self.node_map[key].children) and (not app or app == key[0])
        )

    def ensure_not_cyclic(self) -> None:
        """Raise ``CircularDependencyError`` for a circle."""
        todo = set(self.nodes)
        while todo:
            stack = [todo.pop()]
            while stack:
                top = stack[-1]
                for child in self.node_map[top].children:
                    key = child.key
                    if key in stack:
                        cycle = stack[stack.index(key) :]
                        raise CircularDependencyError(", ".join(f"{app}.{name}" for app, name in cycle))
                    if key in todo:
                        stack.append(key)
                        todo.remove(key)
                        break
                else:
                    stack.pop()

    def __str__(self) -> str:
        return f"Graph: {len(self.nodes)} nodes, {self._edges()} edges"

    def __repr__(self) -> str:
        return f"<{self.__class__.__name__}: nodes={len(self.nodes)}, edges={self._edges()}>"

    def _edges(self) -> int:
        return sum(len(node.parents) for node in self.node_map.values())

    def _generate_plan(self, nodes: Iterable[Key], at_end: bool) -> list[Key]:
        plan: list[Key] = []
        for node in nodes:
            for migration in self.forwards_plan(node):
                if migration not in plan and (at_end or migration not in nodes):
                    plan.append(migration)
        return plan

    def make_state(self, nodes: Any = None, at_end: bool = True, real_apps: Any = None) -> Any:
        """Return the project's state behind (or, with ``at_end=False``, before) the given migrations."""
        if nodes is None:
            nodes = list(self.leaf_nodes())
        if not nodes:
            return ProjectState()
        if not isinstance(nodes[0], tuple):
            nodes = [nodes]
        plan = self._generate_plan(nodes, at_end)
        state = ProjectState(real_apps=real_apps)
        for node in plan:
            state = self.nodes[node].mutate_state(state, preserve=False)
        return state

    def __contains__(self, node: Key) -> bool:
        return node in self.nodes
