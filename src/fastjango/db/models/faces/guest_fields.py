"""
The fields of a guest: from a column of a plain SQLAlchemy class to the field with the same values in the same column.

Used by ``guests.py``.
"""

from __future__ import annotations

import contextlib
import dataclasses
import decimal
import enum
import json
import re
import sys
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from fastjango.core.exceptions import ImproperlyConfigured, fix
from fastjango.db import models
from fastjango.db.models.faces.guest_types import UnboundedDecimal, decorated, is_own
from fastjango.db.models.fields.attribute import DeferredAttribute
from fastjango.db.models.functions import Now
from fastjango.utils.module_loading import import_string

# SQLAlchemy's types, the special ones first, and the field that has the same values in the same column.
FIELDS: tuple[tuple[Any, Any], ...] = (
    (sa.Text, models.TextField),
    (sa.String, models.CharField),
    (sa.BigInteger, models.BigIntegerField),
    (sa.SmallInteger, models.SmallIntegerField),
    (sa.Integer, models.IntegerField),
    (sa.Boolean, models.BooleanField),
    (sa.Float, models.FloatField),
    (sa.Numeric, models.DecimalField),
    (sa.DateTime, models.DateTimeField),
    (sa.Date, models.DateField),
    (sa.Time, models.TimeField),
    (sa.Interval, models.DurationField),
    (sa.LargeBinary, models.BinaryField),
    (sa.Uuid, models.UUIDField),
    (sa.JSON, models.JSONField),
    (postgresql.INET, models.GenericIPAddressField),
)
# Found by its path: PostgreSQL's room stands above this one.
ARRAY_FIELD = "fastjango.contrib.postgres.fields.ArrayField"
KEYS = {
    models.BigIntegerField: models.BigAutoField,
    models.SmallIntegerField: models.SmallAutoField,
    models.IntegerField: models.AutoField,
}
NOW = re.compile(r"(now|current_timestamp|localtimestamp)(\(\))?", re.IGNORECASE)
NUMBER = re.compile(r"-?\d+(\.\d+)?")


class MemberAttribute(DeferredAttribute):
    """Keeps members: a value or a name that is assigned becomes the member it stands for."""

    def __set__(self, instance: Any, value: Any) -> None:
        field: Any = self.field
        instance.__dict__[field.attname] = field.member(value)


class NamedMember(models.CharField[Any, Any]):
    """
    A column that holds the name of an enum's member, as SQLAlchemy writes it; migrations see text.

    Outside of the database a member goes by its value, as with Pydantic: in forms, in JSON, in filters of the admin.
    """

    descriptor_class = MemberAttribute
    # A text is not stored as it is: it may be the value of a member.
    has_own_values = True

    def __init__(self, *args: Any, members: Any = None, **kwargs: Any) -> None:
        self.members = members
        super().__init__(*args, **kwargs)

    def member(self, value: Any) -> Any:
        """Return the member of a value, else of a name; what is neither stays what it is."""
        if value is None or isinstance(value, self.members) or hasattr(value, "resolve_expression"):
            return value
        for known in self.members:
            if known.value == value or str(known.value) == value:
                return known
        return self.members.__members__.get(value, value) if isinstance(value, str) else value

    def contribute_to_class(self, cls: Any, name: str, private_only: bool = False) -> None:
        """Bind the field; ``get_..._display()`` gives the name of the member."""
        super().contribute_to_class(cls, name, private_only)
        field = self

        def display(instance: Any) -> str:
            value = instance.__dict__.get(field.attname)
            return value.name if isinstance(value, enum.Enum) else str(value)

        setattr(cls, f"get_{name}_display", display)

    def python_annotation(self, python_type: Any) -> Any:
        """Return the enum, for schemas."""
        return self.members

    def deconstruct(self) -> tuple[Any, str, Any, dict[str, Any]]:
        """Return what builds a plain text field."""
        name, _, args, keywords = super().deconstruct()
        if isinstance(keywords.get("default"), enum.Enum):
            keywords["default"] = keywords["default"].name
        return name, "fastjango.db.models.CharField", args, keywords

    def clone(self) -> Any:
        """Return the plain field that migrations work with."""
        _, _, args, keywords = self.deconstruct()
        return models.CharField(*args, **keywords)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        """Return the member of a stored name."""
        return value if value is None else self.members[value]

    def to_python(self, value: Any) -> Any:
        """Return the member that a form or a fixture names."""
        return self.member(value)

    def get_prep_value(self, value: Any) -> Any:
        """Return the name of a member."""
        found = self.member(value)
        return found.name if isinstance(found, enum.Enum) else super().get_prep_value(found)

    def value_to_string(self, obj: Any) -> str:
        """Return the value, for fixtures."""
        return str(self.value_from_object(obj))

    def value_from_object(self, obj: Any) -> Any:
        """Return the value: what the choices of a form are called."""
        value = super().value_from_object(obj)
        return value.value if isinstance(value, enum.Enum) else value

    def validate(self, value: Any, model_instance: Any) -> None:
        """Check the value among the choices."""
        super().validate(getattr(value, "value", value), model_instance)

    def run_validators(self, value: Any) -> None:
        """Check the length of the name."""
        super().run_validators(getattr(value, "name", value))


