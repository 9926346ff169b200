"""What generated code calls while a page is rendered."""

from __future__ import annotations

from typing import Any

from fastjango.template.lookup import VariableDoesNotExist, call_value, log_failure

__all__ = [
    "MISSING",
    "called",
    "failed",
    "failed_argument",
    "failed_quietly",
    "first",
    "loop_dict",
    "missing",
    "unpack",
]


class _Missing:
    def __repr__(self) -> str:
        return "MISSING"


# A name that is not in the context.
MISSING: Any = _Missing()


def first(context: Any, name: str) -> Any:
    """Return the value of *name* in *context*, called if it can be."""
    for layer in reversed(context.dicts):
        if name in layer:
            value = layer[name]
            return call_value(value, context) if callable(value) else value
    raise VariableDoesNotExist("Failed lookup for key [%s] in %r", (name, context))


def failed(exc: Exception, bit: str, context: Any) -> Any:
    """Return what is shown for a variable that failed: nothing, if the failure is one that templates forgive."""
    log_failure(exc, bit, context)
    if isinstance(exc, VariableDoesNotExist) or getattr(exc, "silent_variable_failure", False):
        return ""
    raise exc


def failed_quietly(exc: Exception, bit: str, context: Any) -> Any:
    """Like ``failed``, where a variable without value is ``None`` (conditions, loops)."""
    log_failure(exc, bit, context)
    if isinstance(exc, VariableDoesNotExist):
        return None
    if getattr(exc, "silent_variable_failure", False):
        return ""
    raise exc


def failed_argument(exc: Exception, bit: str, context: Any) -> Any:
    """Like ``failed``, for the argument of a filter: it must have a value."""
    log_failure(exc, bit, context)
    if getattr(exc, "silent_variable_failure", False):
        return ""
    raise exc


def missing(name: str, context: Any) -> None:
    """Raise that *name* is not in *context*."""
    raise VariableDoesNotExist("Failed lookup for key [%s] in %r", (name, context))


def called(value: Any, name: str, context: Any) -> Any:
    """Return what the callable *value* of the variable *name* gives."""
    return call_value(value, context)


def loop_dict(index: int, length: int, parent: Any) -> dict[str, Any]:
    """Return ``forloop`` as a dictionary."""
    return {
        "parentloop": parent,
        "counter0": index,
        "counter": index + 1,
        "revcounter": length - index,
        "revcounter0": length - index - 1,
        "first": index == 0,
        "last": index == length - 1,
    }


def unpack(item: Any, count: int) -> Any:
    """
    Return *item*, which must have *count* parts.

    Raises:
        ValueError: It has not.
    """
    try:
        size = len(item)
    except TypeError:
        size = 1
    if size != count:
        raise ValueError(f"Need {count} values to unpack in for loop; got {size}. ")
    return item
