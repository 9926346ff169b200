"""
The members of a relation of an instance outside of a session, once SQLAlchemy knows the model.

``duals.py`` gives them: ``LoadedMembers`` for what a session has loaded, ``NewMembers`` for an instance without a row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any


class LoadedMembers(list[Any]):
    """The related objects that a session has loaded, of an instance that has left it: a list with a manager's methods."""

    def __init__(self, members: Any, manager: Any) -> None:
        super().__init__(members)
        self._members = members
        self.manager = manager

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_sa_"):
            raise AttributeError(name)
        return getattr(self.manager, name)

    def append(self, item: Any) -> None:
        """Add to SQLAlchemy's collection, which the next session writes."""
        super().append(item)
        self._members.append(item)

    def count(self, *value: Any) -> int:
        """Count the related objects, or how often *value* is in the list."""
        return super().count(*value) if value else int(self.manager.count())

    def remove(self, *objs: Any, **options: Any) -> None:
        """End the relation to *objs*; see the manager."""
        self.manager.remove(*objs, **options)

    def clear(self, **options: Any) -> None:
        """End the relation to all; see the manager."""
        self.manager.clear(**options)


class NewMembers:
    """The members of an instance that has no row yet: a collection that the next session writes, and Django's manager."""

    def __init__(self, dual: Any, instance: Any, owner: Any) -> None:
        self._dual = dual
        self._instance = instance
        self._owner = owner

    def _collection(self) -> Any:
        """Return SQLAlchemy's collection; it becomes the instance's own with its first member."""
        _ = self._instance._sa_instance_state
        return self._dual.attribute.__get__(self._instance, self._owner)

    def append(self, item: Any) -> None:
        """Add a member."""
        self._collection().append(item)

    def extend(self, items: Iterable[Any]) -> None:
        """Add members."""
        self._collection().extend(items)

    def __iadd__(self, items: Iterable[Any]) -> Any:
        collection = self._collection()
        collection.extend(items)
        return collection

    def __iter__(self) -> Iterator[Any]:
        return iter(self._collection())

    def __len__(self) -> int:
        return len(self._collection())

    def __bool__(self) -> bool:
        # A manager is true.
        return True

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_sa_"):
            raise AttributeError(name)
        # Django's manager, or what it says to an instance without a key.
        return getattr(self._dual.fallback.__get__(self._instance, self._owner), name)


__all__ = ["LoadedMembers", "NewMembers"]
