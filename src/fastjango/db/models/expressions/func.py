"""SQL functions and the small wrappers around one or more expressions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

from sqlalchemy import Numeric
from sqlalchemy.sql.elements import ClauseElement

from fastjango.core.exceptions import EmptyResultSet, FullResultSet, fix
from fastjango.db.models.expressions import adapter, output
from fastjango.db.models.expressions.base import Expression, compile_part
from fastjango.db.models.expressions.combinable import makers
from fastjango.db.models.expressions.elements import BOOLEAN, Pieces, call, joined, negation, true_clause
from fastjango.utils.deconstruct import deconstructible

if TYPE_CHECKING:
    from fastjango.db.models.expressions.elements import Clause
    from fastjango.db.models.types import ClauseContext

_NUMERIC = Numeric()
_DEFAULT_TEMPLATE = "%(function)s(%(expressions)s)"
_PART = r"(?:[^\W\d][\w$]*|\"[^\"\x00]+\"|`[^`\x00]+`)"
# A name, or an operator; empty for templates that need none.
_FUNCTION_NAME = re.compile(rf"(?:{_PART}(?:\.{_PART})*|(?!.*(?:--|/\*|\*/))[-+*/<>=~!@#%^&|]+)?")
_MARK = "\x00"


def numeric_on_sqlite(expression: Any, clause: Clause, ctx: ClauseContext) -> Clause:
    """Return the clause as a number where SQLite would compare decimals as text."""
    if ctx.vendor == "sqlite":
        field = output.known_field(expression)
        if field is not None and field.get_internal_type() == "DecimalField":
            return Pieces("CAST(", clause, " AS NUMERIC)", type_=_NUMERIC)
    return clause


def untyped_part(part: Any, ctx: ClauseContext) -> Clause:
    """Return the clause of an argument; a text has no type before the function or operator is chosen."""
    if type(part) is makers.value and type(part.value) is str:
        field = part.__dict__.get("output_field")
        if field is None or output.is_field(field, "CharField", "TextField"):
            return ctx.untyped(part.value, part.slot)
    return compile_part(part, ctx)


@deconstructible(path="fastjango.db.models.Func")
class Func(Expression):
    """A call of a SQL function."""

    function: str | None = None
    template = _DEFAULT_TEMPLATE
    arg_joiner = ", "
    arity: int | None = None

    def __init__(self, *expressions: Any, output_field: Any = None, **extra: Any) -> None:
        if self.arity is not None and len(expressions) != self.arity:
            raise TypeError(
                f"'{type(self).__name__}' takes exactly {self.arity} "
                f"{'argument' if self.arity == 1 else 'arguments'} ({len(expressions)} given)"
            )
        function = extra.get("function")
        if function is not None and not _FUNCTION_NAME.fullmatch(str(function)):
            raise fix(
                ValueError(f"Invalid function name: {function!r}."),
                "give a name, with its schema before it if need be; other SQL belongs into template=, "
                "which must never hold text of users",
            )
        super().__init__(output_field=output_field)
        self.source_expressions = self._parse_expressions(*expressions)
        self.extra = extra

    def __repr__(self) -> str:
        args = self.arg_joiner.join(str(arg) for arg in self.source_expressions)
        extra = {**self.extra, **self._get_repr_options()}
        options = ", ".join(f"{key}={value}" for key, value in sorted(extra.items()))
        return f"{type(self).__name__}({args}, {options})" if options else f"{type(self).__name__}({args})"

    def _get_repr_options(self) -> dict[str, Any]:
        return {}

    def get_source_expressions(self) -> list[Any]:
        """Return the arguments."""
        return self.source_expressions

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        """Replace the arguments."""
        self.source_expressions = list(exprs)

    def copy(self) -> Self:
        """Return a copy with lists of its own."""
        clone = super().copy()
        clone.source_expressions = self.source_expressions[:]
        clone.extra = self.extra.copy()
        return clone

    def _allowed_default(self) -> bool:
        """Whether every argument may stand in a column default."""
        return all(part.allowed_default for part in self.source_expressions)

    allowed_default: Any = property(_allowed_default)

    def arguments(self, ctx: ClauseContext) -> list[Clause]:
        """Return the clauses of the arguments."""
        parts = [part for part in self.get_source_expressions() if part is not None]
        if ctx.vendor == "postgresql" and self._is_unknown:
            return [untyped_part(part, ctx) for part in parts]
        return [compile_part(part, ctx) for part in parts]

    @property
    def _is_unknown(self) -> bool:
        """Whether the function is not one of ours: its parameters have types that only the server knows."""
        return type(self) is Func or not type(self).__module__.startswith("fastjango.")

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return the call."""
        return numeric_on_sqlite(self, self.render(ctx, self.arguments(ctx)), ctx)

    def render(
        self,
        ctx: ClauseContext,
        arguments: Sequence[ClauseElement],
        *,
        function: str | None = None,
        template: str | None = None,
        arg_joiner: str | None = None,
        **context: Any,
    ) -> Clause:
        """Return the call with these argument clauses, by the function's template."""
        data = {**self.extra, **context}
        name = function or data.get("function") or self.function
        template = str(template or data.get("template") or self.template)
        joiner = arg_joiner or data.get("arg_joiner") or self.arg_joiner
        if template == _DEFAULT_TEMPLATE and joiner == ", " and name and name.isidentifier():
            return call(name, *arguments)
        data["function"] = name
        return fill(template, data, joined(arguments, joiner))

    @adapter.native
    def as_sql(
        self,
        compiler: Any,
        connection: Any,
        function: str | None = None,
        template: str | None = None,
        arg_joiner: str | None = None,
        **extra_context: Any,
    ) -> tuple[str, list[Any]]:
        """Return SQL and parameters, for functions of users that build on this."""
        clause = self.render(
            compiler.ctx,
            self.arguments(compiler.ctx),
            function=function,
            template=template,
            arg_joiner=arg_joiner,
            **extra_context,
        )
        text, params = compiler.render(clause)
        return text, params


