"""Column types that say the words of the database, so that Alembic compares equal with equal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import types


class Named(types.UserDefinedType[Any]):
    """A type by its name."""

    cache_ok = True

    def __init__(self, text: str) -> None:
        self.text = text

    def get_col_spec(self, **kw: Any) -> str:
        """Return the name."""
        return self.text


class DeclaredType(types.TypeDecorator[Any]):
    """A type that is written as *text* in DDL and handles values as *inner* does."""

    impl = types.NullType
    cache_ok = True

    def __init__(self, inner: Any, text: str) -> None:
        super().__init__()
        self.inner = inner
        self.text = text

    def __getattr__(self, name: str) -> Any:
        # Length, precision and whatever else people ask of a type.
        if name in {"inner", "impl"}:
            raise AttributeError(name)
        return getattr(self.inner, name)

    def load_dialect_impl(self, dialect: Any) -> Any:
        """Return the type by its name."""
        return Named(self.text)

    def bind_processor(self, dialect: Any) -> Callable[[Any], Any] | None:
        """Return the inner type's."""
        found: Callable[[Any], Any] | None = self.inner.dialect_impl(dialect).bind_processor(dialect)
        return found

    def result_processor(self, dialect: Any, coltype: Any) -> Callable[[Any], Any] | None:
        """Return the inner type's."""
        found: Callable[[Any], Any] | None = self.inner.dialect_impl(dialect).result_processor(dialect, coltype)
        return found

    def coerce_compared_value(self, op: Any, value: Any) -> Any:
        """Return the inner type's."""
        return self.inner.coerce_compared_value(op, value)

    @property
    def python_type(self) -> Any:
        """The inner type's."""
        return self.inner.python_type

    @property
    def comparator_factory(self) -> Any:  # type: ignore[override]  # a property, as SQLAlchemy's own is
        """The inner type's."""
        return self.inner.comparator_factory


# Types of MySQL and MariaDB that SQLAlchemy's own types do not say.
_MYSQL = frozenset({"longtext", "uuid"})


def as_reflected(kind: Any, field: Any, connection: Any) -> Any:
    """Return *kind*, written as the database itself says the type of the column that migrations make."""
    resolve = getattr(connection.dialect, "_resolve_type_affinity", None)
    declared = field.db_type(connection)
    if connection.vendor == "mysql" and declared in _MYSQL and not isinstance(kind, DeclaredType):
        return DeclaredType(kind, declared.upper())
    if resolve is None or declared is None or isinstance(kind, DeclaredType):
        return kind
    compiler = connection.dialect.type_compiler_instance
    text = compiler.process(resolve(declared.split(" CHECK ")[0].split(" COLLATE ")[0].upper()))
    return kind if compiler.process(kind) == text else DeclaredType(kind, text)


__all__ = ["DeclaredType", "as_reflected"]
