"""Files, lists, mappings and JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from fastjango.core.exceptions import ValidationError as DjangoValidationError
from fastjango.core.validators import MaxLengthValidator, MinLengthValidator, ProhibitNullCharactersValidator
from fastjango.db import connections, router
from fastjango.forms import ImageField as DjangoImageField
from fastjango.rest.exceptions import ValidationError
from fastjango.rest.serializers.field import Field, bound_validator, empty, get_error_detail
from fastjango.rest.serializers.text import CharField
from fastjango.rest.settings import api_settings
from fastjango.rest.utils import html, json
from fastjango.rest.validators import ProhibitSurrogateCharactersValidator
from fastjango.utils.translation import gettext_lazy as _

check_null = ProhibitNullCharactersValidator()
check_surrogates = ProhibitSurrogateCharactersValidator()


class FileField(Field):
    """
    An uploaded file.

    Args:
        max_length: Of the name.
        allow_empty_file: Files without content are taken.
        use_url: The address goes out, else the name; ``UPLOADED_FILES_USE_URL`` by default.
    """

    default_error_messages = {
        "required": _("No file was submitted."),
        "invalid": _("The submitted data was not a file. Check the encoding type on the form."),
        "no_name": _("No filename could be determined."),
        "empty": _("The submitted file is empty."),
        "max_length": _("Ensure this filename has at most {max_length} characters (it has {length})."),
    }

    def __init__(self, **kwargs: Any) -> None:
        self.max_length = kwargs.pop("max_length", None)
        self.allow_empty_file = kwargs.pop("allow_empty_file", False)
        if "use_url" in kwargs:
            self.use_url = kwargs.pop("use_url")
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> Any:
        """Return the file when it has a name and a size that are fit."""
        try:
            file_name = data.name
            file_size = data.size
        except AttributeError:
            self.fail("invalid")
        if not file_name:
            self.fail("no_name")
        if not self.allow_empty_file and not file_size:
            self.fail("empty")
        if self.max_length and len(file_name) > self.max_length:
            self.fail("max_length", max_length=self.max_length, length=len(file_name))
        return data

    def to_representation(self, value: Any) -> Any:
        """Return address or name, ``None`` where there is no file."""
        if not value:
            return None
        use_url = getattr(self, "use_url", None)
        if use_url is None:
            use_url = api_settings.UPLOADED_FILES_USE_URL
        if not use_url:
            return value.name
        try:
            url = value.url
        except AttributeError:
            return None
        request = self.context.get("request", None)
        return url if request is None else request.build_absolute_uri(url)


class ImageField(FileField):
    """An uploaded image, looked into by the form field."""

    default_error_messages = {
        "invalid_image": _("Upload a valid image. The file you uploaded was either not an image or a corrupted image."),
    }

    def __init__(self, **kwargs: Any) -> None:
        self._DjangoImageField = kwargs.pop("_DjangoImageField", DjangoImageField)
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> Any:
        """Return the file when it is an image."""
        file_object = super().to_internal_value(data)
        form_field = self._DjangoImageField()
        form_field.error_messages = self.error_messages
        return form_field.clean(file_object)


class _UnvalidatedField(Field):
    """Anything at all."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.allow_blank = True
        self.allow_null = True

    def to_internal_value(self, data: Any) -> Any:
        """Return *data*."""
        return data

    def to_representation(self, value: Any) -> Any:
        """Return *value*."""
        return value


class _Container(Field):
    """A field whose parts all go through one child field."""

    child: Any = _UnvalidatedField()

    def __init__(self, **kwargs: Any) -> None:
        child = kwargs.pop("child", None)
        self.child = _copied(self.child) if child is None else child
        self.allow_empty = kwargs.pop("allow_empty", True)
        if isinstance(self.child, type):
            raise AssertionError("`child` has not been instantiated.")
        if self.child.source is not None:
            raise AssertionError(
                "The `source` argument is not meaningful when applied to a `child=` field. Remove `source=` from the field "
                "declaration."
            )
        self._take_options(kwargs)
        super().__init__(**kwargs)
        self.child.bind(field_name="", parent=self)

    def _take_options(self, kwargs: dict[str, Any]) -> None:
        """Take what the subclass knows out of *kwargs*."""


def _copied(field: Any) -> Any:
    return field.__deepcopy__({})


