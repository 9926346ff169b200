"""
Plain SQLAlchemy models as guests: a declarative class in an app's ``models.py`` gets a twin in the registry of models.

The twin is a model on the same table, made when the class is mapped. Migrations, the admin, serializers, schemas, querysets
and foreign keys work with the twin; ``Hero.objects`` and ``Hero._meta`` lead to it. Sessions go on with the class itself.
Objects of a queryset are the twin's: they have the columns, ``save()`` and relations, and none of the class's own methods.
"""

from __future__ import annotations

import decimal
from typing import Any

import sqlalchemy as sa

from fastjango.apps import apps
from fastjango.core.exceptions import ImproperlyConfigured, fix
from fastjango.db import models
from fastjango.db.models.declare import ModelBase

# SQLAlchemy's types, the special ones first, and the field that has the same values in the same column.
FIELDS: tuple[tuple[Any, Any], ...] = (
    (sa.Enum, models.CharField),
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
    (sa.LargeBinary, models.BinaryField),
    (sa.Uuid, models.UUIDField),
    (sa.JSON, models.JSONField),
)
KEYS = {
    models.BigIntegerField: models.BigAutoField,
    models.SmallIntegerField: models.SmallAutoField,
    models.IntegerField: models.AutoField,
}


def welcome(mapper: Any, cls: Any) -> None:
    """Give a declarative class of an installed app its twin; classes of other places are left alone."""
    if isinstance(cls, ModelBase) or mapper.local_table is None or not isinstance(mapper.local_table, sa.Table):
        return
    config = apps.get_containing_app_config(cls.__module__) if apps.apps_ready else None
    if config is None or mapper.single or "_meta" in cls.__dict__:
        return
    twin = make_twin(cls, mapper, config.label)
    cls._meta = twin._meta
    cls.objects = twin._default_manager
    cls._default_manager = twin._default_manager
    cls._base_manager = twin._base_manager
    cls.DoesNotExist = twin.DoesNotExist
    cls.MultipleObjectsReturned = twin.MultipleObjectsReturned


def make_twin(cls: Any, mapper: Any, app_label: str) -> Any:
    """Return the model on the table of *cls*."""
    table = mapper.local_table
    # By column: asking for all properties would configure mappers that are not all there yet.
    names = {column: mapper.get_property_by_column(column).key for column in table.columns}
    body: dict[str, Any] = {
        "__module__": cls.__module__,
        "__qualname__": cls.__qualname__,
        "__doc__": cls.__doc__,
        "guest": cls,
        "_guest_defaults": {},
    }
    keys = list(table.primary_key.columns)
    fields: list[Any] = []
    for column in table.columns:
        name = names[column]
        field = field_of(column, name, alone=len(keys) == 1)
        if field.is_relation and any(other.is_relation for other in fields if _same_target(other, field)):
            # Two keys to one table cannot both be found under its usual name.
            field.remote_field.related_name = f"{cls.__name__.lower()}_{name}_set"
            field._related_name = field.remote_field.related_name
        fields.append(field)
        body[field_name(field, name)] = field
        if column.default is not None and column.default.is_callable:
            body["_guest_defaults"][name] = column.default.arg
    if len(keys) > 1:
        body["pk"] = models.CompositePrimaryKey(*(names[column] for column in keys))
    options = {"app_label": app_label, "db_table": table.fullname, **_table_options(table, names)}
    body["Meta"] = type("Meta", (), options)
    body["__str__"] = _text_of(cls)
    body["save"] = _save
    return ModelBase(cls.__name__, (models.Model,), body)


def _table_options(table: sa.Table, names: dict[Any, str]) -> dict[str, Any]:
    """Return the indexes and unique constraints that a table names."""
    indexes = [
        models.Index(fields=[names[column] for column in index.columns], name=str(index.name))
        for index in sorted(table.indexes, key=lambda index: str(index.name))
        if not index.unique and len(index.columns) > 1 and all(column in names for column in index.columns)
    ]
    constraints = [
        models.UniqueConstraint(fields=[names[column] for column in constraint.columns], name=str(constraint.name))
        for constraint in sorted(table.constraints, key=lambda constraint: str(constraint.name))
        if isinstance(constraint, sa.UniqueConstraint) and len(constraint.columns) > 1 and constraint.name
    ]
    return {"indexes": indexes, "constraints": constraints}


