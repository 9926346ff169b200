"""Relations: by primary key, address, slug or text; one, or many through ``ManyRelatedField``."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterable
from operator import attrgetter
from typing import Any, cast
from urllib import parse

from fastjango.core.exceptions import ImproperlyConfigured, ObjectDoesNotExist
from fastjango.db import DataError
from fastjango.db.models import Manager
from fastjango.db.models.query import QuerySet
from fastjango.rest.reverse import reverse
from fastjango.rest.serializers.choices import iter_options
from fastjango.rest.serializers.field import Field, SkipField, empty, get_attribute, is_simple_callable
from fastjango.rest.settings import api_settings
from fastjango.rest.utils import html
from fastjango.urls import NoReverseMatch, Resolver404, get_script_prefix, resolve
from fastjango.utils.encoding import smart_str, uri_to_iri
from fastjango.utils.translation import gettext_lazy as _

# What looking up a value of the wrong kind, or one that the column cannot hold, raises.
_UNFIT = (TypeError, ValueError, OverflowError, DataError)


def method_overridden(method_name: str, klass: type, instance: Any) -> bool:
    """Return whether the class of *instance* has its own version of a method of *klass*."""
    method = getattr(klass, method_name)
    default = getattr(method, "__wrapped__", method)
    return default is not getattr(instance, method_name).__func__


class ObjectValueError(ValueError):
    """The query set raised ``ValueError`` for the looked-up value."""


class ObjectTypeError(TypeError):
    """The query set raised ``TypeError`` for the looked-up value."""


class Hyperlink(str):
    """An address that knows the name of what it leads to."""

    is_hyperlink = True
    obj: Any

    def __new__(cls, url: str, obj: Any) -> Hyperlink:
        made = super().__new__(cls, url)
        made.obj = obj
        return made

    def __getnewargs__(self) -> Any:
        return (str(self), self.name)

    @property
    def name(self) -> str:
        """The text of the object; asked for only where the link is shown."""
        return str(self.obj)


class PKOnlyObject:
    """Stands for a related object of which only the key is needed, so that no query is made."""

    def __init__(self, pk: Any) -> None:
        self.pk = pk

    def __str__(self) -> str:
        return f"{self.pk}"


MANY_RELATION_KWARGS = (
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
    "html_cutoff",
    "html_cutoff_text",
)


class RelatedField(Field):
    """
    Base of relations.

    Args:
        many: A ``ManyRelatedField`` with this field as its child is made instead.
        queryset: Where input is looked up; needed unless *read_only*.
        html_cutoff, html_cutoff_text: How many options a form shows, and what it says then.
    """

    queryset: Any = None
    html_cutoff: Any = None
    html_cutoff_text: Any = None

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        """Make the field, or the list of such fields for ``many=True``."""
        if kwargs.pop("many", False):
            return cls.many_init(*args, **kwargs)
        return super().__new__(cls, *args, **kwargs)

    def __init__(self, **kwargs: Any) -> None:
        self.queryset = kwargs.pop("queryset", self.queryset)
        cutoff = kwargs.pop("html_cutoff", empty)
        if cutoff is not empty:
            self.html_cutoff = cutoff
        elif self.html_cutoff is None:
            self.html_cutoff = int(api_settings.HTML_SELECT_CUTOFF) if api_settings.HTML_SELECT_CUTOFF else None
        self.html_cutoff_text = kwargs.pop(
            "html_cutoff_text", self.html_cutoff_text or api_settings.HTML_SELECT_CUTOFF_TEXT
        )
        if not method_overridden("get_queryset", RelatedField, self):
            if not (self.queryset is not None or kwargs.get("read_only")):
                raise AssertionError(
                    "Relational field must provide a `queryset` argument, override `get_queryset`, or set read_only=`True`."
                )
        if self.queryset is not None and kwargs.get("read_only"):
            raise AssertionError(
                "Relational fields should not provide a `queryset` argument, when setting read_only=`True`."
            )
        kwargs.pop("many", None)
        kwargs.pop("allow_empty", None)
        super().__init__(**kwargs)

    @classmethod
    def many_init(cls, *args: Any, **kwargs: Any) -> Any:
        """Return the field for ``many=True``."""
        list_kwargs: dict[str, Any] = {"child_relation": cls(*args, **kwargs)}
        list_kwargs.update({key: value for key, value in kwargs.items() if key in MANY_RELATION_KWARGS})
        return ManyRelatedField(**list_kwargs)

    def run_validation(self, data: Any = empty) -> Any:
        """Return the related object; blank text of a form is null."""
        if data == "":
            data = None
        return super().run_validation(data)

    def get_queryset(self) -> Any:
        """Return a fresh query set."""
        queryset = self.queryset
        if isinstance(queryset, QuerySet | Manager):
            # One that was evaluated must not be used again.
            queryset = queryset.all()
        return queryset

    def use_pk_only_optimization(self) -> bool:
        """Return whether the key alone is enough to represent the object."""
        return False

    def get_attribute(self, instance: Any) -> Any:
        """Return the related object, or its key alone where that is enough."""
        if self.use_pk_only_optimization() and self.source_attrs:
            with contextlib.suppress(AttributeError):
                owner = get_attribute(instance, self.source_attrs[:-1])
                value = owner.serializable_value(self.source_attrs[-1])
                if is_simple_callable(value):
                    # A method that gives an object.
                    value = value().pk
                return PKOnlyObject(pk=getattr(value, "pk", value))
        return super().get_attribute(instance)

    def get_choices(self, cutoff: int | None = None) -> dict[Any, str]:
        """Return the objects that could be chosen, by their representation."""
        queryset = self.get_queryset()
        if queryset is None:
            return {}
        if cutoff is not None:
            queryset = queryset[:cutoff]
        return {self.to_representation(item): self.display_value(item) for item in queryset}

    @property
    def choices(self) -> dict[Any, str]:
        """All choices."""
        return self.get_choices()

    @property
    def grouped_choices(self) -> dict[Any, str]:
        """All choices."""
        return self.choices

    def iter_options(self) -> Iterable[Any]:
        """Return the options of an HTML select."""
        return iter_options(
            self.get_choices(cutoff=self.html_cutoff), cutoff=self.html_cutoff, cutoff_text=self.html_cutoff_text
        )

    def display_value(self, instance: Any) -> str:
        """Return the text of an option."""
        return str(instance)


class StringRelatedField(RelatedField):
    """The text of the related object; read-only."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs["read_only"] = True
        super().__init__(**kwargs)

    def to_representation(self, value: Any) -> Any:
        """Return the text."""
        return str(value)


