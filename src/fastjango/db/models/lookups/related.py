"""Lookups on relations: a model instance, its key, a list of those or a queryset."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastjango.db.models.expressions.output import lookup_of
from fastjango.db.models.expressions.refs import ColPairs
from fastjango.db.models.lookups.base import is_query
from fastjango.db.models.lookups.compare import (
    GreaterThan,
    GreaterThanOrEqual,
    IntegerFieldExact,
    LessThan,
    LessThanOrEqual,
)
from fastjango.db.models.lookups.in_list import In
from fastjango.db.models.lookups.null import IsNull
from fastjango.db.models.lookups.tuples import (
    TupleExact,
    TupleGreaterThan,
    TupleGreaterThanOrEqual,
    TupleIn,
    TupleIsNull,
    TupleLessThan,
    TupleLessThanOrEqual,
)

if TYPE_CHECKING:
    from fastjango.db.models.expressions.elements import Clause
    from fastjango.db.models.types import ClauseContext


def is_model_instance(value: Any) -> bool:
    """Whether *value* is an object of a model."""
    return hasattr(value, "_meta") and hasattr(value, "_state")


def get_normalized_value(value: Any, lhs: Any) -> tuple[Any, ...]:
    """
    Return the values of the columns that *lhs* is compared by.

    Raises:
        ValueError: *value* is an instance that is not saved.
    """
    if not is_model_instance(value):
        return value if isinstance(value, tuple) else (value,)
    if value.pk is None:
        raise ValueError("Model instances passed to related filters must be saved.")
    values = []
    for target in lhs.output_field.path_infos[-1].target_fields:
        for source in getattr(target, "fields", None) or (target,):
            column = source
            while not isinstance(value, column.model) and column.remote_field:
                column = column.remote_field.model._meta.get_field(column.remote_field.field_name)
            try:
                values.append(getattr(value, column.attname))
            except AttributeError:
                # An instance of a subclass, or of a model that is compared by its key.
                return (value.pk,)
    return tuple(values)


def _target_field(lookup: Any) -> Any:
    return lookup.lhs.output_field.path_infos[-1].target_fields[-1]


def _has_path(lookup: Any) -> bool:
    return hasattr(getattr(lookup.lhs, "output_field", None), "path_infos")


class RelatedLookupMixin:
    """Takes instances for values, and several columns for one."""

    tuple_lookup: Any = None

    def get_prep_lookup(self: Any) -> Any:
        """Return the key of the instance, checked by the field it refers to."""
        if isinstance(self.lhs, ColPairs):
            return self._prepared_tuple()
        if not hasattr(self.rhs, "resolve_expression"):
            self.rhs = get_normalized_value(self.rhs, self.lhs)[0]
            if self.prepare_rhs and _has_path(self):
                self.rhs = _target_field(self).get_prep_value(self.rhs)
        return super().get_prep_lookup()  # type: ignore[misc]

    def _prepared_tuple(self: Any) -> Any:
        """Return the values of all columns, as the lookup on tuples wants them."""
        if not hasattr(self.rhs, "resolve_expression"):
            if self.rhs is None:
                return None
            return self.tuple_lookup(self.lhs, get_normalized_value(self.rhs, self.lhs)).rhs
        if is_query(self.rhs) and self.lookup_name != "exact":
            raise ValueError(f"'{self.lookup_name}' doesn't support multi-column subqueries.")
        return self.tuple_lookup(self.lhs, self.rhs).rhs

    def build_clause(self: Any, ctx: ClauseContext) -> Clause:
        """Return the comparison; with several columns that of tuples."""
        if isinstance(self.lhs, ColPairs):
            lookup = self.tuple_lookup(self.lhs, self.rhs)
            lookup.rhs_slot = self.rhs_slot
            return ctx.clause(lookup)
        return super().build_clause(ctx)  # type: ignore[misc,no-any-return]


@lookup_of("ForeignObject")
class RelatedExact(RelatedLookupMixin, IntegerFieldExact):
    """Is the related object."""

    tuple_lookup = TupleExact


@lookup_of("ForeignObject")
class RelatedLessThan(RelatedLookupMixin, LessThan):
    """The related key is less."""

    tuple_lookup = TupleLessThan


@lookup_of("ForeignObject")
class RelatedGreaterThan(RelatedLookupMixin, GreaterThan):
    """The related key is greater."""

    tuple_lookup = TupleGreaterThan


@lookup_of("ForeignObject")
class RelatedGreaterThanOrEqual(RelatedLookupMixin, GreaterThanOrEqual):
    """The related key is greater or equal."""

    tuple_lookup = TupleGreaterThanOrEqual


@lookup_of("ForeignObject")
class RelatedLessThanOrEqual(RelatedLookupMixin, LessThanOrEqual):
    """The related key is less or equal."""

    tuple_lookup = TupleLessThanOrEqual


@lookup_of("ForeignObject")
class RelatedIsNull(RelatedLookupMixin, IsNull):
    """There is no related object, or there is one."""

    tuple_lookup = TupleIsNull

    def get_prep_lookup(self) -> Any:
        """Return the value as it is."""
        if isinstance(self.lhs, ColPairs) and is_query(self.rhs):
            raise ValueError(f"'{self.lookup_name}' doesn't support multi-column subqueries.")
        return self.rhs


@lookup_of("ForeignObject")
class RelatedIn(In):
    """Is one of the related objects."""

    def get_prep_lookup(self) -> Any:
        """Return the keys of the instances; an inner query selects the key referred to."""
        if isinstance(self.lhs, ColPairs):
            return self._prepared_tuples()
        if is_query(self.rhs):
            self._select_key()
        elif not hasattr(self.rhs, "resolve_expression"):
            self.rhs = [get_normalized_value(value, self.lhs)[0] for value in self.rhs]
            if _has_path(self):
                target = _target_field(self)
                self.rhs = [
                    value if hasattr(value, "resolve_expression") else target.get_prep_value(value)
                    for value in self.rhs
                ]
        return super().get_prep_lookup()

    def _prepared_tuples(self) -> Any:
        rhs = self.rhs
        if is_query(rhs):
            if not rhs.has_select_fields:
                rhs.clear_select_clause()
                rhs.add_fields([field.name for field in self.lhs.sources])
        elif not hasattr(rhs, "resolve_expression"):
            rhs = [get_normalized_value(value, self.lhs) for value in rhs]
        return TupleIn(self.lhs, rhs).rhs

    def _select_key(self) -> None:
        rhs, field = self.rhs, self.lhs.output_field
        if rhs.has_select_fields or getattr(getattr(field, "target_field", None), "primary_key", True):
            return
        if getattr(field, "primary_key", False) and field.model == rhs.model:
            # A parent link of the inner query's own model: compare the link itself.
            target = self.lhs.field.name
        else:
            target = field.target_field.name
        rhs.set_values([target])

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return ``IN``; with several columns that of tuples."""
        if isinstance(self.lhs, ColPairs):
            lookup = TupleIn(self.lhs, self.rhs)
            lookup.rhs_slot = self.rhs_slot
            return ctx.clause(lookup)
        return super().build_clause(ctx)


__all__ = [
    "RelatedExact",
    "RelatedGreaterThan",
    "RelatedGreaterThanOrEqual",
    "RelatedIn",
    "RelatedIsNull",
    "RelatedLessThan",
    "RelatedLessThanOrEqual",
    "RelatedLookupMixin",
    "get_normalized_value",
    "is_model_instance",
]
