"""The verbs that change rows."""

from __future__ import annotations

from typing import Any, Literal

from fastjango.core.exceptions import FieldError
from fastjango.db import transaction
from fastjango.db.bridge import bridge
from fastjango.db.connections import connections
from fastjango.db.errors import IntegrityError
from fastjango.db.models.deletion import Collector
from fastjango.db.models.expressions import Case, F, OrderBy, Value, When
from fastjango.db.models.fields import Field
from fastjango.db.models.functions import Cast
from fastjango.db.models.sql.bulk_update import bulk_update_rows
from fastjango.db.models.sql.copy import check_can_copy, copy_rows, take_keys
from fastjango.db.models.sql.insert import insert_rows
from fastjango.db.models.sql.write import (
    all_own,
    delete_kept,
    delete_matching,
    resolve_new_values,
    update_kept,
    update_matching,
)

from .core import M
from .reads import QuerySetReads
from .shape import Binds, Shape, keyed
from .tagging import tagged
from .writing import BulkOptions, bulk_columns, prepare_for_bulk_create, resolve_callables, take_returned


class QuerySetWrites(QuerySetReads[M]):
    """A queryset that can create, change and delete rows."""

    # -- creating

    @tagged
    def create(self, **kwargs: Any) -> M:
        """Make an object, save it and return it. Queries: 1."""
        reverse_names = frozenset(kwargs).intersection(self.model._meta._reverse_one_to_one_field_names)
        if reverse_names:
            raise ValueError(f"The following fields do not exist in this model: {', '.join(sorted(reverse_names))}")
        obj = self.model(**kwargs)
        self._for_write = True
        obj.save(force_insert=True, using=self.db)
        return obj  # type: ignore[no-any-return]

    async def acreate(self, **kwargs: Any) -> M:
        """See ``create``."""
        return await bridge(self.create, **kwargs)

    @tagged
    def get_or_create(self, defaults: Any = None, **kwargs: Any) -> tuple[M, bool]:
        """
        Return the object that matches, made now if there is none, and whether it was made.

        Safe against others who do the same at the same time, if a unique constraint
        covers *kwargs*. Queries: 1 or 4 (with a savepoint).
        """
        self._for_write = True
        try:
            return self.get(**kwargs), False
        except self.model.DoesNotExist:
            params = self._extract_model_params(defaults, **kwargs)
            # Errors are somebody else's row: look for it, and only then give up.
            try:
                with transaction.atomic(using=self.db):
                    params = dict(resolve_callables(params))
                    return self.create(**params), True
            except IntegrityError:
                try:
                    return self.get(**kwargs), False
                except self.model.DoesNotExist:
                    pass
                raise

    async def aget_or_create(self, defaults: Any = None, **kwargs: Any) -> tuple[M, bool]:
        """See ``get_or_create``."""
        return await bridge(self.get_or_create, defaults=defaults, **kwargs)

    @tagged
    def update_or_create(self, defaults: Any = None, create_defaults: Any = None, **kwargs: Any) -> tuple[M, bool]:
        """
        Change the object that matches, or make it; return it and whether it was made.

        Args:
            defaults: Values to set on an object that exists.
            create_defaults: Values of a new one; *defaults* when missing.
        """
        update_defaults = defaults or {}
        if create_defaults is None:
            create_defaults = update_defaults
        self._for_write = True
        with transaction.atomic(using=self.db):
            # The row stays locked until it is saved.
            obj: Any
            obj, created = self.select_for_update().get_or_create(create_defaults, **kwargs)
            if created:
                return obj, created
            for name, value in resolve_callables(update_defaults):
                setattr(obj, name, value)
            update_fields = set(update_defaults)
            concrete = self.model._meta._non_pk_concrete_field_names
            if concrete.issuperset(update_fields):
                # Fields that set themselves on save (auto_now, for one) are saved, too.
                pk_fields = self.model._meta.pk_fields
                for field in self.model._meta.local_concrete_fields:
                    if not (field in pk_fields or field.__class__.pre_save is Field.pre_save):
                        update_fields.add(field.name)
                        if field.name != field.attname:
                            update_fields.add(field.attname)
                obj.save(using=self.db, update_fields=update_fields)
            else:
                obj.save(using=self.db)
        return obj, False

    async def aupdate_or_create(
        self, defaults: Any = None, create_defaults: Any = None, **kwargs: Any
    ) -> tuple[M, bool]:
        """See ``update_or_create``."""
        return await bridge(self.update_or_create, defaults=defaults, create_defaults=create_defaults, **kwargs)

    # -- creating many

    @tagged
    def bulk_create(
        self,
        objs: Any,
        batch_size: int | None = None,
        ignore_conflicts: bool = False,
        update_conflicts: bool = False,
        update_fields: Any = None,
        unique_fields: Any = None,
        *,
        method: Literal["insert", "copy"] = "insert",
    ) -> list[M]:
        """
        Insert many objects with few statements; no signals, no ``save()``.

        Args:
            ignore_conflicts: Leave out rows that break a unique constraint.
            update_conflicts: Update *update_fields* of the row that has the same *unique_fields*.
            method: "copy" for PostgreSQL's COPY, the fastest way for many thousand rows of plain values.
        Raises:
            NotSupportedError: The database cannot do it that way.
        Queries: one per batch; with "copy" one more for the keys.
        """
        if batch_size is not None and batch_size <= 0:
            raise ValueError("Batch size must be a positive integer.")
        opts = self.model._meta
        for parent in opts.all_parents:
            if parent._meta.concrete_model is not opts.concrete_model:
                raise ValueError("Can't bulk create a multi-table inherited model")
        if not objs:
            return objs  # type: ignore[no-any-return]
        self._for_write = True
        options = BulkOptions.checked(
            opts, connections[self.db], ignore_conflicts, update_conflicts, update_fields, unique_fields
        )
        if method != "insert":
            return self._bulk_copy(list(objs), batch_size, options, method)
        objs = list(objs)
        with_pk, without_pk = prepare_for_bulk_create(opts, objs)
        every, without_auto = bulk_columns(opts)
        with transaction.atomic(using=self.db, savepoint=False):
            self._bulk_insert(with_pk, every, batch_size, options, has_pk=True)
            self._bulk_insert(without_pk, without_auto, batch_size, options, has_pk=False)
        return objs  # type: ignore[no-any-return]

    async def abulk_create(
        self,
        objs: Any,
        batch_size: int | None = None,
        ignore_conflicts: bool = False,
        update_conflicts: bool = False,
        update_fields: Any = None,
        unique_fields: Any = None,
        *,
        method: Literal["insert", "copy"] = "insert",
    ) -> list[M]:
        """See ``bulk_create``."""
        return await bridge(
            self.bulk_create,
            objs=objs,
            batch_size=batch_size,
            ignore_conflicts=ignore_conflicts,
            update_conflicts=update_conflicts,
            update_fields=update_fields,
            unique_fields=unique_fields,
            method=method,
        )

    def _bulk_copy(self, objs: list[Any], batch_size: int | None, options: BulkOptions, method: str) -> list[M]:
        if method != "copy":
            raise ValueError(f'bulk_create() knows the methods "insert" and "copy", got {method!r}.')
        opts, using = self.model._meta, self.db
        check_can_copy(connections[using], options.on_conflict is not None)
        with_pk, without_pk = prepare_for_bulk_create(opts, objs)
        every, without_auto = bulk_columns(opts)
        with transaction.atomic(using=using, savepoint=False):
            if without_pk and every != without_auto:
                take_keys(self.model, using, without_pk)
                with_pk, without_pk = prepare_for_bulk_create(opts, objs)
            for group, fields in ((with_pk, every), (without_pk, without_auto)):
                if group:
                    copy_rows(self.model, using, fields, group, batch_size)
        for obj in objs:
            obj._state.adding = False
            obj._state.db = using
        return objs

    def _bulk_insert(
        self, objs: Any, fields: list[Any], batch_size: int | None, options: BulkOptions, has_pk: bool
    ) -> None:
        if not objs:
            return
        opts = self.model._meta
        rows = self._batched_insert(objs, fields, batch_size, options)
        if rows and (connections[self.db].features.can_return_rows_from_bulk_insert or len(objs) == 1):
            take_returned(opts, objs, rows, has_pk)
        db = self.db
        for obj in objs:
            state = obj._state
            state.adding = False
            state.db = db

    def _batched_insert(
        self, objs: list[Any], fields: list[Any], batch_size: int | None, options: BulkOptions
    ) -> list[Any]:
        connection = connections[self.db]
        most = max(connection.ops.bulk_batch_size(fields, objs), 1)
        size = min(batch_size, most) if batch_size else most
        rows: list[Any] = []
        for start in range(0, len(objs), size):
            rows.extend(
                insert_rows(
                    self.model,
                    self.db,
                    fields,
                    objs[start : start + size],
                    returning_fields=self.model._meta.db_returning_fields
                    if connection.features.can_return_rows_from_bulk_insert
                    else (),
                    on_conflict=options.on_conflict,
                    update_fields=options.update_fields,
                    unique_fields=options.unique_fields,
                )
            )
        return rows

    def _insert(
        self,
        objs: list[Any],
        fields: list[Any],
        returning_fields: Any = None,
        raw: bool = False,
        using: str | None = None,
        on_conflict: Any = None,
        update_fields: Any = None,
        unique_fields: Any = None,
    ) -> Any:
        """Insert objects; what ``save()`` and ``bulk_create()`` stand on."""
        self._for_write = True
        return insert_rows(
            self.model,
            using or self.db,
            fields,
            objs,
            returning_fields=returning_fields or (),
            raw=raw,
            on_conflict=on_conflict,
            update_fields=update_fields,
            unique_fields=unique_fields,
        )

    # -- changing

    @tagged
    def update(self, **kwargs: Any) -> int:
        """
        Set fields of all rows at once; return how many rows matched. No signals.

        Queries: 1.
        """
        self._refuse_update()
        self._for_write = True
        values = self._update_values(kwargs)
        using = self.db
        # One statement needs no transaction; an error inside of one spoils it.
        try:
            rows = update_kept(*self._with_new_values(values), using, values)
            if rows is None:
                query = self.peek_query().chain()
                _inline_order(query)
                rows = update_matching(query, using, values)
        except Exception:
            with transaction.mark_for_rollback_on_error(using=using):
                raise
        self._result_cache = None
        return rows

    async def aupdate(self, **kwargs: Any) -> int:
        """See ``update``."""
        return await bridge(self.update, **kwargs)

    def _with_new_values(self, values: list[tuple[Any, Any, Any]]) -> tuple[Shape, Binds]:
        """Return the node and the binds of an UPDATE; expressions among the new values are part of its shape."""
        expressions = [value for _, _, value in values if hasattr(value, "resolve_expression")]
        if not expressions or not all_own(self._shape.query, values):
            return self._shape, self._binds
        fields = tuple(field for field, _, _ in values)
        places = tuple(hasattr(value, "resolve_expression") for _, _, value in values)

        def apply(query: Any, items: list[Any]) -> None:
            rest = iter(items)
            resolve_new_values(query, fields, [next(rest) if place else None for place in places])

        return keyed(self._shape, self._binds, ("update", fields, places), expressions, apply)

    def _refuse_update(self) -> None:
        self._not_support_combined_queries("update")
        if self._shape.query.is_sliced:
            raise TypeError("Cannot update a query once a slice has been taken.")
        if self._shape.query.distinct_fields:
            raise TypeError("Cannot call update() after .distinct(*fields).")

    def _update(self, values: Any) -> int:
        """Update from ``(field, model, value)``; what ``save()`` stands on."""
        if self._shape.query.is_sliced:
            raise TypeError("Cannot update a query once a slice has been taken.")
        query = self.peek_query().chain()
        query.clear_ordering(force=True)
        self._result_cache = None
        return update_matching(query, self.db, values)

    def _update_values(self, kwargs: dict[str, Any]) -> list[tuple[Any, Any, Any]]:
        opts = self.model._meta
        values = []
        for name, value in kwargs.items():
            field = opts.get_field(name if name != "pk" else opts.pk.name)
            if name == "pk" and len(opts.pk_fields) > 1:
                raise FieldError("Composite primary key fields must be updated individually.")
            direct = not (field.auto_created and not field.concrete) or not field.concrete
            model = field.model._meta.concrete_model if hasattr(field, "model") else None
            if not direct or (field.is_relation and field.many_to_many):
                raise FieldError(
                    f"Cannot update model field {field!r} (only non-relations and foreign keys permitted)."
                )
            if field.generated:
                raise FieldError(
                    f"Cannot update model field {field!r} (only non-relations and foreign keys permitted)."
                )
            if hasattr(field, "update_parts"):
                values += [(part, model, one) for part, one in field.update_parts(value).items()]
            else:
                values.append((field, model, value))
        return values

    @tagged
    def bulk_update(self, objs: Any, fields: Any, batch_size: int | None = None) -> int:
        """
        Write the given fields of many objects with one statement per batch.

        Returns how many rows matched.
        """
        if batch_size is not None and batch_size <= 0:
            raise ValueError("Batch size must be a positive integer.")
        if not fields:
            raise ValueError("Field names must be given to bulk_update().")
        objs = tuple(objs)
        if not all(obj._is_pk_set() for obj in objs):
            raise ValueError("All bulk_update() objects must have a primary key set.")
        opts = self.model._meta
        chosen = [opts.get_field(name) for name in fields]
        if any(not field.concrete or field.many_to_many for field in chosen):
            raise ValueError("bulk_update() can only be used with concrete fields.")
        all_pk_fields = set(opts.pk_fields)
        for parent in opts.all_parents:
            all_pk_fields.update(parent._meta.pk_fields)
        if any(field in all_pk_fields for field in chosen):
            raise ValueError("bulk_update() cannot be used with primary key fields.")
        if not objs:
            return 0
        for obj in objs:
            obj._prepare_related_fields_for_save(operation_name="bulk_update", fields=chosen)
        self._for_write = True
        return self._bulk_update(objs, chosen, batch_size)

    async def abulk_update(self, objs: Any, fields: Any, batch_size: int | None = None) -> int:
        """See ``bulk_update``."""
        return await bridge(self.bulk_update, objs=objs, fields=fields, batch_size=batch_size)

    def _bulk_update(self, objs: tuple[Any, ...], fields: list[Any], batch_size: int | None) -> int:
        connection = connections[self.db]
        most = connection.ops.bulk_batch_size(["pk", "pk", *fields], objs)
        rows = 0
        with transaction.atomic(using=self.db, savepoint=False):
            if _can_find_by_keys(self._shape.query):
                size = batch_size or len(objs)
                for start in range(0, len(objs), size):
                    found = bulk_update_rows(self._shape, self._binds, self.db, fields, objs[start : start + size])
                    if found is None:
                        objs = objs[start:]
                        break
                    rows += found
                else:
                    return rows
            size = min(batch_size, most) if batch_size else most
            for start in range(0, len(objs), size):
                rows += self._update_by_cases(objs[start : start + size], fields)
        return rows

    def _update_by_cases(self, objs: tuple[Any, ...], fields: list[Any]) -> int:
        """Write values among which are expressions, or to rows with more conditions. Queries: 1."""
        connection = connections[self.db]
        requires_casting = getattr(
            connection.features, "requires_casted_case_in_updates", connection.vendor == "postgresql"
        )
        changes: dict[str, Any] = {}
        for field in fields:
            whens = []
            for obj in objs:
                value = getattr(obj, field.attname)
                if not hasattr(value, "resolve_expression"):
                    value = Value(value, output_field=field)
                whens.append(When(pk=obj.pk, then=value))
            case: Any = Case(*whens, output_field=field)
            changes[field.attname] = Cast(case, output_field=field) if requires_casting else case
        queryset = self.using(self.db)._without_order()
        return queryset.filter(pk__in=[obj.pk for obj in objs]).update(**changes)  # type: ignore[no-any-return]

    def _without_order(self) -> Any:
        return self._derive(self._shape.step("no order", lambda query: query.clear_ordering(force=True)), self._binds)

    # -- deleting

    @tagged
    def delete(self) -> tuple[int, dict[str, int]]:
        """
        Delete all rows, with what depends on them; return how many, also by model.

        Signals are sent, cascades are followed.
        """
        self._not_support_combined_queries("delete")
        query = self._shape.query
        if query.is_sliced:
            raise TypeError("Cannot use 'limit' or 'offset' with delete().")
        if query.distinct_fields:
            raise TypeError("Cannot call delete() after .distinct(*fields).")
        if self._fields is not None:
            raise TypeError("Cannot call delete() after .values() or .values_list()")

        def apply(query: Any) -> None:
            query.select_for_update = False
            query.select_related = False
            query.clear_ordering(force=True)

        doomed = self._derive(self._shape.step("delete", apply), self._binds)
        doomed._for_write = True
        collector = Collector(using=doomed.db, origin=self)
        collector.collect(doomed)
        counted = collector.delete()
        # The results are of the past.
        self._result_cache = None
        return counted

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]

    async def adelete(self) -> tuple[int, dict[str, int]]:
        """See ``delete``."""
        return await bridge(self.delete)

    adelete.alters_data = True  # type: ignore[attr-defined]
    adelete.queryset_only = True  # type: ignore[attr-defined]

    @tagged
    def _raw_delete(self, using: str | None) -> int:
        """Delete the rows with one statement: no signals, no cascades."""
        rows = delete_kept(self._shape, self._binds, using or self.db)
        return delete_matching(self.peek_query(), using or self.db) if rows is None else rows

    _raw_delete.alters_data = True  # type: ignore[attr-defined]


