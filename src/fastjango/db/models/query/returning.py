"""The verbs that change rows and give them back: ``update_returning`` and ``upsert``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from fastjango.core.exceptions import fix
from fastjango.db import transaction
from fastjango.db.bridge import bridge
from fastjango.db.connections import connections
from fastjango.db.errors import NotSupportedError
from fastjango.db.models.fields import AutoField
from fastjango.db.models.sql.returning import update_returning, upsert_rows

from .core import M
from .writes import QuerySetWrites
from .writing import BulkOptions


class QuerySetReturning(QuerySetWrites[M]):
    """A queryset whose changes tell what they did."""

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
            query = self.peek_query().chain()
            query.clear_ordering(force=True)
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

    def upsert(
        self, objs: Iterable[M], *, unique_fields: Sequence[str], update_fields: Sequence[str] | None = None
    ) -> list[tuple[M, bool]]:
        """
        Insert objects, or update the rows that have the same *unique_fields*; return each with whether it is new.

        No signals, no ``save()``. The objects get their keys.

        Args:
            unique_fields: Fields with a unique constraint.
            update_fields: What an existing row gets; by default everything else but the key.
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
        if not unique_fields:
            raise fix(
                ValueError("unique_fields is empty."), "name the fields that are unique together", code="models.E602"
            )
        if update_fields is None:
            update_fields = _everything_else(opts, unique_fields)
        with_target = connection.features.supports_update_conflicts_with_target
        options = BulkOptions.checked(
            opts, connection, False, True, update_fields, unique_fields if with_target else None
        )
        made = list(objs)
        for obj in made:
            obj._prepare_related_fields_for_save(operation_name="upsert")  # type: ignore[attr-defined]
        fields = [field for field in opts.concrete_fields if not field.generated]
        without_key = [field for field in fields if not isinstance(field, AutoField)]
        found: dict[int, bool] = {}
        with transaction.atomic(using=using, savepoint=False):
            for group, columns in (
                ([obj for obj in made if obj._is_pk_set()], fields),  # type: ignore[attr-defined]
                ([obj for obj in made if not obj._is_pk_set()], without_key),  # type: ignore[attr-defined]
            ):
                rows = upsert_rows(self.model, using, columns, group, options.unique_fields, options.update_fields)
                for obj, (key, is_new) in zip(group, rows, strict=True):
                    _loaded(obj, key, using)
                    found[id(obj)] = is_new
        return [(obj, found[id(obj)]) for obj in made]

    async def aupsert(
        self, objs: Iterable[M], *, unique_fields: Sequence[str], update_fields: Sequence[str] | None = None
    ) -> list[tuple[M, bool]]:
        """See ``upsert``."""
        return await bridge(self.upsert, objs, unique_fields=unique_fields, update_fields=update_fields)


def _everything_else(opts: Any, unique_fields: Sequence[str]) -> list[str]:
    kept = {opts.get_field(name) for name in unique_fields if name != "pk"} | set(opts.pk_fields)
    return [field.name for field in opts.concrete_fields if field not in kept and not field.generated]


def _loaded(obj: Any, key: tuple[Any, ...], using: str) -> None:
    for field, value in zip(obj._meta.pk_fields, key, strict=True):
        setattr(obj, field.attname, value)
    obj._state.adding = False
    obj._state.db = using


__all__ = ["QuerySetReturning"]
