"""The operators of expressions: ``F("price") * 2``, ``Q(...) & Exists(...)``.

The classes that the operators make stand above this file; they put themselves into
``makers`` when they are defined.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class _Makers:
    """The constructors the operators need, filled by the files that define them."""

    combined: Callable[[Any, str, Any], Any]
    value: Callable[[Any], Any]
    name: Callable[[str], Any]
    is_name: Callable[[Any], bool]
    order: Callable[..., Any]
    condition: Callable[[Any], Any]
    negated: Callable[[Any], Any]


makers = _Makers()

_LOGIC = "Use .bitand(), .bitor(), and .bitxor() for bitwise logical operations."


class Combinable:
    """Gives arithmetic, bitwise and logical operators."""

    ADD = "+"
    SUB = "-"
    MUL = "*"
    DIV = "/"
    POW = "^"
    MOD = "%%"
    BITAND = "&"
    BITOR = "|"
    BITLEFTSHIFT = "<<"
    BITRIGHTSHIFT = ">>"
    BITXOR = "#"

    def _combine(self, other: Any, connector: str, reversed: bool) -> Any:  # noqa: A002 - Django's name
        if not hasattr(other, "resolve_expression"):
            other = makers.value(other)
        if reversed:
            return makers.combined(other, connector, self)
        return makers.combined(self, connector, other)

    def __neg__(self) -> Any:
        return self._combine(-1, self.MUL, False)

    def __add__(self, other: Any) -> Any:
        return self._combine(other, self.ADD, False)

    def __sub__(self, other: Any) -> Any:
        return self._combine(other, self.SUB, False)

    def __mul__(self, other: Any) -> Any:
        return self._combine(other, self.MUL, False)

    def __truediv__(self, other: Any) -> Any:
        return self._combine(other, self.DIV, False)

    def __mod__(self, other: Any) -> Any:
        return self._combine(other, self.MOD, False)

    def __pow__(self, other: Any) -> Any:
        return self._combine(other, self.POW, False)

    def _logic(self, other: Any) -> tuple[Any, Any]:
        if getattr(self, "conditional", False) and getattr(other, "conditional", False):
            return makers.condition(self), makers.condition(other)
        raise NotImplementedError(_LOGIC)

    def __and__(self, other: Any) -> Any:
        left, right = self._logic(other)
        return left & right

    def __or__(self, other: Any) -> Any:
        left, right = self._logic(other)
        return left | right

    def __xor__(self, other: Any) -> Any:
        left, right = self._logic(other)
        return left ^ right

    def bitand(self, other: Any) -> Any:
        """Return the bitwise AND with *other*."""
        return self._combine(other, self.BITAND, False)

    def bitor(self, other: Any) -> Any:
        """Return the bitwise OR with *other*."""
        return self._combine(other, self.BITOR, False)

    def bitxor(self, other: Any) -> Any:
        """Return the bitwise XOR with *other*."""
        return self._combine(other, self.BITXOR, False)

    def bitleftshift(self, other: Any) -> Any:
        """Return the value shifted left by *other* bits."""
        return self._combine(other, self.BITLEFTSHIFT, False)

    def bitrightshift(self, other: Any) -> Any:
        """Return the value shifted right by *other* bits."""
        return self._combine(other, self.BITRIGHTSHIFT, False)

    def __radd__(self, other: Any) -> Any:
        return self._combine(other, self.ADD, True)

    def __rsub__(self, other: Any) -> Any:
        return self._combine(other, self.SUB, True)

    def __rmul__(self, other: Any) -> Any:
        return self._combine(other, self.MUL, True)

    def __rtruediv__(self, other: Any) -> Any:
        return self._combine(other, self.DIV, True)

    def __rmod__(self, other: Any) -> Any:
        return self._combine(other, self.MOD, True)

    def __rpow__(self, other: Any) -> Any:
        return self._combine(other, self.POW, True)

    def __rand__(self, other: Any) -> Any:
        raise NotImplementedError(_LOGIC)

    def __ror__(self, other: Any) -> Any:
        raise NotImplementedError(_LOGIC)

    def __rxor__(self, other: Any) -> Any:
        raise NotImplementedError(_LOGIC)

    def __invert__(self) -> Any:
        return makers.negated(self)


__all__ = ["Combinable", "makers"]
