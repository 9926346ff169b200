"""Dates, times, both together, and durations."""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Sequence
from functools import partialmethod
from typing import TYPE_CHECKING, Any, Literal, overload

from fastjango.conf import settings
from fastjango.core import checks, exceptions
from fastjango.db.models.fields.column_types import (
    DateText,
    DateTimeText,
    Microseconds,
    TimeText,
    datetime_reader,
    datetime_writer,
)
from fastjango.db.models.fields.field import Field
from fastjango.db.models.fields.typevars import GT, ST
from fastjango.utils import timezone
from fastjango.utils.dateparse import parse_date, parse_datetime, parse_duration, parse_time
from fastjango.utils.duration import duration_string
from fastjango.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from fastjango.core.checks import CheckMessage
    from fastjango.db.models.expressions.combinable import Combinable


def _to_naive(value: dt.datetime) -> dt.datetime:
    if timezone.is_aware(value):
        value = timezone.make_naive(value, dt.UTC)
    return value


class DateTimeCheckMixin:
    """Checks that the automatic values do not exclude each other, and warns of frozen clocks."""

    if TYPE_CHECKING:
        auto_now: bool
        auto_now_add: bool
        default: Any

        def has_default(self) -> bool: ...

    def _stamped(self, auto_now: bool, auto_now_add: bool, options: dict[str, Any]) -> dict[str, Any]:
        """Keep both flags; return the field's options, which leave a stamped field out of forms."""
        self.auto_now, self.auto_now_add = auto_now, auto_now_add
        if auto_now or auto_now_add:
            options |= {"editable": False, "blank": True}
        return options

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        """Return the problems of the field and its automatic value."""
        return [
            *super().check(**kwargs),  # type: ignore[misc]
            *self._check_mutually_exclusive_options(),
            *self._check_fix_default_value(),
        ]

    def _check_mutually_exclusive_options(self) -> list[CheckMessage]:
        # More than one automatic value: which would it be?
        given = [self.auto_now_add, self.auto_now, self.has_default()]
        if sum(1 for option in given if option not in (None, False)) <= 1:
            return []
        message = "The options auto_now, auto_now_add, and default are mutually exclusive. Only one of these options may be present."
        return [checks.Error(message, obj=self, id="fields.E160")]

    def _check_fix_default_value(self) -> list[CheckMessage]:
        return []

    def _check_if_value_fixed(self, value: Any, now: dt.datetime | None = None) -> list[CheckMessage]:
        """Return a warning when *value* looks like the moment the module was loaded."""
        if now is None:
            now = timezone.now().replace(tzinfo=None)
        day = dt.timedelta(days=1)
        if isinstance(value, dt.datetime):
            second = dt.timedelta(seconds=10)
            lower, upper = now - second, now + second
            value = _to_naive(value)
        elif isinstance(value, dt.date):
            lower = (now - day).replace(hour=0, minute=0, second=0, microsecond=0)
            upper = lower + 2 * day
            value = dt.datetime(value.year, value.month, value.day)
        else:
            return []
        if not lower <= value <= upper:
            return []
        return [
            checks.Warning(
                "Fixed default value provided.",
                hint=(
                    "It seems you set a fixed date / time / datetime value as default for this field. This may not be what you want. If you want to have the current date as default, use `django.utils.timezone.now`"
                ).replace("django.", "fastjango."),
                obj=self,
                id="fields.W161",
            )
        ]


