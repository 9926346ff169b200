"""The verbs that change rows and give them back: ``update_returning`` and ``upsert``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from fastjango.db import transaction
from fastjango.db.bridge import bridge
from fastjango.db.connections import connections
from fastjango.db.errors import NotSupportedError
from fastjango.db.models.sql.returning import update_returning, update_returning_kept, upsert_rows

from .core import M
from .tagging import tagged
from .upsert_target import upsert_target
from .writes import QuerySetWrites
from .writing import bulk_columns


class QuerySetReturning(QuerySetWrites[M]):
    """A queryset whose changes tell what they did."""

    @tagged
    def update_returning(self, **kwargs: Any) -> list[M]:
        """
        Set fields of all rows at once, as ``update()`` does, and return the objects as they are now. No signals.

        Queries: 1; 3 in one transaction where the database has no UPDATE ... RETURNING, and for multi-table models.
        """
        self._refuse_update()
        self._for_write = True
        using, opts = self.db, self.model._meta
        values = self._update_values(kwargs)
        features = connections[using].features
        if not features.can_return_rows_from_update or opts.parents:
            return self._update_and_read(using, kwargs)
        fields = opts.concrete_fields
        with transaction.mark_for_rollback_on_error(using=using):
            queryset = self._without_order()
            shape, binds = queryset._with_new_values(values)
            rows = update_returning_kept(shape, binds, using, values, fields)
            if rows is None:
                query = queryset.peek_query().chain()
                rows = update_returning(query, using, [(field, value) for field, _, value in values], fields)
        self._result_cache = None
        names = [field.attname for field in fields]
        return [self.model.from_db(using, names, row) for row in rows]

    async def aupdate_returning(self, **kwargs: Any) -> list[M]:
        """See ``update_returning``."""
        return await bridge(self.update_returning, **kwargs)

    def _update_and_read(self, using: str, kwargs: dict[str, Any]) -> list[M]:
        rows = self.model._base_manager.using(using)
        with transaction.atomic(using=using, savepoint=False):
            keys = list(self.order_by().select_for_update().values_list("pk", flat=True))
            rows.filter(pk__in=keys).update(**kwargs)
            return list(rows.filter(pk__in=keys))

    @tagged
    def upsert(
        self,
        objs: Iterable[M],
        *,
        unique_fields: Sequence[str] = (),
        update_fields: Sequence[str] | None = None,
        constraint: str | None = None,
    ) -> list[tuple[M, bool]]:
        """
        Insert objects, or update the rows that have the same *unique_fields*; return each with whether it is new.

        No signals, no ``save()``. The objects get their keys.

        Args:
            unique_fields: Fields with a unique constraint.
            update_fields: What an existing row gets; by default everything else but the key.
            constraint: Instead of *unique_fields* the name of a ``UniqueConstraint`` of the model.
        Raises:
            NotSupportedError: The database cannot say which rows it made (MySQL; MariaDB can).
        Queries: on PostgreSQL one per batch; elsewhere one for a new row and two for one that was there.
        """
        self._for_write = True
        using, opts = self.db, self.model._meta
        connection = connections[using]
        if opts.parents:
            raise ValueError("Can't upsert a multi-table inherited model")
        if not connection.features.can_return_columns_from_insert:
            raise NotSupportedError("This database backend does not say which rows an upsert has made.")
        target, options = upsert_target(self.model, connection, unique_fields, constraint, update_fields)
        made = list(objs)
        for obj in made:
            obj._prepare_related_fields_for_save(operation_name="upsert")  # type: ignore[attr-defined]
        fields, without_key = bulk_columns(opts)
        found: dict[int, bool] = {}
        with transaction.atomic(using=using, savepoint=False):
            for group, columns in (
                ([obj for obj in made if obj._is_pk_set()], fields),  # type: ignore[attr-defined]
                ([obj for obj in made if not obj._is_pk_set()], without_key),  # type: ignore[attr-defined]
            ):
                rows = upsert_rows(self.model, using, columns, group, target, options.update_fields)
                for obj, (key, is_new) in zip(group, rows, strict=True):
                    _loaded(obj, key, using)
                    found[id(obj)] = is_new
        return [(obj, found[id(obj)]) for obj in made]

    async def aupsert(
        self,
        objs: Iterable[M],
        *,
        unique_fields: Sequence[str] = (),
        update_fields: Sequence[str] | None = None,
        constraint: str | None = None,
    ) -> list[tuple[M, bool]]:
        """See ``upsert``."""
        return await bridge(
            self.upsert, objs, unique_fields=unique_fields, update_fields=update_fields, constraint=constraint
        )


def _loaded(obj: Any, key: tuple[Any, ...], using: str) -> None:
    for field, value in zip(obj._meta.pk_fields, key, strict=True):
        setattr(obj, field.attname, value)
    obj._state.adding = False
    obj._state.db = using


__all__ = ["QuerySetReturning"]
