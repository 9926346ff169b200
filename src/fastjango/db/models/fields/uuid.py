"""Universally unique identifiers."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, Literal, overload

from fastjango.core import exceptions
from fastjango.db.models.fields.column_types import HexUUID
from fastjango.db.models.fields.field import Field
from fastjango.db.models.fields.typevars import GT, ST
from fastjango.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from fastjango.db.models.expressions.combinable import Combinable


class UUIDField(Field[ST, GT]):
    """A ``uuid.UUID``."""

    default_error_messages = {"invalid": _("“%(value)s” is not a valid UUID.")}
    description = _("Universally unique identifier")
    empty_strings_allowed = False

    @overload
    def __init__(
        self: UUIDField[uuid.UUID | str | Combinable, uuid.UUID],
        verbose_name: Any = ...,
        *,
        null: Literal[False] = ...,
        **kwargs: Any,
    ) -> None: ...
    @overload
    def __init__(
        self: UUIDField[uuid.UUID | str | Combinable | None, uuid.UUID | None],
        verbose_name: Any = ...,
        *,
        null: Literal[True],
        **kwargs: Any,
    ) -> None: ...
    @overload
    def __init__(self, verbose_name: Any = ..., **kwargs: Any) -> None: ...
    def __init__(self, verbose_name: Any = None, **kwargs: Any) -> None:
        kwargs["max_length"] = 32
        super().__init__(verbose_name, **kwargs)

    def column_type(self) -> Any:
        """Return UUID or CHAR(32)."""
        return HexUUID()

    def deconstruct(self) -> Any:
        """Return what builds this field again."""
        name, path, args, keywords = super().deconstruct()
        del keywords["max_length"]
        return name, path, args, keywords

    def get_internal_type(self) -> str:
        """Return "UUIDField"."""
        return "UUIDField"

    def get_prep_value(self, value: Any) -> Any:
        """Return *value* as a UUID."""
        value = super().get_prep_value(value)
        return value if hasattr(value, "resolve_expression") else self.to_python(value)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """Return the driver's form of the UUID."""
        if value is None or hasattr(value, "resolve_expression"):
            return value
        if not isinstance(value, uuid.UUID):
            value = self.to_python(value)
        return super().get_db_prep_value(value, connection, prepared=True)

    def to_python(self, value: Any) -> Any:
        """Return *value* as a UUID; integers and texts are understood."""
        if value is None or isinstance(value, uuid.UUID):
            return value
        try:
            return uuid.UUID(int=value) if isinstance(value, int) else uuid.UUID(hex=value)
        except (AttributeError, ValueError):
            raise exceptions.ValidationError(
                self.error_messages["invalid"], code="invalid", params={"value": value}
            ) from None

    def formfield(self, form_class: Any = None, choices_form_class: Any = None, **kwargs: Any) -> Any:
        """Return a UUID input."""
        return super().formfield(form_class or "UUIDField", choices_form_class, **kwargs)
