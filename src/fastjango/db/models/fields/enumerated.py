"""
``EnumField``: one of a few words, in a column whose type says which.

PostgreSQL gets a type of its own, MariaDB and MySQL an ``enum(...)``, SQLite a text with a check. Migrations know the words: see
``migrations/ddl/enums.py``.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar, overload

from sqlalchemy import types
from sqlalchemy.dialects import mysql, postgresql

from fastjango.core import checks
from fastjango.core.exceptions import fix
from fastjango.db.models.fields.column_types import Processor, StoredType
from fastjango.db.models.fields.field import Field
from fastjango.db.models.fields.sentinels import NOT_PROVIDED
from fastjango.db.models.fields.text import CharField
from fastjango.db.models.fields.typevars import GT, ST
from fastjango.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from fastjango.core.checks import CheckMessage
    from fastjango.db.models.expressions.combinable import Combinable

Member = TypeVar("Member", bound=enum.Enum)

# What PostgreSQL keeps of a name; MySQL takes 255 characters.
MAX_VALUE_BYTES = 63

__all__ = ["EnumField", "EnumText", "enum_of"]


class EnumText(StoredType):
    """One of *values*: a named type on PostgreSQL, ``enum(...)`` on MySQL, else text; read as a member of *members*."""

    impl = types.String

    def __init__(self, values: tuple[str, ...], name: str, members: Any = None) -> None:
        super().__init__()
        self.values = values
        self.name = name
        self.members = members

    def driver_type(self, dialect: Any) -> Any:
        """Return the dialect's type."""
        if dialect.name == "postgresql":
            return postgresql.ENUM(*self.values, name=self.name, create_type=False)
        if dialect.name in ("mysql", "mariadb"):
            return mysql.ENUM(*self.values)
        return types.String(max(map(len, self.values)))

    def to_driver(self, dialect: Any) -> Processor:
        """Write a member's value."""
        return lambda value: value.value if isinstance(value, enum.Enum) else value

    def from_driver(self, dialect: Any) -> Processor:
        """Read a member; a word that is none of them comes as it is."""
        if self.members is None:
            return None
        known = {member.value: member for member in self.members}

        def read(value: Any) -> Any:
            return known.get(value, value)

        read.known = known  # type: ignore[attr-defined]
        return read


