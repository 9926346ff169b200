"""``Subquery`` and ``Exists``: another query inside this one."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Any, Self

from fastjango.db.models.expressions import adapter, output
from fastjango.db.models.expressions.base import BaseExpression
from fastjango.db.models.expressions.combinable import Combinable
from fastjango.db.models.expressions.elements import Pieces
from fastjango.db.models.expressions.func import fill
from fastjango.db.models.expressions.shape import SlotCounter, Uncacheable, constant_key, field_key, queryset_key

if TYPE_CHECKING:
    from fastjango.db.models.expressions.elements import Clause
    from fastjango.db.models.types import ClauseContext

_TEMPLATE = "(%(subquery)s)"


class Subquery(BaseExpression, Combinable):
    """The one value that an inner query gives for each row."""

    template = _TEMPLATE
    contains_aggregate = False
    contains_column_references = False
    empty_result_set_value: Any = None
    subquery = True

    def __init__(self, queryset: Any, output_field: Any = None, **extra: Any) -> None:
        self.queryset = queryset if hasattr(queryset, "slotted_query") else None
        self.query = (
            queryset.peek_query() if self.queryset is not None else getattr(queryset, "query", queryset).clone()
        )
        self.query.subquery = True
        self.extra = extra
        super().__init__(output_field)

    def __getstate__(self) -> dict[str, Any]:
        # The queryset would be evaluated; the query is enough.
        return {**self.__dict__, "queryset": None}

    # Shape

    def shape_into(self, binds: list[Any]) -> Hashable:
        """Return the key: the shape of the inner queryset, whose binds are appended."""
        if self.queryset is None or adapter.has_writer(type(self)):
            raise Uncacheable("a subquery without a queryset")
        explicit = self.__dict__.get("output_field")
        field = None if explicit is None else field_key(explicit)
        extra = constant_key(self.extra)
        return (type(self), extra, field, self._state_key(), queryset_key(self.queryset, binds))

    def _state_key(self) -> Hashable:
        return ()

    def with_slots(self, counter: SlotCounter) -> Self:
        """Return a copy whose inner query knows where its binds begin."""
        clone = self.copy()
        if self.queryset is not None:
            clone.query = self.queryset.slotted_query(counter.take(len(self.queryset.binds)))
            clone.query.subquery = True
        return clone

    # The tree

    def get_source_expressions(self) -> list[Any]:
        """Return the inner query."""
        return [self.query]

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        """Replace the inner query."""
        self.query = exprs[-1]

    def _resolve_output_field(self) -> Any:
        return self.query.output_field

    def copy(self) -> Self:
        """Return a copy with an inner query of its own."""
        clone = super().copy()
        clone.query = clone.query.clone()
        return clone

    @property
    def external_aliases(self) -> Any:
        """The join names of the outer query that the inner one uses."""
        return self.query.external_aliases

    def get_external_cols(self) -> list[Any]:
        """Return the columns of the outer query that the inner one uses."""
        cols: list[Any] = self.query.get_external_cols()
        return cols

    def get_group_by_cols(self) -> list[Any]:
        """Return the outer columns, or the subquery itself when they may have many values."""
        external = self.get_external_cols()
        if any(col.possibly_multivalued for col in external):
            return [self]
        return external

    # Clauses

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return the inner query as one value."""
        return self.wrapped(ctx, ctx.subquery(self.query))

    def wrapped(self, ctx: ClauseContext, select: Any) -> Clause:
        """Return the inner SELECT in the template."""
        template = self.extra.get("template", self.template)
        if template == _TEMPLATE:
            return Pieces("(", select, ")")
        data = {"function": getattr(self, "function", None), **self.extra, "subquery": select}
        return fill(template, data, [select])

    @adapter.native
    def as_sql(
        self, compiler: Any, connection: Any, template: str | None = None, **extra: Any
    ) -> tuple[str, list[Any]]:
        """Return SQL and parameters, for subqueries of users that build on this."""
        data = {"function": getattr(self, "function", None), **self.extra, **extra}
        select = compiler.ctx.subquery(self.query)
        text = template or data.get("template") or self.template
        text, params = compiler.render(fill(text, {**data, "subquery": select}, [select]))
        return text, params


class Exists(Subquery):
    """Whether the inner query gives any row."""

    template = "EXISTS(%(subquery)s)"
    output_field = output.Output("BooleanField")
    empty_result_set_value = False

    @property
    def conditional(self) -> bool:
        """True: it is a condition."""
        return True

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return ``EXISTS`` and the inner query."""
        return Pieces("EXISTS(", ctx.subquery(self.query.exists()), ")")

    @adapter.native
    def as_sql(
        self, compiler: Any, connection: Any, template: str | None = None, **extra: Any
    ) -> tuple[str, list[Any]]:
        """Return SQL and parameters."""
        text, params = compiler.render(self.build_clause(compiler.ctx))
        return text, params

    def select_format(self, compiler: Any, sql: str, params: Any) -> tuple[str, Any]:
        """Return the SQL as it is."""
        return sql, params


__all__ = ["Exists", "Subquery"]
