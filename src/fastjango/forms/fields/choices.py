"""
The fields with choices: one or several, as text or coerced to another type.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar

from fastjango.core.exceptions import ValidationError
from fastjango.forms.attributes import without_surrogates
from fastjango.forms.copying import copy_choices
from fastjango.forms.fields.field import Field
from fastjango.forms.widgets import MultipleHiddenInput, Select, SelectMultiple
from fastjango.utils.choices import normalize_choices
from fastjango.utils.translation import gettext_lazy as _

__all__ = ["ChoiceField", "MultipleChoiceField", "TypedChoiceField", "TypedMultipleChoiceField"]


class ChoiceField(Field):
    """
    One of several texts.

    Args:
        choices: Pairs, groups of pairs, a mapping, an enumeration, or a callable that gives any of them.
    """

    widget: Any = Select
    default_error_messages: ClassVar[Mapping[str, Any]] = {
        "invalid_choice": _("Select a valid choice. %(value)s is not one of the available choices.")
    }
    _choices: Any

    def __init__(self, *, choices: Any = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.choices = choices

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        twin = super().__deepcopy__(memo)
        twin._choices = copy_choices(self._choices)
        return twin

    @property
    def choices(self) -> Any:
        """What may be chosen; the widget offers the same."""
        return self._choices

    @choices.setter
    def choices(self, value: Any) -> None:
        self._choices = normalize_choices(value)
        self.widget.choices = self._choices

    def to_python(self, value: Any) -> Any:
        """Return the chosen text."""
        return "" if value in self.empty_values else str(value)

    def validate(self, value: Any) -> None:
        """Raise ``ValidationError`` for what is not among the choices."""
        super().validate(value)
        if value and not self.valid_value(value):
            raise self._not_offered(value)

    def _not_offered(self, value: Any) -> ValidationError:
        shown = without_surrogates(value) if isinstance(value, str) else value
        return ValidationError(self.error_messages["invalid_choice"], code="invalid_choice", params={"value": shown})

    def valid_value(self, value: Any) -> bool:
        """Tell whether *value* is among the choices, groups included."""
        text = str(value)
        for first, second in self.choices:
            offered = [pair[0] for pair in second] if isinstance(second, (list, tuple)) else [first]
            if any(value == option or text == str(option) for option in offered):
                return True
        return False


class TypedChoiceField(ChoiceField):
    """A choice passed through ``coerce``; an empty one gives ``empty_value``."""

    def __init__(
        self, *, coerce: Callable[[Any], Any] = lambda value: value, empty_value: Any = "", **kwargs: Any
    ) -> None:
        self.coerce = coerce
        self.empty_value = empty_value
        super().__init__(**kwargs)

    def _coerce(self, value: Any) -> Any:
        if value == self.empty_value or value in self.empty_values:
            return self.empty_value
        try:
            return self.coerce(value)
        except (ValueError, TypeError, ValidationError) as problem:
            raise self._not_offered(value) from problem

    def clean(self, value: Any) -> Any:
        """Return the coerced choice."""
        return self._coerce(super().clean(value))


class MultipleChoiceField(ChoiceField):
    """A list of choices."""

    hidden_widget: Any = MultipleHiddenInput
    widget: Any = SelectMultiple
    default_error_messages: ClassVar[Mapping[str, Any]] = {
        "invalid_choice": _("Select a valid choice. %(value)s is not one of the available choices."),
        "invalid_list": _("Enter a list of values."),
    }

    def to_python(self, value: Any) -> Any:
        """Return the chosen texts."""
        if not value:
            return []
        if not isinstance(value, (list, tuple)):
            raise ValidationError(self.error_messages["invalid_list"], code="invalid_list")
        return [str(item) for item in value]

    def validate(self, value: Any) -> None:
        """Raise ``ValidationError`` for anything that is not among the choices."""
        if self.required and not value:
            raise ValidationError(self.error_messages["required"], code="required")
        for item in value:
            if not self.valid_value(item):
                raise self._not_offered(item)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Tell whether another set of values was chosen; order does not matter."""
        if self.disabled:
            return False
        before, after = initial or [], data or []
        return len(before) != len(after) or {str(item) for item in before} != {str(item) for item in after}


class TypedMultipleChoiceField(MultipleChoiceField):
    """A list of choices, each passed through ``coerce``."""

    def __init__(self, *, coerce: Callable[[Any], Any] = lambda value: value, **kwargs: Any) -> None:
        self.coerce = coerce
        self.empty_value = kwargs.pop("empty_value", [])
        super().__init__(**kwargs)

    def _coerce(self, value: Iterable[Any]) -> Any:
        if value == self.empty_value or value in self.empty_values:
            return self.empty_value
        coerced = []
        for item in value:
            try:
                coerced.append(self.coerce(item))
            except (ValueError, TypeError, ValidationError) as problem:
                raise self._not_offered(item) from problem
        return coerced

    def clean(self, value: Any) -> Any:
        """Return the coerced choices."""
        return self._coerce(super().clean(value))

    def validate(self, value: Any) -> None:
        """Raise ``ValidationError`` for anything that is not among the choices."""
        if value != self.empty_value:
            super().validate(value)
        elif self.required:
            raise ValidationError(self.error_messages["required"], code="required")
