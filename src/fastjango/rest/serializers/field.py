"""
``Field``: one value of a serializer, its way in (validation) and its way out (representation).

The families stand in ``text.py``, ``numbers.py``, ``temporal.py``, ``composite.py`` and ``relations.py``; ``readers.py`` turns
the fields of a serializer into one function.
"""

from __future__ import annotations

import copy
import functools
import inspect
import re
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn, cast

from fastjango.core.exceptions import ObjectDoesNotExist
from fastjango.core.exceptions import ValidationError as DjangoValidationError
from fastjango.core.validators import MaxLengthValidator
from fastjango.rest.exceptions import ErrorDetail, ValidationError
from fastjango.rest.utils import html
from fastjango.rest.utils.formatting import lazy_format
from fastjango.rest.utils.representation import field_repr
from fastjango.utils.translation import gettext_lazy as _

REGEX_TYPE = re.Pattern

NOT_READ_ONLY_WRITE_ONLY = "May not set both `read_only` and `write_only`"
NOT_READ_ONLY_REQUIRED = "May not set both `read_only` and `required`"
NOT_REQUIRED_DEFAULT = "May not set both `required` and `default`"
USE_READONLYFIELD = "Field(read_only=True) should be ReadOnlyField"
MISSING_ERROR_MESSAGE = (
    "ValidationError raised by `{class_name}`, but error key `{key}` does not exist in the `error_messages` dictionary."
)


class empty:  # noqa: N801 - DRF's name
    """Stands for "no value was given", which ``None`` cannot."""


class SkipField(Exception):  # noqa: N818 - DRF's name
    """This field takes no part in the result."""


class BuiltinSignatureError(Exception):
    """A source names a built-in function; what arguments it takes cannot be known."""


def is_simple_callable(obj: Any) -> bool:
    """
    Return whether *obj* can be called without arguments.

    Raises:
        BuiltinSignatureError: It is a built-in function.
    """
    if not callable(obj):
        return False
    if inspect.isbuiltin(obj):
        raise BuiltinSignatureError(
            "Built-in function signatures are not inspectable. Wrap the function call in a simple, pure Python function."
        )
    if inspect.ismethod(obj):
        return _needs_nothing(obj.__func__, bound=True)
    if inspect.isfunction(obj):
        return _needs_nothing(obj, bound=False)
    return isinstance(obj, functools.partial) and _has_defaults(inspect.signature(obj).parameters.values())


@functools.lru_cache(maxsize=1024)
def _needs_nothing(function: Any, bound: bool) -> bool:
    parameters = list(inspect.signature(function).parameters.values())
    # The first one is the object a method is bound to.
    named = parameters[1:] if bound and parameters and parameters[0].kind is not _VARIABLE[0] else parameters
    return _has_defaults(named)


_VARIABLE = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


def _has_defaults(parameters: Iterable[inspect.Parameter]) -> bool:
    return all(one.kind in _VARIABLE or one.default is not one.empty for one in parameters)


def get_attribute(instance: Any, attrs: Iterable[str]) -> Any:
    """Return what following *attrs* from *instance* gives; keys of mappings count, callables are called."""
    for attr in attrs:
        try:
            instance = instance[attr] if isinstance(instance, Mapping) else getattr(instance, attr)
        except ObjectDoesNotExist:
            return None
        if callable(instance) and is_simple_callable(instance):
            try:
                instance = instance()
            except (AttributeError, KeyError) as exc:
                # Else it would pass for a missing attribute.
                raise ValueError(
                    f'Exception raised in callable attribute "{attr}"; original exception was: {exc}'
                ) from exc
    return instance


def get_error_detail(exc_info: DjangoValidationError) -> Any:
    """Return the messages of a core ``ValidationError`` as error details."""
    default = getattr(exc_info, "code", None) or "invalid"

    def details(errors: Iterable[Any]) -> list[ErrorDetail]:
        return [
            ErrorDetail((error.message % error.params) if error.params else error.message, code=error.code or default)
            for error in errors
        ]

    by_field = getattr(exc_info, "error_dict", None)
    if by_field is None:
        return details(exc_info.error_list)
    return {key: details(errors) for key, errors in by_field.items()}


class CreateOnlyDefault:
    """A default that counts when an object is created, not when it is updated."""

    requires_context = True

    def __init__(self, default: Any) -> None:
        self.default = default

    def __call__(self, serializer_field: Any) -> Any:
        if serializer_field.parent.instance is not None:
            raise SkipField
        if not callable(self.default):
            return self.default
        if getattr(self.default, "requires_context", False):
            return self.default(serializer_field)
        return self.default()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.default!r})"


