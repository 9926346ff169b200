"""
Containers: ordered set, dictionary of lists, immutable list, case-insensitive mapping.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NoReturn, TypeVar

T = TypeVar("T")


class OrderedSet:
    """A set that remembers the order in which members were added."""

    def __init__(self, iterable: Iterable[Any] | None = None) -> None:
        self.dict: dict[Any, None] = dict.fromkeys(iterable or ())

    def add(self, item: Any) -> None:
        """Add *item* at the end, unless it is a member."""
        self.dict[item] = None

    def remove(self, item: Any) -> None:
        """Take *item* out; ``KeyError`` when it is no member."""
        del self.dict[item]

    def discard(self, item: Any) -> None:
        """Take *item* out, if it is a member."""
        self.dict.pop(item, None)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.dict)

    def __reversed__(self) -> Iterator[Any]:
        return iter(reversed(list(self.dict)))

    def __contains__(self, item: Any) -> bool:
        return item in self.dict

    def __bool__(self) -> bool:
        return bool(self.dict)

    def __len__(self) -> int:
        return len(self.dict)

    def __repr__(self) -> str:
        members = repr(list(self.dict)) if self.dict else ""
        return f"{type(self).__qualname__}({members})"


class MultiValueDictKeyError(KeyError):
    """The key is not in a dictionary of lists."""


class MultiValueDict(dict[Any, Any]):
    """A dictionary that keeps a list per key and gives its last value."""

    def __init__(self, key_to_list_mapping: Any = ()) -> None:
        super().__init__(key_to_list_mapping)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {super().__repr__()}>"

    def __getitem__(self, key: Any) -> Any:
        try:
            values = super().__getitem__(key)
        except KeyError:
            raise MultiValueDictKeyError(key) from None
        try:
            return values[-1]
        except IndexError:
            return []

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(key, [value])

    def __copy__(self) -> Any:
        return type(self)([(key, values[:]) for key, values in self.lists()])

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        result = type(self)()
        memo[id(self)] = result
        for key, values in dict.items(self):
            dict.__setitem__(result, copy.deepcopy(key, memo), copy.deepcopy(values, memo))
        return result

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_data": {key: self._getlist(key) for key in self}}

    def __setstate__(self, state: dict[str, Any]) -> None:
        state = dict(state)
        for key, values in state.pop("_data", {}).items():
            self.setlist(key, values)
        self.__dict__.update(state)

    def get(self, key: Any, default: Any = None) -> Any:
        """Return the last value of *key*, or *default* when there is none."""
        try:
            value = self[key]
        except KeyError:
            return default
        return default if value == [] else value

    def _getlist(self, key: Any, default: Any = None, force_list: bool = False) -> Any:
        try:
            values = super().__getitem__(key)
        except KeyError:
            return [] if default is None else default
        if force_list and values is not None:
            values = list(values)
        return values

    def getlist(self, key: Any, default: Any = None) -> Any:
        """Return a copy of the list of *key*, or *default* (an empty list)."""
        return self._getlist(key, default, force_list=True)

    def setlist(self, key: Any, list_: Any) -> None:
        """Make *list_* the values of *key*."""
        super().__setitem__(key, list_)

    def setdefault(self, key: Any, default: Any = None) -> Any:
        """Return the last value of *key*, after adding *default* if the key is new."""
        if key not in self:
            self[key] = default
        return self[key]

    def setlistdefault(self, key: Any, default_list: Any = None) -> Any:
        """Return the list of *key* itself, after adding *default_list* if the key is new."""
        if key not in self:
            self.setlist(key, [] if default_list is None else default_list)
        return self._getlist(key)

    def appendlist(self, key: Any, value: Any) -> None:
        """Add a value to the list of *key*."""
        self.setlistdefault(key).append(value)

    def items(self) -> Iterator[tuple[Any, Any]]:  # type: ignore[override]
        """Yield each key with its last value."""
        for key in self:
            yield key, self[key]

    def lists(self) -> Iterator[tuple[Any, Any]]:
        """Yield each key with its list."""
        return iter(super().items())

    def values(self) -> Iterator[Any]:  # type: ignore[override]
        """Yield the last value of each key."""
        for key in self:
            yield self[key]

    def copy(self) -> Any:
        """Return a shallow copy."""
        return copy.copy(self)

    def update(self, *args: Any, **kwargs: Any) -> None:
        """Add to the lists, instead of replacing them."""
        if len(args) > 1:
            raise TypeError(f"update expected at most 1 argument, got {len(args)}")
        other = args[0] if args else {}
        if isinstance(other, MultiValueDict):
            for key, values in other.lists():
                self.setlistdefault(key).extend(values)
        else:
            pairs = other.items() if isinstance(other, Mapping) else other
            for key, value in pairs:
                self.setlistdefault(key).append(value)
        for key, value in kwargs.items():
            self.setlistdefault(key).append(value)

    def dict(self) -> dict[Any, Any]:
        """Return a plain dictionary of the last values."""
        return {key: self[key] for key in self}


class ImmutableList(tuple[Any, ...]):  # noqa: SLOT001 - it carries the warning
    """A tuple that complains like a list that must not be changed."""

    warning: str

    def __new__(cls, *args: Any, warning: str = "ImmutableList object is immutable.", **kwargs: Any) -> ImmutableList:
        self = tuple.__new__(cls, *args, **kwargs)
        self.warning = warning
        return self

    def complain(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Raise the error that the list was made with."""
        raise AttributeError(self.warning)

    __delitem__ = __delslice__ = __iadd__ = __imul__ = __setitem__ = __setslice__ = complain
    append = extend = insert = pop = remove = sort = reverse = complain


class DictWrapper(dict[str, Any]):
    """A dictionary that runs *func* over the values of keys that start with *prefix*."""

    def __init__(self, data: Any, func: Callable[[Any], Any], prefix: str) -> None:
        super().__init__(data)
        self.func = func
        self.prefix = prefix

    def __getitem__(self, key: str) -> Any:
        if not key.startswith(self.prefix):
            return super().__getitem__(key)
        return self.func(super().__getitem__(key.removeprefix(self.prefix)))


class CaseInsensitiveMapping(Mapping[str, T]):
    """A read-only mapping whose text keys are found in any case."""

    def __init__(self, data: Any) -> None:
        self._store: dict[str, tuple[str, T]] = {key.lower(): (key, value) for key, value in self._unpack_items(data)}

    @staticmethod
    def _unpack_items(data: Any) -> Iterator[tuple[Any, Any]]:
        if isinstance(data, Mapping | dict):
            yield from data.items()
            return
        for number, pair in enumerate(data):
            if len(pair) != 2:
                raise ValueError(f"dictionary update sequence element #{number} has length {len(pair)}; 2 is required.")
            if not isinstance(pair[0], str):
                raise ValueError(f"Element key {pair[0]!r} invalid, only strings are allowed")  # noqa: TRY004
            yield pair

    def __getitem__(self, key: str) -> T:
        return self._store[key.lower()][1]

    def __len__(self) -> int:
        return len(self._store)

    def __iter__(self) -> Iterator[str]:
        return (key for key, _ in self._store.values())

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Mapping):
            return NotImplemented
        return {key.lower(): value for key, value in self.items()} == {
            key.lower(): value for key, value in other.items()
        }

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(dict(self._store.values()))

    def copy(self) -> CaseInsensitiveMapping[T]:
        """Return the mapping itself: it cannot change."""
        return self
