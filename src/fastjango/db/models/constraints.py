"""Constraints of a table: checks and unique sets."""

from __future__ import annotations

from enum import Enum
from typing import Any

from fastjango.db.models.expressions import F
from fastjango.db.models.query_utils import Q
from fastjango.utils.translation import gettext_lazy as _


class BaseConstraint:
    """What all constraints share: a name and a message."""

    default_violation_error_message: Any = _("Constraint “%(name)s” is violated.")
    violation_error_code: str | None = None
    violation_error_message: Any = None
    non_db_attrs = ("violation_error_code", "violation_error_message")

    def __init__(
        self,
        *,
        name: str,
        violation_error_code: str | None = None,
        violation_error_message: Any = None,
    ) -> None:
        self.name = name
        if violation_error_code is not None:
            self.violation_error_code = violation_error_code
        self.violation_error_message = (
            violation_error_message or self.default_violation_error_message
        )

    @property
    def contains_expressions(self) -> bool:
        """Whether the constraint is made of expressions."""
        return False

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        """Return what builds this constraint again."""
        path = f"{type(self).__module__}.{type(self).__name__}"
        path = path.replace("fastjango.db.models.constraints", "fastjango.db.models")
        keywords: dict[str, Any] = {"name": self.name}
        if (
            self.violation_error_message is not None
            and self.violation_error_message != self.default_violation_error_message
        ):
            keywords["violation_error_message"] = self.violation_error_message
        if self.violation_error_code is not None:
            keywords["violation_error_code"] = self.violation_error_code
        return path, (), keywords

    def clone(self) -> Any:
        """Return a copy."""
        _path, args, keywords = self.deconstruct()
        return self.__class__(*args, **keywords)

    def get_violation_error_message(self) -> Any:
        """Return the message with the name filled in."""
        return self.violation_error_message % {"name": self.name}

    def validate(
        self, model: Any, instance: Any, exclude: Any = None, using: str = "default"
    ) -> None:
        """Check an instance before it is saved."""


class CheckConstraint(BaseConstraint):
    """A condition that every row fulfils."""

    def __init__(self, *, condition: Any, name: str, **kwargs: Any) -> None:
        self.condition = condition
        if not getattr(condition, "conditional", False):
            raise TypeError(
                "CheckConstraint.condition must be a Q instance or boolean expression."
            )
        super().__init__(name=name, **kwargs)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, CheckConstraint):
            return self.deconstruct() == other.deconstruct()
        return NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        """Return what builds this constraint again."""
        path, args, keywords = super().deconstruct()
        keywords["condition"] = self.condition
        return path, args, keywords


class Deferrable(Enum):
    """When a deferrable constraint is checked."""

    DEFERRED = "deferred"
    IMMEDIATE = "immediate"

    def __repr__(self) -> str:
        return f"{type(self).__qualname__}.{self._name_}"


class UniqueConstraint(BaseConstraint):
    """A set of fields or expressions that is unique."""

    def __init__(
        self,
        *expressions: Any,
        fields: Any = (),
        name: str | None = None,
        condition: Any = None,
        deferrable: Any = None,
        include: Any = None,
        opclasses: Any = (),
        nulls_distinct: bool | None = None,
        violation_error_code: str | None = None,
        violation_error_message: Any = None,
    ) -> None:
        if not name:
            raise ValueError("A unique constraint must be named.")
        self.fields = tuple(fields)
        self.condition: Q | None = condition
        self.deferrable = deferrable
        self.include = tuple(include) if include else ()
        self.opclasses = opclasses
        self.nulls_distinct = nulls_distinct
        self.expressions = tuple(
            F(expression) if isinstance(expression, str) else expression
            for expression in expressions
        )
        super().__init__(
            name=name,
            violation_error_code=violation_error_code,
            violation_error_message=violation_error_message,
        )

    @property
    def contains_expressions(self) -> bool:
        """Whether the constraint is made of expressions."""
        return bool(self.expressions)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, UniqueConstraint):
            return self.deconstruct() == other.deconstruct()
        return NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        """Return what builds this constraint again."""
        path, _args, keywords = super().deconstruct()
        for option in ("fields", "condition", "deferrable", "include", "opclasses"):
            if getattr(self, option):
                keywords[option] = getattr(self, option)
        if self.nulls_distinct is not None:
            keywords["nulls_distinct"] = self.nulls_distinct
        return path, self.expressions, keywords


__all__ = ["BaseConstraint", "CheckConstraint", "Deferrable", "UniqueConstraint"]
