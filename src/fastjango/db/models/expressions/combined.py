"""Two expressions and an operator: numbers, bits, dates and durations."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy.sql import operators
from sqlalchemy.sql.elements import Grouping

from fastjango.core.exceptions import FieldError
from fastjango.db.errors import DatabaseError
from fastjango.db.models.expressions import adapter, output
from fastjango.db.models.expressions.base import Expression, compile_part
from fastjango.db.models.expressions.combinable import Combinable, makers
from fastjango.db.models.expressions.elements import Pieces, binary, call, infix
from fastjango.db.models.expressions.func import numeric_on_sqlite, untyped_part
from fastjango.db.models.expressions.operand_types import combined_type
from fastjango.db.models.expressions.shape import SlotCounter, Uncacheable, field_key, part_key, slotted_part
from fastjango.utils.deconstruct import deconstructible

if TYPE_CHECKING:
    from fastjango.db.models.expressions.elements import Clause
    from fastjango.db.models.types import ClauseContext

_OPERATORS = {
    Combinable.ADD: operators.add,
    Combinable.SUB: operators.sub,
    Combinable.MUL: operators.mul,
    Combinable.MOD: operators.mod,
}
_TEMPORAL = frozenset({"DateField", "DateTimeField", "TimeField"})


@deconstructible(path="fastjango.db.models.expressions.CombinedExpression")
class CombinedExpression(Expression):
    """The result of an operator."""

    def __init__(self, lhs: Any, connector: str, rhs: Any, output_field: Any = None) -> None:
        super().__init__(output_field=output_field)
        self.connector = connector
        self.lhs = lhs
        self.rhs = rhs

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self}>"

    def __str__(self) -> str:
        return f"{self.lhs} {self.connector} {self.rhs}"

    def get_source_expressions(self) -> list[Any]:
        """Return both sides."""
        return [self.lhs, self.rhs]

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        """Replace both sides."""
        self.lhs, self.rhs = exprs

    def _allowed_default(self) -> bool:
        """Whether both sides may stand in a column default."""
        return bool(self.lhs.allowed_default and self.rhs.allowed_default)

    allowed_default: Any = property(_allowed_default)

    def shape_into(self, binds: list[Any]) -> Hashable:
        """Return the key: operator and both sides."""
        if adapter.has_writer(type(self)):
            raise Uncacheable(f"{type(self).__qualname__} writes its own SQL")
        explicit = self.__dict__.get("output_field")
        return (
            type(self),
            self.connector,
            None if explicit is None else field_key(explicit),
            part_key(self.lhs, binds),
            part_key(self.rhs, binds),
        )

    def with_slots(self, counter: SlotCounter) -> CombinedExpression:
        """Return a copy whose values know their places."""
        clone = self.copy()
        clone.lhs = slotted_part(self.lhs, counter)
        clone.rhs = slotted_part(self.rhs, counter)
        return clone

    def _resolve_output_field(self) -> Any:
        left, right = self.lhs._output_field_or_none, self.rhs._output_field_or_none
        result = combined_type(self.connector, type(left), type(right))
        if result is None:
            raise FieldError(
                f"Cannot infer type of {self.connector!r} expression involving these types: "
                f"{type(self.lhs.output_field).__name__}, {type(self.rhs.output_field).__name__}. "
                f"You must set output_field."
            )
        return result()

    def resolve_expression(
        self,
        query: Any = None,
        allow_joins: bool = True,
        reuse: Any = None,
        summarize: bool = False,
        for_save: bool = False,
    ) -> Any:
        """Return the resolved operation; with dates and durations another class of it."""
        resolved = super().resolve_expression(query, allow_joins, reuse, summarize, for_save)
        if type(self) is not CombinedExpression:
            return resolved
        left, right = _internal_type(resolved.lhs), _internal_type(resolved.rhs)
        other: CombinedExpression | None = None
        if "DurationField" in {left, right} and left != right:
            other = DurationExpression(resolved.lhs, resolved.connector, resolved.rhs)
        elif self.connector == self.SUB and left in _TEMPORAL and left == right:
            other = TemporalSubtraction(resolved.lhs, resolved.rhs)
        if other is None:
            return resolved
        if "output_field" in resolved.__dict__ and not isinstance(other, TemporalSubtraction):
            other.__dict__["output_field"] = resolved.__dict__["output_field"]
        other.is_summary = summarize
        return other

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return both sides with the operator between them."""
        side = untyped_part if ctx.vendor == "postgresql" else compile_part
        left, right = side(self.lhs, ctx), side(self.rhs, ctx)
        if (
            self.connector == self.MOD
            and ctx.vendor == "postgresql"
            and isinstance(getattr(self.rhs, "value", None), float)
        ):
            # Its % knows integers and numerics, not what a float is sent as.
            remainder = operation(self.connector, left, Pieces("(", right, ")::numeric"), ctx)
            return Pieces("(", remainder, ")::double precision")
        return numeric_on_sqlite(self, operation(self.connector, left, right, ctx), ctx)


