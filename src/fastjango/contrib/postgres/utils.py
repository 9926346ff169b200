"""Errors of one item, told with its place: ``prefix_validation_error``."""

from __future__ import annotations

from typing import Any

from fastjango.core.exceptions import ValidationError
from fastjango.utils.functional import lazystr
from fastjango.utils.text import format_lazy


class _Filled:
    """A message with its parameters; filled in when it is shown, in the language of that moment."""

    def __init__(self, message: Any, params: Any) -> None:
        self.message = message
        self.params = params

    def __str__(self) -> str:
        return str(self.message % self.params)


def prefix_validation_error(error: ValidationError, prefix: Any, code: str | None, params: Any) -> ValidationError:
    """Return *error* with *prefix* in front of each message; code and parameters are those of the prefix."""
    if error.error_list != [error]:
        return ValidationError([prefix_validation_error(one, prefix, code, params) for one in error.error_list])
    own = error.params or {}
    message = format_lazy("{} {}", lazystr(_Filled(prefix, params)), lazystr(_Filled(error.message, own)))
    return ValidationError(message, code=code, params={**own, **params})


__all__ = ["prefix_validation_error"]
