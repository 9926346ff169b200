"""``BaseExpression``: a tree of parts that resolves against a query and becomes a clause.

The life of an expression: constructed by the user, keyed (``shape_into``), given places
for its values (``with_slots``), resolved against the query (``resolve_expression``: names
become columns), turned into SQLAlchemy (``to_clause``).
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Hashable, Iterator, Sequence
from datetime import date
from decimal import Context, Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self, cast

from fastjango.core.exceptions import EmptyResultSet, FieldError, FullResultSet
from fastjango.db.models.expressions import adapter, output
from fastjango.db.models.expressions.combinable import Combinable, makers
from fastjango.db.models.expressions.no_condition import refuse_sqlalchemy
from fastjango.db.models.expressions.shape import (
    PLAIN,
    SCALARS,
    SlotCounter,
    Uncacheable,
    constant_key,
    is_expression,
    part_key,
    slotted_part,
)
from fastjango.utils.deconstruct import deconstructible
from fastjango.utils.hashable import make_hashable

if TYPE_CHECKING:
    from fastjango.db.models.expressions.elements import Clause
    from fastjango.db.models.types import ClauseContext

_UNKEYED = frozenset(
    {
        "_constructor_args",
        "_output_field_or_none",
        "_output_field_resolved_to_none",
        "identity",
        "is_summary",
        "source_expressions",
    }
)
_FIFTEEN_DIGITS = Context(prec=15)


class OutputFieldIsNoneError(FieldError):
    """The type of an expression cannot be told from its parts."""


class BaseExpression:
    """What all expressions share; subclasses give ``build_clause`` and their sources."""

    empty_result_set_value: Any = NotImplemented
    is_summary = False
    filterable = True
    window_compatible = False
    allowed_default: Any = False
    constraint_validation_compatible = True
    set_returning = False
    allows_composite_expressions = False
    _output_field_resolved_to_none = False
    possibly_multivalued = False
    # Attributes with user values, or expressions, that are no source expressions.
    apart: tuple[str, ...] = ()

    def __init__(self, output_field: Any = None) -> None:
        if output_field is not None:
            self.__dict__["output_field"] = output_field

    # Parts

    def get_source_expressions(self) -> list[Any]:
        """Return the expressions this one is made of."""
        return []

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        """Replace the expressions this one is made of."""
        if exprs:
            raise ValueError(f"{type(self).__name__} has no source expressions")

    def _parse_expressions(self, *expressions: Any) -> list[Any]:
        return [parse(expression) for expression in expressions]

    def copy(self) -> Self:
        """Return a copy that may be changed."""
        return copy.copy(self)

    def flatten(self) -> Iterator[Any]:
        """Yield this expression and all its parts, depth first."""
        yield self
        for source in self.get_source_expressions():
            if source:
                if hasattr(source, "flatten"):
                    yield from source.flatten()
                else:
                    yield source

    # Shape

    def shape_into(self, binds: list[Any]) -> Hashable:
        """Return the key of this expression; its values are appended to *binds*."""
        if adapter.has_writer(type(self)):
            raise Uncacheable(f"{type(self).__qualname__} writes its own SQL")
        sources = self.get_source_expressions()
        state = []
        for name, value in self.__dict__.items():
            if name in _UNKEYED:
                continue
            if type(value) in PLAIN or not self._is_source(value, sources):
                state.append((name, constant_key(value)))
        return (
            type(self),
            tuple(state),
            tuple(part_key(part, binds) for part in sources),
        )

    @staticmethod
    def _is_source(value: Any, sources: list[Any]) -> bool:
        if is_expression(value):
            if any(value is part for part in sources):
                return True
            raise Uncacheable("an expression outside of the source expressions")
        if isinstance(value, list | tuple) and any(is_expression(item) for item in value):
            if all(item is None or any(item is part for part in sources) for item in value):
                return True
            raise Uncacheable("expressions outside of the source expressions")
        return False

    def with_slots(self, counter: SlotCounter) -> Self:
        """Return a copy whose values know their places; same order as ``shape_into``."""
        sources = self.get_source_expressions()
        if not sources:
            return self
        clone = self.copy()
        clone.set_source_expressions([slotted_part(part, counter) for part in sources])
        return clone

    # Resolution

    def resolve_expression(
        self,
        query: Any = None,
        allow_joins: bool = True,
        reuse: Any = None,
        summarize: bool = False,
        for_save: bool = False,
    ) -> Any:
        """Return a copy in which every name is resolved against *query*."""
        clone = self._resolved_copy(summarize)
        sources = [
            part.resolve_expression(query, allow_joins, reuse, summarize, for_save) if is_expression(part) else part
            for part in clone.get_source_expressions()
        ]
        self._refuse_composite(sources)
        if sources:
            clone.set_source_expressions(sources)
        return clone

    def _refuse_composite(self, parts: Sequence[Any]) -> None:
        """Refuse the columns of a composite key where one value is needed."""
        if not self.allows_composite_expressions and any(getattr(part, "is_column_tuple", False) for part in parts):
            raise ValueError(f"{type(self).__name__} expression does not support composite primary keys.")

    def _resolved_copy(self, summarize: bool) -> Self:
        clone = self.copy()
        clone.is_summary = summarize
        return clone

    def relabeled_clone(self, change_map: dict[str | None, str]) -> Self:
        """Return a copy whose columns use the new join names."""
        clone = self.copy()
        sources = [part if part is None else part.relabeled_clone(change_map) for part in self.get_source_expressions()]
        if sources:
            clone.set_source_expressions(sources)
        return clone

    def replace_expressions(self, replacements: Any) -> Any:
        """Return this tree with the keys of *replacements* replaced by their values."""
        if not replacements:
            return self
        if replacement := replacements.get(self):
            return replacement
        sources = self.get_source_expressions()
        if not sources:
            return self
        clone = self.copy()
        clone.set_source_expressions(
            [None if part is None else part.replace_expressions(replacements) for part in sources]
        )
        return clone

    def get_refs(self) -> set[str]:
        """Return the names of the annotations referred to."""
        refs: set[str] = set()
        for part in self.get_source_expressions():
            if part is not None:
                refs |= part.get_refs()
        return refs

    def prefix_references(self, prefix: str) -> Any:
        """Return a copy whose ``F`` names begin with *prefix*."""
        clone = self.copy()
        clone.set_source_expressions(
            [_prefixed(part, prefix) if part is not None else None for part in self.get_source_expressions()]
        )
        return clone

    # Facts

    def _contains_aggregate(self) -> bool:
        """Whether any part is an aggregate."""
        return any(part and part.contains_aggregate for part in self.get_source_expressions())

    contains_aggregate: Any = cached_property(_contains_aggregate)

    def _contains_over_clause(self) -> bool:
        """Whether any part is a window."""
        return any(part and part.contains_over_clause for part in self.get_source_expressions())

    contains_over_clause: Any = cached_property(_contains_over_clause)

    def _contains_column_references(self) -> bool:
        """Whether any part is a column."""
        return any(part and part.contains_column_references for part in self.get_source_expressions())

    contains_column_references: Any = cached_property(_contains_column_references)

    def _contains_subquery(self) -> bool:
        """Whether any part is a subquery."""
        return any(
            part and (getattr(part, "subquery", False) or part.contains_subquery)
            for part in self.get_source_expressions()
        )

    contains_subquery: Any = cached_property(_contains_subquery)

    def _conditional(self) -> bool:
        """Whether the expression is true or false, and so may be a filter."""
        return output.is_field(self.output_field, "BooleanField")

    conditional: Any = property(_conditional)

    @property
    def field(self) -> Any:
        """The same as ``output_field``."""
        return self.output_field

    def _find_output_field(self) -> Any:
        """
        The field that says what type the result has.

        Raises:
            FieldError: It is unknown, or the parts disagree.
        """
        resolved = self._resolve_output_field()
        if resolved is None:
            self._output_field_resolved_to_none = True
            raise OutputFieldIsNoneError("Cannot resolve expression type, unknown output_field")
        return resolved

    output_field: Any = cached_property(_find_output_field)

    @property
    def _output_field_or_none(self) -> Any:
        try:
            return self.output_field
        except OutputFieldIsNoneError:
            return None

    def _resolve_output_field(self) -> Any:
        known = [field for field in self.get_source_fields() if field is not None]
        for field in known[1:]:
            if not isinstance(known[0], type(field)):
                raise FieldError(
                    f"Expression contains mixed types: {type(known[0]).__name__}, "
                    f"{type(field).__name__}. You must set output_field."
                )
        return known[0] if known else None

    def get_source_fields(self) -> list[Any]:
        """Return the output fields of the parts."""
        return [part._output_field_or_none for part in self.get_source_expressions()]

    def get_group_by_cols(self) -> list[Any]:
        """Return what a GROUP BY needs for this expression to be selected."""
        if not self.contains_aggregate:
            return [self]
        cols: list[Any] = []
        for part in self.get_source_expressions():
            if part is not None:
                cols.extend(part.get_group_by_cols())
        return cols

    def get_lookup(self, lookup: str) -> Any:
        """Return the lookup class of that name for the output field."""
        return self.output_field.get_lookup(lookup)

    def get_transform(self, name: str) -> Any:
        """Return the transform class of that name for the output field."""
        return self.output_field.get_transform(name)

    def get_expression_for_validation(self) -> Any:
        """Return what validation of constraints computes in place of this one."""
        if not getattr(self, "constraint_validation_compatible", True):
            sources = self.get_source_expressions()
            if len(sources) != 1:
                raise ValueError(
                    "Expressions with constraint_validation_compatible set to False must "
                    "have only one source expression."
                )
            return sources[0]
        return self

    # Ordering

    def asc(self, **kwargs: Any) -> Any:
        """Return an ascending ordering by this expression."""
        return ordering(self, **kwargs)

    def desc(self, **kwargs: Any) -> Any:
        """Return a descending ordering by this expression."""
        return ordering(self, descending=True, **kwargs)

    def reverse_ordering(self) -> Any:
        """Return this expression with the opposite direction, where it has one."""
        return self

    # Results

    def convert_value(self, value: Any, expression: Any, connection: Any) -> Any:
        """Convert a value from the database; for subclasses to override."""
        return value

    def result_converter(self, connection: Any) -> Callable[[Any], Any] | None:
        """
        Return the function from driver value to Python value, or None for none.

        Raises:
            FieldError: The type of the result is not known.
        """
        field = self.output_field
        convert = numeric_converter(self, field, connection)
        if convert is None:
            convert = field.result_converter(connection)
        if type(self).convert_value is BaseExpression.convert_value:
            return convert
        inner, custom = convert, self.convert_value
        if inner is None:
            return lambda value: custom(value, self, connection)
        return lambda value: custom(inner(value), self, connection)

    # SQL

    def to_clause(self, ctx: ClauseContext) -> Clause:
        """Return the SQLAlchemy clause of this resolved expression."""
        written: Clause | None = adapter.written_clause(self, ctx)
        if written is not None:
            return written
        return self.build_clause(ctx)

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return the clause; each class has its own."""
        raise NotImplementedError(f"Subclasses must implement as_sql() ({type(self).__name__})")

    @adapter.native
    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, list[Any]]:
        """Return SQL and parameters, for expressions of users that build on ours."""
        text, params = compiler.render(self.build_clause(compiler.ctx))
        return text, params

    def select_format(self, compiler: Any, sql: str, params: Any) -> tuple[str, Any]:
        """Return SQL for the select list; for subclasses to override."""
        field = self._output_field_or_none
        if field is not None and hasattr(field, "select_format"):
            return cast("tuple[str, Any]", field.select_format(compiler, sql, params))
        return sql, params


