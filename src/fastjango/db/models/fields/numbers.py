"""Numbers: integers of every size, floats, decimals."""

from __future__ import annotations

import decimal
import operator
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal, overload

from sqlalchemy import types

from fastjango.core import checks, exceptions, validators
from fastjango.db import connection
from fastjango.db.models.fields.column_types import ExactDecimal, Unsigned
from fastjango.db.models.fields.field import Field
from fastjango.db.models.fields.typevars import GT, ST
from fastjango.utils.functional import cached_property
from fastjango.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from fastjango.core.checks import CheckMessage
    from fastjango.db.models.expressions.combinable import Combinable


class IntegerField(Field[ST, GT]):
    """A 32-bit integer."""

    empty_strings_allowed = False
    default_error_messages = {"invalid": _("“%(value)s” value must be an integer.")}
    description = _("Integer")

    if TYPE_CHECKING:

        @overload
        def __init__(
            self: IntegerField[int | str | Combinable, int], *args: Any, null: Literal[False] = ..., **kwargs: Any
        ) -> None: ...
        @overload
        def __init__(
            self: IntegerField[int | str | Combinable | None, int | None],
            *args: Any,
            null: Literal[True],
            **kwargs: Any,
        ) -> None: ...
        @overload
        def __init__(self, *args: Any, **kwargs: Any) -> None: ...
        def __init__(self, *args: Any, **kwargs: Any) -> None: ...

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        """Return the problems of the field; a length means nothing here."""
        return [*super().check(**kwargs), *self._check_max_length_warning()]

    def _check_max_length_warning(self) -> list[CheckMessage]:
        if self.max_length is None:
            return []
        return [
            checks.Warning(
                f"'max_length' is ignored when used with {type(self).__name__}.",
                hint="Remove 'max_length' from field",
                obj=self,
                id="fields.W122",
            )
        ]

    @cached_property
    def validators(self) -> list[Any]:
        """The declared validators and the range of the column."""
        found = super().validators
        low, high = connection.ops.integer_field_range(self.get_internal_type())
        sides: list[tuple[Any, Any, Callable[[Any, Any], Any]]] = [
            (low, validators.MinValueValidator, operator.ge),
            (high, validators.MaxValueValidator, operator.le),
        ]
        for bound, kind, beats in sides:
            if bound is None:
                continue
            tighter = any(
                isinstance(known, kind)
                and beats(
                    known.limit_value() if callable(known.limit_value) else known.limit_value,
                    bound,
                )
                for known in found
            )
            if not tighter:
                found.append(kind(bound))
        return found

    def column_type(self) -> Any:
        """Return INTEGER."""
        return types.Integer()

    def get_prep_value(self, value: Any) -> Any:
        """
        Return *value* as an integer.

        Raises:
            TypeError, ValueError: it is none; the message names the field.
        """
        value = super().get_prep_value(value)
        if value is None or hasattr(value, "resolve_expression"):
            return value
        try:
            return int(value)
        except (TypeError, ValueError) as exc:
            raise exc.__class__(f"Field '{self.name}' expected a number but got {value!r}.") from exc

    def get_internal_type(self) -> str:
        """Return "IntegerField"."""
        return "IntegerField"

    def to_python(self, value: Any) -> Any:
        """Return *value* as an integer."""
        if value is None:
            return value
        try:
            return int(value)
        except (TypeError, ValueError, OverflowError):
            raise exceptions.ValidationError(
                self.error_messages["invalid"], code="invalid", params={"value": value}
            ) from None

    def formfield(self, form_class: Any = None, choices_form_class: Any = None, **kwargs: Any) -> Any:
        """Return a number input."""
        return super().formfield(form_class or "IntegerField", choices_form_class, **kwargs)


