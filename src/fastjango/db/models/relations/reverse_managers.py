"""The manager behind ``author.book_set``: the rows whose foreign key points at one object."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastjango.core.exceptions import FieldError
from fastjango.db import router, transaction
from fastjango.db.bridge import bridge
from fastjango.db.models.relations.forward import one_queryset, warn_of_old_name
from fastjango.db.models.relations.noticed import NoticedReads
from fastjango.db.models.relations.sliced_prefetch import keys_of, of_instances

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


class ReverseManyToOneManager(NoticedReads):
    """What the related manager adds to the model's own manager class."""

    rel: Any = None
    do_not_call_in_templates = True

    def __init__(self, instance: Any) -> None:
        super().__init__()
        self.instance = instance
        self.model = self.rel.related_model
        self.field = self.rel.field
        self.core_filters = {self.field.name: instance}

    def __call__(self, *, manager: str) -> Any:
        """Return the same relation through another manager of the model."""
        chosen = getattr(self.model, manager)
        return create_reverse_many_to_one_manager(chosen.__class__, self.rel)(self.instance)

    def __iter__(self) -> Iterator[Any]:
        """Yield the related objects: Pydantic reads a list of them from here."""
        return iter(self.all())

    # -- queries -----------------------------------------------------------------------

    def _check_fk_val(self) -> None:
        for field in self.field.foreign_related_fields:
            if getattr(self.instance, field.attname) is None:
                raise ValueError(
                    f'"{self.instance!r}" needs to have a value for field "{field.attname}" before this relationship can be used.'
                )

    def _apply_rel_filters(self, queryset: Any) -> Any:
        queryset._add_hints(instance=self.instance)
        if self._db:
            queryset = queryset.using(self._db)
        queryset = queryset.filter(**self.core_filters)
        for field in self.field.foreign_related_fields:
            if getattr(self.instance, field.attname) is None:
                return queryset.none()
        if self.field.many_to_one:
            # Not for look-alikes such as generic relations.
            try:
                key = getattr(self.instance, self.field.target_field.attname)
            except FieldError:
                key = tuple(getattr(self.instance, field.attname) for field in self.field.path_infos[-1].target_fields)
            queryset._known_related_objects = {self.field: {key: self.instance}}
        return queryset

    def _remove_prefetched_objects(self) -> None:
        cache = getattr(self.instance, "_prefetched_objects_cache", None)
        if cache is not None:
            cache.pop(self.field.remote_field.cache_name, None)

    def all(self) -> Any:
        """Return the related objects; those of many objects, one by one, are noticed."""
        if self.instance._state.fetch_mode is not None:
            self._notice("prefetch_related({name!r})", asks_anew=False)
        return super().all()

    def _notice(self, remedy: str, *, asks_anew: bool) -> None:
        relation = self.field.remote_field
        if asks_anew or relation.cache_name not in getattr(self.instance, "_prefetched_objects_cache", ()):
            name = relation.get_accessor_name() or relation.name
            self.instance._state.fetch_mode.many(self.instance, name, remedy.format(name=name))

    def get_queryset(self) -> Any:
        """Return the related objects; prefetched ones without a query."""
        # A manager of an instance that has lost its key must not find all rows without one.
        if not self.instance._is_pk_set():
            raise ValueError(
                f"{self.instance.__class__.__name__!r} instance needs to have a primary key value before this relationship can be used."
            )
        try:
            return self.instance._prefetched_objects_cache[self.field.remote_field.cache_name]
        except (AttributeError, KeyError):
            return self._apply_rel_filters(super().get_queryset())

    def get_prefetch_querysets(
        self, instances: Sequence[Any], querysets: Sequence[Any] | None = None
    ) -> tuple[Any, ...]:
        """Return the queryset, the matchers and the cache name for a prefetch."""
        queryset = one_queryset(querysets, super().get_queryset)
        queryset._add_hints(instance=instances[0])
        queryset = queryset.using(queryset._db or self._db)
        field = self.field
        object_key, instance_key = field.get_local_related_value, field.get_foreign_related_value
        by_key = {instance_key(instance): instance for instance in instances}
        # The key of a generic relation is not the key of the instance.
        keys = keys_of(instances, instance_key) if field.many_to_one else list(instances)
        queryset = of_instances(queryset, field.name, keys)
        # Each object knows the instance it was fetched for.
        for row in queryset:
            if not field.is_cached(row):
                field.set_cached_value(row, by_key[object_key(row)])
        return queryset, object_key, instance_key, False, field.remote_field.cache_name, False

    def get_prefetch_queryset(self, instances: Sequence[Any], queryset: Any = None) -> Any:
        """Return the prefetch parts for one queryset; the older name."""
        warn_of_old_name()
        return self.get_prefetch_querysets(instances, None if queryset is None else [queryset])

    # -- changes -----------------------------------------------------------------------

    def _write_db(self) -> Any:
        return router.db_for_write(self.model, instance=self.instance)

    def _require_member(self, obj: Any) -> None:
        if not isinstance(obj, self.model):
            raise TypeError(f"'{self.model._meta.object_name}' instance expected, got {obj!r}")

    def add(self, *objs: Any, bulk: bool = True) -> None:
        """Point *objs* at the instance. Queries: 1, or one per object without *bulk*."""
        self._check_fk_val()
        self._remove_prefetched_objects()
        db = self._write_db()
        if not bulk:
            with transaction.atomic(using=db, savepoint=False):
                for obj in objs:
                    self._require_member(obj)
                    setattr(obj, self.field.name, self.instance)
                    obj.save()
            return
        pks = set()
        for obj in objs:
            self._require_member(obj)
            setattr(obj, self.field.name, self.instance)
            if obj._state.adding or obj._state.db != db:
                raise ValueError(f"{obj!r} instance isn't saved. Use bulk=False or save the object first.")
            pks.add(obj.pk)
        rows = self.model._base_manager.using(db).filter(pk__in=pks)
        rows.update(**{self.field.name: self.instance})

    add.alters_data = True  # type: ignore[attr-defined]

    async def aadd(self, *objs: Any, bulk: bool = True) -> None:
        """See ``add``."""
        return await bridge(self.add, *objs, bulk=bulk)

    aadd.alters_data = True  # type: ignore[attr-defined]

    def create(self, **kwargs: Any) -> Any:
        """Create an object that points at the instance."""
        self._check_fk_val()
        self._remove_prefetched_objects()
        kwargs[self.field.name] = self.instance
        manager = self.db_manager(self._write_db())
        return super(ReverseManyToOneManager, manager).create(**kwargs)

    create.alters_data = True  # type: ignore[attr-defined]

    async def acreate(self, **kwargs: Any) -> Any:
        """See ``create``."""
        return await bridge(self.create, **kwargs)

    acreate.alters_data = True  # type: ignore[attr-defined]

    def get_or_create(self, **kwargs: Any) -> Any:
        """Get or create an object that points at the instance."""
        self._check_fk_val()
        kwargs[self.field.name] = self.instance
        manager = self.db_manager(self._write_db())
        return super(ReverseManyToOneManager, manager).get_or_create(**kwargs)

    get_or_create.alters_data = True  # type: ignore[attr-defined]

    async def aget_or_create(self, **kwargs: Any) -> Any:
        """See ``get_or_create``."""
        return await bridge(self.get_or_create, **kwargs)

    aget_or_create.alters_data = True  # type: ignore[attr-defined]

    def update_or_create(self, **kwargs: Any) -> Any:
        """Update or create an object that points at the instance."""
        self._check_fk_val()
        kwargs[self.field.name] = self.instance
        manager = self.db_manager(self._write_db())
        return super(ReverseManyToOneManager, manager).update_or_create(**kwargs)

    update_or_create.alters_data = True  # type: ignore[attr-defined]

    async def aupdate_or_create(self, **kwargs: Any) -> Any:
        """See ``update_or_create``."""
        return await bridge(self.update_or_create, **kwargs)

    aupdate_or_create.alters_data = True  # type: ignore[attr-defined]

    def set(self, objs: Iterable[Any], *, bulk: bool = True, clear: bool = False) -> None:
        """Point *objs* at the instance; a key that cannot be null only gains objects."""
        self._check_fk_val()
        self.add(*tuple(objs), bulk=bulk)

    set.alters_data = True  # type: ignore[attr-defined]

    async def aset(self, objs: Iterable[Any], *, bulk: bool = True, clear: bool = False) -> None:
        """See ``set``."""
        return await bridge(self.set, objs=objs, bulk=bulk, clear=clear)

    aset.alters_data = True  # type: ignore[attr-defined]


