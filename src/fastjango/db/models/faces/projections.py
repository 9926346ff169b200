"""
``QuerySet.into()`` with a ``TypedDict`` or a dataclass: its fields are the columns, its annotations their types.

A field is a column, an annotation of the query, a path (``author__name``) or, where its type is such a class itself, a related
object. One generated function makes the results of the rows; values whose column has another type than the field are
converted by Pydantic. ``into.py`` calls this for classes that are no Pydantic models.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, NotRequired, Required, get_args, get_origin, get_type_hints, is_typeddict

from pydantic import TypeAdapter, ValidationError

from fastjango.core.exceptions import FieldError, fix
from fastjango.db.models.constants import LOOKUP_SEP
from fastjango.db.models.faces.annotations import base_field, python_type
from fastjango.db.models.faces.reading import find
from fastjango.db.models.faces.schema_members import unwrap
from fastjango.db.models.hydrate.source import Scope
from fastjango.db.models.query.iterables import ModelIterable, ValuesListIterable, result_names

Build = Callable[[list[Any]], list[Any]]


def is_projection(schema: Any) -> bool:
    """Whether *schema* is a ``TypedDict`` or a dataclass without a validator of its own."""
    if is_typeddict(schema):
        return True
    return (
        isinstance(schema, type) and dataclasses.is_dataclass(schema) and not hasattr(schema, "__pydantic_validator__")
    )


def project(queryset: Any, schema: Any) -> list[Any]:
    """
    Return the rows of *queryset* as objects of *schema*.

    Raises:
        FieldError: A field of the class is no column of the query.
        pydantic.ValidationError: A value cannot become what the class says.
    Queries: 1.
    """
    query = queryset._shape.query
    if queryset._iterable_class is not ModelIterable:
        projection = _of_names(schema, result_names(query))
        clone = queryset.all()
        clone._iterable_class = ValuesListIterable
        clone._fields = tuple(projection.paths)
        return projection.build(list(clone))
    projection = _of_model(schema, queryset.model, query)
    if query.combinator is None:
        return projection.build(list(queryset.values_list(*projection.paths)))
    # Columns of a set operation are chosen before it: its objects have them all.
    ways = [path.split(LOOKUP_SEP) for path in projection.paths]
    return projection.build([[_followed(obj, way) for way in ways] for obj in queryset])


@lru_cache(maxsize=256)
def _of_names(schema: Any, names: tuple[str, ...]) -> _Projection:
    return _Projection(schema, _NamedColumns(names))


def _of_model(schema: Any, model: Any, query: Any) -> _Projection:
    kept: dict[Any, Any] = model._meta.__dict__.setdefault("_projections", {})
    fields = {name: _output_field(item) for name, item in query.annotation_select.items()}
    key = (schema, *((name, type(field), getattr(field, "null", True)) for name, field in fields.items()))
    found: _Projection | None = kept.get(key)
    if found is None:
        if len(kept) > 256:
            kept.clear()
        found = kept[key] = _Projection(schema, _ModelColumns(model, fields))
    return found


def _followed(obj: Any, way: list[str]) -> Any:
    for step in way:
        obj = None if obj is None else getattr(obj, step)
    return obj


def _output_field(expression: Any) -> Any:
    try:
        return expression.output_field
    except FieldError:
        return None


class _ModelColumns:
    """The columns that a queryset of objects can give."""

    def __init__(self, model: Any, annotations: dict[str, Any]) -> None:
        self.model = model
        self.annotations = annotations

    def column(self, path: str) -> tuple[Any, bool] | None:
        """Return type and nullability of the column at *path*; None where there is none."""
        if path in self.annotations:
            return _kind_of(self.annotations[path]), True
        model, nullable, found = self.model, False, None
        for step in path.split(LOOKUP_SEP):
            if model is None:
                return None
            found = find(model, step)
            if found is None or not getattr(found, "concrete", False):
                return None
            nullable = nullable or found.null
            model = found.remote_field.model if found.is_relation and step != found.attname else None
        return (_kind_of(found), nullable) if model is None else None

    def related(self, path: str) -> tuple[str, str] | None:
        """Return the path of a related object and the column that is NULL where there is none."""
        model, found = self.model, None
        for step in path.split(LOOKUP_SEP):
            found = find(model, step)
            if found is None or not found.is_relation or not found.concrete or found.many_to_many:
                return None
            if len(found.foreign_related_fields) != 1:
                return None
            model = found.remote_field.model
        head, _, _ = path.rpartition(LOOKUP_SEP)
        return path, f"{head}{LOOKUP_SEP if head else ''}{found.attname}" if found is not None else ""

    def names(self) -> Iterator[str]:
        """Yield what there is, for an error message."""
        yield from self.annotations
        for field in self.model._meta.concrete_fields:
            yield field.attname
            if field.is_relation:
                yield f"{field.name}{LOOKUP_SEP}..."


class _NamedColumns:
    """The columns of a ``values()`` queryset: those it names."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self._names = names

    def column(self, path: str) -> tuple[Any, bool] | None:
        """Return type and nullability of a column: not known."""
        return (None, True) if path in self._names else None

    def related(self, path: str) -> tuple[str, str] | None:
        """Return None: there are plain columns only."""
        return None

    def names(self) -> Iterator[str]:
        """Yield what there is, for an error message."""
        yield from self._names


