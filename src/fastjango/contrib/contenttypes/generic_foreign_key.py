"""``GenericForeignKey``: a key that may point at a row of any model.

It has no column of its own: one field holds the content type, another the key.
"""

from __future__ import annotations

import functools
import warnings
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from fastjango.contrib.contenttypes.models import ContentType
from fastjango.core import checks
from fastjango.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist
from fastjango.db import models
from fastjango.db.models.fields import Field
from fastjango.db.models.fields.mixins import FieldCacheMixin
from fastjango.utils.deprecation import RemovedInDjango60Warning


class GenericForeignKey(FieldCacheMixin, Field):  # type: ignore[type-arg,unused-ignore]
    """The object that a content type and a key name together."""

    many_to_many = False
    many_to_one = True
    one_to_many = False
    one_to_one = False

    def __init__(
        self, ct_field: str = "content_type", fk_field: str = "object_id", for_concrete_model: bool = True
    ) -> None:
        super().__init__(editable=False)
        self.ct_field = ct_field
        self.fk_field = fk_field
        self.for_concrete_model = for_concrete_model
        self.is_relation = True

    def contribute_to_class(self, cls: Any, name: str, private_only: bool = True) -> None:
        """Become a field of the model *cls*."""
        super().contribute_to_class(cls, name, private_only=True)
        # The field is the descriptor: reading gives the object.
        setattr(cls, self.attname, GenericForeignKeyDescriptor(self))

    def get_attname_column(self) -> tuple[Any, Any]:
        """Return the attribute; there is no column."""
        attname, _ = super().get_attname_column()
        return attname, None

    @property
    def cache_name(self) -> str:
        """The key of the object in the instance's cache."""
        return str(self.name)

    # -- checks

    def check(self, **kwargs: Any) -> list[Any]:
        """Return the problems of the field and of the two fields it is made of."""
        return [*self._check_field_name(), *self._check_object_id_field(), *self._check_content_type_field()]

    def _check_object_id_field(self) -> list[Any]:
        try:
            self.model._meta.get_field(self.fk_field)
        except FieldDoesNotExist:
            return [
                checks.Error(
                    f"The GenericForeignKey object ID references the nonexistent field '{self.fk_field}'.",
                    obj=self,
                    id="contenttypes.E001",
                )
            ]
        return []

    def _check_content_type_field(self) -> list[Any]:
        """The content type must be a foreign key to ``ContentType``."""
        where = f"'{self.model._meta.object_name}.{self.ct_field}'"
        try:
            field = self.model._meta.get_field(self.ct_field)
        except FieldDoesNotExist:
            return [
                checks.Error(
                    "The GenericForeignKey content type references the nonexistent field "
                    f"'{self.model._meta.object_name}.{self.ct_field}'.",
                    obj=self,
                    id="contenttypes.E002",
                )
            ]
        hint = "GenericForeignKeys must use a ForeignKey to 'contenttypes.ContentType' as the 'content_type' field."
        if not isinstance(field, models.ForeignKey):
            return [checks.Error(f"{where} is not a ForeignKey.", hint=hint, obj=self, id="contenttypes.E003")]
        if field.remote_field.model != ContentType:
            return [
                checks.Error(
                    f"{where} is not a ForeignKey to 'contenttypes.ContentType'.",
                    hint=hint,
                    obj=self,
                    id="contenttypes.E004",
                )
            ]
        return []

    # -- objects

    @functools.cached_property
    def ct_field_attname(self) -> str:
        """The attribute that holds the content type's key."""
        return str(self.model._meta.get_field(self.ct_field).attname)

    def get_filter_kwargs_for_object(self, obj: Any) -> dict[str, Any]:
        """Return the lookup that finds rows with *obj*'s object."""
        return {
            self.fk_field: getattr(obj, self.fk_field),
            self.ct_field: getattr(obj, self.ct_field),
        }

    def get_forward_related_filter(self, obj: Any) -> dict[str, Any]:
        """Return the lookup that finds rows that point at *obj*."""
        return {
            self.fk_field: obj.pk,
            self.ct_field: ContentType.objects.get_for_model(obj).pk,
        }

    def get_content_type(self, obj: Any = None, id: Any = None, using: Any = None, model: Any = None) -> Any:
        """Return a content type by object, by key or by model. Queries: 0 or 1."""
        if obj is not None:
            return ContentType.objects.db_manager(obj._state.db).get_for_model(
                obj, for_concrete_model=self.for_concrete_model
            )
        if id is not None:
            return ContentType.objects.db_manager(using).get_for_id(id)
        if model is not None:
            return ContentType.objects.db_manager(using).get_for_model(
                model, for_concrete_model=self.for_concrete_model
            )
        # Reached by a mistake in the framework only.
        raise Exception("Impossible arguments to GFK.get_content_type!")  # noqa: TRY002 - Django's class

    # -- prefetch, as a descriptor does

    def get_prefetch_queryset(self, instances: Sequence[Any], queryset: Any = None) -> Any:
        """Return the prefetch parts for one queryset; the older name."""
        warnings.warn(
            "get_prefetch_queryset() is deprecated. Use get_prefetch_querysets() instead.",
            RemovedInDjango60Warning,
            stacklevel=2,
        )
        return self.get_prefetch_querysets(instances, None if queryset is None else [queryset])

    def get_prefetch_querysets(
        self, instances: Sequence[Any], querysets: Sequence[Any] | None = None
    ) -> tuple[Any, ...]:
        """Return the objects, the matchers and the cache name for a prefetch. Queries: one per model."""
        chosen: dict[Any, Any] = {}
        for queryset in querysets or ():
            ct_id = self.get_content_type(model=queryset.model, using=queryset.db).pk
            if ct_id in chosen:
                raise ValueError("Only one queryset is allowed for each content type.")
            chosen[ct_id] = queryset
        keys: dict[Any, set[Any]] = defaultdict(set)
        # A model of its own database each: the content type is the same on all.
        owners: dict[Any, Any] = {}
        for instance in instances:
            ct_id = getattr(instance, self.ct_field_attname)
            key = getattr(instance, self.fk_field)
            if ct_id is not None and key is not None:
                keys[ct_id].add(key)
                owners[ct_id] = instance
        found: list[Any] = []
        for ct_id, wanted in keys.items():
            if ct_id in chosen:
                found.extend(chosen[ct_id].filter(pk__in=wanted))
            else:
                owner = owners[ct_id]
                content_type = self.get_content_type(id=ct_id, using=owner._state.db)
                found.extend(content_type.get_all_objects_for_this_type(pk__in=wanted))

        def instance_key(instance: Any) -> Any:
            ct_id = getattr(instance, self.ct_field_attname)
            if ct_id is None:
                return None
            model = self.get_content_type(id=ct_id, using=instance._state.db).model_class()
            return str(model._meta.pk.get_prep_value(getattr(instance, self.fk_field))), model

        def object_key(obj: Any) -> Any:
            return obj._meta.pk.value_to_string(obj), obj.__class__

        return found, object_key, instance_key, True, self.name, False