class DateField(DateTimeCheckMixin, Field[ST, GT]):
    """A calendar date."""

    empty_strings_allowed = False
    default_error_messages = {
        "invalid": _("“%(value)s” value has an invalid date format. It must be in YYYY-MM-DD format."),
        "invalid_date": _("“%(value)s” value has the correct format (YYYY-MM-DD) but it is an invalid date."),
    }
    description = _("Date (without time)")

    @overload
    def __init__(
        self: DateField[dt.date | str | Combinable, dt.date],
        verbose_name: Any = ...,
        name: str | None = ...,
        *,
        null: Literal[False] = ...,
        **kwargs: Any,
    ) -> None: ...
    @overload
    def __init__(
        self: DateField[dt.date | str | Combinable | None, dt.date | None],
        verbose_name: Any = ...,
        name: str | None = ...,
        *,
        null: Literal[True],
        **kwargs: Any,
    ) -> None: ...
    @overload
    def __init__(self, verbose_name: Any = ..., name: str | None = ..., **kwargs: Any) -> None: ...
    def __init__(
        self,
        verbose_name: Any = None,
        name: str | None = None,
        auto_now: bool = False,
        auto_now_add: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(verbose_name, name, **self._stamped(auto_now, auto_now_add, kwargs))

    def _check_fix_default_value(self) -> list[CheckMessage]:
        return self._check_if_value_fixed(self.default) if self.has_default() else []

    def column_type(self) -> Any:
        """Return DATE."""
        return DateText()

    def deconstruct(self) -> tuple[Any, str, Sequence[Any], dict[str, Any]]:
        """Return what builds this field again."""
        name, path, args, keywords = super().deconstruct()
        if self.auto_now:
            keywords["auto_now"] = True
        if self.auto_now_add:
            keywords["auto_now_add"] = True
        if self.auto_now or self.auto_now_add:
            keywords.pop("editable", None)
            keywords.pop("blank", None)
        return name, path, args, keywords

    def get_internal_type(self) -> str:
        """Return "DateField"."""
        return "DateField"

    def to_python(self, value: Any) -> Any:
        """Return *value* as a date."""
        if value is None:
            return value
        if isinstance(value, dt.datetime):
            if settings.USE_TZ and timezone.is_aware(value):
                value = timezone.make_naive(value, timezone.get_default_timezone())
            return value.date()
        if isinstance(value, dt.date):
            return value
        return _parsed(self, value, [(parse_date, "invalid_date")])

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        """Return today where the date is automatic."""
        if self.auto_now or (self.auto_now_add and add):
            value = dt.date.today()
            setattr(model_instance, self.attname, value)
            return value
        return super().pre_save(model_instance, add)

    def contribute_to_class(self, cls: Any, name: str, private_only: bool = False) -> None:
        """Bind the field; a required date gives ``get_next_by_FOO`` and its pair."""
        super().contribute_to_class(cls, name, private_only=private_only)
        if not self.null:
            for direction, is_next in (("next", True), ("previous", False)):
                setattr(
                    cls,
                    f"get_{direction}_by_{self.name}",
                    partialmethod(cls._get_next_or_previous_by_FIELD, field=self, is_next=is_next),
                )

    def get_prep_value(self, value: Any) -> Any:
        """Return *value* as a date."""
        value = super().get_prep_value(value)
        return value if hasattr(value, "resolve_expression") else self.to_python(value)

    def value_to_string(self, obj: Any) -> str:
        """Return the ISO text of the date."""
        value = self.value_from_object(obj)
        return "" if value is None else str(value.isoformat())

    def formfield(self, form_class: Any = None, choices_form_class: Any = None, **kwargs: Any) -> Any:
        """Return a date input."""
        return super().formfield(form_class or "DateField", choices_form_class, **kwargs)


def _parsed(field: Any, value: Any, parsers: list[tuple[Any, str]]) -> Any:
    """Return the first reading of *value*; a parser's ValueError is a wrong date of right form."""
    for parse, wrong in parsers:
        try:
            found = parse(value)
        except ValueError:
            raise exceptions.ValidationError(field.error_messages[wrong], code=wrong, params={"value": value}) from None
        if found is not None:
            return found
    raise exceptions.ValidationError(field.error_messages["invalid"], code="invalid", params={"value": value})


class DateTimeField(DateField[ST, GT]):
    """A moment."""

    empty_strings_allowed = False
    default_error_messages = {
        "invalid": _(
            "“%(value)s” value has an invalid format. It must be in YYYY-MM-DD HH:MM[:ss[.uuuuuu]][TZ] format."
        ),
        "invalid_date": _("“%(value)s” value has the correct format (YYYY-MM-DD) but it is an invalid date."),
        "invalid_datetime": _(
            "“%(value)s” value has the correct format (YYYY-MM-DD HH:MM[:ss[.uuuuuu]][TZ]) but it is an invalid date/time."
        ),
    }
    description = _("Date (with time)")

    if TYPE_CHECKING:

        @overload
        def __init__(
            self: DateTimeField[dt.datetime | dt.date | str | Combinable, dt.datetime],
            *args: Any,
            null: Literal[False] = ...,
            **kwargs: Any,
        ) -> None: ...
        @overload
        def __init__(
            self: DateTimeField[dt.datetime | dt.date | str | Combinable | None, dt.datetime | None],
            *args: Any,
            null: Literal[True],
            **kwargs: Any,
        ) -> None: ...
        @overload
        def __init__(self, *args: Any, **kwargs: Any) -> None: ...
        def __init__(self, *args: Any, **kwargs: Any) -> None: ...

    def column_type(self) -> Any:
        """Return the dialect's timestamp."""
        return DateTimeText()

    def driver_converter(self, connection: Any) -> Any:
        """Return the writer that knows the connection's zone."""
        return datetime_writer(connection.dialect, connection)

    def driver_result_converter(self, connection: Any) -> Any:
        """Return the reader that knows the connection's zone."""
        return datetime_reader(connection.dialect, connection)

    def get_internal_type(self) -> str:
        """Return "DateTimeField"."""
        return "DateTimeField"

    def to_python(self, value: Any) -> Any:
        """Return *value* as a datetime."""
        if value is None or isinstance(value, dt.datetime):
            return value
        if isinstance(value, dt.date):
            value = dt.datetime(value.year, value.month, value.day)
            if settings.USE_TZ:
                # A date means its local midnight; it is most often a mistake.
                name = f"{self.model.__name__}.{self.name}" if hasattr(self, "model") else "(unbound)"
                warnings.warn(
                    f"DateTimeField {name} received a naive datetime ({value}) while time zone support is active.",
                    RuntimeWarning,
                    stacklevel=2,
                )
                value = timezone.make_aware(value, timezone.get_default_timezone())
            return value
        try:
            found = parse_datetime(value)
        except ValueError:
            raise exceptions.ValidationError(
                self.error_messages["invalid_datetime"],
                code="invalid_datetime",
                params={"value": value},
            ) from None
        if found is not None:
            return found
        day = _parsed(self, value, [(parse_date, "invalid_date")])
        return dt.datetime(day.year, day.month, day.day)

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        """Return now where the moment is automatic."""
        if self.auto_now or (self.auto_now_add and add):
            value = timezone.now()
            setattr(model_instance, self.attname, value)
            return value
        return super().pre_save(model_instance, add)

    def get_prep_value(self, value: Any) -> Any:
        """Return *value* as a datetime, aware where time zones are in use."""
        value = super().get_prep_value(value)
        if (
            value is not None
            and not hasattr(value, "resolve_expression")
            and settings.USE_TZ
            and timezone.is_naive(value)
        ):
            try:
                name = f"{self.model.__name__}.{self.name}"
            except AttributeError:
                name = "(unbound)"
            warnings.warn(
                f"DateTimeField {name} received a naive datetime ({value}) while time zone support is active.",
                RuntimeWarning,
                stacklevel=2,
            )
            value = timezone.make_aware(value, timezone.get_default_timezone())
        return value

    def formfield(self, form_class: Any = None, choices_form_class: Any = None, **kwargs: Any) -> Any:
        """Return an input for date and time."""
        return super().formfield(form_class or "DateTimeField", choices_form_class, **kwargs)


class TimeField(DateTimeCheckMixin, Field[ST, GT]):
    """A time of day."""

    empty_strings_allowed = False
    default_error_messages = {
        "invalid": _("“%(value)s” value has an invalid format. It must be in HH:MM[:ss[.uuuuuu]] format."),
        "invalid_time": _("“%(value)s” value has the correct format (HH:MM[:ss[.uuuuuu]]) but it is an invalid time."),
    }
    description = _("Time")

    @overload
    def __init__(
        self: TimeField[dt.time | str | Combinable, dt.time],
        verbose_name: Any = ...,
        name: str | None = ...,
        *,
        null: Literal[False] = ...,
        **kwargs: Any,
    ) -> None: ...
    @overload
    def __init__(
        self: TimeField[dt.time | str | Combinable | None, dt.time | None],
        verbose_name: Any = ...,
        name: str | None = ...,
        *,
        null: Literal[True],
        **kwargs: Any,
    ) -> None: ...
    @overload
    def __init__(self, verbose_name: Any = ..., name: str | None = ..., **kwargs: Any) -> None: ...
    def __init__(
        self,
        verbose_name: Any = None,
        name: str | None = None,
        auto_now: bool = False,
        auto_now_add: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(verbose_name, name, **self._stamped(auto_now, auto_now_add, kwargs))

    def _check_fix_default_value(self) -> list[CheckMessage]:
        if not self.has_default():
            return []
        value = self.default
        now: dt.datetime | None
        if isinstance(value, dt.datetime):
            now = None
        elif isinstance(value, dt.time):
            now = _to_naive(timezone.now())
            value = dt.datetime.combine(now.date(), value)
        else:
            return []
        return self._check_if_value_fixed(value, now=now)

    def column_type(self) -> Any:
        """Return TIME."""
        return TimeText()

    def deconstruct(self) -> tuple[Any, str, Sequence[Any], dict[str, Any]]:
        """Return what builds this field again."""
        name, path, args, keywords = super().deconstruct()
        if self.auto_now is not False:
            keywords["auto_now"] = self.auto_now
        if self.auto_now_add is not False:
            keywords["auto_now_add"] = self.auto_now_add
        if self.auto_now or self.auto_now_add:
            del keywords["blank"]
            del keywords["editable"]
        return name, path, args, keywords

    def get_internal_type(self) -> str:
        """Return "TimeField"."""
        return "TimeField"

    def to_python(self, value: Any) -> Any:
        """Return *value* as a time; a datetime gives its time, without the zone."""
        if value is None or isinstance(value, dt.time):
            return value
        if isinstance(value, dt.datetime):
            return value.time()
        return _parsed(self, value, [(parse_time, "invalid_time")])

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        """Return now where the time is automatic."""
        if self.auto_now or (self.auto_now_add and add):
            value = dt.datetime.now().time()
            setattr(model_instance, self.attname, value)
            return value
        return super().pre_save(model_instance, add)

    def get_prep_value(self, value: Any) -> Any:
        """Return *value* as a time."""
        value = super().get_prep_value(value)
        return value if hasattr(value, "resolve_expression") else self.to_python(value)

    def value_to_string(self, obj: Any) -> str:
        """Return the ISO text of the time."""
        value = self.value_from_object(obj)
        return "" if value is None else str(value.isoformat())

    def formfield(self, form_class: Any = None, choices_form_class: Any = None, **kwargs: Any) -> Any:
        """Return a time input."""
        return super().formfield(form_class or "TimeField", choices_form_class, **kwargs)


class DurationField(Field[ST, GT]):
    """A length of time."""

    empty_strings_allowed = False
    default_error_messages = {
        "invalid": _("“%(value)s” value has an invalid format. It must be in [DD] [[HH:]MM:]ss[.uuuuuu] format.")
    }
    description = _("Duration")

    if TYPE_CHECKING:

        @overload
        def __init__(
            self: DurationField[dt.timedelta | str | Combinable, dt.timedelta],
            *args: Any,
            null: Literal[False] = ...,
            **kwargs: Any,
        ) -> None: ...
        @overload
        def __init__(
            self: DurationField[dt.timedelta | str | Combinable | None, dt.timedelta | None],
            *args: Any,
            null: Literal[True],
            **kwargs: Any,
        ) -> None: ...
        @overload
        def __init__(self, *args: Any, **kwargs: Any) -> None: ...
        def __init__(self, *args: Any, **kwargs: Any) -> None: ...

    def column_type(self) -> Any:
        """Return INTERVAL or a bigint of microseconds."""
        return Microseconds()

    def get_internal_type(self) -> str:
        """Return "DurationField"."""
        return "DurationField"

    def to_python(self, value: Any) -> Any:
        """Return *value* as a timedelta."""
        if value is None or isinstance(value, dt.timedelta):
            return value
        try:
            found = parse_duration(value)
        except ValueError:
            found = None
        if found is not None:
            return found
        raise exceptions.ValidationError(self.error_messages["invalid"], code="invalid", params={"value": value})

    def get_prep_value(self, value: Any) -> Any:
        """Return *value* as a timedelta."""
        value = super().get_prep_value(value)
        return value if hasattr(value, "resolve_expression") else self.to_python(value)

    def value_to_string(self, obj: Any) -> str:
        """Return the duration as text."""
        value = self.value_from_object(obj)
        return "" if value is None else duration_string(value)

    def formfield(self, form_class: Any = None, choices_form_class: Any = None, **kwargs: Any) -> Any:
        """Return a duration input."""
        return super().formfield(form_class or "DurationField", choices_form_class, **kwargs)
