"""
Conditions and expressions of a model as SQL text for DDL, and its indexes as SQLAlchemy objects.

Constraints and indexes come here when they are created; values are written as literals, because DDL has no parameters.
Gives text and ``sqlalchemy.Index`` to the schema editor of migrations.
"""

from __future__ import annotations

import datetime as dt
import decimal
import enum
import uuid
from collections.abc import Sequence
from typing import Any, ClassVar, Self

import sqlalchemy as sa
from sqlalchemy.schema import CreateIndex
from sqlalchemy.sql.elements import quoted_name

from fastjango.core.exceptions import EmptyResultSet, FullResultSet
from fastjango.db.models.constants import LOOKUP_SEP
from fastjango.db.models.expressions import F, OrderBy
from fastjango.db.models.fields.query_slot import make_query
from fastjango.db.models.functions import Collate
from fastjango.db.models.references import expression_references
from fastjango.db.models.sql.context import BindBook, Context
from fastjango.db.models.table import split_table_name


class DdlText(str):  # noqa: SLOT000 - a text with two attributes
    """A statement that knows its table and columns, for schema editors that hold statements back."""

    table: str
    columns: tuple[str, ...]

    def __new__(cls, text: str, table: str, columns: Sequence[str] = ()) -> Self:
        made = super().__new__(cls, text)
        made.table = table
        made.columns = tuple(columns)
        return made

    def references_table(self, table: str) -> bool:
        """Whether the statement is about *table*."""
        return self.table == table

    def references_column(self, table: str, column: str) -> bool:
        """Whether the statement is about a column."""
        return self.table == table and column in self.columns


class DdlContext(Context):
    """The context of clauses that become part of the schema: nothing is a parameter there."""

    for_ddl = True


def quote_literal(value: Any, vendor: str) -> str:
    """Return a driver value as an SQL literal."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return str(int(value)) if vendor == "sqlite" else ("true" if value else "false")
    if isinstance(value, enum.Enum):
        return quote_literal(value.value, vendor)
    if isinstance(value, (int, float, decimal.Decimal)):
        return str(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        digits = bytes(value).hex()
        return f"'\\x{digits}'::bytea" if vendor == "postgresql" else f"X'{digits}'"
    if isinstance(value, dt.timedelta):
        seconds = value.days * 86400 + value.seconds
        return f"'{seconds}.{value.microseconds:06d} seconds'::interval"
    if isinstance(value, (dt.date, dt.time, uuid.UUID)):
        return f"'{value}'"
    if isinstance(value, dict) and vendor == "postgresql":
        pairs = ((_quoted_word(key), "NULL" if item is None else _quoted_word(item)) for key, item in value.items())
        return quote_literal(", ".join(f"{key}=>{item}" for key, item in pairs), vendor)
    if isinstance(value, (list, tuple)) and not value:
        return "'{}'"
    if isinstance(value, (list, tuple)):
        return f"ARRAY[{', '.join(quote_literal(item, vendor) for item in value)}]"
    text = str(value).replace("'", "''")
    if vendor == "mysql":
        text = text.replace("\\", "\\\\")
    return f"'{text}'"


def _quoted_word(text: str) -> str:
    """Return a key or value of an hstore."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def clause_sql(clause: Any, binds: BindBook, connection: Any) -> str:
    """Return a clause as SQL text with the values of *binds* as literals."""
    compiled = clause.compile(dialect=connection.dialect, compile_kwargs={"render_postcompile": True})
    values = []
    for name in compiled.positiontup or ():
        source = binds.sources.get(name)
        value = compiled.params[name] if source is None else _driver_value(source, connection)
        processor = compiled._bind_processors.get(name) if source is None or source.field is None else None
        values.append(quote_literal(processor(value) if processor else value, connection.vendor))
    return _fill(str(compiled), values)


def _driver_value(source: Any, connection: Any) -> Any:
    value = source.value if source.convert is None else source.convert(source.value)
    if source.field is not None:
        convert = source.field.bind_converter(connection)
        if convert is not None and (value is not None or getattr(source.field, "stores_none_as_value", False)):
            value = convert(value)
    return value


def _fill(sql: str, literals: Sequence[str]) -> str:
    """Put *literals* in the places of the parameters, outside of quotes; ``%%`` becomes ``%``."""
    out: list[str] = []
    remaining = iter(literals)
    quote = ""
    position = 0
    formatted = "%s" in sql or "%%" in sql
    while position < len(sql):
        char = sql[position]
        if sql.startswith("%%", position) and formatted:
            out.append("%")
            position += 2
            continue
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"`":
            quote = char
        elif char == "?" and not formatted:
            out.append(next(remaining, "?"))
            position += 1
            continue
        elif sql.startswith("%s", position):
            out.append(next(remaining, "%s"))
            position += 2
            continue
        out.append(char)
        position += 1
    return "".join(out)