def _internal_type(expression: Any) -> str | None:
    try:
        return str(expression.output_field.get_internal_type())
    except (AttributeError, FieldError):
        return None


def operation(connector: str, left: Clause, right: Clause, ctx: ClauseContext) -> Clause:
    """Return the clause of an operator, as the database writes it."""
    known = _OPERATORS.get(connector)
    if known is not None:
        return Grouping(binary(left, known, right))
    vendor = ctx.vendor
    if connector == Combinable.POW and vendor != "postgresql":
        return call("POWER" if vendor == "sqlite" else "POW", left, right)
    if connector == Combinable.BITXOR:
        if vendor == "sqlite":
            return call("BITXOR", left, right)
        if vendor == "mysql":
            return Pieces("CONVERT(", infix(left, "^", right), ", SIGNED)")
    if vendor == "mysql" and connector == Combinable.BITRIGHTSHIFT:
        return Pieces("FLOOR(", left.self_group(operators.mul), " / POW(2, ", right, "))")
    if vendor == "mysql" and connector in {Combinable.BITAND, Combinable.BITOR, Combinable.BITLEFTSHIFT}:
        return Pieces("CONVERT(", infix(left, connector, right), ", SIGNED)")
    return infix(left.self_group(operators.mul), connector, right.self_group(operators.mul))


class DurationExpression(CombinedExpression):
    """An operation with a duration on one side."""

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return interval arithmetic, or the function that stands for it."""
        if ctx.vendor == "postgresql":
            return super().build_clause(ctx)
        left, right = compile_part(self.lhs, ctx), compile_part(self.rhs, ctx)
        if self.connector not in {"+", "-", "*", "/"}:
            raise DatabaseError(f"Invalid connector for timedelta: {self.connector}.")
        self._check_factors()
        if ctx.vendor == "mysql":
            if self.connector not in {self.MUL, self.DIV}:
                left, right = _mysql_interval(self.lhs, left), _mysql_interval(self.rhs, right)
            return operation(self.connector, left, right, ctx)
        return call("fj_format_dtdelta", Pieces(f"'{self.connector}'"), left, right)

    def _check_factors(self) -> None:
        if self.connector not in {self.MUL, self.DIV}:
            return
        allowed = {"DecimalField", "DurationField", "FloatField", "IntegerField"}
        if _internal_type(self.lhs) not in allowed or _internal_type(self.rhs) not in allowed:
            raise DatabaseError(f"Invalid arguments for operator {self.connector}.")


def _mysql_interval(side: Any, clause: Clause) -> Clause:
    if _internal_type(side) == "DurationField":
        return Pieces("INTERVAL ", clause, " MICROSECOND")
    return clause


class TemporalSubtraction(CombinedExpression):
    """The duration between two dates, times or datetimes."""

    output_field = output.Output("DurationField")

    def __init__(self, lhs: Any, rhs: Any) -> None:
        super().__init__(lhs, self.SUB, rhs)

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return the difference as the database stores durations."""
        left, right = compile_part(self.lhs, ctx), compile_part(self.rhs, ctx)
        kind = self.lhs.output_field.get_internal_type()
        if ctx.vendor == "postgresql":
            difference = Pieces("(", left, " - ", right, ")")
            return Pieces("(interval '1 day' * ", difference, ")") if kind == "DateField" else difference
        if ctx.vendor == "mysql":
            if kind == "TimeField" and ctx.connection.mysql_is_mariadb:
                seconds = Pieces("(TIME_TO_SEC(", left, ") - TIME_TO_SEC(", right, "))")
                return Pieces("CAST(", seconds, " * 1000000 AS SIGNED)")
            if kind == "TimeField":
                return Pieces("(", *_mysql_micros(left), " - ", *_mysql_micros(right), ")")
            return Pieces("TIMESTAMPDIFF(MICROSECOND, ", right, ", ", left, ")")
        return call("fj_time_diff" if kind == "TimeField" else "fj_timestamp_diff", left, right)


def _mysql_micros(clause: Clause) -> tuple[Any, ...]:
    return ("((TIME_TO_SEC(", clause, ") * 1000000) + MICROSECOND(", clause, "))")


makers.combined = CombinedExpression

__all__ = ["CombinedExpression", "DurationExpression", "TemporalSubtraction", "operation"]
