"""Sessions in a cache: fast, and gone when the cache drops them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastjango.conf import settings
from fastjango.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from fastjango.core.cache import caches

KEY_PREFIX = "django.contrib.sessions.cache"


class CacheEntries:
    """A session store that keeps its data in a cache, one entry per session, under ``cache_key_prefix`` and the key."""

    cache_key_prefix: str

    def __init__(self, session_key: str | None = None) -> None:
        self._cache = caches[settings.SESSION_CACHE_ALIAS]
        super().__init__(session_key)  # type: ignore[call-arg]

    if TYPE_CHECKING:
        session_key: Any

        def _get_or_create_session_key(self) -> str: ...

        async def _aget_or_create_session_key(self) -> str: ...

    @property
    def cache_key(self) -> str:
        """The entry's key."""
        return self.cache_key_prefix + self._get_or_create_session_key()

    async def acache_key(self) -> str:
        """Return the entry's key."""
        return self.cache_key_prefix + await self._aget_or_create_session_key()

    def _cached(self) -> dict[str, Any] | None:
        """Return the entry; a cache that does not answer, or does not like the key, has none."""
        try:
            data = self._cache.get(self.cache_key)
        except Exception:
            return None
        return None if data is None else dict(data)

    def _forget(self, session_key: str | None) -> None:
        """Delete the entry of *session_key*, else of the store's own key."""
        key = session_key if session_key is not None else self.session_key
        if key is not None:
            self._cache.delete(self.cache_key_prefix + str(key))


class SessionStore(CacheEntries, SessionBase):
    """One cache entry per session."""

    cache_key_prefix = KEY_PREFIX

    def load(self) -> dict[str, Any]:
        """Return the data."""
        data = self._cached()
        if data is None:
            self._session_key = None
            return {}
        return data

    def create(self) -> None:
        """Add an entry under a new key; gives up when the cache keeps nothing."""
        for _attempt in range(10000):
            self._session_key = self._get_new_session_key()
            try:
                self.save(must_create=True)
            except CreateError:
                continue
            self.modified = True
            return
        raise RuntimeError("Unable to create a new session key. It is likely that the cache is unavailable.")

    def save(self, must_create: bool = False) -> None:
        """Save the entry."""
        if self.session_key is None:
            self.create()
            return
        if must_create:
            write: Any = self._cache.add
        elif self._cache.get(self.cache_key) is not None:
            write = self._cache.set
        else:
            raise UpdateError
        done = write(self.cache_key, self._get_session(no_load=must_create), self.get_expiry_age())
        if must_create and not done:
            raise CreateError

    def exists(self, session_key: str) -> bool:
        """Return whether a key is taken."""
        return bool(session_key) and (self.cache_key_prefix + session_key) in self._cache

    def delete(self, session_key: str | None = None) -> None:
        """Delete the entry."""
        self._forget(session_key)

    @classmethod
    def clear_expired(cls) -> None:
        """Do nothing: caches forget by themselves."""
