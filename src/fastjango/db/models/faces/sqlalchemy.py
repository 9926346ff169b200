"""
A model as an entity of SQLAlchemy's ORM.

The first touch (``select(Book)``, ``Book.title > "x"``, ``session.add(book)``) maps the model and all models of its
registry imperatively. Columns become dual descriptors: on the class SQLAlchemy's attribute (with ``.field`` for code
written for Django), on an instance the plain value in ``__dict__``. Instances get SQLAlchemy's state when a session first
looks at them; objects that a session loads get ``_state``.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from sqlalchemy import event, orm
from sqlalchemy.orm import attributes, relationship
from sqlalchemy.orm.base import _MappedAttribute
from sqlalchemy.orm.instrumentation import manager_of_class
from sqlalchemy.orm.properties import ColumnProperty
from sqlalchemy.orm.relationships import RelationshipProperty

from fastjango.core.exceptions import AppRegistryNotReady, fix
from fastjango.db.engines import DEFAULT_DB_ALIAS
from fastjango.db.models.state import ModelState
from fastjango.db.models.table import metadata_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_registries: WeakKeyDictionary[Any, orm.registry] = WeakKeyDictionary()
_lock = threading.RLock()
_busy: set[Any] = set()


# --- attributes -----------------------------------------------------------------------------------


class _DjangoSide:
    """Lets ``Model.attribute`` answer what Django's descriptor answers (``.field``, ``.get_queryset``)."""

    prop: Any

    @property
    def field(self) -> Any:
        """The model field."""
        return self.prop.info["field"]

    def __getattr__(self, name: str) -> Any:
        try:
            return super().__getattr__(name)  # type: ignore[misc]  # SQLAlchemy makes attributes on demand
        except AttributeError:
            if name.startswith("__") or name == "prop":
                raise
        descriptor = self.prop.info.get("descriptor")
        if descriptor is None:
            raise AttributeError(name)
        return getattr(descriptor, name)


class ColumnComparator(_DjangoSide, ColumnProperty.Comparator[Any]):
    """A column's comparisons, with Django's side."""


class RelationComparator(_DjangoSide, RelationshipProperty.Comparator[Any]):
    """A relation's comparisons, with Django's side."""


class DualColumn(_MappedAttribute[Any]):
    """A column of a mapped model."""

    def __init__(self, name: str, attribute: Any, fallback: Any) -> None:
        self.name = name
        self.attribute = attribute
        self.fallback = fallback

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            return self.attribute
        data = instance.__dict__
        if self.name in data:
            return data[self.name]
        if _has_session(data):
            return self.attribute.__get__(instance, owner)
        return self.fallback.__get__(instance, owner)

    def __set__(self, instance: Any, value: Any) -> None:
        if "_sa_instance_state" in instance.__dict__:
            self.attribute.__set__(instance, value)
        else:
            instance.__dict__[self.name] = value

    def __delete__(self, instance: Any) -> None:
        try:
            del instance.__dict__[self.name]
        except KeyError:
            raise AttributeError(self.name) from None


class DualRelation(_MappedAttribute[Any]):
    """A relation of a mapped model."""

    def __init__(self, name: str, attribute: Any, fallback: Any) -> None:
        self.name = name
        self.attribute = attribute
        self.fallback = fallback

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            return self.attribute
        data = instance.__dict__
        if self.name in data:
            return data[self.name]
        if _has_session(data) and self.attribute.property.direction.name == "MANYTOONE":
            return self.attribute.__get__(instance, owner)
        return self.fallback.__get__(instance, owner)

    def __set__(self, instance: Any, value: Any) -> None:
        # Django's side checks the value and stores its key; the column follows at once, not at flush.
        self.fallback.__set__(instance, value)
        if "_sa_instance_state" in instance.__dict__ and self.attribute.property.direction.name == "MANYTOONE":
            self.attribute.__set__(instance, value)


def _has_session(data: dict[str, Any]) -> bool:
    state = data.get("_sa_instance_state")
    return state is not None and state.session_id is not None


# --- mapping --------------------------------------------------------------------------------------


@contextmanager
def _mapping(model: Any) -> Iterator[None]:
    """Keep class access from mapping again while *model* is being mapped."""
    _busy.add(model)
    try:
        yield
    finally:
        _busy.discard(model)