def condition_sql(model: Any, condition: Any, connection: Any) -> str | None:
    """Return a condition on the columns of *model* as SQL text; ``None`` if it is always true."""
    query = make_query(model, alias_cols=False)
    where = query.build_where(condition)
    binds = BindBook()
    try:
        clause = where.to_clause(DdlContext(query, connection, binds))
    except FullResultSet:
        return None
    except EmptyResultSet:
        return "1 = 0"
    text = clause_sql(clause, binds, connection)
    several = len(getattr(where, "children", ())) > 1 and not text.startswith("NOT ")
    return f"({text})" if several else text


def condition_clause(model: Any, condition: Any, connection: Any) -> Any:
    """Return a condition as an index says it, for statements that name the index so; ``None`` if it is always true."""
    text = condition_sql(model, condition, connection)
    return None if text is None else sa.literal_column(text)


def element_clause(model: Any, expression: Any, connection: Any) -> Any:
    """Return an indexed expression as the index says it."""
    return sa.literal_column(IndexParts.element_sql(model, expression, connection))


def expression_sql(model: Any, expression: Any, connection: Any) -> str:
    """Return an expression on the columns of *model* as SQL text."""
    query = make_query(model, alias_cols=False)
    binds = BindBook()
    resolved = expression.resolve_expression(query, allow_joins=False)
    return clause_sql(resolved.to_clause(DdlContext(query, connection, binds)), binds, connection)


def table_of(model: Any) -> sa.Table:
    """Return a table with the columns of *model* for DDL that names them."""
    schema, name = split_table_name(model._meta.db_table)
    columns: list[sa.Column[Any]] = [
        sa.Column(quoted_name(field.column, True), key=field.column) for field in model._meta.local_concrete_fields
    ]
    return sa.Table(quoted_name(name, True), sa.MetaData(), *columns, schema=schema)


class IndexExpression:
    """One expression of an index with what stands around it: order, collation, operator class."""

    wrapper_classes: ClassVar[tuple[type[Any], ...]] = (OrderBy, Collate)

    def __init__(self, expression: Any = None) -> None:
        self.expression = expression

    def set_wrapper_classes(self, connection: Any = None) -> None:
        """MySQL has collations inside the indexed expression."""
        if connection is not None and connection.vendor == "mysql":
            self.wrapper_classes = tuple(cls for cls in self.wrapper_classes if cls is not Collate)  # type: ignore[misc]  # of this one only

    @classmethod
    def register_wrappers(cls, *wrapper_classes: type[Any]) -> None:
        """Say which expressions may stand around an indexed one."""
        cls.wrapper_classes = wrapper_classes

    def unwrap(self) -> tuple[Any, dict[str, Any]]:
        """
        Return the indexed expression and its wrappers by class name.

        Raises:
            ValueError: A wrapper is used twice, or inside another expression.
        """
        found: dict[str, Any] = {}
        inner = self.expression
        # A plain name has no parts.
        parts = list(inner.flatten()) if hasattr(inner, "flatten") else [inner]
        used = [part for part in parts if isinstance(part, self.wrapper_classes)]
        if len({type(part) for part in used}) != len(used):
            names = ", ".join(cls.__qualname__ for cls in self.wrapper_classes)
            raise ValueError(f"Multiple references to {names} can't be used in an indexed expression.")
        while isinstance(inner, self.wrapper_classes):
            found[type(inner).__name__] = inner
            (inner,) = inner.get_source_expressions()
        if len(found) != len(used):
            names = ", ".join(cls.__qualname__ for cls in self.wrapper_classes)
            raise ValueError(f"{names} must be topmost expressions in an indexed expression.")
        return inner, found


