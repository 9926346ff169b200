"""Text columns: ``CharField`` and its specialisations, ``TextField``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, overload

from sqlalchemy import types

from fastjango.core import checks, validators
from fastjango.db import connection, connections, router
from fastjango.db.models.fields.field import Field
from fastjango.db.models.fields.form_slot import form_class as named_form_class
from fastjango.db.models.fields.typevars import GT, ST
from fastjango.db.models.functions import Substr
from fastjango.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from fastjango.core.checks import CheckMessage
    from fastjango.db.models.expressions.combinable import Combinable


class CharField(Field[ST, GT]):
    """Text of limited length."""

    @overload
    def __init__(
        self: CharField[str | Combinable, str], *args: Any, null: Literal[False] = ..., **kwargs: Any
    ) -> None: ...
    @overload
    def __init__(
        self: CharField[str | Combinable | None, str | None], *args: Any, null: Literal[True], **kwargs: Any
    ) -> None: ...
    @overload
    def __init__(self, *args: Any, **kwargs: Any) -> None: ...
    def __init__(self, *args: Any, db_collation: str | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.db_collation = db_collation
        if self.max_length is not None:
            self.validators.append(validators.MaxLengthValidator(self.max_length))

    @property
    def description(self) -> Any:
        """What this field is, for documentation."""
        if self.max_length is not None:
            return _("String (up to %(max_length)s)")
        return _("String (unlimited)")

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        """Return the problems of the field, its length and its collation."""
        databases = kwargs.get("databases") or []
        return [
            *super().check(**kwargs),
            *self._check_db_collation(databases),
            *self._check_max_length_attribute(**kwargs),
        ]

    def _check_max_length_attribute(self, **kwargs: Any) -> list[CheckMessage]:
        if self.max_length is None:
            if (
                connection.features.supports_unlimited_charfield
                or "supports_unlimited_charfield" in self.model._meta.required_db_features
            ):
                return []
            message = "CharFields must define a 'max_length' attribute."
            return [checks.Error(message, obj=self, id="fields.E120")]
        if not isinstance(self.max_length, int) or isinstance(self.max_length, bool) or self.max_length <= 0:
            message = "'max_length' must be a positive integer."
            return [checks.Error(message, obj=self, id="fields.E121")]
        return []

    def _check_db_collation(self, databases: Any) -> list[CheckMessage]:
        return check_collation(self, databases)

    def cast_db_type(self, connection: Any) -> str | None:
        """Return the type for CAST; unlimited where no length is given."""
        if self.max_length is None:
            return str(connection.ops.cast_char_field_without_max_length)
        return super().cast_db_type(connection)

    def db_parameters(self, connection: Any) -> dict[str, Any]:
        """Return type, check and collation of the column."""
        return {**super().db_parameters(connection), "collation": self.db_collation}

    def column_type(self) -> Any:
        """Return VARCHAR."""
        return types.String(self.max_length, collation=self.db_collation)

    def get_internal_type(self) -> str:
        """Return "CharField"."""
        return "CharField"

    def to_python(self, value: Any) -> Any:
        """Return *value* as text."""
        if isinstance(value, str) or value is None:
            return value
        return str(value)

    def get_prep_value(self, value: Any) -> Any:
        """Return *value* as text."""
        return self.to_python(super().get_prep_value(value))

    def formfield(self, form_class: Any = None, choices_form_class: Any = None, **kwargs: Any) -> Any:
        """Return a text input that knows the length."""
        defaults: dict[str, Any] = {"max_length": self.max_length}
        if self.null and not connection.features.interprets_empty_strings_as_nulls:
            defaults["empty_value"] = None
        defaults.update(kwargs)
        return super().formfield(form_class, choices_form_class, **defaults)

    def deconstruct(self) -> tuple[Any, str, Sequence[Any], dict[str, Any]]:
        """Return what builds this field again."""
        name, path, args, keywords = super().deconstruct()
        if self.db_collation:
            keywords["db_collation"] = self.db_collation
        return name, path, args, keywords

    def slice_expression(self, expression: Any, start: int, length: int | None) -> Any:
        """Return the substring expression."""
        return substring(expression, start, length)


def check_collation(field: Any, databases: Any) -> list[CheckMessage]:
    """Return an error per database that cannot set the collation of *field*'s column."""
    found: list[CheckMessage] = []
    for alias in databases:
        if not router.allow_migrate_model(alias, field.model):
            continue
        backend = connections[alias]
        feature = (
            "supports_collation_on_charfield"
            if field.get_internal_type() == "CharField"
            else "supports_collation_on_textfield"
        )
        if not (
            field.db_collation is None
            or feature in field.model._meta.required_db_features
            or getattr(backend.features, feature)
        ):
            kind = "CharFields" if feature.endswith("charfield") else "TextFields"
            message = f"{backend.display_name} does not support a database collation on {kind}."
            found.append(checks.Error(message, obj=field, id="fields.E190"))
    return found


