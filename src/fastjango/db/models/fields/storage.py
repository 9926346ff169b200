"""How a field's values travel: Python value -> prepared value -> driver value -> Python value.

``column_type()`` is the SQLAlchemy type; ``bind_converter`` and ``result_converter`` are the
functions that compiled query plans call, or ``None`` where nothing has to be done.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy.types import Float, Numeric

from fastjango.db.models.fields.column_types import RawType

if TYPE_CHECKING:
    from sqlalchemy.types import TypeEngine

type_name = str
Converter = Callable[[Any], Any]


class ColumnFacts(dict[str, Any]):
    """The attributes of a field as a mapping for ``%(max_length)s`` in type templates."""

    def __init__(self, field: Any) -> None:
        self.field = field
        super().__init__(field.__dict__)

    def __missing__(self, key: str) -> Any:
        try:
            return getattr(self.field, key)
        except AttributeError:
            raise KeyError(key) from None


def overridden_by_user(field: Any, method: str) -> bool:
    """Tell whether a class outside FastJango's own fields defines *method* for *field*."""
    if getattr(field, "has_own_values", False):
        return True
    for cls in type(field).__mro__:
        if method in cls.__dict__:
            module = cls.__module__
            return not module.startswith(("fastjango.db.models.", "fastjango.contrib."))
    return False


def none_or(convert: Converter) -> Converter:
    """Return *convert* for values that may be None."""
    return lambda value: None if value is None else convert(value)


def then(first: Converter | None, from_db_value: Callable[..., Any], expression: Any, connection: Any) -> Converter:
    """Return the reader that runs a field's own ``from_db_value`` after the type's conversion."""

    def read(value: Any) -> Any:
        if first is not None and value is not None:
            value = first(value)
        return from_db_value(value, expression, connection)

    return read


class FieldStorage:
    """The column half of ``Field``."""

    if TYPE_CHECKING:
        _converters: dict[Any, Any]
        column: Any

        def get_internal_type(self) -> str: ...
        def get_prep_value(self, value: Any) -> Any: ...

    # -- column type -------------------------------------------------------------------

    def column_type(self) -> TypeEngine[Any]:
        """Return the SQLAlchemy type of this field's column, the same for every dialect."""
        return RawType(self)

    def db_type_parameters(self, connection: Any) -> ColumnFacts:
        """Return what the ``%(...)s`` marks of the backend's type templates stand for."""
        return ColumnFacts(self)

    def db_type(self, connection: Any) -> str | None:
        """Return the column's type in the words of the database; None for no column."""
        try:
            template = connection.data_types[self.get_internal_type()]
        except KeyError:
            return None
        facts = self.db_type_parameters(connection)
        if callable(template):
            return str(template(facts))
        return str(template % facts)

    def db_check(self, connection: Any) -> str | None:
        """Return the condition that the type needs in a CHECK, if any."""
        try:
            template = connection.data_type_check_constraints[self.get_internal_type()]
        except KeyError:
            return None
        return str(template % self.db_type_parameters(connection))

    def rel_db_type(self, connection: Any) -> str | None:
        """Return the type of a column that points at this one."""
        return self.db_type(connection)

    def cast_db_type(self, connection: Any) -> str | None:
        """Return the type for ``CAST(... AS ...)``."""
        template = connection.ops.cast_data_types.get(self.get_internal_type())
        if template:
            return str(template % self.db_type_parameters(connection))
        return self.db_type(connection)

    def db_parameters(self, connection: Any) -> dict[str, Any]:
        """Return type and check of the column; some backends add more."""
        return {"type": self.db_type(connection), "check": self.db_check(connection)}

    def db_type_suffix(self, connection: Any) -> str | None:
        """Return what follows the type in DDL (``AUTOINCREMENT`` and the like)."""
        suffix = connection.data_types_suffix.get(self.get_internal_type())
        return None if suffix is None else str(suffix)

    # -- values ------------------------------------------------------------------------

    def driver_converter(self, connection: Any) -> Converter | None:
        """Return prepared value -> driver value for this kind of column (None: identity)."""
        dialect = connection.dialect
        processor: Converter | None = self.column_type().dialect_impl(dialect).bind_processor(dialect)
        return processor

    def driver_result_converter(self, connection: Any) -> Converter | None:
        """Return driver value -> Python value for this kind of column (None: identity)."""
        dialect = connection.dialect
        stored = self.column_type().dialect_impl(dialect)
        if dialect.name == "postgresql" and isinstance(stored, Numeric | Float):
            return None  # psycopg reads float and Decimal by itself
        processor: Converter | None = stored.result_processor(dialect, None)
        return processor

    def _driver_converter_of(self, connection: Any) -> Converter | None:
        key = ("driver", connection.alias, connection.vendor)
        try:
            return self._converters[key]  # type: ignore[no-any-return]
        except KeyError:
            found = self._converters[key] = self.driver_converter(connection)
            return found

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """Return *value* as the database driver wants it."""
        if not prepared:
            value = self.get_prep_value(value)
        if value is None or hasattr(value, "resolve_expression"):
            return value
        convert = self._driver_converter_of(connection)
        return value if convert is None else convert(value)

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        """Return *value* as it is to be saved; expressions pass through."""
        if hasattr(value, "resolve_expression"):
            return value
        return self.get_db_prep_value(value, connection=connection, prepared=False)

    def bind_converter(self, connection: Any) -> Converter | None:
        """
        Return the function that turns a prepared value into a driver value.

        ``None`` means that prepared values go to the driver as they are.
        """
        key = ("bind", connection.alias, connection.vendor)
        try:
            return self._converters[key]  # type: ignore[no-any-return]
        except KeyError:
            pass
        found: Converter | None
        if overridden_by_user(self, "get_db_prep_value"):
            found = partial(self.get_db_prep_value, connection=connection, prepared=True)
        else:
            convert = self._driver_converter_of(connection)
            found = None if convert is None else none_or(convert)
        self._converters[key] = found
        return found

    def result_converter(self, connection: Any) -> Converter | None:
        """
        Return the function that turns a driver value into the Python value.

        ``from_db_value(value, expression, connection)`` of a field comes last, as in Django.
        """
        key = ("result", connection.alias, connection.vendor)
        try:
            return self._converters[key]  # type: ignore[no-any-return]
        except KeyError:
            pass
        convert = self.driver_result_converter(connection)
        from_db_value = getattr(self, "from_db_value", None)
        if from_db_value is not None:
            convert = then(convert, from_db_value, self._own_column(), connection)
        self._converters[key] = convert
        return convert

    def get_db_converters(self, connection: Any) -> list[Callable[..., Any]]:
        """Return ``[from_db_value]`` where the field defines it."""
        from_db_value = getattr(self, "from_db_value", None)
        return [] if from_db_value is None else [from_db_value]

    def _own_column(self) -> Any:
        """Return the expression that ``from_db_value`` is called with."""
        return getattr(self, "cached_col", None)

    def select_format(self, compiler: Any, sql: Any, params: Any) -> tuple[Any, Any]:
        """Return SQL and parameters of the column in SELECT; custom types may wrap them."""
        return sql, params
