"""The range fields: two bounds of a number, a date or a moment in one column."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal, overload

from fastjango.contrib.postgres import forms
from fastjango.contrib.postgres.column_types import ServerType
from fastjango.contrib.postgres.fields import range_lookups
from fastjango.contrib.postgres.fields.range_json import RangeJson
from fastjango.contrib.postgres.fields.utils import AttributeSetter, HasBaseField
from fastjango.contrib.postgres.server_check import ServerCheckMixin
from fastjango.db import models
from fastjango.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange, NumericRange
from fastjango.db.models.expressions.elements import Pieces
from fastjango.db.models.fields.typevars import GT, ST

if TYPE_CHECKING:
    import datetime as dt
    import decimal

    from psycopg.types.range import Range

    from fastjango.db.models.expressions.combinable import Combinable
    from fastjango.db.models.expressions.elements import Clause
    from fastjango.db.models.types import ClauseContext

__all__ = [
    "BigIntegerRangeField",
    "DateRangeField",
    "DateTimeRangeField",
    "DecimalRangeField",
    "IntegerRangeField",
    "RangeBoundary",
    "RangeField",
]

CANONICAL_RANGE_BOUNDS = "[)"
_BOUNDS = ("[)", "(]", "()", "[]")


class RangeBoundary(models.Expression):
    """
    Which bounds belong to a range, for functions that make one.

        TsTzRange("start", "end", RangeBoundary(inclusive_upper=True))
    """

    def __init__(self, inclusive_lower: bool = True, inclusive_upper: bool = False) -> None:
        super().__init__()
        self.lower = "[" if inclusive_lower else "("
        self.upper = "]" if inclusive_upper else ")"

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return both brackets as a text."""
        return Pieces(f"'{self.lower}{self.upper}'")


class RangeField(HasBaseField, ServerCheckMixin, models.Field[ST, GT]):
    """What the range fields share; a subclass names type, base field and form field."""

    empty_strings_allowed = False
    range_type: Any
    form_field: Any
    range_name: str

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if "default_bounds" in kwargs:
            raise TypeError(f"Cannot use 'default_bounds' with {type(self).__name__}.")
        if hasattr(self, "base_field"):
            # Each field has one of its own, which is bound to the same model.
            self.base_field = self.base_field()
        super().__init__(*args, **kwargs)

    @classmethod
    def _choices_is_value(cls, value: Any) -> bool:
        return isinstance(value, list | tuple) or super()._choices_is_value(value)

    def db_type(self, connection: Any) -> str | None:
        """Return the name of the range type."""
        return self.range_name

    def column_type(self) -> Any:
        """Return the range type."""
        return ServerType(self.range_name)

    def python_annotation(self, python_type: Callable[[Any], Any]) -> Any:
        """Return the type of the values, for schemas; *python_type* tells that of the bounds."""
        bounds = getattr(self, "default_bounds", CANONICAL_RANGE_BOUNDS)
        return Annotated[Any, RangeJson(python_type(self.base_field), bounds)]

    def _made_of(self, bounds: Sequence[Any]) -> Any:
        return self.range_type(bounds[0], bounds[1])

    def get_prep_value(self, value: Any) -> Any:
        """Return the range; a list or tuple holds the two bounds."""
        return self._made_of(value) if isinstance(value, list | tuple) else value

    def to_python(self, value: Any) -> Any:
        """Return the range of two bounds, or of the JSON that a serializer has written."""
        if isinstance(value, str):
            parts = json.loads(value)
            for end in ("lower", "upper"):
                if end in parts:
                    parts[end] = self.base_field.to_python(parts[end])
            return self.range_type(**parts)
        return self.range_type(value[0], value[1]) if isinstance(value, list | tuple) else value

    def value_to_string(self, obj: Any) -> Any:
        """Return the range as JSON, each bound as its field writes it."""
        value = self.value_from_object(obj)
        if value is None:
            return None
        if value.isempty:
            return json.dumps({"empty": True})
        base = self.base_field
        parts = {"bounds": value.bounds}
        for end in ("lower", "upper"):
            bound = getattr(value, end)
            parts[end] = None if bound is None else base.value_to_string(AttributeSetter(base.attname, bound))
        return json.dumps(parts)

    def formfield(self, form_class: Any = None, choices_form_class: Any = None, **kwargs: Any) -> Any:
        """Return the form field with two inputs."""
        return super().formfield(form_class or self.form_field, choices_form_class, **kwargs)


class ContinuousRangeField(RangeField[ST, GT]):
    """
    A range of what has no next value, where it matters whether the bounds belong to it.

    Args:
        default_bounds: What of the bounds a list or tuple means: ``"[)"``, ``"(]"``, ``"()"`` or ``"[]"``.
    """

    def __init__(self, *args: Any, default_bounds: str = CANONICAL_RANGE_BOUNDS, **kwargs: Any) -> None:
        if default_bounds not in _BOUNDS:
            raise ValueError("default_bounds must be one of '[)', '(]', '()', or '[]'.")
        self.default_bounds = default_bounds
        super().__init__(*args, **kwargs)

    def _made_of(self, bounds: Sequence[Any]) -> Any:
        return self.range_type(bounds[0], bounds[1], self.default_bounds)

    def formfield(self, form_class: Any = None, choices_form_class: Any = None, **kwargs: Any) -> Any:
        """Return the form field, which makes ranges with the same bounds."""
        return super().formfield(form_class, choices_form_class, **{"default_bounds": self.default_bounds, **kwargs})

    def deconstruct(self) -> tuple[Any, str, Sequence[Any], dict[str, Any]]:
        """Return what builds this field again."""
        name, path, args, keywords = super().deconstruct()
        if self.default_bounds != CANONICAL_RANGE_BOUNDS:
            keywords["default_bounds"] = self.default_bounds
        return name, path, args, keywords


