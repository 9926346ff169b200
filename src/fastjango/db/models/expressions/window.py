"""``Window``: an aggregate or window function over rows around the current one."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from enum import Enum
from typing import TYPE_CHECKING, Any

from sqlalchemy import Numeric

from fastjango.db.errors import NotSupportedError
from fastjango.db.models.expressions.base import Expression
from fastjango.db.models.expressions.elements import Pieces
from fastjango.db.models.expressions.func import ExpressionList, OrderByList
from fastjango.db.models.expressions.output import is_field, make_field
from fastjango.db.models.expressions.shape import SlotCounter, constant_key
from fastjango.db.models.expressions.values import Value
from fastjango.utils.deconstruct import deconstructible

if TYPE_CHECKING:
    from sqlalchemy.sql.elements import ClauseElement

    from fastjango.db.models.expressions.elements import Clause
    from fastjango.db.models.types import ClauseContext

_NUMERIC = Numeric()
_CURRENT_ROW = "CURRENT ROW"


@deconstructible(path="fastjango.db.models.Window")
class Window(Expression):
    """A window-compatible expression with its partition, order and frame."""

    template = "%(expression)s OVER (%(window)s)"
    contains_aggregate = False
    contains_over_clause = True

    def __init__(
        self,
        expression: Any,
        partition_by: Any = None,
        order_by: Any = None,
        frame: Any = None,
        output_field: Any = None,
    ) -> None:
        if not getattr(expression, "window_compatible", False):
            raise ValueError(f"Expression '{type(expression).__name__}' isn't compatible with OVER clauses.")
        if partition_by is not None:
            if not isinstance(partition_by, tuple | list):
                partition_by = (partition_by,)
            # No expressions are no partition.
            partition_by = ExpressionList(*partition_by) if partition_by else None
        self.partition_by = partition_by
        self.order_by = OrderByList.from_param("Window.order_by", order_by)
        self.frame = frame
        super().__init__(output_field=output_field)
        self.source_expression = self._parse_expressions(expression)[0]

    def _resolve_output_field(self) -> Any:
        return self.source_expression.output_field

    def get_source_expressions(self) -> list[Any]:
        """Return expression, partition, order and frame."""
        return [self.source_expression, self.partition_by, self.order_by, self.frame]

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        """Replace expression, partition, order and frame."""
        self.source_expression, self.partition_by, self.order_by, self.frame = exprs

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return the expression with its OVER clause."""
        if not ctx.connection.features.supports_over_clause:
            raise NotSupportedError("This backend does not support window expressions.")
        decimal = ctx.vendor == "sqlite" and is_field(self.output_field, "DecimalField")
        source = self.source_expression
        if decimal:
            # The cast to a number goes around the whole window.
            source = source.copy()
            source.__dict__["output_field"] = make_field("FloatField")
        pieces: list[str | ClauseElement] = [ctx.clause(source), " OVER ("]
        space = ""
        for word, part in (("PARTITION BY ", self.partition_by), ("", self.order_by), ("", self.frame)):
            if part is not None:
                pieces += [space, word, ctx.clause(part)]
                space = " "
        clause = Pieces(*pieces, ")")
        return Pieces("CAST(", clause, " AS NUMERIC)", type_=_NUMERIC) if decimal else clause

    def __str__(self) -> str:
        partition = f"PARTITION BY {self.partition_by}" if self.partition_by else ""
        order = str(self.order_by or "")
        return f"{self.source_expression} OVER ({partition}{order}{self.frame or ''})"

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self}>"

    def get_group_by_cols(self) -> list[Any]:
        """Return the columns of partition and order."""
        cols: list[Any] = []
        if self.partition_by:
            cols.extend(self.partition_by.get_group_by_cols())
        if self.order_by is not None:
            cols.extend(self.order_by.get_group_by_cols())
        return cols


class WindowFrameExclusion(Enum):
    """Which rows of a frame are left out."""

    CURRENT_ROW = "CURRENT ROW"
    GROUP = "GROUP"
    TIES = "TIES"
    NO_OTHERS = "NO OTHERS"

    def __repr__(self) -> str:
        return f"{type(self).__qualname__}.{self._name_}"