class CurrentUserDefault:
    """The user of the request in the serializer's context."""

    requires_context = True

    def __call__(self, serializer_field: Any) -> Any:
        return serializer_field.context["request"].user

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class Field:
    """
    Base of all fields.

    Args:
        read_only, write_only: Takes part only in output, or only in input.
        required: Missing input is an error; so by default, unless there is a *default* or it is *read_only*.
        default: Value, or function that gives it, for missing input.
        initial: Value of empty forms.
        source: Dotted path of the attribute, ``"*"`` for the whole object; the field's name when not given.
        validators: Called with the value, in place of the default ones.
        allow_null: ``None`` is a value.
    """

    _creation_counter = 0
    default_error_messages: dict[str, Any] = {
        "required": _("This field is required."),
        "null": _("This field may not be null."),
    }
    default_validators: list[Any] = []
    default_empty_html: Any = empty
    initial: Any = None
    # Set by __new__.
    _args: tuple[Any, ...]
    _kwargs: dict[str, Any]

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        """Remember the arguments: fields are copied by calling the class again."""
        made = super().__new__(cls)
        made._args = args
        made._kwargs = kwargs
        return made

    def __init__(
        self,
        *,
        read_only: bool = False,
        write_only: bool = False,
        required: bool | None = None,
        default: Any = empty,
        initial: Any = empty,
        source: str | None = None,
        label: Any = None,
        help_text: Any = None,
        style: dict[str, Any] | None = None,
        error_messages: dict[str, Any] | None = None,
        validators: Iterable[Any] | None = None,
        allow_null: bool = False,
    ) -> None:
        self._creation_counter = Field._creation_counter
        Field._creation_counter += 1
        if required is None:
            required = default is empty and not read_only
        if read_only and write_only:
            raise AssertionError(NOT_READ_ONLY_WRITE_ONLY)
        if read_only and required:
            raise AssertionError(NOT_READ_ONLY_REQUIRED)
        if required and default is not empty:
            raise AssertionError(NOT_REQUIRED_DEFAULT)
        if read_only and type(self) is Field:
            raise AssertionError(USE_READONLYFIELD)
        self.read_only = read_only
        self.write_only = write_only
        self.required = required
        self.default = default
        self.source: Any = source
        self.initial = self.initial if initial is empty else initial
        self.label = label
        self.help_text = help_text
        self.style = {} if style is None else style
        self.allow_null = allow_null
        if self.default_empty_html is not empty and default is not empty:
            self.default_empty_html = default
        if validators is not None:
            self.validators = list(validators)
        # Set by bind().
        self.field_name: Any = None
        self.parent: Any = None
        self.error_messages = self._messages(error_messages)

    @classmethod
    def _class_messages(cls) -> dict[str, Any]:
        messages: dict[str, Any] | None = cls.__dict__.get("_collected_messages")
        if messages is None:
            messages = {}
            for parent in reversed(cls.__mro__):
                messages.update(getattr(parent, "default_error_messages", {}))
            cls._collected_messages = messages  # type: ignore[attr-defined]  # kept per class
        return messages

    def _messages(self, given: dict[str, Any] | None) -> dict[str, Any]:
        return {**self._class_messages(), **(given or {})}

    def __class_getitem__(cls, *args: Any, **kwargs: Any) -> Any:
        return cls

    # ------------------------------------------------------------ place in a serializer

    def bind(self, field_name: str, parent: Any) -> None:
        """Take the name and the serializer this field belongs to."""
        if self.source == field_name:
            raise AssertionError(
                f"It is redundant to specify `source='{field_name}'` on field '{type(self).__name__}' in serializer "
                f"'{type(parent).__name__}', because it is the same as the field name. Remove the `source` keyword argument."
            )
        self.field_name = field_name
        self.parent = parent
        if self.label is None:
            self.label = field_name.replace("_", " ").capitalize()
        if self.source is None:
            self.source = field_name
        self.source_attrs = [] if self.source == "*" else self.source.split(".")

    @property
    def root(self) -> Any:
        """The outermost serializer."""
        root: Any = self
        while root.parent is not None:
            root = root.parent
        return root

    @property
    def context(self) -> dict[str, Any]:
        """What the view handed over: request, view, format."""
        found: dict[str, Any] = getattr(self.root, "_context", {})
        return found

    # ------------------------------------------------------------ validators

    @property
    def validators(self) -> list[Any]:
        """The validators; the default ones unless others were given."""
        found: list[Any] | None = self.__dict__.get("_validators")
        if found is None:
            found = self.__dict__["_validators"] = self.get_validators()
        return found

    @validators.setter
    def validators(self, validators: list[Any]) -> None:
        self.__dict__["_validators"] = validators

    def get_validators(self) -> list[Any]:
        """Return the validators for a field that was given none."""
        return list(self.default_validators)

    def run_validators(self, value: Any) -> None:
        """Call all validators and raise what they find in one error."""
        errors: list[Any] = []
        for validator in self.validators:
            try:
                if getattr(validator, "requires_context", False):
                    validator(value, self)
                else:
                    validator(value)
            except ValidationError as exc:
                # Errors by field cannot be mixed with others.
                if isinstance(exc.detail, dict):
                    raise
                errors.extend(exc.detail)
            except DjangoValidationError as exc:
                errors.extend(get_error_detail(exc))
        if errors:
            raise ValidationError(errors)

    def fail(self, key: str, **kwargs: Any) -> NoReturn:
        """
        Raise the error message *key*.

        Raises:
            AssertionError: There is no such message.
        """
        try:
            message = self.error_messages[key]
        except KeyError:
            raise AssertionError(MISSING_ERROR_MESSAGE.format(class_name=type(self).__name__, key=key)) from None
        raise ValidationError(message.format(**kwargs), code=key)

    # ------------------------------------------------------------ in

    def get_initial(self) -> Any:
        """Return the value of an empty form."""
        return self.initial() if callable(self.initial) else self.initial

    def get_value(self, dictionary: Any) -> Any:
        """Return this field's part of the input, ``empty`` when there is none."""
        name = self.field_name
        if not html.is_html_input(dictionary):
            return dictionary.get(name, empty)
        if name not in dictionary:
            return empty if getattr(self.root, "partial", False) else self.default_empty_html
        value = dictionary[name]
        if value == "" and (self.allow_null or not self.required):
            # Forms cannot leave a field out.
            if getattr(self, "allow_blank", False):
                return ""
            return None if self.allow_null else empty
        return value

    def get_default(self) -> Any:
        """
        Return the default.

        Raises:
            SkipField: There is none, or only what is given counts (a partial update).
        """
        if self.default is empty or getattr(self.root, "partial", False):
            raise SkipField
        if not callable(self.default):
            return self.default
        if getattr(self.default, "requires_context", False):
            return cast(Any, self.default)(self)
        return self.default()

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        """Return whether validation ends here, and the value."""
        if self.read_only:
            return True, self.get_default()
        if data is empty:
            if getattr(self.root, "partial", False):
                raise SkipField
            if self.required:
                self.fail("required")
            return True, self.get_default()
        if data is None:
            if not self.allow_null:
                self.fail("null")
            # A field of the whole object still has its say.
            return self.source != "*", None
        return False, data

    def run_validation(self, data: Any = empty) -> Any:
        """Return the validated value; ``ValidationError`` or ``SkipField`` otherwise."""
        done, value = self.validate_empty_values(data)
        if done:
            return value
        value = self.to_internal_value(value)
        self.run_validators(value)
        return value

    def to_internal_value(self, data: Any) -> Any:
        """Return input as a Python value."""
        raise NotImplementedError(
            f"{type(self).__name__}.to_internal_value() must be implemented for field {self.field_name}. If you do not "
            "need to support write operations you probably want to subclass `ReadOnlyField` instead."
        )

    # ------------------------------------------------------------ out

    def get_attribute(self, instance: Any) -> Any:
        """Return this field's value of *instance*, before ``to_representation()``."""
        try:
            return get_attribute(instance, self.source_attrs)
        except BuiltinSignatureError as exc:
            raise type(exc)(
                f"Field source for `{type(self.parent).__name__}.{self.field_name}` maps to a built-in function type and "
                f"is invalid. Define a property or method on the `{type(instance).__name__}` instance that wraps the "
                "call to the built-in function."
            ) from exc
        except (KeyError, AttributeError) as exc:
            if self.default is not empty:
                return self.get_default()
            if self.allow_null:
                return None
            if not self.required:
                raise SkipField from exc
            raise type(exc)(
                f"Got {type(exc).__name__} when attempting to get a value for field `{self.field_name}` on serializer "
                f"`{type(self.parent).__name__}`.\nThe serializer field might be named incorrectly and not match any "
                f"attribute or key on the `{type(instance).__name__}` instance.\nOriginal exception text was: {exc}."
            ) from exc

    def to_representation(self, value: Any) -> Any:
        """Return a Python value as it goes out."""
        raise NotImplementedError(
            f"{type(self).__name__}.to_representation() must be implemented for field {self.field_name}."
        )

    # ------------------------------------------------------------ copies

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        # Validators are shared, and compiled patterns cannot change.
        args = [value if isinstance(value, REGEX_TYPE) else copy.deepcopy(value) for value in self._args]
        kwargs = {
            key: value if key in ("validators", "regex") or value.__class__ in _ATOMS else copy.deepcopy(value)
            for key, value in self._kwargs.items()
        }
        return type(self)(*args, **kwargs)

    def __repr__(self) -> str:
        return field_repr(self)


