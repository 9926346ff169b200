"""The manager behind ``post.tags`` of a generic relation."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from fastjango.contrib.contenttypes.models import ContentType
from fastjango.db import router, transaction
from fastjango.db.bridge import bridge
from fastjango.db.models import Q
from fastjango.db.models.relations.forward import one_queryset
from fastjango.utils.deprecation import RemovedInDjango60Warning

if TYPE_CHECKING:
    # The model's own manager class, known at run time only.
    _Base: Any
else:
    _Base = object


class GenericRelatedObjectManager(_Base):  # type: ignore[misc]
    """What the related manager adds to the model's own manager class."""

    rel: Any = None
    do_not_call_in_templates = True

    def __init__(self, instance: Any = None) -> None:
        super().__init__()
        rel = self.rel
        self.instance = instance
        self.model = rel.model
        self.content_type = ContentType.objects.db_manager(instance._state.db).get_for_model(
            instance, for_concrete_model=rel.field.for_concrete_model
        )
        self.content_type_field_name = rel.field.content_type_field_name
        self.object_id_field_name = rel.field.object_id_field_name
        self.prefetch_cache_name = rel.field.attname
        self.pk_val = instance.pk
        self.core_filters = {
            f"{self.content_type_field_name}__pk": self.content_type.id,
            self.object_id_field_name: self.pk_val,
        }

    def __call__(self, *, manager: str) -> Any:
        """Return the same relation through another manager of the model."""
        chosen = getattr(self.model, manager)
        return create_generic_related_manager(chosen.__class__, self.rel)(instance=self.instance)

    def __str__(self) -> str:
        return repr(self)

    # -- queries

    def _apply_rel_filters(self, queryset: Any) -> Any:
        """Return the objects of *queryset* that point at the instance."""
        db = self._db or router.db_for_read(self.model, instance=self.instance)
        return queryset.using(db).filter(**self.core_filters)

    def _remove_prefetched_objects(self) -> None:
        cache = getattr(self.instance, "_prefetched_objects_cache", None)
        if cache is not None:
            cache.pop(self.prefetch_cache_name, None)

    def get_queryset(self) -> Any:
        """Return the related objects; prefetched ones without a query."""
        try:
            return self.instance._prefetched_objects_cache[self.prefetch_cache_name]
        except (AttributeError, KeyError):
            return self._apply_rel_filters(super().get_queryset())

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
        """Return the queryset, the matchers and the cache name for a prefetch."""
        queryset = one_queryset(querysets, super().get_queryset)
        queryset._add_hints(instance=instances[0])
        queryset = queryset.using(queryset._db or self._db)
        # Instances may be of several models: proxies and children.
        content_types = ContentType.objects.db_manager(queryset.db).get_for_models(
            *{type(instance) for instance in instances},
            for_concrete_models=self.rel.field.for_concrete_model,
        )
        keys: dict[Any, set[Any]] = {}
        for instance in instances:
            keys.setdefault(content_types[type(instance)].pk, set()).add(instance.pk)
        conditions = [
            Q.create(
                [
                    (f"{self.content_type_field_name}__pk", content_type_id),
                    (f"{self.object_id_field_name}__in", pks),
                ]
            )
            for content_type_id, pks in keys.items()
        ]
        # Keys are compared as the instance's model says: "1" in a text column is 1.
        to_python = instances[0]._meta.pk.to_python
        content_type_attname = self.model._meta.get_field(self.content_type_field_name).attname
        return (
            queryset.filter(reduce(or_, conditions)),
            lambda obj: (to_python(getattr(obj, self.object_id_field_name)), getattr(obj, content_type_attname)),
            lambda instance: (instance.pk, content_types[type(instance)].pk),
            False,
            self.prefetch_cache_name,
            False,
        )

    # -- changes

    def _write_db(self) -> Any:
        return router.db_for_write(self.model, instance=self.instance)

    def add(self, *objs: Any, bulk: bool = True) -> None:
        """Point *objs* at the instance. Queries: 1, or one per object without *bulk*."""
        self._remove_prefetched_objects()
        db = self._write_db()

        def check_and_update_obj(obj: Any) -> None:
            if not isinstance(obj, self.model):
                raise TypeError(f"'{self.model._meta.object_name}' instance expected, got {obj!r}")
            setattr(obj, self.content_type_field_name, self.content_type)
            setattr(obj, self.object_id_field_name, self.pk_val)

        if bulk:
            pks = set()
            for obj in objs:
                if obj._state.adding or obj._state.db != db:
                    raise ValueError(f"{obj!r} instance isn't saved. Use bulk=False or save the object first.")
                check_and_update_obj(obj)
                pks.add(obj.pk)
            self.model._base_manager.using(db).filter(pk__in=pks).update(
                **{
                    self.content_type_field_name: self.content_type,
                    self.object_id_field_name: self.pk_val,
                }
            )
            return
        with transaction.atomic(using=db, savepoint=False):
            for obj in objs:
                check_and_update_obj(obj)
                obj.save()

    add.alters_data = True  # type: ignore[attr-defined]

    async def aadd(self, *objs: Any, bulk: bool = True) -> None:
        """See ``add``."""
        return await bridge(self.add, *objs, bulk=bulk)

    aadd.alters_data = True  # type: ignore[attr-defined]

    def remove(self, *objs: Any, bulk: bool = True) -> None:
        """Delete *objs*: nothing else they could point at is known."""
        if not objs:
            return
        self._clear(self.filter(pk__in=[obj.pk for obj in objs]), bulk)

    remove.alters_data = True  # type: ignore[attr-defined]

    async def aremove(self, *objs: Any, bulk: bool = True) -> None:
        """See ``remove``."""
        return await bridge(self.remove, *objs, bulk=bulk)

    aremove.alters_data = True  # type: ignore[attr-defined]

    def clear(self, *, bulk: bool = True) -> None:
        """Delete all related objects."""
        self._clear(self, bulk)

    clear.alters_data = True  # type: ignore[attr-defined]

    async def aclear(self, *, bulk: bool = True) -> None:
        """See ``clear``."""
        return await bridge(self.clear, bulk=bulk)

    aclear.alters_data = True  # type: ignore[attr-defined]

    def _clear(self, queryset: Any, bulk: bool) -> None:
        self._remove_prefetched_objects()
        db = self._write_db()
        queryset = queryset.using(db)
        if bulk:
            # One DELETE for all; signals are sent.
            queryset.delete()
            return
        with transaction.atomic(using=db, savepoint=False):
            for obj in queryset:
                obj.delete()

    _clear.alters_data = True  # type: ignore[attr-defined]

    def set(self, objs: Any, *, bulk: bool = True, clear: bool = False) -> None:
        """Make *objs* the related objects; with *clear*, delete all others first."""
        # Evaluated before anything changes: it may be a queryset of these very objects.
        wanted = tuple(objs)
        db = self._write_db()
        with transaction.atomic(using=db, savepoint=False):
            if clear:
                self.clear()
                self.add(*wanted, bulk=bulk)
                return
            leaving = set(self.using(db).all())
            joining = []
            for obj in wanted:
                if obj in leaving:
                    leaving.remove(obj)
                else:
                    joining.append(obj)
            self.remove(*leaving)
            self.add(*joining, bulk=bulk)

    set.alters_data = True  # type: ignore[attr-defined]

    async def aset(self, objs: Any, *, bulk: bool = True, clear: bool = False) -> None:
        """See ``set``."""
        return await bridge(self.set, objs, bulk=bulk, clear=clear)

    aset.alters_data = True  # type: ignore[attr-defined]

    def _pointing_here(self, kwargs: dict[str, Any]) -> dict[str, Any]:
        self._remove_prefetched_objects()
        kwargs[self.content_type_field_name] = self.content_type
        kwargs[self.object_id_field_name] = self.pk_val
        return kwargs

    def create(self, **kwargs: Any) -> Any:
        """Create an object that points at the instance."""
        kwargs = self._pointing_here(kwargs)
        return super().using(self._write_db()).create(**kwargs)

    create.alters_data = True  # type: ignore[attr-defined]

    async def acreate(self, **kwargs: Any) -> Any:
        """See ``create``."""
        return await bridge(self.create, **kwargs)

    acreate.alters_data = True  # type: ignore[attr-defined]

    def get_or_create(self, **kwargs: Any) -> Any:
        """Get or create an object that points at the instance."""
        kwargs[self.content_type_field_name] = self.content_type
        kwargs[self.object_id_field_name] = self.pk_val
        return super().using(self._write_db()).get_or_create(**kwargs)

    get_or_create.alters_data = True  # type: ignore[attr-defined]

    async def aget_or_create(self, **kwargs: Any) -> Any:
        """See ``get_or_create``."""
        return await bridge(self.get_or_create, **kwargs)

    aget_or_create.alters_data = True  # type: ignore[attr-defined]

    def update_or_create(self, **kwargs: Any) -> Any:
        """Update or create an object that points at the instance."""
        kwargs[self.content_type_field_name] = self.content_type
        kwargs[self.object_id_field_name] = self.pk_val
        return super().using(self._write_db()).update_or_create(**kwargs)

    update_or_create.alters_data = True  # type: ignore[attr-defined]

    async def aupdate_or_create(self, **kwargs: Any) -> Any:
        """See ``update_or_create``."""
        return await bridge(self.update_or_create, **kwargs)

    aupdate_or_create.alters_data = True  # type: ignore[attr-defined]


def create_generic_related_manager(superclass: type[Any], rel: Any) -> type[Any]:
    """Return a manager class for *rel* on top of the manager class *superclass*."""
    return type(
        "GenericRelatedObjectManager",
        (GenericRelatedObjectManager, superclass),
        {"rel": rel, "__module__": __name__, "__doc__": GenericRelatedObjectManager.__doc__},
    )


__all__ = ["GenericRelatedObjectManager", "create_generic_related_manager"]
