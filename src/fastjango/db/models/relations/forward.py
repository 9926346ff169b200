"""The attribute on the side that holds the key: ``book.author``.

Reading gives the cached object or fetches it; assigning stores the object and its key.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from fastjango.db import router
from fastjango.db.models.expressions import ColPairs
from fastjango.db.models.lookups.tuples import TupleIn
from fastjango.utils.deprecation import RemovedInDjango60Warning
from fastjango.utils.functional import cached_property

if TYPE_CHECKING:
    from collections.abc import Sequence


def does_not_exist(model: Any, name: str, owner: Any) -> type[Exception]:
    """Return the ``RelatedObjectDoesNotExist`` class of one accessor."""
    return type(
        "RelatedObjectDoesNotExist",
        (model.DoesNotExist, AttributeError),
        {
            "__module__": owner.__module__,
            "__qualname__": f"{owner.__qualname__}.{name}.RelatedObjectDoesNotExist",
        },
    )


class ForwardManyToOneDescriptor:
    """Gives the object that a foreign key points at."""

    def __init__(self, field_with_rel: Any) -> None:
        self.field = field_with_rel

    @cached_property
    def RelatedObjectDoesNotExist(self) -> type[Exception]:  # noqa: N802 - Django's public name
        """Raised for a missing object; also an AttributeError, so that ``hasattr`` works."""
        return does_not_exist(self.field.remote_field.model, self.field.name, self.field.model)

    def is_cached(self, instance: Any) -> bool:
        """Tell whether *instance* has the object at hand."""
        return self.field.is_cached(instance)  # type: ignore[no-any-return]

    def get_queryset(self, **hints: Any) -> Any:
        """Return all objects of the related model, by its base manager."""
        return self.field.remote_field.model._base_manager.db_manager(hints=hints).all()

    def get_prefetch_querysets(
        self, instances: Sequence[Any], querysets: Sequence[Any] | None = None
    ) -> tuple[Any, ...]:
        """Return the queryset, the matchers and the cache name for a prefetch."""
        queryset = one_queryset(querysets, self.get_queryset)
        queryset._add_hints(instance=instances[0])
        field = self.field
        foreign_key = field.get_foreign_related_value
        local_key = field.get_local_related_value
        by_key = {local_key(instance): instance for instance in instances}
        remote = field.remote_field
        targets = field.foreign_related_fields
        # An object without a complete key has nothing to fetch.
        keys = [key for key in by_key if None not in key]
        if len(targets) == 1:
            queryset = queryset.filter(**{f"{targets[0].name}__in": [key[0] for key in keys]})
        else:
            columns = ColPairs(queryset.model._meta.db_table, targets, targets, field)
            queryset = queryset.filter(TupleIn(columns, keys))
        # One object per instance at most: an order would cost and mean nothing.
        queryset = queryset.order_by()
        if not remote.multiple:
            for row in queryset:
                remote.set_cached_value(row, by_key[foreign_key(row)])
        return queryset, foreign_key, local_key, True, field.cache_name, False

    def get_prefetch_queryset(self, instances: Sequence[Any], queryset: Any = None) -> Any:
        """Return the prefetch parts for one queryset; the older name."""
        warn_of_old_name()
        return self.get_prefetch_querysets(instances, None if queryset is None else [queryset])

    def get_object(self, instance: Any) -> Any:
        """Fetch the object. Queries: 1."""
        queryset = self.get_queryset(instance=instance)
        if self._only_key is not None:
            target, attname = self._only_key
            return queryset.get(**{target: getattr(instance, attname)})
        return queryset.get(self.field.get_reverse_related_filter(instance))

    @cached_property
    def _only_key(self) -> tuple[str, str] | None:
        """The names of the target and of the key, where one column decides and nothing else."""
        field = self.field
        own = ("get_reverse_related_filter", "get_extra_descriptor_filter")
        if len(field.related_fields) != 1 or any(
            not getattr(field, name).__module__.startswith("fastjango.db.models.relations.") for name in own
        ):
            return None
        ((local, foreign),) = field.related_fields
        return foreign.attname, local.attname

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        if instance is None:
            return self
        field = self.field
        try:
            found = field.get_cached_value(instance)
        except KeyError:
            found = self._fetch(instance)
            field.set_cached_value(instance, found)
        if found is None and not field.null:
            raise self.RelatedObjectDoesNotExist(f"{field.model.__name__} has no {field.name}.")
        return found

    def _fetch(self, instance: Any) -> Any:
        field = self.field
        found = None
        complete = None not in field.get_local_related_value(instance)
        link = instance._meta.get_ancestor_link(field.model) if complete else None
        if link and link.is_cached(instance):
            # A child whose parent is at hand: the parent may have the object already.
            parent = link.get_cached_value(instance)
            if field.is_cached(parent):
                found = field.get_cached_value(parent)
        if found is None and complete:
            mode = instance._state.fetch_mode
            if mode is not None:
                mode.relation(instance, field.name)
                if field.is_cached(instance):
                    return field.get_cached_value(instance)
            found = self.get_object(instance)
            remote = field.remote_field
            # One-to-one: the object knows this instance, too.
            if not remote.multiple:
                remote.set_cached_value(found, instance)
        return found

    def __set__(self, instance: Any, value: Any) -> None:
        field = self.field
        remote = field.remote_field
        if value is not None and not isinstance(value, remote.model._meta.concrete_model):
            raise ValueError(
                f'Cannot assign "{value!r}": "{instance._meta.object_name}.{field.name}" must be a "{remote.model._meta.object_name}" instance.'
            )
        if value is not None:
            agree_on_database(instance, value)
        if value is None:
            # The object that is left still holds this instance in its cache.
            related = field.get_cached_value(instance, default=None)
            if related is not None and not remote.multiple and remote.is_cached(related):
                remote.set_cached_value(related, None)
            for local, _foreign in field.related_fields:
                setattr(instance, local.attname, None)
        else:
            for local, foreign in field.related_fields:
                setattr(instance, local.attname, getattr(value, foreign.attname))
        field.set_cached_value(instance, value)
        if value is not None and not remote.multiple:
            remote.set_cached_value(value, instance)

    def __reduce__(self) -> Any:
        # The descriptor stands on a class: it is found there again.
        return getattr, (self.field.model, self.field.name)


def one_queryset(querysets: Sequence[Any] | None, default: Any) -> Any:
    """Return the only queryset of a prefetch, or *default*()."""
    if querysets and len(querysets) != 1:
        raise ValueError("querysets argument of get_prefetch_querysets() should have a length of 1.")
    return querysets[0] if querysets else default()


def warn_of_old_name() -> None:
    """Warn a caller of ``get_prefetch_queryset``."""
    warnings.warn(
        "get_prefetch_queryset() is deprecated. Use get_prefetch_querysets() instead.",
        RemovedInDjango60Warning,
        stacklevel=3,
    )


def agree_on_database(instance: Any, value: Any) -> None:
    """
    Give unsaved objects the database of the saved one; refuse a relation the router forbids.

    Raises:
        ValueError: the router does not allow it.
    """
    mine, theirs = instance._state, value._state
    if mine.db is None:
        mine.db = router.db_for_write(instance.__class__, instance=value)
    if theirs.db is None:
        theirs.db = router.db_for_write(value.__class__, instance=instance)
    if not router.allow_relation(value, instance):
        raise ValueError(f'Cannot assign "{value!r}": the current database router prevents this relation.')


class ForwardOneToOneDescriptor(ForwardManyToOneDescriptor):
    """Gives the object that a one-to-one field points at; a parent without a query."""

    def get_object(self, instance: Any) -> Any:
        """Return the object; a loaded child already holds its parent's columns."""
        if self.field.remote_field.parent_link:
            deferred = instance.get_deferred_fields()
            model = self.field.remote_field.model
            names = [field.attname for field in model._meta.concrete_fields]
            # Only if all of the parent's columns are loaded; one query is better than many.
            if not any(name in deferred for name in names):
                parent = model(**{name: getattr(instance, name) for name in names})
                parent._state.adding = instance._state.adding
                parent._state.db = instance._state.db
                return parent
        return super().get_object(instance)

    def __set__(self, instance: Any, value: Any) -> None:
        super().__set__(instance, value)
        # A new parent changes the key that the child inherits.
        if self.field.primary_key and self.field.remote_field.parent_link:
            inherited = [field for field in instance._meta.concrete_fields if field.primary_key and field.remote_field]
            for field in inherited:
                pk_name = field.remote_field.model._meta.pk.attname
                setattr(instance, pk_name, None if value is None else getattr(value, pk_name))
