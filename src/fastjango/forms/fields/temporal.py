"""
The fields of dates, times and durations.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from fastjango.core.exceptions import ValidationError
from fastjango.forms.fields.field import Field
from fastjango.forms.local_time import from_current_timezone, to_current_timezone
from fastjango.forms.widgets import DateInput, DateTimeInput, TimeInput
from fastjango.utils import formats
from fastjango.utils.dateparse import parse_datetime, parse_duration
from fastjango.utils.duration import duration_string
from fastjango.utils.translation import gettext_lazy as _

__all__ = ["BaseTemporalField", "DateField", "DateTimeField", "DateTimeFormatsIterator", "DurationField", "TimeField"]


class BaseTemporalField(Field):
    """Reads text with the first of ``input_formats`` that fits; a subclass gives ``strptime``."""

    input_formats: Any

    def __init__(self, *, input_formats: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if input_formats is not None:
            self.input_formats = input_formats

    def to_python(self, value: Any) -> Any:
        """Return the value that the text says."""
        text = str(value).strip()
        for input_format in self.input_formats:
            try:
                return self.strptime(text, input_format)
            except (ValueError, TypeError):
                continue
        raise ValidationError(self.error_messages["invalid"], code="invalid")

    def strptime(self, value: str, format: str) -> Any:
        """Return the value of a text in one format. Raises ``ValueError``."""
        raise NotImplementedError("Subclasses must define this method.")


class DateField(BaseTemporalField):
    """A ``datetime.date``."""

    widget: Any = DateInput
    input_formats = formats.get_format_lazy("DATE_INPUT_FORMATS")
    default_error_messages: ClassVar[Mapping[str, Any]] = {"invalid": _("Enter a valid date.")}

    def to_python(self, value: Any) -> Any:
        """Return the date; ``None`` for empty input."""
        if value in self.empty_values:
            return None
        if isinstance(value, dt.datetime):
            return value.date()
        return value if isinstance(value, dt.date) else super().to_python(value)

    def strptime(self, value: str, format: str) -> dt.date:
        """Return the date of a text in one format."""
        return dt.datetime.strptime(value, format).date()


class TimeField(BaseTemporalField):
    """A ``datetime.time``."""

    widget: Any = TimeInput
    input_formats = formats.get_format_lazy("TIME_INPUT_FORMATS")
    default_error_messages: ClassVar[Mapping[str, Any]] = {"invalid": _("Enter a valid time.")}

    def to_python(self, value: Any) -> Any:
        """Return the time; ``None`` for empty input."""
        if value in self.empty_values:
            return None
        return value if isinstance(value, dt.time) else super().to_python(value)

    def strptime(self, value: str, format: str) -> dt.time:
        """Return the time of a text in one format."""
        return dt.datetime.strptime(value, format).time()


class DateTimeFormatsIterator:
    """The active locale's formats for date-times, then those for dates; read anew each time."""

    def __iter__(self) -> Iterator[str]:
        yield from formats.get_format("DATETIME_INPUT_FORMATS")
        yield from formats.get_format("DATE_INPUT_FORMATS")


class DateTimeField(BaseTemporalField):
    """A ``datetime.datetime``, aware with ``USE_TZ``; ISO 8601 is read besides the formats."""

    widget: Any = DateTimeInput
    input_formats = DateTimeFormatsIterator()
    default_error_messages: ClassVar[Mapping[str, Any]] = {"invalid": _("Enter a valid date/time.")}

    def prepare_value(self, value: Any) -> Any:
        """Return an aware value in the current time zone."""
        return to_current_timezone(value) if isinstance(value, dt.datetime) else value

    def to_python(self, value: Any) -> Any:
        """Return the date-time; ``None`` for empty input."""
        if value in self.empty_values:
            return None
        return from_current_timezone(self._read(value))

    def _read(self, value: Any) -> dt.datetime:
        if isinstance(value, dt.datetime):
            return value
        if isinstance(value, dt.date):
            return dt.datetime(value.year, value.month, value.day)
        try:
            found = parse_datetime(str(value).strip())
        except ValueError as problem:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from problem
        read: dt.datetime = found or super().to_python(value)
        return read

    def strptime(self, value: str, format: str) -> dt.datetime:
        """Return the date-time of a text in one format."""
        return dt.datetime.strptime(value, format)


class DurationField(Field):
    """A ``datetime.timedelta``."""

    default_error_messages: ClassVar[Mapping[str, Any]] = {
        "invalid": _("Enter a valid duration."),
        "overflow": _("The number of days must be between {min_days} and {max_days}."),
    }

    def prepare_value(self, value: Any) -> Any:
        """Return the duration as text."""
        return duration_string(value) if isinstance(value, dt.timedelta) else value

    def to_python(self, value: Any) -> Any:
        """Return the duration; ``None`` for empty input."""
        if value in self.empty_values:
            return None
        if isinstance(value, dt.timedelta):
            return value
        try:
            found = parse_duration(str(value))
        except OverflowError as problem:
            bounds = {"min_days": dt.timedelta.min.days, "max_days": dt.timedelta.max.days}
            raise ValidationError(self.error_messages["overflow"].format(**bounds), code="overflow") from problem
        if found is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return found
