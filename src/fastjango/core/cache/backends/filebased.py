"""A cache in files: the time of expiry on the first line, then the compressed value."""

from __future__ import annotations

import glob
import hashlib
import os
import random
import tempfile
import time
import zlib
from typing import Any

from fastjango.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from fastjango.core.cache.serializers import make_serializer
from fastjango.core.files import locks
from fastjango.core.files.move import file_move_safe
from fastjango.utils._os import safe_makedirs

_NEVER = b"never"
_LONGEST_HEAD = 64  # bytes


class FileBasedCache(BaseCache):
    """
    A cache in a folder that belongs to it alone.

    Args:
        dir: The folder; it is made, readable by its owner only.
    """

    cache_suffix = ".djcache"

    def __init__(self, dir: Any, params: dict[str, Any]) -> None:  # noqa: A002 - Django's name
        super().__init__(params)
        self._dir = os.path.abspath(dir)
        self._serializer = make_serializer(params.get("OPTIONS", {}).get("serializer"))
        self._createdir()

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> bool:
        """Set a value unless there is one; return whether it was set."""
        if self.has_key(key, version):
            return False
        self.set(key, value, timeout, version)
        return True

    def get(self, key: Any, default: Any = None, version: Any = None) -> Any:
        """Return a value, or *default*."""
        try:
            with open(self._key_to_file(key, version), "rb") as file:
                if not self._is_expired(file):
                    return self._serializer.loads(zlib.decompress(file.read()))
        except FileNotFoundError:
            pass
        return default

    def _write_content(self, file: Any, timeout: Any, value: Any) -> None:
        expires = self.get_backend_timeout(timeout)
        file.write((_NEVER if expires is None else repr(expires).encode()) + b"\n")
        file.write(zlib.compress(self._serializer.dumps(value)))

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> None:
        """Set a value; readers see the old one or the new one, never half of it."""
        self._createdir()
        name = self._key_to_file(key, version)
        self._cull()
        descriptor, temporary = tempfile.mkstemp(dir=self._dir)
        moved = False
        try:
            with open(descriptor, "wb") as file:
                self._write_content(file, timeout, value)
            file_move_safe(temporary, name, allow_overwrite=True)
            moved = True
        finally:
            if not moved:
                os.remove(temporary)

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> bool:
        """Give a value a new time-out; return whether there is one."""
        try:
            with open(self._key_to_file(key, version), "r+b") as file:
                try:
                    locks.lock(file, locks.LOCK_EX)
                    if self._is_expired(file):
                        return False
                    value = self._serializer.loads(zlib.decompress(file.read()))
                    file.seek(0)
                    self._write_content(file, timeout, value)
                    file.truncate()
                    return True
                finally:
                    locks.unlock(file)
        except FileNotFoundError:
            return False

    def delete(self, key: Any, version: Any = None) -> bool:
        """Remove a value; return whether there was one."""
        return self._delete(self._key_to_file(key, version))

    def _delete(self, name: str) -> bool:
        if not name.startswith(self._dir) or not os.path.exists(name):
            return False
        try:
            os.remove(name)
        except FileNotFoundError:
            return False
        return True

    def has_key(self, key: Any, version: Any = None) -> bool:
        """Return whether there is a value."""
        try:
            with open(self._key_to_file(key, version), "rb") as file:
                return not self._is_expired(file)
        except FileNotFoundError:
            return False

    def _cull(self) -> None:
        """Remove values at random when there are too many."""
        files = self._list_cache_files()
        if len(files) < self._max_entries:
            return
        if self._cull_frequency == 0:
            self.clear()
            return
        for name in random.sample(files, len(files) // self._cull_frequency):
            self._delete(name)

    def _createdir(self) -> None:
        # Others must not read or plant values, whatever the umask says.
        safe_makedirs(self._dir, 0o700, exist_ok=True)

    def _key_to_file(self, key: Any, version: Any = None) -> str:
        """Return the file of a key, always inside the folder."""
        key = self.make_and_validate_key(key, version=version)
        digest = hashlib.md5(key.encode(), usedforsecurity=False).hexdigest()
        return os.path.join(self._dir, f"{digest}{self.cache_suffix}")

    def clear(self) -> None:
        """Remove everything."""
        for name in self._list_cache_files():
            self._delete(name)

    def _is_expired(self, file: Any) -> bool:
        """Read the first line and remove the file when its time is over, or when it is not ours."""
        head = file.readline(_LONGEST_HEAD)
        try:
            expires = None if head.strip() == _NEVER else float(head)
        except ValueError:
            expires = 0.0
        if expires is not None and expires < time.time():
            file.close()
            self._delete(file.name)
            return True
        return False

    def _list_cache_files(self) -> list[str]:
        return [os.path.join(self._dir, name) for name in glob.glob(f"*{self.cache_suffix}", root_dir=self._dir)]
