"""``SessionBase``: a dictionary that is loaded when first used; each backend says where from."""

from __future__ import annotations

import logging
import string
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, cast

from fastjango.conf import settings
from fastjango.core import signing
from fastjango.db.bridge import bridge
from fastjango.utils import timezone
from fastjango.utils.crypto import get_random_string
from fastjango.utils.module_loading import import_string

VALID_KEY_CHARS = string.ascii_lowercase + string.digits


class CreateError(Exception):
    """The key is taken."""


class UpdateError(Exception):
    """The session is gone: it was deleted by another request."""


class SessionBase:
    """
    The data of one visitor.

    Attributes:
        accessed: Whether anything was read; the answer then depends on the cookie.
        modified: Whether anything was changed; the middleware saves it then.
    """

    TEST_COOKIE_NAME = "testcookie"
    TEST_COOKIE_VALUE = "worked"
    __not_given = object()

    def __init__(self, session_key: str | None = None) -> None:
        self._session_key = session_key
        self.accessed = False
        self.modified = False
        self.serializer = import_string(settings.SESSION_SERIALIZER)

    def __contains__(self, key: object) -> bool:
        return key in self._session

    def __getitem__(self, key: str) -> Any:
        return self._session[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self._session[key] = value
        self.modified = True

    def __delitem__(self, key: str) -> None:
        del self._session[key]
        self.modified = True

    @property
    def key_salt(self) -> str:
        """The salt of the signature."""
        return "django.contrib.sessions." + self.__class__.__qualname__

    def get(self, key: str, default: Any = None) -> Any:
        """Return a value."""
        return self._session.get(key, default)

    async def aget(self, key: str, default: Any = None) -> Any:
        """Return a value."""
        return (await self._aget_session()).get(key, default)

    async def aset(self, key: str, value: Any) -> None:
        """Set a value."""
        (await self._aget_session())[key] = value
        self.modified = True

    async def aremove(self, key: str) -> None:
        """Delete a value."""
        del (await self._aget_session())[key]
        self.modified = True

    def pop(self, key: str, default: Any = __not_given) -> Any:
        """Remove and return a value."""
        self.modified = self.modified or key in self._session
        args = () if default is self.__not_given else (default,)
        return self._session.pop(key, *args)

    async def apop(self, key: str, default: Any = __not_given) -> Any:
        """Remove and return a value."""
        await self._aget_session()
        return self.pop(key) if default is self.__not_given else self.pop(key, default)

    def setdefault(self, key: str, value: Any) -> Any:
        """Return a value; set it first when there is none."""
        if key in self._session:
            return self._session[key]
        self[key] = value
        return value

    async def asetdefault(self, key: str, value: Any) -> Any:
        """Return a value; set it first when there is none."""
        await self._aget_session()
        return self.setdefault(key, value)

    def set_test_cookie(self) -> None:
        """Begin to find out whether the browser takes cookies."""
        self[self.TEST_COOKIE_NAME] = self.TEST_COOKIE_VALUE

    async def aset_test_cookie(self) -> None:
        """Begin to find out whether the browser takes cookies."""
        await self.aset(self.TEST_COOKIE_NAME, self.TEST_COOKIE_VALUE)

    def test_cookie_worked(self) -> bool:
        """Return whether it does."""
        return bool(self.get(self.TEST_COOKIE_NAME) == self.TEST_COOKIE_VALUE)

    async def atest_cookie_worked(self) -> bool:
        """Return whether it does."""
        return bool((await self.aget(self.TEST_COOKIE_NAME)) == self.TEST_COOKIE_VALUE)

    def delete_test_cookie(self) -> None:
        """End the test."""
        del self[self.TEST_COOKIE_NAME]

    async def adelete_test_cookie(self) -> None:
        """End the test."""
        await self.aremove(self.TEST_COOKIE_NAME)

    def encode(self, session_dict: dict[str, Any]) -> str:
        """Return the data as signed text."""
        return signing.dumps(session_dict, salt=self.key_salt, serializer=self.serializer, compress=True)

    def decode(self, session_data: str) -> dict[str, Any]:
        """Return the data of a signed text; an empty dictionary when the signature is wrong."""
        try:
            data: dict[str, Any] = signing.loads(session_data, salt=self.key_salt, serializer=self.serializer)
        except signing.BadSignature:
            logging.getLogger("fastjango.security.SuspiciousSession").warning("Session data corrupted")
        except Exception:
            # Whatever is wrong with old data: the visitor gets a new session, not an error.
            pass
        else:
            return data
        return {}

    def update(self, dict_: dict[str, Any]) -> None:
        """Set several values."""
        self._session.update(dict_)
        self.modified = True

    async def aupdate(self, dict_: dict[str, Any]) -> None:
        """Set several values."""
        (await self._aget_session()).update(dict_)
        self.modified = True

    def has_key(self, key: str) -> bool:
        """Return whether there is a value."""
        return key in self._session

    async def ahas_key(self, key: str) -> bool:
        """Return whether there is a value."""
        return key in (await self._aget_session())

    def keys(self) -> Iterable[str]:
        """Return the names."""
        return cast("dict[str, Any]", self._session).keys()

    async def akeys(self) -> Iterable[str]:
        """Return the names."""
        return (await self._aget_session()).keys()

    def values(self) -> Iterable[Any]:
        """Return the values."""
        return cast("dict[str, Any]", self._session).values()

    async def avalues(self) -> Iterable[Any]:
        """Return the values."""
        return (await self._aget_session()).values()

    def items(self) -> Iterable[tuple[str, Any]]:
        """Return names and values."""
        return cast("dict[str, Any]", self._session).items()

    async def aitems(self) -> Iterable[tuple[str, Any]]:
        """Return names and values."""
        return (await self._aget_session()).items()

    def __iter__(self) -> Iterator[str]:
        return iter(self._session)

    def clear(self) -> None:
        """Remove all values."""
        # Without loading them first.
        self._session_cache: dict[str, Any] = {}
        self.accessed = True
        self.modified = True

    def is_empty(self) -> bool:
        """Return whether there is neither a key nor a value."""
        try:
            return not self._session_key and not self._session_cache
        except AttributeError:
            return True

    def _get_new_session_key(self) -> str:
        while True:
            session_key = get_random_string(32, VALID_KEY_CHARS)
            if not self.exists(session_key):
                return session_key

    async def _aget_new_session_key(self) -> str:
        return await bridge(self._get_new_session_key)

    def _get_or_create_session_key(self) -> str:
        if self._session_key is None:
            self._session_key = self._get_new_session_key()
        return str(self._session_key)

    async def _aget_or_create_session_key(self) -> str:
        return await bridge(self._get_or_create_session_key)

    def _validate_session_key(self, key: str | None) -> bool:
        return bool(key) and len(key or "") >= 8

    def _get_session_key(self) -> str | None:
        return self.__session_key

    def _set_session_key(self, value: str | None) -> None:
        # A key that the client made up is never used.
        self.__session_key = value if self._validate_session_key(value) else None

    session_key = property(_get_session_key)
    _session_key = property(_get_session_key, _set_session_key)

    def _get_session(self, no_load: bool = False) -> dict[str, Any]:
        self.accessed = True
        try:
            return self._session_cache
        except AttributeError:
            self._session_cache = {} if self.session_key is None or no_load else self.load()
        return self._session_cache

    async def _aget_session(self, no_load: bool = False) -> dict[str, Any]:
        return await bridge(self._get_session, no_load)

    _session = property(_get_session)

    def get_session_cookie_age(self) -> int:
        """Return the age of new sessions in seconds."""
        return int(settings.SESSION_COOKIE_AGE)

    def get_expiry_age(self, **kwargs: Any) -> int:
        """Return in how many seconds the session ends; ``modification`` and ``expiry`` may be given."""
        modification = kwargs.get("modification") or timezone.now()
        expiry = kwargs["expiry"] if "expiry" in kwargs else self.get("_session_expiry")
        if not expiry:
            return self.get_session_cookie_age()
        if not isinstance(expiry, (datetime, str)):
            return int(expiry)
        if isinstance(expiry, str):
            expiry = datetime.fromisoformat(expiry)
        delta = expiry - modification
        return int(delta.days * 86400 + delta.seconds)

    async def aget_expiry_age(self, **kwargs: Any) -> int:
        """Return in how many seconds the session ends."""
        return await bridge(self.get_expiry_age, **kwargs)

    def get_expiry_date(self, **kwargs: Any) -> datetime:
        """Return when the session ends."""
        modification = kwargs.get("modification") or timezone.now()
        expiry = kwargs["expiry"] if "expiry" in kwargs else self.get("_session_expiry")
        if isinstance(expiry, datetime):
            return expiry
        if isinstance(expiry, str):
            return datetime.fromisoformat(expiry)
        return modification + timedelta(seconds=expiry or self.get_session_cookie_age())

    async def aget_expiry_date(self, **kwargs: Any) -> datetime:
        """Return when the session ends."""
        return await bridge(self.get_expiry_date, **kwargs)

    def set_expiry(self, value: Any) -> None:
        """
        Set when the session ends.

        Args:
            value: Seconds from now; 0 at the end of the browser session; a date; None for the settings' age.
        """
        if value is None:
            try:
                del self["_session_expiry"]
            except KeyError:
                pass
            return
        if isinstance(value, timedelta):
            value = timezone.now() + value
        if isinstance(value, datetime):
            value = value.isoformat()
        self["_session_expiry"] = value

    async def aset_expiry(self, value: Any) -> None:
        """Set when the session ends."""
        await bridge(self.set_expiry, value)

    def get_expire_at_browser_close(self) -> bool:
        """Return whether the session ends with the browser's."""
        if (expiry := self.get("_session_expiry")) is None:
            return bool(settings.SESSION_EXPIRE_AT_BROWSER_CLOSE)
        return bool(expiry == 0)

    async def aget_expire_at_browser_close(self) -> bool:
        """Return whether the session ends with the browser's."""
        return await bridge(self.get_expire_at_browser_close)

    def flush(self) -> None:
        """Remove data and key."""
        self.clear()
        self.delete()
        self._session_key = None

    async def aflush(self) -> None:
        """Remove data and key."""
        await bridge(self.flush)

    def cycle_key(self) -> None:
        """Keep the data under a new key."""
        data = self._session
        key = self.session_key
        self.create()
        self._session_cache = data
        if key:
            self.delete(key)

    async def acycle_key(self) -> None:
        """Keep the data under a new key."""
        await bridge(self.cycle_key)

    def exists(self, session_key: str) -> bool:
        """Return whether a key is taken."""
        raise NotImplementedError("subclasses of SessionBase must provide an exists() method")

    async def aexists(self, session_key: str) -> bool:
        """Return whether a key is taken."""
        return await bridge(self.exists, session_key)

    def create(self) -> None:
        """Make a new session with a new key and save it."""
        raise NotImplementedError("subclasses of SessionBase must provide a create() method")

    async def acreate(self) -> None:
        """Make a new session with a new key and save it."""
        await bridge(self.create)

    def save(self, must_create: bool = False) -> None:
        """Save the data."""
        raise NotImplementedError("subclasses of SessionBase must provide a save() method")

    async def asave(self, must_create: bool = False) -> None:
        """Save the data."""
        await bridge(self.save, must_create)

    def delete(self, session_key: str | None = None) -> None:
        """Remove the data of a key."""
        raise NotImplementedError("subclasses of SessionBase must provide a delete() method")

    async def adelete(self, session_key: str | None = None) -> None:
        """Remove the data of a key."""
        await bridge(self.delete, session_key)

    def load(self) -> dict[str, Any]:
        """Return the saved data."""
        raise NotImplementedError("subclasses of SessionBase must provide a load() method")

    async def aload(self) -> dict[str, Any]:
        """Return the saved data."""
        return await bridge(self.load)

    @classmethod
    def clear_expired(cls) -> None:
        """Remove the sessions that have ended."""
        raise NotImplementedError("This backend does not support clear_expired().")

    @classmethod
    async def aclear_expired(cls) -> None:
        """Remove the sessions that have ended."""
        await bridge(cls.clear_expired)
