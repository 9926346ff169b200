"""Finding the value of ``a.b.c``: item, then attribute, then list index; callables are called.

``Variable`` and the generated code both use these functions.
"""

from __future__ import annotations

import inspect
import logging
from typing import Any

from fastjango.template.context import BaseContext

__all__ = ["VariableDoesNotExist", "call_value", "log_failure", "lookup", "step", "step_from_root"]

logger = logging.getLogger("fastjango.template")

# Classes whose instances have neither items nor a call: an attribute is all there is.
_plain: set[type] = set()
MAX_PLAIN = 5000
_SPECIAL = {"__getitem__", "__call__", "__getattribute__"}
# Of classes written in Python; Py_TPFLAGS_HEAPTYPE.
_HEAP_TYPE = 1 << 9


class VariableDoesNotExist(Exception):
    """A variable of a template has no value."""

    def __init__(self, msg: str, params: tuple[Any, ...] = ()) -> None:
        self.msg = msg
        self.params = params

    def __str__(self) -> str:
        return self.msg % self.params


def call_value(value: Any, context: Any) -> Any:
    """Return what the callable *value* gives without arguments; what must not be called gives nothing."""
    if getattr(value, "do_not_call_in_templates", False):
        return value
    if getattr(value, "alters_data", False):
        return context.template.engine.string_if_invalid
    try:
        return value()
    except TypeError:
        try:
            signature = inspect.signature(value)
        except ValueError:  # a builtin without signature
            return context.template.engine.string_if_invalid
        try:
            signature.bind()
        except TypeError:  # it needs arguments
            return context.template.engine.string_if_invalid
        raise


def lookup(current: Any, bit: str) -> Any:
    """
    Return ``current[bit]``, ``current.bit`` or ``current[int(bit)]``, whichever exists first.

    Raises:
        VariableDoesNotExist: None does.
    """
    # A class may be subscriptable (list[int]); that is no item.
    if hasattr(type(current), "__getitem__"):
        try:
            return current[bit]
        except (TypeError, AttributeError, KeyError, ValueError, IndexError):
            pass
    try:
        # What the class of a context has must not be seen.
        if isinstance(current, BaseContext):
            raise AttributeError
        return getattr(current, bit)
    except (TypeError, AttributeError):
        # A property that exists raised it itself.
        if not isinstance(current, BaseContext) and bit in dir(current):
            raise
    try:
        return current[int(bit)]
    except (IndexError, ValueError, KeyError, TypeError):
        raise VariableDoesNotExist("Failed lookup for key [%s] in %r", (bit, current)) from None


def _noted(exc: Exception, bit: str) -> Exception:
    if not hasattr(exc, "_template_bit"):
        try:
            exc._template_bit = bit  # type: ignore[attr-defined]
        except AttributeError:
            pass
    return exc


def step(current: Any, bit: str, context: Any) -> Any:
    """Return the value of ``current.bit``, called if it can be."""
    if type(current) in _plain:
        try:
            value = getattr(current, bit)
        except (TypeError, AttributeError):
            if bit in dir(current):
                raise
            raise VariableDoesNotExist("Failed lookup for key [%s] in %r", (bit, current)) from None
    else:
        try:
            value = lookup(current, bit)
        except Exception as exc:
            raise _noted(exc, bit)
        _learn(current)
    if callable(value):
        return call_value(value, context)
    return value


def step_from_root(current: Any, bit: str, context: Any) -> Any:
    """Return the value of ``current.bit`` where *current* is a variable itself, so it is called first."""
    if type(current) not in _plain and callable(current):
        current = call_value(current, context)
    return step(current, bit, context)


def _learn(value: Any) -> None:
    kind = type(value)
    if isinstance(value, type) or kind.__flags__ & _HEAP_TYPE == 0:
        return
    if any(not _SPECIAL.isdisjoint(vars(base)) for base in kind.__mro__[:-1]):
        return
    if len(_plain) >= MAX_PLAIN:
        _plain.clear()
    _plain.add(kind)


def log_failure(exc: Exception, bit: str, context: Any) -> None:
    """Note in the log that a variable could not be resolved."""
    if logger.isEnabledFor(logging.DEBUG):
        logger.debug(
            "Exception while resolving variable '%s' in template '%s'.",
            getattr(exc, "_template_bit", bit),
            getattr(context, "template_name", None) or "unknown",
            exc_info=True,
        )
