"""A query and a context without a database, for tests of single expressions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql, sqlite

from fastjango.db import models
from fastjango.db.models.expressions import Col

_MODULES: dict[str, Any] = {"sqlite": sqlite, "postgresql": postgresql, "mysql": mysql}
DIALECTS: dict[str, Any] = {name: module.dialect() for name, module in _MODULES.items()}


class Features:
    """Everything is supported, except native UUIDs and odd frames."""

    has_native_uuid_field = False
    only_supports_unbounded_with_preceding_and_following = False

    def __getattr__(self, name: str) -> bool:
        return True


class FakeOperations:
    """How a database quotes names."""

    def quote_name(self, name: str) -> str:
        """Return *name* in double quotes."""
        return f'"{name}"'

    def check_expression_support(self, expression: Any) -> None:
        """Support everything."""


class FakeConnection:
    """What expressions ask of a connection."""

    alias = "default"
    display_name = "Fake"
    timezone_name = "UTC"

    def __init__(self, vendor: str) -> None:
        self.vendor = vendor
        self.dialect = DIALECTS[vendor]
        self.features = Features()
        self.ops = FakeOperations()


class FakeContext:
    """A context whose parameters carry their values."""

    alias = "default"

    def __init__(self, vendor: str = "sqlite") -> None:
        self.vendor = vendor
        self.connection = FakeConnection(vendor)

    def column(self, join_name: str | None, field: Any) -> Any:
        """Return the bare column."""
        return sa.column(field.name)

    def bind(
        self,
        value: Any,
        slot: int | None,
        field: Any = None,
        convert: Callable[[Any], Any] | None = None,
        type_: Any = None,
    ) -> Any:
        """Return a parameter with its value."""
        value = convert(value) if convert else value
        return sa.bindparam(None, value, type_=type_ or (field and field.column_type()), unique=True)

    def clause(self, expression: Any) -> Any:
        """Return the clause of *expression*."""
        return expression.to_clause(self)


class FakeQuery:
    """A query over one table ``t``."""

    annotations: dict[str, Any] = {}  # noqa: RUF012

    def __init__(self) -> None:
        fields: dict[str, Any] = {
            "name": models.CharField(max_length=30),
            "size": models.IntegerField(),
            "price": models.DecimalField(max_digits=6, decimal_places=2),
            "born": models.DateField(),
            "seen": models.DateTimeField(),
            "data": models.JSONField(),
        }
        for name, field in fields.items():
            field.set_attributes_from_name(name)
        self.fields = fields

    def resolve_ref(self, name: str, *args: Any) -> Any:
        """Return the column, with the transforms of the path around it."""
        first, *transforms = name.split("__")
        resolved: Any = Col("t", self.fields[first])
        for transform in transforms:
            resolved = resolved.get_transform(transform)(resolved)
        return resolved


def lookup(path: str, value: Any) -> Any:
    """Return the lookup that ``filter(path=value)`` would build."""
    names, _, name = path.rpartition("__")
    left = FakeQuery().resolve_ref(names)
    return left.get_lookup(name)(left, value)


def sql(expression: Any, vendor: str = "sqlite") -> tuple[str, list[Any]]:
    """Return SQL and parameters of an unresolved expression or a lookup."""
    context = FakeContext(vendor)
    clause = expression.resolve_expression(FakeQuery()).to_clause(context)
    compiled = clause.compile(dialect=context.connection.dialect)
    names = compiled.positiontup or list(compiled.params)
    return str(compiled), [compiled.params[name] for name in names]
