"""``ModelState``: one model as a value, from a class and back to one."""

from __future__ import annotations

import copy
from typing import Any

from fastjango.db import models
from fastjango.db.migrations.exceptions import InvalidBasesError
from fastjango.db.models.options import DEFAULT_NAMES, normalize_together
from fastjango.utils.module_loading import import_string


def _get_app_label_and_model_name(model: Any, app_label: str = "") -> tuple[str, str]:
    if isinstance(model, str):
        found = model.split(".", 1)
        return (found[0], found[1]) if len(found) == 2 else (app_label, found[0])
    return model._meta.app_label, model._meta.model_name


def _get_related_models(model: Any) -> list[Any]:
    related = [
        subclass
        for subclass in model.__subclasses__()
        if issubclass(subclass, models.Model) and hasattr(subclass, "_meta")
    ]
    fields = set()
    for field in model._meta.get_fields(include_parents=False, include_hidden=True):
        if field.is_relation and field.related_model is not None:
            fields.add(field)
            if not isinstance(field.related_model, str):
                related.append(field.related_model)
    if model._meta.proxy:
        related.append(model._meta.concrete_model)
    return related


def get_related_models_tuples(model: Any) -> set[tuple[str, str]]:
    """Return the names of the models that relate to this one directly."""
    return {(related._meta.app_label, related._meta.model_name) for related in _get_related_models(model)}


def get_related_models_recursive(model: Any) -> set[tuple[str, str]]:
    """Return the names of all models that relate to this one, over any number of steps; without itself."""
    seen: set[tuple[str, str]] = set()
    queue = _get_related_models(model)
    for related in queue:
        name = (related._meta.app_label, related._meta.model_name)
        if name in seen:
            continue
        seen.add(name)
        queue.extend(_get_related_models(related))
    return seen - {(model._meta.app_label, model._meta.model_name)}


