"""
What SQLAdmin's forms do not know: floats, and column types of ours that are not what they are stored as.

SQLAdmin looks for a form field by the names of a column type's classes. It has none for SQLAlchemy's ``Float``, which is no
subclass of ``Numeric`` any more; without one every form of a model with a float fails. Called when ``sqladmin.forms`` is
imported; what SQLAdmin itself knows is left as it is.
"""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

COLUMN_TYPES = "fastjango.db.models.fields.column_types"


def install() -> None:
    """Teach SQLAdmin's model forms the types of our columns."""
    forms: Any = sys.modules["sqladmin.forms"]
    converter = forms.ModelConverter
    known: set[str] = set()
    for name in dir(converter):
        known |= getattr(getattr(converter, name), "_converter_for", frozenset())
    if "Float" not in known:
        converter.conv_float = forms.converts("Float")(_float)
    converter.conv_fastjango_duration = forms.converts(f"{COLUMN_TYPES}.Microseconds")(_by_name("conv_interval"))
    converter.conv_fastjango_uuid = forms.converts(f"{COLUMN_TYPES}.HexUUID")(_by_name("conv_uuid"))
    converter.conv_fastjango_declared = forms.converts("fastjango.db.sqlalchemy.declared.DeclaredType")(_declared)


def _float(self: Any, model: Any, prop: Any, kwargs: dict[str, Any]) -> Any:
    """Return the input of a float."""
    return sys.modules["wtforms"].FloatField(**kwargs)


def _by_name(name: str) -> Any:
    """Return a converter that is SQLAdmin's own of that name."""

    def convert(self: Any, model: Any, prop: Any, kwargs: dict[str, Any]) -> Any:
        return getattr(self, name)(model=model, prop=prop, kwargs=kwargs)

    return convert


def _declared(self: Any, model: Any, prop: Any, kwargs: dict[str, Any]) -> Any:
    """Return the input of the type that a column has in Python, whatever the database calls it."""
    column = SimpleNamespace(name=prop.columns[0].name, type=prop.columns[0].type.inner)
    return self.get_converter(SimpleNamespace(columns=[column]))(model=model, prop=prop, kwargs=kwargs)


__all__ = ["install"]
