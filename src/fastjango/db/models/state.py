"""``instance._state``: where an instance came from and which related objects it holds."""

from __future__ import annotations

from typing import Any


class Deferred:
    """Stands for a column that was not loaded."""

    def __repr__(self) -> str:
        return "<Deferred field>"

    def __str__(self) -> str:
        return "<Deferred field>"


DEFERRED = Deferred()


class LazyCache:
    """Makes the cache of related objects at its first use: most instances never need one."""

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        if instance is None:
            return self
        made: dict[str, Any] = {}
        instance.__dict__["fields_cache"] = made
        return made


class ModelState:
    """Database alias, whether the row is new, related objects."""

    db: str | None = None
    # An instance that was not loaded is added at its first save.
    adding = True
    # Which key a cached related object was stored for; see ``ForeignKey.is_cached``.
    cached_for: dict[str, Any] | None = None
    fields_cache: Any = LazyCache()
    # Set by ``query/fetch_modes.py`` on objects that are not to load one by one: the mode and what it keeps.
    fetch_mode: Any = None
    peers: Any = None

    def __getstate__(self) -> dict[str, Any]:
        state = self.__dict__.copy()
        # Peers are weak references, and counts belong to one result.
        state.pop("peers", None)
        state.pop("fetch_mode", None)
        # Copies must not share what they cache.
        if "fields_cache" in state:
            state["fields_cache"] = state["fields_cache"].copy()
        if state.get("cached_for") is not None:
            state["cached_for"] = state["cached_for"].copy()
        return state


# Django's names.
ModelStateFieldsCacheDescriptor = LazyCache
