"""The attribute that a model class shows for a column.

It is a *non-data* descriptor: an instance keeps plain values in its ``__dict__``, so reading a
loaded column costs no Python call. Only when the value is absent (``defer()``, ``only()``) does
Python ask the descriptor, which loads it. On the class, ``Book.title`` gives this object.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, NoReturn

from fastjango.core.exceptions import FieldError, fix
from fastjango.db.models.face_slot import class_attribute
from fastjango.db.models.fields.typevars import GT

if TYPE_CHECKING:
    from sqlalchemy.orm import InstrumentedAttribute as ClassAttribute

    from fastjango.db.models.fields.field import Field
else:

    class ClassAttribute(Generic[GT]):
        """Stands for SQLAlchemy's attribute, which ``Book.title`` is once its ORM is in use."""


class DeferredAttribute(ClassAttribute[GT]):
    """Load the column on first access of an instance that has no value for it."""

    def __init__(self, field: Field[Any, Any]) -> None:
        self.field = field

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        if instance is None:
            return class_attribute(self, cls)
        data = instance.__dict__
        name = self.field.attname
        if name not in data:
            from_parent = self._value_from_parent_link(instance)
            if from_parent is not None:
                data[name] = from_parent
                return from_parent
            if instance._is_pk_set() is False and self.field.generated:
                raise AttributeError("Cannot read a generated field from an unsaved model.")
            mode = instance._state.fetch_mode
            if mode is not None:
                mode.column(instance, name)
            if name not in data:
                instance.refresh_from_db(fields=[name])
            if name not in data:
                raise FieldError(f"The field {name!r} of {type(instance).__name__} could not be loaded.")
        return data[name]

    def _compare(self, other: Any) -> NoReturn:
        """Refuse ``Book.price > 5`` where the class has no SQLAlchemy attributes yet."""
        name = f"{self.field.model.__name__}.{self.field.attname}"
        raise fix(
            TypeError(f"{name} cannot be compared: SQLAlchemy's ORM is not in use in this process."),
            f"In a queryset write filter({self.field.attname}__gt=...); for select(...) import sqlalchemy.orm first.",
            code="models.Q401",
        )

    __lt__ = __le__ = __gt__ = __ge__ = _compare

    def _value_from_parent_link(self, instance: Any) -> Any:
        """Return the value that a multi-table child already holds under its parent link."""
        link = instance._meta.get_ancestor_link(self.field.model)
        if self.field.primary_key and self.field != link and link is not None:
            return getattr(instance, link.attname)
        return None


class ForeignKeyDeferredAttribute(DeferredAttribute[GT]):
    """
    The attribute of a relation's column (``book.author_id``).

    It has no ``__set__``: the relation's own descriptor notices a changed key by comparing it
    with the key its cached object was stored for.
    """
