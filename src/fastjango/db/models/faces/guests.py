"""
Plain SQLAlchemy models as guests: a declarative class in an app's ``models.py`` gets a twin in the registry of models.

The twin is a model on the same table and a subclass of the class: it has its methods, properties and hybrids. Migrations, the
admin, serializers, schemas, querysets and foreign keys work with the twin; ``Hero.objects`` and ``Hero._meta`` lead to it.
Sessions go on with the class itself; what they do with a twin's object stands in ``guest_sessions.py``.

Twins are made together when the modules of models are loaded, or when somebody asks for one before: so classes may refer to
each other in any order.
"""

from __future__ import annotations

import contextlib
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import RelationshipProperty
from sqlalchemy.orm.mapper import _CONFIGURE_MUTEX

from fastjango.apps import apps
from fastjango.core.exceptions import ImproperlyConfigured, fix
from fastjango.db import models
from fastjango.db.models.declare import ModelBase
from fastjango.db.models.faces.guest_fields import Filled, field_of
from fastjango.db.models.faces.guest_sessions import prepare_guest
from fastjango.db.models.faces.guest_tables import (
    back_of,
    make_tables_between,
    relate_to_many,
    table_options,
    wide_keys,
)
from fastjango.db.models.faces.guest_types import agree

apps.before_models_ready.append(lambda: settle())
# Mapped classes that have no twin yet.
_waiting: list[tuple[Any, Any, str]] = []
_twins: dict[Any, Any] = {}


# --- arrival --------------------------------------------------------------------------------------


class OfTwin:
    """An attribute of the guest that is its twin's: ``objects``, ``_meta``."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        twin = _twins.get(owner)
        if twin is None and not isinstance(owner, ModelBase):
            try:
                settle()
            except AttributeError as exc:
                # Else it would look as if the attribute were missing.
                raise RuntimeError(f"The model of {owner.__name__} cannot be made.") from exc
            twin = _twins.get(owner)
        if twin is None:
            raise AttributeError(self.name)
        return getattr(twin, self.name)


SHOWN = ("_meta", "objects", "_default_manager", "_base_manager", "DoesNotExist", "MultipleObjectsReturned")


def welcome(mapper: Any, cls: Any) -> None:
    """Note a declarative class of an installed app; classes of other places are left alone."""
    if isinstance(cls, ModelBase) or not isinstance(mapper.local_table, sa.Table):
        return
    config = apps.get_containing_app_config(cls.__module__) if apps.apps_ready else None
    if config is None:
        return
    agree(mapper.local_table)
    _waiting.append((cls, mapper, config.label))
    for name in SHOWN:
        if name not in cls.__dict__:
            setattr(cls, name, OfTwin(name))
    if apps.models_ready:
        settle()


def settle() -> None:
    """Make the twins of all classes that wait for theirs, those that others are made of first."""
    # SQLAlchemy's lock, as everywhere where classes are mapped: another thread waits until all twins are there.
    with _CONFIGURE_MUTEX:
        made = list(_waiting)
        while _waiting:
            cls, mapper, label = _waiting[0]
            _make(cls, mapper, label)
        for cls, mapper, label in made:
            make_tables_between(cls, mapper, label)
        for cls, mapper, _ in made:
            relate_to_many(_twins[cls], mapper)


def _make(cls: Any, mapper: Any, label: str) -> Any:
    """Make the twin of a class, those of its parent and of what it refers to before."""
    _waiting[:] = [entry for entry in _waiting if entry[0] is not cls]
    parent = None if mapper.concrete or mapper.inherits is None else _twin_of(mapper.inherits.class_)
    if mapper.inherits is not None and parent is None and not mapper.concrete:
        raise fix(
            ImproperlyConfigured(
                f"{cls.__name__} inherits from {mapper.inherits.class_.__name__}, which is in no app."
            ),
            "put both into the models module of an installed app",
            code="models.Q205",
        )
    twin = _make_proxy(cls, mapper, label, parent) if mapper.single else make_twin(cls, mapper, label, parent)
    _twins[cls] = twin
    prepare_guest(cls, twin)
    return twin


def _twin_of(cls: Any) -> Any:
    """Return the twin of a class, made now if it waits; None where it has none."""
    for entry in _waiting:
        if entry[0] is cls:
            return _make(*entry)
    return _twins.get(cls)


# --- the twin -------------------------------------------------------------------------------------


class Wall:
    """Stands between ``Model`` and a guest: constructors and class hooks of the guest are not a twin's."""

    def __init__(self) -> None:
        pass

    def __init_subclass__(cls, **kwargs: Any) -> None:
        pass


class TwinBase(ModelBase):
    """Metaclass of twins: objects of the guest itself count as theirs, so a relation takes both."""

    def __instancecheck__(cls, instance: Any) -> bool:
        guest = cls.__dict__.get("guest")
        return super().__instancecheck__(instance) or (guest is not None and isinstance(instance, guest))