class BigIntegerField(IntegerField[ST, GT]):
    """A 64-bit integer."""

    description = _("Big (8 byte) integer")
    MAX_BIGINT = 9223372036854775807

    if TYPE_CHECKING:

        @overload
        def __init__(
            self: BigIntegerField[int | str | Combinable, int], *args: Any, null: Literal[False] = ..., **kwargs: Any
        ) -> None: ...
        @overload
        def __init__(
            self: BigIntegerField[int | str | Combinable | None, int | None],
            *args: Any,
            null: Literal[True],
            **kwargs: Any,
        ) -> None: ...
        @overload
        def __init__(self, *args: Any, **kwargs: Any) -> None: ...
        def __init__(self, *args: Any, **kwargs: Any) -> None: ...

    def column_type(self) -> Any:
        """Return BIGINT."""
        return types.BigInteger()

    def get_internal_type(self) -> str:
        """Return "BigIntegerField"."""
        return "BigIntegerField"

    def formfield(self, form_class: Any = None, choices_form_class: Any = None, **kwargs: Any) -> Any:
        """Return a number input with 64-bit bounds."""
        bounds = {"min_value": -self.MAX_BIGINT - 1, "max_value": self.MAX_BIGINT}
        return super().formfield(form_class, choices_form_class, **{**bounds, **kwargs})


class SmallIntegerField(IntegerField[ST, GT]):
    """A 16-bit integer."""

    description = _("Small integer")

    if TYPE_CHECKING:

        @overload
        def __init__(
            self: SmallIntegerField[int | str | Combinable, int], *args: Any, null: Literal[False] = ..., **kwargs: Any
        ) -> None: ...
        @overload
        def __init__(
            self: SmallIntegerField[int | str | Combinable | None, int | None],
            *args: Any,
            null: Literal[True],
            **kwargs: Any,
        ) -> None: ...
        @overload
        def __init__(self, *args: Any, **kwargs: Any) -> None: ...
        def __init__(self, *args: Any, **kwargs: Any) -> None: ...

    def column_type(self) -> Any:
        """Return SMALLINT."""
        return types.SmallInteger()

    def get_internal_type(self) -> str:
        """Return "SmallIntegerField"."""
        return "SmallIntegerField"


class PositiveIntegerRelDbTypeMixin:
    """Positive integers: a column that points at one has the same type or the plain integer."""

    if TYPE_CHECKING:
        db_type: Any
        integer_field_class: Any

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if not hasattr(cls, "integer_field_class"):
            cls.integer_field_class = next(
                (parent for parent in cls.__mro__[1:] if issubclass(parent, IntegerField)), None
            )

    def rel_db_type(self, connection: Any) -> str | None:
        """Return the type of a column that points at this one."""
        if connection.features.related_fields_match_type:
            return self.db_type(connection)  # type: ignore[no-any-return]
        return self.integer_field_class().db_type(connection=connection)  # type: ignore[no-any-return]


class PositiveBigIntegerField(PositiveIntegerRelDbTypeMixin, BigIntegerField[ST, GT]):
    """A 64-bit integer from zero up."""

    description = _("Positive big integer")

    if TYPE_CHECKING:

        @overload
        def __init__(
            self: PositiveBigIntegerField[int | str | Combinable, int],
            *args: Any,
            null: Literal[False] = ...,
            **kwargs: Any,
        ) -> None: ...
        @overload
        def __init__(
            self: PositiveBigIntegerField[int | str | Combinable | None, int | None],
            *args: Any,
            null: Literal[True],
            **kwargs: Any,
        ) -> None: ...
        @overload
        def __init__(self, *args: Any, **kwargs: Any) -> None: ...
        def __init__(self, *args: Any, **kwargs: Any) -> None: ...

    def column_type(self) -> Any:
        """Return an unsigned BIGINT."""
        return Unsigned("bigint")

    def get_internal_type(self) -> str:
        """Return "PositiveBigIntegerField"."""
        return "PositiveBigIntegerField"

    def formfield(self, form_class: Any = None, choices_form_class: Any = None, **kwargs: Any) -> Any:
        """Return a number input from zero."""
        return super().formfield(form_class, choices_form_class, **{"min_value": 0, **kwargs})


class PositiveIntegerField(PositiveIntegerRelDbTypeMixin, IntegerField[ST, GT]):
    """A 32-bit integer from zero up."""

    description = _("Positive integer")

    if TYPE_CHECKING:

        @overload
        def __init__(
            self: PositiveIntegerField[int | str | Combinable, int],
            *args: Any,
            null: Literal[False] = ...,
            **kwargs: Any,
        ) -> None: ...
        @overload
        def __init__(
            self: PositiveIntegerField[int | str | Combinable | None, int | None],
            *args: Any,
            null: Literal[True],
            **kwargs: Any,
        ) -> None: ...
        @overload
        def __init__(self, *args: Any, **kwargs: Any) -> None: ...
        def __init__(self, *args: Any, **kwargs: Any) -> None: ...

    def column_type(self) -> Any:
        """Return an unsigned INTEGER."""
        return Unsigned("integer")

    def get_internal_type(self) -> str:
        """Return "PositiveIntegerField"."""
        return "PositiveIntegerField"

    def formfield(self, form_class: Any = None, choices_form_class: Any = None, **kwargs: Any) -> Any:
        """Return a number input from zero."""
        return super().formfield(form_class, choices_form_class, **{"min_value": 0, **kwargs})