class PrimaryKeyRelatedField(RelatedField):
    """
    The key of the related object.

    Args:
        pk_field: A field through which the key goes in and out.
    """

    default_error_messages = {
        "required": _("This field is required."),
        "does_not_exist": _('Invalid pk "{pk_value}" - object does not exist.'),
        "incorrect_type": _("Incorrect type. Expected pk value, received {data_type}."),
    }

    def __init__(self, **kwargs: Any) -> None:
        self.pk_field = kwargs.pop("pk_field", None)
        super().__init__(**kwargs)

    def use_pk_only_optimization(self) -> bool:
        """Return True."""
        return True

    def to_internal_value(self, data: Any) -> Any:
        """Return the object with this key."""
        if self.pk_field is not None:
            data = self.pk_field.to_internal_value(data)
        queryset = self.get_queryset()
        try:
            if isinstance(data, bool):
                raise TypeError
            return queryset.get(pk=data)
        except ObjectDoesNotExist:
            self.fail("does_not_exist", pk_value=data)
        except _UNFIT:
            self.fail("incorrect_type", data_type=type(data).__name__)

    def to_representation(self, value: Any) -> Any:
        """Return the key."""
        return value.pk if self.pk_field is None else self.pk_field.to_representation(value.pk)


class HyperlinkedRelatedField(RelatedField):
    """
    The address of the related object.

    Args:
        view_name: Of the URL pattern.
        lookup_field, lookup_url_kwarg: Attribute and URL argument that name the object; ``pk``.
        format: Suffix of the addresses.
    """

    lookup_field = "pk"
    view_name: Any = None
    default_error_messages = {
        "required": _("This field is required."),
        "no_match": _("Invalid hyperlink - No URL match."),
        "incorrect_match": _("Invalid hyperlink - Incorrect URL match."),
        "does_not_exist": _("Invalid hyperlink - Object does not exist."),
        "incorrect_type": _("Incorrect type. Expected URL string, received {data_type}."),
    }

    def __init__(self, view_name: str | None = None, **kwargs: Any) -> None:
        if view_name is not None:
            self.view_name = view_name
        if self.view_name is None:
            raise AssertionError("The `view_name` argument is required.")
        self.lookup_field = kwargs.pop("lookup_field", self.lookup_field)
        self.lookup_url_kwarg = kwargs.pop("lookup_url_kwarg", self.lookup_field)
        self.format = kwargs.pop("format", None)
        # Here, so that tests and subclasses can put something else in its place.
        self.reverse = reverse
        super().__init__(**kwargs)

    def use_pk_only_optimization(self) -> bool:
        """Return whether addresses are made from the key."""
        return self.lookup_field == "pk"

    def get_object(self, view_name: str, view_args: Any, view_kwargs: Any) -> Any:
        """Return the object that an address leads to."""
        lookup_value = view_kwargs[self.lookup_url_kwarg]
        queryset = self.get_queryset()
        try:
            return queryset.get(**{self.lookup_field: lookup_value})
        except (ValueError, OverflowError, DataError) as exc:
            raise ObjectValueError(str(exc)).with_traceback(sys.exc_info()[2]) from exc
        except TypeError as exc:
            raise ObjectTypeError(str(exc)).with_traceback(sys.exc_info()[2]) from exc

    def get_url(self, obj: Any, view_name: str, request: Any, format: str | None) -> str | None:
        """Return the address of an object, ``None`` for one that is not saved."""
        if hasattr(obj, "pk") and obj.pk in (None, ""):
            return None
        kwargs = {self.lookup_url_kwarg: getattr(obj, self.lookup_field)}
        return self.reverse(view_name, kwargs=kwargs, request=request, format=format)

    def to_internal_value(self, data: Any) -> Any:
        """Return the object that the address leads to."""
        request = self.context.get("request")
        try:
            http_prefix = data.startswith(("http:", "https:"))
        except AttributeError:
            self.fail("incorrect_type", data_type=type(data).__name__)
        if http_prefix:
            # Only the path matters.
            try:
                data = parse.urlparse(data).path
            except ValueError:
                self.fail("no_match")
            prefix = get_script_prefix()
            if data.startswith(prefix):
                data = "/" + data[len(prefix) :]
        try:
            match = resolve(uri_to_iri(parse.unquote(data)))
        except (Resolver404, UnicodeError):
            self.fail("no_match")
        try:
            expected = cast(Any, request).versioning_scheme.get_versioned_viewname(self.view_name, request)
        except AttributeError:
            expected = self.view_name
        if match.view_name != expected:
            self.fail("incorrect_match")
        try:
            return self.get_object(match.view_name, match.args, match.kwargs)
        except (ObjectDoesNotExist, ObjectValueError, ObjectTypeError):
            self.fail("does_not_exist")

    def to_representation(self, value: Any) -> Any:
        """Return the address, a ``Hyperlink``."""
        if "request" not in self.context:
            raise AssertionError(
                f"`{type(self).__name__}` requires the request in the serializer context. Add `context={{'request': "
                "request}` when instantiating the serializer."
            )
        request = self.context["request"]
        format = self.context.get("format")
        # A suffix belongs to addresses of the same kind only.
        if format and self.format and self.format != format:
            format = self.format
        try:
            url = self.get_url(value, self.view_name, request, format)
        except NoReverseMatch as exc:
            message = (
                f'Could not resolve URL for hyperlinked relationship using view name "{self.view_name}". You may have '
                "failed to include the related model in your API, or incorrectly configured the `lookup_field` "
                "attribute on this field."
            )
            if value in ("", None):
                shown = {"": "the empty string", None: "None"}.get(value, value)
                message += (
                    f" WARNING: The value of the field on the model instance was {shown}, which may be why it didn't "
                    "match any entries in your URL conf."
                )
            raise ImproperlyConfigured(message) from exc
        return None if url is None else Hyperlink(url, value)


