"""Filters for sequences: parts of them, sorting, joining."""

from __future__ import annotations

import random as random_module
from collections.abc import Callable
from operator import itemgetter
from typing import Any

from fastjango.template.filters.registry import register
from fastjango.template.tokens import VARIABLE_ATTRIBUTE_SEPARATOR
from fastjango.utils.html import conditional_escape
from fastjango.utils.safestring import mark_safe

__all__ = ["dictsort", "dictsortreversed", "first", "join", "last", "length", "random", "slice_filter"]


def _property_resolver(arg: Any) -> Callable[[Any], Any]:
    """
    Return a function that finds ``a.b`` of an item, by key or attribute, without calling anything.

    Raises:
        AttributeError: A part begins with an underscore.
    """
    try:
        float(arg)
    except ValueError:
        if f"{VARIABLE_ATTRIBUTE_SEPARATOR}_" in arg or arg[:1] == "_":
            raise AttributeError("Access to private variables is forbidden.") from None
        parts = arg.split(VARIABLE_ATTRIBUTE_SEPARATOR)
    else:
        return itemgetter(arg)

    def resolve(value: Any) -> Any:
        for part in parts:
            try:
                value = value[part]
            except (AttributeError, IndexError, KeyError, TypeError, ValueError):
                value = getattr(value, part)
        return value

    return resolve


@register.filter(is_safe=False)
def dictsort(value: Any, arg: Any) -> Any:
    """Sort by a key or an attribute of the items."""
    try:
        return sorted(value, key=_property_resolver(arg))
    except (AttributeError, TypeError):
        return ""


@register.filter(is_safe=False)
def dictsortreversed(value: Any, arg: Any) -> Any:
    """Sort by a key or an attribute of the items, the greatest first."""
    try:
        return sorted(value, key=_property_resolver(arg), reverse=True)
    except (AttributeError, TypeError):
        return ""


@register.filter(is_safe=False)
def first(value: Any) -> Any:
    """Return the first item."""
    try:
        return value[0]
    except IndexError:
        return ""


@register.filter(is_safe=True, needs_autoescape=True)
def join(value: Any, arg: Any, autoescape: bool = True) -> Any:
    """Join the items, escaped unless they are safe."""
    try:
        if autoescape:
            joined = conditional_escape(arg).join([conditional_escape(item) for item in value])
        else:
            joined = arg.join([str(item) for item in value])
    except TypeError:  # no sequence
        return value
    return mark_safe(joined)


@register.filter(is_safe=True)
def last(value: Any) -> Any:
    """Return the last item."""
    try:
        return value[-1]
    except IndexError:
        return ""


@register.filter(is_safe=False)
def length(value: Any) -> int:
    """Return how many items there are."""
    try:
        return len(value)
    except (ValueError, TypeError):
        return 0


@register.filter(is_safe=True)
def random(value: Any) -> Any:
    """Return one of the items."""
    try:
        return random_module.choice(value)  # noqa: S311 - for show only
    except IndexError:
        return ""


@register.filter("slice", is_safe=True)
def slice_filter(value: Any, arg: Any) -> Any:
    """Return a part, in Python's notation: ``":2"``."""
    try:
        bounds = [int(bit) if bit else None for bit in str(arg).split(":")]
        return value[slice(*bounds)]
    except (ValueError, TypeError, KeyError):
        return value
