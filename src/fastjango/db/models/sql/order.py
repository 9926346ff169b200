"""ORDER BY: names and expressions to resolved orderings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastjango.core.exceptions import FieldError
from fastjango.db.errors import DatabaseError
from fastjango.db.models.constants import LOOKUP_SEP
from fastjango.db.models.expressions import ColPairs, F, OrderBy, RawSQL, Ref, Value
from fastjango.db.models.functions import Cast, Random

from .constants import ORDER_DIR
from .tables import Counted, NamedColumn

if TYPE_CHECKING:
    from collections.abc import Iterator


class PositionRef(Ref):
    """A column of the select list, said by its place."""

    def __init__(self, ordinal: int, refs: Any, source: Any) -> None:
        super().__init__(refs, source)
        self.ordinal = ordinal

    def build_clause(self, ctx: Any) -> Any:
        """Return the clause."""
        return Counted(self.ordinal)


def get_order_dir(field: str, default: str = "ASC") -> tuple[str, str]:
    """Return the name without its sign, and the direction."""
    directions = ORDER_DIR[default]
    if field[0] == "-":
        return field[1:], directions[1]
    return field, directions[0]


def column_key(expression: Any) -> Any:
    """Return what makes two expressions of a select list the same."""
    if hasattr(expression, "target") and hasattr(expression, "alias"):
        return ("column", expression.alias, expression.target.column)
    return expression


def result_name(reference: Any) -> str:
    """Return the name that a column of the select list has in the result."""
    return str(reference.refs or reference.source.target.column)


class Ordering:
    """The orderings of one query, resolved against it."""

    def __init__(self, query: Any, select: list[tuple[Any, str | None]], places_nulls: bool = True) -> None:
        self.query = query
        self.select = select
        # Whether NULLS FIRST may follow the place of a column.
        self.places_nulls = places_nulls
        self.from_meta = False

    def resolve(self) -> list[tuple[Any, bool]]:
        """Return ``(ordering, stands in the select list)`` pairs, each column once."""
        result: list[tuple[Any, bool]] = []
        seen: list[Any] = []
        for expression, is_ref in self._pairs():
            resolved = expression.resolve_expression(self.query, allow_joins=True, reuse=None)
            if not is_ref and self.query.combinator and self.select:
                resolved = self._in_combined(expression, resolved)
            key = column_key(resolved.expression)
            if any(key == other for other in seen):
                continue
            seen.append(key)
            result.append((resolved, is_ref))
        return result

    def _wanted(self) -> Any:
        query = self.query
        if query.extra_order_by:
            return query.extra_order_by
        if query.order_by or not query.default_ordering:
            return query.order_by
        meta = query.get_meta()
        if meta is not None and meta.ordering:
            self.from_meta = True
            return meta.ordering
        return ()

    def _pairs(self) -> Iterator[tuple[Any, bool]]:
        wanted = self._wanted()
        selected: dict[Any, Any] = {}
        if wanted:
            for ordinal, (expression, alias) in enumerate(self.select, start=1):
                reference = PositionRef(ordinal, alias, expression)
                if alias:
                    selected[alias] = reference
                selected[expression] = reference
        default = "ASC" if self.query.standard_ordering else "DESC"
        for item in wanted:
            if hasattr(item, "resolve_expression"):
                yield self._expression(item, selected)
            elif item == "?":
                yield OrderBy(Random()), False
            else:
                yield from self._name(item, default, selected)

    def _expression(self, item: Any, selected: dict[Any, Any]) -> tuple[Any, bool]:
        if isinstance(item, Value):
            # A bare constant would be taken for a place in the select list.
            item = Cast(item, item.output_field)
        if not isinstance(item, OrderBy):
            item = item.asc()
        if not self.query.standard_ordering:
            item = item.copy()
            item.reverse_ordering()
        inner = item.expression
        reference = selected.get(inner)
        if reference is None and isinstance(inner, F):
            reference = selected.get(inner.name)
        has_nulls = item.nulls_first is not None or item.nulls_last is not None
        if reference is not None and (not has_nulls or self.places_nulls):
            item = item.copy()
            item.expression = reference
        elif reference is not None and self.query.combinator:
            item = item.copy()
            item.expression = Ref(result_name(reference), reference.source)
        elif reference is not None and type(reference.source).__name__ != "Col":
            item = item.copy()
            item.expression = reference.source
        return item, reference is not None

    def _name(self, name: str, default: str, selected: dict[Any, Any]) -> Iterator[tuple[Any, bool]]:
        query = self.query
        column, direction = get_order_dir(name, default)
        descending = direction == "DESC"
        if (reference := selected.get(column)) is not None:
            yield OrderBy(reference, descending=descending), True
        elif (annotation := query.annotations.get(column)) is not None:
            # Known, but not selected.
            if query.combinator and self.select:
                annotation = F(column)
            if isinstance(annotation, Value):
                annotation = Cast(annotation, annotation.output_field)
            yield OrderBy(annotation, descending=descending), False
        elif query.extra_order_by and "." in name:
            table, column = column.split(".", 1)
            yield OrderBy(RawColumn(table, column), descending=descending), False
        elif query.extra and column in query.extra:
            if column in query.extra_select:
                yield OrderBy(Ref(column, RawSQL(*query.extra[column])), descending=descending), True
            else:
                yield OrderBy(RawSQL(*query.extra[column]), descending=descending), False
        elif LOOKUP_SEP in column and query.combinator and column.split(LOOKUP_SEP, 1)[0] in query.annotations:
            raise NotImplementedError("Ordering combined queries by transforms is not implemented.")
        elif LOOKUP_SEP in column and column.split(LOOKUP_SEP, 1)[0] in query.annotations:
            yield OrderBy(query.resolve_ref(column), descending=descending), False
        elif query.combinator and self.select:
            # The other queries may call another column so.
            yield OrderBy(F(column), descending=descending), False
        else:
            for expression in self.by_name(name, query.get_meta(), default=default):
                yield expression, False

    def by_name(
        self,
        name: str,
        opts: Any,
        alias: str | None = None,
        default: str = "ASC",
        already_seen: set[Any] | None = None,
    ) -> list[Any]:
        """
        Return the orderings that a field name means; a relation means its model's ordering.

        Raises:
            FieldError: The orderings of models lead in a circle.
        """
        query = self.query
        name, direction = get_order_dir(name, default)
        descending = direction == "DESC"
        pieces = name.split(LOOKUP_SEP)
        info = query.setup_joins(pieces, opts, alias or query.get_initial_alias())
        field, joins, target_opts = info.final_field, info.joins, info.opts
        if (
            field.is_relation
            and target_opts.ordering
            and getattr(field, "attname", None) != pieces[-1]
            and pieces[-1] != "pk"
            and not getattr(info.transform_function, "has_transforms", False)
        ):
            already_seen = already_seen or set()
            key = tuple(getattr(query.alias_map[join], "join_cols", None) for join in joins)
            if key in already_seen:
                raise FieldError("Infinite loop caused by ordering.")
            already_seen.add(key)
            result: list[Any] = []
            for item in target_opts.ordering:
                if hasattr(item, "resolve_expression") and not isinstance(item, OrderBy):
                    item = item.desc() if descending else item.asc()
                if isinstance(item, OrderBy):
                    result.append(item.prefix_references(f"{name}{LOOKUP_SEP}"))
                else:
                    inner = self.by_name(item, target_opts, joins[-1], direction, already_seen)
                    result.extend(ordering.prefix_references(f"{name}{LOOKUP_SEP}") for ordering in inner)
            return result
        targets, final_alias, _ = query.trim_joins(info.targets, joins, info.path)
        columns: list[Any] = []
        for target in targets:
            column = info.transform_function(target, final_alias)
            columns.extend(column.get_cols() if isinstance(column, ColPairs) else [column])
        return [OrderBy(column, descending=descending) for column in columns]

    def _in_combined(self, expression: Any, resolved: Any) -> Any:
        """Refer to a column of the combined result by its place."""
        query = self.query
        source, unresolved = resolved.expression, expression.expression
        for ordinal, (selected, alias) in enumerate(self.select, start=1):
            if column_key(selected) != column_key(source):
                continue
            if (
                query.has_select_fields
                and alias in query.annotation_select
                and not (isinstance(unresolved, F) and alias == unresolved.name)
            ):
                continue
            reference: Ref = PositionRef(ordinal, alias, source)
            if not self.places_nulls and (resolved.nulls_first or resolved.nulls_last):
                reference = Ref(result_name(reference), source)
            resolved.set_source_expressions([reference])
            return resolved
        name = f"__orderbycol{len(query.select) + 1}"
        for part in query.combined_queries:
            if part.has_select_fields:
                raise DatabaseError("ORDER BY term does not match any column in the result set.")
            part.add_annotation(unresolved, name)
        query.add_select_col(source, name)
        self.select = [*self.select, (source, name)]
        resolved.set_source_expressions([PositionRef(len(self.select), name, source)])
        return resolved


class RawColumn(RawSQL):
    """``table.column`` as ``extra(order_by=...)`` gives it."""

    def __init__(self, table: str, column: str) -> None:
        super().__init__(f"{table}.{column}", [])
        self.table, self.column_name = table, column

    def resolve_expression(self, *args: Any, **kwargs: Any) -> Any:
        """Return the same: there is nothing to resolve."""
        return self

    def build_clause(self, ctx: Any) -> Any:
        """Return the clause."""
        return NamedColumn(self.column_name, self.table, None)


__all__ = ["Ordering", "PositionRef", "column_key", "get_order_dir"]
