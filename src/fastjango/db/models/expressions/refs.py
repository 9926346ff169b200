"""Expressions that are names: ``F``, ``OuterRef``, and what names become: ``Col``, ``Ref``."""

from __future__ import annotations

import copy
from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING, Any, Self

from sqlalchemy import column

from fastjango.core.exceptions import FieldError
from fastjango.db.errors import NotSupportedError
from fastjango.db.models.constants import LOOKUP_SEP
from fastjango.db.models.expressions.base import Expression, ordering
from fastjango.db.models.expressions.combinable import Combinable, makers
from fastjango.db.models.expressions.elements import Pieces, joined
from fastjango.db.models.expressions.shape import SlotCounter, Uncacheable
from fastjango.utils.deconstruct import deconstructible

if TYPE_CHECKING:
    from fastjango.db.models.expressions.elements import Clause
    from fastjango.db.models.types import ClauseContext


@deconstructible(path="fastjango.db.models.F")
class F(Combinable):
    """The value of a field, an annotation or a path across relations."""

    allowed_default = False

    def __init__(self, name: Any) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name})"

    def __getitem__(self, subscript: int | slice) -> Sliced:
        return Sliced(self, subscript)

    def __contains__(self, other: object) -> bool:
        # Without this, "x in F()" would call __getitem__ for ever.
        raise TypeError(f"argument of type '{type(self).__name__}' is not iterable")

    def shape_into(self, binds: list[Any]) -> Hashable:
        """Return the key: the class and the name."""
        return (type(self), self.name)

    def with_slots(self, counter: SlotCounter) -> Any:
        """Return the same: a name holds no value."""
        return self

    def resolve_expression(
        self,
        query: Any = None,
        allow_joins: bool = True,
        reuse: Any = None,
        summarize: bool = False,
        for_save: bool = False,
    ) -> Any:
        """Return the column or annotation of that name."""
        return query.resolve_ref(self.name, allow_joins, reuse, summarize)

    def replace_expressions(self, replacements: Any) -> Any:
        """Return what *replacements* has for this name, or the same."""
        replacement = replacements.get(self)
        if replacement is not None:
            return replacement
        return _replace_beginning(self, replacements) if LOOKUP_SEP in str(self.name) else self

    def asc(self, **kwargs: Any) -> Any:
        """Return an ascending ordering by this name."""
        return ordering(self, **kwargs)

    def desc(self, **kwargs: Any) -> Any:
        """Return a descending ordering by this name."""
        return ordering(self, descending=True, **kwargs)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, F) and type(self) is type(other) and self.name == other.name

    def __hash__(self) -> int:
        return hash(self.name)

    def copy(self) -> Self:
        """Return a copy."""
        return copy.copy(self)

    def get_refs(self) -> set[str]:
        """Return nothing: the name is not resolved yet."""
        return set()


def _replace_beginning(name: F, replacements: Any) -> Any:
    """Apply the transforms of ``first__year`` to the replacement of ``first``."""
    first, *transforms = name.name.split(LOOKUP_SEP)
    replacement: Any = replacements.get(F(first))
    if replacement is None:
        return name
    for transform in transforms:
        try:
            cls: Any = replacement.get_transform(transform)
        except FieldError:  # the type of NULL is not known
            return name
        if cls is None:
            return name
        replacement = cls(replacement)
    return replacement


class ResolvedOuterRef(F):
    """A reference to the outer query that waits inside the inner one."""

    contains_aggregate = False
    contains_over_clause = False
    contains_column_references = False
    contains_subquery = False
    possibly_multivalued = False
    empty_result_set_value: Any = NotImplemented

    def to_clause(self, ctx: ClauseContext) -> Clause:
        """Raise: the query is not used inside another."""
        raise ValueError("This queryset contains a reference to an outer query and may only be used in a subquery.")

    def as_sql(self, *args: Any, **kwargs: Any) -> Any:
        """Raise: the query is not used inside another."""
        self.to_clause(*args)

    as_sql.is_native = True  # type: ignore[attr-defined]

    def resolve_expression(self, query: Any = None, *args: Any, **kwargs: Any) -> Any:
        """Return the outer query's column."""
        resolved = super().resolve_expression(query, *args, **kwargs)
        if resolved.contains_over_clause:
            raise NotSupportedError(f"Referencing outer query window expression is not supported: {self.name}.")
        # The annotation itself stays as it is in the outer query.
        resolved = query.for_inner(resolved.copy())
        # A path across relations may give more than one row per outer row.
        resolved.possibly_multivalued = LOOKUP_SEP in self.name
        return resolved

    def relabeled_clone(self, change_map: Any) -> Self:
        """Return the same: it has no join name yet."""
        return self

    def get_group_by_cols(self) -> list[Any]:
        """Return nothing: to the inner query it is a constant."""
        return []

    @property
    def _output_field_or_none(self) -> Any:
        return None

    def get_source_expressions(self) -> list[Any]:
        """Return nothing."""
        return []

    def flatten(self) -> Any:
        """Yield this only."""
        yield self


