"""What each field and relation of a model becomes in a ``ModelSchema``."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from types import GenericAlias
from typing import Annotated, Any, NamedTuple

from pydantic import AliasChoices, BeforeValidator, Field

from fastjango.core.exceptions import FieldError
from fastjango.db.models.faces.annotations import (
    annotation,
    constant_default,
    is_file,
    is_named,
    is_required,
    is_secret,
    is_settable,
    is_settable_list,
    option,
    python_type,
)
from fastjango.db.models.fields.sentinels import NOT_PROVIDED

Member = tuple[Any, Any]
Nested = Callable[[Any, int, str], Any]


class Recipe(NamedTuple):
    """
    What a schema is made of; equal recipes make one class.

    ``fields`` is None for all; ``optional`` None for all; ``direction`` is "input", "output" or "both".
    """

    model: Any
    fields: tuple[str, ...] | None
    exclude: frozenset[str]
    optional: frozenset[str] | None
    depth: int
    direction: str

    def mark(self) -> str:
        """Return a suffix that tells this recipe from the plain one of its model."""
        if self.fields is None and not self.exclude and self.optional == frozenset() and not self.depth:
            return ""
        optional = "all" if self.optional is None else sorted(self.optional)
        said = repr((self.fields, sorted(self.exclude), optional, self.depth))
        return hashlib.sha256(said.encode()).hexdigest()[:6]


def fields_of(recipe: Recipe, declared: frozenset[str], nested: Nested) -> dict[str, Any]:
    """
    Return name and (annotation, default) of every field.

    Raises:
        FieldError: A name is unknown; the choices are named.
    """
    members: dict[str, Any] = {}
    for field in _chosen(recipe, declared):
        name = _name(field, recipe)
        if name in declared or field.name in declared or name.startswith("_"):
            continue
        if field.is_relation and not field.concrete:
            members[name] = _many(field, recipe, nested)
        elif field.is_relation and recipe.depth > 0:
            members[name] = _one(field, recipe, nested)
        else:
            members[name] = _column(field, recipe)
    return members


def is_reverse(field: Any) -> bool:
    """Whether *field* is the other side of somebody's relation."""
    return bool(field.auto_created and field.is_relation and not field.concrete)


def _name(field: Any, recipe: Recipe) -> str:
    if is_reverse(field):
        return str(field.get_accessor_name())
    if field.is_relation and (recipe.depth > 0 or field.many_to_many):
        return str(field.name)
    return str(field.attname)


def _chosen(recipe: Recipe, declared: frozenset[str]) -> Iterator[Any]:
    opts = recipe.model._meta
    own = [*opts.concrete_fields, *opts.many_to_many]
    if recipe.fields is None:
        known = {name for field in own for name in (field.name, getattr(field, "attname", field.name))}
        _refuse_unknown(recipe.exclude - known, recipe.model, known)
        for field in own:
            if _is_offered(field, recipe):
                yield field
        return
    by_name = {field.attname: field for field in opts.concrete_fields}
    by_name.update({field.name: field for field in own})
    by_name.update({rel.get_accessor_name(): rel for rel in opts.related_objects if not rel.hidden})
    if opts.pk is not None:
        by_name.setdefault("pk", opts.pk)
    _refuse_unknown(set(recipe.fields) - set(by_name) - declared, recipe.model, set(by_name))
    for name in recipe.fields:
        if name in by_name:
            yield by_name[name]


def _refuse_unknown(names: Any, model: Any, choices: Any) -> None:
    if names:
        raise FieldError(
            f"{model.__name__} has no field {', '.join(sorted(map(repr, names)))}. "
            f"Choices are: {', '.join(sorted(choices))}"
        )


