"""
Handlers of named connections (databases, caches): one per alias and thread, made when first used.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

from fastjango.conf import settings as project_settings
from fastjango.utils.functional import cached_property


class ConnectionProxy:
    """The connection of one alias, looked up in its handler at every use."""

    def __init__(self, connections: Any, alias: str) -> None:
        self.__dict__["_connections"] = connections
        self.__dict__["_alias"] = alias

    def __getattr__(self, item: str) -> Any:
        return getattr(self._connections[self._alias], item)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._connections[self._alias], name, value)

    def __delattr__(self, name: str) -> None:
        delattr(self._connections[self._alias], name)

    def __contains__(self, key: Any) -> bool:
        return key in self._connections[self._alias]

    def __eq__(self, other: object) -> bool:
        return bool(self._connections[self._alias] == other)

    __hash__ = None  # type: ignore[assignment]


class ConnectionDoesNotExist(Exception):
    """The settings have no connection of that alias."""


class ThreadConnections(threading.local):
    """
    The connections of the running thread, as attributes.

    One per thread and not per task: tasks of one loop share a client and its pool, and no request leaves state in it.
    """


class BaseConnectionHandler:
    """Base of handlers; a subclass names its setting and makes connections."""

    settings_name: str | None = None
    exception_class: type[Exception] = ConnectionDoesNotExist
    thread_critical = False

    def __init__(self, settings: Any = None) -> None:
        self._settings = settings
        self._connections = ThreadConnections()

    @cached_property
    def settings(self) -> Any:
        """The configuration by alias."""
        self._settings = self.configure_settings(self._settings)
        return self._settings

    def configure_settings(self, settings: Any) -> Any:
        """Return the configuration to use, read from the project's settings unless it is given."""
        return getattr(project_settings, str(self.settings_name)) if settings is None else settings

    def create_connection(self, alias: str) -> Any:
        """Return a new connection."""
        raise NotImplementedError("Subclasses must implement create_connection().")

    def __getitem__(self, alias: str) -> Any:
        try:
            return getattr(self._connections, alias)
        except AttributeError:
            if alias not in self.settings:
                raise self.exception_class(f"The connection '{alias}' doesn't exist.") from None
        connection = self.create_connection(alias)
        setattr(self._connections, alias, connection)
        return connection

    def __setitem__(self, key: str, value: Any) -> None:
        setattr(self._connections, key, value)

    def __delitem__(self, key: str) -> None:
        delattr(self._connections, key)

    def __iter__(self) -> Iterator[str]:
        return iter(self.settings)

    def all(self, initialized_only: bool = False) -> list[Any]:
        """Return all connections; only those in use when *initialized_only*."""
        return [self[alias] for alias in self if not initialized_only or hasattr(self._connections, alias)]

    def reset(self) -> None:
        """Forget the connections and read the settings anew; for settings that change in tests."""
        self._settings = None
        self.__dict__.pop("settings", None)
        self._connections = ThreadConnections()

    def close_all(self) -> None:
        """Close the connections that are in use."""
        for connection in list(self._connections.__dict__.values()):
            connection.close()