class NullableReverseManager(ReverseManyToOneManager):
    """The related manager of a key that may be null: objects can leave the relation."""

    def remove(self, *objs: Any, bulk: bool = True) -> None:
        """Let *objs* point nowhere."""
        if not objs:
            return
        self._check_fk_val()
        key = self.field.get_foreign_related_value(self.instance)
        pks = set()
        for obj in objs:
            self._require_member(obj)
            if self.field.get_local_related_value(obj) != key:
                raise self.field.remote_field.model.DoesNotExist(f"{obj!r} is not related to {self.instance!r}.")
            pks.add(obj.pk)
        self._clear(super().filter(pk__in=pks), bulk)

    remove.alters_data = True  # type: ignore[attr-defined]

    async def aremove(self, *objs: Any, bulk: bool = True) -> None:
        """See ``remove``."""
        return await bridge(self.remove, *objs, bulk=bulk)

    aremove.alters_data = True  # type: ignore[attr-defined]

    def clear(self, *, bulk: bool = True) -> None:
        """Let all related objects point nowhere."""
        self._check_fk_val()
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
            queryset.update(**{self.field.name: None})
            return
        with transaction.atomic(using=db, savepoint=False):
            for obj in queryset:
                setattr(obj, self.field.name, None)
                obj.save(update_fields=[self.field.name])

    def set(self, objs: Iterable[Any], *, bulk: bool = True, clear: bool = False) -> None:
        """Make *objs* the related objects; with *clear*, let all go first."""
        self._check_fk_val()
        # Evaluated before anything changes: it may be a queryset of these very objects.
        wanted = tuple(objs)
        db = self._write_db()
        with transaction.atomic(using=db, savepoint=False):
            if clear:
                self.clear(bulk=bulk)
                self.add(*wanted, bulk=bulk)
                return
            leaving = {*self.using(db).all()}
            joining = []
            for obj in wanted:
                if obj in leaving:
                    leaving.remove(obj)
                else:
                    joining.append(obj)
            self.remove(*leaving, bulk=bulk)
            self.add(*joining, bulk=bulk)

    set.alters_data = True  # type: ignore[attr-defined]

    async def aset(self, objs: Iterable[Any], *, bulk: bool = True, clear: bool = False) -> None:
        """See ``set``."""
        return await bridge(self.set, objs=objs, bulk=bulk, clear=clear)

    aset.alters_data = True  # type: ignore[attr-defined]


def create_reverse_many_to_one_manager(superclass: type[Any], rel: Any) -> type[Any]:
    """Return a manager class for *rel* on top of the manager class *superclass*."""
    parts = NullableReverseManager if rel.field.null else ReverseManyToOneManager
    return type(
        "RelatedManager",
        (parts, superclass),
        {"rel": rel, "__module__": __name__, "__doc__": parts.__doc__},
    )
