"""
A model as an entity of SQLAlchemy's ORM.

The first touch (``select(Book)``, ``Book.title > "x"``, ``session.add(book)``) maps the model and all models of its
registry imperatively. Columns and relations become dual descriptors (``duals.py``, ``relationships.py``): on the class
SQLAlchemy's attribute (with ``.field`` for code written for Django), on an instance the plain value in ``__dict__``.
Instances get SQLAlchemy's state when a session first looks at them; objects that a session loads get ``_state``
(``instances.py``).
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from sqlalchemy import orm
from sqlalchemy.orm import attributes
from sqlalchemy.orm.instrumentation import manager_of_class
from sqlalchemy.orm.relationships import RelationshipProperty

from fastjango.core.exceptions import AppRegistryNotReady, fix
from fastjango.db.models.faces.duals import ColumnComparator, DualCollection, DualColumn, DualRelation
from fastjango.db.models.faces.instances import MissingState, listen, make_state
from fastjango.db.models.faces.relationships import relationships
from fastjango.db.models.faces.tables import complete
from fastjango.db.models.table import metadata_of

if TYPE_CHECKING:
    from collections.abc import Iterator

DUALS = (DualCollection, DualColumn, DualRelation)

_registries: WeakKeyDictionary[Any, orm.registry] = WeakKeyDictionary()
_lock = threading.RLock()
_busy: set[Any] = set()


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
        root = next(cls for cls in reversed(model.__mro__) if "from_db" in cls.__dict__)
        if "_state" not in root.__dict__:
            root._state = MissingState()
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
        if table is not None:
            complete(model)
        properties = {} if opts.proxy else _properties(model, table)
        mapper = registry_of(opts.apps).map_imperatively(model, table, properties=properties, **options)
        # Instances get their state when a session asks, not when they are made.
        if init is None:
            if "__init__" in model.__dict__:
                del model.__init__
        else:
            model.__init__ = init
        _install_duals(model, mapper, fallbacks)
        listen(model)
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
    if not opts.auto_created:
        # The hidden table of a many-to-many field has columns only: the collection writes it.
        properties.update(relationships(model, _mapped))
    return properties


def _mapped(model: Any) -> Any:
    if not is_mapped(model):
        _map_one(model)
    return model


def _install_duals(model: Any, mapper: Any, fallbacks: dict[str, Any]) -> None:
    """Put dual descriptors over what SQLAlchemy has installed."""
    manager = manager_of_class(model)
    for name, attribute in list(manager.items()):
        if vars(model).get(name) is not attribute:
            continue
        fallback = fallbacks.get(name)
        while isinstance(fallback, DUALS):
            fallback = fallback.fallback
        if fallback is None or isinstance(fallback, attributes.QueryableAttribute):
            continue
        # Not mapper.attrs: that would configure the mappers before all of them are there.
        prop = mapper.get_property(name, _configure_mappers=False)
        kind: Any = DualColumn
        if isinstance(prop, RelationshipProperty):
            kind = DualRelation if prop.uselist is False else DualCollection
        setattr(model, name, kind(name, attribute, fallback))


# --- what the slot asks ---------------------------------------------------------------------------


def instance_state(instance: Any) -> Any:
    """Return SQLAlchemy's state of *instance*, made now if it had none."""
    mapper = map_model(type(instance))
    if not mapper.configured:
        mapper._check_configure()
    return make_state(instance)


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