class HyperlinkedIdentityField(HyperlinkedRelatedField):
    """The address of the object itself; read-only."""

    def __init__(self, view_name: str | None = None, **kwargs: Any) -> None:
        if view_name is None:
            raise AssertionError("The `view_name` argument is required.")
        kwargs["read_only"] = True
        kwargs["source"] = "*"
        super().__init__(view_name, **kwargs)

    def use_pk_only_optimization(self) -> bool:
        """Return False: the object is at hand."""
        return False


class SlugRelatedField(RelatedField):
    """
    A unique attribute of the related object.

    Args:
        slug_field: The attribute; it may follow relations with ``__``.
    """

    default_error_messages = {
        "does_not_exist": _("Object with {slug_name}={value} does not exist."),
        "invalid": _("Invalid value."),
    }

    def __init__(self, slug_field: str | None = None, **kwargs: Any) -> None:
        if slug_field is None:
            raise AssertionError("The `slug_field` argument is required.")
        self.slug_field = slug_field
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> Any:
        """Return the object with this attribute."""
        queryset = self.get_queryset()
        try:
            return queryset.get(**{self.slug_field: data})
        except ObjectDoesNotExist:
            self.fail("does_not_exist", slug_name=self.slug_field, value=smart_str(data))
        except _UNFIT:
            self.fail("invalid")

    def to_representation(self, obj: Any) -> Any:
        """Return the attribute."""
        slug = self.slug_field
        return attrgetter(slug.replace("__", "."))(obj) if "__" in slug else getattr(obj, slug)


