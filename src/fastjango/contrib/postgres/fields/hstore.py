"""``HStoreField``: a map of texts, by the extension ``hstore``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, overload

from sqlalchemy import String

from fastjango.contrib.postgres import lookups
from fastjango.contrib.postgres.column_types import ServerType
from fastjango.contrib.postgres.fields.array import ArrayField
from fastjango.contrib.postgres.forms import HStoreField as HStoreFormField
from fastjango.contrib.postgres.server_check import ServerCheckMixin
from fastjango.core.exceptions import ValidationError
from fastjango.db.models import Field, TextField, Transform
from fastjango.db.models.expressions.elements import Pieces
from fastjango.db.models.fields.mixins import CheckFieldDefaultMixin
from fastjango.db.models.fields.typevars import GT, ST
from fastjango.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from fastjango.db.models.expressions.combinable import Combinable
    from fastjango.db.models.expressions.elements import Clause
    from fastjango.db.models.types import ClauseContext

__all__ = ["HStoreField"]

_KEY = String()


class HStoreField(ServerCheckMixin, CheckFieldDefaultMixin, Field[ST, GT]):
    """
    A map from texts to texts or None.

        attributes = HStoreField(default=dict)
        Product.objects.filter(attributes__colour="red")

    The database needs the extension: ``HStoreExtension()`` in a migration.
    """

    empty_strings_allowed = False
    description = _("Map of strings to strings/nulls")
    default_error_messages = {"not_a_string": _("The value of “%(key)s” is not a string or null.")}
    _default_hint = ("dict", "{}")

    if TYPE_CHECKING:

        @overload
        def __init__(
            self: HStoreField[Mapping[str, Any] | Combinable, dict[str, str | None]],
            *args: Any,
            null: Literal[False] = ...,
            **kwargs: Any,
        ) -> None: ...
        @overload
        def __init__(
            self: HStoreField[Mapping[str, Any] | Combinable | None, dict[str, str | None] | None],
            *args: Any,
            null: Literal[True],
            **kwargs: Any,
        ) -> None: ...
        @overload
        def __init__(self, *args: Any, **kwargs: Any) -> None: ...
        def __init__(self, *args: Any, **kwargs: Any) -> None: ...

    def db_type(self, connection: Any) -> str | None:
        """Return "hstore"."""
        return "hstore"

    def column_type(self) -> Any:
        """Return the type; connections read and write it once the extension is there (``signals.py``)."""
        return ServerType("hstore")

    def python_annotation(self, python_type: Any) -> Any:
        """Return the type of the values, for schemas."""
        return dict[str, str | None]

    def get_transform(self, name: str) -> Any:
        """Return a registered transform, else the value of the key *name*."""
        return super().get_transform(name) or KeyTransformFactory(name)

    def get_prep_value(self, value: Any) -> Any:
        """Return keys and values as texts."""
        value = super().get_prep_value(value)
        if isinstance(value, dict):
            return {str(key): None if item is None else str(item) for key, item in value.items()}
        if isinstance(value, list):
            return [str(item) for item in value]
        return value

    def to_python(self, value: Any) -> Any:
        """Return the map; a text is what a serializer has written."""
        return json.loads(value) if isinstance(value, str) else value

    def value_to_string(self, obj: Any) -> str:
        """Return the map as JSON."""
        return json.dumps(self.value_from_object(obj), ensure_ascii=False)

    def validate(self, value: Any, model_instance: Any) -> None:
        """
        Check that all values are texts or None.

        Raises:
            ValidationError: One is not.
        """
        super().validate(value, model_instance)
        for key, item in value.items():
            if item is not None and not isinstance(item, str):
                raise ValidationError(self.error_messages["not_a_string"], code="not_a_string", params={"key": key})

    def formfield(self, form_class: Any = None, choices_form_class: Any = None, **kwargs: Any) -> Any:
        """Return a text area for JSON."""
        return super().formfield(form_class or HStoreFormField, choices_form_class, **kwargs)


class KeyTransform(Transform):
    """The value of a key."""

    output_field = TextField()

    def __init__(self, key_name: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.key_name = key_name

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return the value."""
        key = ctx.bind(self.key_name, None, None, None, _KEY)
        return Pieces("(", ctx.clause(self.lhs), " -> ", key, ")")


class KeyTransformFactory:
    """Makes the transform for one key."""

    def __init__(self, key_name: str) -> None:
        self.key_name = key_name

    def __call__(self, *args: Any, **kwargs: Any) -> KeyTransform:
        return KeyTransform(self.key_name, *args, **kwargs)


class KeysTransform(Transform):
    """The keys, as an array."""

    lookup_name = "keys"
    function = "akeys"
    output_field = ArrayField(TextField())


class ValuesTransform(Transform):
    """The values, as an array."""

    lookup_name = "values"
    function = "avals"
    output_field = ArrayField(TextField())


for _lookup in (
    lookups.DataContains,
    lookups.ContainedBy,
    lookups.HasKey,
    lookups.HasKeys,
    lookups.HasAnyKeys,
    KeysTransform,
    ValuesTransform,
):
    HStoreField.register_lookup(_lookup)
