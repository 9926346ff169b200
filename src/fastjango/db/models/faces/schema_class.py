"""
``ModelSchema``: Pydantic classes made from a model.

    class ProductOut(ModelSchema):
        category: CategoryOut              # a declared field replaces the model's

        class Meta:
            model = Product
            fields = ["id", "title", "category"]

``fields.py`` of this room says what each field becomes, ``partial.py`` makes every field optional, ``writing.py`` turns a
schema into instances and back into rows.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel, ConfigDict, create_model

from fastjango.core.exceptions import FieldError, ImproperlyConfigured, fix
from fastjango.db.bridge import bridge
from fastjango.db.models.faces import writing
from fastjango.db.models.faces.schema_fields import Recipe, fields_of

if TYPE_CHECKING:
    from pydantic._internal._model_construction import ModelMetaclass as _ModelMetaclass
else:
    _ModelMetaclass = type(BaseModel)


class SchemaMeta(_ModelMetaclass):
    """Adds the model's fields to a class with a ``Meta.model``."""

    def __new__(mcs, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **kwargs: Any) -> Any:
        meta = namespace.get("Meta")
        if meta is not None and "__fastjango_fields__" not in namespace:
            recipe = recipe_of(name, meta)
            declared = frozenset(namespace.get("__annotations__", ()))
            base = fields_class(name, bases, recipe, declared)
            namespace["__fastjango_model__"] = recipe.model
            bases = (base,)
        with warnings.catch_warnings():
            # A column may be called like one of Pydantic's own attributes.
            warnings.filterwarnings("ignore", message=".*shadows an attribute in parent.*")
            return super().__new__(mcs, name, bases, namespace, **kwargs)


class ModelSchema(BaseModel, metaclass=SchemaMeta):
    """
    A Pydantic model with the fields of a Django-style model.

    ``Meta``: ``model``; ``fields`` (names or ``"__all__"``) or ``exclude``; ``optional`` (names or ``"__all__"``);
    ``depth`` (how many levels of relations are nested). Passwords are left out unless ``fields`` names them; keys, stamps
    and what is not editable are read-only.
    """

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_serialization_defaults_required=True,
        validate_by_name=True,
        validate_by_alias=True,
    )
    __fastjango_model__: ClassVar[Any] = None

    if TYPE_CHECKING:
        Meta: ClassVar[Any]

    def build(self, **extra: Any) -> Any:
        """Return a new, unsaved instance with the values that were given; *extra* come on top."""
        return writing.build(self, extra)

    def create(self, **extra: Any) -> Any:
        """
        Save a new instance, with what is nested in it, in one transaction, and return it.

        Raises:
            fastjango.core.exceptions.ValidationError: The model refuses a value.
        """
        return writing.create(self, extra)

    async def acreate(self, **extra: Any) -> Any:
        """See ``create``."""
        return await bridge(self.create, **extra)

    def update(self, instance: Any, **extra: Any) -> Any:
        """Set the values that were given on *instance*, save it and return it."""
        return writing.update(self, instance, extra)

    async def aupdate(self, instance: Any, **extra: Any) -> Any:
        """See ``update``."""
        return await bridge(self.update, instance, **extra)


def recipe_of(name: str, meta: Any) -> Recipe:
    """
    Return what a ``Meta`` asks for.

    Raises:
        ImproperlyConfigured: It has no model, or both ``fields`` and ``exclude``.
    """
    model = getattr(meta, "model", None)
    if model is None or not hasattr(model, "_meta"):
        raise fix(
            ImproperlyConfigured(f"{name}.Meta needs a model."), f"set `model = ...` in {name}.Meta", code="models.Q202"
        )
    # Of a plain SQLAlchemy class, its twin among the models.
    model = model._meta.model
    fields = getattr(meta, "fields", None)
    exclude = getattr(meta, "exclude", None)
    if fields is not None and exclude:
        raise fix(
            ImproperlyConfigured(f"{name}.Meta has both fields and exclude."),
            "keep one of the two",
            code="models.Q202",
        )
    optional = getattr(meta, "optional", ())
    return Recipe(
        model,
        None if fields is None or fields == "__all__" else tuple(fields),
        frozenset(exclude or ()),
        None if optional == "__all__" else frozenset(optional or ()),
        int(getattr(meta, "depth", 0)),
        "both",
    )


def fields_class(name: str, bases: tuple[type, ...], recipe: Recipe, declared: frozenset[str] = frozenset()) -> Any:
    """Return a class with the model's fields, which a schema inherits; *declared* ones are left to the schema."""
    try:
        members = fields_of(recipe, declared, nested_schema)
    except FieldError as exc:
        raise FieldError(f"{name}: {exc}") from None
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*shadows an attribute in parent.*")
        made: Any = create_model(f"{name}Fields", __base__=bases, __module__=recipe.model.__module__, **members)
    return made


def nested_schema(model: Any, depth: int, direction: str) -> Any:
    """Return the schema of a related model."""
    return schema_of(model, depth=depth, mode="input" if direction == "input" else "output")


_SUFFIX = {"output": "Out", "input": "In"}


def schema_of(
    model: Any,
    *,
    fields: Any = None,
    exclude: Any = (),
    optional: Any = (),
    depth: int = 0,
    mode: str = "output",
    name: str | None = None,
) -> Any:
    """Return the schema class that ``Model.schema()`` promises; the same arguments give the same class."""
    if mode not in _SUFFIX:
        raise fix(ValueError(f"mode is 'output' or 'input', not {mode!r}."), "choose one of them", code="models.Q202")
    if fields is not None and fields != "__all__" and exclude:
        raise fix(
            ImproperlyConfigured("schema() has both fields and exclude."), "keep one of the two", code="models.Q202"
        )
    recipe = Recipe(
        model,
        None if fields is None or fields == "__all__" else tuple(fields),
        frozenset(exclude),
        None if optional == "__all__" else frozenset(optional),
        depth,
        mode,
    )
    cache: dict[Any, Any] = model._meta.__dict__.setdefault("_schemas", {})
    key = (recipe, name)
    found = cache.get(key)
    if found is None:
        label = name or f"{model.__name__}{_SUFFIX[mode]}{recipe.mark()}"
        base = fields_class(label, (ModelSchema,), recipe)
        namespace = {
            "__module__": model.__module__,
            "__qualname__": label,
            "__doc__": f"{model.__name__} as {mode}.",
            "__fastjango_model__": model,
        }
        make: Any = SchemaMeta
        found = cache.setdefault(key, make(label, (base,), namespace))
    return found


__all__ = ["ModelSchema", "schema_of"]
