"""Clashes of fields with parents, other fields, columns, properties and the model's name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fastjango.core import checks
from fastjango.db.connections import connections
from fastjango.db.models.constants import LOOKUP_SEP
from fastjango.db.routers import router


def check_fields(model: Any, **kwargs: Any) -> list[Any]:
    """Let each field check itself."""
    found: list[Any] = []
    for field in model._meta.local_fields:
        found.extend(field.check(**kwargs))
    for field in model._meta.local_many_to_many:
        found.extend(field.check(from_model=model, **kwargs))
    return found


def check_same_through(model: Any) -> list[Any]:
    """No two relations may use one intermediate model in the same way."""
    found: list[Any] = []
    seen: set[Any] = set()
    for field in model._meta.local_many_to_many:
        remote = field.remote_field
        if isinstance(remote.model, str) or isinstance(remote.through, str):
            continue
        signature = (remote.model, model, remote.through, tuple(remote.through_fields or ()))
        if signature in seen:
            found.append(
                checks.Error(
                    "The model has two identical many-to-many relations through the intermediate model "
                    f"'{remote.through._meta.label}'.",
                    obj=model,
                    id="models.E003",
                )
            )
        seen.add(signature)
    return found


def check_name_clashes(model: Any) -> list[Any]:
    """No field may hide one of a parent, nor another one's attribute."""
    found: list[Any] = []
    used: dict[str, Any] = {}
    for parent in model._meta.all_parents:
        for field in parent._meta.local_fields:
            clash = used.get(field.name) or used.get(field.attname) or None
            if clash:
                found.append(
                    checks.Error(
                        f"The field '{clash.name}' from parent model '{clash.model._meta}' clashes with the "
                        f"field '{field.name}' from parent model '{field.model._meta}'.",
                        obj=model,
                        id="models.E005",
                    )
                )
            used[field.name] = used[field.attname] = field
    # Reverse accessors of parents are attributes of ours, but for the link to the parent itself.
    for parent in model._meta.all_parents:
        for relation in parent._meta.get_fields():
            if relation not in used.values():
                used.setdefault(relation.name, relation)
    # Two links of a diamond may have one name.
    for link in model._meta.parents.values():
        clash = used.get(link.name) if link else None
        if clash:
            found.append(
                checks.Error(
                    f"The field '{link.name}' clashes with the field '{clash.name}' from model '{clash.model._meta}'.",
                    obj=model,
                    id="models.E006",
                )
            )
    for field in model._meta.local_fields:
        clash = used.get(field.name) or used.get(field.attname) or None
        # An "id" that is no key has a message of its own.
        own_id = field.name == "id" and (clash is not None and clash.name == "id" and clash.model == model)
        if clash and not own_id:
            found.append(
                checks.Error(
                    f"The field '{field.name}' clashes with the field '{clash.name}' from model '{clash.model._meta}'.",
                    obj=field,
                    id="models.E006",
                )
            )
        used[field.name] = used[field.attname] = field
    return found


def check_column_clashes(model: Any) -> list[Any]:
    """No two fields may have one column."""
    found: list[Any] = []
    used: set[str] = set()
    for field in model._meta.local_fields:
        _, column = field.get_attname_column()
        if column and column in used:
            found.append(
                checks.Error(
                    f"Field '{field.name}' has column name '{column}' that is used by another field.",
                    hint="Specify a 'db_column' for the field.",
                    obj=model,
                    id="models.E007",
                )
            )
        else:
            used.add(column)
    return found


def check_model_name(model: Any) -> list[Any]:
    """A model's name is part of lookups."""
    name = model.__name__
    if name.startswith("_") or name.endswith("_"):
        return [
            checks.Error(
                f"The model name '{name}' cannot start or end with an underscore as it collides with the "
                "query lookup syntax.",
                obj=model,
                id="models.E023",
            )
        ]
    if LOOKUP_SEP in name:
        return [
            checks.Error(
                f"The model name '{name}' cannot contain double underscores as it collides with the query "
                "lookup syntax.",
                obj=model,
                id="models.E024",
            )
        ]
    return []


def check_property_clashes(model: Any) -> list[Any]:
    """No property may have the name of a relation's attribute."""
    accessors = (
        field.get_attname()
        for field in model._meta._get_fields(reverse=False)
        if field.is_relation and getattr(field, "related_model", None) is not None
    )
    properties = model._meta._property_names
    return [
        checks.Error(f"The property '{accessor}' clashes with a related field accessor.", obj=model, id="models.E025")
        for accessor in accessors
        if accessor in properties
    ]


def check_long_columns(model: Any, databases: Iterable[str]) -> list[Any]:
    """Automatic column names must fit on every database."""
    found: list[Any] = []
    allowed: int | None = None
    alias: str | None = None
    for name in databases or ():
        if not router.allow_migrate_model(name, model):
            continue
        connection = connections[name]
        longest = connection.ops.max_name_length()
        if longest is None or connection.features.truncates_names:
            continue
        if allowed is None or longest < allowed:
            allowed, alias = longest, name
    if allowed is None:
        return found
    for field in model._meta.local_fields:
        _, column = field.get_attname_column()
        if field.db_column is None and column is not None and len(column) > allowed:
            found.append(
                checks.Error(
                    f'Autogenerated column name too long for field "{column}". Maximum length is "{allowed}" '
                    f'for database "{alias}".',
                    hint="Set the column name manually using 'db_column'.",
                    obj=model,
                    id="models.E018",
                )
            )
    for field in model._meta.local_many_to_many:
        through = field.remote_field.through
        # Names of the hidden table are cut; a model of the project is checked itself.
        if isinstance(through, str) or not through._meta.auto_created:
            continue
        for relation in through._meta.local_fields:
            _, column = relation.get_attname_column()
            if relation.db_column is None and column is not None and len(column) > allowed:
                found.append(
                    checks.Error(
                        f'Autogenerated column name too long for M2M field "{column}". Maximum length is '
                        f'"{allowed}" for database "{alias}".',
                        hint=(
                            "Use 'through' to create a separate model for M2M and then set column_name using "
                            "'db_column'."
                        ),
                        obj=model,
                        id="models.E019",
                    )
                )
    return found


__all__ = [
    "check_column_clashes",
    "check_fields",
    "check_long_columns",
    "check_model_name",
    "check_name_clashes",
    "check_property_clashes",
    "check_same_through",
]
