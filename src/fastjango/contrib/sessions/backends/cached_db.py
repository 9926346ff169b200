"""Sessions in the database, read through a cache."""

from __future__ import annotations

import logging
from typing import Any

from fastjango.contrib.sessions.backends.cache import CacheEntries
from fastjango.contrib.sessions.backends.db import SessionStore as DBStore

KEY_PREFIX = "django.contrib.sessions.cached_db"
logger = logging.getLogger("fastjango.contrib.sessions")


class SessionStore(CacheEntries, DBStore):
    """A row, and a cache entry in front of it."""

    cache_key_prefix = KEY_PREFIX

    def load(self) -> dict[str, Any]:
        """Return the data from the cache, else from the row. Queries: 0 or 1."""
        data = self._cached()
        if data is not None:
            return data
        row = self._get_session_from_db()
        if not row:
            return {}
        loaded = self.decode(row.session_data)
        self._cache.set(self.cache_key, loaded, self.get_expiry_age(expiry=row.expire_date))
        return loaded

    def exists(self, session_key: str) -> bool:
        """Return whether a key is taken."""
        return (bool(session_key) and (self.cache_key_prefix + session_key) in self._cache) or super().exists(
            session_key
        )

    def save(self, must_create: bool = False) -> None:
        """Save the row, then the entry; a cache that fails is logged."""
        super().save(must_create)
        try:
            self._cache.set(self.cache_key, self._session, self.get_expiry_age())
        except Exception:
            logger.exception("Error saving to cache (%s)", self._cache)

    def delete(self, session_key: str | None = None) -> None:
        """Delete both."""
        super().delete(session_key)
        self._forget(session_key)

    def flush(self) -> None:
        """Remove data and key."""
        self.clear()
        self.delete(self.session_key)
        self._session_key = None