class OuterRef(F):
    """The value of a field of the query around the subquery."""

    contains_aggregate = False
    contains_over_clause = False

    def shape_into(self, binds: list[Any]) -> Hashable:
        """Return the key: the class and the name, which may be another reference."""
        if isinstance(self.name, F):
            return (type(self), self.name.shape_into(binds))
        return (type(self), self.name)

    def resolve_expression(self, *args: Any, **kwargs: Any) -> Any:
        """Return a reference that the outer query will resolve."""
        if isinstance(self.name, type(self)):
            return self.name
        return ResolvedOuterRef(self.name)

    def relabeled_clone(self, change_map: Any) -> Self:
        """Return the same: it has no join name yet."""
        return self


@deconstructible(path="fastjango.db.models.expressions.Sliced")
class Sliced(F):
    """A part of a text or array: ``F("name")[:5]``."""

    def __init__(self, obj: F, subscript: int | slice) -> None:
        super().__init__(obj.name)
        self.obj = obj
        self.start, self.length = _span(subscript)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.obj!r}, {self._subscript()!r})"

    def _subscript(self) -> int | slice:
        start = self.start - 1
        if self.length is None:
            return slice(start, None)
        return start if self.length == 1 else slice(start, start + self.length)

    def shape_into(self, binds: list[Any]) -> Hashable:
        """Return the key: the positions are part of it."""
        return (type(self), self.obj.shape_into(binds), self.start, self.length)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sliced) and (self.obj, self.start, self.length) == (
            other.obj,
            other.start,
            other.length,
        )

    def __hash__(self) -> int:
        return hash((self.obj, self.start, self.length))

    def resolve_expression(
        self,
        query: Any = None,
        allow_joins: bool = True,
        reuse: Any = None,
        summarize: bool = False,
        for_save: bool = False,
    ) -> Any:
        """Return what the field's ``slice_expression`` makes of it."""
        resolved = query.resolve_ref(self.name, allow_joins, reuse, summarize)
        source: Any = resolved
        if isinstance(self.obj, OuterRef | Sliced):
            source = self.obj.resolve_expression(query, allow_joins, reuse, summarize, for_save)
        return resolved.output_field.slice_expression(source, self.start, self.length)


def _span(subscript: int | slice) -> tuple[int, int | None]:
    """Return the first position, counted from one, and the length."""
    if isinstance(subscript, int):
        if subscript < 0:
            raise ValueError("Negative indexing is not supported.")
        return subscript + 1, 1
    if not isinstance(subscript, slice):
        raise TypeError("Argument to slice must be either int or slice instance.")
    start, stop = subscript.start, subscript.stop
    if (start is not None and start < 0) or (stop is not None and stop < 0):
        raise ValueError("Negative indexing is not supported.")
    if subscript.step is not None:
        raise ValueError("Step argument is not supported.")
    if stop and start and stop < start:
        raise ValueError("Slice stop must be greater than slice start.")
    first = start or 0
    return first + 1, None if stop is None else stop - first


class Col(Expression):
    """A column of a table in the query."""

    contains_column_references = True
    possibly_multivalued = False

    def __init__(self, alias: str | None, target: Any, output_field: Any = None) -> None:
        super().__init__(output_field=target if output_field is None else output_field)
        self.alias, self.target = alias, target

    @property
    def join_name(self) -> str | None:
        """The name under which the table is joined."""
        return self.alias

    def __repr__(self) -> str:
        alias, target = self.alias, self.target
        parts = (alias, str(target)) if alias else (str(target),)
        return f"{type(self).__name__}({', '.join(parts)})"

    def shape_into(self, binds: list[Any]) -> Hashable:
        """Raise: a column belongs to one query."""
        raise Uncacheable("a resolved column")

    def resolve_expression(self, *args: Any, **kwargs: Any) -> Any:
        """Return the same: it is resolved."""
        return self

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return the column."""
        return ctx.column(self.alias, self.target)

    def relabeled_clone(self, change_map: dict[str | None, str]) -> Col:
        """Return the column under the table's new name."""
        if self.alias is None:
            return self
        clone = self.copy()
        clone.alias = change_map.get(self.alias, self.alias)
        return clone

    def get_group_by_cols(self) -> list[Any]:
        """Return the column."""
        return [self]

    def result_converter(self, connection: Any) -> Callable[[Any], Any] | None:
        """Return the output field's converter, after that of the column's own field."""
        # A relation or a generated column converts by its output field already.
        if self.output_field is self.target or self.target.is_relation or self.target.generated:
            return self.output_field.result_converter(connection)  # type: ignore[no-any-return]
        target = self.target.result_converter(connection)
        return chain(self.output_field.result_converter(connection), target)

    @property
    def identity(self) -> tuple[Any, ...]:
        """The table's name, the field, and the output field."""
        return (type(self), self.alias, self.target, self.output_field)