def field_of(cls: Any, column: sa.Column[Any], name: str, *, alone: bool, target: Any = None) -> Any:
    """
    Return the field of a column.

    Args:
        alone: Whether a primary key has this column only.
        target: What a foreign key points at, a model or the name of one.
    Raises:
        ImproperlyConfigured: Its type has no field.
    """
    options: dict[str, Any] = {"db_column": column.name, "null": bool(column.nullable)}
    if column.nullable:
        options["blank"] = True
    if column.unique:
        options["unique"] = True
    if column.comment:
        options["help_text"] = column.comment
    _defaults(cls, column, name, options)
    if target is not None:
        kind: Any = models.OneToOneField if column.unique or (column.primary_key and alone) else models.ForeignKey
        options.pop("unique", None)
        if column.primary_key and alone:
            options["primary_key"] = True
        return kind(target, _on_delete(column), **options)
    options["db_index"] = bool(column.index) and not column.unique
    kind = _kind(column)
    if is_own(column.type):
        kind = decorated(kind)
        options["decorator"] = column.type
    if column.primary_key and alone:
        kept = {key: options[key] for key in ("blank", "default", "db_default", "decorator") if key in options}
        options.clear()
        options.update({"db_column": column.name, "primary_key": True}, **kept)
        if kind in KEYS and column.autoincrement in (True, "auto"):
            return KEYS[kind](**options)
    return kind(**options, **_size(column, kind, column.type))


def _on_delete(column: sa.Column[Any]) -> Any:
    """Return what the constraint says, else what a session would do."""
    said = next((key.ondelete for key in column.foreign_keys if key.ondelete), "")
    known = {"CASCADE": models.CASCADE, "SET NULL": models.SET_NULL, "RESTRICT": models.PROTECT}.get(said.upper())
    return known or (models.SET_NULL if column.nullable else models.CASCADE)


def _defaults(cls: Any, column: sa.Column[Any], name: str, options: dict[str, Any]) -> None:
    """Add the default of the column, or of a dataclass's field, and the one of the database."""
    default: Any = column.default
    if default is not None and default.is_scalar:
        options["default"] = default.arg
    elif default is not None and default.is_callable:
        known = _importable(default.arg)
        if known is not None:
            options["default"] = known
        else:
            # Made when the row is written: no migration could name it.
            options["blank"] = True
    elif default is not None and default.is_clause_element:
        options["default"] = _expression(column, default.arg)
    else:
        declared = {item.name: item for item in dataclasses.fields(cls)} if dataclasses.is_dataclass(cls) else {}
        found = declared.get(name)
        if found is not None and found.default_factory is not dataclasses.MISSING:
            options["default"] = found.default_factory
    server: Any = column.server_default
    if isinstance(server, sa.DefaultClause):
        options["db_default"] = _expression(column, server.arg)
        # Left empty, the database gives the value.
        options["blank"] = True
    if _is_empty(options.get("default")):
        options["blank"] = True


def _is_empty(default: Any) -> bool:
    """Whether a default is an empty text, list or dictionary: then nothing is a value that may be given."""
    value = default() if default in (bytes, dict, list, set, str, tuple) else default
    return isinstance(value, (bytes, dict, list, str)) and not value


def _importable(make: Any) -> Any:
    """Return the function behind a default, if a migration could name it; else None."""
    found = getattr(make, "__wrapped__", None)
    module = sys.modules.get(getattr(found, "__module__", "") or "")
    name = getattr(found, "__qualname__", "")
    return found if name.isidentifier() and getattr(module, name, None) is found else None


class Filled:
    """``pre_save`` of a field whose values SQLAlchemy would make: defaults, ``onupdate``, the name of the class."""

    def __init__(self, field: Any, column: sa.Column[Any], *, is_kind: bool) -> None:
        self.field = field
        default: Any = column.default
        self.make = default.arg if default is not None and default.is_callable else None
        onupdate: Any = column.onupdate
        self.onupdate: Any = None
        if onupdate is not None:
            value = onupdate.arg
            self.onupdate = value if onupdate.is_callable else (lambda context: value)
            if onupdate.is_clause_element:
                expression = _expression(column, value)
                self.onupdate = lambda context: expression
        # Whether the column says of which class of a hierarchy the row is.
        self.is_kind = is_kind
        # Whether NULL is no value, and stands for what the database gives.
        self.by_database = isinstance(column.server_default, sa.DefaultClause) and not column.nullable

    @property
    def is_needed(self) -> bool:
        """Whether a value would be made at all."""
        return self.is_kind or self.make is not None or self.onupdate is not None or self.by_database

    def __call__(self, instance: Any, add: bool) -> Any:
        name = self.field.attname
        if not add:
            if self.onupdate is not None:
                setattr(instance, name, self.onupdate(None))
        elif self.is_kind:
            setattr(instance, name, type(instance).guest_identity)
        elif self.make is not None and getattr(instance, name) in (None, ""):
            setattr(instance, name, self.make(None))
        if self.by_database and getattr(instance, name) is None:
            if add:
                setattr(instance, name, self.field.get_default())
            else:
                # The row keeps what it has; who asks for it reads it again.
                del instance.__dict__[name]
                return models.F(self.field.name)
        return getattr(instance, name)

    def key(self, instance: Any) -> Any:
        """Return a new key (``get_pk_value_on_save``)."""
        return self.make(None) if self.make is not None else None


