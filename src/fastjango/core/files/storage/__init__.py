"""
Where files are kept.

base.py        Storage: the protocol and its safe names
filesystem.py  FileSystemStorage: a folder
memory.py      InMemoryStorage: for tests
handler.py     storages, default_storage: by the setting STORAGES
"""

from fastjango.core.files.storage.base import Storage
from fastjango.core.files.storage.filesystem import FileSystemStorage
from fastjango.core.files.storage.handler import (
    DefaultStorage,
    InvalidStorageError,
    StorageHandler,
    default_storage,
    storages,
)
from fastjango.core.files.storage.memory import InMemoryStorage

__all__ = [
    "DefaultStorage",
    "FileSystemStorage",
    "InMemoryStorage",
    "InvalidStorageError",
    "Storage",
    "StorageHandler",
    "default_storage",
    "storages",
]