_metaclasses: dict[type, type] = {}


def _metaclass(cls: Any) -> Any:
    """Return the metaclass of models and of the guest in one."""
    kind = type(cls)
    if kind not in _metaclasses:
        _metaclasses[kind] = TwinBase if kind is type else type("TwinBase", (TwinBase, kind), {})
    return _metaclasses[kind]


def make_twin(cls: Any, mapper: Any, app_label: str, parent: Any = None) -> Any:
    """Return the model on the table of *cls*."""
    table = mapper.local_table
    # By column: asking for all properties would configure mappers that are not all there yet.
    names = {column: _name_of(mapper, column) for column in table.columns}
    body = _body(cls, mapper, parent)
    keys = list(table.primary_key.columns)
    taken: set[Any] = set()
    for column in table.columns:
        if parent is not None and column.primary_key:
            if len(keys) > 1:
                raise _unknown(cls, "a table of inheritance has more than one key")
            link = f"{parent._meta.model_name}_ptr"
            body[link] = models.OneToOneField(
                parent, models.CASCADE, parent_link=True, primary_key=True, db_column=column.name
            )
            continue
        body.update([_field(cls, mapper, column, names[column], len(keys) == 1, app_label, taken)])
    if len(keys) > 1:
        body["pk"] = models.CompositePrimaryKey(*(names[column] for column in keys))
    coming = {other.local_table.fullname: f"{label}.{found.__name__}" for found, other, label in _waiting}
    body.update(wide_keys(table, names, coming))
    options = {"app_label": app_label, "db_table": table.fullname, **table_options(table, names)}
    body["Meta"] = type("Meta", (), options)
    return _metaclass(cls)(cls.__name__, (parent or models.Model, Wall, cls), body)


def _name_of(mapper: Any, column: Any) -> str:
    """Return the attribute of a column, which may be one of a class that shares the table."""
    owner = next((known for known in mapper.self_and_descendants if column in known._columntoproperty), mapper)
    return str(owner.get_property_by_column(column).key)


def _make_proxy(cls: Any, mapper: Any, app_label: str, parent: Any) -> Any:
    """Return the model of a class that shares its parent's table."""
    known = {field.column for field in parent._meta.concrete_fields}
    added = [column.name for column in mapper.local_table.columns if column.name not in known]
    if added:
        # A class that comes after its parent's model was made: its columns are no part of that.
        raise _unknown(cls, f"{', '.join(added)} was added to the table of {parent.__name__} too late")
    body = _body(cls, mapper, parent)
    body["Meta"] = type("Meta", (), {"app_label": app_label, "proxy": True})
    if mapper.polymorphic_on is not None:
        kind = mapper.get_property_by_column(mapper.polymorphic_on).key
        body["objects"] = OfKind(kind, mapper)
    return _metaclass(cls)(cls.__name__, (parent, Wall, cls), body)


class OfKind(models.Manager[Any]):
    """The rows of one class of a hierarchy in one table."""

    def __init__(self, kind: str = "", mapper: Any = None) -> None:
        super().__init__()
        self.kind = kind
        self.mapper = mapper

    def get_queryset(self) -> Any:
        """Return the rows of the class and of its subclasses."""
        identities = [mapper.polymorphic_identity for mapper in self.mapper.self_and_descendants]
        return super().get_queryset().filter(**{f"{self.kind}__in": identities})


def _body(cls: Any, mapper: Any, parent: Any) -> dict[str, Any]:
    """Return what every twin has besides its fields."""
    body: dict[str, Any] = {
        "__module__": cls.__module__,
        "__qualname__": cls.__qualname__,
        "__doc__": cls.__doc__,
        "__abstract__": True,  # for SQLAlchemy: it shall not map the twin
        "__eq__": _equal,
        "__hash__": models.Model.__hash__,
        "guest": cls,
        "guest_identity": mapper.polymorphic_identity,
        "migration_bases": (parent or models.Model,),
    }
    own = _own_text(cls)
    if own is not None:
        body["__str__"] = own
    return body


def _own_text(cls: Any) -> Any:
    """Return what the class says of its objects: ``__str__``, else ``__repr__``; None where it says nothing."""
    for name in ("__str__", "__repr__"):
        for base in cls.__mro__[:-1]:
            found = vars(base).get(name)
            if found is not None and not base.__module__.startswith("sqlalchemy."):
                return found
    return None


def _equal(self: Any, other: object) -> Any:
    """An object of the guest is equal to the twin's object of the same row."""
    if not isinstance(other, models.Model) and isinstance(other, self._meta.concrete_model.guest):
        key = self.pk
        return key is not None and key == other.pk  # type: ignore[attr-defined]  # guest_sessions.py gives it
    return models.Model.__eq__(self, other)


