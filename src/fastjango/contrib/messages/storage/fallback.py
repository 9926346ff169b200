"""Messages in a cookie as long as they fit, the rest in the session."""

from __future__ import annotations

from typing import Any

from fastjango.contrib.messages.storage.base import BaseStorage
from fastjango.contrib.messages.storage.cookie import CookieStorage
from fastjango.contrib.messages.storage.session import SessionStorage


class FallbackStorage(BaseStorage):
    """Asks several storages in turn."""

    storage_classes: tuple[type[Any], ...] = (CookieStorage, SessionStorage)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.storages = [storage_class(*args, **kwargs) for storage_class in self.storage_classes]
        self._used_storages: set[Any] = set()

    def _get(self, *args: Any, **kwargs: Any) -> tuple[Any, bool]:
        all_messages: list[Any] = []
        all_retrieved = False
        for storage in self.storages:
            messages, all_retrieved = storage._get()
            # None: this storage was never used, so the ones behind it were not either.
            if messages is None:
                break
            if messages:
                self._used_storages.add(storage)
            all_messages.extend(messages)
            if all_retrieved:
                break
        return all_messages, all_retrieved

    def _store(self, messages: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        for storage in self.storages:
            if messages:
                messages = storage._store(messages, response, remove_oldest=False)
            elif storage in self._used_storages:
                # Empty what held messages before.
                storage._store([], response)
                self._used_storages.remove(storage)
        return messages
