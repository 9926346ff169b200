"""
``connections``: one connection object per alias of ``settings.DATABASES``.

The objects are shared by all tasks and threads of the process; which driver connection a context is on is known to its
context variable (``context.py``).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from fastjango.conf import settings as fastjango_settings
from fastjango.core.exceptions import ImproperlyConfigured
from fastjango.db.backends.base.pooling import forget_after_fork
from fastjango.db.engines import DEFAULT_DB_ALIAS, DUMMY, ConnectionDoesNotExist, complete, load_backend

if TYPE_CHECKING:
    from fastjango.db.backends.base.base import BaseDatabaseWrapper


class ConnectionHandler:
    """The connection objects by alias; iteration gives the aliases."""

    settings_name = "DATABASES"
    exception_class = ConnectionDoesNotExist
    thread_critical = True

    def __init__(self, settings: dict[str, Any] | None = None) -> None:
        self._settings = settings
        self._configured: dict[str, Any] | None = None
        # Under Django's name they are attributes; the dictionary behind them is what is used here.
        self._connections = SimpleNamespace()
        self._made: dict[str, BaseDatabaseWrapper] = vars(self._connections)

    @property
    def settings(self) -> dict[str, Any]:
        """The completed ``DATABASES``."""
        if self._configured is None:
            self._configured = self.configure_settings(self._settings)
        return self._configured

    @settings.setter
    def settings(self, value: dict[str, Any]) -> None:
        self._configured = value

    @settings.deleter
    def settings(self) -> None:
        self._configured = None

    @property
    def databases(self) -> dict[str, Any]:
        """The completed ``DATABASES``."""
        return self.settings

    def configure_settings(self, databases: Any) -> dict[str, Any]:
        """Return *databases* (or the setting) with every key filled in."""
        if databases is None:
            databases = getattr(fastjango_settings, self.settings_name, {})
        if databases == {}:
            databases[DEFAULT_DB_ALIAS] = {"ENGINE": DUMMY}
        elif DEFAULT_DB_ALIAS not in databases:
            raise ImproperlyConfigured(f"You must define a '{DEFAULT_DB_ALIAS}' database.")
        elif databases[DEFAULT_DB_ALIAS] == {}:
            databases[DEFAULT_DB_ALIAS]["ENGINE"] = DUMMY
        for conf in databases.values():
            complete(conf)
        configured: dict[str, Any] = databases
        return configured

    def create_connection(self, alias: str) -> BaseDatabaseWrapper:
        """Make a connection object for *alias*."""
        conf = self.settings[alias]
        backend = load_backend(conf["ENGINE"])
        made: BaseDatabaseWrapper = backend.DatabaseWrapper(conf, alias)
        return made

    def __getitem__(self, alias: str) -> BaseDatabaseWrapper:
        try:
            return self._made[alias]
        except KeyError:
            pass
        if alias not in self.settings:
            raise self.exception_class(f"The connection '{alias}' doesn't exist.")
        return self._made.setdefault(alias, self.create_connection(alias))

    def __setitem__(self, alias: str, value: BaseDatabaseWrapper) -> None:
        self._made[alias] = value

    def __delitem__(self, alias: str) -> None:
        self._made.pop(alias, None)

    def __iter__(self) -> Iterator[str]:
        return iter(self.settings)

    def __contains__(self, alias: object) -> bool:
        return alias in self.settings

    def all(self, initialized_only: bool = False) -> list[BaseDatabaseWrapper]:
        """Return the connection objects; with *initialized_only* those that were used already."""
        return [self[alias] for alias in self if not initialized_only or alias in self._made]

    def opened(self) -> list[BaseDatabaseWrapper]:
        """Return the connection objects that were used already, in no certain order."""
        return [*self._made.values()]

    def close_all(self) -> None:
        """Close the connections of every alias."""
        for wrapper in self.all(initialized_only=True):
            wrapper.close()
            if wrapper._pool is not None:
                wrapper._pool.close()


connections = ConnectionHandler()

if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=forget_after_fork)
