"""``Lookup`` and ``Transform``: a condition on a left side, and a function of it.

A lookup is made by the query builder with a resolved left side and the user's value. The
value is checked at once; the SQL comes later, once per plan, with the value as a bind.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from fastjango.db.errors import NotSupportedError
from fastjango.db.models.expressions import adapter, output
from fastjango.db.models.expressions.base import Expression
from fastjango.db.models.expressions.elements import BOOLEAN, Pieces, call
from fastjango.db.models.expressions.func import Func
from fastjango.db.models.expressions.shape import (
    SlotCounter,
    is_expression,
    part_key,
    slot_value,
    slotted_part,
    value_key,
)
from fastjango.db.models.expressions.values import Value
from fastjango.db.models.lookups.registry import RegisterLookupMixin
from fastjango.utils.hashable import make_hashable

if TYPE_CHECKING:
    from sqlalchemy.types import TypeEngine

    from fastjango.db.models.expressions.elements import Clause
    from fastjango.db.models.types import ClauseContext

_TEXT_HOOKS = ("process_lhs", "process_rhs", "get_rhs_op", "get_db_prep_lookup", "batch_process_rhs")


def is_query(value: Any) -> bool:
    """Whether *value* is the query of an inner queryset."""
    return hasattr(value, "has_limit_one")


def check_selected(rhs: Any, name: str, expected: int = 1) -> None:
    """
    Check how many columns an inner query selects.

    Raises:
        ValueError: Not as many as it is compared with.
    """
    received = len(rhs.annotation_select)
    for column in rhs.select:
        received += len(column) if getattr(column, "is_column_tuple", False) else 1
    if received != expected:
        raise ValueError(
            f"The QuerySet value for the {name} lookup must have {expected} selected fields (received {received})"
        )


class Lookup(Expression):
    """A condition: left side, name, right side."""

    is_lookup = True
    lookup_name: str = ""
    prepare_rhs = True
    can_use_none_as_rhs = False
    value_shapes_sql = False
    plain_types: Any = frozenset()
    # Lowest and highest integer of which the SQL is the same, where the type of the column does not say it.
    plain_range: tuple[int, int] | None = None
    lhs: Any
    rhs: Any
    output_field = output.Output("BooleanField")

    def __init__(self, lhs: Any, rhs: Any) -> None:
        self.rhs_slot: int | None = None
        self.lhs, self.rhs = lhs, rhs
        if getattr(rhs, "is_column_tuple", False) and not hasattr(lhs, "__len__"):
            raise ValueError("CompositePrimaryKey cannot be used as a lookup value.")
        self.rhs = self.get_prep_lookup()
        self.lhs = self.get_prep_lhs()
        self.bilateral_transforms: list[Any] = []
        if hasattr(self.lhs, "get_bilateral_transforms"):
            self.bilateral_transforms = self.lhs.get_bilateral_transforms()
        if self.bilateral_transforms and is_query(rhs):
            raise NotImplementedError("Bilateral transformations on nested querysets are not implemented.")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.lhs!r}, {self.rhs!r})"

    # Values

    def rhs_is_direct_value(self) -> bool:
        """Whether the right side is a value, not an expression."""
        return not hasattr(self.rhs, "as_sql") and not hasattr(self.rhs, "resolve_expression")

    def get_prep_lookup(self) -> Any:
        """
        Return the right side checked and converted by the left side's field.

        Raises:
            ValueError: The value does not fit the field (also TypeError).
        """
        if not self.prepare_rhs or hasattr(self.rhs, "resolve_expression"):
            return self.rhs
        if hasattr(self.lhs, "output_field"):
            field = self.lhs.output_field
            if hasattr(field, "get_prep_value"):
                return field.get_prep_value(self.rhs)
        elif self.rhs_is_direct_value():
            return Value(self.rhs)
        return self.rhs

    def prepare(self, value: Any) -> Any:
        """Return what another value of a cached query becomes, as the constructor would."""
        if type(value) in self.plain_types:
            return value
        clone = self.copy()
        clone.rhs = value
        return clone.get_prep_lookup()

    def value_kind(self, value: Any) -> Hashable:
        """Return what of a prepared value decides on the SQL; part of the query's key."""
        return ()

    def get_prep_lhs(self) -> Any:
        """Return the left side as an expression."""
        if hasattr(self.lhs, "resolve_expression"):
            return self.lhs
        return Value(self.lhs)

    def apply_bilateral_transforms(self, value: Any) -> Any:
        """Return the right side with the same transforms as the left."""
        for transform in self.bilateral_transforms:
            value = transform(value)
        return value

    @property
    def takes_slot(self) -> bool:
        """
        Whether the SQL is the same for other values of the same kind.

        Not so for users' own SQL, which may look at the value, and for lists of transformed values.
        """
        if adapter.has_writer(type(self)) or self._has_text_hooks():
            return False
        return not (self.bilateral_transforms and isinstance(self.rhs, list | tuple))

    # The tree

    def get_source_expressions(self) -> list[Any]:
        """Return the left side, and the right one when it is an expression."""
        if self.rhs_is_direct_value():
            return [self.lhs, *(self.rhs[place] for place in self._expression_places())]
        return [self.lhs, self.rhs]

    def _expression_places(self) -> list[int]:
        """Return where expressions stand in a list of values."""
        if not isinstance(self.rhs, list | tuple):
            return []
        return [place for place, item in enumerate(self.rhs) if is_expression(item)]

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        """Replace the sides."""
        self.lhs = exprs[0]
        if not self.rhs_is_direct_value():
            self.rhs = exprs[1]
        elif len(exprs) > 1:
            items = list(self.rhs)
            for place, item in zip(self._expression_places(), exprs[1:], strict=True):
                items[place] = item
            self.rhs = items

    def get_group_by_cols(self) -> list[Any]:
        """Return the columns of both sides."""
        cols = list(self.lhs.get_group_by_cols())
        if hasattr(self.rhs, "get_group_by_cols"):
            cols.extend(self.rhs.get_group_by_cols())
        for place in self._expression_places():
            cols.extend(self.rhs[place].get_group_by_cols())
        return cols

    def shape_into(self, binds: list[Any]) -> Hashable:
        """Return the key of a lookup that is used as an expression."""
        super().shape_into([])  # refuses what cannot be keyed
        if not self.rhs_is_direct_value():
            return (type(self), part_key(self.lhs, binds), part_key(self.rhs, binds))
        left = part_key(self.lhs, binds)
        name = f"__{self.lookup_name}"
        return (type(self), left, value_key(name, self.rhs, binds), self.value_kind(self.rhs))

    def _is_source(self, value: Any, sources: list[Any]) -> bool:  # type: ignore[override]
        if value is self.rhs:
            return True
        return super()._is_source(value, sources)

    def with_slots(self, counter: SlotCounter) -> Lookup:
        """Return a copy whose values know their places."""
        clone = self.copy()
        clone.lhs = slotted_part(self.lhs, counter)
        if not self.rhs_is_direct_value():
            clone.rhs = slotted_part(self.rhs, counter)
            return clone
        slotted = slot_value(self.rhs, counter)
        clone.rhs_slot = getattr(slotted, "slot", None)
        return clone

    def resolve_expression(
        self,
        query: Any = None,
        allow_joins: bool = True,
        reuse: Any = None,
        summarize: bool = False,
        for_save: bool = False,
    ) -> Any:
        """Return a copy with both sides resolved."""
        clone = self._resolved_copy(summarize)
        clone.lhs = self.lhs.resolve_expression(query, allow_joins, reuse, summarize, for_save)
        if hasattr(self.rhs, "resolve_expression"):
            clone.rhs = self.rhs.resolve_expression(query, allow_joins, reuse, summarize, for_save)
        elif self._expression_places():
            clone.rhs = [
                item.resolve_expression(query, allow_joins, reuse, summarize, for_save) if is_expression(item) else item
                for item in self.rhs
            ]
        return clone

    @property
    def identity(self) -> tuple[Any, ...]:
        """The class and both sides."""
        return type(self), self.lhs, self.rhs

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Lookup):
            return NotImplemented
        return self.identity == other.identity

    def __hash__(self) -> int:
        return hash(make_hashable(self.identity))

    def _allowed_default(self) -> bool:
        """Whether both sides may stand in a column default."""
        return bool(self.lhs.allowed_default and (self.rhs_is_direct_value() or self.rhs.allowed_default))

    allowed_default: Any = property(_allowed_default)

    # Clauses

    def to_clause(self, ctx: ClauseContext) -> Clause:
        """Return the condition; methods that users override speak SQL text."""
        if self._has_text_hooks():
            text, params = self.as_sql(adapter.Shim(ctx), ctx.connection)
            return adapter.splice(ctx, text, params)
        return super().to_clause(ctx)

    def _has_text_hooks(self) -> bool:
        methods = [getattr(self, name, None) for name in _TEXT_HOOKS]
        return any(method is not None and not getattr(method, "is_native", False) for method in methods)

    def lhs_clause(self, ctx: ClauseContext) -> Clause:
        """Return the left side."""
        return ctx.clause(self.lhs)

    def rhs_clause(
        self,
        ctx: ClauseContext,
        convert: Callable[[Any], Any] | None = None,
        type_: TypeEngine[Any] | None = None,
    ) -> Clause:
        """Return the right side: an expression, an inner query or a parameter."""
        rhs = self.rhs
        if self.bilateral_transforms:
            if self.rhs_is_direct_value():
                rhs = Value(rhs, output_field=self.lhs.output_field)
                rhs.slot = self.rhs_slot
            return ctx.clause(self.apply_bilateral_transforms(rhs).resolve_expression(None))
        if is_query(rhs):
            return ctx.subquery(rhs).scalar_subquery()  # type: ignore[no-any-return]
        if not self.rhs_is_direct_value():
            return ctx.clause(rhs)
        return ctx.bind(rhs, self.rhs_slot, self.bind_field, convert, type_)

    @property
    def bind_field(self) -> Any:
        """The field that types the parameter."""
        return getattr(self.lhs, "output_field", None)

    # SQL text, for users' subclasses

    @adapter.native
    def process_lhs(self, compiler: Any, connection: Any, lhs: Any = None) -> tuple[str, list[Any]]:
        """Return SQL and parameters of the left side."""
        lhs = lhs or self.lhs
        sql, params = compiler.compile(lhs)
        if isinstance(lhs, Lookup):
            sql = f"({sql})"
        return sql, list(params)

    @adapter.native
    def process_rhs(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """Return SQL and parameters of the right side."""
        if self.rhs_is_direct_value() and not self.bilateral_transforms:
            if getattr(self.get_db_prep_lookup, "is_native", False):
                return "%s", [self.rhs_clause(compiler.ctx)]
            sql, params = self.get_db_prep_lookup(self.rhs, connection)
            return sql, list(params)
        text, params = compiler.render(self.rhs_clause(compiler.ctx))
        return text, list(params)

    @adapter.native
    def get_db_prep_lookup(self, value: Any, connection: Any) -> tuple[str, list[Any]]:
        """Return the placeholder and the parameters of a direct value."""
        return "%s", [value]

    def select_format(self, compiler: Any, sql: str, params: Any) -> tuple[str, Any]:
        """Return the SQL as it is."""
        return sql, params


class Transform(RegisterLookupMixin, Func):
    """A function of one argument that may stand in a lookup path."""

    is_transform = True
    bilateral = False
    arity = 1
    lookup_name: str = ""

    @property
    def lhs(self) -> Any:
        """The argument."""
        return self.get_source_expressions()[0]

    def get_bilateral_transforms(self) -> list[Any]:
        """Return the transforms that the right side needs as well."""
        inner = self.lhs.get_bilateral_transforms() if hasattr(self.lhs, "get_bilateral_transforms") else []
        return [*inner, type(self)] if self.bilateral else list(inner)


class BuiltinLookup(Lookup):
    """A lookup of ours: the left side with its cast, an operator, the right side."""

    def cast_lhs(self, clause: Clause, ctx: ClauseContext) -> Clause:
        """Return the left side as the operator needs it."""
        return clause

    def lhs_clause(self, ctx: ClauseContext) -> Clause:
        """Return the left side with its cast."""
        clause = self.cast_lhs(ctx.clause(self.lhs), ctx)
        return self._unquoted(clause, ctx) if ctx.vendor == "mysql" else clause

    # Whether the lookup looks at the characters of a text.
    is_textual: ClassVar[bool] = False

    def _unquoted(self, clause: Clause, ctx: ClauseContext) -> Clause:
        """Return JSON as MariaDB compares it, and as MySQL compares texts in it: without quotes."""
        field = output.known_field(self.lhs)
        if getattr(field, "get_internal_type", str)() != "JSONField":
            return clause
        if not (self.is_textual or ctx.connection.mysql_is_mariadb):
            return clause
        return call("JSON_UNQUOTE", clause)

    @adapter.native
    def process_lhs(self, compiler: Any, connection: Any, lhs: Any = None) -> tuple[str, list[Any]]:
        """Return SQL and parameters of the left side with its cast."""
        clause = self.cast_lhs(compiler.ctx.clause(lhs or self.lhs), compiler.ctx)
        text, params = compiler.render(clause)
        return text, list(params)

    @adapter.native
    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, list[Any]]:
        """Return SQL and parameters, for lookups of users that build on ours."""
        lhs_sql, params = self.process_lhs(compiler, connection)
        rhs_sql, rhs_params = self.process_rhs(compiler, connection)
        return f"{lhs_sql} {self.get_rhs_op(connection, rhs_sql)}", [*params, *rhs_params]

    @adapter.native
    def get_rhs_op(self, connection: Any, rhs: str) -> str:
        """Return the operator and the right side."""
        return str(connection.operators[self.lookup_name]) % rhs


def condition(*pieces: Any) -> Clause:
    """Return a condition made of words and clauses."""
    return Pieces(*pieces, type_=BOOLEAN, atomic=False)


class PostgresOperatorLookup(Lookup):
    """A lookup that is one operator of PostgreSQL."""

    postgres_operator: str = ""

    def shape_into(self, binds: list[Any]) -> Hashable:
        """Return the key; the operator may be an instance's own."""
        return (self.postgres_operator, super().shape_into(binds))

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return both sides with the operator; a percent sign in it is doubled, as in SQL text."""
        if ctx.vendor != "postgresql":
            raise NotSupportedError(
                f"{self.lookup_name or self.postgres_operator} lookup is not supported on this database backend."
            )
        operator = self.postgres_operator.replace("%%", "%")
        return condition(self.lhs_clause(ctx), f" {operator} ", self.rhs_clause(ctx))


__all__ = [
    "BuiltinLookup",
    "Lookup",
    "PostgresOperatorLookup",
    "Transform",
    "check_selected",
    "condition",
    "is_query",
]
