"""
What describes a view in schemas: an object bound to the view when it is asked for.

Stands below ``views.py``, which holds one on each view class; what fills schemas stands above it, in ``schemas/``.
"""

from __future__ import annotations

import re
from typing import Any
from weakref import WeakKeyDictionary

from fastjango.rest.settings import api_settings
from fastjango.rest.utils import formatting
from fastjango.utils.encoding import smart_str


class ViewInspector:
    """A descriptor on view classes; each view object gets its own inspector, which knows the view."""

    #: How a section begins in a view's docstring: ``get: what GET does``.
    header_regex = re.compile("^[a-zA-Z][0-9A-Za-z_]*:")

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

    def get_description(self, path: str, method: str) -> str:
        """Return the docstring of the method or action, else the section of the view's description that is about it."""
        view = self.view
        name = getattr(view, "action", method.lower())
        handler = getattr(view, name, None)
        docstring = handler.__doc__
        # What generic views do is the project's business to describe, not theirs.
        if docstring and not handler.__module__.startswith(f"{__package__}."):
            return self._get_description_section(view, method.lower(), formatting.dedent(smart_str(docstring)))
        return self._get_description_section(view, name, view.get_view_description())

    def _get_description_section(self, view: Any, header: str, description: str) -> str:
        """Return the part of *description* below ``header:``, or what stands above all headers."""
        sections, current = {"": ""}, ""
        for line in description.splitlines():
            if self.header_regex.match(line):
                current, _colon, lead = line.partition(":")
                sections[current] = lead.strip()
            else:
                sections[current] += "\n" + line
        for name in (header, api_settings.SCHEMA_COERCE_METHOD_NAMES.get(header, "")):
            if name in sections:
                return sections[name].strip()
        return sections[""].strip()


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
