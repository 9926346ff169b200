"""
The widgets of one ``<input>``, and ``<textarea>``.

Text, number, email, URL, colour, search, telephone, password, hidden, dates and times, check box.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from fastjango.forms.attributes import without_surrogates
from fastjango.forms.widgets.widget import Widget
from fastjango.utils import formats

__all__ = [
    "CheckboxInput",
    "ColorInput",
    "DateInput",
    "DateTimeBaseInput",
    "DateTimeInput",
    "EmailInput",
    "HiddenInput",
    "Input",
    "MultipleHiddenInput",
    "NumberInput",
    "PasswordInput",
    "SearchInput",
    "TelInput",
    "TextInput",
    "Textarea",
    "TimeInput",
    "URLInput",
    "boolean_test",
]


class Input(Widget):
    """One ``<input>``; ``type`` in the attributes replaces the class's ``input_type``."""

    input_type: str | None = None
    template_name = "django/forms/widgets/input.html"

    def __init__(self, attrs: Mapping[str, Any] | None = None) -> None:
        own = dict(attrs) if attrs is not None else {}
        self.input_type = own.pop("type", self.input_type)
        super().__init__(own)

    def get_context(self, name: str, value: Any, attrs: Mapping[str, Any] | None) -> dict[str, Any]:
        """Return the template's variables; ``widget.type`` is the input's type."""
        context = super().get_context(name, value, attrs)
        context["widget"]["type"] = self.input_type
        return context


class TextInput(Input):
    """``<input type="text">``."""

    input_type = "text"
    template_name = "django/forms/widgets/text.html"


class NumberInput(Input):
    """``<input type="number">``."""

    input_type = "number"
    template_name = "django/forms/widgets/number.html"


class EmailInput(Input):
    """``<input type="email">``."""

    input_type = "email"
    template_name = "django/forms/widgets/email.html"


class URLInput(Input):
    """``<input type="url">``."""

    input_type = "url"
    template_name = "django/forms/widgets/url.html"


class ColorInput(Input):
    """``<input type="color">``."""

    input_type = "color"
    template_name = "django/forms/widgets/color.html"


class SearchInput(Input):
    """``<input type="search">``."""

    input_type = "search"
    template_name = "django/forms/widgets/search.html"


class TelInput(Input):
    """``<input type="tel">``."""

    input_type = "tel"
    template_name = "django/forms/widgets/tel.html"


class PasswordInput(Input):
    """``<input type="password">``, empty when shown again unless ``render_value``."""

    input_type = "password"
    template_name = "django/forms/widgets/password.html"

    def __init__(self, attrs: Mapping[str, Any] | None = None, render_value: bool = False) -> None:
        super().__init__(attrs)
        self.render_value = render_value

    def get_context(self, name: str, value: Any, attrs: Mapping[str, Any] | None) -> dict[str, Any]:
        """Return the template's variables, without the password unless asked for."""
        return super().get_context(name, value if self.render_value else None, attrs)


class HiddenInput(Input):
    """``<input type="hidden">``."""

    input_type = "hidden"
    template_name = "django/forms/widgets/hidden.html"


class MultipleHiddenInput(HiddenInput):
    """One hidden input per value of a list."""

    template_name = "django/forms/widgets/multiple_hidden.html"

    def get_context(self, name: str, value: Any, attrs: Mapping[str, Any] | None) -> dict[str, Any]:
        """Return the template's variables; ``widget.subwidgets`` has one entry per value."""
        context = super().get_context(name, value, attrs)
        outer = context["widget"]
        shared, id_ = outer["attrs"], outer["attrs"].get("id")
        parts = []
        for index, item in enumerate(outer["value"]):
            own = {**shared, "id": f"{id_}_{index}"} if id_ else dict(shared)
            part = HiddenInput()
            part.is_required = self.is_required
            parts.append(part.get_context(name, item, own)["widget"])
        outer["subwidgets"] = parts
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Return the list of submitted values."""
        read = getattr(data, "getlist", data.get)
        return read(name)

    def format_value(self, value: Any) -> Any:
        """Return the list as it is, empty for ``None``."""
        return [] if value is None else value


class Textarea(Widget):
    """``<textarea>``."""

    template_name = "django/forms/widgets/textarea.html"

    def __init__(self, attrs: Mapping[str, Any] | None = None) -> None:
        super().__init__({"cols": "40", "rows": "10", **(attrs or {})})


class DateTimeBaseInput(TextInput):
    """A text input that writes a date or time in ``format`` or the active locale's first one."""

    format_key: ClassVar[str] = ""
    supports_microseconds = False

    def __init__(self, attrs: Mapping[str, Any] | None = None, format: str | None = None) -> None:
        super().__init__(attrs)
        self.format = format or None

    def format_value(self, value: Any) -> Any:
        """Return *value* as text in the widget's format."""
        text = formats.localize_input(value, self.format or formats.get_format(self.format_key)[0])
        return without_surrogates(text) if isinstance(text, str) else text


class DateInput(DateTimeBaseInput):
    """A text input for a date."""

    format_key = "DATE_INPUT_FORMATS"
    template_name = "django/forms/widgets/date.html"


class DateTimeInput(DateTimeBaseInput):
    """A text input for a date with time."""

    format_key = "DATETIME_INPUT_FORMATS"
    template_name = "django/forms/widgets/datetime.html"


class TimeInput(DateTimeBaseInput):
    """A text input for a time of day."""

    format_key = "TIME_INPUT_FORMATS"
    template_name = "django/forms/widgets/time.html"


def boolean_test(value: Any) -> bool:
    """Tell whether a check box with this value is ticked."""
    return not (value is False or value is None or value == "")


class CheckboxInput(Input):
    """``<input type="checkbox">``; ``check_test(value)`` decides whether it is ticked."""

    input_type = "checkbox"
    template_name = "django/forms/widgets/checkbox.html"

    def __init__(self, attrs: Mapping[str, Any] | None = None, check_test: Callable[[Any], bool] | None = None) -> None:
        super().__init__(attrs)
        self.check_test = boolean_test if check_test is None else check_test

    def format_value(self, value: Any) -> Any:
        """Return the ``value`` attribute: none for plain truth values."""
        if value is True or not boolean_test(value):
            return None
        return str(value)

    def get_context(self, name: str, value: Any, attrs: Mapping[str, Any] | None) -> dict[str, Any]:
        """Return the template's variables, ``checked`` among the attributes when ticked."""
        if self.check_test(value):
            attrs = {**(attrs or {}), "checked": True}
        return super().get_context(name, value, attrs)

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Return whether the box was ticked; browsers send nothing for an empty one."""
        if name not in data:
            return False
        value = data.get(name)
        if isinstance(value, str):
            return {"true": True, "false": False}.get(value.lower(), bool(value))
        return bool(value)

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Say no: an absent check box is an empty one."""
        return False
