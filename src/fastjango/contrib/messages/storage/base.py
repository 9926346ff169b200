"""``Message`` and ``BaseStorage``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastjango.conf import settings
from fastjango.contrib.messages import constants
from fastjango.contrib.messages.utils import get_level_tags
from fastjango.utils.functional import SimpleLazyObject

LEVEL_TAGS: Any = SimpleLazyObject(get_level_tags)


class Message:
    """One message: level, text, tags."""

    def __init__(self, level: int, message: Any, extra_tags: str | None = None) -> None:
        self.level = int(level)
        self.message = message
        self.extra_tags = extra_tags

    def _prepare(self) -> None:
        # Translated now: the next page may be in another language.
        self.message = str(self.message)
        self.extra_tags = str(self.extra_tags) if self.extra_tags is not None else None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Message):
            return NotImplemented
        return self.level == other.level and self.message == other.message

    __hash__ = None  # type: ignore[assignment]

    def __str__(self) -> str:
        return str(self.message)

    def __repr__(self) -> str:
        extra_tags = f", extra_tags={self.extra_tags!r}" if self.extra_tags else ""
        return f"Message(level={self.level}, message={self.message!r}{extra_tags})"

    @property
    def tags(self) -> str:
        """All tags, for a class attribute."""
        return " ".join(tag for tag in [self.extra_tags, self.level_tag] if tag)

    @property
    def level_tag(self) -> str:
        """The tag of the level."""
        return str(LEVEL_TAGS.get(self.level, ""))


class BaseStorage:
    """What every storage does; subclasses say where messages lie."""

    def __init__(self, request: Any, *args: Any, **kwargs: Any) -> None:
        self.request = request
        self._queued_messages: list[Message] = []
        self.used = False
        self.added_new = False
        super().__init__(*args, **kwargs)

    def __len__(self) -> int:
        return len(self._loaded_messages) + len(self._queued_messages)

    def __iter__(self) -> Iterator[Message]:
        self.used = True
        if self._queued_messages:
            self._loaded_messages.extend(self._queued_messages)
            self._queued_messages = []
        return iter(self._loaded_messages)

    def __contains__(self, item: object) -> bool:
        return item in self._loaded_messages or item in self._queued_messages

    def __repr__(self) -> str:
        return f"<{self.__class__.__qualname__}: request={self.request!r}>"

    @property
    def _loaded_messages(self) -> list[Message]:
        if not hasattr(self, "_loaded_data"):
            messages, _all_retrieved = self._get()
            self._loaded_data: list[Message] = messages or []
        return self._loaded_data

    def _get(self, *args: Any, **kwargs: Any) -> tuple[Any, bool]:
        raise NotImplementedError("subclasses of BaseStorage must provide a _get() method")

    def _store(self, messages: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError("subclasses of BaseStorage must provide a _store() method")

    def _prepare_messages(self, messages: Any) -> None:
        for message in messages:
            message._prepare()

    def update(self, response: Any) -> Any:
        """Store new messages, and old ones that were not shown; returns what could not be stored."""
        self._prepare_messages(self._queued_messages)
        if self.used:
            return self._store(self._queued_messages, response)
        if self.added_new:
            return self._store(self._loaded_messages + self._queued_messages, response)
        return None

    def add(self, level: Any, message: Any, extra_tags: str | None = "") -> None:
        """Queue a message, unless its level is too low."""
        if not message:
            return
        level = int(level)
        if level < self.level:
            return
        self.added_new = True
        self._queued_messages.append(Message(level, message, extra_tags=extra_tags))

    def _get_level(self) -> int:
        if not hasattr(self, "_level"):
            self._level = getattr(settings, "MESSAGE_LEVEL", constants.INFO)
        return int(self._level)

    def _set_level(self, value: Any = None) -> None:
        if value is not None:
            self._level = int(value)
        elif hasattr(self, "_level"):
            del self._level

    level = property(_get_level, _set_level, _set_level)