class EnumField(CharField[ST, GT]):
    """
    One of a few words, held by the database itself.

        class Status(models.TextChoices):
            DRAFT = "draft"
            PAID = "paid"

        status = models.EnumField(Status, default=Status.DRAFT)

    Args:
        enum: The members: a ``TextChoices`` or a ``StrEnum``. Values that are read are its members.
        values: The words instead of a class, as migrations write them; values that are read are texts.
        type_name: The type's name on PostgreSQL; ``<app>_<enum>`` unless given. Fields of one name share a type.
    """

    description = _("One of a few values")
    empty_strings_allowed = False

    @overload
    def __init__(
        self: EnumField[Member | str | Combinable, Member],
        enum: type[Member],
        verbose_name: Any = ...,
        *,
        null: Literal[False] = ...,
        **kwargs: Any,
    ) -> None: ...
    @overload
    def __init__(
        self: EnumField[Member | str | Combinable | None, Member | None],
        enum: type[Member],
        verbose_name: Any = ...,
        *,
        null: Literal[True],
        **kwargs: Any,
    ) -> None: ...
    @overload
    def __init__(self, enum: Any = ..., verbose_name: Any = ..., **kwargs: Any) -> None: ...
    def __init__(
        self,
        enum: Any = None,
        verbose_name: Any = None,
        *,
        values: Iterable[str] | None = None,
        type_name: str | None = None,
        choices: Any = None,
        **kwargs: Any,
    ) -> None:
        self.enum = enum
        self.values = _values_of(enum, values)
        self._type_name = type_name
        self._plain = {value: value for value in self.values}
        self._own_choices = choices is not None
        kwargs.pop("max_length", None)
        super().__init__(
            verbose_name, choices=choices if self._own_choices else _choices_of(enum, self.values), **kwargs
        )
        # For a column of text; the choices are what limits it.
        self.max_length = max(map(len, self.values))

    @property
    def type_name(self) -> str:
        """The name of the type on PostgreSQL."""
        if self._type_name:
            return self._type_name
        name = _snake(self.enum.__name__) if self.enum is not None else "enum"
        model = getattr(self, "model", None)
        return name if model is None else f"{model._meta.app_label}_{name}"

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        """Return the problems of the field and of its values."""
        found = [*super().check(**kwargs), *self._check_values(), *self._check_default_is_a_value()]
        return found if found else self._check_shared_type()

    def _check_values(self) -> list[CheckMessage]:
        long = [value for value in self.values if len(value.encode()) > MAX_VALUE_BYTES]
        found: list[CheckMessage] = []
        if long:
            message = f"EnumField values must be at most {MAX_VALUE_BYTES} bytes long: {long[0]!r} is longer."
            found.append(checks.Error(message, obj=self, id="fields.E240"))
        if len({value.casefold() for value in self.values}) < len(self.values) or any(
            v != v.rstrip() for v in self.values
        ):
            message = "EnumField values that differ only in case or in spaces at the end are the same for MySQL."
            found.append(checks.Error(message, obj=self, id="fields.E241"))
        if not self._type_name and self.enum is None:
            message = "EnumField without an enum class needs a type_name."
            hint = "Give it a class of TextChoices, or type_name='...'."
            found.append(checks.Error(message, hint=hint, obj=self, id="fields.E242"))
        return found

    def _check_default_is_a_value(self) -> list[CheckMessage]:
        found: list[CheckMessage] = []
        for option in ("default", "db_default"):
            value = getattr(self, option)
            if isinstance(value, str) and value not in self._plain:
                message = f"EnumField {option} {value!r} is not one of its values."
                found.append(checks.Error(message, obj=self, id="fields.E243"))
        return found

    def _check_shared_type(self) -> list[CheckMessage]:
        for model in self.model._meta.apps.get_models():
            for field in model._meta.local_fields:
                other = enum_of(field) if field.concrete else None
                if other is not None and other.type_name == self.type_name and other.values != self.values:
                    message = f"{field} has a type of the name {self.type_name!r} with other values."
                    hint = "Give one of them a type_name=..., or both the same enum."
                    return [checks.Error(message, hint=hint, obj=self, id="fields.E244")]
        return []

    def get_internal_type(self) -> str:
        """Return "EnumField": functions of texts must not take the column for one."""
        return "EnumField"

    # -- the column --------------------------------------------------------------------

    def column_type(self) -> Any:
        """Return the enumeration."""
        return EnumText(self.values, self.type_name, self.enum)

    def db_type(self, connection: Any) -> str | None:
        """Return the type in the words of the database."""
        if connection.vendor == "postgresql":
            name = self.type_name.replace('"', '""')
            return f'"{name}"'
        if connection.vendor == "mysql":
            return f"enum({_listed(self.values, connection.vendor)})"
        return f"varchar({self.max_length})"

    def db_check(self, connection: Any) -> str | None:
        """Return the check that keeps other values out where there is no type for it."""
        if connection.vendor in ("postgresql", "mysql") or getattr(self, "column", None) is None:
            return None
        return f"{connection.ops.quote_name(self.column)} IN ({_listed(self.values, connection.vendor)})"

    def cast_db_type(self, connection: Any) -> str | None:
        """Return the type for CAST."""
        return {"postgresql": self.db_type(connection), "mysql": "char"}.get(connection.vendor, "text")

    def python_annotation(self, python_type: Callable[[Any], Any]) -> Any:
        """Return the type of the values, for schemas."""
        return self.enum if self.enum is not None else Literal[self.values]

    # -- values ------------------------------------------------------------------------

    def to_python(self, value: Any) -> Any:
        """Return the member; what is none of them stays as it is, and validation refuses it."""
        if value is None or value == "":
            return None
        if self.enum is None or isinstance(value, self.enum):
            return value
        try:
            return self.enum(value)
        except ValueError:
            return value

    def get_prep_value(self, value: Any) -> Any:
        """
        Return the value as a plain text.

        Raises:
            ValueError: It is none of the values.
        """
        value = Field.get_prep_value(self, value)
        if value is None or value == "" or hasattr(value, "resolve_expression"):
            return None if value == "" else value
        try:
            return self._plain[value]
        except (KeyError, TypeError):
            expected = ", ".join(map(repr, self.values))
            raise ValueError(f"Field '{self.name}' expected one of {expected} but got {value!r}.") from None

    # -- declaration and rebuilding ----------------------------------------------------

    def deconstruct(self) -> tuple[Any, str, Sequence[Any], dict[str, Any]]:
        """Return what builds this field again: the values, and nothing of the class, which lives and changes elsewhere."""
        name, path, args, keywords = super().deconstruct()
        keywords.pop("max_length", None)
        if not self._own_choices:
            keywords.pop("choices", None)
        for option in ("default", "db_default"):
            value = keywords.get(option, NOT_PROVIDED)
            if isinstance(value, enum.Enum):
                keywords[option] = value.value
        return name, path, args, {"values": list(self.values), "type_name": self.type_name, **keywords}

    def clone(self) -> Self:
        """Return an unbound field with the same options and members."""
        twin = super().clone()
        if self.enum is not None and not self._own_choices:
            twin.choices = self.choices
        twin.enum = self.enum
        return twin