class WindowFrame(Expression):
    """The rows of a partition that a window function sees; ``RowRange`` or ``ValueRange``."""

    template = "%(frame_type)s BETWEEN %(start)s AND %(end)s%(exclude)s"
    frame_type: str = ""

    def __init__(self, start: Any = None, end: Any = None, exclusion: Any = None) -> None:
        self.start = Value(start)
        self.end = Value(end)
        if not isinstance(exclusion, type(None) | WindowFrameExclusion):
            raise TypeError(f"{type(self).__qualname__}.exclusion must be a WindowFrameExclusion instance.")
        self.exclusion = exclusion

    def shape_into(self, binds: list[Any]) -> Hashable:
        """Return the key: the bounds are part of it."""
        return (type(self), constant_key(self.start.value), constant_key(self.end.value), self.exclusion)

    def with_slots(self, counter: SlotCounter) -> WindowFrame:
        """Return the same: the bounds are written into the SQL."""
        return self

    def get_source_expressions(self) -> list[Any]:
        """Return both bounds."""
        return [self.start, self.end]

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        """Replace both bounds."""
        self.start, self.end = exprs

    def get_exclusion(self) -> str:
        """Return the EXCLUDE clause, or nothing."""
        return "" if self.exclusion is None else f" EXCLUDE {self.exclusion.value}"

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return the frame clause."""
        start, end = self.window_frame_start_end(ctx.connection, self.start.value, self.end.value)
        if self.exclusion and not ctx.connection.features.supports_frame_exclusion:
            raise NotSupportedError("This backend does not support window frame exclusions.")
        return Pieces(f"{self.frame_type} BETWEEN {start} AND {end}{self.get_exclusion()}")

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self}>"

    def get_group_by_cols(self) -> list[Any]:
        """Return nothing."""
        return []

    def __str__(self) -> str:
        start = _bound(self.start.value, "PRECEDING")
        end = _bound(self.end.value, "FOLLOWING")
        return f"{self.frame_type} BETWEEN {start} AND {end}{self.get_exclusion()}"

    def window_frame_start_end(self, connection: Any, start: Any, end: Any) -> tuple[str, str]:
        """Return both bounds as SQL words."""
        raise NotImplementedError("Subclasses must implement window_frame_start_end().")


def _bound(value: Any, open_direction: str) -> str:
    if value is None:
        return f"UNBOUNDED {open_direction}"
    if value == 0:
        return _CURRENT_ROW
    return f"{value} FOLLOWING" if value > 0 else f"{-value} PRECEDING"


class RowRange(WindowFrame):
    """A frame counted in rows."""

    frame_type = "ROWS"

    def window_frame_start_end(self, connection: Any, start: Any, end: Any) -> tuple[str, str]:
        """
        Return both bounds.

        Raises:
            ValueError: A bound is no integer, or the start lies after the end.
        """
        for name, value in (("start", start), ("end", end)):
            if value is not None and not isinstance(value, int):
                raise ValueError(f"{name} argument must be an integer, zero, or None, but got '{value}'.")
        if isinstance(start, int) and isinstance(end, int) and start > end:
            raise ValueError("start cannot be greater than end.")
        return _bound(start, "PRECEDING"), _bound(end, "FOLLOWING")


class ValueRange(WindowFrame):
    """A frame counted in values of the ordering."""

    frame_type = "RANGE"

    def window_frame_start_end(self, connection: Any, start: Any, end: Any) -> tuple[str, str]:
        """
        Return both bounds.

        Raises:
            NotSupportedError: The database knows only open bounds and the current row.
            ValueError: A bound has the wrong sign or is no integer.
        """
        if start is not None and not (isinstance(start, int) and start <= 0):
            raise ValueError(f"start argument must be a negative integer, zero, or None, but got '{start}'.")
        if end is not None and not (isinstance(end, int) and end >= 0):
            raise ValueError(f"end argument must be a positive integer, zero, or None, but got '{end}'.")
        if connection.features.only_supports_unbounded_with_preceding_and_following and (start or end):
            raise NotSupportedError(
                f"{connection.display_name} only supports UNBOUNDED together with PRECEDING and FOLLOWING."
            )
        return _bound(start, "PRECEDING"), _bound(end, "FOLLOWING")


__all__ = ["RowRange", "ValueRange", "Window", "WindowFrame", "WindowFrameExclusion"]