class ManyRelatedField(Field):
    """
    Many related objects.

    Args:
        child_relation: The field of each of them.
        allow_empty: None at all is fine.
    """

    initial: Any = []
    default_empty_html: Any = []
    default_error_messages = {
        "not_a_list": _('Expected a list of items but got type "{input_type}".'),
        "empty": _("This list may not be empty."),
    }
    html_cutoff: Any = None
    html_cutoff_text: Any = None

    def __init__(self, child_relation: Any = None, *args: Any, **kwargs: Any) -> None:
        self.child_relation = child_relation
        self.allow_empty = kwargs.pop("allow_empty", True)
        cutoff = kwargs.pop("html_cutoff", empty)
        if cutoff is not empty:
            self.html_cutoff = cutoff
        elif self.html_cutoff is None:
            self.html_cutoff = int(api_settings.HTML_SELECT_CUTOFF) if api_settings.HTML_SELECT_CUTOFF else None
        self.html_cutoff_text = kwargs.pop(
            "html_cutoff_text", self.html_cutoff_text or api_settings.HTML_SELECT_CUTOFF_TEXT
        )
        if child_relation is None:
            raise AssertionError("`child_relation` is a required argument.")
        super().__init__(*args, **kwargs)
        self.child_relation.bind(field_name="", parent=self)

    def get_value(self, dictionary: Any) -> Any:
        """Return the list of a form's values, or what JSON has."""
        if html.is_html_input(dictionary):
            # Forms send nothing for a list that was emptied.
            if self.field_name not in dictionary and getattr(self.root, "partial", False):
                return empty
            return dictionary.getlist(self.field_name)
        return dictionary.get(self.field_name, empty)

    def to_internal_value(self, data: Any) -> Any:
        """Return the list of objects."""
        if isinstance(data, str) or not hasattr(data, "__iter__"):
            self.fail("not_a_list", input_type=type(data).__name__)
        if not self.allow_empty and len(data) == 0:
            self.fail("empty")
        return [self.child_relation.run_validation(item) for item in data]

    def get_attribute(self, instance: Any) -> Any:
        """Return the related objects; none for an object that is not saved."""
        if hasattr(instance, "pk") and instance.pk is None:
            return []
        try:
            relationship = get_attribute(instance, self.source_attrs)
        except (KeyError, AttributeError):
            if self.default is not empty:
                return self.get_default()
            if self.allow_null:
                return None
            if not self.required:
                raise SkipField from None
            raise
        return relationship.all() if hasattr(relationship, "all") else relationship

    def to_representation(self, iterable: Any) -> Any:
        """Return the list of representations."""
        represent = self.child_relation.to_representation
        return [represent(value) for value in iterable]

    def get_choices(self, cutoff: int | None = None) -> dict[Any, str]:
        """Return the objects that could be chosen."""
        found: dict[Any, str] = self.child_relation.get_choices(cutoff)
        return found

    @property
    def choices(self) -> dict[Any, str]:
        """All choices."""
        return self.get_choices()

    @property
    def grouped_choices(self) -> dict[Any, str]:
        """All choices."""
        return self.choices

    def iter_options(self) -> Iterable[Any]:
        """Return the options of an HTML select."""
        return iter_options(
            self.get_choices(cutoff=self.html_cutoff), cutoff=self.html_cutoff, cutoff_text=self.html_cutoff_text
        )


__all__ = [
    "MANY_RELATION_KWARGS",
    "Hyperlink",
    "HyperlinkedIdentityField",
    "HyperlinkedRelatedField",
    "ManyRelatedField",
    "ObjectTypeError",
    "ObjectValueError",
    "PKOnlyObject",
    "PrimaryKeyRelatedField",
    "RelatedField",
    "SlugRelatedField",
    "StringRelatedField",
    "method_overridden",
]
