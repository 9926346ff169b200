"""Indexes and constraints: names, fields, and what each database can do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fastjango.core import checks
from fastjango.db.connections import connections
from fastjango.db.models.references import check_local_fields, expression_references
from fastjango.db.routers import router

SILENCE = "Silence this warning if you don't care about it."


def check_indexes(model: Any, databases: Iterable[str]) -> list[Any]:
    """Check names, fields and features of all indexes."""
    found: list[Any] = []
    references: set[str] = set()
    for index in model._meta.indexes:
        # Some databases allow no such first characters.
        if index.name[0] == "_" or index.name[0].isdigit():
            found.append(
                checks.Error(
                    f"The index name '{index.name}' cannot start with an underscore or a number.",
                    obj=model,
                    id="models.E033",
                )
            )
        if len(index.name) > index.max_name_length:
            found.append(
                checks.Error(
                    f"The index name '{index.name}' cannot be longer than {index.max_name_length} characters.",
                    obj=model,
                    id="models.E034",
                )
            )
        for expression in index.expressions:
            references.update(path[0] for path in expression_references(expression))
    for alias in databases or ():
        if router.allow_migrate_model(alias, model):
            found.extend(_check_features(model, connections[alias]))
    fields = [name for index in model._meta.indexes for name, _ in index.fields_orders]
    fields += [name for index in model._meta.indexes for name in index.include]
    fields += references
    found.extend(check_local_fields(model, fields, "indexes"))
    return found


def _check_features(model: Any, connection: Any) -> list[Any]:
    indexes = model._meta.indexes
    found: list[Any] = []
    for used, feature, what, hint, number in (
        (
            any(index.condition is not None for index in indexes),
            "supports_partial_indexes",
            "with conditions",
            "Conditions will be ignored.",
            "W037",
        ),
        (
            any(index.include for index in indexes),
            "supports_covering_indexes",
            "with non-key columns",
            "Non-key columns will be ignored.",
            "W040",
        ),
        (
            any(index.contains_expressions for index in indexes),
            "supports_expression_indexes",
            "on expressions",
            "An index won't be created.",
            "W043",
        ),
    ):
        if used and not getattr(connection.features, feature) and feature not in model._meta.required_db_features:
            found.append(
                checks.Warning(
                    f"{connection.display_name} does not support indexes {what}.",
                    hint=f"{hint} {SILENCE}",
                    obj=model,
                    id=f"models.{number}",
                )
            )
    return found


def check_constraints(model: Any, databases: Iterable[str]) -> list[Any]:
    """Let each constraint check itself against each database."""
    found: list[Any] = []
    for alias in databases or ():
        if not router.allow_migrate_model(alias, model):
            continue
        for constraint in model._meta.constraints:
            found.extend(constraint._check(model, connections[alias]))
    return found


__all__ = ["check_constraints", "check_indexes"]
