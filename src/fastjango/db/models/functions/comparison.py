"""Conversion and choice: ``Cast``, ``Coalesce``, ``Collate``, ``Greatest``, ``Least``, ``NullIf``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from fastjango.db.models.expressions.elements import Pieces, call
from fastjango.db.models.expressions.func import Func, numeric_on_sqlite

if TYPE_CHECKING:
    from fastjango.db.models.expressions.elements import Clause
    from fastjango.db.models.types import ClauseContext


class Cast(Func):
    """The value as another type."""

    function = "CAST"
    template = "%(function)s(%(expressions)s AS %(db_type)s)"

    def __init__(self, expression: Any, output_field: Any) -> None:
        super().__init__(expression, output_field=output_field)

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """
        Return the cast in the database's own types.

        Raises:
            ValueError: A size of the type is no number; it would be written into the SQL.
        """
        for name in ("max_length", "max_digits", "decimal_places"):
            size = getattr(self.output_field, name, None)
            if size is not None and not (str(size).isascii() and str(size).isdigit()):
                raise ValueError(f"'{name}' of the type of a Cast must be a number, not {size!r}.")
        (source,) = self.arguments(ctx)
        connection = ctx.connection
        if ctx.vendor == "sqlite":
            return numeric_on_sqlite(self, self._sqlite(source, connection), ctx)
        db_type = self.output_field.cast_db_type(connection)
        if ctx.vendor == "postgresql":
            return Pieces("(", source, f")::{db_type}")
        if ctx.vendor == "mysql":
            kind = self.output_field.get_internal_type()
            if kind == "FloatField":
                return Pieces("(", source, " + 0.0)")
            if kind == "JSONField":
                return call("JSON_EXTRACT", source, Pieces("'$'"))
        return Pieces("CAST(", source, f" AS {db_type})")

    def _sqlite(self, source: Clause, connection: Any) -> Clause:
        db_type = self.output_field.db_type(connection)
        # SQLite has no such types; its cast would make numbers of them.
        if db_type == "datetime":
            return call("strftime", Pieces("'%Y-%m-%d %H:%M:%f'"), source)
        if db_type == "time":
            return call("strftime", Pieces("'%H:%M:%f'"), source)
        if db_type == "date":
            return call("date", source)
        return Pieces("CAST(", source, f" AS {self.output_field.cast_db_type(connection)})")


class Coalesce(Func):
    """The first value that is not NULL."""

    function = "COALESCE"

    def __init__(self, *expressions: Any, **extra: Any) -> None:
        if len(expressions) < 2:
            raise ValueError("Coalesce must take at least two expressions")
        super().__init__(*expressions, **extra)

    @property
    def empty_result_set_value(self) -> Any:
        """The first value that the parts give for an empty result."""
        for source in self.get_source_expressions():
            value = source.empty_result_set_value
            if value is NotImplemented or value is not None:
                return value
        return None


_COLLATION = re.compile(r"[\w-]+")


class Collate(Func):
    """The text with another collation."""

    function = "COLLATE"
    template = "%(expressions)s %(function)s %(collation)s"
    allowed_default: Any = False

    def __init__(self, expression: Any, collation: str) -> None:
        if not (collation and _COLLATION.fullmatch(collation)):
            raise ValueError(f"Invalid collation name: {collation!r}.")
        self.collation = collation
        super().__init__(expression)

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return the text with the collation's quoted name."""
        (source,) = self.arguments(ctx)
        quoted = ctx.connection.dialect.identifier_preparer.quote_identifier(self.collation)
        return Pieces(source.self_group(), f" COLLATE {quoted.replace('%%', '%')}", atomic=False)


class Greatest(Func):
    """The greatest of the values."""

    function = "GREATEST"
    sqlite_function = "MAX"

    def __init__(self, *expressions: Any, **extra: Any) -> None:
        if len(expressions) < 2:
            raise ValueError(f"{type(self).__name__} must take at least two expressions")
        super().__init__(*expressions, **extra)

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return the call; SQLite's aggregates take several arguments for it."""
        name = self.sqlite_function if ctx.vendor == "sqlite" else None
        return numeric_on_sqlite(self, self.render(ctx, self.arguments(ctx), function=name), ctx)


class Least(Greatest):
    """The least of the values."""

    function = "LEAST"
    sqlite_function = "MIN"


class NullIf(Func):
    """NULL when both values are equal, else the first."""

    function = "NULLIF"
    arity = 2


__all__ = ["Cast", "Coalesce", "Collate", "Greatest", "Least", "NullIf"]
