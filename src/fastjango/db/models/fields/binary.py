"""Raw bytes."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, overload

from fastjango.core import checks, validators
from fastjango.db.models.fields.column_types import Bytes
from fastjango.db.models.fields.field import Field
from fastjango.db.models.fields.typevars import GT, ST
from fastjango.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from fastjango.core.checks import CheckMessage
    from fastjango.db.models.expressions.combinable import Combinable


class BinaryField(Field[ST, GT]):
    """Bytes; not editable unless asked for."""

    description = _("Raw binary data")
    empty_values = [None, b""]

    @overload
    def __init__(
        self: BinaryField[bytes | bytearray | memoryview | Combinable, bytes],
        *args: Any,
        null: Literal[False] = ...,
        **kwargs: Any,
    ) -> None: ...
    @overload
    def __init__(
        self: BinaryField[bytes | bytearray | memoryview | Combinable | None, bytes | None],
        *args: Any,
        null: Literal[True],
        **kwargs: Any,
    ) -> None: ...
    @overload
    def __init__(self, *args: Any, **kwargs: Any) -> None: ...
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)
        if self.max_length is not None:
            self.validators.append(validators.MaxLengthValidator(self.max_length))

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        """Return the problems of the field; a text default is one."""
        return [*super().check(**kwargs), *self._check_str_default_value()]

    def _check_str_default_value(self) -> list[CheckMessage]:
        if self.has_default() and isinstance(self.default, str):
            message = "BinaryField's default cannot be a string. Use bytes content instead."
            return [checks.Error(message, obj=self, id="fields.E170")]
        return []

    def column_type(self) -> Any:
        """Return a blob."""
        return Bytes()

    def deconstruct(self) -> tuple[Any, str, Sequence[Any], dict[str, Any]]:
        """Return what builds this field again."""
        name, path, args, keywords = super().deconstruct()
        if self.editable:
            keywords["editable"] = True
        else:
            del keywords["editable"]
        return name, path, args, keywords

    def get_internal_type(self) -> str:
        """Return "BinaryField"."""
        return "BinaryField"

    def get_placeholder(self, value: Any, compiler: Any, connection: Any) -> Any:
        """Return the backend's mark for a binary parameter."""
        return connection.ops.binary_placeholder_sql(value)

    def get_default(self) -> Any:
        """Return the default, or empty bytes."""
        if self.has_default() and not callable(self.default):
            return self.default
        default = super().get_default()
        return b"" if default == "" else default

    def value_to_string(self, obj: Any) -> str:
        """Return the bytes in base 64."""
        return b64encode(self.value_from_object(obj)).decode("ascii")

    def to_python(self, value: Any) -> Any:
        """Return *value*; text is base 64, as fixtures have it."""
        if isinstance(value, str):
            return memoryview(b64decode(value.encode("ascii")))
        return value

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """Return the driver's binary object."""
        value = super().get_db_prep_value(value, connection, prepared)
        if value is not None:
            return connection.Database.Binary(value)
        return value
