"""The manager behind ``book.tags``: the objects on the other side of a many-to-many relation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastjango.db import connections, router, transaction
from fastjango.db.bridge import bridge
from fastjango.db.models import signals
from fastjango.db.models.expressions import F
from fastjango.db.models.manager import Manager
from fastjango.db.models.query import QuerySet
from fastjango.db.models.query_utils import Q
from fastjango.db.models.relations.forward import one_queryset, warn_of_old_name
from fastjango.db.models.relations.noticed import NoticedReads
from fastjango.db.models.relations.sliced_prefetch import keys_of, of_instances

if TYPE_CHECKING:
    from builtins import set as set_of
    from collections.abc import Iterable, Iterator, Sequence


class ManyToManyManager(NoticedReads):
    """What the related manager adds to the other model's own manager class."""

    rel: Any = None
    reverse = False
    do_not_call_in_templates = True

    # Set once per relation, by ``create_forward_many_to_many_manager``.
    query_field_name: str
    prefetch_cache_name: str
    source_field_name: str
    target_field_name: str
    symmetrical: bool
    through: Any
    source_field: Any
    target_field: Any
    key_names: tuple[tuple[str, str], ...]
    pk_field_names: dict[str, str]
    related_to: Any

    def __init__(self, instance: Any = None) -> None:
        super().__init__()
        self.instance = instance
        self.model = self.related_to
        self.related_val = self.source_field.get_foreign_related_value(instance)
        if None in self.related_val:
            raise ValueError(
                f'"{instance!r}" needs to have a value for field "{self.pk_field_names[self.source_field_name]}" before this many-to-many relationship can be used.'
            )
        # The key may be another field; the object must have been saved all the same.
        if not instance._is_pk_set():
            raise ValueError(
                f"{instance.__class__.__name__!r} instance needs to have a primary key value before a many-to-many relationship can be used."
            )
        self.core_filters = {lookup: getattr(instance, attname) for lookup, attname in self.key_names}

    def __call__(self, *, manager: str) -> Any:
        """Return the same relation through another manager of the model."""
        chosen = getattr(self.model, manager)
        made = create_forward_many_to_many_manager(chosen.__class__, self.rel, self.reverse)
        return made(instance=self.instance)

    def __iter__(self) -> Iterator[Any]:
        """Yield the related objects: Pydantic reads a list of them from here."""
        return iter(self.all())

    # -- queries -----------------------------------------------------------------------

    def _apply_rel_filters(self, queryset: Any) -> Any:
        queryset._add_hints(instance=self.instance)
        if self._db:
            queryset = queryset.using(self._db)
        queryset._defer_next_filter = True
        return queryset._next_is_sticky().filter(**self.core_filters)

    def get_prefetch_cache(self) -> Any:
        """Return the prefetched objects of this relation, or None."""
        # Without names the relation may not be cached by accident.
        cache = getattr(self.instance, "_prefetched_objects_cache", None)
        return None if cache is None else cache.get(self.prefetch_cache_name)

    def _remove_prefetched_objects(self) -> None:
        cache = getattr(self.instance, "_prefetched_objects_cache", None)
        if cache is not None:
            cache.pop(self.prefetch_cache_name, None)

    def all(self) -> Any:
        """Return the related objects; those of many objects, one by one, are noticed."""
        if self.instance._state.fetch_mode is not None:
            self._notice("prefetch_related({name!r})", asks_anew=False)
        return super().all()

    def _notice(self, remedy: str, *, asks_anew: bool) -> None:
        if asks_anew or self.get_prefetch_cache() is None:
            name = self.prefetch_cache_name
            self.instance._state.fetch_mode.many(self.instance, name, remedy.format(name=name))

    def get_queryset(self) -> Any:
        """Return the related objects; prefetched ones without a query."""
        cached = self.get_prefetch_cache()
        if cached is not None:
            return cached
        return self._apply_rel_filters(super().get_queryset())

    def get_prefetch_querysets(
        self, instances: Sequence[Any], querysets: Sequence[Any] | None = None
    ) -> tuple[Any, ...]:
        """Return the queryset, the matchers and the cache name for a prefetch."""
        queryset = one_queryset(querysets, super().get_queryset)
        queryset._add_hints(instance=instances[0])
        queryset = queryset.using(queryset._db or self._db)
        source = self.through._meta.get_field(self.source_field_name)
        keys = keys_of(instances, source.get_foreign_related_value)
        queryset = of_instances(queryset._next_is_sticky(), self.query_field_name, keys)
        # The rows carry the key of the instance they belong to, from the joined table.
        extras = [(f"_prefetch_related_val_{own.attname}", foreign) for own, foreign in source.related_fields]
        queryset = queryset.annotate(
            **{name: F(f"{self.query_field_name}__{foreign.name}") for name, foreign in extras}
        )

        def object_key(row: Any) -> tuple[Any, ...]:
            return tuple(foreign.to_python(getattr(row, name)) for name, foreign in extras)

        def instance_key(instance: Any) -> tuple[Any, ...]:
            return tuple(getattr(instance, foreign.attname) for _name, foreign in extras)

        return queryset, object_key, instance_key, False, self.prefetch_cache_name, False

    def get_prefetch_queryset(self, instances: Sequence[Any], queryset: Any = None) -> Any:
        """Return the prefetch parts for one queryset; the older name."""
        warn_of_old_name()
        return self.get_prefetch_querysets(instances, None if queryset is None else [queryset])

    @property
    def constrained_target(self) -> Any:
        """The intermediate rows, where a count needs no join; else None."""
        # A foreign key with a constraint to the very table promises that the object exists.
        if type(self.target_field).__name__ != "ForeignKey":
            return None
        db = router.db_for_read(self.through, instance=self.instance)
        if not connections[db].features.supports_foreign_keys:
            return None
        if not (
            getattr(self.target_field, "db_constraint", False)
            and self.target_field.remote_field.get_related_field().primary_key
            and self._plain_default_manager()
        ):
            return None
        filters: dict[str, Any] = {self.source_field_name: self.related_val[0]}
        if self.target_field.null:
            filters[f"{self.target_field_name}__isnull"] = False
        rows = self.through._base_manager.db_manager(db, hints={"instance": self.instance})
        return rows.filter(**filters)

    def _plain_default_manager(self) -> bool:
        """Whether the other model's default manager shows every row."""
        return type(self.model._default_manager) is Manager

    def exists(self) -> bool:
        """Tell whether there is a related object."""
        constrained = self._unprefetched_target()
        return bool(constrained.exists() if constrained is not None else super().exists())

    def count(self) -> int:
        """Return the number of related objects."""
        constrained = self._unprefetched_target()
        return int(constrained.count() if constrained is not None else super().count())

    def _unprefetched_target(self) -> Any:
        return None if self.get_prefetch_cache() is not None else self.constrained_target

    # -- changes -----------------------------------------------------------------------

    def _write_db(self, model: Any = None) -> Any:
        return router.db_for_write(model or self.through, instance=self.instance)

    def add(self, *objs: Any, through_defaults: Any = None) -> None:
        """Relate *objs* (or keys); those already related stay as they are."""
        self._remove_prefetched_objects()
        with transaction.atomic(using=self._write_db(), savepoint=False):
            self._add_items(
                self.source_field_name,
                self.target_field_name,
                *objs,
                through_defaults=through_defaults,
            )
            # A symmetrical relation is two rows.
            if self.symmetrical:
                self._add_items(
                    self.target_field_name,
                    self.source_field_name,
                    *objs,
                    through_defaults=through_defaults,
                )

    add.alters_data = True  # type: ignore[attr-defined]

    async def aadd(self, *objs: Any, through_defaults: Any = None) -> None:
        """See ``add``."""
        return await bridge(self.add, *objs, through_defaults=through_defaults)

    aadd.alters_data = True  # type: ignore[attr-defined]

    def remove(self, *objs: Any) -> None:
        """End the relation to *objs* (or keys)."""
        self._remove_prefetched_objects()
        self._remove_items(self.source_field_name, self.target_field_name, *objs)

    remove.alters_data = True  # type: ignore[attr-defined]

    async def aremove(self, *objs: Any) -> None:
        """See ``remove``."""
        return await bridge(self.remove, *objs)

    aremove.alters_data = True  # type: ignore[attr-defined]

    def _build_remove_filters(self, removed: Any) -> Q:
        """Return the condition of the intermediate rows to *removed*: keys, or a queryset."""
        # A queryset of everything needs no condition.
        some = not isinstance(removed, QuerySet) or removed._has_filters()
        filters = Q.create([(self.source_field_name, self.related_val)])
        if some:
            filters &= Q.create([(f"{self.target_field_name}__in", removed)])
        if self.symmetrical:
            mirrored = Q.create([(self.target_field_name, self.related_val)])
            if some:
                mirrored &= Q.create([(f"{self.source_field_name}__in", removed)])
            filters |= mirrored
        return filters

    def _signal(self, action: str, pk_set: Any, db: Any) -> None:
        signals.m2m_changed.send(
            sender=self.through,
            action=action,
            instance=self.instance,
            reverse=self.reverse,
            model=self.model,
            pk_set=pk_set,
            using=db,
        )

    def clear(self) -> None:
        """End the relation to all objects."""
        db = self._write_db()
        with transaction.atomic(using=db, savepoint=False):
            self._signal("pre_clear", None, db)
            self._remove_prefetched_objects()
            filters = self._build_remove_filters(super().get_queryset().using(db))
            self.through._default_manager.using(db).filter(filters).delete()
            self._signal("post_clear", None, db)

    clear.alters_data = True  # type: ignore[attr-defined]

    async def aclear(self) -> None:
        """See ``clear``."""
        return await bridge(self.clear)

    aclear.alters_data = True  # type: ignore[attr-defined]

    def set(self, objs: Iterable[Any], *, clear: bool = False, through_defaults: Any = None) -> None:
        """Make *objs* (or keys) the related objects; with *clear*, end all relations first."""
        # Evaluated before anything changes: it may be a queryset of these very objects.
        wanted = tuple(objs)
        db = self._write_db()
        with transaction.atomic(using=db, savepoint=False):
            self._remove_prefetched_objects()
            if clear:
                self.clear()
                self.add(*wanted, through_defaults=through_defaults)
                return
            target = self.target_field.target_field
            leaving = {*self.using(db).values_list(target.attname, flat=True)}
            joining = []
            for obj in wanted:
                key = (
                    self.target_field.get_foreign_related_value(obj)[0]
                    if isinstance(obj, self.model)
                    else self.target_field.get_prep_value(obj)
                )
                if key in leaving:
                    leaving.remove(key)
                else:
                    joining.append(obj)
            self.remove(*leaving)
            self.add(*joining, through_defaults=through_defaults)

    set.alters_data = True  # type: ignore[attr-defined]

    async def aset(self, objs: Iterable[Any], *, clear: bool = False, through_defaults: Any = None) -> None:
        """See ``set``."""
        return await bridge(self.set, objs=objs, clear=clear, through_defaults=through_defaults)

    aset.alters_data = True  # type: ignore[attr-defined]

    def create(self, *, through_defaults: Any = None, **kwargs: Any) -> Any:
        """Create an object and relate it."""
        manager = self.db_manager(self._write_db(self.instance.__class__))
        made = super(ManyToManyManager, manager).create(**kwargs)
        self.add(made, through_defaults=through_defaults)
        return made

    create.alters_data = True  # type: ignore[attr-defined]

    async def acreate(self, *, through_defaults: Any = None, **kwargs: Any) -> Any:
        """See ``create``."""
        return await bridge(self.create, through_defaults=through_defaults, **kwargs)

    acreate.alters_data = True  # type: ignore[attr-defined]

    def get_or_create(self, *, through_defaults: Any = None, **kwargs: Any) -> Any:
        """Get a related object, or create one and relate it."""
        manager = self.db_manager(self._write_db(self.instance.__class__))
        found, created = super(ManyToManyManager, manager).get_or_create(**kwargs)
        # What was found is related already: it came from this relation.
        if created:
            self.add(found, through_defaults=through_defaults)
        return found, created

    get_or_create.alters_data = True  # type: ignore[attr-defined]

    async def aget_or_create(self, *, through_defaults: Any = None, **kwargs: Any) -> Any:
        """See ``get_or_create``."""
        return await bridge(self.get_or_create, through_defaults=through_defaults, **kwargs)

    aget_or_create.alters_data = True  # type: ignore[attr-defined]

    def update_or_create(self, *, through_defaults: Any = None, **kwargs: Any) -> Any:
        """Update a related object, or create one and relate it."""
        manager = self.db_manager(self._write_db(self.instance.__class__))
        found, created = super(ManyToManyManager, manager).update_or_create(**kwargs)
        if created:
            self.add(found, through_defaults=through_defaults)
        return found, created

    update_or_create.alters_data = True  # type: ignore[attr-defined]

    async def aupdate_or_create(self, *, through_defaults: Any = None, **kwargs: Any) -> Any:
        """See ``update_or_create``."""
        return await bridge(self.update_or_create, through_defaults=through_defaults, **kwargs)

    aupdate_or_create.alters_data = True  # type: ignore[attr-defined]

    # -- steps -------------------------------------------------------------------------

    def _get_target_ids(self, target_field_name: str, objs: Iterable[Any]) -> set_of[Any]:
        """Return the keys of *objs*, which are objects or keys."""
        target_field = self.through._meta.get_field(target_field_name)
        keys: set_of[Any] = set()
        for obj in objs:
            if isinstance(obj, self.model):
                if not router.allow_relation(obj, self.instance):
                    raise ValueError(
                        f'Cannot add "{obj!r}": instance is on database "{self.instance._state.db}", value is on database "{obj._state.db}"'
                    )
                key = target_field.get_foreign_related_value(obj)[0]
                if key is None:
                    raise ValueError(f'Cannot add "{obj!r}": the value for field "{target_field_name}" is None')
                keys.add(key)
            elif hasattr(obj, "_meta"):
                raise TypeError(f"'{self.model._meta.object_name}' instance expected, got {obj!r}")
            else:
                keys.add(target_field.get_prep_value(obj))
        return keys

    def _get_missing_target_ids(
        self, source_field_name: str, target_field_name: str, db: Any, target_ids: set_of[Any]
    ) -> set_of[Any]:
        """Return those of *target_ids* that are not related yet."""
        known = (
            self.through._default_manager.using(db)
            .values_list(target_field_name, flat=True)
            .filter(
                **{
                    source_field_name: self.related_val[0],
                    f"{target_field_name}__in": target_ids,
                }
            )
        )
        return target_ids.difference(known)

    def _get_add_plan(self, db: Any, source_field_name: str) -> tuple[bool, bool, bool]:
        """Return: may conflicts be ignored, must signals be sent, may the check be left out."""
        # Only rows that nobody else defines can be checked by the database alone.
        can_ignore = self.through._meta.auto_created is not False and connections[db].features.supports_ignore_conflicts
        # Receivers hear of the forward half of a symmetrical relation only.
        must_signal = (
            self.reverse or source_field_name == self.source_field_name
        ) and signals.m2m_changed.has_listeners(self.through)
        return can_ignore, must_signal, can_ignore and not must_signal

    def _add_items(
        self,
        source_field_name: str,
        target_field_name: str,
        *objs: Any,
        through_defaults: Any = None,
    ) -> None:
        if not objs:
            return
        through_defaults = dict(_resolved(through_defaults or {}))
        target_ids = self._get_target_ids(target_field_name, objs)
        db = self._write_db()
        can_ignore, must_signal, fast = self._get_add_plan(db, source_field_name)
        source, target = (self.through._meta.get_field(name).attname for name in (source_field_name, target_field_name))
        rows = self.through._default_manager.using(db)
        if fast:
            rows.bulk_create(
                [self.through(**{source: self.related_val[0], target: target_id}) for target_id in target_ids],
                ignore_conflicts=True,
            )
            return
        missing = self._get_missing_target_ids(source_field_name, target_field_name, db, target_ids)
        with transaction.atomic(using=db, savepoint=False):
            if must_signal:
                self._signal("pre_add", missing, db)
            rows.bulk_create(
                [
                    self.through(**through_defaults, **{source: self.related_val[0], target: target_id})
                    for target_id in missing
                ],
                ignore_conflicts=can_ignore,
            )
            if must_signal:
                self._signal("post_add", missing, db)

    def _remove_items(self, source_field_name: str, target_field_name: str, *objs: Any) -> None:
        if not objs:
            return
        keys: set_of[Any] = set()
        for obj in objs:
            if isinstance(obj, self.model):
                keys.add(self.target_field.get_foreign_related_value(obj)[0])
            else:
                keys.add(obj)
        db = self._write_db()
        with transaction.atomic(using=db, savepoint=False):
            self._signal("pre_remove", keys, db)
            # A manager that hides objects does not remove them either.
            visible = super().get_queryset()
            removed: Any = keys
            if visible._has_filters():
                target = self.target_field.target_field.attname
                removed = visible.using(db).filter(**{f"{target}__in": keys})
            self.through._default_manager.using(db).filter(self._build_remove_filters(removed)).delete()
            self._signal("post_remove", keys, db)