@deconstructible
class Expression(BaseExpression, Combinable):
    """An expression that can be combined, compared and stored in migrations."""

    @classmethod
    def _signature(cls) -> inspect.Signature:
        signature = cls.__dict__.get("_cached_signature")
        if signature is None:
            signature = inspect.signature(cls.__init__)
            cls._cached_signature = signature  # type: ignore[attr-defined]
        return cast("inspect.Signature", signature)

    @cached_property
    def identity(self) -> tuple[Any, ...]:
        """The class and the arguments it was constructed with."""
        args, kwargs = self._constructor_args  # type: ignore[attr-defined]
        bound = self._signature().bind_partial(self, *args, **kwargs)
        bound.apply_defaults()
        arguments = iter(bound.arguments.items())
        next(arguments)
        parts: list[Any] = [type(self)]
        for name, value in arguments:
            parts.append((name, _identity_of(value)))
        return tuple(parts)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Expression):
            return NotImplemented
        return bool(other.identity == self.identity)

    def __hash__(self) -> int:
        return hash(self.identity)


def _identity_of(value: Any) -> Any:
    """Return what stands for a constructor's argument when two expressions are compared."""
    if type(value) is tuple:
        return tuple(map(_identity_of, value))
    if isinstance(value, dict):
        return tuple((key, _identity_of(item)) for key, item in value.items())
    if hasattr(value, "get_internal_type"):
        model = getattr(value, "model", None)
        return (model._meta.label, value.name) if model and value.name else type(value)
    return make_hashable(value)


