"""Which arguments of ``UniqueConstraint`` go together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastjango.db.models.query_utils import Q

Rule = tuple[bool, type[Exception], str]


def validate_unique(
    expressions: Any,
    fields: Any,
    name: Any,
    condition: Any,
    deferrable: Any,
    include: Any,
    opclasses: Any,
    nulls_distinct: Any,
) -> None:
    """Raise an error for arguments that do not go together."""
    rules = [
        *_what(expressions, fields, name, condition),
        *_deferred(deferrable, condition, include, opclasses, expressions),
        *_types(expressions, fields, include, opclasses, nulls_distinct),
    ]
    for broken, kind, message in rules:
        if broken:
            raise kind(message)


def _what(expressions: Any, fields: Any, name: Any, condition: Any) -> Iterator[Rule]:
    """What the constraint is about."""
    yield not name, ValueError, "A unique constraint must be named."
    yield (
        not expressions and not fields,
        ValueError,
        "At least one field or expression is required to define a unique constraint.",
    )
    yield (
        bool(expressions) and bool(fields),
        ValueError,
        "UniqueConstraint.fields and expressions are mutually exclusive.",
    )
    yield (
        not isinstance(condition, (type(None), Q)),
        ValueError,
        "UniqueConstraint.condition must be a Q instance.",
    )


def _deferred(deferrable: Any, condition: Any, include: Any, opclasses: Any, expressions: Any) -> Iterator[Rule]:
    """Only a plain constraint can be deferred; the others are indexes."""
    for used, what in (
        (condition, "conditions"),
        (include, "include fields"),
        (opclasses, "opclasses"),
        (expressions, "expressions"),
    ):
        yield bool(used) and bool(deferrable), ValueError, f"UniqueConstraint with {what} cannot be deferred."


def _types(expressions: Any, fields: Any, include: Any, opclasses: Any, nulls_distinct: Any) -> Iterator[Rule]:
    """What the options may be."""
    yield (
        bool(expressions) and bool(opclasses),
        ValueError,
        (
            "UniqueConstraint.opclasses cannot be used with expressions. Use "
            "fastjango.contrib.postgres.indexes.OpClass() instead."
        ),
    )
    yield (
        not isinstance(include, (type(None), list, tuple)),
        TypeError,
        "UniqueConstraint.include must be a list or tuple.",
    )
    yield (
        not isinstance(opclasses, (list, tuple)),
        TypeError,
        "UniqueConstraint.opclasses must be a list or tuple.",
    )
    yield (
        not isinstance(nulls_distinct, (type(None), bool)),
        TypeError,
        "UniqueConstraint.nulls_distinct must be a bool.",
    )
    yield (
        isinstance(opclasses, (list, tuple)) and bool(opclasses) and len(fields) != len(opclasses),
        ValueError,
        "UniqueConstraint.fields and UniqueConstraint.opclasses must have the same number of elements.",
    )
