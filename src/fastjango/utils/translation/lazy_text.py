"""Texts that are translated when they are shown, also those that depend on a number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastjango.utils.functional import lazy
from fastjango.utils.translation.now import gettext, ngettext, npgettext, pgettext

__all__ = ["gettext_lazy", "lazy_number", "ngettext_lazy", "npgettext_lazy", "pgettext_lazy"]

gettext_lazy: Callable[..., Any] = lazy(gettext, str)
pgettext_lazy: Callable[..., Any] = lazy(pgettext, str)


class NumberAwareText(str):  # noqa: SLOT000 - it carries what it is made of
    """A text that picks its singular or plural when a number is put into it by ``%`` or ``format``."""

    _translate: Callable[..., Any]
    _number_key: Any
    _texts: dict[str, Any]

    def __bool__(self) -> bool:
        return bool(self._texts["singular"])

    def _number_in(self, values: Any) -> Any:
        if not (isinstance(values, dict) and self._number_key):
            return values
        try:
            return values[self._number_key]
        except KeyError:
            raise KeyError(
                f"Your dictionary lacks key '{self._number_key}'. Please provide "
                "it, because it is required to determine whether "
                "string is singular or plural."
            ) from None

    def _for(self, number: Any) -> Any:
        return self._translate(**self._texts, number=number)

    def format(self, *args: Any, **kwargs: Any) -> str:
        """Return the text for the number among the arguments, formatted with them."""
        number = self._number_in(kwargs) if kwargs and self._number_key else args[0]
        text: str = self._for(number).format(*args, **kwargs)
        return text

    def __mod__(self, rhs: Any) -> Any:
        translated = self._for(self._number_in(rhs))
        try:
            return translated % rhs
        except TypeError:
            # The text has no placeholder for the number.
            return translated


def _number_aware(translate: Callable[..., Any], number_key: Any, texts: dict[str, Any]) -> NumberAwareText:
    text = NumberAwareText()
    text._translate = translate
    text._number_key = number_key
    text._texts = texts
    return text


_lazy_number_aware = lazy(_number_aware, NumberAwareText)


def lazy_number(func: Callable[..., Any], resultclass: type, number: Any = None, **kwargs: Any) -> Any:
    """
    Return a lazy text for a number that is known now (an int) or when the text is formatted.

    Args:
        number: The number itself, or the key under which ``%`` finds it in a dictionary.
    """
    if isinstance(number, int):
        return lazy(func, resultclass)(**kwargs, number=number)
    return _lazy_number_aware(func, number, kwargs)


def ngettext_lazy(singular: Any, plural: Any, number: Any = None) -> Any:
    """Return a lazy text for *number* things."""
    return lazy_number(ngettext, str, singular=singular, plural=plural, number=number)


def npgettext_lazy(context: Any, singular: Any, plural: Any, number: Any = None) -> Any:
    """Return a lazy text for *number* things, as it is meant in *context*."""
    return lazy_number(npgettext, str, context=context, singular=singular, plural=plural, number=number)
