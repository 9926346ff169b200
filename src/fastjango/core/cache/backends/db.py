"""A cache in a database table, made by ``createcachetable``."""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy import quoted_name
from sqlalchemy.schema import CreateIndex, CreateTable

from fastjango.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from fastjango.core.cache.serializers import make_serializer
from fastjango.db import DatabaseError, router, transaction
from fastjango.db.execute import change, run, run_count
from fastjango.utils.worlds import run_sync

_NEVER = dt.datetime(9999, 12, 31, 23, 59, 59)  # noqa: DTZ001 - stored without zone, in UTC


def _moment(value: Any) -> dt.datetime:
    """Return a stored time; SQLite keeps it as text."""
    return dt.datetime.fromisoformat(value) if isinstance(value, str) else value


class Options:
    """As much of a model's options as database routers look at."""

    def __init__(self, table: str) -> None:
        self.db_table = table
        self.app_label = "django_cache"
        self.model_name = "cacheentry"
        self.verbose_name = "cache entry"
        self.verbose_name_plural = "cache entries"
        self.object_name = "CacheEntry"
        self.abstract = False
        self.managed = True
        self.proxy = False
        self.swapped = False


class CacheEntry:
    """Stands for the table where a model is expected."""

    _meta: Options


def make_table(name: str) -> sa.Table:
    """Return the table of a cache."""
    return sa.Table(
        name,
        sa.MetaData(),
        # Quoted: some databases have one of these words to themselves.
        sa.Column(quoted_name("cache_key", quote=True), sa.String(255), primary_key=True),
        sa.Column(quoted_name("value", quote=True), sa.Text, nullable=False),
        sa.Column(quoted_name("expires", quote=True), sa.DateTime, nullable=False, index=True),
    )


def create_cache_table(connection: Any, name: str, dry_run: bool = False) -> list[str]:
    """
    Make the table of a cache and its index, and return the statements.

    Args:
        dry_run: Only return them.
    """
    table = make_table(name)
    steps: list[Any] = [CreateTable(table), *(CreateIndex(index) for index in table.indexes)]
    statements = [str(step.compile(dialect=connection.dialect)).strip() for step in steps]
    if not dry_run:
        with transaction.atomic(using=connection.alias, savepoint=connection.features.can_rollback_ddl):
            for statement in statements:
                change(connection.alias, statement)
    return statements


