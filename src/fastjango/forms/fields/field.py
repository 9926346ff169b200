"""
``Field``, the base of all form fields: submitted data to a clean Python value, or ``ValidationError``.

The steps are ``to_python`` (convert), ``validate`` (required), ``run_validators``; ``clean`` does all three.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from fastjango.core import validators
from fastjango.core.exceptions import ValidationError
from fastjango.forms.boundfield import BoundField
from fastjango.forms.copying import shallow_copy
from fastjango.forms.widgets import HiddenInput, TextInput
from fastjango.utils.translation import gettext_lazy as _

__all__ = ["Field"]


class Field:
    """
    A form field.

    Args:
        required: Whether empty input is an error.
        widget: A ``Widget`` class or object in place of the field's own.
        label: The label; made from the name when ``None``.
        initial: The value to show first, or a callable that gives it.
        error_messages: ``{code: message}`` in place of the defaults.
        show_hidden_initial: Send the initial value along, so that changes are seen.
        validators: Further callables that raise ``ValidationError``.
        localize: Show and read numbers and dates in the active locale's way.
        disabled: Not to be edited; submitted data is ignored.
        template_name: The template of ``as_field_group()``.
        bound_field_class: What ``form[name]`` gives.
    """

    widget: Any = TextInput
    hidden_widget: Any = HiddenInput
    default_validators: Iterable[Any] = []
    default_error_messages: ClassVar[Mapping[str, Any]] = {"required": _("This field is required.")}
    empty_values: Iterable[Any] = list(validators.EMPTY_VALUES)
    bound_field_class: Any = None

    def __init__(
        self,
        *,
        required: bool = True,
        widget: Any = None,
        label: Any = None,
        initial: Any = None,
        help_text: Any = "",
        error_messages: Mapping[str, Any] | None = None,
        show_hidden_initial: bool = False,
        validators: Iterable[Any] = (),
        localize: bool = False,
        disabled: bool = False,
        label_suffix: Any = None,
        template_name: str | None = None,
        bound_field_class: Any = None,
    ) -> None:
        self.required = required
        self.label = label
        self.initial = initial
        self.show_hidden_initial = show_hidden_initial
        self.help_text = help_text
        self.disabled = disabled
        self.label_suffix = label_suffix
        self.localize = localize
        self.template_name = template_name
        self.bound_field_class = bound_field_class or self.bound_field_class
        self.widget = self._make_widget(widget or self.widget)
        self.error_messages = self._collect_messages(error_messages)
        self.validators: list[Any] = [*self.default_validators, *validators]
        super().__init__()

    def _make_widget(self, widget: Any) -> Any:
        own = widget() if isinstance(widget, type) else copy.deepcopy(widget)
        if self.localize:
            own.is_localized = True
        own.is_required = self.required
        own.attrs.update(self.widget_attrs(own) or {})
        return own

    def _collect_messages(self, given: Mapping[str, Any] | None) -> dict[str, Any]:
        messages: dict[str, Any] = {}
        for base in reversed(type(self).__mro__):
            messages.update(getattr(base, "default_error_messages", {}))
        messages.update(given or {})
        return messages

    def prepare_value(self, value: Any) -> Any:
        """Return *value* as the widget shows it."""
        return value

    def to_python(self, value: Any) -> Any:
        """Return *value* as the field's Python type. Raises ``ValidationError``."""
        return value

    def validate(self, value: Any) -> None:
        """Raise ``ValidationError`` when a required field is empty."""
        if self.required and value in self.empty_values:
            raise ValidationError(self.error_messages["required"], code="required")

    def run_validators(self, value: Any) -> None:
        """Run the validators on a value that is not empty; all their errors are raised together."""
        if value in self.empty_values:
            return
        problems: list[Any] = []
        for validator in self.validators:
            try:
                validator(value)
            except ValidationError as problem:
                code = getattr(problem, "code", None)
                if code is not None and code in self.error_messages:
                    problem.message = self.error_messages[code]
                problems += problem.error_list
        if problems:
            raise ValidationError(problems)

    def clean(self, value: Any) -> Any:
        """Return the clean value of submitted data. Raises ``ValidationError``."""
        converted = self.to_python(value)
        self.validate(converted)
        self.run_validators(converted)
        return converted

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Return what a bound form shows again for submitted *data*."""
        return initial if self.disabled else data

    def widget_attrs(self, widget: Any) -> dict[str, Any]:
        """Return HTML attributes that the field's rules give to its widget."""
        return {}

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Tell whether *data* says something else than *initial*."""
        if self.disabled:
            return False
        try:
            after = self.to_python(data)
            if coerce := getattr(self, "_coerce", None):
                return bool(coerce(after) != coerce(initial))
        except ValidationError:
            return True
        # An empty input and no value at all are the same.
        before = "" if initial is None else initial
        return bool(before != ("" if after is None else after))

    def get_bound_field(self, form: Any, field_name: str) -> BoundField:
        """Return the field's side within *form*."""
        chosen = self.bound_field_class or form.bound_field_class
        bound: BoundField = chosen(form, self, field_name)
        return bound

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        twin = shallow_copy(self)
        memo[id(self)] = twin
        twin.widget = copy.deepcopy(self.widget, memo)
        twin.error_messages = self.error_messages.copy()
        twin.validators = self.validators[:]
        return twin

    def _clean_bound_field(self, bf: Any) -> Any:
        return self.clean(bf.initial if self.disabled else bf.data)
