"""``QuerySet``: the face that people call. The verbs live in the files it inherits from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, TypeVar

from fastjango.db.models import face_slot
from fastjango.db.tags import shape_id

from .core import M
from .raw import RawQuerySet
from .returning import QuerySetReturning

if TYPE_CHECKING:
    from fastjango.db.models.faces.into import Into
    from fastjango.db.models.faces.statements import FromStatement

S = TypeVar("S")

_manager: list[Any] = []

BEYOND_DJANGO = (
    "akeyset_page",
    "aupdate_returning",
    "aupsert",
    "cte",
    "fetch_mode",
    "from_statement",
    "into",
    "keyset_page",
    "sql_tags",
    "top_n",
    "update_returning",
    "upsert",
    "with_cte",
)
"""Verbs of querysets and managers that Django's have not."""


def provide_manager(manager_class: Any) -> None:
    """Fill the slot for ``Manager``, which stands above this room (``manager.py`` does)."""
    _manager[:] = [manager_class]


class QuerySet(QuerySetReturning[M]):
    """
    A lazy question about one model's rows.

    Nothing is asked until it is iterated, indexed, counted or awaited; then the results
    are kept.
    """

    if TYPE_CHECKING:
        # Of managers alone, which to type checkers are their querysets.
        def db_manager(self, using: str | None = None, hints: Any = None) -> Self: ...

    @classmethod
    def as_manager(cls) -> Self:
        """Return a manager whose querysets are of this class; to type checkers it is one of them."""
        manager: Any = _manager[0].from_queryset(cls)()
        manager._built_with_asmanager = True
        return manager  # type: ignore[no-any-return]  # to whom asks it is a queryset

    as_manager.__func__.queryset_only = True  # type: ignore[attr-defined]

    def raw(
        self, raw_query: str, params: Any = (), translations: Any = None, using: str | None = None
    ) -> RawQuerySet[M]:
        """Return instances from SQL of your own; never build it from input."""
        queryset: RawQuerySet[M] = RawQuerySet(
            raw_query,
            model=self.model,
            params=params,
            translations=translations,
            using=using or self.db,
        )
        queryset._prefetch_related_lookups = self._prefetch_related_lookups
        return queryset

    def into(self, schema: type[S]) -> Into[S]:
        """
        Return the rows as objects of a Pydantic class, dataclass or ``TypedDict``; ``json()`` gives them as JSON.

        The class decides which columns, joins and further queries are needed; no instances are made where they are not.

        Raises:
            FieldError: A field of a dataclass or ``TypedDict`` is no column of the query.
        Queries: 1, and 1 per to-many relation of a Pydantic class, when it is iterated or awaited.
        """
        return face_slot.into(self, schema)  # type: ignore[no-any-return]

    @property
    def shape_id(self) -> str:
        """The id of this question on its database, as tags show it: the same in every process, whatever the values."""
        plan = self._shape.plan(self.db)
        return "" if plan is None else shape_id(plan.sql)

    @property
    def statement(self) -> Any:
        """The SQLAlchemy statement: ``select(Model)`` with the conditions, or the columns of ``values()``."""
        return face_slot.statement_of(self)

    def from_statement(self, statement: Any) -> FromStatement[M]:
        """Return the instances that a SQLAlchemy ``select()`` gives; read when iterated or awaited. Queries: 1."""
        return face_slot.from_statement(self.model, statement, self.db)  # type: ignore[no-any-return]


class InstanceCheckMeta(type):
    """Lets ``isinstance(qs, EmptyQuerySet)`` look at the query."""

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, QuerySet) and bool(instance._shape.query.is_empty())


class EmptyQuerySet(metaclass=InstanceCheckMeta):
    """What ``none()`` gives, for use with ``isinstance``."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise TypeError("EmptyQuerySet can't be instantiated")


__all__ = ["BEYOND_DJANGO", "EmptyQuerySet", "InstanceCheckMeta", "QuerySet", "provide_manager"]
