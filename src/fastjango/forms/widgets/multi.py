"""
Widgets made of widgets: ``MultiWidget`` and the two for a date-time in two parts.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from fastjango.forms.local_time import to_current_timezone
from fastjango.forms.widgets.inputs import DateInput, TimeInput
from fastjango.forms.widgets.media import Media
from fastjango.forms.widgets.widget import Widget

__all__ = ["MultiWidget", "SplitDateTimeWidget", "SplitHiddenDateTimeWidget"]


class MultiWidget(Widget):
    """
    Several widgets for one value; a subclass gives ``decompress(value)``.

    Args:
        widgets: Widgets or widget classes: a list (their inputs are named ``name_0``, ...) or a dict of suffixes.
    """

    template_name = "django/forms/widgets/multiwidget.html"
    use_fieldset = True

    def __init__(self, widgets: Mapping[str, Any] | Sequence[Any], attrs: Mapping[str, Any] | None = None) -> None:
        if isinstance(widgets, Mapping):
            self.widgets_names = [f"_{suffix}" if suffix else "" for suffix in widgets]
            parts: Sequence[Any] = list(widgets.values())
        else:
            self.widgets_names = [f"_{index}" for index in range(len(widgets))]
            parts = widgets
        self.widgets: list[Any] = [part() if isinstance(part, type) else part for part in parts]
        super().__init__(attrs)

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        twin = super().__deepcopy__(memo)
        twin.widgets = copy.deepcopy(self.widgets)
        return twin

    @property
    def is_hidden(self) -> bool:
        """Whether every part is hidden."""
        return all(widget.is_hidden for widget in self.widgets)

    @property
    def media(self) -> Media:  # type: ignore[override]  # the metaclass makes it a property for others
        """The files of all parts."""
        total = Media()
        for widget in self.widgets:
            total += widget.media
        return total

    @property
    def needs_multipart_form(self) -> bool:  # type: ignore[override]  # a plain attribute in simple widgets
        """Whether any part uploads files."""
        return any(widget.needs_multipart_form for widget in self.widgets)

    def _named(self, name: str) -> list[tuple[str, Any]]:
        return [(name + suffix, widget) for suffix, widget in zip(self.widgets_names, self.widgets, strict=False)]

    def get_context(self, name: str, value: Any, attrs: Mapping[str, Any] | None) -> dict[str, Any]:
        """Return the template's variables; ``widget.subwidgets`` has one entry per part."""
        context = super().get_context(name, value, attrs)
        if self.is_localized:
            for widget in self.widgets:
                widget.is_localized = True
        values = value if isinstance(value, (list, tuple)) else self.decompress(value)
        shared = context["widget"]["attrs"]
        forced_type = shared.pop("type", None)
        id_ = shared.get("id")
        parts = []
        for index, (part_name, widget) in enumerate(self._named(name)):
            if forced_type is not None:
                widget.input_type = forced_type
            own = {**shared, "id": f"{id_}_{index}"} if id_ else shared.copy()
            part_value = values[index] if index < len(values) else None
            parts.append(widget.get_context(part_name, part_value, own)["widget"])
        context["widget"]["subwidgets"] = parts
        return context

    def id_for_label(self, id_: str) -> str:
        """Return no id: the label belongs to several inputs."""
        return ""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Return the list of the parts' values."""
        return [widget.value_from_datadict(data, files, part_name) for part_name, widget in self._named(name)]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Tell whether nothing came for any part."""
        return all(widget.value_omitted_from_data(data, files, part) for part, widget in self._named(name))

    def decompress(self, value: Any) -> Sequence[Any]:
        """Return the parts' values for the whole *value*, which may be ``None``."""
        raise NotImplementedError("Subclasses must implement this method.")


class SplitDateTimeWidget(MultiWidget):
    """A date input and a time input."""

    supports_microseconds = False
    template_name = "django/forms/widgets/splitdatetime.html"

    def __init__(
        self,
        attrs: Mapping[str, Any] | None = None,
        date_format: str | None = None,
        time_format: str | None = None,
        date_attrs: Mapping[str, Any] | None = None,
        time_attrs: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(
            [
                DateInput(attrs=attrs if date_attrs is None else date_attrs, format=date_format),
                TimeInput(attrs=attrs if time_attrs is None else time_attrs, format=time_format),
            ]
        )

    def decompress(self, value: Any) -> Sequence[Any]:
        """Return the date and the time in the current time zone."""
        local = to_current_timezone(value) if value else None
        return [local.date(), local.time()] if local else [None, None]


class SplitHiddenDateTimeWidget(SplitDateTimeWidget):
    """A hidden date input and a hidden time input."""

    template_name = "django/forms/widgets/splithiddendatetime.html"

    def __init__(
        self,
        attrs: Mapping[str, Any] | None = None,
        date_format: str | None = None,
        time_format: str | None = None,
        date_attrs: Mapping[str, Any] | None = None,
        time_attrs: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(attrs, date_format, time_format, date_attrs, time_attrs)
        for widget in self.widgets:
            widget.input_type = "hidden"
