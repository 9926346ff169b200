"""Sessions in the database, read through a cache."""

from __future__ import annotations

import logging
from typing import Any

from fastjango.conf import settings
from fastjango.contrib.sessions.backends.db import SessionStore as DBStore
from fastjango.core.cache import caches

KEY_PREFIX = "django.contrib.sessions.cached_db"
logger = logging.getLogger("fastjango.contrib.sessions")


class SessionStore(DBStore):
    """A row, and a cache entry in front of it."""

    cache_key_prefix = KEY_PREFIX

    def __init__(self, session_key: str | None = None) -> None:
        self._cache = caches[settings.SESSION_CACHE_ALIAS]
        super().__init__(session_key)

    @property
    def cache_key(self) -> str:
        """The entry's key."""
        return self.cache_key_prefix + self._get_or_create_session_key()

    async def acache_key(self) -> str:
        """Return the entry's key."""
        return self.cache_key_prefix + await self._aget_or_create_session_key()

    def load(self) -> dict[str, Any]:
        """Return the data from the cache, else from the row. Queries: 0 or 1."""
        try:
            data = self._cache.get(self.cache_key)
        except Exception:
            data = None
        if data is not None:
            return dict(data)
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
        if session_key is None:
            if self.session_key is None:
                return
            session_key = str(self.session_key)
        self._cache.delete(self.cache_key_prefix + session_key)

    def flush(self) -> None:
        """Remove data and key."""
        self.clear()
        self.delete(self.session_key)
        self._session_key = None