_ATOMS = frozenset([str, int, bool, float, type(None), type])


class ReadOnlyField(Field):
    """The attribute as it is."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs["read_only"] = True
        super().__init__(**kwargs)

    def to_representation(self, value: Any) -> Any:
        """Return *value*."""
        return value


class HiddenField(Field):
    """A value that is never asked for and never shown: it comes from the default."""

    def __init__(self, **kwargs: Any) -> None:
        if "default" not in kwargs:
            raise AssertionError("default is a required argument.")
        kwargs["write_only"] = True
        super().__init__(**kwargs)

    def get_value(self, dictionary: Any) -> Any:
        """Return nothing, whatever the input says."""
        return empty

    def to_internal_value(self, data: Any) -> Any:
        """Return *data*."""
        return data


class SerializerMethodField(Field):
    """What the serializer's method ``get_<name>(obj)`` returns."""

    def __init__(self, method_name: str | None = None, **kwargs: Any) -> None:
        self.method_name: Any = method_name
        kwargs["source"] = "*"
        kwargs["read_only"] = True
        super().__init__(**kwargs)

    def bind(self, field_name: str, parent: Any) -> None:
        """Take name and serializer; the method is named after the field."""
        if self.method_name is None:
            self.method_name = f"get_{field_name}"
        super().bind(field_name, parent)

    def to_representation(self, value: Any) -> Any:
        """Return what the method gives for the object."""
        return getattr(self.parent, self.method_name)(value)


