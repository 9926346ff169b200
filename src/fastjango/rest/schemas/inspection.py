"""What describes a view in schemas: an object bound to the view when it is asked for."""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

from fastjango.rest.settings import api_settings


class ViewInspector:
    """A descriptor on view classes; each view object gets its own inspector, which knows the view."""

    instance_order = 0

    def __init__(self) -> None:
        self.instance_schemas: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()
        self._view: Any = None

    def __get__(self, instance: Any, owner: Any) -> Any:
        if instance in self.instance_schemas:
            return self.instance_schemas[instance]
        self.view = instance
        return self

    def __set__(self, instance: Any, other: Any) -> None:
        self.instance_schemas[instance] = other
        if other is not None:
            other.view = instance

    @property
    def view(self) -> Any:
        """The view that is described."""
        if self._view is None:
            raise AssertionError(
                "Schema generation REQUIRES a view instance. (Hint: you accessed `schema` from the view class rather than an "
                "instance.)"
            )
        return self._view

    @view.setter
    def view(self, value: Any) -> None:
        self._view = value

    @view.deleter
    def view(self) -> None:
        self._view = None


class DefaultSchema(ViewInspector):
    """The class that ``DEFAULT_SCHEMA_CLASS`` names, made when it is needed."""

    def __get__(self, instance: Any, owner: Any) -> Any:
        found = super().__get__(instance, owner)
        if found is not self:
            return found
        schema_class = api_settings.DEFAULT_SCHEMA_CLASS
        if schema_class is None:
            return None
        if not issubclass(schema_class, ViewInspector):
            raise AssertionError("DEFAULT_SCHEMA_CLASS must be set to a ViewInspector (usually an AutoSchema) subclass")
        inspector = schema_class()
        inspector.view = instance
        return inspector


__all__ = ["DefaultSchema", "ViewInspector"]
