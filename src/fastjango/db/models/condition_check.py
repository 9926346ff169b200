"""``Q.check()``: does a set of values meet a condition? Asked of the database, which alone knows its comparisons."""

from __future__ import annotations

import logging
from contextlib import nullcontext
from typing import Any

from fastjango.db.connections import connections
from fastjango.db.errors import DatabaseError
from fastjango.db.models.expressions import Value
from fastjango.db.models.expressions.output import make_field
from fastjango.db.models.expressions.q import Q, checker
from fastjango.db.models.fields.query_slot import make_query
from fastjango.db.models.functions import Coalesce
from fastjango.db.models.sql.constants import SINGLE
from fastjango.db.transaction import atomic

logger = logging.getLogger("fastjango.db.models")


def check_condition(condition: Q, against: dict[str, Any], using: str) -> bool:
    """
    Return whether the values of *against* meet *condition*; an error of the database counts as yes.

    Raises:
        FieldError: The condition reads a name that is not in *against*.
    Queries: 1.
    """
    query = make_query(None)
    for name, value in against.items():
        expression = value if hasattr(value, "resolve_expression") else Value(value)
        query.add_annotation(expression, name, select=False)
    query.add_annotation(Value(1), "_check")
    connection = connections[using]
    if connection.features.supports_comparing_boolean_expr:
        # A condition that is neither true nor false (NULL) does not break a constraint.
        query.add_q(Q(Coalesce(condition, True, output_field=make_field("BooleanField"))))
    else:
        query.add_q(condition)
    compiler = query.get_compiler(using=using)
    # An error inside an open transaction must not doom it.
    block: Any = atomic(using=using) if connection.in_atomic_block else nullcontext()
    try:
        with block:
            return compiler.execute_sql(SINGLE) is not None
    except DatabaseError as exc:
        logger.warning("Got a database error calling check() on %r: %s", condition, exc)
        return True


checker.run = check_condition
