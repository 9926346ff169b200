"""
Uniqueness, checked against the database before saving.

Each validator gets the serializer or field (``requires_context``), so that the object being updated does not stand in its own
way. ``ModelSerializer`` adds them from the model's constraints.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastjango.core.exceptions import FieldError
from fastjango.db import DataError
from fastjango.rest.exceptions import ValidationError
from fastjango.rest.utils.representation import smart_repr
from fastjango.utils.translation import gettext_lazy as _

# A value the column cannot hold is in no row.
_UNFIT = (TypeError, ValueError, DataError)


def qs_exists(queryset: Any) -> bool:
    """Return whether there are rows; False when the filter makes no sense."""
    try:
        found: bool = queryset.exists()
    except _UNFIT:
        return False
    return found


def qs_exists_with_condition(queryset: Any, condition: Any, against: Any) -> bool:
    """Return whether there are rows and *condition* holds for the values *against*, and for one of the rows."""
    if condition is None:
        return qs_exists(queryset)
    try:
        # Only rows that satisfy the condition are constrained, and only if the new one does too.
        holds: bool = condition.check(against) and queryset.filter(condition).exists()
    except (*_UNFIT, FieldError):
        return False
    return holds


def qs_filter(queryset: Any, **kwargs: Any) -> Any:
    """Return the filtered query set, an empty one when the filter makes no sense."""
    try:
        return queryset.filter(**kwargs)
    except _UNFIT:
        return queryset.none()


def _check_single_instance(serializer: Any, instance: Any, validator: object) -> None:
    """
    Refuse a multiple update in which the child serializer still has the whole list as its instance.

    Raises:
        RuntimeError: Which object is updated is not known, so none could be left out.
    """
    if instance is not None and getattr(serializer.parent, "many", False) and not hasattr(instance, "pk"):
        raise RuntimeError(
            f"`{type(validator).__name__}` cannot determine the current instance during a multiple update. Override "
            "`ListSerializer.run_child_validation()` to set `child.instance` before validation."
        )


class UniqueValidator:
    """
    No other object has this value.

    Args:
        queryset: Where others are looked for.
        lookup: How values are compared: ``exact``, ``iexact``.
    """

    message: Any = _("This field must be unique.")
    requires_context = True

    def __init__(self, queryset: Any, message: Any = None, lookup: str = "exact") -> None:
        self.queryset = queryset
        self.message = message or self.message
        self.lookup = lookup

    def filter_queryset(self, value: Any, queryset: Any, field_name: str) -> Any:
        """Return the objects with this value."""
        return qs_filter(queryset, **{f"{field_name}__{self.lookup}": value})

    def exclude_current_instance(self, queryset: Any, instance: Any) -> Any:
        """Leave out the object that is being updated."""
        return queryset if instance is None else queryset.exclude(pk=instance.pk)

    def __call__(self, value: Any, serializer_field: Any) -> None:
        instance = getattr(serializer_field.parent, "instance", None)
        _check_single_instance(serializer_field.parent, instance, self)
        queryset = self.filter_queryset(value, self.queryset, serializer_field.source_attrs[-1])
        if qs_exists(self.exclude_current_instance(queryset, instance)):
            raise ValidationError(self.message, code="unique")

    def __repr__(self) -> str:
        return f"<{type(self).__name__}(queryset={smart_repr(self.queryset)})>"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, self.__class__):
            return NotImplemented
        return (self.message, self.requires_context, self.queryset, self.lookup) == (
            other.message,
            other.requires_context,
            other.queryset,
            other.lookup,
        )

    __hash__ = None  # type: ignore[assignment]  # query sets have none


class UniqueTogetherValidator:
    """
    No other object has the same values in all of *fields*.

    Args:
        condition: Of a partial constraint; *condition_fields* are the fields in it.
        code: Of the error.
        nulls_distinct: False when two nulls are equal.
    """

    message: Any = _("The fields {field_names} must make a unique set.")
    missing_message: Any = _("This field is required.")
    requires_context = True
    code = "unique"

    def __init__(
        self,
        queryset: Any,
        fields: Sequence[str],
        message: Any = None,
        condition_fields: Sequence[str] | None = None,
        condition: Any = None,
        code: str | None = None,
        nulls_distinct: bool | None = None,
    ) -> None:
        self.queryset = queryset
        self.fields = fields
        self.message = message or self.message
        self.condition_fields = condition_fields or []
        self.condition = condition
        self.code = code or self.code
        self.nulls_distinct = nulls_distinct

    def enforce_required_fields(self, attrs: Any, serializer: Any) -> None:
        """Refuse a new object without one of the fields, whatever the fields themselves say."""
        if serializer.instance is not None:
            return
        missing = {
            name: self.missing_message
            for name in (*self.fields, *self.condition_fields)
            if serializer.fields[name].source not in attrs
        }
        if missing:
            raise ValidationError(missing, code="required")

    def filter_queryset(self, attrs: Any, queryset: Any, serializer: Any) -> Any:
        """Return the objects with these values; what an update does not change comes from the object."""
        values = {}
        for source in self._sources(serializer, self.fields):
            if serializer.instance is not None and source not in attrs:
                attrs[source] = getattr(serializer.instance, source)
            values[source] = attrs[source]
        return qs_filter(queryset, **values)

    def exclude_current_instance(self, attrs: Any, queryset: Any, instance: Any) -> Any:
        """Leave out the object that is being updated."""
        return queryset if instance is None else queryset.exclude(pk=instance.pk)

    @staticmethod
    def _sources(serializer: Any, names: Sequence[str]) -> list[str]:
        return [serializer.fields[name].source for name in names]

    def __call__(self, attrs: Any, serializer: Any) -> None:
        instance = serializer.instance
        _check_single_instance(serializer, instance, self)
        self.enforce_required_fields(attrs, serializer)
        queryset = self.filter_queryset(attrs, self.queryset, serializer)
        queryset = self.exclude_current_instance(attrs, queryset, instance)
        sources = self._sources(serializer, self.fields)
        condition_values = {
            source: attrs[source] if source in attrs else getattr(instance, source, None)
            for source in self._sources(serializer, self.condition_fields)
        }
        if instance is None:
            changed = [attrs[source] for source in sources]
        else:
            everything = {**{source: attrs[source] for source in sources}, **condition_values}
            changed = [value for source, value in everything.items() if value != getattr(instance, source, None)]
        # Nulls are different from each other; an object that did not change was fine before.
        if not changed:
            return
        if self.nulls_distinct is not False and None in [attrs[source] for source in sources]:
            return
        if qs_exists_with_condition(queryset, self.condition, condition_values):
            raise ValidationError(self.message.format(field_names=", ".join(self.fields)), code=self.code)

    def __repr__(self) -> str:
        parts = [
            f"{name}={smart_repr(getattr(self, name))}"
            for name in ("queryset", "fields", "condition", "nulls_distinct")
            if getattr(self, name) is not None
        ]
        return f"<{type(self).__name__}({', '.join(parts)})>"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, self.__class__):
            return NotImplemented
        names = ("message", "requires_context", "missing_message", "queryset", "fields", "code", "nulls_distinct")
        return all(getattr(self, name) == getattr(other, name) for name in names)

    __hash__ = None  # type: ignore[assignment]  # query sets have none


class ProhibitSurrogateCharactersValidator:
    """Refuses halves of UTF-16 surrogate pairs, which are no characters."""

    message: Any = _("Surrogate characters are not allowed: U+{code_point:X}.")
    code = "surrogate_characters_not_allowed"

    def __call__(self, value: Any) -> None:
        text = str(value)
        if text.isascii():
            return
        for character in text:
            if 0xD800 <= ord(character) <= 0xDFFF:
                raise ValidationError(self.message.format(code_point=ord(character)), code=self.code)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, self.__class__):
            return NotImplemented
        return self.message == other.message and self.code == other.code

    def __hash__(self) -> int:
        return hash(self.code)


class BaseUniqueForValidator:
    """No other object has this value of *field* in the same period of *date_field*."""

    message: Any = None
    missing_message: Any = _("This field is required.")
    requires_context = True
    date_parts: tuple[str, ...] = ()

    def __init__(self, queryset: Any, field: str, date_field: str, message: Any = None) -> None:
        self.queryset = queryset
        self.field = field
        self.date_field = date_field
        self.message = message or self.message

    def enforce_required_fields(self, attrs: Any) -> None:
        """Refuse input without one of the fields."""
        missing = {name: self.missing_message for name in (self.field, self.date_field) if name not in attrs}
        if missing:
            raise ValidationError(missing, code="required")

    def filter_queryset(self, attrs: Any, queryset: Any, field_name: str, date_field_name: str) -> Any:
        """
        Return the objects with this value in this period.

        Raises:
            NotImplementedError: The class names no parts of a date that make a period.
        """
        if not self.date_parts:
            raise NotImplementedError("`filter_queryset` must be implemented.")
        date = attrs[self.date_field]
        lookups = {f"{date_field_name}__{part}": getattr(date, part) for part in self.date_parts}
        return qs_filter(queryset, **{field_name: attrs[self.field]}, **lookups)

    def exclude_current_instance(self, attrs: Any, queryset: Any, instance: Any) -> Any:
        """Leave out the object that is being updated."""
        return queryset if instance is None else queryset.exclude(pk=instance.pk)

    def __call__(self, attrs: Any, serializer: Any) -> None:
        # The names in the database may be others.
        field_name = serializer.fields[self.field].source_attrs[-1]
        date_field_name = serializer.fields[self.date_field].source_attrs[-1]
        _check_single_instance(serializer, serializer.instance, self)
        self.enforce_required_fields(attrs)
        queryset = self.filter_queryset(attrs, self.queryset, field_name, date_field_name)
        if qs_exists(self.exclude_current_instance(attrs, queryset, serializer.instance)):
            raise ValidationError({self.field: self.message.format(date_field=self.date_field)}, code="unique")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, self.__class__):
            return NotImplemented
        names = ("message", "missing_message", "requires_context", "queryset", "field", "date_field")
        return all(getattr(self, name) == getattr(other, name) for name in names)

    __hash__ = None  # type: ignore[assignment]  # query sets have none

    def __repr__(self) -> str:
        return (
            f"<{type(self).__name__}(queryset={smart_repr(self.queryset)}, field={smart_repr(self.field)}, "
            f"date_field={smart_repr(self.date_field)})>"
        )


class UniqueForDateValidator(BaseUniqueForValidator):
    """Unique on a day."""

    message = _('This field must be unique for the "{date_field}" date.')
    date_parts = ("day", "month", "year")


class UniqueForMonthValidator(BaseUniqueForValidator):
    """Unique in a month."""

    message = _('This field must be unique for the "{date_field}" month.')
    date_parts = ("month",)


class UniqueForYearValidator(BaseUniqueForValidator):
    """Unique in a year."""

    message = _('This field must be unique for the "{date_field}" year.')
    date_parts = ("year",)


__all__ = [
    "BaseUniqueForValidator",
    "ProhibitSurrogateCharactersValidator",
    "UniqueForDateValidator",
    "UniqueForMonthValidator",
    "UniqueForYearValidator",
    "UniqueTogetherValidator",
    "UniqueValidator",
    "qs_exists",
    "qs_exists_with_condition",
    "qs_filter",
]