class ListField(_Container):
    """
    A list.

    Args:
        child: The field of each item; anything when not given.
        allow_empty, max_length, min_length: How many items.
    """

    initial: Any = []
    default_error_messages = {
        "not_a_list": _('Expected a list of items but got type "{input_type}".'),
        "empty": _("This list may not be empty."),
        "min_length": _("Ensure this field has at least {min_length} elements."),
        "max_length": _("Ensure this field has no more than {max_length} elements."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if self.max_length is not None:
            self.validators.append(bound_validator(MaxLengthValidator, self, "max_length"))
        if self.min_length is not None:
            self.validators.append(bound_validator(MinLengthValidator, self, "min_length"))

    def _take_options(self, kwargs: dict[str, Any]) -> None:
        self.max_length = kwargs.pop("max_length", None)
        self.min_length = kwargs.pop("min_length", None)

    def get_value(self, dictionary: Any) -> Any:
        """Return the list: several values of one name, or ``name[0]`` and so on, in forms."""
        if not html.is_html_input(dictionary):
            return dictionary.get(self.field_name, empty)
        values = dictionary.getlist(self.field_name)
        if values:
            # Several inputs, or one with nothing in it.
            return values
        return html.parse_html_list(dictionary, prefix=self.field_name, default=empty)

    def to_internal_value(self, data: Any) -> Any:
        """Return the list of validated items."""
        if html.is_html_input(data):
            data = html.parse_html_list(data, default=[])
        if isinstance(data, str | Mapping) or not hasattr(data, "__iter__"):
            self.fail("not_a_list", input_type=type(data).__name__)
        if not self.allow_empty and len(data) == 0:
            self.fail("empty")
        return self.run_child_validation(data)

    def to_representation(self, data: Any) -> Any:
        """Return the list of represented items."""
        represent = self.child.to_representation
        return [None if item is None else represent(item) for item in data]

    def run_child_validation(self, data: Any) -> Any:
        """Validate each item; errors are by index."""
        result: list[Any] = []
        errors: dict[int, Any] = {}
        for index, item in enumerate(data):
            try:
                result.append(self.child.run_validation(item))
            except ValidationError as exc:
                errors[index] = exc.detail
            except DjangoValidationError as exc:
                errors[index] = get_error_detail(exc)
        if errors:
            raise ValidationError(errors)
        return result


class DictField(_Container):
    """
    A mapping with text keys.

    Args:
        child: The field of each value; anything when not given.
    """

    initial: Any = {}
    default_error_messages = {
        "not_a_dict": _('Expected a dictionary of items but got type "{input_type}".'),
        "empty": _("This dictionary may not be empty."),
    }

    def get_value(self, dictionary: Any) -> Any:
        """Return the mapping: ``name.key`` in forms."""
        if html.is_html_input(dictionary):
            found = html.parse_html_dict(dictionary, prefix=self.field_name)
            if not found and dictionary.get(self.field_name) == "":
                # The form's way to say that there are no entries.
                return {}
            return found or empty
        return dictionary.get(self.field_name, empty)

    def to_internal_value(self, data: Any) -> Any:
        """Return the mapping with validated values."""
        if html.is_html_input(data):
            data = html.parse_html_dict(data) if not isinstance(data, Mapping | dict) else cast(Any, data).dict()
        if not isinstance(data, dict):
            self.fail("not_a_dict", input_type=type(data).__name__)
        if not self.allow_empty and len(data) == 0:
            self.fail("empty")
        return self.run_child_validation(data)

    def to_representation(self, value: Any) -> Any:
        """Return the mapping with represented values."""
        represent = self.child.to_representation
        return {str(key): None if item is None else represent(item) for key, item in value.items()}

    def run_child_validation(self, data: Any) -> Any:
        """Validate each value; errors are by key."""
        result: dict[str, Any] = {}
        errors: dict[str, Any] = {}
        for key, value in data.items():
            name = str(key)
            try:
                result[name] = self.child.run_validation(value)
            except ValidationError as exc:
                errors[name] = exc.detail
        if errors:
            raise ValidationError(errors)
        return result


class HStoreField(DictField):
    """A mapping from text to text or null, as PostgreSQL's hstore has it."""

    child: Any = CharField(allow_blank=True, allow_null=True)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not isinstance(self.child, CharField):
            raise AssertionError(
                "The `child` argument must be an instance of `CharField`, as the hstore extension stores values as strings."
            )


class JSONString(str):
    """JSON text a form sent: shown again as it was written."""

    __slots__ = ("is_json_string",)


class JSONField(Field):
    """
    Any JSON value.

    Args:
        binary: Values are JSON text on both sides.
        encoder, decoder: Classes for the ``json`` module.
    """

    default_error_messages = {"invalid": _("Value must be valid JSON.")}
    _is_jsonfield = True

    def __init__(self, **kwargs: Any) -> None:
        self.binary = kwargs.pop("binary", False)
        self.encoder = kwargs.pop("encoder", None)
        self.decoder = kwargs.pop("decoder", None)
        super().__init__(**kwargs)

    def get_value(self, dictionary: Any) -> Any:
        """Return the value; text of a form is marked as JSON to be read."""
        if html.is_html_input(dictionary) and self.field_name in dictionary:
            marked: Any = JSONString(dictionary[self.field_name])
            marked.is_json_string = True
            return marked
        return dictionary.get(self.field_name, empty)

    def to_internal_value(self, data: Any) -> Any:
        """Return the value; what JSON cannot hold is refused."""
        try:
            if self.binary or getattr(data, "is_json_string", False):
                if isinstance(data, bytes):
                    data = data.decode()
                data = json.loads(data, cls=self.decoder)
                text = json.dumps(data, default=str)
            else:
                text = json.dumps(data, cls=self.encoder)
        except (TypeError, ValueError, RecursionError):
            self.fail("invalid")
        # Only what has such escapes is looked at more closely.
        if "\\ud" in text or "\\u0000" in text:
            self._refuse_unstorable(data)
        return data

    def _refuse_unstorable(self, data: Any) -> None:
        """Refuse halves of surrogate pairs, which no encoding holds, and NUL where the column holds none."""
        refuses_null = self._column_refuses_null()
        left = [data]
        while left:
            value = left.pop()
            if isinstance(value, dict):
                left += [*value, *value.values()]
            elif isinstance(value, list | tuple):
                left += value
            elif isinstance(value, str):
                check_surrogates(value)
                if refuses_null and "\0" in value:
                    raise ValidationError(check_null.message, code=check_null.code)

    def _column_refuses_null(self) -> bool:
        model = getattr(getattr(self.parent, "Meta", None), "model", None)
        if model is None:
            return False
        features = connections[router.db_for_write(model)].features
        return features.prohibits_null_characters_in_text_exception is not None

    def to_representation(self, value: Any) -> Any:
        """Return the value, or its JSON as bytes where the field is binary."""
        if self.binary:
            return json.dumps(value, cls=self.encoder).encode()
        return value


__all__ = [
    "DictField",
    "DjangoImageField",
    "FileField",
    "HStoreField",
    "ImageField",
    "JSONField",
    "ListField",
    "_UnvalidatedField",
]