def is_mapped(model: Any) -> bool:
    """Whether *model* itself is mapped already."""
    manager = model.__dict__.get("_sa_class_manager")
    return manager is not None and manager.is_mapped


def registry_of(apps: Any) -> orm.registry:
    """Return SQLAlchemy's registry for an app registry."""
    found = _registries.get(apps)
    if found is None:
        found = _registries[apps] = orm.registry(metadata=metadata_of(apps))
    return found


def map_model(model: Any) -> Any:
    """
    Map *model*, its parents and the models it refers to; returns its mapper.

    Raises:
        AppRegistryNotReady: Models are still being loaded.
        TypeError: The model is abstract or swapped out.
    """
    with _lock:
        if is_mapped(model):
            return orm.class_mapper(model, configure=False)
        opts = model._meta
        if opts.abstract or opts.swapped:
            raise TypeError(f"{model.__name__} has no table of its own: it is abstract or swapped out.")
        if not opts.apps.models_ready:
            raise fix(
                AppRegistryNotReady("Models aren't loaded yet."),
                f"use {model.__name__} with SQLAlchemy after fastjango.setup()",
                code="models.Q201",
            )
        mapper = _map_one(model)
        for other in opts.apps.get_models(include_auto_created=True):
            if not is_mapped(other) and other not in _busy and not other._meta.swapped:
                _map_one(other)
        return mapper


def _map_one(model: Any) -> Any:
    opts = model._meta
    parent = None
    if opts.proxy:
        parent = opts.concrete_model
    elif opts.parents:
        parent = next((base for base, link in opts.parents.items() if link is not None), None)
    if parent is not None and not is_mapped(parent):
        _map_one(parent)
    with _mapping(model):
        init = model.__dict__.get("__init__")
        fallbacks = {name: value for cls in reversed(model.__mro__) for name, value in vars(cls).items()}
        options: dict[str, Any] = {}
        table: Any = None if opts.proxy else opts.table
        if parent is not None:
            options["inherits"] = orm.class_mapper(parent, configure=False)
            link = opts.parents.get(parent)
            if not opts.proxy and link is not None:
                target = parent._meta.table.c[link.target_field.column]
                options["inherit_condition"] = table.c[link.column] == target
        properties = {} if opts.proxy else _properties(model, table)
        mapper = registry_of(opts.apps).map_imperatively(model, table, properties=properties, **options)
        # Instances get their state when a session asks, not when they are made.
        if init is None:
            if "__init__" in model.__dict__:
                del model.__init__
        else:
            model.__init__ = init
        _install_duals(model, mapper, fallbacks)
        event.listen(model, "load", _loaded)
        event.listen(model, "expire", _expired)
    return mapper


def _properties(model: Any, table: Any) -> dict[str, Any]:
    """Return columns and relations of *model* for its mapper."""
    opts = model._meta
    properties: dict[str, Any] = {}
    for field in opts.local_concrete_fields:
        properties[field.attname] = orm.column_property(
            table.c[field.column],
            comparator_factory=ColumnComparator,
            info={"field": field, "descriptor": vars(model).get(field.attname)},
        )
    if opts.auto_created:
        # The hidden table of a many-to-many field: its collection writes it.
        return properties
    for field in opts.local_fields:
        if _is_plain_relation(field) and not field.remote_field.parent_link:
            properties[field.name] = _forward(model, field, table)
    for field in opts.local_many_to_many:
        if _is_known(field.remote_field.model) and _is_known(field.remote_field.through):
            properties[field.name] = _many(model, field)
    return properties


def _is_known(model: Any) -> bool:
    return not isinstance(model, str) and not model._meta.abstract and not model._meta.swapped


def _is_plain_relation(field: Any) -> bool:
    """Whether *field* is a foreign key with one column."""
    return (
        bool(field.remote_field is not None and field.concrete and _is_known(field.remote_field.model))
        and len(field.foreign_related_fields) == 1
    )


def _forward(model: Any, field: Any, table: Any) -> Any:
    """Return the relationship of a foreign key."""
    target = field.remote_field.model._meta.concrete_model

    def join() -> Any:
        return table.c[field.column] == _column(target, field.target_field)

    return relationship(
        lambda: _mapped(target),
        primaryjoin=join,
        foreign_keys=lambda: [table.c[field.column]],
        remote_side=lambda: [_column(target, field.target_field)],
        uselist=False,
        comparator_factory=RelationComparator,
        info={"field": field, "descriptor": vars(model).get(field.name)},
    )


