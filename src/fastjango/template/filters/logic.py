"""Filters that choose: defaults, yes and no, plurals."""

from __future__ import annotations

from typing import Any

from fastjango.template.filters.registry import register
from fastjango.utils.translation import gettext

__all__ = ["default", "default_if_none", "pluralize", "yesno"]


@register.filter(is_safe=False)
def default(value: Any, arg: Any) -> Any:
    """Return *arg* instead of an empty value."""
    return value or arg


@register.filter(is_safe=False)
def default_if_none(value: Any, arg: Any) -> Any:
    """Return *arg* instead of ``None``."""
    return arg if value is None else value


@register.filter(is_safe=False)
def yesno(value: Any, arg: Any = None) -> Any:
    """Return the first, second or third of the words *arg* for true, false and ``None``."""
    if arg is None:
        arg = gettext("yes,no,maybe")
    words = arg.split(",")
    if len(words) < 2:
        return value  # not enough words
    yes, no, maybe = words if len(words) == 3 else (words[0], words[1], words[1])
    if value is None:
        return maybe
    return yes if value else no


@register.filter(is_safe=False)
def pluralize(value: Any, arg: str = "s") -> str:
    """Return an ending for a number (or a list) of things: nothing for one, else *arg*; or both: ``"y,ies"``."""
    endings = arg.split(",") if "," in arg else ["", arg]
    if len(endings) > 2:
        return ""
    singular, plural = endings
    try:
        return singular if float(value) == 1 else plural
    except ValueError:  # text that is no number
        pass
    except TypeError:  # perhaps a list
        try:
            return singular if len(value) == 1 else plural
        except TypeError:
            pass
    return ""
