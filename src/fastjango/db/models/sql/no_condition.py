"""What ``filter()`` says of an argument that is no condition: a SQLAlchemy expression, a text, a plain value."""

from __future__ import annotations

from typing import Any

from sqlalchemy.sql import operators
from sqlalchemy.sql.elements import BinaryExpression, BindParameter, ClauseElement

from fastjango.core.exceptions import fix

_LOOKUPS: dict[Any, str] = {
    operators.eq: "",
    operators.gt: "__gt",
    operators.ge: "__gte",
    operators.lt: "__lt",
    operators.le: "__lte",
    operators.in_op: "__in",
}


def not_a_condition(given: Any) -> TypeError:
    """Return the error for an argument of ``filter()`` that is neither a lookup, a Q object nor an expression."""
    if isinstance(given, ClauseElement) or hasattr(given, "__clause_element__"):
        error = TypeError(f"Cannot filter a queryset against a SQLAlchemy expression: {given}.")
        return fix(
            error,
            f"Write filter({_as_lookup(given)}). SQLAlchemy's expressions are for select(...).where(...) in a session.",
            code="models.Q401",
        )
    error = TypeError(
        f"Cannot filter a queryset against {given!r}: it is no lookup, Q object or conditional expression."
    )
    return fix(error, "Write filter(name=value), or put conditions together with Q objects.", code="models.Q401")


def _as_lookup(clause: Any) -> str:
    """Return the expression as a lookup, if it is a plain comparison; else an example."""
    if isinstance(clause, BinaryExpression) and isinstance(clause.right, BindParameter) and clause.operator in _LOOKUPS:
        name = getattr(clause.left, "key", None)
        if name:
            return f"{name}{_LOOKUPS[clause.operator]}={clause.right.value!r}"
    return "price__gt=5"


__all__ = ["not_a_condition"]
