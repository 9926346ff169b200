"""
``CompositeForeignKey``: a foreign key to a model whose primary key has several columns.

Its columns are fields of the model: those that ``from_fields`` names, or ones it adds itself, ``<name>_<part>``. Joins,
accessors and lookups are those of ``ForeignObject``; the database holds the constraint.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastjango.core import checks, exceptions
from fastjango.core.exceptions import fix
from fastjango.db.models.fields.auto import AutoFieldMixin
from fastjango.db.models.fields.composite import CompositePrimaryKey
from fastjango.db.models.fields.sentinels import NOT_PROVIDED
from fastjango.db.models.fields.typevars import GT, ST
from fastjango.db.models.relations.foreign_object import ForeignObject

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fastjango.core.checks import CheckMessage

# What belongs to the column of the other model and not to one that refers to it.
_OWN_OPTIONS = (
    "auto_now",
    "auto_now_add",
    "choices",
    "db_column",
    "db_comment",
    "db_default",
    "db_index",
    "default",
    "help_text",
    "primary_key",
    "unique",
    "unique_for_date",
    "unique_for_month",
    "unique_for_year",
    "validators",
    "verbose_name",
)


class CompositeForeignKey(ForeignObject[ST, GT]):
    """
    A foreign key over several columns.

    Args:
        from_fields: The fields of this model that hold the key, in the order of the key's parts. Without it the field
            adds them: ``line = CompositeForeignKey(Line, CASCADE)`` has ``line_order`` and ``line_number``.
        to_fields: The fields referred to; by default the parts of the primary key.
        db_constraint: Whether the database holds a foreign key constraint.
        null: Of the columns that the field adds; named ones say it themselves.
    """

    def __init__(
        self,
        to: Any,
        on_delete: Any,
        from_fields: Sequence[str] | None = None,
        to_fields: Sequence[str] | None = None,
        related_name: str | None = None,
        related_query_name: str | None = None,
        limit_choices_to: Any = None,
        db_constraint: bool = True,
        **kwargs: Any,
    ) -> None:
        if not callable(on_delete):
            raise TypeError("on_delete must be callable.")
        self._declared_null = bool(kwargs.get("null"))
        self.db_constraint = db_constraint
        super().__init__(
            to,
            on_delete,
            from_fields=tuple(from_fields) if from_fields is not None else None,
            to_fields=tuple(to_fields) if to_fields is not None else None,
            related_name=related_name,
            related_query_name=related_query_name,
            limit_choices_to=limit_choices_to,
            **kwargs,
        )
        # Fixtures have its columns.
        self.serialize = False

    @property
    def null(self) -> bool:
        """Whether there may be no related object: one of the columns may be NULL."""
        try:
            return any(field.null for field in self.local_related_fields)
        except (AttributeError, ValueError, exceptions.FieldDoesNotExist):
            # Not bound yet.
            return self._declared_null

    @null.setter
    def null(self, value: bool) -> None:
        self._declared_null = value

    # -- binding

    def do_related_class(self, other: Any, cls: Any) -> None:
        """Finish the relation: its target's key is known now."""
        if self.to_fields is None:
            self.to_fields = _key_names(other, self)
        if self.from_fields is None:
            self.from_fields = self._add_columns(cls, other)
        super().do_related_class(other, cls)

    def _add_columns(self, cls: Any, other: Any) -> tuple[str, ...]:
        """Add a column for each part of the key; return their names."""
        names = []
        for part in self.to_fields:
            name = f"{self.name}_{part}"
            names.append(name)
            if not any(field.name == name for field in cls._meta.local_fields):
                cls.add_to_class(name, _referring(other._meta.get_field(part), null=self._declared_null))
        return tuple(names)

    def deconstruct(self) -> tuple[Any, str, Sequence[Any], dict[str, Any]]:
        """Return what builds this field again; its columns are there already."""
        name, path, args, keywords = super().deconstruct()
        for option in ("from_fields", "to_fields"):
            if keywords[option] is None:
                # The related model is not loaded.
                del keywords[option]
        keywords.pop("null", None)
        keywords.pop("serialize", None)
        if self._declared_null:
            keywords["null"] = True
        if self.db_constraint is not True:
            keywords["db_constraint"] = self.db_constraint
        return name, path, args, keywords

    # -- checks

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        """Return the problems of the field, of its columns and of ``on_delete``."""
        if found := self._check_columns():
            return found
        return [*super().check(**kwargs), *self._check_on_delete()]

    def _check_columns(self) -> list[CheckMessage]:
        if isinstance(self.remote_field.model, str):
            return []
        for name in self.from_fields:
            try:
                self.opts.get_field(name)
            except exceptions.FieldDoesNotExist:
                message = f"The from_field '{name}' doesn't exist on the model '{self.opts.label}'."
                return [checks.Error(message, obj=self, id="fields.E610")]
        if len(self.from_fields) != len(self.to_fields):
            message = (
                f"from_fields names {len(self.from_fields)} fields, the key of '{self.remote_field.model._meta.label}' "
                f"has {len(self.to_fields)}: {', '.join(self.to_fields)}."
            )
            return [checks.Error(message, obj=self, id="fields.E611")]
        return []

    def _check_on_delete(self) -> list[CheckMessage]:
        if getattr(self.remote_field.on_delete, "__name__", "") == "SET_NULL" and not self.null:
            return [
                checks.Error(
                    "Field specifies on_delete=SET_NULL, but cannot be null.",
                    hint="Set null=True argument on the field, or change the on_delete rule.",
                    obj=self,
                    id="fields.E320",
                )
            ]
        return []

    # -- values

    def update_parts(self, value: Any) -> dict[Any, Any]:
        """
        Return ``{column field: value}`` for an object, a key as a tuple, or None.

        None empties the columns that may be NULL: one that belongs to something else as well keeps its value.
        """
        if value is None:
            nullable = [field for field in self.local_related_fields if field.null]
            return dict.fromkeys(nullable or self.local_related_fields)
        if hasattr(value, "_meta"):
            value = self.get_foreign_related_value(value)
        return dict(zip(self.local_related_fields, value, strict=True))

    def value_from_object(self, obj: Any) -> Any:
        """Return the key."""
        return self.get_local_related_value(obj)

    # -- cached object: it belongs to the key it was stored for

    def _key_of(self, instance: Any) -> tuple[Any, ...]:
        values = instance.__dict__
        return tuple(values.get(field.attname, NOT_PROVIDED) for field in self.local_related_fields)

    def is_cached(self, instance: Any) -> bool:
        """Tell whether the object of the present key is cached."""
        state = instance._state
        if self.name not in state.fields_cache:
            return False
        stored = (state.cached_for or {}).get(self.name)
        if stored is not None and stored != self._key_of(instance):
            self.delete_cached_value(instance)
            return False
        return True

    def get_cached_value(self, instance: Any, default: Any = NOT_PROVIDED) -> Any:
        """Return the cached object of the present key."""
        self.is_cached(instance)
        return super().get_cached_value(instance, default)

    def set_cached_value(self, instance: Any, value: Any) -> None:
        """Remember *value* as the object of the present key."""
        state = instance._state
        state.fields_cache[self.name] = value
        if state.cached_for is None:
            state.cached_for = {}
        state.cached_for[self.name] = self._key_of(instance)

    def delete_cached_value(self, instance: Any) -> None:
        """Forget the cached object."""
        state = instance._state
        del state.fields_cache[self.name]
        if state.cached_for is not None:
            state.cached_for.pop(self.name, None)


def _key_names(model: Any, field: Any) -> tuple[str, ...]:
    key = model._meta.pk
    if isinstance(key, CompositePrimaryKey):
        return tuple(part.name for part in key.fields)
    raise fix(
        ValueError(f"{field} refers to {model._meta.label}, whose primary key {key.name!r} is one column."),
        "Use ForeignKey, or say with to_fields which columns are meant.",
        code="models.E601",
    )


def _referring(part: Any, *, null: bool) -> Any:
    """Return a column that holds values of *part*, a field of the other model."""
    while part.remote_field:
        part = part.target_field
    if isinstance(part, AutoFieldMixin):
        kind = next(cls for cls in type(part).__mro__ if cls.__name__.endswith("IntegerField"))
        return kind(null=null, blank=null)
    _name, _path, args, keywords = part.deconstruct()
    options = {option: value for option, value in keywords.items() if option not in _OWN_OPTIONS}
    return type(part)(*args, **{**options, "null": null, "blank": null})


__all__ = ["CompositeForeignKey"]