class ModelField(Field):
    """Any model field, through its own conversions."""

    default_error_messages = {
        "max_length": _("Ensure this field has no more than {max_length} characters."),
    }

    def __init__(self, model_field: Any, **kwargs: Any) -> None:
        self.model_field = model_field
        self.max_length = kwargs.pop("max_length", None)
        super().__init__(**kwargs)

    def get_validators(self) -> list[Any]:
        """Return the default validators and that of the length."""
        from_class = super().get_validators()
        if self.max_length is not None:
            from_class.append(bound_validator(MaxLengthValidator, self, "max_length"))
        return from_class

    def to_internal_value(self, data: Any) -> Any:
        """Return what the model field, or the field it points to, makes of *data*."""
        related = self.model_field.remote_field
        if related is not None:
            return related.model._meta.get_field(related.field_name).to_python(data)
        return self.model_field.to_python(data)

    def get_attribute(self, instance: Any) -> Any:
        """Return the whole object: the model field reads it itself."""
        return instance

    def to_representation(self, value: Any) -> Any:
        """Return the value of the object, as text unless it is plain."""
        raw = self.model_field.value_from_object(value)
        if isinstance(raw, str | int | float | bool | list | dict | None):
            return raw
        return self.model_field.value_to_string(value)


def bound_validator(kind: Any, field: Any, name: str) -> Any:
    """Return ``kind(field.<name>)`` with the field's message of that name."""
    limit = getattr(field, name)
    return kind(limit, message=lazy_format(field.error_messages[name], **{name: limit}))


__all__ = [
    "REGEX_TYPE",
    "BuiltinSignatureError",
    "CreateOnlyDefault",
    "CurrentUserDefault",
    "Field",
    "HiddenField",
    "ModelField",
    "ReadOnlyField",
    "SerializerMethodField",
    "SkipField",
    "bound_validator",
    "empty",
    "get_attribute",
    "get_error_detail",
    "is_simple_callable",
]
