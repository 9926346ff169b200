"""Sessions in files, one each."""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from datetime import datetime, timedelta
from typing import Any

from fastjango.conf import settings
from fastjango.contrib.sessions.backends.base import VALID_KEY_CHARS, CreateError, SessionBase, UpdateError
from fastjango.contrib.sessions.exceptions import InvalidSessionKey
from fastjango.core.exceptions import ImproperlyConfigured, SuspiciousOperation
from fastjango.utils import timezone


class SessionStore(SessionBase):
    """One file per session in ``SESSION_FILE_PATH``."""

    # Set when it is asked for the first time.
    _storage_path: str

    def __init__(self, session_key: str | None = None) -> None:
        self.storage_path = self._get_storage_path()
        self.file_prefix = settings.SESSION_COOKIE_NAME
        super().__init__(session_key)

    @classmethod
    def _get_storage_path(cls) -> str:
        try:
            return str(cls._storage_path)
        except AttributeError:
            path = getattr(settings, "SESSION_FILE_PATH", None) or tempfile.gettempdir()
            if not os.path.isdir(path):
                raise ImproperlyConfigured(
                    f"The session storage path {path!r} doesn't exist. Please set your SESSION_FILE_PATH setting to an "
                    "existing directory in which FastJango can store session data."
                ) from None
            cls._storage_path = path
            return str(path)

    def _key_to_file(self, session_key: str | None = None) -> str:
        key = self._get_or_create_session_key() if session_key is None else session_key
        # The key becomes a file name: nothing but letters and digits.
        if not set(key).issubset(VALID_KEY_CHARS):
            raise InvalidSessionKey("Invalid characters in session key")
        return os.path.join(self.storage_path, self.file_prefix + key)

    def _last_modification(self) -> datetime:
        modification = os.stat(self._key_to_file()).st_mtime
        zone = timezone.get_default_timezone() if settings.USE_TZ else None
        return datetime.fromtimestamp(modification, tz=zone)

    def _expiry_date(self, session_data: dict[str, Any]) -> datetime:
        expiry = session_data.get("_session_expiry")
        if isinstance(expiry, str):
            return datetime.fromisoformat(expiry)
        return self._last_modification() + timedelta(seconds=expiry or self.get_session_cookie_age())

    def load(self) -> dict[str, Any]:
        """Return the data."""
        session_data: dict[str, Any] = {}
        try:
            with open(self._key_to_file(), encoding="ascii") as session_file:
                file_data = session_file.read()
        except (OSError, SuspiciousOperation):
            self._session_key = None
            return session_data
        if not file_data:
            return session_data
        try:
            session_data = self.decode(file_data)
        except (EOFError, SuspiciousOperation) as exc:
            if isinstance(exc, SuspiciousOperation):
                logging.getLogger(f"fastjango.security.{exc.__class__.__name__}").warning(str(exc))
            self.create()
        expiry_age = self.get_expiry_age(expiry=self._expiry_date(session_data))
        if expiry_age <= 0:
            session_data = {}
            self.delete()
            self.create()
        return session_data

    def create(self) -> None:
        """Make a file under a new key."""
        while True:
            self._session_key = self._get_new_session_key()
            try:
                self.save(must_create=True)
            except CreateError:
                continue
            self.modified = True
            return

    def save(self, must_create: bool = False) -> None:
        """Write to a temporary file and rename it: a reader sees the old data or the new, never half."""
        if self.session_key is None:
            self.create()
            return
        session_data = self._get_session(no_load=must_create)
        session_file_name = self._key_to_file()
        try:
            flags = os.O_WRONLY | getattr(os, "O_BINARY", 0)
            if must_create:
                flags |= os.O_EXCL | os.O_CREAT
            os.close(os.open(session_file_name, flags))
        except FileNotFoundError:
            if not must_create:
                raise UpdateError from None
        except FileExistsError:
            if must_create:
                raise CreateError from None
        directory, prefix = os.path.split(session_file_name)
        try:
            descriptor, name = tempfile.mkstemp(dir=directory, prefix=prefix + "_out_")
            renamed = False
            try:
                try:
                    os.write(descriptor, self.encode(session_data).encode())
                finally:
                    os.close(descriptor)
                shutil.move(name, session_file_name)
                renamed = True
            finally:
                if not renamed:
                    os.unlink(name)
        except (EOFError, OSError):
            pass

    def exists(self, session_key: str) -> bool:
        """Return whether a key is taken."""
        return os.path.exists(self._key_to_file(session_key))

    def delete(self, session_key: str | None = None) -> None:
        """Remove the file."""
        if session_key is None:
            if self.session_key is None:
                return
            session_key = self.session_key
        try:
            os.unlink(self._key_to_file(session_key))
        except OSError:
            pass

    @classmethod
    def clear_expired(cls) -> None:
        """Remove the files of sessions that have ended."""
        storage_path = cls._get_storage_path()
        file_prefix = settings.SESSION_COOKIE_NAME
        for session_file in os.listdir(storage_path):
            if not session_file.startswith(file_prefix):
                continue
            session = cls(session_file[len(file_prefix) :])
            # Loading makes a new session in place of an old one, which is not wanted here.
            session.create = lambda: None  # type: ignore[method-assign]
            session.load()