class PositiveSmallIntegerField(PositiveIntegerRelDbTypeMixin, SmallIntegerField[ST, GT]):
    """A 16-bit integer from zero up."""

    description = _("Positive small integer")

    if TYPE_CHECKING:

        @overload
        def __init__(
            self: PositiveSmallIntegerField[int | str | Combinable, int],
            *args: Any,
            null: Literal[False] = ...,
            **kwargs: Any,
        ) -> None: ...
        @overload
        def __init__(
            self: PositiveSmallIntegerField[int | str | Combinable | None, int | None],
            *args: Any,
            null: Literal[True],
            **kwargs: Any,
        ) -> None: ...
        @overload
        def __init__(self, *args: Any, **kwargs: Any) -> None: ...
        def __init__(self, *args: Any, **kwargs: Any) -> None: ...

    def column_type(self) -> Any:
        """Return an unsigned SMALLINT."""
        return Unsigned("smallint")

    def get_internal_type(self) -> str:
        """Return "PositiveSmallIntegerField"."""
        return "PositiveSmallIntegerField"

    def formfield(self, form_class: Any = None, choices_form_class: Any = None, **kwargs: Any) -> Any:
        """Return a number input from zero."""
        return super().formfield(form_class, choices_form_class, **{"min_value": 0, **kwargs})


class FloatField(Field[ST, GT]):
    """A double."""

    empty_strings_allowed = False
    default_error_messages = {"invalid": _("“%(value)s” value must be a float.")}
    description = _("Floating point number")

    if TYPE_CHECKING:

        @overload
        def __init__(
            self: FloatField[float | str | Combinable, float], *args: Any, null: Literal[False] = ..., **kwargs: Any
        ) -> None: ...
        @overload
        def __init__(
            self: FloatField[float | str | Combinable | None, float | None],
            *args: Any,
            null: Literal[True],
            **kwargs: Any,
        ) -> None: ...
        @overload
        def __init__(self, *args: Any, **kwargs: Any) -> None: ...
        def __init__(self, *args: Any, **kwargs: Any) -> None: ...

    def column_type(self) -> Any:
        """Return a double."""
        return types.Double()

    def get_prep_value(self, value: Any) -> Any:
        """
        Return *value* as a float.

        Raises:
            TypeError, ValueError: it is none; the message names the field.
        """
        value = super().get_prep_value(value)
        if value is None or hasattr(value, "resolve_expression"):
            return value
        try:
            return float(value)
        except (TypeError, ValueError) as exc:
            raise exc.__class__(f"Field '{self.name}' expected a number but got {value!r}.") from exc

    def get_internal_type(self) -> str:
        """Return "FloatField"."""
        return "FloatField"

    def to_python(self, value: Any) -> Any:
        """Return *value* as a float."""
        if value is None:
            return value
        try:
            return float(value)
        except (TypeError, ValueError):
            raise exceptions.ValidationError(
                self.error_messages["invalid"], code="invalid", params={"value": value}
            ) from None

    def formfield(self, form_class: Any = None, choices_form_class: Any = None, **kwargs: Any) -> Any:
        """Return a number input."""
        return super().formfield(form_class or "FloatField", choices_form_class, **kwargs)


