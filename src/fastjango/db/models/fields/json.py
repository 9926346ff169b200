"""JSON documents. The lookups and key transforms live in ``lookups/json.py``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from fastjango.core import checks, exceptions
from fastjango.db import connections, router
from fastjango.db.models.expressions import Value
from fastjango.db.models.fields.column_types import JSONText
from fastjango.db.models.fields.field import Field
from fastjango.db.models.fields.storage import Converter, overridden_by_user
from fastjango.db.models.fields.typevars import GT, ST
from fastjango.db.models.lookups.json import (
    KT,
    ContainedBy,
    DataContains,
    HasAnyKeys,
    HasKey,
    HasKeyLookup,
    HasKeyOrArrayIndex,
    HasKeys,
    JSONExact,
    JSONIContains,
    KeyTextTransform,
    KeyTransform,
    KeyTransformEndsWith,
    KeyTransformExact,
    KeyTransformFactory,
    KeyTransformGt,
    KeyTransformGte,
    KeyTransformIContains,
    KeyTransformIEndsWith,
    KeyTransformIExact,
    KeyTransformIn,
    KeyTransformIRegex,
    KeyTransformIsNull,
    KeyTransformIStartsWith,
    KeyTransformLt,
    KeyTransformLte,
    KeyTransformRegex,
    KeyTransformStartsWith,
    KeyTransformTextLookupMixin,
)
from fastjango.db.models.lookups.json_paths import json_path as compile_json_path
from fastjango.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from fastjango.core.checks import CheckMessage

__all__ = [
    "KT",
    "CheckFieldDefaultMixin",
    "ContainedBy",
    "DataContains",
    "HasAnyKeys",
    "HasKey",
    "HasKeyLookup",
    "HasKeyOrArrayIndex",
    "HasKeys",
    "JSONExact",
    "JSONField",
    "JSONIContains",
    "KeyTextTransform",
    "KeyTransform",
    "KeyTransformEndsWith",
    "KeyTransformExact",
    "KeyTransformFactory",
    "KeyTransformGt",
    "KeyTransformGte",
    "KeyTransformIContains",
    "KeyTransformIEndsWith",
    "KeyTransformIExact",
    "KeyTransformIRegex",
    "KeyTransformIStartsWith",
    "KeyTransformIn",
    "KeyTransformIsNull",
    "KeyTransformLt",
    "KeyTransformLte",
    "KeyTransformRegex",
    "KeyTransformStartsWith",
    "KeyTransformTextLookupMixin",
    "compile_json_path",
]


class CheckFieldDefaultMixin:
    """Warns of a mutable default that all instances would share."""

    _default_hint: tuple[str, str] = ("<valid default>", "<invalid default>")

    if TYPE_CHECKING:
        default: Any

        def has_default(self) -> bool: ...

    def _check_default(self) -> list[CheckMessage]:
        if not self.has_default() or self.default is None or callable(self.default):
            return []
        good, bad = self._default_hint
        return [
            checks.Warning(
                f"{type(self).__name__} default should be a callable instead of an instance so that it's not shared between all field instances.",
                hint=f"Use a callable instead, e.g., use `{good}` instead of `{bad}`.",
                obj=self,
                id="fields.E010",
            )
        ]

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        """Return the problems of the field and its default."""
        return [*super().check(**kwargs), *self._check_default()]  # type: ignore[misc]


class JSONField(CheckFieldDefaultMixin, Field[ST, GT]):
    """Anything that ``json`` can write."""

    empty_strings_allowed = False
    # ``None`` as a value is JSON's null; only a saved attribute None is SQL's.
    stores_none_as_value = True
    description = _("A JSON object")
    default_error_messages = {"invalid": _("Value must be valid JSON.")}
    _default_hint = ("dict", "{}")

    def __init__(
        self,
        verbose_name: Any = None,
        name: str | None = None,
        encoder: Any = None,
        decoder: Any = None,
        **kwargs: Any,
    ) -> None:
        if encoder and not callable(encoder):
            raise ValueError("The encoder parameter must be a callable object.")
        if decoder and not callable(decoder):
            raise ValueError("The decoder parameter must be a callable object.")
        self.encoder: Any = encoder
        self.decoder: Any = decoder
        super().__init__(verbose_name, name, **kwargs)

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        """Return the problems of the field; the databases must know JSON."""
        databases = kwargs.get("databases") or []
        return [*super().check(**kwargs), *self._check_supported(databases)]

    def _check_supported(self, databases: Any) -> list[CheckMessage]:
        found: list[CheckMessage] = []
        for alias in databases:
            if not router.allow_migrate_model(alias, self.model):
                continue
            connection = connections[alias]
            opts = self.model._meta
            if opts.required_db_vendor and opts.required_db_vendor != connection.vendor:
                continue
            if not ("supports_json_field" in opts.required_db_features or connection.features.supports_json_field):
                message = f"{connection.display_name} does not support JSONFields."
                found.append(checks.Error(message, obj=self.model, id="fields.E180"))
        return found

    def column_type(self) -> Any:
        """Return the dialect's JSON type."""
        return JSONText(self.encoder, self.decoder)

    def deconstruct(self) -> tuple[Any, str, Sequence[Any], dict[str, Any]]:
        """Return what builds this field again."""
        name, path, args, keywords = super().deconstruct()
        if self.encoder is not None:
            keywords["encoder"] = self.encoder
        if self.decoder is not None:
            keywords["decoder"] = self.decoder
        return name, path, args, keywords

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        """
        Return the Python value of what the driver gave, for classes that override it.

        Such a class gets the JSON text; a value at a key may be a number already.
        """
        if not isinstance(value, str | bytes):
            return value
        try:
            return json.loads(value, cls=self.decoder)
        except json.JSONDecodeError:
            return value

    def result_converter(self, connection: Any) -> Converter | None:
        """Return the reader of documents; that of a class of one's own is the only one."""
        if overridden_by_user(self, "from_db_value"):
            return super().result_converter(connection)
        return self.driver_result_converter(connection)

    def driver_result_converter(self, connection: Any) -> Converter | None:
        """Return the reader of JSON text, unless ``from_db_value()`` reads it."""
        return None if overridden_by_user(self, "from_db_value") else super().driver_result_converter(connection)

    def get_internal_type(self) -> str:
        """Return "JSONField"."""
        return "JSONField"

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        """Return the value to save; None is SQL's NULL."""
        if value is None or (hasattr(value, "resolve_expression") and not isinstance(value, Value)):
            return value
        return self.get_db_prep_value(value, connection)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """Return the JSON text; None is JSON's null."""
        if not prepared:
            value = self.get_prep_value(value)
        if isinstance(value, Value) and isinstance(value.output_field, JSONField):
            value = value.value
        elif hasattr(value, "resolve_expression"):
            return value
        return connection.ops.adapt_json_value(value, self.encoder)

    def bind_converter(self, connection: Any) -> Any:
        """Return the writer; unlike other types it turns None into JSON's null."""
        return lambda value: self.get_db_prep_value(value, connection, prepared=True)

    def get_transform(self, name: str) -> Any:
        """Return the registered transform, or the one for the key *name*."""
        return super().get_transform(name) or KeyTransformFactory(name)

    def validate(self, value: Any, model_instance: Any) -> None:
        """Check that *value* can be written as JSON."""
        super().validate(value, model_instance)
        try:
            json.dumps(value, cls=self.encoder)
        except TypeError:
            raise exceptions.ValidationError(
                self.error_messages["invalid"], code="invalid", params={"value": value}
            ) from None

    def value_to_string(self, obj: Any) -> Any:
        """Return the value itself: serializers write JSON as it is."""
        return self.value_from_object(obj)

    def formfield(self, form_class: Any = None, choices_form_class: Any = None, **kwargs: Any) -> Any:
        """Return a text area that checks JSON."""
        return super().formfield(
            form_class or "JSONField",
            choices_form_class,
            **{"encoder": self.encoder, "decoder": self.decoder, **kwargs},
        )
