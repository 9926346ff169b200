"""
The attributes of a mapped model: SQLAlchemy's on the class, plain values on an instance.

``sqlalchemy.py`` puts a ``DualColumn`` over every column and a ``DualRelation`` over every relation. On an instance of a session
SQLAlchemy answers what is not loaded, on any other one Django's descriptor (*fallback*) does.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm.base import _MappedAttribute
from sqlalchemy.orm.properties import ColumnProperty
from sqlalchemy.orm.relationships import RelationshipProperty

from fastjango.db.models.faces.members import LoadedMembers, NewMembers
from fastjango.db.models.fields.attribute import DeferredAttribute


class _DjangoSide:
    """Lets ``Model.attribute`` answer what Django's descriptor answers (``.field``, ``.get_queryset``)."""

    prop: Any

    @property
    def field(self) -> Any:
        """The model field."""
        found = self.prop.info["field"]
        return getattr(found, "field", found)

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
        # Whether the field reads values its own way, such as files.
        self.plain = type(fallback).__get__ is DeferredAttribute.__get__

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            return self.attribute
        data = instance.__dict__
        if self.name in data:
            return data[self.name] if self.plain else self.fallback.__get__(instance, owner)
        if has_session(data):
            return self.attribute.__get__(instance, owner)
        return self.fallback.__get__(instance, owner)

    def __set__(self, instance: Any, value: Any) -> None:
        if hasattr(self.fallback, "__set__"):
            # A field's own way of storing values, such as files.
            self.fallback.__set__(instance, value)
            value = instance.__dict__.get(self.name, value)
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
    """A relation to one object."""

    def __init__(self, name: str, attribute: Any, fallback: Any) -> None:
        self.name = name
        self.attribute = attribute
        self.fallback = fallback

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            return self.attribute
        data = instance.__dict__
        if has_session(data):
            return self.attribute.__get__(instance, owner)
        if self.name in data and self._is_current(data):
            return data[self.name]
        return self.fallback.__get__(instance, owner)

    def _is_current(self, data: dict[str, Any]) -> bool:
        """Whether the object that a session has loaded is still the one that the key names."""
        field = self.attribute.property.info["field"]
        if not field.concrete:
            return True
        found = data[self.name]
        if found is None:
            return data.get(field.attname) is None
        key = getattr(found, field.target_field.attname, None)
        return key is None or bool(key == data.get(field.attname))

    def __set__(self, instance: Any, value: Any) -> None:
        # Django's side checks the value and stores its key; the column follows at once, not at flush.
        self.fallback.__set__(instance, value)
        if "_sa_instance_state" in instance.__dict__:
            self.attribute.__set__(instance, value)


class DualCollection(_MappedAttribute[Any]):
    """A relation to many objects: SQLAlchemy's collection in a session, Django's manager outside of one."""

    def __init__(self, name: str, attribute: Any, fallback: Any) -> None:
        self.name = name
        self.attribute = attribute
        self.fallback = fallback

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            return self.attribute
        data = instance.__dict__
        if has_session(data):
            return self.attribute.__get__(instance, owner)
        if instance._state.adding:
            return data[self.name] if self.name in data else NewMembers(self, instance, owner)
        manager = self.fallback.__get__(instance, owner)
        if self.name not in data:
            return manager
        # What a session has loaded counts as prefetched.
        cache = data.setdefault("_prefetched_objects_cache", {})
        name = self._cache_name()
        if name not in cache:
            rows = manager.get_queryset()
            rows._result_cache = list(data[self.name])
            rows._prefetch_done = True
            cache[name] = rows
        return LoadedMembers(data[self.name], manager)

    def _cache_name(self) -> str:
        relation = self.attribute.property.info["field"]
        if relation.many_to_many:
            return str(relation.name if hasattr(relation, "m2m_db_table") else relation.field.related_query_name())
        return str(relation.cache_name)

    def __set__(self, instance: Any, value: Any) -> None:
        # A new object may be given its collections before it is added to a session.
        if has_session(instance.__dict__) or (instance._state.adding and isinstance(value, (list, set, tuple))):
            _ = instance._sa_instance_state
            self.attribute.__set__(instance, value)
        else:
            self.fallback.__set__(instance, value)


def has_session(data: dict[str, Any]) -> bool:
    """Whether the instance with this ``__dict__`` is in a session."""
    state = data.get("_sa_instance_state")
    return state is not None and state.session_id is not None


__all__ = ["ColumnComparator", "DualCollection", "DualColumn", "DualRelation", "RelationComparator", "has_session"]