def fill(
    template: str, data: dict[str, Any], expressions: Sequence[str | ClauseElement], *, atomic: bool = True
) -> Pieces:
    """
    Return *template* as a clause: words of *data* written in, clauses kept as clauses.

    A clause may stand in *data* too (a compiled ``filter``, for example). ``%%`` that is left
    after the formatting is a percent sign, as in the text Django gives to a cursor.
    """
    clauses: list[Sequence[str | ClauseElement]] = [expressions]
    words: dict[str, Any] = {"expressions": f"{_MARK}0{_MARK}", "field": f"{_MARK}0{_MARK}"}
    for key, value in data.items():
        if isinstance(value, ClauseElement):
            words[key] = f"{_MARK}{len(clauses)}{_MARK}"
            clauses.append([value])
        else:
            words.setdefault(key, value)
    pieces: list[str | ClauseElement] = []
    for number, part in enumerate((template % words).split(_MARK)):
        if number % 2:
            pieces.extend(clauses[int(part)])
        elif part:
            pieces.append(part.replace("%%", "%"))
    return Pieces(*pieces, atomic=atomic)


@deconstructible(path="fastjango.db.models.ExpressionWrapper")
class ExpressionWrapper(Expression):
    """An expression with another output field."""

    def __init__(self, expression: Any, output_field: Any) -> None:
        super().__init__(output_field=output_field)
        self.expression = expression

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.expression})"

    def get_source_expressions(self) -> list[Any]:
        """Return the wrapped expression."""
        return [self.expression]

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        """Replace the wrapped expression."""
        self.expression = exprs[0]

    def _allowed_default(self) -> bool:
        """Whether the wrapped expression may stand in a column default."""
        return bool(self.expression.allowed_default)

    allowed_default: Any = property(_allowed_default)

    @property
    def empty_result_set_value(self) -> Any:
        """That of the wrapped expression."""
        return getattr(self.expression, "empty_result_set_value", NotImplemented)

    def get_group_by_cols(self) -> list[Any]:
        """Return the columns of the wrapped expression."""
        if isinstance(self.expression, Expression):
            expression = self.expression.copy()
            expression.__dict__["output_field"] = self.output_field
            cols: list[Any] = expression.get_group_by_cols()
            return cols
        # Conditions become expressions only when they are resolved.
        return super().get_group_by_cols()

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return the clause of the wrapped expression."""
        return numeric_on_sqlite(self, ctx.clause(self.expression), ctx)


@deconstructible(path="fastjango.db.models.expressions.NegatedExpression")
class NegatedExpression(ExpressionWrapper):
    """The opposite of a condition."""

    def __init__(self, expression: Any) -> None:
        super().__init__(expression, output_field=output.make_field("BooleanField"))

    def __invert__(self) -> Any:
        return self.expression.copy()

    def resolve_expression(
        self,
        query: Any = None,
        allow_joins: bool = True,
        reuse: Any = None,
        summarize: bool = False,
        for_save: bool = False,
    ) -> Any:
        """
        Return the resolved negation.

        Raises:
            TypeError: What is negated is no condition.
        """
        resolved = super().resolve_expression(query, allow_joins, reuse, summarize, for_save)
        if not getattr(resolved.expression, "conditional", False):
            raise TypeError("Cannot negate non-conditional expressions.")
        return resolved

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return ``NOT`` and the condition; of a condition no row meets, true."""
        try:
            # NOT binds less than a comparison does.
            return Pieces(negation(super().build_clause(ctx)), type_=BOOLEAN, atomic=False)
        except EmptyResultSet:
            return true_clause(ctx)
        except FullResultSet:
            raise EmptyResultSet from None

    def select_format(self, compiler: Any, sql: str, params: Any) -> tuple[str, Any]:
        """Return the SQL as it is."""
        return sql, params