def _column(model: Any, field: Any) -> Any:
    """Return the column of *field*, in the table of the parent that has it."""
    return field.model._meta.concrete_model._meta.table.c[field.column]


def _mapped(model: Any) -> Any:
    if not is_mapped(model):
        _map_one(model)
    return model


def _many(model: Any, field: Any) -> Any:
    """Return the relationship of a many-to-many field; written by Django's manager only."""
    through = field.remote_field.through
    source = through._meta.get_field(field.m2m_field_name())
    target = through._meta.get_field(field.m2m_reverse_field_name())
    secondary = through._meta.table
    other = field.remote_field.model._meta.concrete_model
    return relationship(
        lambda: _mapped(other),
        secondary=secondary,
        primaryjoin=lambda: _column(model, source.target_field) == secondary.c[source.column],
        secondaryjoin=lambda: _column(other, target.target_field) == secondary.c[target.column],
        viewonly=not through._meta.auto_created,
        comparator_factory=RelationComparator,
        info={"field": field, "descriptor": vars(model).get(field.name)},
    )


def _install_duals(model: Any, mapper: Any, fallbacks: dict[str, Any]) -> None:
    """Put dual descriptors over what SQLAlchemy has installed."""
    manager = manager_of_class(model)
    for name, attribute in list(manager.items()):
        if vars(model).get(name) is not attribute:
            continue
        fallback = fallbacks.get(name)
        while isinstance(fallback, (DualColumn, DualRelation)):
            fallback = fallback.fallback
        if fallback is None or isinstance(fallback, attributes.QueryableAttribute):
            continue
        kind = DualRelation if isinstance(mapper.attrs.get(name), RelationshipProperty) else DualColumn
        setattr(model, name, kind(name, attribute, fallback))


# --- instances ------------------------------------------------------------------------------------


def instance_state(instance: Any) -> Any:
    """Return SQLAlchemy's state of *instance*, made now if it had none."""
    model = type(instance)
    map_model(model)
    found = instance.__dict__.get("_sa_instance_state")
    if found is not None:
        return found
    manager = manager_of_class(model)
    state = instance.__dict__["_sa_instance_state"] = manager._state_constructor(instance, manager)
    if not instance._state.adding:
        # It stands for a row already: a session shall update, not insert.
        orm.make_transient_to_detached(instance)
    return state


def _loaded(instance: Any, context: Any) -> None:
    """Give an object that a session has loaded Django's state."""
    if "_state" not in instance.__dict__:
        state = ModelState()
        state.adding = False
        state.db = DEFAULT_DB_ALIAS
        instance._state = state


def _expired(instance: Any, attrs: Any) -> None:
    """Keep the key of an object that a commit has expired: without a session, Django loads the rest by it."""
    if instance is None:
        return  # it has been collected meanwhile
    data = instance.__dict__
    state = data.get("_sa_instance_state")
    if state is not None and state.key is not None:
        for column, value in zip(state.mapper.primary_key, state.key[1], strict=True):
            data.setdefault(state.mapper.get_property_by_column(column).key, value)


def class_attribute(descriptor: Any, owner: Any) -> Any:
    """Return SQLAlchemy's attribute for *descriptor* of *owner*; *descriptor* where there is none."""
    opts = getattr(owner, "_meta", None)
    if opts is None or owner in _busy or _busy or opts.abstract or opts.swapped or not opts.apps.models_ready:
        return descriptor
    field = getattr(descriptor, "field", None)
    if field is None or is_mapped(owner):
        return descriptor
    map_model(owner)
    name = (
        field.name
        if getattr(field, "is_relation", False) and not hasattr(descriptor, "_value_from_parent_link")
        else field.attname
    )
    found = manager_of_class(owner).get(name)
    return descriptor if found is None else found


def inspect_model(model: Any) -> Any:
    """Return the mapper of *model* for ``sqlalchemy.inspect``; ``None`` where it has none."""
    opts = model.__dict__.get("_meta")
    if opts is None or opts.abstract or opts.swapped:
        return None
    if _busy:
        # SQLAlchemy itself asks, in the middle of mapping.
        return orm.class_mapper(model, configure=False) if is_mapped(model) else None
    mapper = map_model(model)
    mapper._check_configure()
    return mapper
