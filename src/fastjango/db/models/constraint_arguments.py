"""Which arguments of ``UniqueConstraint`` go together."""

from __future__ import annotations

from typing import Any

from fastjango.db.models.query_utils import Q


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
    rules: tuple[tuple[bool, type[Exception], str], ...] = (
        (not name, ValueError, "A unique constraint must be named."),
        (
            not expressions and not fields,
            ValueError,
            "At least one field or expression is required to define a unique constraint.",
        ),
        (
            bool(expressions) and bool(fields),
            ValueError,
            "UniqueConstraint.fields and expressions are mutually exclusive.",
        ),
        (
            not isinstance(condition, (type(None), Q)),
            ValueError,
            "UniqueConstraint.condition must be a Q instance.",
        ),
        (
            bool(condition) and bool(deferrable),
            ValueError,
            "UniqueConstraint with conditions cannot be deferred.",
        ),
        (
            bool(include) and bool(deferrable),
            ValueError,
            "UniqueConstraint with include fields cannot be deferred.",
        ),
        (
            bool(opclasses) and bool(deferrable),
            ValueError,
            "UniqueConstraint with opclasses cannot be deferred.",
        ),
        (
            bool(expressions) and bool(deferrable),
            ValueError,
            "UniqueConstraint with expressions cannot be deferred.",
        ),
        (
            bool(expressions) and bool(opclasses),
            ValueError,
            (
                "UniqueConstraint.opclasses cannot be used with expressions. Use "
                "fastjango.contrib.postgres.indexes.OpClass() instead."
            ),
        ),
        (
            not isinstance(include, (type(None), list, tuple)),
            TypeError,
            "UniqueConstraint.include must be a list or tuple.",
        ),
        (
            not isinstance(opclasses, (list, tuple)),
            TypeError,
            "UniqueConstraint.opclasses must be a list or tuple.",
        ),
        (
            not isinstance(nulls_distinct, (type(None), bool)),
            TypeError,
            "UniqueConstraint.nulls_distinct must be a bool.",
        ),
        (
            isinstance(opclasses, (list, tuple)) and bool(opclasses) and len(fields) != len(opclasses),
            ValueError,
            "UniqueConstraint.fields and UniqueConstraint.opclasses must have the same number of elements.",
        ),
    )
    for broken, kind, message in rules:
        if broken:
            raise kind(message)
