"""``router``: asks ``settings.DATABASE_ROUTERS`` which alias a model is read from, written to and migrated on."""

from __future__ import annotations

from functools import cached_property
from importlib import import_module
from typing import Any

from fastjango.conf import settings
from fastjango.db.engines import DEFAULT_DB_ALIAS


def _load(dotted: str) -> Any:
    """Return the attribute that *dotted* names."""
    module, _, name = dotted.rpartition(".")
    if not module:
        raise ImportError(f"{dotted} doesn't look like a module path")
    try:
        return getattr(import_module(module), name)
    except AttributeError as exc:
        raise ImportError(f'Module "{module}" does not define a "{name}" attribute/class') from exc


class ConnectionRouter:
    """The routers of the project, asked in order; the first answer that is not ``None`` counts."""

    def __init__(self, routers: Any = None) -> None:
        self._routers = routers

    @cached_property
    def routers(self) -> list[Any]:
        """The router objects."""
        given = settings.DATABASE_ROUTERS if self._routers is None else self._routers
        return [_load(router)() if isinstance(router, str) else router for router in given]

    def _route(self, action: str, model: Any, hints: dict[str, Any]) -> str:
        if not hints and not self.routers:
            return DEFAULT_DB_ALIAS
        for router in self.routers:
            method = getattr(router, action, None)
            chosen = None if method is None else method(model, **hints)
            if chosen:
                return str(chosen)
        instance = hints.get("instance")
        if instance is not None and instance._state.db:
            return str(instance._state.db)
        return DEFAULT_DB_ALIAS

    def db_for_read(self, model: Any, **hints: Any) -> str:
        """Return the alias to read *model* from."""
        return self._route("db_for_read", model, hints)

    def db_for_write(self, model: Any, **hints: Any) -> str:
        """Return the alias to write *model* to."""
        return self._route("db_for_write", model, hints)

    def allow_relation(self, obj1: Any, obj2: Any, **hints: Any) -> bool:
        """Whether the two objects may refer to each other; without an opinion, if they share a database."""
        for router in self.routers:
            method = getattr(router, "allow_relation", None)
            allowed = None if method is None else method(obj1, obj2, **hints)
            if allowed is not None:
                return bool(allowed)
        return bool(obj1._state.db == obj2._state.db)

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        """Whether a migration operation of the app may run on *db*."""
        for router in self.routers:
            method = getattr(router, "allow_migrate", None)
            allowed = None if method is None else method(db, app_label, **hints)
            if allowed is not None:
                return bool(allowed)
        return True

    def allow_migrate_model(self, db: str, model: Any) -> bool:
        """Whether the table of *model* lives on *db*."""
        return self.allow_migrate(db, model._meta.app_label, model_name=model._meta.model_name, model=model)

    def get_migratable_models(self, app_config: Any, db: str, include_auto_created: bool = False) -> list[Any]:
        """Return the models of an app whose tables live on *db*."""
        models = app_config.get_models(include_auto_created=include_auto_created)
        return [model for model in models if self.allow_migrate_model(db, model)]


router = ConnectionRouter()
