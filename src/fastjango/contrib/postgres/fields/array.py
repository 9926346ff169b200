"""``ArrayField``: a list of values of one other field, in one column."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal, Never, TypeVar, overload

from fastjango.contrib.postgres.column_types import ArrayType, Server, each, from_text
from fastjango.contrib.postgres.fields.array_lookups import (
    ArrayContainedBy,
    ArrayContains,
    ArrayExact,
    ArrayLenTransform,
    ArrayOverlap,
    IndexTransform,
    IndexTransformFactory,
    SliceTransform,
    SliceTransformFactory,
)
from fastjango.contrib.postgres.fields.utils import AttributeSetter, HasBaseField
from fastjango.contrib.postgres.forms import SimpleArrayField
from fastjango.contrib.postgres.server_check import ServerCheckMixin
from fastjango.contrib.postgres.utils import prefix_validation_error
from fastjango.contrib.postgres.validators import ArrayMaxLengthValidator
from fastjango.core import checks
from fastjango.core.exceptions import ValidationError
from fastjango.db.backends.utils import without_sizes
from fastjango.db.models import Field
from fastjango.db.models.fields.enumerated import enum_of
from fastjango.db.models.fields.mixins import CheckFieldDefaultMixin
from fastjango.db.models.fields.typevars import GT, ST
from fastjango.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from fastjango.core.checks import CheckMessage
    from fastjango.db.models.expressions.combinable import Combinable

Item = TypeVar("Item")

__all__ = ["ArrayField", "IndexTransform", "SliceTransform"]


class ArrayField(HasBaseField, ServerCheckMixin, CheckFieldDefaultMixin, Field[ST, GT]):
    """
    A list of values.

        tags = ArrayField(models.CharField(max_length=20), default=list)
        board = ArrayField(ArrayField(models.IntegerField(), size=8), size=8)

    Args:
        base_field: The field of the items: any but a relation; another ``ArrayField`` for more dimensions.
        size: How many items there may be at most; the database does not hold it, validation does.
    """

    empty_strings_allowed = False
    default_error_messages = {
        "item_invalid": _("Item %(nth)s in the array did not validate:"),
        "nested_array_mismatch": _("Nested arrays must have the same length."),
    }
    _default_hint = ("list", "[]")

    @overload
    def __init__(
        self: ArrayField[Sequence[Item] | Combinable, list[Item]],
        base_field: Field[Never, Item],
        size: int | None = ...,
        *,
        null: Literal[False] = ...,
        **kwargs: Any,
    ) -> None: ...
    @overload
    def __init__(
        self: ArrayField[Sequence[Item] | Combinable | None, list[Item] | None],
        base_field: Field[Never, Item],
        size: int | None = ...,
        *,
        null: Literal[True],
        **kwargs: Any,
    ) -> None: ...
    @overload
    def __init__(self, base_field: Any, size: int | None = ..., **kwargs: Any) -> None: ...
    def __init__(self, base_field: Any, size: int | None = None, **kwargs: Any) -> None:
        self.base_field = base_field
        self.db_collation = getattr(base_field, "db_collation", None)
        self.size = size
        if size:
            self.default_validators = [*self.default_validators, ArrayMaxLengthValidator(size)]
        super().__init__(**kwargs)

    @property
    def description(self) -> str:
        """What the field holds, in words."""
        return f"Array of {self.base_field.description}"

    # -- checks ------------------------------------------------------------------------

    @classmethod
    def _choices_is_value(cls, value: Any) -> bool:
        return isinstance(value, list | tuple) or super()._choices_is_value(value)

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        """Return the problems of the field and of its items' field."""
        return [*super().check(**kwargs), *self._check_base_field()]

    def _check_base_field(self) -> list[CheckMessage]:
        if self.base_field.remote_field:
            message = "Base field for array cannot be a related field."
            return [checks.Error(message, obj=self, id="postgres.E002")]
        found = self.base_field.check()
        messages: list[CheckMessage] = []
        for kind, word, number in ((checks.Error, "errors", "E001"), (checks.Warning, "warnings", "W004")):
            lines = "\n    ".join(f"{one.msg} ({one.id})" for one in found if isinstance(one, kind))
            if lines:
                message = f"Base field for array has {word}:\n    {lines}"
                messages.append(kind(message, obj=self, id=f"postgres.{number}"))
        return messages

    # -- the column --------------------------------------------------------------------

    def column_type(self) -> Any:
        """Return the array of the items' type."""
        text: Any = self.cast_db_type(Server)
        return ArrayType(self.base_field.column_type(), without_sizes(text))

    def db_type(self, connection: Any) -> str | None:
        """Return the items' type with brackets."""
        return f"{self.base_field.db_type(connection)}[{self.size or ''}]"

    def cast_db_type(self, connection: Any) -> str | None:
        """Return the type for ``CAST``."""
        return f"{self.base_field.cast_db_type(connection)}[{self.size or ''}]"

    def db_parameters(self, connection: Any) -> dict[str, Any]:
        """Return type, check and the items' collation."""
        return {**super().db_parameters(connection), "collation": self.db_collation}

    def python_annotation(self, python_type: Callable[[Any], Any]) -> Any:
        """Return the type of the values, for schemas; *python_type* tells that of the items."""
        item: Any = python_type(self.base_field)
        if self.base_field.null:
            item = item | None
        return list[item]

    # -- values ------------------------------------------------------------------------

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """Return the list with every item as the driver wants it."""
        if isinstance(value, list | tuple):
            return [self.base_field.get_db_prep_value(item, connection, prepared=False) for item in value]
        return value

    def driver_converter(self, connection: Any) -> Callable[[Any], Any]:
        """Return what prepares the items: the base field does it, one by one."""
        return lambda value: self.get_db_prep_value(value, connection, prepared=True)

    def driver_result_converter(self, connection: Any) -> Callable[[Any], Any] | None:
        """Return what the base field makes of each item; None where the driver's values are right."""
        enum = enum_of(self)
        if enum is not None:
            return from_text(each(enum.result_converter(connection)))
        convert = self.base_field.result_converter(connection)
        if isinstance(self.base_field, ArrayField):
            return None if convert is None else _list_of(convert)
        return each(convert)

    def to_python(self, value: Any) -> Any:
        """Return the list; a text is what a serializer has written."""
        if isinstance(value, str):
            return [self.base_field.to_python(item) for item in json.loads(value)]
        return value

    def value_to_string(self, obj: Any) -> str:
        """Return the list as JSON, each item as its field writes it."""
        base = self.base_field
        items = [
            None if item is None else base.value_to_string(AttributeSetter(base.attname, item))
            for item in self.value_from_object(obj)
        ]
        return json.dumps(items, ensure_ascii=False)

    def deconstruct(self) -> tuple[Any, str, Sequence[Any], dict[str, Any]]:
        """Return what builds this field again."""
        name, path, args, keywords = super().deconstruct()
        if path == "fastjango.contrib.postgres.fields.array.ArrayField":
            path = "fastjango.contrib.postgres.fields.ArrayField"
        keywords.update(base_field=self.base_field.clone(), size=self.size)
        return name, path, args, keywords

    # -- lookups -----------------------------------------------------------------------

    def get_transform(self, name: str) -> Any:
        """Return a registered transform, that of one place (``0``) or that of a slice (``0_2``)."""
        registered = super().get_transform(name)
        if registered:
            return registered
        bounds = name.split("_")
        if not all(bound.isdecimal() for bound in bounds):
            return None
        if len(bounds) == 1:
            # The first item is number 1 in the database.
            return IndexTransformFactory(int(name) + 1, self.base_field)
        if len(bounds) == 2:
            # The end belongs to a slice in the database and not in Python.
            return SliceTransformFactory(int(bounds[0]) + 1, int(bounds[1]))
        return None

    def slice_expression(self, expression: Any, start: int, length: int | None) -> Any:
        """Return the slice of *length* items from number *start* on, counted from 1."""
        return SliceTransform(start, None if length is None else start + length - 1, expression)

    # -- validation --------------------------------------------------------------------

    def _item_errors(self, value: Any, judge: Callable[[Any], Any]) -> Iterator[ValidationError]:
        for number, item in enumerate(value, start=1):
            try:
                judge(item)
            except ValidationError as error:
                yield prefix_validation_error(
                    error, self.error_messages["item_invalid"], code="item_invalid", params={"nth": number}
                )

    def validate(self, value: Any, model_instance: Any) -> None:
        """
        Check the list and each item.

        Raises:
            ValidationError: That of the first item that does not fit, or inner lists of different lengths.
        """
        super().validate(value, model_instance)
        for error in self._item_errors(value, lambda item: self.base_field.validate(item, model_instance)):
            raise error
        if isinstance(self.base_field, ArrayField) and len({len(item) for item in value}) > 1:
            raise ValidationError(self.error_messages["nested_array_mismatch"], code="nested_array_mismatch")

    def run_validators(self, value: Any) -> None:
        """
        Run the validators of the list and of each item.

        Raises:
            ValidationError: Those of the list, else those of the first item that has any.
        """
        super().run_validators(value)
        for error in self._item_errors(value, self.base_field.run_validators):
            raise error

    def formfield(self, form_class: Any = None, choices_form_class: Any = None, **kwargs: Any) -> Any:
        """Return the form field: a text with commas."""
        options = {"base_field": self.base_field.formfield(), "max_length": self.size, **kwargs}
        return super().formfield(form_class or SimpleArrayField, choices_form_class, **options)


def _list_of(convert: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return the function that converts the items of the outermost list; the inner ones are *convert*'s."""
    return lambda value: None if value is None else [convert(item) for item in value]


for _lookup in (ArrayContains, ArrayContainedBy, ArrayExact, ArrayOverlap, ArrayLenTransform):
    ArrayField.register_lookup(_lookup)
