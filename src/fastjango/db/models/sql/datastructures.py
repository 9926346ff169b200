"""The tables a query stands on: one value per entry of the FROM list.

``BaseTable`` is the first table, ``Join`` every other. Both are values: a promoted
or renamed join is a new object, so that clones of a query may share them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .constants import INNER, LOUTER

if TYPE_CHECKING:
    from collections.abc import Mapping


class MultiJoin(Exception):
    """A path needs a multi-valued relation where none is allowed (see ``split_exclude``)."""

    def __init__(self, names_pos: int, path_with_names: list[tuple[str, list[Any]]]) -> None:
        super().__init__(names_pos)
        self.level = names_pos
        # The path travelled so far; trimming the subquery needs it.
        self.names_with_path = path_with_names


class Empty:
    """An object without attributes, to be filled by its maker."""


class BaseTable:
    """The table a query begins with."""

    join_type: str | None = None
    parent_alias: str | None = None
    filtered_relation: Any = None
    nullable: bool = False
    join_field: Any = None

    def __init__(self, table_name: str, alias: str) -> None:
        self.table_name = table_name
        self.table_alias = alias

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.table_name} as {self.table_alias}>"

    def relabeled_clone(self, change_map: Mapping[str, str]) -> BaseTable:
        """Return the same table under the name that *change_map* gives it."""
        return type(self)(self.table_name, change_map.get(self.table_alias, self.table_alias))

    @property
    def identity(self) -> tuple[Any, ...]:
        """What makes two entries the same table in the same place."""
        return (type(self), self.table_name, self.table_alias)

    def equals(self, other: Any) -> bool:
        """Tell whether *other* is the same table, whatever condition hangs on it."""
        return isinstance(other, BaseTable) and self.identity == other.identity

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, BaseTable):
            return NotImplemented
        return self.identity == other.identity

    def __hash__(self) -> int:
        return hash(self.identity)


class Join(BaseTable):
    """A table reached from another one (``parent_alias``) by a relation (``join_field``)."""

    def __init__(
        self,
        table_name: str,
        parent_alias: str,
        table_alias: str | None,
        join_type: str,
        join_field: Any,
        nullable: bool,
        filtered_relation: Any = None,
    ) -> None:
        super().__init__(table_name, table_alias or "")
        self.parent_alias: str = parent_alias
        self.join_type: str = join_type
        self.join_field = join_field
        self.join_fields: tuple[tuple[Any, Any], ...] = tuple(join_field.get_joining_fields())
        self.nullable = nullable
        self.filtered_relation = filtered_relation

    @property
    def join_cols(self) -> tuple[tuple[str, str], ...]:
        """The column names of both sides."""
        return tuple((lhs.column, rhs.column) for lhs, rhs in self.join_fields)

    def relabeled_clone(self, change_map: Mapping[str, str]) -> Join:
        """Return it with renamed tables."""
        filtered = self.filtered_relation
        return self._replaced(
            parent_alias=change_map.get(self.parent_alias, self.parent_alias),
            table_alias=change_map.get(self.table_alias, self.table_alias),
            filtered_relation=filtered.relabeled_clone(change_map) if filtered is not None else None,
        )

    def demote(self) -> Join:
        """Return this join as an inner one."""
        return self._replaced(join_type=INNER)

    def promote(self) -> Join:
        """Return this join as a left outer one."""
        return self._replaced(join_type=LOUTER)

    def _replaced(self, **changes: Any) -> Join:
        clone = type(self).__new__(type(self))
        clone.__dict__.update(self.__dict__)
        clone.__dict__.update(changes)
        return clone

    @property
    def identity(self) -> tuple[Any, ...]:
        """What makes two joins the same."""
        return (type(self), self.table_name, self.parent_alias, self.join_field, self.filtered_relation)

    def equals(self, other: Any) -> bool:
        """Tell whether *other* is the same join, whatever condition hangs on it."""
        return isinstance(other, Join) and self.identity[:-1] == other.identity[:-1]


__all__ = ["BaseTable", "Empty", "Join", "MultiJoin"]
