"""Which rows an upsert takes for the same: fields with a unique constraint, or a constraint by its name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastjango.core.exceptions import fix
from fastjango.db.errors import NotSupportedError
from fastjango.db.models.constraints import UniqueConstraint
from fastjango.db.models.ddl import condition_clause, element_clause
from fastjango.db.models.sql.write_plans import ConflictTarget

from .writing import BulkOptions


def upsert_target(
    model: Any,
    connection: Any,
    unique_fields: Sequence[str],
    constraint: str | None,
    update_fields: Sequence[str] | None,
) -> tuple[ConflictTarget, BulkOptions]:
    """
    Return what decides whether a row is there, and what it gets then.

    Raises:
        ValueError: Neither or both are given, or there is no such constraint.
        NotSupportedError: The database has no such constraints.
    """
    opts = model._meta
    if bool(unique_fields) is (constraint is not None):
        raise fix(
            ValueError(
                "upsert() got both unique_fields and constraint." if unique_fields else "unique_fields is empty."
            ),
            "name the fields that are unique together, or the constraint",
            code="models.E602",
        )
    found = None if constraint is None else _named(opts, constraint)
    names = list(unique_fields if found is None else found.fields)
    if update_fields is None:
        update_fields = _everything_else(opts, names)
    with_target = connection.features.supports_update_conflicts_with_target
    # Where the statement has no target, any unique constraint decides.
    options = BulkOptions.checked(
        opts, connection, False, True, update_fields, (names or [opts.pk.name]) if with_target else None
    )
    if found is None or not with_target:
        return ConflictTarget(options.unique_fields), options
    return _with_index(model, connection, found), options


def _named(opts: Any, name: str) -> UniqueConstraint:
    known = {item.name: item for item in opts.constraints if isinstance(item, UniqueConstraint)}
    if name not in known:
        raise fix(
            ValueError(f"{opts.object_name} has no unique constraint {name!r}."),
            f"its unique constraints are: {', '.join(sorted(known)) or 'none'}",
            code="models.E602",
        )
    return known[name]


def _with_index(model: Any, connection: Any, constraint: UniqueConstraint) -> ConflictTarget:
    """Return the target as the index of the constraint was written, so that the database recognizes it."""
    features, opts = connection.features, model._meta
    if (constraint.condition is not None and not features.supports_partial_indexes) or (
        constraint.expressions and not features.supports_expression_indexes
    ):
        raise NotSupportedError(f"This database backend does not support the constraint {constraint.name!r}.")
    target = ConflictTarget(opts.get_field(name) for name in constraint.fields)
    target.name = constraint.name
    target.elements = [element_clause(model, expression, connection) for expression in constraint.expressions]
    if constraint.condition is not None:
        target.where = condition_clause(model, constraint.condition, connection)
    return target


def _everything_else(opts: Any, unique_fields: Sequence[str]) -> list[str]:
    kept = {opts.get_field(name) for name in unique_fields if name != "pk"} | set(opts.pk_fields)
    return [field.name for field in opts.concrete_fields if field not in kept and not field.generated]


__all__ = ["upsert_target"]
