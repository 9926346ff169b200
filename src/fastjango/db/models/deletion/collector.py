"""
``Collector``: walks from the objects to delete to all objects that refer to them.

It gathers objects by model, rows that can be deleted without loading (fast deletes), fields to change and objects that
forbid the deletion. ``plan()`` turns that into a ``DeletionPlan``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from operator import attrgetter
from typing import Any

from fastjango.db.connections import connections
from fastjango.db.models import signals
from fastjango.db.models.deletion.errors import ProtectedError, RestrictedError
from fastjango.db.models.deletion.handlers import CASCADE, DO_NOTHING
from fastjango.db.models.deletion.plan import (
    DeleteObjects,
    DeletionPlan,
    FastDelete,
    UpdateField,
    delete_one,
)
from fastjango.db.models.query_utils import Q


def get_candidate_relations_to_delete(opts: Any) -> Iterator[Any]:
    """Give the relations that point at a model: their objects are looked at when one of its is deleted."""
    return (
        relation
        for relation in opts.get_fields(include_hidden=True)
        if relation.auto_created and not relation.concrete and (relation.one_to_one or relation.one_to_many)
    )


class Collector:
    """Gathers what a deletion concerns."""

    def __init__(self, using: str, origin: Any = None) -> None:
        self.using = using
        # The object or queryset whose delete() was called; signals carry it.
        self.origin = origin
        self.data: dict[Any, Any] = defaultdict(set)
        self.field_updates: dict[tuple[Any, Any], list[Any]] = defaultdict(list)
        self.restricted_objects: dict[Any, dict[Any, set[Any]]] = defaultdict(lambda: defaultdict(set))
        self.fast_deletes: list[Any] = []
        # Concrete models only: {model: models whose objects are deleted before it}.
        self.dependencies: dict[Any, set[Any]] = defaultdict(set)

    # --- what is gathered ---------------------------------------------------------------------

    def add(self, objs: Any, source: Any = None, nullable: bool = False, reverse_dependency: bool = False) -> list[Any]:
        """Add *objs* and return those that were not there yet."""
        if not objs:
            return []
        model = objs[0].__class__
        known = self.data[model]
        new = [obj for obj in objs if obj not in known]
        known.update(new)
        # Nullable relations are set to NULL first and need no order.
        if source is not None and not nullable:
            self.add_dependency(source, model, reverse_dependency=reverse_dependency)
        return new

    def add_dependency(self, model: Any, dependency: Any, reverse_dependency: bool = False) -> None:
        """Say that objects of *dependency* are deleted before those of *model*."""
        if reverse_dependency:
            model, dependency = dependency, model
        self.dependencies[model._meta.concrete_model].add(dependency._meta.concrete_model)
        self.data.setdefault(dependency, set())

    def add_field_update(self, field: Any, value: Any, objs: Any) -> None:
        """Say that *field* of *objs* gets *value*."""
        self.field_updates[field, value].append(objs)

    def add_restricted_objects(self, field: Any, objs: Any) -> None:
        """Say that *objs* forbid the deletion, unless they are deleted as well."""
        if objs:
            self.restricted_objects[objs[0].__class__][field].update(objs)

    def clear_restricted_objects_from_set(self, model: Any, objs: Iterable[Any]) -> None:
        """Forget restrictions by *objs*: they are deleted."""
        if model in self.restricted_objects:
            by_field = self.restricted_objects[model]
            self.restricted_objects[model] = defaultdict(
                set, {field: items - set(objs) for field, items in by_field.items()}
            )

    def clear_restricted_objects_from_queryset(self, model: Any, queryset: Any) -> None:
        """Forget restrictions by the rows of *queryset*: they are deleted."""
        if model in self.restricted_objects:
            pks = [obj.pk for objs in self.restricted_objects[model].values() for obj in objs]
            self.clear_restricted_objects_from_set(model, set(queryset.filter(pk__in=pks)))

    # --- fast deletes -------------------------------------------------------------------------

    def _has_signal_listeners(self, model: Any) -> bool:
        return bool(signals.pre_delete.has_listeners(model) or signals.post_delete.has_listeners(model))

    def can_fast_delete(self, objs: Any, from_field: Any = None) -> bool:
        """Whether rows can be deleted without loading: no signals, no cascades, no parents."""
        if from_field and from_field.remote_field.on_delete is not CASCADE:
            return False
        if hasattr(objs, "_meta"):
            model = objs._meta.model
        elif hasattr(objs, "model") and hasattr(objs, "_raw_delete"):
            model = objs.model
        else:
            return False
        if self._has_signal_listeners(model):
            return False
        opts = model._meta
        return (
            all(link == from_field for link in opts.concrete_model._meta.parents.values())
            and all(
                related.field.remote_field.on_delete is DO_NOTHING
                for related in get_candidate_relations_to_delete(opts)
            )
            and not any(hasattr(field, "bulk_related_objects") for field in opts.private_fields)
        )

    def get_del_batches(self, objs: Sequence[Any], fields: Sequence[Any]) -> list[Any]:
        """Cut *objs* so that each part fits into one statement."""
        size = max(connections[self.using].ops.bulk_batch_size(fields, objs), 1)
        if len(objs) <= size:
            return [objs]
        return [objs[start : start + size] for start in range(0, len(objs), size)]

    # --- the walk -----------------------------------------------------------------------------

    def collect(
        self,
        objs: Any,
        source: Any = None,
        nullable: bool = False,
        collect_related: bool = True,
        source_attr: str | None = None,
        reverse_dependency: bool = False,
        keep_parents: bool = False,
        fail_on_restricted: bool = True,
    ) -> None:
        """
        Add *objs* and everything that refers to them.

        Args:
            source: The model from which a relation led here.
            nullable: Whether that relation may be NULL.
            keep_parents: Whether rows of parent models stay.
            fail_on_restricted: Whether RESTRICT relations are judged at the end of this call.
        Raises:
            ProtectedError: A PROTECT relation points here.
            RestrictedError: A RESTRICT relation points here.
        """
        if self.can_fast_delete(objs):
            self.fast_deletes.append(objs)
            return
        new = self.add(objs, source, nullable, reverse_dependency=reverse_dependency)
        if not new:
            return
        model = new[0].__class__
        if not keep_parents:
            self._collect_parents(model, new)
        if not collect_related:
            return
        self._collect_relations(model, new, keep_parents)
        for field in model._meta.private_fields:
            if hasattr(field, "bulk_related_objects"):
                # Generic relations: no foreign key tells about them.
                self.collect(
                    field.bulk_related_objects(new, self.using),
                    source=model,
                    nullable=True,
                    fail_on_restricted=False,
                )
        if fail_on_restricted:
            self._judge_restrictions(model)

    def _collect_parents(self, model: Any, objs: list[Any]) -> None:
        """Add the parent rows of multi-table inheritance, without their other children."""
        for link in model._meta.concrete_model._meta.parents.values():
            if not link:
                continue
            self.collect(
                [getattr(obj, link.name) for obj in objs],
                source=model,
                source_attr=link.remote_field.related_name,
                collect_related=False,
                reverse_dependency=True,
                fail_on_restricted=False,
            )

    def _collect_relations(self, model: Any, objs: list[Any], keep_parents: bool) -> None:
        """Follow each relation that points at *model*."""
        kept = set(model._meta.all_parents) if keep_parents else set()
        fast: dict[Any, list[Any]] = defaultdict(list)
        protected: dict[str, list[Any]] = defaultdict(list)
        for related in get_candidate_relations_to_delete(model._meta):
            if related.model in kept:
                continue
            field, related_model = related.field, related.related_model
            if field.remote_field.on_delete is DO_NOTHING:
                continue
            if self.can_fast_delete(related_model, from_field=field):
                fast[related_model].append(field)
                continue
            for batch in self.get_del_batches(objs, [field]):
                try:
                    self._follow(related_model, field, batch)
                except ProtectedError as error:
                    protected[f"'{field.model.__name__}.{field.name}'"] += error.protected_objects
        if protected:
            raise ProtectedError(
                f"Cannot delete some instances of model {model.__name__!r} because they are "
                f"referenced through protected foreign keys: {', '.join(protected)}.",
                set(chain.from_iterable(protected.values())),
            )
        for related_model, fields in fast.items():
            for batch in self.get_del_batches(objs, fields):
                self.fast_deletes.append(self.related_objects(related_model, fields, batch))

    def _follow(self, related_model: Any, field: Any, batch: Sequence[Any]) -> None:
        """Hand the objects that refer to *batch* by *field* to its ``on_delete`` kind."""
        sub_objs = self.related_objects(related_model, [field], batch)
        # Only what later steps read is loaded; signal receivers could read everything.
        if not (sub_objs.shape.query.select_related or self._has_signal_listeners(related_model)):
            needed = {
                target.attname
                for relation in get_candidate_relations_to_delete(related_model._meta)
                for target in relation.field.foreign_related_fields
            }
            sub_objs = sub_objs.only(*needed)
        on_delete = field.remote_field.on_delete
        if getattr(on_delete, "lazy_sub_objs", False) or sub_objs:
            on_delete(self, field, sub_objs, self.using)

    def related_objects(self, related_model: Any, related_fields: Sequence[Any], objs: Sequence[Any]) -> Any:
        """Return the queryset of objects that refer to *objs* by one of *related_fields*."""
        predicate = Q.create([(f"{field.name}__in", objs) for field in related_fields], connector=Q.OR)
        return related_model._base_manager.using(self.using).filter(predicate)

    def _judge_restrictions(self, model: Any) -> None:
        """Raise an error if objects with RESTRICT relations stay."""
        for related_model, instances in self.data.items():
            self.clear_restricted_objects_from_set(related_model, instances)
        for queryset in self.fast_deletes:
            self.clear_restricted_objects_from_queryset(queryset.model, queryset)
        standing: dict[str, list[Any]] = defaultdict(list)
        for related_model, by_field in self.restricted_objects.items():
            for field, objs in by_field.items():
                if objs:
                    standing[f"'{related_model.__name__}.{field.name}'"] += objs
        if standing:
            raise RestrictedError(
                f"Cannot delete some instances of model {model.__name__!r} because they are "
                f"referenced through restricted foreign keys: {', '.join(standing)}.",
                set(chain.from_iterable(standing.values())),
            )

    # --- the result ---------------------------------------------------------------------------

    def instances_with_model(self) -> Iterator[tuple[Any, Any]]:
        """Give ``(model, object)`` for each collected object."""
        for model, instances in self.data.items():
            for instance in instances:
                yield model, instance

    def sort(self) -> None:
        """Order the models so that each stands behind those that refer to it; circles stay unordered."""
        ordered: list[Any] = []
        done: set[Any] = set()
        waiting = list(self.data)
        while waiting:
            left = []
            for model in waiting:
                needs = self.dependencies.get(model._meta.concrete_model)
                if needs and not needs <= done:
                    left.append(model)
                    continue
                ordered.append(model)
                done.add(model._meta.concrete_model)
            if len(left) == len(waiting):
                return
            waiting = left
        self.data = {model: self.data[model] for model in ordered}

    def plan(self) -> DeletionPlan:
        """Return the steps of the deletion."""
        for model, instances in self.data.items():
            # The same order everywhere keeps two deletions from waiting for each other.
            self.data[model] = sorted(instances, key=attrgetter("pk"))
        self.sort()
        return DeletionPlan(
            using=self.using,
            origin=self.origin,
            fast_deletes=tuple(FastDelete(queryset) for queryset in self.fast_deletes),
            updates=tuple(
                UpdateField(field, value, tuple(targets)) for (field, value), targets in self.field_updates.items()
            ),
            deletes=tuple(DeleteObjects(model, tuple(instances)) for model, instances in self.data.items()),
        )

    def delete(self) -> tuple[int, dict[str, int]]:
        """Delete what was collected; returns the number of rows, also by model label."""
        if len(self.data) == 1:
            ((model, instances),) = self.data.items()
            if len(instances) == 1:
                instance = next(iter(instances))
                if self.can_fast_delete(instance):
                    return delete_one(model, instance, self.using)
        return self.plan().execute()
