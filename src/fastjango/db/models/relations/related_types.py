"""``Related[M]``: the type of an attribute that gives a manager of related objects.

For annotations that no checker can infer: ``product_set: Related[Product]``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar, overload

M = TypeVar("M")

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy.orm import InstrumentedAttribute

    from fastjango.db.models.manager import Manager

    class Related(Manager[M]):
        """A manager of related objects."""

        @overload
        def __get__(self, instance: None, owner: Any) -> InstrumentedAttribute[list[M]]: ...
        @overload
        def __get__(self, instance: object, owner: Any = None) -> Self: ...
        def __get__(self, instance: Any, owner: Any = None) -> Any:
            """Return the manager; on the class SQLAlchemy's relationship."""

        def add(self, *objs: M | Any, bulk: bool = True, through_defaults: Any = None) -> None:
            """Relate *objs*."""

        async def aadd(self, *objs: M | Any, bulk: bool = True, through_defaults: Any = None) -> None:
            """See ``add``."""

        def remove(self, *objs: M | Any, bulk: bool = True) -> None:
            """End the relation to *objs*."""

        async def aremove(self, *objs: M | Any, bulk: bool = True) -> None:
            """See ``remove``."""

        def clear(self, *, bulk: bool = True) -> None:
            """End the relation to all objects."""

        async def aclear(self, *, bulk: bool = True) -> None:
            """See ``clear``."""

        def set(
            self, objs: Iterable[M | Any], *, bulk: bool = True, clear: bool = False, through_defaults: Any = None
        ) -> None:
            """Make *objs* the related objects."""

        async def aset(
            self, objs: Iterable[M | Any], *, bulk: bool = True, clear: bool = False, through_defaults: Any = None
        ) -> None:
            """See ``set``."""

        # The model between, of a many-to-many relation.
        through: Any

        # In a session of SQLAlchemy, and of a new object, it is a collection.
        def append(self, item: M) -> None:
            """Add a member to a session's collection."""

        def extend(self, items: Iterable[M]) -> None:
            """Add members to a session's collection."""

        def __iter__(self) -> Iterator[M]: ...
        def __len__(self) -> int: ...

else:

    class Related(Generic[M]):
        """A manager of related objects; at run time only a name for annotations."""


__all__ = ["Related"]
