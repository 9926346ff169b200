"""Functions of rows around the current one, for use in ``Window``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastjango.db.errors import NotSupportedError
from fastjango.db.models.expressions.func import Func
from fastjango.db.models.expressions.output import Output

if TYPE_CHECKING:
    from fastjango.db.models.expressions.elements import Clause
    from fastjango.db.models.types import ClauseContext


class CumeDist(Func):
    """The share of rows that come before or with this one."""

    function = "CUME_DIST"
    output_field = Output("FloatField")
    window_compatible = True


class DenseRank(Func):
    """The rank, without gaps after ties."""

    function = "DENSE_RANK"
    output_field = Output("IntegerField")
    window_compatible = True


class FirstValue(Func):
    """The value in the first row of the frame."""

    arity = 1
    function = "FIRST_VALUE"
    window_compatible = True


class LagLeadFunction(Func):
    """The value in a row at a distance."""

    window_compatible = True

    def __init__(self, expression: Any, offset: Any = 1, default: Any = None, **extra: Any) -> None:
        if expression is None:
            raise ValueError(f"{type(self).__name__} requires a non-null source expression.")
        if offset is None or offset <= 0:
            raise ValueError(f"{type(self).__name__} requires a positive integer for the offset.")
        args = (expression, offset)
        if default is not None:
            args += (default,)  # type: ignore[assignment]
        super().__init__(*args, **extra)

    def _resolve_output_field(self) -> Any:
        return self.get_source_expressions()[0].output_field

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """
        Return the call.

        Raises:
            NotSupportedError: The database takes no default.
        """
        if len(self.source_expressions) > 2 and not ctx.connection.features.supports_default_in_lead_lag:
            raise NotSupportedError(f"This backend does not support default values in {self.function}.")
        return super().build_clause(ctx)


class Lag(LagLeadFunction):
    """The value in an earlier row."""

    function = "LAG"


class LastValue(Func):
    """The value in the last row of the frame."""

    arity = 1
    function = "LAST_VALUE"
    window_compatible = True


class Lead(LagLeadFunction):
    """The value in a later row."""

    function = "LEAD"


class NthValue(Func):
    """The value in a row of the frame, counted from 1."""

    function = "NTH_VALUE"
    window_compatible = True

    def __init__(self, expression: Any, nth: Any = 1, **extra: Any) -> None:
        if expression is None:
            raise ValueError(f"{type(self).__name__} requires a non-null source expression.")
        if nth is None or nth <= 0:
            raise ValueError(f"{type(self).__name__} requires a positive integer as for nth.")
        super().__init__(expression, nth, **extra)

    def _resolve_output_field(self) -> Any:
        return self.get_source_expressions()[0].output_field


class Ntile(Func):
    """The number of the bucket the row falls into."""

    function = "NTILE"
    output_field = Output("IntegerField")
    window_compatible = True

    def __init__(self, num_buckets: Any = 1, **extra: Any) -> None:
        if num_buckets <= 0:
            raise ValueError("num_buckets must be greater than 0.")
        super().__init__(num_buckets, **extra)


class PercentRank(Func):
    """The rank as a share of the rows."""

    function = "PERCENT_RANK"
    output_field = Output("FloatField")
    window_compatible = True


class Rank(Func):
    """The rank, with gaps after ties."""

    function = "RANK"
    output_field = Output("IntegerField")
    window_compatible = True


class RowNumber(Func):
    """The number of the row in its partition."""

    function = "ROW_NUMBER"
    output_field = Output("IntegerField")
    window_compatible = True


__all__ = [
    "CumeDist",
    "DenseRank",
    "FirstValue",
    "Lag",
    "LastValue",
    "Lead",
    "NthValue",
    "Ntile",
    "PercentRank",
    "Rank",
    "RowNumber",
]