for _name in ("_update", "_insert"):
    getattr(QuerySetWrites, _name).alters_data = True
    getattr(QuerySetWrites, _name).queryset_only = False
for _name in ("update", "aupdate"):
    getattr(QuerySetWrites, _name).alters_data = True


def _can_find_by_keys(query: Any) -> bool:
    """Tell whether a query asks for rows of its table that only a condition chooses."""
    return not (
        query.is_sliced
        or query.combinator
        or query.distinct
        or query.extra_tables
        or query.ctes
        or query.uncacheable
        or query.group_by
        or (query.annotations and query.where.children)
    )


def _inline_order(query: Any) -> None:
    """Say annotations in ORDER BY in full: an UPDATE has no select list to refer to."""
    order: list[Any] = []
    for item in query.order_by:
        descending = False
        annotation: Any = None
        if isinstance(item, str):
            name = item.removeprefix("-")
            descending = item.startswith("-")
            annotation = query.annotations.get(name)
            if annotation is not None and getattr(annotation, "contains_aggregate", False):
                raise FieldError(f"Cannot update when ordering by an aggregate: {annotation}")
        elif isinstance(item, OrderBy):
            descending = item.descending
            if isinstance(item.expression, F):
                annotation = query.annotations.get(item.expression.name)
        elif isinstance(item, F):
            annotation = query.annotations.get(item.name)
        if annotation is None:
            order.append(item)
        elif isinstance(annotation, OrderBy):
            order.append(annotation)
            if descending:
                order[-1] = annotation.copy()
                order[-1].reverse_ordering()
        else:
            order.append(annotation.desc() if descending else annotation.asc())
    query.order_by = tuple(order)


__all__ = ["QuerySetWrites"]