class IndexParts:
    """What an index is made of, by fields or by expressions."""

    def __init__(
        self,
        name: str,
        *,
        fields: Sequence[tuple[str, str]] = (),
        expressions: Sequence[Any] = (),
        condition: Any = None,
        include: Sequence[str] = (),
        opclasses: Sequence[str] = (),
        unique: bool = False,
        nulls_distinct: bool | None = None,
        tablespace: str | None = None,
        method: str = "",
        storage: dict[str, Any] | None = None,
    ) -> None:
        self.name = name
        self.fields = fields
        self.expressions = expressions
        self.condition = condition
        self.include = include
        self.opclasses = opclasses
        self.unique = unique
        self.nulls_distinct = nulls_distinct
        self.tablespace = tablespace
        self.method = method
        # Storage parameters of PostgreSQL: ``WITH (fillfactor = 70)``.
        self.storage = storage or {}

    def to_index(self, model: Any, connection: Any, table: sa.Table | None = None) -> sa.Index:
        """Return the index for SQLAlchemy and Alembic, on a table of its own or on *table*."""
        table = table_of(model) if table is None else table
        column = {field.name: table.c[field.column] for field in model._meta.local_concrete_fields}
        parts: list[Any] = []
        for place, (name, order) in enumerate(self.fields):
            # Fields of parents have their columns in another table; the checks say so.
            target = column.get(name, table.c.get(model._meta.get_field(name).column))
            opclass = self.opclasses[place] if self.opclasses and connection.vendor == "postgresql" else ""
            if order != "DESC" or target is None:
                parts.append(target)
            elif opclass:
                # SQLAlchemy finds the operators of plain columns only.
                parts.append(sa.literal_column(f"{connection.ops.quote_name(target.name)} {opclass} DESC"))
            else:
                parts.append(target.desc())
        parts.extend(sa.literal_column(self.element_sql(model, item, connection)) for item in self.expressions)
        options: dict[str, Any] = {}
        if self.condition is not None and connection.features.supports_partial_indexes:
            text = condition_sql(model, self.condition, connection)
            if text is not None:
                options["postgresql_where"] = options["sqlite_where"] = sa.literal_column(text)
        if connection.vendor == "postgresql":
            options.update(self._postgresql(model, table))
        return sa.Index(quoted_name(self.name, True), *parts, unique=self.unique, _table=table, **options)

    def _postgresql(self, model: Any, table: sa.Table) -> dict[str, Any]:
        options: dict[str, Any] = {}
        if self.include:
            options["postgresql_include"] = [model._meta.get_field(name).column for name in self.include]
        if self.opclasses:
            options["postgresql_ops"] = {
                model._meta.get_field(name).column: opclass
                for (name, _), opclass in zip(self.fields, self.opclasses, strict=True)
                if opclass
            }
        if self.nulls_distinct is not None:
            options["postgresql_nulls_not_distinct"] = not self.nulls_distinct
        if self.tablespace:
            options["postgresql_tablespace"] = quoted_name(self.tablespace, True)
        if self.method:
            options["postgresql_using"] = self.method
        if self.storage:
            options["postgresql_with"] = self.storage
        return options

    @staticmethod
    def element_sql(model: Any, expression: Any, connection: Any) -> str:
        """Return one indexed expression; anything but a plain column stands in brackets."""
        wrapped = IndexExpression(expression)
        inner, wrappers = wrapped.unwrap()
        text = expression_sql(model, inner, connection)
        collate = wrappers.get("Collate")
        if collate is not None:
            text += f" COLLATE {connection.ops.quote_name(collate.collation)}"
        is_column = isinstance(inner, F) and LOOKUP_SEP not in inner.name
        if not is_column or (collate is not None and connection.vendor == "mysql"):
            text = f"({text})" if collate is None or connection.vendor != "postgresql" else text
        if "OpClass" in wrappers:
            text += f" {wrappers['OpClass'].name}"
        order = wrappers.get("OrderBy")
        if order is not None:
            text += " DESC" if order.descending else " ASC"
            text += " NULLS LAST" if order.nulls_last else " NULLS FIRST" if order.nulls_first else ""
        return text

    def create_sql(self, model: Any, connection: Any) -> str:
        """Return the CREATE INDEX statement."""
        statement = CreateIndex(self.to_index(model, connection))
        return DdlText(plain_ddl(statement, connection), model._meta.db_table, self.columns(model))

    def columns(self, model: Any) -> list[str]:
        """Return the columns that the index reads."""
        names = [name for name, _ in self.fields] + list(self.include)
        for source in (*self.expressions, *([self.condition] if self.condition is not None else ())):
            names += [path[0] for path in expression_references(source)]
        get_field = model._meta.get_field
        return [model._meta.pk.column if name == "pk" else get_field(name).column for name in names]


def plain_ddl(statement: Any, connection: Any) -> str:
    """Return a DDL statement as it is sent, without parameters."""
    text = str(statement.compile(dialect=connection.dialect)).strip()
    if connection.dialect.identifier_preparer._double_percents:
        text = text.replace("%%", "%")
    return text