def _resolved(through_defaults: Any) -> Any:
    """Yield the defaults with functions called."""
    for name, value in through_defaults.items():
        yield name, value() if callable(value) else value


def create_forward_many_to_many_manager(superclass: type[Any], rel: Any, reverse: bool) -> type[Any]:
    """Return a manager class for *rel* on top of the manager class *superclass*."""
    field, opts = rel.field, rel.through._meta
    ends = (field.m2m_field_name(), field.m2m_reverse_field_name())
    source_name, target_name = reversed(ends) if reverse else ends
    query_name = field.name if reverse else field.related_query_name()
    source = opts.get_field(source_name)
    return type(
        "ManyRelatedManager",
        (ManyToManyManager, superclass),
        {
            "rel": rel,
            "reverse": reverse,
            "related_to": rel.related_model if reverse else rel.model,
            "query_field_name": query_name,
            "prefetch_cache_name": rel.accessor_name if reverse else field.name,
            "source_field_name": source_name,
            "target_field_name": target_name,
            "symmetrical": False if reverse else rel.symmetrical,
            "through": rel.through,
            "source_field": source,
            "target_field": opts.get_field(target_name),
            "key_names": tuple(
                (f"{query_name}__{foreign.name}", foreign.attname) for _own, foreign in source.related_fields
            ),
            "pk_field_names": {own.name: foreign.name for own, foreign in source.related_fields},
            "__module__": __name__,
            "__doc__": ManyToManyManager.__doc__,
        },
    )
