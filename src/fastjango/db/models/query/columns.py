"""The verbs that say which columns a queryset has: ``values``, ``annotate``, ``only`` and their kin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar, overload

from fastjango.core.exceptions import FieldError, fix
from fastjango.db.models.constants import LOOKUP_SEP
from fastjango.db.models.expressions import FilteredRelation
from fastjango.db.models.fields.attribute import DeferredAttribute
from fastjango.db.models.sql.names import get_field_names_from_opts

from .core import M, QuerySetCore
from .extra import Extra, with_extra
from .iterables import FlatValuesListIterable, NamedValuesListIterable, ValuesIterable, ValuesListIterable
from .shape import detached, keyed

if TYPE_CHECKING:
    from sqlalchemy.orm import InstrumentedAttribute as ClassAttribute

    from fastjango.db.models.fields.attribute import ForeignKeyDeferredAttribute

    from .queryset import QuerySet

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")


class QuerySetColumns(QuerySetCore[M]):
    """A queryset whose columns can be chosen."""

    # -- columns

    def values(self, *fields: Any, **expressions: Any) -> QuerySet[dict[str, Any]]:
        """Return dictionaries instead of instances."""
        fields = (*_named(self.model, fields), *expressions)
        clone: Any = self._values(*fields, **expressions)
        clone._iterable_class = ValuesIterable
        return clone  # type: ignore[no-any-return]

    @overload
    def values_list(self, field: ForeignKeyDeferredAttribute[Any], /, *, flat: Literal[True]) -> QuerySet[Any]: ...
    @overload
    def values_list(self, field: ClassAttribute[A], /, *, flat: Literal[True]) -> QuerySet[A]: ...
    @overload
    def values_list(self, field: ClassAttribute[A], /) -> QuerySet[tuple[A]]: ...
    @overload
    def values_list(self, a: ClassAttribute[A], b: ClassAttribute[B], /) -> QuerySet[tuple[A, B]]: ...
    @overload
    def values_list(
        self, a: ClassAttribute[A], b: ClassAttribute[B], c: ClassAttribute[C], /
    ) -> QuerySet[tuple[A, B, C]]: ...
    @overload
    def values_list(
        self, a: ClassAttribute[A], b: ClassAttribute[B], c: ClassAttribute[C], d: ClassAttribute[D], /
    ) -> QuerySet[tuple[A, B, C, D]]: ...
    @overload
    def values_list(
        self, *fields: Any, flat: Literal[False] = ..., named: Literal[False] = ...
    ) -> QuerySet[tuple[Any, ...]]: ...
    @overload
    def values_list(self, *fields: Any, flat: bool = ..., named: bool = ...) -> QuerySet[Any]: ...
    def values_list(self, *fields: Any, flat: bool = False, named: bool = False) -> Any:
        """
        Return tuples, or single values (*flat*), or named tuples (*named*).

        Fields are names, expressions, or the attributes of the class (``Book.title``), of which type checkers know the type.
        """
        if flat and named:
            raise TypeError("'flat' and 'named' can't be used together.")
        if flat and len(fields) > 1:
            raise TypeError("'flat' is not valid when values_list is called with more than one field.")
        fields = _named(self.model, fields)
        names = {field for field in fields if not hasattr(field, "resolve_expression")}
        chosen: list[str] = []
        expressions: dict[str, Any] = {}
        counter = 1
        for field in fields:
            if not hasattr(field, "resolve_expression"):
                chosen.append(field)
                continue
            prefix = getattr(field, "default_alias", field.__class__.__name__.lower())
            while True:
                name = f"{prefix}{counter}"
                counter += 1
                if name not in names:
                    break
            expressions[name] = field
            chosen.append(name)
        clone: Any = self._values(*chosen, **expressions)
        if named:
            clone._iterable_class = NamedValuesListIterable
        else:
            clone._iterable_class = FlatValuesListIterable if flat else ValuesListIterable
        return clone

    def _values(self, *fields: Any, **expressions: Any) -> Self:
        clone: Self = self._annotate_all(expressions) if expressions else self
        shape = clone._shape.step(("values", fields), lambda query: query.set_values(fields))
        clone = clone._derive(shape, clone._binds)
        clone._fields = fields
        return clone

    def annotate(self, *args: Any, **kwargs: Any) -> Self:
        """Return the same rows with further computed columns."""
        self._not_support_combined_queries("annotate")
        return self._annotate(args, kwargs, select=True)

    def alias(self, *args: Any, **kwargs: Any) -> Self:
        """Give names to expressions, for use in later verbs, without selecting them."""
        self._not_support_combined_queries("alias")
        return self._annotate(args, kwargs, select=False)

    def _annotate(self, args: Any, kwargs: dict[str, Any], select: bool = True) -> Self:
        self._validate_values_are_expressions((*args, *kwargs.values()), method_name="annotate")
        annotations: dict[str, Any] = {}
        for arg in args:
            # The default name of an aggregate; other expressions have none.
            try:
                name = arg.default_alias
            except (TypeError, AttributeError):
                raise TypeError("Complex annotations require an alias") from None
            if name in kwargs:
                raise ValueError(
                    f"The named annotation '{name}' conflicts with the default name for another annotation."
                )
            annotations[name] = arg
        annotations.update(kwargs)
        return self._annotate_all(annotations, select)

    def _annotate_all(self, annotations: dict[str, Any], select: bool = True) -> Self:
        self._check_names(annotations)
        by_values = self._fields is not None
        names = tuple(annotations)
        relations = [name for name, item in annotations.items() if isinstance(item, FilteredRelation)]

        def apply(query: Any, items: list[Any]) -> None:
            for name, item in zip(names, items, strict=True):
                if isinstance(item, FilteredRelation):
                    query.add_filtered_relation(item.clone(), name)
                else:
                    query.add_annotation(item, name, select=select)
            for name in names:
                if name in query.annotations and query.annotations[name].contains_aggregate:
                    if by_values:
                        query.set_group_by()
                    else:
                        query.group_by = True
                    break
            _note_lookups(query, relations)

        verb = ("annotate", names, select, by_values)
        return self._derive(*keyed(self._shape, self._binds, verb, list(annotations.values()), apply))

    def _check_names(self, annotations: dict[str, Any]) -> None:
        if self._fields is None:
            taken = get_field_names_from_opts(self.model._meta) if self.model is not None else set()
            taken |= {
                name
                for field in (self.model._meta.get_fields() if self.model is not None else ())
                for name in ([field.name, field.attname] if hasattr(field, "attname") else [field.name])
            }
        else:
            taken = set(self._fields)
        for name in annotations:
            if name in taken:
                raise ValueError(f"The annotation '{name}' conflicts with a field on the model.")

    def extra(
        self,
        select: Any = None,
        where: Any = None,
        params: Any = None,
        tables: Any = None,
        order_by: Any = None,
        select_params: Any = None,
    ) -> Self:
        """Add SQL of your own; use expressions where you can."""
        self._not_support_combined_queries("extra")
        if self._shape.query.is_sliced:
            raise TypeError("Cannot change a query once a slice has been taken.")
        extra = Extra(select, select_params, where, params, tables, order_by)
        found = with_extra(self._shape, self._binds, extra)
        if found is None:
            query = self.peek_query().chain()
            query.add_extra(*extra)
            found = detached(query), ()
        return self._derive(*found)

    def defer(self, *fields: Any) -> Self:
        """Leave fields out until they are read; ``defer(None)`` loads all again."""
        self._not_support_combined_queries("defer")
        if self._fields is not None:
            raise TypeError("Cannot call defer() after .values() or .values_list()")
        if fields == (None,):
            shape = self._shape.step("defer none", lambda query: query.clear_deferred_loading())
            return self._derive(shape, self._binds)
        return self._load("defer", fields, lambda query: query.add_deferred_loading(fields))

    def only(self, *fields: Any) -> Self:
        """Load these fields now and the others when they are read."""
        self._not_support_combined_queries("only")
        if self._fields is not None:
            raise TypeError("Cannot call only() after .values() or .values_list()")
        if fields == (None,):
            raise TypeError("Cannot pass None as an argument to only().")
        for field in fields:
            if field.split(LOOKUP_SEP, 1)[0] in self._shape.query._filtered_relations:
                raise ValueError("only() is not supported with FilteredRelation.")
        return self._load("only", fields, lambda query: query.add_immediate_loading(fields))

    def _load(self, verb: str, fields: tuple[Any, ...], apply: Any) -> Self:
        return self._derive(self._shape.step((verb, fields), apply), self._binds)


def _note_lookups(query: Any, relations: list[str]) -> None:
    """Note which lookups prepare the values of filtered relations, although only a later verb will join them."""
    if not relations:
        return
    trial = query.clone()
    try:
        for name in relations:
            trial.setup_joins([name], trial.get_meta(), trial.get_initial_alias())
    except (FieldError, TypeError, ValueError):
        # Whoever joins it is told.
        query.uncacheable = True
    query.slotted_lookups.extend(trial.slotted_lookups)


def _named(model: Any, fields: tuple[Any, ...]) -> tuple[Any, ...]:
    """
    Return the fields with names in place of class attributes (``Book.title``).

    Raises:
        TypeError: An attribute belongs to another model.
    """
    for field in fields:
        if type(field) is not str and not hasattr(field, "resolve_expression"):
            break
    else:
        return fields
    return tuple(_name_of(model, field) for field in fields)


def _name_of(model: Any, attribute: Any) -> Any:
    if isinstance(attribute, str) or hasattr(attribute, "resolve_expression"):
        return attribute
    field: Any = getattr(attribute, "field", None)
    owner = getattr(field, "model", None)
    if owner is None or model is None:
        return attribute
    if not issubclass(model, owner) and model._meta.concrete_model is not owner:
        raise fix(
            TypeError(f"{owner.__name__}.{field.name} is no field of {model.__name__}."),
            f'follow the relation by name: "<relation>{LOOKUP_SEP}{field.name}"',
            code="models.Q302",
        )
    by_column = isinstance(attribute, DeferredAttribute) or getattr(attribute, "key", None) == field.attname
    return field.attname if by_column else field.name


__all__ = ["QuerySetColumns"]
