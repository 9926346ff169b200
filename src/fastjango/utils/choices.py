"""
Choices in all their spellings, normalised to lists of pairs.

A mapping, a flat list, groups, a function, or an enumeration all become ``[(value, label), ...]``, where a
group is ``(name, [(value, label), ...])``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import EnumType
from itertools import islice
from typing import Any

from fastjango.utils.functional import Promise

__all__ = [
    "BaseChoiceIterator",
    "BlankChoiceIterator",
    "CallableChoiceIterator",
    "flatten_choices",
    "normalize_choices",
]

_KEPT = (Promise, bytes, str)
_DEEPEST = 2  # groups hold no groups


class BaseChoiceIterator:
    """Base of lazy lists of choices; a subclass gives ``__iter__``."""

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Iterable):
            marker = object()
            ours, theirs = iter(self), iter(other)
            while True:
                left, right = next(ours, marker), next(theirs, marker)
                if left is marker or right is marker:
                    return left is right
                if left != right:
                    return False
        return super().__eq__(other)

    __hash__ = object.__hash__

    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice) or index < 0:
            return list(self)[index]
        try:
            return next(islice(self, index, index + 1))
        except StopIteration:
            raise IndexError("index out of range") from None

    def __iter__(self) -> Iterator[Any]:
        raise NotImplementedError("BaseChoiceIterator subclasses must implement __iter__().")


class BlankChoiceIterator(BaseChoiceIterator):
    """Choices with a blank one in front, unless they have one."""

    def __init__(self, choices: Any, blank_choice: Any) -> None:
        self.choices = choices
        self.blank_choice = blank_choice

    def __iter__(self) -> Iterator[Any]:
        # Read once: a function may stand behind them.
        choices = list(self.choices)
        values = [value for value, _ in flatten_choices(choices)]
        if "" not in values and None not in values:
            yield from self.blank_choice
        yield from choices


class CallableChoiceIterator(BaseChoiceIterator):
    """Choices that a function gives, asked anew each time."""

    def __init__(self, func: Callable[[], Any]) -> None:
        self.func = func

    def __iter__(self) -> Iterator[Any]:
        yield from normalize_choices(self.func())


def flatten_choices(choices: Any) -> Iterator[tuple[Any, Any]]:
    """Yield the pairs of *choices* with the groups taken apart."""
    for value_or_group, label_or_nested in choices or ():
        if isinstance(label_or_nested, list | tuple):
            yield from label_or_nested
        else:
            yield value_or_group, label_or_nested


def normalize_choices(value: Any, *, depth: int = 0) -> Any:
    """Return *value* as a list of pairs; what cannot be read as choices is returned unchanged."""
    if isinstance(value, (BaseChoiceIterator, *_KEPT)):
        return value
    if isinstance(value, EnumType) and hasattr(value, "choices"):
        return getattr(value, "choices")  # noqa: B009 - only enumerations of ours have it
    if depth >= _DEEPEST:
        return value
    pairs: Any
    if isinstance(value, Mapping):
        pairs = value.items()
    elif isinstance(value, Iterator):
        pairs = value = list(value)
    elif isinstance(value, Iterable) and not any(isinstance(part, Promise | bytes | str) for part in value):
        pairs = value
    elif not callable(value):
        return value
    elif depth == 0:
        return CallableChoiceIterator(value)
    else:
        made: Any = value
        pairs = made()
    try:
        return [(key, normalize_choices(label, depth=depth + 1)) for key, label in pairs]
    except (TypeError, ValueError):
        # Left as it is, for the field's check to say what is wrong.
        return value
