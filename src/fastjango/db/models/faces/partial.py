"""
``Partial[Schema]``: the same schema with every field optional, for PATCH.

What was not sent is not set: ``model_dump(exclude_unset=True)`` and ``update()`` leave it alone. NULL stays forbidden where
the schema forbids it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, TypeVar
from weakref import WeakKeyDictionary

from pydantic import BaseModel, Field, create_model
from pydantic.fields import FieldInfo

from fastjango.core.exceptions import fix
from fastjango.db.models.faces.schema_class import ModelSchema, schema_of
from fastjango.db.models.faces.schema_fields import without_default
from fastjango.db.models.faces.schema_members import unwrap

S = TypeVar("S")

_made: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()


def partial_of(schema: Any) -> Any:
    """
    Return the partial class of *schema*; of a model, that of its input schema. One class per schema.

    Raises:
        TypeError: *schema* is no Pydantic class and no model.
    """
    if hasattr(schema, "_meta"):
        schema = schema_of(schema, mode="input")
    if not (isinstance(schema, type) and issubclass(schema, BaseModel)):
        raise fix(
            TypeError(f"Partial takes a schema class or a model, not {schema!r}."),
            "write Partial[ProductIn]",
            code="models.Q203",
        )
    found = _made.get(schema)
    if found is None:
        members: dict[str, Any] = {name: _optional(field) for name, field in schema.model_fields.items()}
        found = create_model(
            f"Partial{schema.__name__}",
            __base__=schema,
            __module__=schema.__module__,
            __doc__=f"{schema.__name__} with every field optional.",
            **members,
        )
        _made[schema] = found
    return found


def _optional(field: FieldInfo) -> Any:
    """Return annotation and field of an optional twin."""

    def said(schema: dict[str, Any]) -> None:
        extra = field.json_schema_extra
        if callable(extra):
            extra(schema)
        elif extra:
            schema.update(extra)
        without_default(schema)

    names = {name: getattr(field, name) for name in _KEPT if getattr(field, name) is not None}
    return _partial_inside(field.rebuild_annotation()), Field(default=None, json_schema_extra=said, **names)


def _partial_inside(annotation: Any) -> Any:
    """Return the annotation with a nested model schema made partial too; lists are sent whole, so theirs stay."""
    kind, nullable, extras = unwrap(annotation)
    if extras or not isinstance(kind, type) or not issubclass(kind, ModelSchema):
        return annotation
    inner = partial_of(kind)
    return inner | None if nullable else inner


_KEPT = (
    "alias",
    "validation_alias",
    "serialization_alias",
    "title",
    "description",
    "examples",
    "deprecated",
    "exclude",
)


if TYPE_CHECKING:
    Partial = Annotated[S, "partial"]
else:

    class Partial:
        """``Partial[Schema]``: every field optional."""

        def __new__(cls, schema: Any) -> Any:
            return partial_of(schema)

        def __class_getitem__(cls, schema: Any) -> Any:
            return partial_of(schema)


__all__ = ["Partial", "partial_of"]