class _Projection:
    """The paths of a class's columns, and the function from rows to its objects."""

    def __init__(self, schema: Any, columns: _ModelColumns | _NamedColumns) -> None:
        self.columns = columns
        self.paths: list[str] = []
        self.scope = Scope()
        body = self._object(schema, "", ())
        self.build: Build = self.scope.function(["def read(rows):", f"    return [{body} for r in rows]"])

    def _place(self, path: str) -> str:
        if path not in self.paths:
            self.paths.append(path)
        return f"r[{self.paths.index(path)}]"

    def _object(self, schema: Any, prefix: str, seen: tuple[Any, ...]) -> str:
        if schema in seen:
            raise TypeError(f"{schema.__name__} contains itself; a query cannot be that deep.")
        parts = []
        for name, annotation, needed in _fields_of(schema):
            value = self._value(schema, f"{prefix}{name}", annotation, (*seen, schema))
            if value is not None:
                parts.append((name, value))
            elif needed or self.columns.related(f"{prefix}{name}") is not None:
                raise self._unknown(schema, name)
        if is_typeddict(schema):
            return "{" + ", ".join(f"{name!r}: {value}" for name, value in parts) + "}"
        arguments = ", ".join(f"{name}={value}" for name, value in parts)
        return f"{self.scope.name(schema, 's')}({arguments})"

    def _value(self, schema: Any, path: str, annotation: Any, seen: tuple[Any, ...]) -> str | None:
        kind, nullable, _ = unwrap(annotation)
        if is_projection(kind):
            found = self.columns.related(path)
            if found is None:
                return None
            target, test = found
            inner = self._object(kind, f"{target}{LOOKUP_SEP}", seen)
            return f"(None if {self._place(test)} is None else {inner})"
        column = self.columns.column(path)
        if column is None:
            return None
        given, may_be_null = column
        source = self._place(path)
        if kind is Any or kind is object or (given is kind and (nullable or not may_be_null)):
            return source
        convert = _Convert(annotation, f"{schema.__name__}.{path.rpartition(LOOKUP_SEP)[2]}")
        return f"{self.scope.name(convert, 'c')}({source})"

    def _unknown(self, schema: Any, name: str) -> FieldError:
        choices = ", ".join(dict.fromkeys(self.columns.names()))
        return fix(
            FieldError(f"{schema.__name__}.{name} is no column of the query. Choices are: {choices}"),
            f"rename the field, give it a default, or add it to the query: annotate({name}=...)",
            code="models.Q303",
        )


class _Convert:
    """Makes a value what the annotation says, or fails with the name of the field."""

    def __init__(self, annotation: Any, name: str) -> None:
        self.validate = TypeAdapter(annotation).validate_python
        self.name = name

    def __call__(self, value: Any) -> Any:
        try:
            return self.validate(value)
        except ValidationError as exc:
            exc.add_note(f"In {self.name}, which into() fills.")
            raise


def _fields_of(schema: Any) -> Iterator[tuple[str, Any, bool]]:
    """Yield name, annotation and whether it is needed, of each field."""
    hints = get_type_hints(schema, include_extras=True)
    if is_typeddict(schema):
        for name, annotation in hints.items():
            needed = name in schema.__required_keys__
            # Where annotations are texts the class itself has not seen this.
            while get_origin(annotation) in (Required, NotRequired):
                needed = get_origin(annotation) is Required
                (annotation,) = get_args(annotation)
            yield name, annotation, needed
        return
    missing = dataclasses.MISSING
    for field in dataclasses.fields(schema):
        if field.init:
            yield field.name, hints[field.name], field.default is missing and field.default_factory is missing


def _kind_of(field: Any) -> Any:
    return None if field is None else python_type(base_field(field))


__all__ = ["is_projection", "project"]
