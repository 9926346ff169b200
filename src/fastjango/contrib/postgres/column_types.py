"""SQLAlchemy types of columns that only PostgreSQL has: arrays, ranges, hstore, text search.

Their parameters are always sent with a cast (``%s::integer[]``): the driver cannot tell from a Python list what the
column holds.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from sqlalchemy import types

from fastjango.db.backends.postgresql.base import DatabaseWrapper
from fastjango.db.models.fields.column_types import Processor, StoredType
from fastjango.db.models.fields.enumerated import EnumText


class Server:
    """What ``Field.db_type(connection)`` asks of a connection, where no connection is needed: the names of types."""

    vendor = DatabaseWrapper.vendor
    data_types = DatabaseWrapper.data_types
    ops = DatabaseWrapper.ops_class


class NamedType(types.UserDefinedType[Any]):
    """A type of the server by its name."""

    cache_ok = True
    render_bind_cast = True

    def __init__(self, text: str) -> None:
        self.text = text

    def get_col_spec(self, **kw: Any) -> str:
        """Return the name."""
        return self.text


class ServerType(StoredType):
    """A column of a named type whose values the driver reads and writes by itself."""

    impl = types.String
    cache_ok = True

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    def driver_type(self, dialect: Any) -> Any:
        """Return the type by its name."""
        return NamedType(self.text)


class ArrayType(ServerType):
    """An array; the items are those of a column of *item*."""

    cache_ok = True

    def __init__(self, item: Any, text: str) -> None:
        super().__init__(text)
        self.item = item

    def to_driver(self, dialect: Any) -> Processor:
        """Write each item."""
        return each(self.item.dialect_impl(dialect).bind_processor(dialect))

    def from_driver(self, dialect: Any) -> Processor:
        """Read each item."""
        convert = each(self.item.dialect_impl(dialect).result_processor(dialect, None))
        return from_text(convert) if isinstance(self.item, EnumText) else convert


def each(convert: Callable[[Any], Any] | None) -> Processor:
    """Return the function that converts every item of a list, however deep; None where nothing is to be done."""
    if convert is None:
        return None

    def convert_all(value: Any) -> Any:
        if isinstance(value, list | tuple):
            return [convert_all(item) for item in value]
        return None if value is None else convert(value)

    return convert_all


_PIECES = re.compile(r'[{}]|"((?:[^"\\]|\\.)*)"|[^{},"]+')


def from_text(convert: Callable[[Any], Any] | None) -> Callable[[Any], Any]:
    """Return the reader of arrays of a type that the driver does not know: they come as text, ``{a,"b c",NULL}``."""

    def read(value: Any) -> Any:
        if not isinstance(value, str):
            return value if convert is None else convert(value)
        stack: list[list[Any]] = [[]]
        for piece in _PIECES.finditer(value):
            if piece[0] == "{":
                stack.append([])
            elif piece[0] == "}":
                items = stack.pop()
                stack[-1].append(items)
            elif piece[1] is not None:
                stack[-1].append(re.sub(r"\\(.)", r"\1", piece[1]))
            else:
                stack[-1].append(None if piece[0] == "NULL" else piece[0])
        found = stack[0][0]
        return found if convert is None else convert(found)

    return read


__all__ = ["ArrayType", "NamedType", "Server", "ServerType", "each", "from_text"]