def chain(first: Callable[[Any], Any] | None, second: Callable[[Any], Any] | None) -> Callable[[Any], Any] | None:
    """Return one converter that runs both."""
    if first is None:
        return second
    if second is None:
        return first
    return lambda value: second(first(value))


class ColPairs(Expression):
    """The columns of a composite key, compared as a tuple."""

    is_column_tuple = True

    def __init__(self, alias: str, targets: Sequence[Any], sources: Sequence[Any], output_field: Any) -> None:
        super().__init__(output_field=output_field)
        self.alias, self.targets, self.sources = alias, targets, sources

    def __len__(self) -> int:
        return len(self.targets)

    def __iter__(self) -> Any:
        return iter(self.get_cols())

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.alias!r}, {self.targets!r}, {self.sources!r}, {self.output_field!r})"

    def get_cols(self) -> list[Col]:
        """Return one column per part of the key."""
        return [Col(self.alias, target, source) for target, source in zip(self.targets, self.sources, strict=True)]

    def get_source_expressions(self) -> list[Any]:
        """Return the columns."""
        return list(self.get_cols())

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        """Take the columns back after they were relabelled."""
        for expr in exprs:
            if expr.target not in self.targets:
                raise ValueError(f"{expr!r} is not among {self.targets!r}")
            self.alias = expr.alias

    def resolve_expression(self, *args: Any, **kwargs: Any) -> Any:
        """Return the same: it is resolved."""
        return self

    def relabeled_clone(self, change_map: dict[str | None, str]) -> ColPairs:
        """Return the columns under the table's new name."""
        return type(self)(change_map.get(self.alias, self.alias), self.targets, self.sources, self.output_field)

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return the columns, one after the other."""
        return Pieces(*joined([ctx.clause(col) for col in self.get_cols()], ", "), atomic=False)

    def get_group_by_cols(self) -> list[Any]:
        """Return the columns."""
        return list(self.get_cols())

    def _resolve_output_field(self) -> Any:
        return None


class Ref(Expression):
    """A name of the select list, used again in GROUP BY, HAVING or ORDER BY."""

    def __init__(self, refs: str, source: Any) -> None:
        super().__init__()
        self.refs, self.source = refs, source

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.refs}, {self.source})"

    def get_source_expressions(self) -> list[Any]:
        """Return what the name stands for."""
        return [self.source]

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        """Replace what the name stands for."""
        (self.source,) = exprs

    def shape_into(self, binds: list[Any]) -> Hashable:
        """Raise: a reference belongs to one query."""
        raise Uncacheable("a resolved reference")

    def resolve_expression(self, *args: Any, **kwargs: Any) -> Any:
        """Return the same: it is resolved."""
        return self

    def get_refs(self) -> set[str]:
        """Return the name."""
        return {self.refs}

    def relabeled_clone(self, change_map: Any) -> Ref:
        """Return a reference to the relabelled source."""
        clone = self.copy()
        clone.source = self.source.relabeled_clone(change_map)
        return clone

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return the bare name."""
        return column(self.refs)

    def get_group_by_cols(self) -> list[Any]:
        """Return the name itself."""
        return [self]

    def result_converter(self, connection: Any) -> Callable[[Any], Any] | None:
        """Return the converter of what the name stands for."""
        converter: Callable[[Any], Any] | None = self.source.result_converter(connection)
        return converter


makers.name = F
makers.is_name = lambda value: isinstance(value, F)

__all__ = ["Col", "ColPairs", "F", "OuterRef", "Ref", "ResolvedOuterRef", "Sliced", "chain"]
