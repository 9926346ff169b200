"""Indexes of a table."""

from __future__ import annotations

from typing import Any

from fastjango.db.backends.utils import names_digest, split_identifier
from fastjango.db.models.expressions import F


class Index:
    """An index over fields or expressions."""

    suffix = "idx"
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
        self.fields = list(fields)
        self.fields_orders = [
            (name.removeprefix("-"), "DESC" if name.startswith("-") else "") for name in self.fields
        ]
        self.name = name or ""
        self.db_tablespace = db_tablespace
        self.opclasses = opclasses
        self.condition = condition
        self.include = tuple(include) if include else ()
        self.expressions = tuple(
            F(expression) if isinstance(expression, str) else expression
            for expression in expressions
        )

    @property
    def contains_expressions(self) -> bool:
        """Whether the index is made of expressions."""
        return bool(self.expressions)

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        """Return what builds this index again."""
        path = f"{type(self).__module__}.{type(self).__name__}"
        path = path.replace("fastjango.db.models.indexes", "fastjango.db.models")
        keywords: dict[str, Any] = {"name": self.name}
        if self.db_tablespace is not None:
            keywords["db_tablespace"] = self.db_tablespace
        for option in ("fields", "opclasses", "condition", "include"):
            if getattr(self, option):
                keywords[option] = getattr(self, option)
        return path, self.expressions, keywords

    def clone(self) -> Any:
        """Return a copy."""
        _path, args, keywords = self.deconstruct()
        return self.__class__(*args, **keywords)

    def set_name_with_model(self, model: Any) -> None:
        """Name the index after the model's table and its fields."""
        _namespace, table = split_identifier(model._meta.db_table)
        columns = [model._meta.get_field(name).column for name, _order in self.fields_orders]
        parts = [
            f"-{column}" if order else column
            for column, (_name, order) in zip(columns, self.fields_orders, strict=True)
        ]
        digest = names_digest(table, *parts, self.suffix, length=6)
        self.name = f"{table[:11]}_{columns[0][:7]}_{digest}_{self.suffix}"
        if self.name[0] == "_" or self.name[0].isdigit():
            self.name = f"D{self.name[1:]}"

    def __eq__(self, other: object) -> bool:
        if self.__class__ == other.__class__:
            return self.deconstruct() == other.deconstruct()  # type: ignore[attr-defined]
        return NotImplemented

    __hash__ = None  # type: ignore[assignment]


__all__ = ["Index"]