class BaseDatabaseCache(BaseCache):
    """What tells the table."""

    def __init__(self, table: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._table = table
        self.cache_model_class: Any = type("CacheEntry", (CacheEntry,), {"_meta": Options(table)})
        self.table = make_table(table)


class DatabaseCache(BaseDatabaseCache):
    """
    A cache in a table.

    Args:
        table: Its name.
    """

    def __init__(self, table: str, params: dict[str, Any]) -> None:
        super().__init__(table, params)
        self._serializer = make_serializer(params.get("OPTIONS", {}).get("serializer"))

    async def _off_loop(self, func: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return await run_sync(func, *args, **kwargs)

    def _reader(self) -> str:
        return str(router.db_for_read(self.cache_model_class))

    def _writer(self) -> str:
        return str(router.db_for_write(self.cache_model_class))

    def _dump(self, value: Any) -> str:
        return base64.b64encode(self._serializer.dumps(value)).decode("latin1")

    def _load(self, text: str) -> Any:
        return self._serializer.loads(base64.b64decode(text.encode()))

    @staticmethod
    def _now() -> dt.datetime:
        return dt.datetime.now(tz=dt.UTC).replace(tzinfo=None)

    def _expires(self, timeout: Any) -> dt.datetime:
        moment = self.get_backend_timeout(timeout)
        if moment is None:
            return _NEVER
        return dt.datetime.fromtimestamp(moment, tz=dt.UTC).replace(tzinfo=None, microsecond=0)

    def get(self, key: Any, default: Any = None, version: Any = None) -> Any:
        """Return a value, or *default*. Queries: 1, and 1 more when it has expired."""
        return self.get_many([key], version).get(key, default)

    def get_many(self, keys: Iterable[Any], version: Any = None) -> dict[Any, Any]:
        """Return the values that there are for *keys*. Queries: 1, and 1 more when some have expired."""
        names = {self.make_and_validate_key(key, version=version): key for key in keys}
        if not names:
            return {}
        columns = self.table.c
        statement = sa.select(columns.cache_key, columns.value, columns.expires).where(
            columns.cache_key.in_(list(names))
        )
        found: dict[Any, Any] = {}
        expired: list[str] = []
        now = self._now()
        for name, value, expires in run(self._reader(), statement):
            if _moment(expires) < now:
                expired.append(name)
            else:
                found[names[name]] = self._load(value)
        self._base_delete_many(expired)
        return found

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> None:
        """Set a value. Queries: 3 and a transaction."""
        self._base_set("set", self.make_and_validate_key(key, version=version), value, timeout)

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> bool:
        """Set a value unless there is one; return whether it was set. Queries: 3 and a transaction."""
        return self._base_set("add", self.make_and_validate_key(key, version=version), value, timeout)

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> bool:
        """Give a value a new time-out; return whether there is one. Queries: 3 and a transaction."""
        return self._base_set("touch", self.make_and_validate_key(key, version=version), None, timeout)

    def _base_set(self, mode: str, key: str, value: Any, timeout: Any) -> bool:
        alias = self._writer()
        columns = self.table.c
        now = self._now().replace(microsecond=0)
        count = run(alias, sa.select(sa.func.count(columns.cache_key)))[0][0]
        if count > self._max_entries:
            self._cull(alias, now, count)
        expires = self._expires(timeout)
        values: dict[str, Any] = {"expires": expires}
        if mode != "touch":
            values["value"] = self._dump(value)
        try:
            with transaction.atomic(using=alias):
                known = run(alias, sa.select(columns.expires).where(columns.cache_key == key))
                live = bool(known) and _moment(known[0][0]) >= now
                if known and (mode == "set" or (mode == "add" and not live) or (mode == "touch" and live)):
                    run_count(alias, self.table.update().where(columns.cache_key == key).values(**values))
                elif not known and mode != "touch":
                    run_count(alias, self.table.insert().values(cache_key=key, **values))
                else:
                    return False
        except DatabaseError:
            # Somebody else wrote the row at the same time.
            return False
        return True

    def delete(self, key: Any, version: Any = None) -> bool:
        """Remove a value; return whether there was one. Queries: 1."""
        return self._base_delete_many([self.make_and_validate_key(key, version=version)])

    def delete_many(self, keys: Iterable[Any], version: Any = None) -> None:
        """Remove several values. Queries: 1."""
        self._base_delete_many([self.make_and_validate_key(key, version=version) for key in keys])

    def _base_delete_many(self, names: list[str]) -> bool:
        if not names:
            return False
        statement = self.table.delete().where(self.table.c.cache_key.in_(names))
        return bool(run_count(self._writer(), statement))

    def has_key(self, key: Any, version: Any = None) -> bool:
        """Return whether there is a value. Queries: 1."""
        name = self.make_and_validate_key(key, version=version)
        columns = self.table.c
        rows = run(self._reader(), sa.select(columns.expires).where(columns.cache_key == name))
        return bool(rows) and _moment(rows[0][0]) > self._now().replace(microsecond=0)

    def _cull(self, alias: str, now: dt.datetime, count: int) -> None:
        """Remove what has expired and, when that is not enough, the first part by key."""
        if self._cull_frequency == 0:
            self.clear()
            return
        columns = self.table.c
        left = count - run_count(alias, self.table.delete().where(columns.expires < now))
        if left <= self._max_entries:
            return
        to_remove = left // self._cull_frequency
        last = run(alias, sa.select(columns.cache_key).order_by(columns.cache_key).limit(1).offset(to_remove))
        if last:
            run_count(alias, self.table.delete().where(columns.cache_key < last[0][0]))

    def clear(self) -> None:
        """Remove everything. Queries: 1."""
        run_count(self._writer(), self.table.delete())
