"""
The ``on_delete`` kinds: what happens to the objects that refer to a deleted one.

A kind is a function ``kind(collector, field, sub_objs, using)``; projects may write their own. ``lazy_sub_objs`` says that
it only hands the queryset on, so that it need not be evaluated.
"""

from __future__ import annotations

from typing import Any, Protocol

from fastjango.db.connections import connections
from fastjango.db.models.deletion.errors import ProtectedError


class OnDelete(Protocol):
    """An ``on_delete`` kind."""

    def __call__(self, collector: Any, field: Any, sub_objs: Any, using: str) -> None:
        """Tell *collector* what becomes of *sub_objs*."""


def CASCADE(collector: Any, field: Any, sub_objs: Any, using: str) -> None:
    """Delete the referring objects too."""
    collector.collect(
        sub_objs,
        source=field.remote_field.model,
        source_attr=field.name,
        nullable=field.null,
        fail_on_restricted=False,
    )
    if field.null and not connections[using].features.can_defer_constraint_checks:
        collector.add_field_update(field, None, sub_objs)


def PROTECT(collector: Any, field: Any, sub_objs: Any, using: str) -> None:
    """Refuse the deletion."""
    target, owner = field.remote_field.model.__name__, sub_objs[0].__class__.__name__
    raise ProtectedError(
        f"Cannot delete some instances of model '{target}' because they are "
        f"referenced through a protected foreign key: '{owner}.{field.name}'",
        sub_objs,
    )


def RESTRICT(collector: Any, field: Any, sub_objs: Any, using: str) -> None:
    """Refuse the deletion, unless the referring objects are deleted by another way as well."""
    collector.add_restricted_objects(field, sub_objs)
    collector.add_dependency(field.remote_field.model, field.model)


class _SetTo:
    """``SET(value)``: give the referring objects another value."""

    def __init__(self, value: Any) -> None:
        self.value = value
        # A callable may cost a query or fail: it is called for objects that exist only.
        self.lazy_sub_objs = not callable(value)

    def __call__(self, collector: Any, field: Any, sub_objs: Any, using: str) -> None:
        value = self.value() if callable(self.value) else self.value
        collector.add_field_update(field, value, sub_objs)

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        """Return how a migration writes it."""
        return ("fastjango.db.models.SET", (self.value,), {})


def SET(value: Any) -> Any:
    """Return a kind that sets the relation to *value*, or to what *value* returns when it is called."""
    return _SetTo(value)


def SET_NULL(collector: Any, field: Any, sub_objs: Any, using: str) -> None:
    """Set the relation to NULL."""
    collector.add_field_update(field, None, sub_objs)


def SET_DEFAULT(collector: Any, field: Any, sub_objs: Any, using: str) -> None:
    """Set the relation to its default."""
    collector.add_field_update(field, field.get_default(), sub_objs)


def DO_NOTHING(collector: Any, field: Any, sub_objs: Any, using: str) -> None:
    """Leave everything to the database."""


# Not SET_DEFAULT: a default may be a callable, which is called for objects that exist only.
SET_NULL.lazy_sub_objs = True  # type: ignore[attr-defined]  # functions carry the mark as an attribute


# Migration files name them by their door.
for _kind in (CASCADE, PROTECT, RESTRICT, SET, SET_NULL, SET_DEFAULT, DO_NOTHING):
    _kind.__module__ = "fastjango.db.models.deletion"
