"""Aggregates: one value of many rows."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING, Any

from fastjango.core.exceptions import FieldError, FullResultSet
from fastjango.db.models.expressions import adapter
from fastjango.db.models.expressions.base import numeric_converter
from fastjango.db.models.expressions.case import Case, When
from fastjango.db.models.expressions.elements import Pieces
from fastjango.db.models.expressions.func import Func, numeric_on_sqlite
from fastjango.db.models.expressions.no_condition import refuse_sqlalchemy
from fastjango.db.models.expressions.output import Output
from fastjango.db.models.expressions.shape import (
    SCALARS,
    SlotCounter,
    Slotted,
    is_expression,
    part_key,
    slotted_part,
)
from fastjango.db.models.expressions.values import Star, Value
from fastjango.db.models.functions.comparison import Coalesce
from fastjango.db.models.functions.mixins import NumericOutputFieldMixin

if TYPE_CHECKING:
    from fastjango.db.models.expressions.elements import Clause
    from fastjango.db.models.types import ClauseContext


class Aggregate(Func):
    """A function of all rows of a group."""

    template = "%(function)s(%(distinct)s%(expressions)s)"
    contains_aggregate = True
    name: str | None = None
    filter_template = "%s FILTER (WHERE %%(filter)s)"
    window_compatible = True
    allow_distinct = False
    apart = ("default",)
    empty_result_set_value: Any = None

    def __init__(
        self, *expressions: Any, distinct: bool = False, filter: Any = None, default: Any = None, **extra: Any
    ) -> None:
        if distinct and not self.allow_distinct:
            raise TypeError(f"{type(self).__name__} does not allow distinct.")
        if default is not None and self.empty_result_set_value is not None:
            raise TypeError(f"{type(self).__name__} does not allow default.")
        refuse_sqlalchemy(filter, f"{type(self).__name__}(filter=...)")
        self.distinct = distinct
        self.filter = filter
        self.default = default
        super().__init__(*expressions, **extra)

    def get_source_fields(self) -> list[Any]:
        """Return the output fields of the arguments, not of the filter."""
        return [part._output_field_or_none for part in super().get_source_expressions()]

    def get_source_expressions(self) -> list[Any]:
        """Return the arguments, then the filter or None."""
        return [*super().get_source_expressions(), self.filter]

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        """Replace the arguments and the filter."""
        *arguments, self.filter = exprs
        super().set_source_expressions(arguments)

    def shape_into(self, binds: list[Any]) -> Hashable:
        """Return the key; the default is a value, or an expression."""
        default = self.default
        if adapter.has_writer(type(self)) or not (is_expression(default) or type(default) in SCALARS - {type(None)}):
            return super().shape_into(binds)
        alone = self.copy()
        alone.default = None
        key = super(Aggregate, alone).shape_into(binds)
        return key, part_key(default if is_expression(default) else Value(default), binds)

    def with_slots(self, counter: SlotCounter) -> Any:
        """Return a copy whose values know their places, the default last."""
        clone = super().with_slots(counter)
        default = self.default
        if is_expression(default):
            clone.default = slotted_part(default, counter)
        elif type(default) in SCALARS and default is not None:
            clone.default = Slotted(default, counter.take())
        return clone

    def resolve_expression(
        self,
        query: Any = None,
        allow_joins: bool = True,
        reuse: Any = None,
        summarize: bool = False,
        for_save: bool = False,
    ) -> Any:
        """
        Return the resolved aggregate, with its default around it.

        Raises:
            FieldError: The argument is an aggregate itself.
        """
        clone = super().resolve_expression(query, allow_joins, reuse, summarize)
        if summarize:
            for ref in clone.get_refs():
                if query.annotations[ref].is_summary:
                    raise FieldError(f"Cannot compute {clone.name}('{ref}'): '{ref}' is an aggregate")
        elif not self.is_summary:
            self._refuse_nested(clone)
        default = clone.default
        if default is None:
            return clone
        field = clone._output_field_or_none
        if isinstance(default, Slotted):
            value = Value(default.value, field)
            value.slot = default.slot
            default = value
        elif hasattr(default, "resolve_expression"):
            default = default.resolve_expression(query, allow_joins, reuse, summarize)
            if default._output_field_or_none is None:
                default.__dict__["output_field"] = field
        else:
            default = Value(default, field)
        clone.default = None
        coalesce = Coalesce(clone, default, output_field=field)
        coalesce.is_summary = clone.is_summary
        return coalesce

    def _refuse_nested(self, clone: Any) -> None:
        for position, part in enumerate(Func.get_source_expressions(clone)):
            if part.contains_aggregate:
                before = self.get_source_expressions()[position]
                name = before.name if hasattr(before, "name") else repr(before)
                raise FieldError(f"Cannot compute {clone.name}('{name}'): '{name}' is an aggregate")

    @property
    def default_alias(self) -> str:
        """
        The name of the result when none is given: ``price__sum``.

        Raises:
            TypeError: The argument is no single name.
            AttributeError: The aggregate has no name.
        """
        parts = [part for part in self.get_source_expressions() if part is not None]
        if len(parts) == 1 and hasattr(parts[0], "name"):
            if self.name is None:
                raise AttributeError(f"{type(self).__name__} has no name of its own")
            return f"{parts[0].name}__{self.name.lower()}"
        raise TypeError("Complex expressions require an alias")

    def get_group_by_cols(self) -> list[Any]:
        """Return nothing: an aggregate is not grouped by."""
        return []

    def arguments(self, ctx: ClauseContext) -> list[Clause]:
        """Return the clauses of the arguments, not of the filter."""
        return [ctx.clause(part) for part in Func.get_source_expressions(self)]

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return the call with its filter."""
        ctx.connection.ops.check_expression_support(self)
        return numeric_on_sqlite(self, self._filtered(ctx, {}), ctx)

    def _filtered(self, ctx: ClauseContext, context: dict[str, Any]) -> Clause:
        context.setdefault("distinct", "DISTINCT " if self.distinct else "")
        if self.filter is None:
            return self.render(ctx, self.arguments(ctx), **context)
        if ctx.connection.features.supports_aggregate_filter_clause:
            try:
                condition = ctx.clause(self.filter)
            except FullResultSet:
                return self.render(ctx, self.arguments(ctx), **context)
            call = self.render(ctx, self.arguments(ctx), **context)
            return Pieces(call, " FILTER (WHERE ", condition, ")")
        clone = self.copy()
        clone.filter = None
        first, *others = Func.get_source_expressions(self)
        clone.source_expressions = [Case(When(self.filter, then=first)), *others]
        return clone._filtered(ctx, context)

    @adapter.native
    def as_sql(self, compiler: Any, connection: Any, **extra_context: Any) -> tuple[str, list[Any]]:
        """Return SQL and parameters, for aggregates of users that build on this."""
        text, params = compiler.render(self._filtered(compiler.ctx, dict(extra_context)))
        return text, params

    def _get_repr_options(self) -> dict[str, Any]:
        options = super()._get_repr_options()
        if self.distinct:
            options["distinct"] = self.distinct
        if self.filter:
            options["filter"] = self.filter
        return options


