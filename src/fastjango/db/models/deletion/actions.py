"""The choices for ``on_delete``."""

from __future__ import annotations

from typing import Any

from fastjango.db import IntegrityError, connections


class ProtectedError(IntegrityError):
    """A protected row points at the deleted one."""

    def __init__(self, msg: str, protected_objects: Any) -> None:
        self.protected_objects = protected_objects
        super().__init__(msg, protected_objects)


class RestrictedError(IntegrityError):
    """A restricting row points at the deleted one and is not deleted itself."""

    def __init__(self, msg: str, restricted_objects: Any) -> None:
        self.restricted_objects = restricted_objects
        super().__init__(msg, restricted_objects)


def CASCADE(collector: Any, field: Any, sub_objs: Any, using: Any) -> None:  # noqa: N802
    """Delete the pointing rows, too."""
    collector.collect(
        sub_objs,
        source=field.remote_field.model,
        source_attr=field.name,
        nullable=field.null,
        fail_on_restricted=False,
    )
    if field.null and not connections[using].features.can_defer_constraint_checks:
        collector.add_field_update(field, None, sub_objs)


def PROTECT(collector: Any, field: Any, sub_objs: Any, using: Any) -> None:  # noqa: N802
    """Refuse the deletion."""
    raise ProtectedError(
        f"Cannot delete some instances of model '{field.remote_field.model.__name__}' because they are referenced through a protected foreign key: '{sub_objs[0].__class__.__name__}.{field.name}'",
        sub_objs,
    )


def RESTRICT(collector: Any, field: Any, sub_objs: Any, using: Any) -> None:  # noqa: N802
    """Refuse the deletion unless the pointing rows are deleted by another way."""
    collector.add_restricted_objects(field, sub_objs)
    collector.add_dependency(field.remote_field.model, field.model)


class SET:
    """Set the key to a value, or to what a function returns."""

    lazy_sub_objs = True

    def __init__(self, value: Any) -> None:
        self.value = value
        self.__name__ = "SET"

    def __call__(self, collector: Any, field: Any, sub_objs: Any, using: Any) -> None:
        value = self.value() if callable(self.value) else self.value
        collector.add_field_update(field, value, sub_objs)

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        """Return what builds this action again."""
        return "fastjango.db.models.SET", (self.value,), {}


def SET_NULL(collector: Any, field: Any, sub_objs: Any, using: Any) -> None:  # noqa: N802
    """Set the key to null."""
    collector.add_field_update(field, None, sub_objs)


SET_NULL.lazy_sub_objs = True  # type: ignore[attr-defined]


def SET_DEFAULT(collector: Any, field: Any, sub_objs: Any, using: Any) -> None:  # noqa: N802
    """Set the key to its default."""
    collector.add_field_update(field, field.get_default(), sub_objs)


SET_DEFAULT.lazy_sub_objs = True  # type: ignore[attr-defined]


def DO_NOTHING(collector: Any, field: Any, sub_objs: Any, using: Any) -> None:  # noqa: N802
    """Leave it to the database."""
