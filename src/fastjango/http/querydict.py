"""``QueryDict``: the names and values of a query string or a form body, several values to a name."""

from __future__ import annotations

import copy
import functools
from collections.abc import Iterable
from typing import Any, TypeVar
from urllib.parse import parse_qsl, quote, urlencode

from fastjango.conf import settings
from fastjango.core.exceptions import TooManyFieldsSent
from fastjango.utils.datastructures import MultiValueDict

MAX_ENCODING_NAME = 40

Q = TypeVar("Q", bound="QueryDict")


def bytes_to_text(value: Any, encoding: str) -> Any:
    """Return *value* as text where it is bytes; undecodable bytes become the replacement character."""
    return str(value, encoding, "replace") if isinstance(value, bytes) else value


@functools.lru_cache(maxsize=64)
def is_text_encoding(name: str) -> bool:
    """
    Return whether a client may name this encoding: one that gives text for any bytes.

    Python's list also has codecs between bytes (base64), between texts (rot13), and some that ignore
    ``errors="replace"``.
    """
    if len(name) > MAX_ENCODING_NAME:
        return False
    try:
        probe = bytes(range(256)).decode(name, "replace")
        probe.encode(name, "xmlcharrefreplace")
    except (LookupError, ValueError, TypeError, AssertionError):
        return False
    return True


def limited_parse_qsl(query: str, encoding: str) -> list[tuple[str, str]]:
    """
    Return the pairs of a query string, blank values kept.

    Raises:
        TooManyFieldsSent: There are more than ``DATA_UPLOAD_MAX_NUMBER_FIELDS``.
    """
    try:
        return parse_qsl(
            query,
            keep_blank_values=True,
            encoding=encoding,
            max_num_fields=settings.DATA_UPLOAD_MAX_NUMBER_FIELDS,
        )
    except ValueError as exc:
        # parse_qsl() names the count of fields, and nothing else, by ValueError.
        raise TooManyFieldsSent(
            "The number of GET/POST parameters exceeded settings.DATA_UPLOAD_MAX_NUMBER_FIELDS."
        ) from exc


class QueryDict(MultiValueDict):
    """
    A multi-value dictionary made from a query string; immutable unless *mutable* is true.

    Args:
        query_string: Text or bytes as they stand in an address or a form body.
        encoding: How percent-escapes are decoded; ``DEFAULT_CHARSET`` when not given.
    """

    _mutable = True
    _encoding: str | None = None

    def __init__(
        self, query_string: str | bytes | None = None, mutable: bool = False, encoding: str | None = None
    ) -> None:
        super().__init__()
        self.encoding = encoding or settings.DEFAULT_CHARSET
        if query_string:
            text = query_string if isinstance(query_string, str) else self._decode(query_string)
            for key, value in limited_parse_qsl(text, self.encoding):
                self.appendlist(key, value)
        self._mutable = mutable

    def _decode(self, query_string: bytes) -> str:
        try:
            return query_string.decode(self.encoding)
        except UnicodeDecodeError:
            # Every byte is something in this one; some clients send it whatever they promise.
            return query_string.decode("iso-8859-1")

    @classmethod
    def fromkeys(
        cls: type[Q], iterable: Iterable[Any], value: Any = "", mutable: bool = False, encoding: str | None = None
    ) -> Q:
        """Return a dictionary with the keys of *iterable*, repeated ones kept, and one value for all."""
        made = cls("", mutable=True, encoding=encoding)
        for key in iterable:
            made.appendlist(key, value)
        if not mutable:
            made._mutable = False
        return made

    @property
    def encoding(self) -> str:
        """The encoding in which bytes are read and ``urlencode()`` writes."""
        encoding: str | None = self._encoding
        if encoding is None:
            encoding = self._encoding = str(settings.DEFAULT_CHARSET)
        return encoding

    @encoding.setter
    def encoding(self, value: str) -> None:
        self._encoding = value

    def _assert_mutable(self) -> None:
        if not self._mutable:
            raise AttributeError("This QueryDict instance is immutable")

    def __setitem__(self, key: Any, value: Any) -> None:
        self._assert_mutable()
        super().__setitem__(bytes_to_text(key, self.encoding), bytes_to_text(value, self.encoding))

    def __delitem__(self, key: Any) -> None:
        self._assert_mutable()
        super().__delitem__(key)

    def __copy__(self) -> QueryDict:
        made = type(self)("", mutable=True, encoding=self.encoding)
        for key, values in self.lists():
            made.setlist(key, values)
        return made

    def __deepcopy__(self, memo: dict[int, Any]) -> QueryDict:
        made = type(self)("", mutable=True, encoding=self.encoding)
        memo[id(self)] = made
        for key, values in self.lists():
            made.setlist(copy.deepcopy(key, memo), copy.deepcopy(values, memo))
        return made

    def setlist(self, key: Any, list_: Iterable[Any]) -> None:
        """Put the values of *key* in place of those it has."""
        self._assert_mutable()
        values = [bytes_to_text(value, self.encoding) for value in list_]
        super().setlist(bytes_to_text(key, self.encoding), values)

    def setlistdefault(self, key: Any, default_list: Iterable[Any] | None = None) -> list[Any]:
        """Return the values of *key*, set to *default_list* if it has none."""
        self._assert_mutable()
        found: list[Any] = super().setlistdefault(key, default_list)
        return found

    def appendlist(self, key: Any, value: Any) -> None:
        """Add one value to *key*."""
        self._assert_mutable()
        super().appendlist(bytes_to_text(key, self.encoding), bytes_to_text(value, self.encoding))

    def pop(self, key: Any, *args: Any) -> Any:
        """Remove *key* and return its list of values."""
        self._assert_mutable()
        return super().pop(key, *args)

    def popitem(self) -> tuple[Any, Any]:
        """Remove and return the last key with its list of values."""
        self._assert_mutable()
        return super().popitem()

    def clear(self) -> None:
        """Remove everything."""
        self._assert_mutable()
        super().clear()

    def setdefault(self, key: Any, default: Any = None) -> Any:
        """Return the last value of *key*, set to *default* if it has none."""
        self._assert_mutable()
        return super().setdefault(bytes_to_text(key, self.encoding), bytes_to_text(default, self.encoding))

    def copy(self) -> QueryDict:
        """Return a deep copy that can be changed."""
        return self.__deepcopy__({})

    def urlencode(self, safe: str | None = None) -> str:
        """
        Return the dictionary as a query string.

        Args:
            safe: Characters that stay as they are, such as ``"/"``.
        """
        pairs: list[str] = []
        for key, values in self.lists():
            # As browsers do where the encoding lacks a character.
            name = str(key).encode(self.encoding, "xmlcharrefreplace")
            for value in values:
                data = str(value).encode(self.encoding, "xmlcharrefreplace")
                pairs.append(f"{quote(name, safe)}={quote(data, safe)}" if safe else urlencode({name: data}))
        return "&".join(pairs)


__all__ = ["QueryDict", "bytes_to_text", "is_text_encoding", "limited_parse_qsl"]