def _text_of(cls: Any) -> Any:
    """Return the class's own ``__str__`` for the twin: it reads columns only, as a rule."""
    own = cls.__dict__.get("__str__")
    return own if own is not None else models.Model.__str__


def _save(self: Any, *args: Any, **kwargs: Any) -> None:
    """Fill in the defaults that are functions, and save."""
    for name, make in self._guest_defaults.items():
        if getattr(self, name) is None:
            setattr(self, name, make(None))
    models.Model.save(self, *args, **kwargs)


def field_name(field: Any, name: str) -> str:
    """Return what the field is called: a relation loses the ``_id`` of its column."""
    if field.is_relation and name.endswith("_id"):
        return name[:-3]
    return name


def _same_target(one: Any, other: Any) -> bool:
    return bool(one.is_relation and one.remote_field.model is other.remote_field.model)


def field_of(column: sa.Column[Any], name: str, *, alone: bool) -> Any:
    """
    Return the field of a column.

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
    if column.default is not None and column.default.is_scalar:
        default: Any = column.default
        value = default.arg
        options["default"] = getattr(value, "name", value) if isinstance(column.type, sa.Enum) else value
    target = _target(column)
    if target is not None:
        on_delete = models.SET_NULL if column.nullable else models.CASCADE
        kind = models.OneToOneField if column.unique or (column.primary_key and alone) else models.ForeignKey
        options.pop("unique", None)
        if column.primary_key and alone:
            options["primary_key"] = True
        return kind(target, on_delete, **options)
    options["db_index"] = bool(column.index) and not column.unique
    kind = _kind(column)
    if column.primary_key and alone:
        options = {"db_column": column.name, "primary_key": True}
        if kind in KEYS and column.autoincrement in (True, "auto"):
            return KEYS[kind](**options)
    return kind(**options, **_size(column, kind))


def _kind(column: sa.Column[Any]) -> Any:
    kind: Any = column.type
    while isinstance(kind, sa.types.TypeDecorator):
        kind = kind.impl_instance
    for known, field in FIELDS:
        if isinstance(kind, known):
            if known is sa.String and kind.length is None:
                return models.TextField
            return field
    raise fix(
        ImproperlyConfigured(f"{column.table.name}.{column.name}: no field has the values of {column.type!r}."),
        "declare the table as a Django-style model, or keep the class out of the app's models module",
        code="models.Q205",
    )


def _size(column: sa.Column[Any], kind: Any) -> dict[str, Any]:
    """Return the arguments that say how large a value may be."""
    if isinstance(column.type, sa.Enum):
        return {
            "max_length": column.type.length or max(map(len, column.type.enums)),
            "choices": [(name, name) for name in column.type.enums],
        }
    if kind is models.CharField:
        return {"max_length": getattr(column.type, "length", None)}
    if kind is models.DecimalField:
        return {
            "max_digits": getattr(column.type, "precision", None) or decimal.getcontext().prec,
            "decimal_places": getattr(column.type, "scale", None) or 0,
        }
    return {}


def _target(column: sa.Column[Any]) -> Any:
    """Return the model that a foreign key of one column points at, None where there is none or it is not known yet."""
    for key in column.foreign_keys:
        if key.constraint is not None and len(key.constraint.elements) > 1:
            continue
        spec = key._get_colspec()
        name = spec.rsplit(".", 1)[0]
        if column.table is not None and name == column.table.fullname:
            return "self"
        for configs in apps.all_models.values():
            for model in configs.values():
                if model._meta.db_table == name:
                    return model
    return None


__all__ = ["field_of", "make_twin", "welcome"]
