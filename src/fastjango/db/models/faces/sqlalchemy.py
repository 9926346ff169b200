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
from sqlalchemy.orm.mapper import _CONFIGURE_MUTEX
from sqlalchemy.orm.relationships import RelationshipProperty

from fastjango.core.exceptions import AppRegistryNotReady, fix
from fastjango.db.models.faces.duals import ColumnComparator, DualCollection, DualColumn, DualRelation
from fastjango.db.models.faces.guest_sessions import adopt, is_adopted
from fastjango.db.models.faces.hidden import watch
from fastjango.db.models.faces.instances import MissingState, listen, make_state
from fastjango.db.models.faces.relationships import accessor_of, relationships
from fastjango.db.models.faces.tables import complete
from fastjango.db.models.faces.through import listen_members
from fastjango.db.models.table import metadata_of

if TYPE_CHECKING:
    from collections.abc import Iterator

DUALS = (DualCollection, DualColumn, DualRelation)

_registries: WeakKeyDictionary[Any, orm.registry] = WeakKeyDictionary()
# SQLAlchemy's own lock: who configures mappers in another thread shall not see half of them, nor wait in the other order.
_lock = _CONFIGURE_MUTEX
# What is being mapped, and by which thread: others wait for the lock.
_busy: set[Any] = set()
_busy_thread: list[int] = []


# --- mapping --------------------------------------------------------------------------------------


@contextmanager
def _mapping(model: Any) -> Iterator[None]:
    """Keep class access from mapping again while *model* is being mapped."""
    _busy.add(model)
    _busy_thread.append(threading.get_ident())
    try:
        yield
    finally:
        _busy_thread.pop()
        _busy.discard(model)


def _is_busy() -> bool:
    """Whether this very thread is mapping."""
    return threading.get_ident() in _busy_thread


def is_mapped(model: Any) -> bool:
    """Whether *model* itself is mapped already."""
    if "guest" in vars(model):
        return is_adopted(model)
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
            return orm.class_mapper(entity_of(model), configure=False)
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


def entity_of(model: Any) -> Any:
    """Return the class that sessions know: the model, or the plain SQLAlchemy class behind it."""
    return vars(model).get("guest", model)


def _map_one(model: Any) -> Any:
    opts = model._meta
    if "guest" in vars(model):
        with _mapping(model):
            adopt(model, _mapped)
        return orm.class_mapper(model.guest, configure=False)
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
        listen_members(model, properties)
        watch(model, model)
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
    return entity_of(model)


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


def take_collection(instance: Any, name: str, value: Any) -> bool:
    """Give a new instance its members, for a session to write; False where there is no such collection."""
    model = type(instance)
    opts = model._meta
    if not is_mapped(model):
        if _is_busy() or opts.abstract or opts.swapped or not opts.apps.models_ready or not _may_have(model, name):
            return False
        map_model(model)
    dual = next((vars(cls)[name] for cls in model.__mro__ if name in vars(cls)), None)
    if not isinstance(dual, DualCollection):
        return False
    dual.__set__(instance, value)
    return True


def _may_have(model: Any, name: str) -> bool:
    """Whether *name* is a relation to many."""
    opts = model._meta
    return any(field.name == name for field in opts.many_to_many) or any(
        accessor_of(rel) == name for rel in opts.related_objects
    )


def class_attribute(descriptor: Any, owner: Any) -> Any:
    """Return SQLAlchemy's attribute for *descriptor* of *owner*; *descriptor* where there is none."""
    opts = getattr(owner, "_meta", None)
    if opts is None or _is_busy() or opts.abstract or opts.swapped or not opts.apps.models_ready:
        return descriptor
    field = getattr(descriptor, "field", None)
    if field is None:
        return descriptor
    # Another thread may be at it: who has seen the class before its attributes were there waits for them.
    map_model(owner)
    name = (
        field.name
        if getattr(field, "is_relation", False) and not hasattr(descriptor, "_value_from_parent_link")
        else field.attname
    )
    manager: Any = manager_of_class(entity_of(owner))
    found = manager.get(name)
    return descriptor if found is None else found


def inspect_model(model: Any) -> Any:
    """Return the mapper of *model* for ``sqlalchemy.inspect``; ``None`` where it has none."""
    opts = model.__dict__.get("_meta")
    if opts is None or opts.abstract or opts.swapped:
        return None
    if _is_busy():
        # SQLAlchemy itself asks, in the middle of mapping.
        return orm.class_mapper(entity_of(model), configure=False) if is_mapped(model) else None
    mapper = map_model(model)
    mapper._check_configure()
    return mapper
