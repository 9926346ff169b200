"""
Deserialized objects saved together: consecutive ones of a model share statements.

Comes behind a deserializer, in ``loaddata``; gives rows to ``db/models/raw_rows.py``. Whatever cannot be shared, and every
batch that the database refuses, is saved object by object, so that an error names its object.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from fastjango.core.serializers.deserialized import DeserializedObject
from fastjango.db import DatabaseError, transaction
from fastjango.db.models.raw_rows import can_link_together, can_write_together, link_raw, write_raw, write_raw_row
from fastjango.db.models.signals import post_save, pre_save

OBJECTS = 500
"""Most objects in a batch."""
LETTERS = 1 << 20
"""No object is added to a batch whose texts and bytes are longer than this together."""


class Batch:
    """
    Objects that wait to be saved, with raw signals as if they were saved one by one.

    ``save()`` has to be called when no object follows, and before anything looks for the rows in the database.

    Args:
        using: The database.
        together: Let objects wait; else each is saved at once.
    """

    def __init__(self, using: str, *, together: bool = True) -> None:
        self.using = using
        self.together = together
        self._model: Any = None
        self._can_wait = False
        self._waiting: list[DeserializedObject] = []
        self._keys: set[Hashable] = set()
        self._letters = 0

    def add(self, item: Any) -> None:
        """
        Save an object, or let it wait for more of its model.

        Raises:
            DatabaseError: The database refuses this object or one that waited; the message says which.
        """
        obj = item.object
        if type(obj) is not self._model:
            self.save()
            self._model = type(obj)
            self._can_wait = self.together and can_write_together(self._model, self.using)
        key = _key(item) if self._can_wait else None
        if key is None:
            self.save()
            _name_errors(item, lambda: item.save(using=self.using))
            return
        if key in self._keys or len(self._waiting) >= OBJECTS or self._letters > LETTERS:
            self.save()
        self._waiting.append(item)
        self._keys.add(key)
        self._letters += sum(len(value) for value in vars(obj).values() if type(value) in (str, bytes))

    def save(self) -> None:
        """Save what waits. Raises: As ``add()``."""
        items, self._waiting = self._waiting, []
        self._keys.clear()
        self._letters = 0
        if len(items) == 1:
            _name_errors(items[0], lambda: items[0].save(using=self.using))
        elif items:
            self._save_all(items)

    def _save_all(self, items: list[DeserializedObject]) -> None:
        model = self._model
        told = {"sender": model, "raw": True, "using": self.using, "update_fields": None}
        tells = not model._meta.auto_created
        if tells and pre_save.has_listeners(model):
            for item in items:
                _name_errors(item, lambda obj=item.object: pre_save.send(instance=obj, **told))
        is_new = self._write(items)
        for item in items:
            item.object._state.db = self.using
            item.object._state.adding = False
        if tells and post_save.has_listeners(model):
            for item, new in zip(items, is_new, strict=True):
                _name_errors(item, lambda obj=item.object, new=new: post_save.send(instance=obj, created=new, **told))
        self._link(items)

    def _write(self, items: list[DeserializedObject]) -> list[bool]:
        """Write the rows; tell which are new."""
        # Receivers may have changed the keys.
        if len({_key(item) for item in items} - {None}) == len(items):
            try:
                with transaction.atomic(using=self.using):
                    written = write_raw([item.object for item in items], self.using)
                if written is not None:
                    return written
            except Exception:  # noqa: BLE001, S110 - one by one, the row at fault says so itself
                pass
        return [_name_errors(item, lambda obj=item.object: write_raw_row(obj, self.using)) for item in items]

    def _link(self, items: list[DeserializedObject]) -> None:
        """Store many-to-many values."""
        for field in self._model._meta.concrete_model._meta.local_many_to_many:
            targets = [(item.object, data[field.name]) for item in items if field.name in (data := item.m2m_data or {})]
            if not targets or not can_link_together(field, [obj for obj, _ in targets], self.using):
                continue
            try:
                with transaction.atomic(using=self.using):
                    left = {id(obj) for obj, _ in link_raw(field, targets, self.using)}
            except Exception:  # noqa: BLE001, S112 - one by one, the object at fault says so itself
                continue
            for item in items:
                if item.m2m_data and id(item.object) not in left:
                    item.m2m_data.pop(field.name, None)
        for item in items:
            _name_errors(item, item.save_m2m)


def _key(item: Any) -> Hashable | None:
    """Return what no other object of a batch has; None for an object that is saved on its own."""
    obj = item.object
    if type(item) is not DeserializedObject or "_sa_instance_state" in vars(obj):
        return None
    opts = obj._meta.concrete_model._meta
    key = obj._get_pk_val(opts)
    return (
        key if obj._is_pk_set(opts) and isinstance(key, Hashable) and not hasattr(key, "resolve_expression") else None
    )


def _name_errors(item: Any, work: Any) -> Any:
    """Do the work; let an error say which object it was about."""
    try:
        return work()
    # psycopg raises ValueError for a text with the letter NUL.
    except (DatabaseError, ValueError) as error:
        error.args = (f"Could not load {item.object._meta.label}(pk={item.object.pk}): {error}",)
        raise


__all__ = ["Batch"]