def _expression(column: sa.Column[Any], value: Any) -> Any:
    """
    Return a default of the database as a value or an expression.

    Raises:
        ImproperlyConfigured: It is neither a constant nor the current time.
    """
    text = value if isinstance(value, str) else str(getattr(value, "text", value))
    plain = text.strip().strip("()") if not isinstance(value, str) else text
    if not isinstance(value, str) and NOW.fullmatch(text.strip()):
        return Now()
    kind = column.type
    if isinstance(kind, sa.Boolean) and plain.lower() in {"0", "1", "true", "false", "t", "f"}:
        return plain.lower() in {"1", "true", "t"}
    if isinstance(kind, (sa.Integer, sa.Float, sa.Numeric)) and NUMBER.fullmatch(plain.strip("'")):
        number = plain.strip("'")
        return int(number) if isinstance(kind, sa.Integer) else decimal.Decimal(number)
    if isinstance(kind, sa.Enum) and kind.enum_class is not None and plain.strip("'") in kind.enums:
        return plain.strip("'")
    if isinstance(value, str) and isinstance(kind, (sa.ARRAY, sa.JSON)):
        found = _literal(kind, value)
        if found is not None:
            return found
    if isinstance(value, str) and isinstance(kind, (sa.String, sa.DateTime, sa.Date, sa.Time, postgresql.INET)):
        return Now() if not isinstance(kind, sa.String) and NOW.fullmatch(value) else value
    if text.startswith("'") and text.endswith("'"):
        return text[1:-1].replace("''", "'")
    raise fix(
        ImproperlyConfigured(
            f"{column.table.name}.{column.name}: the default {text!r} is neither a constant nor now()."
        ),
        "give a constant, func.now(), or a default that is a Python function",
        code="models.Q205",
    )


def _literal(kind: Any, text: str) -> Any:
    """Return the list or the JSON value that *text* says; None where it says none."""
    if isinstance(kind, sa.ARRAY):
        return [] if text == "{}" else None
    with contextlib.suppress(ValueError):
        return json.loads(text)
    return None


def _kind(column: sa.Column[Any], kind: Any = None) -> Any:
    """Return the class of the field for the type of *column*, or for *kind*, the type of its items."""
    kind = column.type if kind is None else kind
    while isinstance(kind, sa.types.TypeDecorator) and not isinstance(kind, sa.Interval):
        kind = kind.impl_instance
    if isinstance(kind, sa.Enum):
        return models.CharField if kind.enum_class is None else NamedMember
    if isinstance(kind, sa.ARRAY):
        return import_string(ARRAY_FIELD)
    for known, field in FIELDS:
        if isinstance(kind, known):
            if known is sa.String and kind.length is None:
                return models.TextField
            if known is sa.Numeric and kind.precision is None:
                return UnboundedDecimal
            return field
    raise fix(
        ImproperlyConfigured(f"{column.table.name}.{column.name}: no field has the values of {kind!r}."),
        "declare the table as a Django-style model, or keep the class out of the app's models module",
        code="models.Q205",
    )


def _size(column: sa.Column[Any], kind: Any, stored: Any) -> dict[str, Any]:
    """Return the arguments that say how large a value of the type *stored* may be, and what the items of an array are."""
    if isinstance(stored, sa.Enum):
        sized: dict[str, Any] = {
            "max_length": stored.length or max(map(len, stored.enums)),
            "choices": [(name, name) for name in stored.enums],
        }
        if kind is NamedMember:
            sized["members"] = stored.enum_class
            members: Any = stored.enum_class
            sized["choices"] = [(found.value, found.name) for found in members]
        # Migrations make a text column of it on every database.
        stored.native_enum = False
        return sized
    kind = getattr(kind, "plain", kind)
    if isinstance(stored, sa.ARRAY):
        return {"base_field": _items(column, stored)}
    if kind is models.CharField:
        return {"max_length": getattr(stored, "length", None)}
    if kind is models.DecimalField:
        return {
            "max_digits": getattr(stored, "precision", None) or decimal.getcontext().prec,
            "decimal_places": getattr(stored, "scale", None) or 0,
        }
    return {}


def _items(column: sa.Column[Any], stored: Any) -> Any:
    """Return the field of an array's items; one more array for each dimension."""
    item: Any = stored.item_type
    kind = _kind(column, item)
    base = kind(**_size(column, kind, item))
    for _ in range((stored.dimensions or 1) - 1):
        base = import_string(ARRAY_FIELD)(base_field=base)
    return base


__all__ = ["Filled", "NamedMember", "field_of"]