def _values_of(members: Any, values: Iterable[str] | None) -> tuple[str, ...]:
    """Return the words of a class, or those that are given."""
    if members is not None:
        if not (isinstance(members, type) and issubclass(members, enum.Enum) and issubclass(members, str)):
            raise fix(
                TypeError(f"EnumField needs an enumeration of texts, got {members!r}."),
                "Derive it from models.TextChoices or enum.StrEnum; numbers are models.IntegerField(choices=...).",
            )
        if any(str(member) != member.value for member in members):
            raise fix(
                TypeError(f"The members of {members.__name__} are not written as their values."),
                "Derive it from models.TextChoices or enum.StrEnum.",
            )
        values = [member.value for member in members]
    found = tuple(values or ())
    if not found or not all(isinstance(value, str) and value for value in found) or len(set(found)) < len(found):
        raise fix(
            ValueError(f"EnumField needs one or more different texts, none of them empty, got {list(found)!r}."),
            "For rows without a value use null=True.",
        )
    return found


def _choices_of(members: Any, values: tuple[str, ...]) -> list[tuple[str, Any]]:
    if members is None:
        return [(value, value) for value in values]
    return [(member.value, getattr(member, "label", member.name.replace("_", " ").title())) for member in members]


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def _listed(values: Iterable[str], vendor: str) -> str:
    quoted = (value.replace("'", "''") for value in values)
    if vendor == "mysql":
        quoted = (value.replace("\\", "\\\\") for value in quoted)
    return ", ".join(f"'{value}'" for value in quoted)


def enum_of(field: Any) -> EnumField[Any, Any] | None:
    """Return the ``EnumField`` whose type the column of *field* has or holds: its own, an array's, a key's; else None."""
    while field is not None and not isinstance(field, EnumField):
        if getattr(field, "generated", False):
            field = field.output_field
        elif field.is_relation:
            model = field.remote_field.model if field.remote_field else None
            known = field.concrete and model is not None and not isinstance(model, str)
            field = getattr(field, "target_field", None) if known else None
        else:
            field = getattr(field, "base_field", None)
    return field
