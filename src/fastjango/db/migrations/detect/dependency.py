"""What an operation needs to come before it."""

from __future__ import annotations

from enum import Enum
from typing import Any, NamedTuple

from fastjango.conf import settings


class _Dependency(NamedTuple):
    app_label: str
    model_name: Any
    field_name: Any
    type: Any


class OperationDependency(_Dependency):
    """A model, or a field of it, that must be created, altered or removed first."""

    __slots__ = ()

    class Type(Enum):
        """What must have happened."""

        CREATE = 0
        REMOVE = 1
        ALTER = 2
        REMOVE_ORDER_WRT = 3
        ALTER_FOO_TOGETHER = 4
        REMOVE_INDEX_OR_CONSTRAINT = 5

    @property
    def model_name_lower(self) -> str:
        """The model's name in lower case."""
        return str(self.model_name).lower()

    @property
    def field_name_lower(self) -> str:
        """The field's name in lower case."""
        return str(self.field_name).lower()


def dependencies_for_foreign_key(
    app_label: str, model_name: str, field: Any, resolve: Any
) -> list[OperationDependency]:
    """Return what a relation needs: its target, and the table in the middle."""
    remote_field_model = None
    if hasattr(field.remote_field, "model"):
        remote_field_model = field.remote_field.model
    swappable_setting = getattr(field, "swappable_setting", None)
    if swappable_setting is not None:
        dep_app_label = "__setting__"
        dep_object_name = swappable_setting
    else:
        dep_app_label, dep_object_name = resolve(remote_field_model, app_label, model_name)
    found = [OperationDependency(dep_app_label, dep_object_name, None, OperationDependency.Type.CREATE)]
    if getattr(field.remote_field, "through", None):
        through_app_label, through_object_name = resolve(field.remote_field.through, app_label, model_name)
        found.append(OperationDependency(through_app_label, through_object_name, None, OperationDependency.Type.CREATE))
    return found


def swapped_target(dependency: Any) -> tuple[str, str]:
    """Return the model that a ``__setting__`` dependency stands for."""
    app_label, model_name = getattr(settings, dependency[1]).split(".")
    return app_label, model_name.lower()
