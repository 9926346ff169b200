"""The attributes on the related model: ``author.book_set``, ``user.profile``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastjango.db.models.relations.forward import (
    agree_on_database,
    does_not_exist,
    one_queryset,
    warn_of_old_name,
)
from fastjango.db.models.relations.many_managers import create_forward_many_to_many_manager
from fastjango.db.models.relations.reverse_managers import create_reverse_many_to_one_manager
from fastjango.db.models.relations.sliced_prefetch import keys_of, of_instances
from fastjango.utils.functional import cached_property

if TYPE_CHECKING:
    from collections.abc import Sequence


class ReverseOneToOneDescriptor:
    """Gives the one object whose one-to-one field points here."""

    def __init__(self, related: Any) -> None:
        self.related = related

    @cached_property
    def RelatedObjectDoesNotExist(self) -> type[Exception]:  # noqa: N802 - Django's public name
        """Raised for a missing object; also an AttributeError, so that ``hasattr`` works."""
        return does_not_exist(self.related.related_model, self.related.name, self.related.model)

    def is_cached(self, instance: Any) -> bool:
        """Tell whether *instance* has the object at hand."""
        return self.related.is_cached(instance)  # type: ignore[no-any-return]

    def get_queryset(self, **hints: Any) -> Any:
        """Return all objects of the declaring model, by its base manager."""
        return self.related.related_model._base_manager.db_manager(hints=hints).all()

    def get_prefetch_querysets(
        self, instances: Sequence[Any], querysets: Sequence[Any] | None = None
    ) -> tuple[Any, ...]:
        """Return the queryset, the matchers and the cache name for a prefetch."""
        queryset = one_queryset(querysets, self.get_queryset)
        queryset._add_hints(instance=instances[0])
        field = self.related.field
        object_key = field.get_local_related_value
        instance_key = field.get_foreign_related_value
        by_key = {instance_key(instance): instance for instance in instances}
        # One object per instance at most: an order would cost and mean nothing.
        queryset = of_instances(queryset, field.name, keys_of(instances, instance_key)).order_by()
        for row in queryset:
            field.set_cached_value(row, by_key[object_key(row)])
        return queryset, object_key, instance_key, True, self.related.cache_name, False

    def get_prefetch_queryset(self, instances: Sequence[Any], queryset: Any = None) -> Any:
        """Return the prefetch parts for one queryset; the older name."""
        warn_of_old_name()
        return self.get_prefetch_querysets(instances, None if queryset is None else [queryset])

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        if instance is None:
            return self
        related = self.related
        try:
            found = related.get_cached_value(instance)
        except KeyError:
            found = None
            mode = instance._state.fetch_mode
            if mode is not None:
                mode.relation(instance, related.name)
            if related.is_cached(instance):
                found = related.get_cached_value(instance)
            elif instance._is_pk_set():
                condition = related.field.get_forward_related_filter(instance)
                try:
                    found = self.get_queryset(instance=instance).get(**condition)
                except related.related_model.DoesNotExist:
                    found = None
                else:
                    related.field.set_cached_value(found, instance)
            related.set_cached_value(instance, found)
        if found is None:
            raise self.RelatedObjectDoesNotExist(f"{type(instance).__name__} has no {related.get_accessor_name()}.")
        return found

    def __set__(self, instance: Any, value: Any) -> None:
        related = self.related
        field = related.field
        if value is None:
            # The object that is left points nowhere from now on.
            left = related.get_cached_value(instance, default=None)
            if left is not None:
                related.delete_cached_value(instance)
                setattr(left, field.name, None)
            return
        if not isinstance(value, related.related_model):
            raise ValueError(
                f'Cannot assign "{value!r}": "{instance._meta.object_name}.{related.get_accessor_name()}" must be a "{related.related_model._meta.object_name}" instance.'
            )
        agree_on_database(instance, value)
        for local, foreign in field.related_fields:
            setattr(value, local.attname, getattr(instance, foreign.attname))
        related.set_cached_value(instance, value)
        field.set_cached_value(value, instance)

    def __reduce__(self) -> Any:
        # The descriptor stands on a class: it is found there again.
        return getattr, (self.related.model, self.related.name)


class ReverseManyToOneDescriptor:
    """Gives the manager of all objects whose foreign key points here."""

    def __init__(self, rel: Any) -> None:
        self.rel = rel
        self.field = rel.field

    @cached_property
    def related_manager_cls(self) -> Any:
        """The manager class, made from the declaring model's default manager."""
        model = self.rel.related_model
        return create_reverse_many_to_one_manager(model._default_manager.__class__, self.rel)

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        if instance is None:
            return self
        return self.related_manager_cls(instance)

    def _get_set_deprecation_msg_params(self) -> tuple[str, Any]:
        return "reverse side of a related set", self.rel.get_accessor_name()

    def __set__(self, instance: Any, value: Any) -> None:
        raise TypeError(
            "Direct assignment to the %s is prohibited. Use %s.set() instead." % self._get_set_deprecation_msg_params()
        )


class ManyToManyDescriptor(ReverseManyToOneDescriptor):
    """Gives the manager of the objects on the other side of a many-to-many relation."""

    def __init__(self, rel: Any, reverse: bool = False) -> None:
        super().__init__(rel)
        self.reverse = reverse

    @property
    def through(self) -> Any:
        """The intermediate model."""
        return self.rel.through

    @cached_property
    def related_manager_cls(self) -> Any:
        """The manager class, made from the other model's default manager."""
        model = self.rel.related_model if self.reverse else self.rel.model
        return create_forward_many_to_many_manager(model._default_manager.__class__, self.rel, reverse=self.reverse)

    def _get_set_deprecation_msg_params(self) -> tuple[str, Any]:
        side = "reverse" if self.reverse else "forward"
        name = self.rel.get_accessor_name() if self.reverse else self.field.name
        return f"{side} side of a many-to-many set", name
