"""``ListSerializer``: what ``many=True`` makes."""

from __future__ import annotations

import copy
import warnings
from typing import Any

from fastjango.db.models.manager import BaseManager
from fastjango.rest.deprecation import RemovedInDRF320Warning
from fastjango.rest.exceptions import ErrorDetail, ValidationError
from fastjango.rest.serializers.base import BaseSerializer, refuse_commit, run_validation
from fastjango.rest.serializers.field import SkipField, empty
from fastjango.rest.serializers.plans import read_many
from fastjango.rest.settings import api_settings
from fastjango.rest.utils import html
from fastjango.rest.utils.representation import list_repr
from fastjango.rest.utils.serializer_helpers import ReturnDict, ReturnList
from fastjango.utils.translation import gettext_lazy as _


class ListSerializer(BaseSerializer):
    """
    Many objects, each through ``child``.

    Args:
        allow_empty, max_length, min_length: How many objects are taken.
    """

    child: Any = None
    many = True
    default_error_messages = {
        "not_a_list": _('Expected a list of items but got type "{input_type}".'),
        "empty": _("This list may not be empty."),
        "max_length": _("Ensure this field has no more than {max_length} elements."),
        "min_length": _("Ensure this field has at least {min_length} elements."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        child = kwargs.pop("child", None)
        self.child = copy.deepcopy(self.child) if child is None else child
        self.allow_empty = kwargs.pop("allow_empty", True)
        self.max_length = kwargs.pop("max_length", None)
        self.min_length = kwargs.pop("min_length", None)
        if self.child is None:
            raise AssertionError("`child` is a required argument.")
        if isinstance(self.child, type):
            raise AssertionError("`child` has not been instantiated.")
        super().__init__(*args, **kwargs)
        self.child.bind(field_name="", parent=self)

    # ------------------------------------------------------------ in

    def get_initial(self) -> Any:
        """Return the input itself, or an empty list."""
        return self.to_representation(self.initial_data) if hasattr(self, "initial_data") else []

    def get_value(self, dictionary: Any) -> Any:
        """Return this list's part of the input; ``name[0].key`` in forms."""
        if html.is_html_input(dictionary):
            return html.parse_html_list(dictionary, prefix=self.field_name, default=empty)
        return dictionary.get(self.field_name, empty)

    def run_validation(self, data: Any = empty) -> Any:
        """Return the list of validated data."""
        return run_validation(self, data)

    def run_child_validation(self, data: Any) -> Any:
        """Return the validated data of one object; to be overridden where it needs its own instance."""
        return self.child.run_validation(data)

    def _refuse(self, key: str, **values: Any) -> Any:
        message = self.error_messages[key].format(**values)
        raise ValidationError({api_settings.NON_FIELD_ERRORS_KEY: [message]}, code=key)

    def to_internal_value(self, data: Any) -> Any:
        """Return the list of validated data; errors are a dictionary by the positions of bad objects."""
        if html.is_html_input(data):
            data = html.parse_html_list(data, default=[])
        if not isinstance(data, list):
            self._refuse("not_a_list", input_type=type(data).__name__)
        if not self.allow_empty and len(data) == 0:
            if self.parent and self.partial:
                raise SkipField
            self._refuse("empty")
        if self.max_length is not None and len(data) > self.max_length:
            self._refuse("max_length", max_length=self.max_length)
        if self.min_length is not None and len(data) < self.min_length:
            self._refuse("min_length", min_length=self.min_length)
        result: list[Any] = []
        errors: dict[int, Any] = {}
        for index, item in enumerate(data):
            try:
                result.append(self.run_child_validation(item))
            except ValidationError as exc:
                errors[index] = exc.detail
        if not errors:
            return result
        if api_settings.LIST_SERIALIZER_ERRORS_AS_DICT:
            raise ValidationError(errors)
        warnings.warn(
            "The list-based error format for `ListSerializer` is deprecated and will be removed in DRF 3.20. Set "
            '`REST_FRAMEWORK["LIST_SERIALIZER_ERRORS_AS_DICT"]` to `True` to use the dictionary-based error format.',
            RemovedInDRF320Warning,
            stacklevel=5,
        )
        raise ValidationError([errors.get(index, {}) for index in range(len(data))])

    def validate(self, attrs: Any) -> Any:
        """Return the data; raise ``ValidationError`` for what concerns the list as a whole."""
        return attrs

    # ------------------------------------------------------------ out

    def to_representation(self, data: Any) -> Any:
        """Return the list of representations."""
        iterable = data.all() if isinstance(data, BaseManager) else data
        return read_many(self.child, iterable)

    # ------------------------------------------------------------ saving

    def update(self, instance: Any, validated_data: Any) -> Any:
        """Refuse: which objects are new and which are gone is for a subclass to say."""
        raise NotImplementedError(
            "Serializers with many=True do not support multiple update by default, only multiple create. For updates it "
            "is unclear how to deal with insertions and deletions. If you need to support multiple update, use a "
            "`ListSerializer` class and override `.update()` so you can specify the behavior exactly."
        )

    def create(self, validated_data: Any) -> Any:
        """Create each object through the child."""
        return [self.child.create(attrs) for attrs in validated_data]

    def save(self, **kwargs: Any) -> Any:
        """Create or update the objects from validated data and *kwargs*, and return them."""
        refuse_commit(kwargs)
        validated_data = [{**attrs, **kwargs} for attrs in self.validated_data]
        if self.instance is not None:
            self.instance = self.update(self.instance, validated_data)
            if self.instance is None:
                raise AssertionError("`update()` did not return an object instance.")
        else:
            self.instance = self.create(validated_data)
            if self.instance is None:
                raise AssertionError("`create()` did not return an object instance.")
        return self.instance

    def is_valid(self, *, raise_exception: bool = False) -> bool:
        """Validate the input and return whether it is good; without errors, ``errors`` is an empty list."""
        if not hasattr(self, "initial_data"):
            raise AssertionError(
                "Cannot call `.is_valid()` as no `data=` keyword argument was passed when instantiating the serializer "
                "instance."
            )
        if not hasattr(self, "_validated_data"):
            try:
                self._validated_data = self.run_validation(self.initial_data)
            except ValidationError as exc:
                self._validated_data = []
                self._errors = exc.detail
            else:
                self._errors = []
        if self._errors and raise_exception:
            raise ValidationError(self.errors)
        return not bool(self._errors)

    @property
    def data(self) -> Any:
        """The representations."""
        return ReturnList(super().data, serializer=self)

    @property
    def errors(self) -> Any:
        """The errors, by position, or of the list as a whole."""
        found = super().errors
        if isinstance(found, list) and len(found) == 1 and getattr(found[0], "code", None) == "null":
            found = {api_settings.NON_FIELD_ERRORS_KEY: [ErrorDetail("No data provided", code="null")]}
        return ReturnDict(found, serializer=self) if isinstance(found, dict) else ReturnList(found, serializer=self)

    def __repr__(self) -> str:
        return list_repr(self, indent=1)


BaseSerializer.default_list_class = ListSerializer

__all__ = ["ListSerializer"]