class ExpressionList(Func):
    """Several expressions, such as the columns of a partition."""

    template = "%(expressions)s"

    def __str__(self) -> str:
        return self.arg_joiner.join(str(arg) for arg in self.source_expressions)

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return the expressions with commas between them."""
        return Pieces(*joined(self.arguments(ctx), self.arg_joiner), atomic=False)


class OrderByList(ExpressionList):
    """Orderings, such as those of a window; a name may begin with a minus."""

    template = "ORDER BY %(expressions)s"

    def __init__(self, *expressions: Any, **extra: Any) -> None:
        super().__init__(
            *(
                makers.order(makers.name(part[1:]), descending=True)
                if isinstance(part, str) and part[0] == "-"
                else part
                for part in expressions
            ),
            **extra,
        )

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return ``ORDER BY`` and the orderings, or nothing."""
        arguments = self.arguments(ctx)
        if not arguments:
            return Pieces("")
        return Pieces("ORDER BY ", *joined(arguments, ", "), atomic=False)

    def get_group_by_cols(self) -> list[Any]:
        """Return the columns of the orderings: ``ORDER BY`` cannot be grouped by."""
        return [column for part in self.get_source_expressions() for column in part.get_group_by_cols()]

    @classmethod
    def from_param(cls, context: str, param: Any) -> OrderByList | None:
        """
        Return orderings from what a user passed as ``order_by``.

        Raises:
            ValueError: *param* is neither a name, an expression nor a list of those.
        """
        if param is None:
            return None
        if isinstance(param, list | tuple):
            return cls(*param) if param else None
        if isinstance(param, str) or hasattr(param, "resolve_expression"):
            return cls(param)
        raise ValueError(
            f"{context} must be either a string reference to a field, an expression, or a list or tuple of them."
        )


makers.negated = NegatedExpression

__all__ = [
    "ExpressionList",
    "ExpressionWrapper",
    "Func",
    "NegatedExpression",
    "OrderByList",
    "fill",
    "numeric_on_sqlite",
    "untyped_part",
]