def substring(expression: Any, start: int, length: int | None) -> Any:
    """Return ``SUBSTR(expression, start, length)``."""
    return Substr(expression, start, length)


class CommaSeparatedIntegerField(CharField[ST, GT]):
    """Exists only so that old migrations can be read."""

    default_validators = [validators.validate_comma_separated_integer_list]
    description = _("Comma-separated integers")
    system_check_removed_details = {
        "msg": ("CommaSeparatedIntegerField is removed except for support in historical migrations."),
        "hint": ("Use CharField(validators=[validate_comma_separated_integer_list]) instead."),
        "id": "fields.E901",
    }


class EmailField(CharField[ST, GT]):
    """An e-mail address."""

    default_validators = [validators.validate_email]
    description = _("Email address")

    @overload
    def __init__(
        self: EmailField[str | Combinable, str], *args: Any, null: Literal[False] = ..., **kwargs: Any
    ) -> None: ...
    @overload
    def __init__(
        self: EmailField[str | Combinable | None, str | None], *args: Any, null: Literal[True], **kwargs: Any
    ) -> None: ...
    @overload
    def __init__(self, *args: Any, **kwargs: Any) -> None: ...
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # 254 characters: RFC 3696 and its errata.
        kwargs.setdefault("max_length", 254)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[Any, str, Sequence[Any], dict[str, Any]]:
        """Return what builds this field again; the length is always told."""
        return super().deconstruct()

    def formfield(self, form_class: Any = None, choices_form_class: Any = None, **kwargs: Any) -> Any:
        """Return an e-mail input."""
        return super().formfield(form_class or "EmailField", choices_form_class, **kwargs)


class SlugField(CharField[ST, GT]):
    """Letters, digits, hyphens and underscores; indexed."""

    default_validators = [validators.validate_slug]
    description = _("Slug (up to %(max_length)s)")

    @overload
    def __init__(
        self: SlugField[str | Combinable, str], *args: Any, null: Literal[False] = ..., **kwargs: Any
    ) -> None: ...
    @overload
    def __init__(
        self: SlugField[str | Combinable | None, str | None], *args: Any, null: Literal[True], **kwargs: Any
    ) -> None: ...
    @overload
    def __init__(self, *args: Any, **kwargs: Any) -> None: ...
    def __init__(
        self,
        *args: Any,
        max_length: int | None = 50,
        db_index: bool = True,
        allow_unicode: bool = False,
        **kwargs: Any,
    ) -> None:
        self.allow_unicode = allow_unicode
        if allow_unicode:
            self.default_validators = [validators.validate_unicode_slug]
        super().__init__(*args, max_length=max_length, db_index=db_index, **kwargs)

    def deconstruct(self) -> tuple[Any, str, Sequence[Any], dict[str, Any]]:
        """Return what builds this field again."""
        name, path, args, keywords = super().deconstruct()
        if keywords.get("max_length") == 50:
            del keywords["max_length"]
        if self.db_index is False:
            keywords["db_index"] = False
        else:
            del keywords["db_index"]
        if self.allow_unicode is not False:
            keywords["allow_unicode"] = self.allow_unicode
        return name, path, args, keywords

    def get_internal_type(self) -> str:
        """Return "SlugField"."""
        return "SlugField"

    def formfield(self, form_class: Any = None, choices_form_class: Any = None, **kwargs: Any) -> Any:
        """Return a slug input."""
        kwargs = {"allow_unicode": self.allow_unicode, **kwargs}
        return super().formfield(form_class or "SlugField", choices_form_class, **kwargs)


