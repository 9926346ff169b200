"""
``SelectDateWidget``: a date from three select boxes, in the order of the active locale's date format.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from fastjango.forms.widgets.choices import Select
from fastjango.forms.widgets.widget import Widget
from fastjango.utils import formats
from fastjango.utils.dates import MONTHS

__all__ = ["SelectDateWidget"]

PARTS = ("year", "month", "day")
# Letters of a date format by the part they write.
PART_OF_LETTER = {**dict.fromkeys("Yy", "year"), **dict.fromkeys("bEFMmNn", "month"), **dict.fromkeys("dj", "day")}


class SelectDateWidget(Widget):
    """
    Three select boxes for year, month and day.

    Args:
        years: The years to offer; this one and the next nine by default.
        months: ``{1: "January", ...}``.
        empty_label: What stands for "nothing chosen": a text, or one per part (year, month, day).
    """

    none_value: tuple[Any, Any] = ("", "---")
    month_field = "%s_month"
    day_field = "%s_day"
    year_field = "%s_year"
    template_name = "django/forms/widgets/select_date.html"
    input_type = "select"
    select_widget: type[Select] = Select
    date_re = re.compile(r"(\d{4}|0)-(\d\d?)-(\d\d?)$")
    use_fieldset = True

    def __init__(
        self,
        attrs: Mapping[str, Any] | None = None,
        years: Any = None,
        months: Mapping[int, Any] | None = None,
        empty_label: Any = None,
    ) -> None:
        super().__init__(attrs)
        self.years: Any = years or range(date.today().year, date.today().year + 10)
        self.months: Mapping[int, Any] = months or MONTHS
        labels: Sequence[Any]
        if isinstance(empty_label, (list, tuple)):
            if len(empty_label) != len(PARTS):
                raise ValueError("empty_label list/tuple must have 3 elements.")
            labels = empty_label
        else:
            if empty_label is not None:
                self.none_value = ("", empty_label)
            labels = [self.none_value[1]] * 3
        self.year_none_value, self.month_none_value, self.day_none_value = (("", label) for label in labels)

    def _choices_of(self, part: str) -> list[tuple[Any, Any]]:
        if part == "year":
            return [(year, str(year)) for year in self.years]
        if part == "month":
            return list(self.months.items())
        return [(day, day) for day in range(1, 32)]

    def get_context(self, name: str, value: Any, attrs: Mapping[str, Any] | None) -> dict[str, Any]:
        """Return the template's variables; ``widget.subwidgets`` are the select boxes in order."""
        context = super().get_context(name, value, attrs)
        outer = context["widget"]
        boxes = {}
        for part in PARTS:
            box_name = getattr(self, f"{part}_field") % name
            choices = self._choices_of(part)
            if not self.is_required:
                choices.insert(0, getattr(self, f"{part}_none_value"))
            box = self.select_widget(attrs, choices=choices)
            box_attrs = {**outer["attrs"], "id": f"id_{box_name}"}
            boxes[part] = box.get_context(box_name, outer["value"][part], box_attrs)["widget"]
        outer["subwidgets"] = [boxes[part] for part in self._parse_date_fmt()]
        return context

    def format_value(self, value: Any) -> dict[str, Any]:
        """Return ``{"year": ..., "month": ..., "day": ...}`` of a date or a text."""
        if isinstance(value, (date, datetime)):
            return {part: getattr(value, part) for part in PARTS}
        if isinstance(value, str):
            if found := self.date_re.match(value):
                # Without leading zeros, as the choices are.
                return {part: int(text) or "" for part, text in zip(PARTS, found.groups(), strict=True)}
            try:
                parsed = datetime.strptime(value, formats.get_format("DATE_INPUT_FORMATS")[0])
            except ValueError:
                pass
            else:
                return {part: getattr(parsed, part) for part in PARTS}
        return dict.fromkeys(PARTS)

    @staticmethod
    def _parse_date_fmt() -> Iterator[str]:
        escaped = False
        for letter in formats.get_format("DATE_FORMAT"):
            if escaped or letter == "\\":
                escaped = not escaped
            elif letter in PART_OF_LETTER:
                yield PART_OF_LETTER[letter]

    def id_for_label(self, id_: str) -> str:
        """Return the id of the first select box."""
        return f"{id_}_{next(self._parse_date_fmt(), 'month')}"

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Return the chosen date as text in the locale's first format; a wrong date as ``y-m-d``."""
        chosen = [data.get(getattr(self, f"{part}_field") % name) for part in PARTS]
        if chosen == ["", "", ""]:
            return None
        if None in chosen:
            return data.get(name)
        input_format = formats.sanitize_strftime_format(formats.get_format("DATE_INPUT_FORMATS")[0])
        try:
            year, month, day = (int(text) for text in chosen)
            return date(year, month, day).strftime(input_format)
        except OverflowError:
            return "0-0-0"
        except (ValueError, TypeError):
            # Kept as text, with zeros for what is missing, so that the field can complain.
            return "-".join(str(text or 0) for text in chosen)

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Tell whether none of the three came."""
        return not any(getattr(self, f"{part}_field") % name in data for part in PARTS)
