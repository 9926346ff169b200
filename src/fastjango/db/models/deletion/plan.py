"""
``DeletionPlan``: what a deletion will do, as a value that can be shown, counted and run.

Comes from ``collector.py``; its statements are sent by ``sql/write.py``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from fastjango.db.models import signals
from fastjango.db.models.face_slot import forget_deleted
from fastjango.db.models.sql.write import delete_rows, update_related
from fastjango.db.transaction import atomic, mark_for_rollback_on_error

UPDATED_TOGETHER = 50
"""So many batches of objects have their field set in one statement; SQLite takes no thousand conditions."""


@dataclass(frozen=True, slots=True)
class FastDelete:
    """Delete the rows of a queryset without loading them."""

    queryset: Any

    def __str__(self) -> str:
        return f"delete rows of {self.queryset.model._meta.label} by condition"


@dataclass(frozen=True, slots=True)
class UpdateField:
    """Give a field of some objects another value."""

    field: Any
    value: Any
    targets: tuple[Any, ...]

    def __str__(self) -> str:
        return f"set {self.field.model._meta.label}.{self.field.name} to {self.value!r}"


@dataclass(frozen=True, slots=True)
class DeleteObjects:
    """Delete objects that are loaded; their signals are sent."""

    model: Any
    instances: tuple[Any, ...]

    def __str__(self) -> str:
        return f"delete {len(self.instances)} of {self.model._meta.label}"


@dataclass(frozen=True, slots=True)
class DeletionPlan:
    """The steps of a deletion in the order in which they run."""

    using: str
    origin: Any
    fast_deletes: tuple[FastDelete, ...]
    updates: tuple[UpdateField, ...]
    deletes: tuple[DeleteObjects, ...]

    def __str__(self) -> str:
        return "\n".join(str(step) for step in (*self.fast_deletes, *self.updates, *self.deletes))

    def instances_with_model(self) -> Iterator[tuple[Any, Any]]:
        """Give ``(model, object)`` for each object that is deleted with its signals."""
        for step in self.deletes:
            for instance in step.instances:
                yield step.model, instance

    def execute(self) -> tuple[int, dict[str, int]]:
        """Run the steps in one transaction; returns the number of deleted rows, also by model label."""
        counted: Counter[str] = Counter()
        with atomic(using=self.using, savepoint=False):
            self._send(signals.pre_delete)
            for fast in self.fast_deletes:
                self._count(counted, fast.queryset.model, fast.queryset._raw_delete(using=self.using))
            for update in self.updates:
                self._update(update)
            for step in self.deletes:
                # The last created goes first: rows of one table may refer to each other.
                instances = step.instances[::-1]
                pks = [instance.pk for instance in instances]
                self._count(counted, step.model, delete_rows(step.model, self.using, step.model._meta.pk, pks))
                if not step.model._meta.auto_created:
                    for instance in instances:
                        signals.post_delete.send(
                            sender=step.model, instance=instance, using=self.using, origin=self.origin
                        )
        forget_deleted([instance for _, instance in self.instances_with_model()])
        for model, instance in self.instances_with_model():
            setattr(instance, model._meta.pk.attname, None)
        return sum(counted.values()), dict(counted)

    def _send(self, signal: Any) -> None:
        for model, instance in self.instances_with_model():
            if not model._meta.auto_created:
                signal.send(sender=model, instance=instance, using=self.using, origin=self.origin)

    @staticmethod
    def _count(counted: Counter[str], model: Any, count: int) -> None:
        if count:
            counted[model._meta.label] += count

    def _update(self, step: UpdateField) -> None:
        """Run one update: querysets that are not loaded in one statement, objects by key."""
        parts = {step.field: step.value}
        if hasattr(step.field, "update_parts"):
            parts = step.field.update_parts(step.value)
        lazy, loaded = [], []
        for target in step.targets:
            if getattr(target, "_result_cache", target) is None:
                lazy.append(target)
            else:
                loaded.extend(target)
        for start in range(0, len(lazy), UPDATED_TOGETHER):
            some = lazy[start : start + UPDATED_TOGETHER]
            reduce(or_, some).update(**{field.name: value for field, value in parts.items()})
        if loaded:
            pks = list(dict.fromkeys(instance.pk for instance in loaded))
            update_related(loaded[0].__class__, self.using, list(parts.items()), pks)


def delete_one(model: Any, instance: Any, using: str) -> tuple[int, dict[str, int]]:
    """Delete a single object that nothing refers to. Queries: 1."""
    with mark_for_rollback_on_error(using):
        count = delete_rows(model, using, model._meta.pk, [instance.pk])
    forget_deleted([instance])
    setattr(instance, model._meta.pk.attname, None)
    return count, {model._meta.label: count}
