"""Keys that the database counts: ``AutoField`` and its sizes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, overload

from sqlalchemy import types

from fastjango.core import checks
from fastjango.db.models.fields.numbers import BigIntegerField, IntegerField, SmallIntegerField
from fastjango.db.models.fields.typevars import GT, ST

if TYPE_CHECKING:
    from fastjango.core.checks import CheckMessage
    from fastjango.db.models.expressions.combinable import Combinable


class AutoFieldMixin:
    """What every automatic key has in common."""

    db_returning = True

    if TYPE_CHECKING:
        primary_key: bool

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["blank"] = True
        super().__init__(*args, **kwargs)

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        """Return the problems of the field; it must be the primary key."""
        return [*super().check(**kwargs), *self._check_primary_key()]  # type: ignore[misc]

    def _check_primary_key(self) -> list[CheckMessage]:
        if self.primary_key:
            return []
        return [checks.Error("AutoFields must set primary_key=True.", obj=self, id="fields.E100")]

    def deconstruct(self) -> tuple[Any, str, Sequence[Any], dict[str, Any]]:
        """Return what builds this field again."""
        name, path, args, keywords = super().deconstruct()  # type: ignore[misc]
        del keywords["blank"]
        keywords["primary_key"] = True
        return name, path, args, keywords

    def validate(self, value: Any, model_instance: Any) -> None:
        """Accept everything: the database makes the value."""

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """Return the driver's form of the key."""
        if not prepared:
            value = self.get_prep_value(value)  # type: ignore[attr-defined]
            value = connection.ops.validate_autopk_value(value)
        return value

    def contribute_to_class(self, cls: Any, name: str, private_only: bool = False) -> None:
        """Bind the field; a model has one such key."""
        if cls._meta.auto_field:
            raise ValueError(f"Model {cls._meta.label} can't have more than one auto-generated field.")
        super().contribute_to_class(cls, name, private_only=private_only)  # type: ignore[misc]
        cls._meta.auto_field = self

    def formfield(self, *args: Any, **kwargs: Any) -> None:
        """Return None: nobody types this key."""
        return None


class AutoFieldMeta(type):
    """Lets ``isinstance(field, AutoField)`` hold for the other sizes too."""

    @property
    def _subclasses(cls) -> tuple[type, ...]:
        return (BigAutoField, SmallAutoField)

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, cls._subclasses) or super().__instancecheck__(instance)

    def __subclasscheck__(cls, subclass: type) -> bool:
        return issubclass(subclass, cls._subclasses) or super().__subclasscheck__(subclass)


class AutoField(AutoFieldMixin, IntegerField[ST, GT], metaclass=AutoFieldMeta):
    """A 32-bit key counted by the database."""

    if TYPE_CHECKING:

        @overload
        def __init__(
            self: AutoField[int | str | Combinable | None, int], *args: Any, null: Literal[False] = ..., **kwargs: Any
        ) -> None: ...
        @overload
        def __init__(
            self: AutoField[int | str | Combinable | None, int | None], *args: Any, null: Literal[True], **kwargs: Any
        ) -> None: ...
        @overload
        def __init__(self, *args: Any, **kwargs: Any) -> None: ...
        def __init__(self, *args: Any, **kwargs: Any) -> None: ...

    def get_internal_type(self) -> str:
        """Return "AutoField"."""
        return "AutoField"

    def rel_db_type(self, connection: Any) -> str | None:
        """Return the type of a column that points at this one."""
        return IntegerField().db_type(connection=connection)


class BigAutoField(AutoFieldMixin, BigIntegerField[ST, GT]):
    """A 64-bit key counted by the database."""

    if TYPE_CHECKING:

        @overload
        def __init__(
            self: BigAutoField[int | str | Combinable | None, int],
            *args: Any,
            null: Literal[False] = ...,
            **kwargs: Any,
        ) -> None: ...
        @overload
        def __init__(
            self: BigAutoField[int | str | Combinable | None, int | None],
            *args: Any,
            null: Literal[True],
            **kwargs: Any,
        ) -> None: ...
        @overload
        def __init__(self, *args: Any, **kwargs: Any) -> None: ...
        def __init__(self, *args: Any, **kwargs: Any) -> None: ...

    def column_type(self) -> Any:
        """Return BIGINT; INTEGER on SQLite, which counts only those."""
        return types.BigInteger().with_variant(types.Integer(), "sqlite")

    def get_internal_type(self) -> str:
        """Return "BigAutoField"."""
        return "BigAutoField"

    def rel_db_type(self, connection: Any) -> str | None:
        """Return the type of a column that points at this one."""
        return BigIntegerField().db_type(connection=connection)


class SmallAutoField(AutoFieldMixin, SmallIntegerField[ST, GT]):
    """A 16-bit key counted by the database."""

    if TYPE_CHECKING:

        @overload
        def __init__(
            self: SmallAutoField[int | str | Combinable | None, int],
            *args: Any,
            null: Literal[False] = ...,
            **kwargs: Any,
        ) -> None: ...
        @overload
        def __init__(
            self: SmallAutoField[int | str | Combinable | None, int | None],
            *args: Any,
            null: Literal[True],
            **kwargs: Any,
        ) -> None: ...
        @overload
        def __init__(self, *args: Any, **kwargs: Any) -> None: ...
        def __init__(self, *args: Any, **kwargs: Any) -> None: ...

    def column_type(self) -> Any:
        """Return SMALLINT; INTEGER on SQLite, which counts only those."""
        return types.SmallInteger().with_variant(types.Integer(), "sqlite")

    def get_internal_type(self) -> str:
        """Return "SmallAutoField"."""
        return "SmallAutoField"

    def rel_db_type(self, connection: Any) -> str | None:
        """Return the type of a column that points at this one."""
        return SmallIntegerField().db_type(connection=connection)