class URLField(CharField[ST, GT]):
    """A web address."""

    default_validators = [validators.URLValidator()]
    description = _("URL")

    @overload
    def __init__(
        self: URLField[str | Combinable, str],
        verbose_name: Any = ...,
        name: str | None = ...,
        *,
        null: Literal[False] = ...,
        **kwargs: Any,
    ) -> None: ...
    @overload
    def __init__(
        self: URLField[str | Combinable | None, str | None],
        verbose_name: Any = ...,
        name: str | None = ...,
        *,
        null: Literal[True],
        **kwargs: Any,
    ) -> None: ...
    @overload
    def __init__(self, verbose_name: Any = ..., name: str | None = ..., **kwargs: Any) -> None: ...
    def __init__(self, verbose_name: Any = None, name: str | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 200)
        super().__init__(verbose_name, name, **kwargs)

    def deconstruct(self) -> tuple[Any, str, Sequence[Any], dict[str, Any]]:
        """Return what builds this field again."""
        name, path, args, keywords = super().deconstruct()
        if keywords.get("max_length") == 200:
            del keywords["max_length"]
        return name, path, args, keywords

    def formfield(self, form_class: Any = None, choices_form_class: Any = None, **kwargs: Any) -> Any:
        """Return a URL input."""
        return super().formfield(form_class or "URLField", choices_form_class, **kwargs)


class TextField(Field[ST, GT]):
    """Text of any length."""

    description = _("Text")

    @overload
    def __init__(
        self: TextField[str | Combinable, str], *args: Any, null: Literal[False] = ..., **kwargs: Any
    ) -> None: ...
    @overload
    def __init__(
        self: TextField[str | Combinable | None, str | None], *args: Any, null: Literal[True], **kwargs: Any
    ) -> None: ...
    @overload
    def __init__(self, *args: Any, **kwargs: Any) -> None: ...
    def __init__(self, *args: Any, db_collation: str | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.db_collation = db_collation

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        """Return the problems of the field and its collation."""
        databases = kwargs.get("databases") or []
        return [*super().check(**kwargs), *self._check_db_collation(databases)]

    def _check_db_collation(self, databases: Any) -> list[CheckMessage]:
        return check_collation(self, databases)

    def db_parameters(self, connection: Any) -> dict[str, Any]:
        """Return type, check and collation of the column."""
        return {**super().db_parameters(connection), "collation": self.db_collation}

    def column_type(self) -> Any:
        """Return TEXT."""
        return types.Text(collation=self.db_collation)

    def get_internal_type(self) -> str:
        """Return "TextField"."""
        return "TextField"

    def to_python(self, value: Any) -> Any:
        """Return *value* as text."""
        if isinstance(value, str) or value is None:
            return value
        return str(value)

    def get_prep_value(self, value: Any) -> Any:
        """Return *value* as text."""
        return self.to_python(super().get_prep_value(value))

    def formfield(self, form_class: Any = None, choices_form_class: Any = None, **kwargs: Any) -> Any:
        """Return a text area."""
        defaults: dict[str, Any] = {"max_length": self.max_length}
        if self.choices is None:
            defaults["widget"] = named_form_class("Textarea")
        return super().formfield(form_class, choices_form_class, **{**defaults, **kwargs})

    def deconstruct(self) -> tuple[Any, str, Sequence[Any], dict[str, Any]]:
        """Return what builds this field again."""
        name, path, args, keywords = super().deconstruct()
        if self.db_collation:
            keywords["db_collation"] = self.db_collation
        return name, path, args, keywords

    def slice_expression(self, expression: Any, start: int, length: int | None) -> Any:
        """Return the substring expression."""
        return substring(expression, start, length)