class DecimalField(Field[ST, GT]):
    """A number with a fixed count of decimal places."""

    empty_strings_allowed = False
    default_error_messages = {"invalid": _("“%(value)s” value must be a decimal number.")}
    description = _("Decimal number")

    @overload
    def __init__(
        self: DecimalField[decimal.Decimal | float | str | Combinable, decimal.Decimal],
        verbose_name: Any = ...,
        name: str | None = ...,
        *,
        null: Literal[False] = ...,
        **kwargs: Any,
    ) -> None: ...
    @overload
    def __init__(
        self: DecimalField[decimal.Decimal | float | str | Combinable | None, decimal.Decimal | None],
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
        max_digits: int | None = None,
        decimal_places: int | None = None,
        **kwargs: Any,
    ) -> None:
        self.max_digits, self.decimal_places = max_digits, decimal_places
        super().__init__(verbose_name, name, **kwargs)

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        """Return the problems of the field and its digits."""
        found = super().check(**kwargs)
        sizes = [*self._check_decimal_places(), *self._check_max_digits()]
        if not sizes:
            sizes = self._check_decimal_places_and_max_digits(**kwargs)
        return [*found, *sizes]

    def _check_decimal_places(self) -> list[CheckMessage]:
        try:
            places = int(self.decimal_places)  # type: ignore[arg-type]
        except TypeError:
            message = "DecimalFields must define a 'decimal_places' attribute."
            return [checks.Error(message, obj=self, id="fields.E130")]
        except ValueError:
            places = -1
        if places >= 0:
            return []
        message = "'decimal_places' must be a non-negative integer."
        return [checks.Error(message, obj=self, id="fields.E131")]

    def _check_max_digits(self) -> list[CheckMessage]:
        try:
            digits = int(self.max_digits)  # type: ignore[arg-type]
        except TypeError:
            message = "DecimalFields must define a 'max_digits' attribute."
            return [checks.Error(message, obj=self, id="fields.E132")]
        except ValueError:
            digits = 0
        if digits > 0:
            return []
        message = "'max_digits' must be a positive integer."
        return [checks.Error(message, obj=self, id="fields.E133")]

    def _check_decimal_places_and_max_digits(self, **kwargs: Any) -> list[CheckMessage]:
        if int(self.decimal_places or 0) <= int(self.max_digits or 0):
            return []
        message = "'max_digits' must be greater or equal to 'decimal_places'."
        return [checks.Error(message, obj=self, id="fields.E134")]

    @cached_property
    def validators(self) -> list[Any]:
        """The declared validators and the count of digits."""
        return [
            *super().validators,
            validators.DecimalValidator(self.max_digits, self.decimal_places),
        ]

    @cached_property
    def context(self) -> decimal.Context:
        """The arithmetic context with the column's precision."""
        return decimal.Context(prec=self.max_digits)

    def deconstruct(self) -> tuple[Any, str, Sequence[Any], dict[str, Any]]:
        """Return what builds this field again."""
        name, path, args, keywords = super().deconstruct()
        if self.max_digits is not None:
            keywords["max_digits"] = self.max_digits
        if self.decimal_places is not None:
            keywords["decimal_places"] = self.decimal_places
        return name, path, args, keywords

    def column_type(self) -> Any:
        """Return NUMERIC."""
        return ExactDecimal(self.max_digits, self.decimal_places)

    def get_internal_type(self) -> str:
        """Return "DecimalField"."""
        return "DecimalField"

    def to_python(self, value: Any) -> Any:
        """Return *value* as a Decimal; NaN is refused."""
        if value is None:
            return value
        try:
            if isinstance(value, float):
                number = self.context.create_decimal_from_float(value)
            else:
                number = decimal.Decimal(value)
        except (decimal.InvalidOperation, TypeError, ValueError):
            raise self._invalid(value) from None
        if not number.is_finite():
            raise self._invalid(value)
        return number

    def _invalid(self, value: Any) -> exceptions.ValidationError:
        return exceptions.ValidationError(self.error_messages["invalid"], code="invalid", params={"value": value})

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """Return the driver's form of the number."""
        if not prepared:
            value = self.get_prep_value(value)
        if value is None or hasattr(value, "resolve_expression"):
            return value
        adapted = connection.ops.adapt_decimalfield_value(self.to_python(value), self.max_digits, self.decimal_places)
        return super().get_db_prep_value(adapted, connection, prepared=True)

    def get_prep_value(self, value: Any) -> Any:
        """Return *value* as a Decimal."""
        value = super().get_prep_value(value)
        if hasattr(value, "resolve_expression"):
            return value
        return self.to_python(value)

    def formfield(self, form_class: Any = None, choices_form_class: Any = None, **kwargs: Any) -> Any:
        """Return a number input that knows the digits."""
        digits = {"max_digits": self.max_digits, "decimal_places": self.decimal_places}
        return super().formfield(form_class or "DecimalField", choices_form_class, **{**digits, **kwargs})
