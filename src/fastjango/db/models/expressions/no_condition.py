"""What is said of an argument that is no condition or no expression: of SQLAlchemy's, a text, a plain value."""

from __future__ import annotations

from typing import Any

from sqlalchemy.sql import operators
from sqlalchemy.sql.elements import BinaryExpression, BindParameter, ClauseElement, ColumnClause

from fastjango.core.exceptions import fix

_LOOKUPS: dict[Any, str] = {
    operators.eq: "",
    operators.gt: "__gt",
    operators.ge: "__gte",
    operators.lt: "__lt",
    operators.le: "__lte",
    operators.in_op: "__in",
}


def is_of_sqlalchemy(given: Any) -> bool:
    """Whether it is a SQLAlchemy expression, such as ``Book.price > 5``, or an attribute of a mapped class."""
    return isinstance(given, ClauseElement) or hasattr(given, "__clause_element__")


def refuse_sqlalchemy(given: Any, place: str) -> None:
    """
    Refuse a SQLAlchemy expression where a condition or an expression is wanted.

    Raises:
        TypeError: It is one, or the attribute of a model class.
    """
    name = getattr(getattr(given, "field", None), "attname", None)
    if name is None and not is_of_sqlalchemy(given):
        return
    if name is None:
        clause = given if isinstance(given, ClauseElement) else given.__clause_element__()
        name = clause.key if isinstance(clause, ColumnClause) else None
        remedy = f"Q({_as_lookup(clause)})" if name is None else f"F({name!r})"
    else:
        # An attribute of a class that SQLAlchemy has not mapped yet.
        remedy = f"F({name!r})"
    raise fix(
        TypeError(f"{place} cannot take a SQLAlchemy expression: {given if name is None else name}."),
        f"Write {remedy}. SQLAlchemy's expressions are for select(...).where(...) in a session.",
        code="models.Q401",
    )


def not_a_condition(given: Any) -> TypeError:
    """Return the error for an argument of ``filter()`` that is neither a lookup, a Q object nor an expression."""
    if is_of_sqlalchemy(given):
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


__all__ = ["is_of_sqlalchemy", "not_a_condition", "refuse_sqlalchemy"]
