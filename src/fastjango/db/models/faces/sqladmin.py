"""
What SQLAdmin's forms do not know: floats, column types of ours that are not what they are stored as, and choices.

SQLAdmin looks for a form field by the names of a column type's classes. It has none for SQLAlchemy's ``Float``, which is no
subclass of ``Numeric`` any more; without one every form of a model with a float fails. Called when ``sqladmin.forms`` is
imported; what SQLAdmin itself knows is left as it is.
"""

from __future__ import annotations

import sys
from enum import Enum
from types import SimpleNamespace
from typing import Any

from sqlalchemy import LargeBinary

from fastjango.db.models.declare import ModelBase

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
    if not hasattr(converter.get_converter, "_knows_fields"):
        converter.get_converter = _by_field(converter.get_converter)


def _by_field(original: Any) -> Any:
    """Return ``get_converter`` that looks at the field of a model's column first."""

    def get_converter(self: Any, prop: Any) -> Any:
        field = prop.info.get("field") if hasattr(prop, "columns") and hasattr(prop, "info") else None
        if field is None or not isinstance(prop.parent.class_, ModelBase):
            return _none if _is_binary_of_guest(prop) else original(self, prop)
        if field.generated or (not field.editable and field.get_internal_type() == "BinaryField"):
            return _none
        return _select if field.choices else original(self, prop)

    get_converter._knows_fields = True  # type: ignore[attr-defined]
    return get_converter


def _is_binary_of_guest(prop: Any) -> bool:
    """Whether a property is a binary column of a plain SQLAlchemy class in an app: a text input would overwrite it."""
    columns = getattr(prop, "columns", ())
    if not (columns and isinstance(columns[0].type, LargeBinary)):
        return False
    return getattr(prop.parent.class_, "_meta", None) is not None


def _none(model: Any, prop: Any, kwargs: dict[str, Any]) -> None:
    """Return no input: the database makes the value, or nobody can type it."""


def _select(model: Any, prop: Any, kwargs: dict[str, Any]) -> Any:
    """Return the choices of a field."""
    field = prop.info["field"]
    choices = [(_text(value), str(label)) for value, label in field.flatchoices if _text(value)]
    known = {_text(value): field.to_python(value) for value, _ in field.flatchoices}
    if field.null:
        kwargs.setdefault("allow_blank", True)
    elif field.blank and field.empty_strings_allowed:
        choices.insert(0, ("", "---------"))
        known[""] = ""

    def coerce(value: Any) -> Any:
        try:
            return known[_text(value)]
        except KeyError:
            raise ValueError(value) from None

    kwargs.setdefault("choices", choices)
    kwargs.setdefault("coerce", coerce)
    return sys.modules["sqladmin.fields"].SelectField(**kwargs)


def _text(value: Any) -> str:
    """Return a choice as it stands in HTML."""
    plain = value.value if isinstance(value, Enum) else value
    return "" if plain is None else str(plain)


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
