"""Lookups and transforms of arrays: ``contains``, ``contained_by``, ``overlap``, ``len``, places and slices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastjango.contrib.postgres import lookups
from fastjango.db.models import Func, IntegerField, Transform, Value
from fastjango.db.models.expressions.elements import Pieces, joined
from fastjango.db.models.lookups import Exact

if TYPE_CHECKING:
    from fastjango.db.models.expressions.elements import Clause
    from fastjango.db.models.types import ClauseContext

__all__ = [
    "ArrayContainedBy",
    "ArrayContains",
    "ArrayExact",
    "ArrayLenTransform",
    "ArrayOverlap",
    "ArrayRHSMixin",
    "IndexTransform",
    "IndexTransformFactory",
    "SliceTransform",
    "SliceTransformFactory",
]


class ArrayOf(Func):
    """An array whose items are expressions, as the type of the column it is compared with."""

    def __init__(self, *items: Any, output_field: Any) -> None:
        super().__init__(*items, output_field=output_field)

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return ``ARRAY[...]`` with its type."""
        db_type = self.output_field.cast_db_type(ctx.connection)
        return Pieces("ARRAY[", *joined(self.arguments(ctx), ", "), f"]::{db_type}")


class ArrayRHSMixin:
    """The right side of a comparison of arrays: a list may hold expressions."""

    def __init__(self, lhs: Any, rhs: Any) -> None:
        if isinstance(rhs, list | tuple) and any(hasattr(item, "resolve_expression") for item in rhs):
            prepare = lhs.output_field.base_field.get_prep_value
            items = [item if hasattr(item, "resolve_expression") else Value(prepare(item)) for item in rhs]
            rhs = ArrayOf(*items, output_field=lhs.output_field)
        super().__init__(lhs, rhs)  # type: ignore[call-arg]  # the lookup it is mixed into

    def rhs_clause(self: Any, ctx: ClauseContext, *args: Any) -> Clause:
        """Return the right side; an expression becomes an array of the left side's type."""
        clause: Clause = super().rhs_clause(ctx, *args)  # type: ignore[misc]
        if self.rhs_is_direct_value() or isinstance(self.rhs, ArrayOf):
            return clause
        return Pieces("(", clause, f")::{self.lhs.output_field.cast_db_type(ctx.connection)}")


class ArrayContains(ArrayRHSMixin, lookups.DataContains):
    """The array has all of the items."""


class ArrayContainedBy(ArrayRHSMixin, lookups.ContainedBy):
    """The array has none but these items."""


class ArrayExact(ArrayRHSMixin, Exact):
    """The same items in the same order."""


class ArrayOverlap(ArrayRHSMixin, lookups.Overlap):
    """The array has any of the items."""


class ArrayLenTransform(Transform):
    """The number of items of the outermost dimension; NULL of NULL."""

    lookup_name = "len"
    output_field = IntegerField()

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return the length; the database gives NULL for an empty array, which is 0 here."""
        array = ctx.clause(self.lhs)
        return Pieces("CASE WHEN ", array, " IS NULL THEN NULL ELSE coalesce(array_length(", array, ", 1), 0) END")


class IndexTransform(Transform):
    """One item, by its number from 1 on."""

    def __init__(self, index: int, base_field: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.index = int(index)
        self.base_field = base_field

    def _resolve_output_field(self) -> Any:
        return self.base_field

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return the item; the places of nested arrays stand one after the other."""
        places = [self.index]
        array = self.lhs
        while isinstance(array, IndexTransform):
            places.insert(0, array.index)
            array = array.lhs
        return Pieces("(", ctx.clause(array), ")", "".join(f"[{place}]" for place in places))


class IndexTransformFactory:
    """Makes the transform for one place."""

    def __init__(self, index: int, base_field: Any) -> None:
        self.index = index
        self.base_field = base_field

    def __call__(self, *args: Any, **kwargs: Any) -> IndexTransform:
        return IndexTransform(self.index, self.base_field, *args, **kwargs)


class SliceTransform(Transform):
    """The items from number *start* to number *end*, both included, counted from 1."""

    def __init__(self, start: int, end: int | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.start = int(start)
        self.end = None if end is None else int(end)

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return the slice."""
        end = "" if self.end is None else self.end
        return Pieces("(", ctx.clause(self.lhs), f")[{self.start}:{end}]")


class SliceTransformFactory:
    """Makes the transform for a slice."""

    def __init__(self, start: int, end: int) -> None:
        self.start = start
        self.end = end

    def __call__(self, *args: Any, **kwargs: Any) -> SliceTransform:
        return SliceTransform(self.start, self.end, *args, **kwargs)
