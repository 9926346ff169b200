"""``BaseSerializer``: validated data, errors, representation and ``save()``, whatever the fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastjango.core.exceptions import ValidationError as DjangoValidationError
from fastjango.rest.exceptions import ValidationError
from fastjango.rest.serializers.field import Field, empty, get_error_detail
from fastjango.rest.settings import api_settings

LIST_SERIALIZER_KWARGS = (
    "read_only",
    "write_only",
    "required",
    "default",
    "initial",
    "source",
    "label",
    "help_text",
    "style",
    "error_messages",
    "allow_empty",
    "instance",
    "data",
    "partial",
    "context",
    "allow_null",
    "max_length",
    "min_length",
)
LIST_SERIALIZER_KWARGS_REMOVE = ("allow_empty", "min_length", "max_length")


def run_validation(serializer: Any, data: Any) -> Any:
    """
    Return what *serializer*, of one object or of a list, makes of *data*.

    Raises:
        ValidationError: With the errors by field, or by position.
    """
    done, data = serializer.validate_empty_values(data)
    if done:
        return data
    value = serializer.to_internal_value(data)
    try:
        serializer.run_validators(value)
        value = serializer.validate(value)
        if value is None:
            raise AssertionError(".validate() should return the validated data")
    except (ValidationError, DjangoValidationError) as exc:
        raise ValidationError(detail=as_serializer_error(exc)) from exc
    return value


def as_serializer_error(exc: Any) -> dict[str, Any]:
    """Return an error as a mapping from field to list of errors."""
    detail = get_error_detail(exc) if isinstance(exc, DjangoValidationError) else exc.detail
    if isinstance(detail, Mapping):
        return {key: value if isinstance(value, list | Mapping) else [value] for key, value in detail.items()}
    return {api_settings.NON_FIELD_ERRORS_KEY: detail if isinstance(detail, list) else [detail]}


class BaseSerializer(Field):
    """
    Data in, data out; what is between is up to the subclass.

    Args:
        instance: What is shown or updated.
        data: Input, to be looked at with ``is_valid()``.
        partial: Fields may be missing.
        context: For fields and methods; views put request, view and format there.
        many: A list of such serializers is made instead.
    """

    #: What ``many=True`` makes unless ``Meta`` says otherwise; set by ``lists.py``.
    default_list_class: Any = None
    initial_data: Any
    _data: Any
    _errors: Any
    _validated_data: Any

    def __init__(self, instance: Any = None, data: Any = empty, **kwargs: Any) -> None:
        self.instance = instance
        if data is not empty:
            self.initial_data = data
        self.partial = kwargs.pop("partial", False)
        self._context = kwargs.pop("context", {})
        kwargs.pop("many", None)
        super().__init__(**kwargs)

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        """Make the serializer, or the list of such serializers for ``many=True``."""
        if kwargs.pop("many", False):
            return cls.many_init(*args, **kwargs)
        return super().__new__(cls, *args, **kwargs)

    @classmethod
    def many_init(cls, *args: Any, **kwargs: Any) -> Any:
        """Return the serializer for ``many=True``."""
        list_kwargs: dict[str, Any] = {}
        for key in LIST_SERIALIZER_KWARGS_REMOVE:
            value = kwargs.pop(key, None)
            if value is not None:
                list_kwargs[key] = value
        list_kwargs["child"] = cls(*args, **kwargs)
        list_kwargs.update({key: value for key, value in kwargs.items() if key in LIST_SERIALIZER_KWARGS})
        list_class = getattr(getattr(cls, "Meta", None), "list_serializer_class", None) or cls.default_list_class
        return list_class(*args, **list_kwargs)

    def to_internal_value(self, data: Any) -> Any:
        """Return validated data."""
        raise NotImplementedError("`to_internal_value()` must be implemented.")

    def to_representation(self, instance: Any) -> Any:
        """Return primitive data."""
        raise NotImplementedError("`to_representation()` must be implemented.")

    def is_valid(self, *, raise_exception: bool = False) -> bool:
        """
        Validate the input and return whether it is good.

        Raises:
            ValidationError: It is not, and *raise_exception* is set.
        """
        if not hasattr(self, "initial_data"):
            raise AssertionError(
                "Cannot call `.is_valid()` as no `data=` keyword argument was passed when instantiating the serializer "
                "instance."
            )
        if not hasattr(self, "_validated_data"):
            try:
                self._validated_data = self.run_validation(self.initial_data)
            except ValidationError as exc:
                self._validated_data = {}
                self._errors = exc.detail
            else:
                self._errors = {}
        if self._errors and raise_exception:
            raise ValidationError(self.errors)
        return not bool(self._errors)

    def update(self, instance: Any, validated_data: Any) -> Any:
        """Change *instance*, save it and return it."""
        raise NotImplementedError("`update()` must be implemented.")

    def create(self, validated_data: Any) -> Any:
        """Make a new object, save it and return it."""
        raise NotImplementedError("`create()` must be implemented.")

    def save(self, **kwargs: Any) -> Any:
        """Create or update an object from validated data and *kwargs*, and return it."""
        if not hasattr(self, "_errors"):
            raise AssertionError("You must call `.is_valid()` before calling `.save()`.")
        if self.errors:
            raise AssertionError("You cannot call `.save()` on a serializer with invalid data.")
        refuse_commit(kwargs)
        if hasattr(self, "_data"):
            raise AssertionError(
                "You cannot call `.save()` after accessing `serializer.data`."
                "If you need to access data before committing to the database then inspect 'serializer.validated_data' "
                "instead. "
            )
        validated_data = {**self.validated_data, **kwargs}
        if self.instance is not None:
            self.instance = self.update(self.instance, validated_data)
            if self.instance is None:
                raise AssertionError("`update()` did not return an object instance.")
        else:
            self.instance = self.create(validated_data)
            if self.instance is None:
                raise AssertionError("`create()` did not return an object instance.")
        return self.instance

    @property
    def data(self) -> Any:
        """The representation of the instance, or of the input."""
        if hasattr(self, "initial_data") and not hasattr(self, "_validated_data"):
            raise AssertionError(
                "When a serializer is passed a `data` keyword argument you must call `.is_valid()` before attempting to "
                "access the serialized `.data` representation.\nYou should either call `.is_valid()` first, or access "
                "`.initial_data` instead."
            )
        if not hasattr(self, "_data"):
            failed = getattr(self, "_errors", None)
            if self.instance is not None and not failed:
                self._data = self.to_representation(self.instance)
            elif hasattr(self, "_validated_data") and not failed:
                self._data = self.to_representation(self.validated_data)
            else:
                self._data = self.get_initial()
        return self._data

    @property
    def errors(self) -> Any:
        """What ``is_valid()`` found."""
        if not hasattr(self, "_errors"):
            raise AssertionError("You must call `.is_valid()` before accessing `.errors`.")
        return self._errors

    @property
    def validated_data(self) -> Any:
        """The input after validation."""
        if not hasattr(self, "_validated_data"):
            raise AssertionError("You must call `.is_valid()` before accessing `.validated_data`.")
        return self._validated_data


def refuse_commit(kwargs: dict[str, Any]) -> None:
    """Refuse ``commit=``, which is an argument of forms."""
    if "commit" in kwargs:
        raise AssertionError(
            "'commit' is not a valid keyword argument to the 'save()' method. If you need to access data before committing to "
            "the database then inspect 'serializer.validated_data' instead. You can also pass additional keyword arguments to "
            "'save()' if you need to set extra attributes on the saved model instance. For example: "
            "'serializer.save(owner=request.user)'.'"
        )
