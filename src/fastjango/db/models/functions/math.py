"""Mathematics; what SQLite lacks is registered on its connections."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastjango.db.models.expressions.elements import call
from fastjango.db.models.expressions.func import Func
from fastjango.db.models.expressions.values import Value
from fastjango.db.models.functions.mixins import FixDecimalInputMixin, NumericOutputFieldMixin
from fastjango.db.models.lookups.base import Transform

if TYPE_CHECKING:
    from fastjango.db.models.expressions.elements import Clause
    from fastjango.db.models.types import ClauseContext


class Abs(Transform):
    """The absolute value."""

    function = "ABS"
    lookup_name = "abs"


class ACos(NumericOutputFieldMixin, Transform):
    """The arc cosine, in radians."""

    function = "ACOS"
    lookup_name = "acos"


class ASin(NumericOutputFieldMixin, Transform):
    """The arc sine, in radians."""

    function = "ASIN"
    lookup_name = "asin"


class ATan(NumericOutputFieldMixin, Transform):
    """The arc tangent, in radians."""

    function = "ATAN"
    lookup_name = "atan"


class ATan2(FixDecimalInputMixin, NumericOutputFieldMixin, Func):
    """The arc tangent of the quotient of two values."""

    function = "ATAN2"
    arity = 2

    def arguments(self, ctx: ClauseContext) -> list[Clause]:
        """Return the arguments: PostgreSQL has this one for floats."""
        return Func.arguments(self, ctx)


class Ceil(Transform):
    """The least integer that is not smaller."""

    function = "CEILING"
    lookup_name = "ceil"


class Cos(NumericOutputFieldMixin, Transform):
    """The cosine."""

    function = "COS"
    lookup_name = "cos"


class Cot(NumericOutputFieldMixin, Transform):
    """The cotangent."""

    function = "COT"
    lookup_name = "cot"


class Degrees(NumericOutputFieldMixin, Transform):
    """Radians in degrees."""

    function = "DEGREES"
    lookup_name = "degrees"


class Exp(NumericOutputFieldMixin, Transform):
    """The exponential."""

    function = "EXP"
    lookup_name = "exp"


class Floor(Transform):
    """The greatest integer that is not larger."""

    function = "FLOOR"
    lookup_name = "floor"


class Ln(NumericOutputFieldMixin, Transform):
    """The natural logarithm."""

    function = "LN"
    lookup_name = "ln"


class Log(FixDecimalInputMixin, NumericOutputFieldMixin, Func):
    """The logarithm of the second value to the base of the first."""

    function = "LOG"
    arity = 2


class Mod(FixDecimalInputMixin, NumericOutputFieldMixin, Func):
    """The remainder of a division."""

    function = "MOD"
    arity = 2


class Pi(NumericOutputFieldMixin, Func):
    """The number pi."""

    function = "PI"
    arity = 0


class Power(NumericOutputFieldMixin, Func):
    """The first value raised to the second."""

    function = "POWER"
    arity = 2


class Radians(NumericOutputFieldMixin, Transform):
    """Degrees in radians."""

    function = "RADIANS"
    lookup_name = "radians"


class Random(NumericOutputFieldMixin, Func):
    """A random number from 0 to 1."""

    function = "RANDOM"
    arity = 0

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return the call; only PostgreSQL's RANDOM() gives fractions."""
        return call("RANDOM" if ctx.vendor == "postgresql" else "RAND")

    def get_group_by_cols(self) -> list[Any]:
        """Return nothing: each row has its own."""
        return []


class Round(FixDecimalInputMixin, Transform):
    """The value rounded to a number of places."""

    function = "ROUND"
    lookup_name = "round"
    arity = None  # type: ignore[assignment]

    def __init__(self, expression: Any, precision: Any = 0, **extra: Any) -> None:
        super().__init__(expression, precision, **extra)

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return the call."""
        precision = self.get_source_expressions()[1]
        if ctx.vendor == "sqlite" and isinstance(precision, Value) and precision.value < 0:
            raise ValueError("SQLite does not support negative precision.")
        return super().build_clause(ctx)

    def _resolve_output_field(self) -> Any:
        return self.get_source_expressions()[0].output_field


class Sign(Transform):
    """-1, 0 or 1."""

    function = "SIGN"
    lookup_name = "sign"


class Sin(NumericOutputFieldMixin, Transform):
    """The sine."""

    function = "SIN"
    lookup_name = "sin"


class Sqrt(NumericOutputFieldMixin, Transform):
    """The square root."""

    function = "SQRT"
    lookup_name = "sqrt"


class Tan(NumericOutputFieldMixin, Transform):
    """The tangent."""

    function = "TAN"
    lookup_name = "tan"


__all__ = [
    "ACos",
    "ASin",
    "ATan",
    "ATan2",
    "Abs",
    "Ceil",
    "Cos",
    "Cot",
    "Degrees",
    "Exp",
    "Floor",
    "Ln",
    "Log",
    "Mod",
    "Pi",
    "Power",
    "Radians",
    "Random",
    "Round",
    "Sign",
    "Sin",
    "Sqrt",
    "Tan",
]
