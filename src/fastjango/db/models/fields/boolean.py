"""True or false; with ``null=True`` also unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, overload

from fastjango.core import exceptions
from fastjango.db.models.fields.column_types import AnyBoolean
from fastjango.db.models.fields.field import Field
from fastjango.db.models.fields.typevars import GT, ST
from fastjango.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from fastjango.db.models.expressions.combinable import Combinable


class BooleanField(Field[ST, GT]):
    """A truth value."""

    empty_strings_allowed = False
    default_error_messages = {
        "invalid": _("“%(value)s” value must be either True or False."),
        "invalid_nullable": _("“%(value)s” value must be either True, False, or None."),
    }
    description = _("Boolean (Either True or False)")

    if TYPE_CHECKING:

        @overload
        def __init__(
            self: BooleanField[bool | Combinable, bool], *args: Any, null: Literal[False] = ..., **kwargs: Any
        ) -> None: ...
        @overload
        def __init__(
            self: BooleanField[bool | Combinable | None, bool | None], *args: Any, null: Literal[True], **kwargs: Any
        ) -> None: ...
        @overload
        def __init__(self, *args: Any, **kwargs: Any) -> None: ...
        def __init__(self, *args: Any, **kwargs: Any) -> None: ...

    def column_type(self) -> Any:
        """Return BOOLEAN."""
        return AnyBoolean()

    def get_internal_type(self) -> str:
        """Return "BooleanField"."""
        return "BooleanField"

    def to_python(self, value: Any) -> Any:
        """Return *value* as bool; the texts that forms and fixtures use are understood."""
        if self.null and value in self.empty_values:
            return None
        if value in (True, False):
            return bool(value)  # 1 and 0 become what they mean
        if value in ("t", "True", "1"):
            return True
        if value in ("f", "False", "0"):
            return False
        code = "invalid_nullable" if self.null else "invalid"
        raise exceptions.ValidationError(self.error_messages[code], code=code, params={"value": value})

    def get_prep_value(self, value: Any) -> Any:
        """Return *value* as bool."""
        value = super().get_prep_value(value)
        if value is None or hasattr(value, "resolve_expression"):
            return value
        return self.to_python(value)

    def formfield(self, form_class: Any = None, choices_form_class: Any = None, **kwargs: Any) -> Any:
        """Return a check box, or a select where null is possible."""
        if self.choices is not None:
            include_blank = not (self.has_default() or "initial" in kwargs)
            kwargs = {"choices": self.get_choices(include_blank=include_blank), **kwargs}
        else:
            # An unticked box is False, so the form must not insist on a value.
            form_class = form_class or ("NullBooleanField" if self.null else "BooleanField")
            kwargs = {"required": False, **kwargs}
        return super().formfield(form_class, choices_form_class, **kwargs)


class NullBooleanField(BooleanField[ST, GT]):
    """Exists only so that old migrations can be read."""

    system_check_removed_details = {
        "msg": ("NullBooleanField is removed except for support in historical migrations."),
        "hint": "Use BooleanField(null=True, blank=True) instead.",
        "id": "fields.E903",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["null"] = True
        kwargs["blank"] = True
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        """Return what builds this field again."""
        name, path, args, keywords = super().deconstruct()
        del keywords["null"]
        del keywords["blank"]
        return name, path, args, keywords