def _field(
    cls: Any, mapper: Any, column: Any, name: str, alone: bool, app_label: str, taken: set[Any]
) -> tuple[str, Any]:
    """Return name and field of a column; *taken* holds what has been referred to already."""
    target = _target(column, cls, app_label)
    field = field_of(cls, column, name, alone=alone, target=target)
    filled = Filled(field, column, is_kind=mapper.polymorphic_on is column)
    if filled.is_needed:
        field.pre_save = filled
        if filled.make is not None:
            # Nothing is what a new object has until it is written.
            field.empty_strings_allowed = False
        if column.primary_key and filled.make is not None and not field.has_default():
            field.get_pk_value_on_save = filled.key
    if not field.is_relation:
        return name, field
    relation = _relation_on(mapper, column, target)
    back = None if relation is None else back_of(relation)
    if back is None and (target in taken or hasattr(_class_behind(target, cls), cls.__name__.lower())):
        # Two keys to one table cannot both be found under its usual name, and an attribute keeps its own.
        back = f"{cls.__name__.lower()}_{name}_set"
    taken.add(target)
    if back is not None:
        field.remote_field.related_name = back
        field._related_name = back
    return (name[:-3] if name.endswith("_id") else name), field


def _target(column: Any, cls: Any, app_label: str) -> Any:
    """Return the model that a foreign key of one column points at, or its name; None where there is none."""
    for key in column.foreign_keys:
        if key.constraint is not None and len(key.constraint.elements) > 1:
            continue
        name = key._get_colspec().rsplit(".", 1)[0]
        if column.table is not None and name == column.table.fullname:
            return "self"
        for other, mapper, label in _waiting:
            if mapper.local_table.fullname == name and not mapper.single:
                return f"{label}.{other.__name__}"
        for configs in apps.all_models.values():
            for model in configs.values():
                if model._meta.db_table == name and not model._meta.proxy:
                    return "self" if getattr(model, "guest", None) is cls else model
    return None


def _class_behind(target: Any, cls: Any) -> Any:
    """Return the class that a foreign key of *cls* points at; None where it is no guest."""
    if target == "self":
        return cls
    if isinstance(target, str):
        name = target.rsplit(".", 1)[-1]
        return next((other for other, _, _ in _waiting if other.__name__ == name), None)
    return vars(target).get("guest")


# --- relationships --------------------------------------------------------------------------------


def _relation_on(mapper: Any, column: Any, target: Any) -> Any:
    """Return the relationship of the class that goes along the foreign key *column*; None where it cannot be told."""
    found = [prop for prop in mapper._props.values() if _is_by_key(prop)]
    named = [prop for prop in found if _named_column(prop) == column.name]
    if named:
        return named[0]
    keys = [other for other in mapper.local_table.columns if other.foreign_keys]
    same = [other for other in keys if _table_of(other) == _table_of(column)]
    wanted = target if isinstance(target, str) else target.__name__
    wanted = mapper.class_.__name__ if wanted == "self" else wanted.rsplit(".", 1)[-1]
    matching = [
        prop for prop in found if _named_column(prop) is None and _class_of(prop) == wanted and not _is_list(prop)
    ]
    return matching[0] if len(same) == 1 and len(matching) == 1 else None


def _is_by_key(prop: Any) -> bool:
    """Whether a property is a relationship without a table between."""
    return isinstance(prop, RelationshipProperty) and prop._init_args.secondary.argument is None


def _table_of(column: Any) -> str:
    return next(str(key._get_colspec()).rsplit(".", 1)[0] for key in column.foreign_keys)


def _named_column(prop: Any) -> str | None:
    """Return the name of the column that ``foreign_keys=`` names."""
    said: Any = prop._init_args.foreign_keys.argument
    named: Any = said
    if isinstance(said, (list, tuple)) and len(said) == 1:
        named = said[0]
    if isinstance(named, str):
        return named.strip("[]").rsplit(".", 1)[-1]
    with contextlib.suppress(AttributeError):
        return str(getattr(named, "column", named).name)
    return None


def _class_of(prop: Any) -> str | None:
    """Return the name of the class that a relationship leads to."""
    argument = prop.argument
    if isinstance(argument, type):
        return argument.__name__
    if isinstance(argument, str):
        return argument.strip("'\"").rsplit(".", 1)[-1]
    return None


def _is_list(prop: Any) -> bool:
    return bool(prop.uselist) or (prop.collection_class is not None)


def _unknown(cls: Any, why: str) -> ImproperlyConfigured:
    return fix(
        ImproperlyConfigured(f"{cls.__name__} cannot be a guest: {why}."),
        "declare it as a Django-style model, or keep it out of the app's models module",
        code="models.Q205",
    )


__all__ = ["make_twin", "settle", "welcome"]
