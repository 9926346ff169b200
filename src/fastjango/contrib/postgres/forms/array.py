"""Form fields of lists: a text with a delimiter, or one input per item."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from fastjango import forms
from fastjango.contrib.postgres.utils import prefix_validation_error
from fastjango.contrib.postgres.validators import ArrayMaxLengthValidator, ArrayMinLengthValidator
from fastjango.core.exceptions import ValidationError
from fastjango.utils.translation import gettext_lazy as _

__all__ = ["SimpleArrayField", "SplitArrayField", "SplitArrayWidget"]

_ITEM_INVALID = _("Item %(nth)s in the array did not validate:")


class _Items:
    """What both fields do with each item: run a function of the base field, and say which item failed."""

    error_messages: Any

    def _error_of(self, number: int, error: ValidationError) -> ValidationError:
        return prefix_validation_error(
            error, self.error_messages["item_invalid"], code="item_invalid", params={"nth": number}
        )

    def _each(self, items: Iterable[Any], work: Callable[[Any], Any]) -> list[Any]:
        """
        Return what *work* makes of the items.

        Raises:
            ValidationError: Of all items that fail.
        """
        results: list[Any] = []
        errors: list[ValidationError] = []
        for number, item in enumerate(items, start=1):
            try:
                results.append(work(item))
            except ValidationError as error:
                errors.append(self._error_of(number, error))
        if errors:
            raise ValidationError(errors)
        return results


class SimpleArrayField(_Items, forms.CharField):
    """
    A list as one text.

    Args:
        base_field: The form field of the items.
        delimiter: What stands between them; it cannot be part of an item.
        max_length, min_length: In items.
    """

    default_error_messages = {"item_invalid": _ITEM_INVALID}

    def __init__(
        self,
        base_field: Any,
        *,
        delimiter: str = ",",
        max_length: int | None = None,
        min_length: int | None = None,
        **kwargs: Any,
    ) -> None:
        self.base_field = base_field
        self.delimiter = delimiter
        super().__init__(**kwargs)
        if min_length is not None:
            self.min_length = min_length
            self.validators.append(ArrayMinLengthValidator(int(min_length)))
        if max_length is not None:
            self.max_length = max_length
            self.validators.append(ArrayMaxLengthValidator(int(max_length)))

    def prepare_value(self, value: Any) -> Any:
        """Return the text that shows a list."""
        if not isinstance(value, list):
            return value
        return self.delimiter.join(str(self.base_field.prepare_value(item)) for item in value)

    def to_python(self, value: Any) -> Any:
        """Return the list of items."""
        items = value if isinstance(value, list) else value.split(self.delimiter) if value else []
        return self._each(items, self.base_field.to_python)

    def clean(self, value: Any) -> Any:
        """Return the list of cleaned items."""
        return [self.base_field.clean(item) for item in super().clean(value)]

    def validate(self, value: Any) -> None:
        """Check the list and each item."""
        super().validate(value)
        self._each(value, self.base_field.validate)

    def run_validators(self, value: Any) -> None:
        """Run the validators of the list and of each item."""
        super().run_validators(value)
        self._each(value, self.base_field.run_validators)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Return whether the list is another one; nothing and an empty list are the same."""
        try:
            value = self.to_python(data)
        except ValidationError:
            return super().has_changed(initial, data)
        if initial in self.empty_values and value in self.empty_values:
            return False
        return super().has_changed(initial, data)


class SplitArrayWidget(forms.Widget):
    """The same widget *size* times, named ``name_0``, ``name_1``, ..."""

    template_name = "postgres/widgets/split_array.html"

    def __init__(self, widget: Any, size: int, **kwargs: Any) -> None:
        self.widget = widget() if isinstance(widget, type) else widget
        self.size = size
        super().__init__(**kwargs)

    @property
    def is_hidden(self) -> bool:
        """Whether the inputs are hidden."""
        return bool(self.widget.is_hidden)

    @property
    def media(self) -> Any:  # type: ignore[override]  # the metaclass makes it a property for others
        """The files of the widget."""
        return self.widget.media

    @property
    def needs_multipart_form(self) -> bool:  # type: ignore[override]  # a plain attribute in simple widgets
        """Whether the widget uploads files."""
        return bool(self.widget.needs_multipart_form)

    def _names(self, name: str) -> list[str]:
        return [f"{name}_{place}" for place in range(self.size)]

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Return the list of what was sent."""
        return [self.widget.value_from_datadict(data, files, part) for part in self._names(name)]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Return whether nothing was sent for any item."""
        return all(self.widget.value_omitted_from_data(data, files, part) for part in self._names(name))

    def id_for_label(self, id_: str) -> str:
        """Return the id of the first input."""
        return f"{id_}_0" if id_ else id_

    def get_context(self, name: str, value: Any, attrs: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return the template's variables; ``widget.subwidgets`` has one entry per item."""
        context = super().get_context(name, value, attrs or {})
        if self.is_localized:
            self.widget.is_localized = True
        items = value or []
        shared = self.build_attrs(dict(attrs or {}))
        id_ = shared.get("id")
        parts = []
        for place in range(max(len(items), self.size)):
            own = {**shared, "id": f"{id_}_{place}"} if id_ else shared
            item = items[place] if place < len(items) else None
            parts.append(self.widget.get_context(f"{name}_{place}", item, own)["widget"])
        context["widget"]["subwidgets"] = parts
        return context

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        twin = super().__deepcopy__(memo)
        twin.widget = copy.deepcopy(self.widget)
        return twin


class SplitArrayField(_Items, forms.Field):
    """
    A list of a fixed length, one input per item.

    Args:
        base_field: The form field of the items.
        size: How many inputs.
        remove_trailing_nulls: Drop the empty items at the end.
    """

    default_error_messages = {"item_invalid": _ITEM_INVALID}

    def __init__(self, base_field: Any, size: int, *, remove_trailing_nulls: bool = False, **kwargs: Any) -> None:
        self.base_field = base_field
        self.size = size
        self.remove_trailing_nulls = remove_trailing_nulls
        kwargs.setdefault("widget", SplitArrayWidget(widget=base_field.widget, size=size))
        super().__init__(**kwargs)

    def _kept(self, values: list[Any]) -> int:
        """Return how many items are left without the empty ones at the end."""
        count = len(values)
        while self.remove_trailing_nulls and count and values[count - 1] in self.base_field.empty_values:
            count -= 1
        return count

    def to_python(self, value: Any) -> Any:
        """Return the list of items."""
        return [self.base_field.to_python(item) for item in super().to_python(value)]

    def clean(self, value: Any) -> Any:
        """
        Return the list of cleaned items.

        Raises:
            ValidationError: Of all items that fail; those that are dropped do not count.
        """
        if self.required and not any(value):
            raise ValidationError(self.error_messages["required"])
        cleaned: list[Any] = []
        errors: list[ValidationError | None] = []
        for number, item in enumerate(value, start=1):
            try:
                result, error = self.base_field.clean(item), None
            except ValidationError as exc:
                result, error = item, self._error_of(number, exc)
            cleaned.append(result)
            errors.append(error)
        count = self._kept(cleaned)
        found = [message for error in errors[:count] if error is not None for message in error.error_list]
        if found:
            raise ValidationError(found)
        return cleaned[:count]

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Return whether the list is another one; nothing and an empty list are the same."""
        try:
            data = self.to_python(data)
        except ValidationError:
            return super().has_changed(initial, data)
        data = data[: self._kept(data)]
        if initial in self.empty_values and data in self.empty_values:
            return False
        return super().has_changed(initial, data)