def _is_offered(field: Any, recipe: Recipe) -> bool:
    """Whether a field that nobody has named is part of the schema."""
    if field.name in recipe.exclude or getattr(field, "attname", None) in recipe.exclude:
        return False
    hidden = "read_only" if recipe.direction == "input" else "write_only"
    if is_named(field, option(recipe.model, "exclude") | option(recipe.model, hidden)):
        return False
    if field.many_to_many:
        return recipe.direction != "input" or (field.editable and field.remote_field.has_plain_table)
    if recipe.direction == "input":
        return is_settable(field) and not is_file(field) and field.get_internal_type() != "BinaryField"
    # Inputs that may be both hide secrets as well: they would be put out.
    return not is_secret(field) and field.get_internal_type() != "BinaryField"


def _is_optional(field: Any, recipe: Recipe) -> bool:
    return recipe.optional is None or field.name in recipe.optional or getattr(field, "attname", "") in recipe.optional


def without_default(schema: dict[str, Any]) -> None:
    """Leave a default that is none out of the JSON schema."""
    schema.pop("default", None)


def read_only(schema: dict[str, Any]) -> None:
    """Say that a property is put out only."""
    schema.pop("default", None)
    schema["readOnly"] = True


def _column(field: Any, recipe: Recipe) -> Member:
    """Return the annotation and the default of a column."""
    if recipe.direction == "output":
        return annotation(field, incoming=False, optional=is_file(field)), ...
    if not is_settable(field):
        kind = annotation(field, incoming=False, optional=is_file(field))
        return kind, Field(default=None, json_schema_extra=read_only)
    kind = annotation(field, incoming=not is_file(field), optional=is_file(field))
    options: dict[str, Any] = {}
    if field.attname != field.name:
        options["validation_alias"] = AliasChoices(field.attname, field.name)
    if not _is_optional(field, recipe):
        if is_required(field):
            return kind, Field(**options)
        default = constant_default(field)
        if default is not NOT_PROVIDED:
            return kind, Field(default=default, **options)
        if field.has_default():
            return kind, Field(default_factory=field.get_default, **options)
        if python_type(field) is str:
            return kind, Field(default="", **options)
    return kind, Field(default=None, json_schema_extra=without_default, **options)


def _one(field: Any, recipe: Recipe, nested: Nested) -> Member:
    """Return the nested schema of a foreign key."""
    inner = nested(field.remote_field.model, recipe.depth - 1, recipe.direction)
    kind = inner | None if field.null else inner
    if recipe.direction != "output" and (_is_optional(field, recipe) or not is_required(field)):
        return kind, Field(default=None, json_schema_extra=without_default)
    return kind, ...


def members_of(value: Any) -> Any:
    """Return the related objects behind a manager; anything else as it is."""
    if not hasattr(value, "get_queryset"):
        return value
    return list(value.all())


def keys_of(value: Any) -> Any:
    """Return the keys of the related objects behind a manager; anything else as it is."""
    found = members_of(value)
    if not isinstance(found, (list, tuple, set)):
        return found
    return [getattr(item, "pk", item) for item in found]


def _many(field: Any, recipe: Recipe, nested: Nested) -> Member:
    """Return a list: of keys, or of nested schemas."""
    model = field.related_model
    if field.one_to_one:
        inner = nested(model, max(recipe.depth - 1, 0), recipe.direction)
        return inner | None, Field(default=None, json_schema_extra=without_default)
    if recipe.depth > 0:
        inner = nested(model, recipe.depth - 1, recipe.direction)
        kind: Any = Annotated[GenericAlias(list, (inner,)), BeforeValidator(members_of)]
    else:
        kind = Annotated[GenericAlias(list, (python_type(model._meta.pk),)), BeforeValidator(keys_of)]
    if recipe.direction == "output":
        return kind, ...
    if not is_settable_list(field, recipe.model):
        return kind, Field(default_factory=list, json_schema_extra=read_only)
    return kind, Field(default_factory=list)


__all__ = ["Recipe", "fields_of", "is_reverse", "keys_of", "members_of", "read_only", "without_default"]
