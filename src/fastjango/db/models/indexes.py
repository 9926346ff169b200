"""Indexes of a table: ``Index``."""

from __future__ import annotations

from typing import Any, Self

from fastjango.db.backends.utils import names_digest, split_identifier
from fastjango.db.models.ddl import IndexExpression as IndexExpression
from fastjango.db.models.ddl import IndexParts
from fastjango.db.models.expressions import F
from fastjango.db.models.query_utils import Q


class Index:
    """
    An index over fields or expressions.

        Index(fields=["author", "-published"])
        Index(Lower("title"), name="title_lower_idx")
    """

    suffix = "idx"
    # The shortest limit of the databases that Django knows.
    max_name_length = 30

    def __init__(
        self,
        *expressions: Any,
        fields: Any = (),
        name: str | None = None,
        db_tablespace: str | None = None,
        opclasses: Any = (),
        condition: Any = None,
        include: Any = None,
    ) -> None:
        _validate(expressions, fields, name, opclasses, condition, include)
        self.fields = list(fields)
        self.fields_orders = [
            (field.removeprefix("-"), "DESC" if field.startswith("-") else "") for field in self.fields
        ]
        self.name = name or ""
        self.db_tablespace = db_tablespace
        self.opclasses = opclasses
        self.condition = condition
        self.include = tuple(include) if include else ()
        self.expressions = tuple(
            F(expression) if isinstance(expression, str) else expression for expression in expressions
        )

    @property
    def contains_expressions(self) -> bool:
        """Whether it is made of expressions."""
        return bool(self.expressions)

    # --- DDL ----------------------------------------------------------------------------------

    def storage_options(self) -> dict[str, Any]:
        """Return PostgreSQL's storage parameters; classes of ``contrib.postgres.indexes`` have some."""
        return {}

    def parts(self, using: str = "") -> IndexParts:
        """Return what the index is made of, for DDL; *using* is the method (``gin``, ``hash``)."""
        return IndexParts(
            self.name,
            fields=self.fields_orders,
            expressions=self.expressions,
            condition=self.condition,
            include=self.include,
            opclasses=self.opclasses,
            tablespace=self.db_tablespace,
            method=using,
            storage=self.storage_options(),
        )

    def create_sql(self, model: Any, schema_editor: Any, using: str = "", **kwargs: Any) -> Any:
        """Return the statement that creates the index; ``None`` where the database has no such index."""
        connection = schema_editor.connection
        if self.expressions and not connection.features.supports_expression_indexes:
            return None
        return self.parts(using).create_sql(model, connection)

    def remove_sql(self, model: Any, schema_editor: Any, **kwargs: Any) -> Any:
        """Return the statement that drops the index."""
        quote = schema_editor.connection.ops.quote_name
        if schema_editor.connection.vendor == "mysql":
            return f"DROP INDEX {quote(self.name)} ON {quote(model._meta.db_table)}"
        return f"DROP INDEX IF EXISTS {quote(self.name)}"

    # --- identity -----------------------------------------------------------------------------

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        """Return what builds this index again."""
        path = f"{self.__class__.__module__}.{self.__class__.__name__}"
        path = path.replace("fastjango.db.models.indexes", "fastjango.db.models")
        kwargs: dict[str, Any] = {"name": self.name}
        if self.fields:
            kwargs["fields"] = self.fields
        if self.db_tablespace is not None:
            kwargs["db_tablespace"] = self.db_tablespace
        for option in ("opclasses", "condition", "include"):
            if getattr(self, option):
                kwargs[option] = getattr(self, option)
        return path, self.expressions, kwargs

    def clone(self) -> Self:
        """Return a copy."""
        _, args, kwargs = self.deconstruct()
        return self.__class__(*args, **kwargs)

    def set_name_with_model(self, model: Any) -> None:
        """
        Name the index after table, columns and a digest.

        Raises:
            ValueError: ``suffix`` is too long.
        """
        _, table = split_identifier(model._meta.db_table)
        columns = [model._meta.get_field(field).column for field, _ in self.fields_orders]
        ordered = [
            f"-{column}" if order else column for column, (_, order) in zip(columns, self.fields_orders, strict=True)
        ]
        digest = names_digest(table, *ordered, self.suffix, length=6)
        self.name = f"{table[:11]}_{columns[0][:7]}_{digest}_{self.suffix}"
        if len(self.name) > self.max_name_length:
            raise ValueError("Index too long for multiple database support. Is self.suffix longer than 3 characters?")
        if self.name[0] == "_" or self.name[0].isdigit():
            self.name = f"D{self.name[1:]}"

    def __repr__(self) -> str:
        parts = [
            f"{name}={shown}"
            for name, shown in (
                ("fields", repr(self.fields) if self.fields else ""),
                ("expressions", repr(self.expressions) if self.expressions else ""),
                ("name", repr(self.name) if self.name else ""),
                ("db_tablespace", "" if self.db_tablespace is None else repr(self.db_tablespace)),
                ("condition", "" if self.condition is None else str(self.condition)),
                ("include", repr(self.include) if self.include else ""),
                ("opclasses", repr(self.opclasses) if self.opclasses else ""),
            )
            if shown
        ]
        return f"<{self.__class__.__qualname__}: {' '.join(parts)}>"

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Index) and self.__class__ == other.__class__:
            return self.deconstruct() == other.deconstruct()
        return NotImplemented

    __hash__ = None  # type: ignore[assignment]  # an index can be changed: its name is set late


def _validate(expressions: Any, fields: Any, name: Any, opclasses: Any, condition: Any, include: Any) -> None:
    """Raise ``ValueError`` for arguments that do not go together."""
    rules = (
        (bool(opclasses) and not name, "An index must be named to use opclasses."),
        (not isinstance(condition, (Q, type(None))), "Index.condition must be a Q instance."),
        (bool(condition) and not name, "An index must be named to use condition."),
        (not isinstance(fields, (list, tuple)), "Index.fields must be a list or tuple."),
        (not isinstance(opclasses, (list, tuple)), "Index.opclasses must be a list or tuple."),
        (
            not expressions and not fields,
            "At least one field or expression is required to define an index.",
        ),
        (bool(expressions) and bool(fields), "Index.fields and expressions are mutually exclusive."),
        (bool(expressions) and not name, "An index must be named to use expressions."),
        (
            bool(expressions) and bool(opclasses),
            (
                "Index.opclasses cannot be used with expressions. Use "
                "fastjango.contrib.postgres.indexes.OpClass() instead."
            ),
        ),
        (
            bool(opclasses) and len(fields) != len(opclasses),
            "Index.fields and Index.opclasses must have the same number of elements.",
        ),
        (
            bool(fields) and not all(isinstance(field, str) for field in fields),
            "Index.fields must contain only strings with field names.",
        ),
        (bool(include) and not name, "A covering index must be named."),
        (not isinstance(include, (type(None), list, tuple)), "Index.include must be a list or tuple."),
    )
    for broken, message in rules:
        if broken:
            raise ValueError(message)


__all__ = ["Index"]
