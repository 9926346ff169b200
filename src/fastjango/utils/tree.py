"""A tree of conditions: what ``Q`` objects and filters are made of."""

from __future__ import annotations

import copy
from typing import Any, ClassVar, Self

from fastjango.utils.hashable import make_hashable


class Node:
    """A connector (such as AND), children, and a negation."""

    default: ClassVar[str] = "DEFAULT"

    def __init__(self, children: Any = None, connector: str | None = None, negated: bool = False) -> None:
        self.children: list[Any] = list(children) if children else []
        self.connector: str = connector or self.default
        self.negated = negated

    @classmethod
    def create(cls, children: Any = None, connector: str | None = None, negated: bool = False) -> Self:
        """Return a plain node of this class, whatever its subclass' ``__init__`` takes."""
        node = Node(children, connector or cls.default, negated)
        node.__class__ = cls
        return node  # type: ignore[return-value]

    def __str__(self) -> str:
        text = f"({self.connector}: {', '.join(map(str, self.children))})"
        return f"(NOT {text})" if self.negated else text

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self}>"

    def __copy__(self) -> Self:
        node = self.create(connector=self.connector, negated=self.negated)
        node.children = self.children  # shared on purpose: a shallow copy
        return node

    copy = __copy__

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        node = self.create(connector=self.connector, negated=self.negated)
        node.children = copy.deepcopy(self.children, memo)
        return node

    def __len__(self) -> int:
        return len(self.children)

    def __bool__(self) -> bool:
        return bool(self.children)

    def __contains__(self, other: object) -> bool:
        return other in self.children

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Node)
            and type(other) is type(self)
            and (self.connector, self.negated, self.children) == (other.connector, other.negated, other.children)
        )

    def __hash__(self) -> int:
        return hash((type(self), self.connector, self.negated, *make_hashable(self.children)))

    def add(self, data: Any, conn_type: str) -> Any:
        """Join *data* to this node with the connector *conn_type* and return what was added."""
        if self.connector != conn_type:
            self.children = [self.copy(), data]
            self.connector, self.negated = conn_type, False
            return data
        foldable = isinstance(data, Node) and not data.negated and (data.connector == conn_type or len(data) == 1)
        if foldable:
            self.children.extend(data.children)
            return self
        self.children.append(data)
        return data

    def negate(self) -> None:
        """Turn the meaning of the whole node round."""
        self.negated = not self.negated