class IntegerRangeField(RangeField[ST, GT]):
    """A range of integers of 32 bits."""

    base_field = models.IntegerField
    range_type = NumericRange
    form_field = forms.IntegerRangeField
    range_name = "int4range"

    if TYPE_CHECKING:

        @overload
        def __init__(
            self: IntegerRangeField[Range[int] | Sequence[int | None] | Combinable, Range[int]],
            *args: Any,
            null: Literal[False] = ...,
            **kwargs: Any,
        ) -> None: ...
        @overload
        def __init__(
            self: IntegerRangeField[Range[int] | Sequence[int | None] | Combinable | None, Range[int] | None],
            *args: Any,
            null: Literal[True],
            **kwargs: Any,
        ) -> None: ...
        @overload
        def __init__(self, *args: Any, **kwargs: Any) -> None: ...
        def __init__(self, *args: Any, **kwargs: Any) -> None: ...


class BigIntegerRangeField(RangeField[ST, GT]):
    """A range of integers of 64 bits."""

    base_field = models.BigIntegerField
    range_type = NumericRange
    form_field = forms.IntegerRangeField
    range_name = "int8range"

    if TYPE_CHECKING:

        @overload
        def __init__(
            self: BigIntegerRangeField[Range[int] | Sequence[int | None] | Combinable, Range[int]],
            *args: Any,
            null: Literal[False] = ...,
            **kwargs: Any,
        ) -> None: ...
        @overload
        def __init__(
            self: BigIntegerRangeField[Range[int] | Sequence[int | None] | Combinable | None, Range[int] | None],
            *args: Any,
            null: Literal[True],
            **kwargs: Any,
        ) -> None: ...
        @overload
        def __init__(self, *args: Any, **kwargs: Any) -> None: ...
        def __init__(self, *args: Any, **kwargs: Any) -> None: ...


class DecimalRangeField(ContinuousRangeField[ST, GT]):
    """A range of decimals."""

    base_field = models.DecimalField
    range_type = NumericRange
    form_field = forms.DecimalRangeField
    range_name = "numrange"

    if TYPE_CHECKING:

        @overload
        def __init__(
            self: DecimalRangeField[
                Range[decimal.Decimal] | Sequence[decimal.Decimal | None] | Combinable, Range[decimal.Decimal]
            ],
            *args: Any,
            null: Literal[False] = ...,
            **kwargs: Any,
        ) -> None: ...
        @overload
        def __init__(
            self: DecimalRangeField[
                Range[decimal.Decimal] | Sequence[decimal.Decimal | None] | Combinable | None,
                Range[decimal.Decimal] | None,
            ],
            *args: Any,
            null: Literal[True],
            **kwargs: Any,
        ) -> None: ...
        @overload
        def __init__(self, *args: Any, **kwargs: Any) -> None: ...
        def __init__(self, *args: Any, **kwargs: Any) -> None: ...


class DateTimeRangeField(ContinuousRangeField[ST, GT]):
    """A range of moments."""

    base_field = models.DateTimeField
    range_type = DateTimeTZRange
    form_field = forms.DateTimeRangeField
    range_name = "tstzrange"

    if TYPE_CHECKING:

        @overload
        def __init__(
            self: DateTimeRangeField[
                Range[dt.datetime] | Sequence[dt.datetime | None] | Combinable, Range[dt.datetime]
            ],
            *args: Any,
            null: Literal[False] = ...,
            **kwargs: Any,
        ) -> None: ...
        @overload
        def __init__(
            self: DateTimeRangeField[
                Range[dt.datetime] | Sequence[dt.datetime | None] | Combinable | None, Range[dt.datetime] | None
            ],
            *args: Any,
            null: Literal[True],
            **kwargs: Any,
        ) -> None: ...
        @overload
        def __init__(self, *args: Any, **kwargs: Any) -> None: ...
        def __init__(self, *args: Any, **kwargs: Any) -> None: ...


class DateRangeField(RangeField[ST, GT]):
    """A range of days."""

    base_field = models.DateField
    range_type = DateRange
    form_field = forms.DateRangeField
    range_name = "daterange"

    if TYPE_CHECKING:

        @overload
        def __init__(
            self: DateRangeField[Range[dt.date] | Sequence[dt.date | None] | Combinable, Range[dt.date]],
            *args: Any,
            null: Literal[False] = ...,
            **kwargs: Any,
        ) -> None: ...
        @overload
        def __init__(
            self: DateRangeField[Range[dt.date] | Sequence[dt.date | None] | Combinable | None, Range[dt.date] | None],
            *args: Any,
            null: Literal[True],
            **kwargs: Any,
        ) -> None: ...
        @overload
        def __init__(self, *args: Any, **kwargs: Any) -> None: ...
        def __init__(self, *args: Any, **kwargs: Any) -> None: ...


range_lookups.register(RangeField)