class ModelState:
    """
    A model as a value: name, fields, options, bases, managers.

    Fields are unbound copies: one state's fields are never another's.
    """

    def __init__(
        self, app_label: str, name: str, fields: Any, options: Any = None, bases: Any = None, managers: Any = None
    ) -> None:
        self.app_label = app_label
        self.name = name
        self.fields: dict[str, Any] = dict(fields)
        self.options: dict[str, Any] = options or {}
        self.options.setdefault("indexes", [])
        self.options.setdefault("constraints", [])
        self.bases: Any = bases or (models.Model,)
        self.managers: Any = managers or []
        for field_name, field in self.fields.items():
            if hasattr(field, "model"):
                raise ValueError(f'ModelState.fields cannot be bound to a model - "{field_name}" is.')
            if field.is_relation and hasattr(field.related_model, "_meta"):
                raise ValueError(
                    'Model fields in "ModelState.fields" cannot refer to a model class - '
                    f'"{app_label}.{name}.{field_name}.to" does. Use a string reference '
                    "instead."
                )
            if field.many_to_many and hasattr(field.remote_field.through, "_meta"):
                raise ValueError(
                    'Model fields in "ModelState.fields" cannot refer to a model class - '
                    f'"{app_label}.{name}.{field_name}.through" does. Use a string '
                    "reference instead."
                )
        for index in self.options["indexes"]:
            if not index.name:
                raise ValueError(
                    "Indexes passed to ModelState require a name attribute. " + f"{index!r} doesn't have one."
                )

    @property
    def name_lower(self) -> str:
        """The name in lower case."""
        return self.name.lower()

    def get_field(self, field_name: str) -> Any:
        """Return a field."""
        if field_name == "_order":
            field_name = self.options.get("order_with_respect_to") or field_name
        return self.fields[field_name]

    @classmethod
    def from_model(cls, model: Any, exclude_rels: bool = False) -> ModelState:
        """Return the state of a class."""
        fields = []
        for field in model._meta.local_fields:
            if getattr(field, "remote_field", None) and exclude_rels:
                continue
            if isinstance(field, models.OrderWrt):
                continue
            try:
                fields.append((field.name, field.clone()))
            except TypeError as exc:
                raise TypeError(f"Couldn't reconstruct field {field.name} on {model._meta.label}: {exc}") from exc
        if not exclude_rels:
            for field in model._meta.local_many_to_many:
                try:
                    fields.append((field.name, field.clone()))
                except TypeError as exc:
                    raise TypeError(
                        f"Couldn't reconstruct m2m field {field.name} on {model._meta.object_name}: {exc}"
                    ) from exc
        options = cls._options_of(model, exclude_rels)
        bases = tuple(base._meta.label_lower if hasattr(base, "_meta") else base for base in cls._flatten_bases(model))
        # A base that is not a model must come from a class: Model itself stands last.
        if not any(isinstance(base, str) or issubclass(base, models.Model) for base in bases):
            bases = (models.Model,)
        return cls(model._meta.app_label, model._meta.object_name, fields, options, bases, cls._managers_of(model))

    @staticmethod
    def _options_of(model: Any, exclude_rels: bool) -> dict[str, Any]:
        options: dict[str, Any] = {}
        for name in DEFAULT_NAMES:
            if name in ("apps", "app_label") or name not in model._meta.original_attrs:
                continue
            if name == "unique_together":
                options[name] = set(normalize_together(model._meta.original_attrs["unique_together"]))
            elif name == "indexes":
                indexes = [index.clone() for index in model._meta.indexes]
                for index in indexes:
                    if not index.name:
                        index.set_name_with_model(model)
                options["indexes"] = indexes
            elif name == "constraints":
                options["constraints"] = [constraint.clone() for constraint in model._meta.constraints]
            else:
                options[name] = model._meta.original_attrs[name]
        if exclude_rels:
            for key in ("unique_together", "order_with_respect_to"):
                options.pop(key, None)
        elif options.get("order_with_respect_to") in {field.name for field in model._meta.private_fields}:
            del options["order_with_respect_to"]
        return options

    @staticmethod
    def _flatten_bases(model: Any) -> list[Any]:
        bases: list[Any] = []
        # The model of a plain SQLAlchemy class says itself which of its bases migrations know.
        for base in vars(model).get("migration_bases", model.__bases__):
            if hasattr(base, "_meta") and base._meta.abstract:
                bases += ModelState._flatten_bases(base)
            else:
                bases.append(base)
        # The same base may come by two ways.
        # Abstract bases may bring theirs in an order that Python cannot linearise: the model's own is possible.
        return sorted(dict.fromkeys(bases), key=model.__mro__.index)

    @staticmethod
    def _managers_of(model: Any) -> list[Any]:
        managers: list[Any] = []
        names: set[str] = set()
        default_manager_shim = None
        for manager in model._meta.managers:
            if manager.name in names:
                continue
            if manager.use_in_migrations:
                new_manager = copy.copy(manager)
                new_manager._set_creation_counter()
            elif manager is model._base_manager or manager is model._default_manager:
                # A plain manager in the place of one that migrations do not need.
                new_manager = models.Manager()
                new_manager.model = manager.model
                new_manager.name = manager.name
                if manager is model._default_manager:
                    default_manager_shim = new_manager
            else:
                continue
            names.add(manager.name)
            managers.append((manager.name, new_manager))
        # A lone default manager is what every model has anyway.
        return [] if managers == [("objects", default_manager_shim)] else managers

    def construct_managers(self) -> Any:
        """Yield new managers, in order."""
        for manager_name, manager in sorted(self.managers, key=lambda pair: pair[1].creation_counter):
            as_manager, manager_path, qs_path, args, kwargs = manager.deconstruct()
            if as_manager:
                yield manager_name, import_string(qs_path).as_manager()
            else:
                yield manager_name, import_string(manager_path)(*args, **kwargs)

    def clone(self) -> ModelState:
        """Return a copy; fields are shared, because they are never changed."""
        return self.__class__(
            app_label=self.app_label,
            name=self.name,
            fields=dict(self.fields),
            options=dict(self.options),
            bases=self.bases,
            managers=list(self.managers),
        )

    def render(self, apps: Any) -> Any:
        """
        Return the historical class, in the registry *apps*.

        Raises:
            InvalidBasesError: A base is not there yet.
        """
        meta_contents = {"app_label": self.app_label, "apps": apps, **self.options}
        # Only states of old migrations have it: the class statement does not know it any more, schema editors do.
        index_together = meta_contents.pop("index_together", None)
        meta = type("Meta", (), meta_contents)
        try:
            bases = tuple((apps.get_model(base) if isinstance(base, str) else base) for base in self.bases)
        except LookupError:
            raise InvalidBasesError(f"Cannot resolve one or more bases from {self.bases!r}") from None
        body: dict[str, Any] = {name: field.clone() for name, field in self.fields.items()}
        body["Meta"] = meta
        body["__module__"] = "__fake__"
        body.update(self.construct_managers())
        made: Any = type(self.name, bases, body)
        made._meta.index_together = normalize_together(index_together or ())
        return made

    def get_index_by_name(self, name: str) -> Any:
        """Return an index."""
        for index in self.options["indexes"]:
            if index.name == name:
                return index
        raise ValueError(f"No index named {name} on model {self.name}")

    def get_constraint_by_name(self, name: str) -> Any:
        """Return a constraint."""
        for constraint in self.options["constraints"]:
            if constraint.name == name:
                return constraint
        raise ValueError(f"No constraint named {name} on model {self.name}")

    def __repr__(self) -> str:
        return f"<{self.__class__.__name__}: '{self.app_label}.{self.name}'>"

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, ModelState)
            and self.app_label == other.app_label
            and self.name == other.name
            # The order of fields is no part of their meaning.
            and {name: field.deconstruct()[1:] for name, field in self.fields.items()}
            == {name: field.deconstruct()[1:] for name, field in other.fields.items()}
            and self.options == other.options
            and self.bases == other.bases
            and self.managers == other.managers
        )

    __hash__ = None  # type: ignore[assignment]


__all__ = ["ModelState", "get_related_models_recursive", "get_related_models_tuples"]
