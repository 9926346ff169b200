"""Which names an expression reads, and whether they are fields of the model's own table. For checks and constraints."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from fastjango.core import checks
from fastjango.core.exceptions import FieldDoesNotExist
from fastjango.db.models.constants import LOOKUP_SEP
from fastjango.db.models.expressions import F
from fastjango.db.models.query_utils import Q


def expression_references(expression: Any) -> Iterator[tuple[str, ...]]:
    """Give the path of each name in *expression*, split at ``__``."""
    if isinstance(expression, Q):
        for child in expression.children:
            if isinstance(child, tuple):
                lookup, value = child
                yield tuple(lookup.split(LOOKUP_SEP))
                yield from expression_references(value)
            else:
                yield from expression_references(child)
    elif isinstance(expression, F):
        yield tuple(expression.name.split(LOOKUP_SEP))
    elif hasattr(expression, "get_source_expressions"):
        for source in expression.get_source_expressions():
            yield from expression_references(source)


def known_names(model: Any) -> dict[str, Any]:
    """Return the fields of *model* by name and attribute name, also those that hide others."""
    found: dict[str, Any] = {}
    for field in model._meta._get_fields(reverse=False):
        found[field.name] = field
        if hasattr(field, "attname"):
            found[field.attname] = field
    return found


def check_local_fields(model: Any, fields: Iterable[str], option: str) -> list[Any]:
    """Return messages about names in a ``Meta`` option that are no columns of the model's own table."""
    errors: list[Any] = []
    known = known_names(model)
    for name in fields:
        field = known.get(name)
        if field is None:
            errors.append(
                checks.Error(f"'{option}' refers to the nonexistent field '{name}'.", obj=model, id="models.E012")
            )
        elif getattr(field.remote_field, "through", None) is not None or field.many_to_many:
            errors.append(
                checks.Error(
                    f"'{option}' refers to a ManyToManyField '{name}', but ManyToManyFields are not "
                    f"permitted in '{option}'.",
                    obj=model,
                    id="models.E013",
                )
            )
        elif field.get_internal_type() == "CompositePrimaryKey":
            errors.append(
                checks.Error(
                    f"'{option}' refers to a CompositePrimaryKey '{name}', but CompositePrimaryKeys are not "
                    f"permitted in '{option}'.",
                    obj=model,
                    id="models.E048",
                )
            )
        elif field not in model._meta.local_fields:
            errors.append(
                checks.Error(
                    f"'{option}' refers to field '{name}' which is not local to model '{model._meta.object_name}'.",
                    hint="This issue may be caused by multi-table inheritance.",
                    obj=model,
                    id="models.E016",
                )
            )
    return errors


def has_field(model: Any, name: str) -> Any:
    """Return the field, or ``None``."""
    try:
        return model._meta.get_field(name)
    except FieldDoesNotExist:
        return None