def parse(expression: Any) -> Any:
    """Return an expression as it is, a name as ``F`` and anything else as ``Value``."""
    if hasattr(expression, "resolve_expression"):
        return expression
    if isinstance(expression, str):
        return makers.name(expression)
    if type(expression) not in SCALARS:
        refuse_sqlalchemy(expression, "An expression")
    return makers.value(expression)


def ordering(expression: Any, **options: Any) -> Any:
    """Return an ordering by *expression*."""
    return makers.order(expression, **options)


def _prefixed(part: Any, prefix: str) -> Any:
    name = getattr(part, "name", None)
    if makers.is_name(part) and name is not None:
        return makers.name(f"{prefix}{name}")
    return part.prefix_references(prefix)


def numeric_converter(expression: Any, field: Any, connection: Any) -> Callable[[Any], Any] | None:
    """Return how a computed number, or a date on MariaDB, is brought to the type of *field*, or None."""
    if field is None:
        return None
    kind = field.get_internal_type()
    convert: Callable[[Any], Any]
    if kind == "FloatField":
        convert = float
    elif kind.endswith("IntegerField"):
        convert = int
    elif kind == "DecimalField":
        convert = _decimal
    elif kind == "DateField" and connection.vendor == "mysql":
        convert = _date
    else:
        return None
    decode = getattr(field, "from_db_value", None)

    def number(value: Any) -> Any:
        if value is not None:
            value = convert(value)
        return value if decode is None else decode(value, expression, connection)

    return number


def _decimal(value: Any) -> Decimal:
    if isinstance(value, float):
        return _FIFTEEN_DIGITS.create_decimal_from_float(value)
    return value if isinstance(value, Decimal) else Decimal(value)


def _date(value: Any) -> Any:
    # A date that may also be a parameter is text there: COALESCE(MAX(day), '2020-01-02').
    return date.fromisoformat(value) if value.__class__ is str else value


def compile_part(part: Any, ctx: ClauseContext) -> Clause:
    """
    Return the clause of a part; a condition that no row meets becomes its empty value.

    Raises:
        EmptyResultSet: The part has no value for an empty result.
    """
    try:
        return ctx.clause(part)
    except EmptyResultSet:
        empty = getattr(part, "empty_result_set_value", NotImplemented)
        if empty is NotImplemented:
            raise
        return ctx.clause(makers.value(empty))
    except FullResultSet:
        return ctx.clause(makers.value(True))


__all__ = [
    "BaseExpression",
    "Expression",
    "OutputFieldIsNoneError",
    "compile_part",
    "numeric_converter",
    "ordering",
    "parse",
]