class Avg(NumericOutputFieldMixin, Aggregate):
    """The mean."""

    function = "AVG"
    arity = 1
    name = "Avg"
    allow_distinct = True


class Count(Aggregate):
    """The number of rows, or of values that are not NULL."""

    function = "COUNT"
    arity = 1
    name = "Count"
    output_field = Output("IntegerField")
    allow_distinct = True
    empty_result_set_value = 0
    allows_composite_expressions = True

    def __init__(self, expression: Any, filter: Any = None, **extra: Any) -> None:
        if expression == "*":
            expression = Star()
        if isinstance(expression, Star) and filter is not None:
            raise ValueError("Star cannot be used with filter. Please specify a field.")
        super().__init__(expression, filter=filter, **extra)

    def resolve_expression(
        self,
        query: Any = None,
        allow_joins: bool = True,
        reuse: Any = None,
        summarize: bool = False,
        for_save: bool = False,
    ) -> Any:
        """Return the resolved count; of a composite key, that of its first column."""
        result = super().resolve_expression(query, allow_joins, reuse, summarize, for_save)
        source = result.source_expressions[0]
        if getattr(source, "is_column_tuple", False):
            if result.distinct:
                raise ValueError("COUNT(DISTINCT) doesn't support composite primary keys")
            result.source_expressions = [source.get_cols()[0]]
        return result

    def result_converter(self, connection: Any) -> Callable[[Any], Any] | None:
        """Return nothing to do: the driver gives an int, and NULL is no count."""
        number = numeric_converter(self, self._output_field_or_none, connection)
        return lambda value: 0 if value is None else (value if number is None else number(value))


class Max(Aggregate):
    """The greatest value."""

    function = "MAX"
    arity = 1
    name = "Max"


class Min(Aggregate):
    """The least value."""

    function = "MIN"
    arity = 1
    name = "Min"


class StdDev(NumericOutputFieldMixin, Aggregate):
    """The standard deviation, of a population or a sample."""

    name = "StdDev"
    arity = 1

    def __init__(self, expression: Any, sample: bool = False, **extra: Any) -> None:
        self.function = "STDDEV_SAMP" if sample else "STDDEV_POP"
        super().__init__(expression, **extra)

    def _get_repr_options(self) -> dict[str, Any]:
        return {**super()._get_repr_options(), "sample": self.function == "STDDEV_SAMP"}


class Sum(Aggregate):
    """The sum."""

    function = "SUM"
    arity = 1
    name = "Sum"
    allow_distinct = True


class Variance(NumericOutputFieldMixin, Aggregate):
    """The variance, of a population or a sample."""

    name = "Variance"
    arity = 1

    def __init__(self, expression: Any, sample: bool = False, **extra: Any) -> None:
        self.function = "VAR_SAMP" if sample else "VAR_POP"
        super().__init__(expression, **extra)

    def _get_repr_options(self) -> dict[str, Any]:
        return {**super()._get_repr_options(), "sample": self.function == "VAR_SAMP"}


__all__ = ["Aggregate", "Avg", "Count", "Max", "Min", "StdDev", "Sum", "Variance"]