class GenericForeignKeyDescriptor:
    """Reads and sets the object."""

    def __init__(self, field: GenericForeignKey) -> None:
        self.field = field

    def is_cached(self, instance: Any) -> bool:
        """Tell whether the object is at hand."""
        return self.field.is_cached(instance)

    @property
    def cache_name(self) -> str:
        """The key of the object in the instance's cache."""
        return self.field.cache_name

    def set_cached_value(self, instance: Any, value: Any) -> None:
        """Remember the object."""
        self.field.set_cached_value(instance, value)

    @property
    def get_prefetch_querysets(self) -> Callable[..., Any]:
        """What a prefetch asks, from the field."""
        return self.field.get_prefetch_querysets

    @property
    def get_prefetch_queryset(self) -> Callable[..., Any]:
        """What a prefetch asks, from the field; the older name."""
        return self.field.get_prefetch_queryset

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        if instance is None:
            return self.field
        field = self.field
        # Cached under the field: the content type's key decides whether it is still right.
        ct_id = getattr(instance, field.ct_field_attname, None)
        pk = getattr(instance, field.fk_field)
        cached = field.get_cached_value(instance, default=None)
        if cached is None and field.is_cached(instance):
            return None
        if cached is not None:
            right_type = ct_id == field.get_content_type(obj=cached).id
            if right_type and cached._meta.pk.to_python(pk) == cached.pk:
                return cached
            cached = None
        found = None
        mode = instance._state.fetch_mode
        if mode is not None and ct_id is not None and not field.is_cached(instance):
            mode.relation(instance, field.name)
            if field.is_cached(instance):
                return field.get_cached_value(instance)
        if ct_id is not None:
            content_type = field.get_content_type(id=ct_id, using=instance._state.db)
            try:
                found = content_type.get_object_for_this_type(using=instance._state.db, pk=pk)
            except (ObjectDoesNotExist, LookupError):
                pass
        field.set_cached_value(instance, found)
        return found

    def __set__(self, instance: Any, value: Any) -> None:
        field = self.field
        content_type = key = None
        if value is not None:
            content_type = field.get_content_type(obj=value)
            key = value.pk
        setattr(instance, field.ct_field, content_type)
        setattr(instance, field.fk_field, key)
        field.set_cached_value(instance, value)


__all__ = ["GenericForeignKey", "GenericForeignKeyDescriptor"]
