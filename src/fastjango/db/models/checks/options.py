"""``class Meta``: ordering, unique_together, swappable, proxies, managers, comments."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fastjango.apps import apps
from fastjango.core import checks
from fastjango.core.exceptions import FieldDoesNotExist
from fastjango.db.connections import connections
from fastjango.db.models.constants import LOOKUP_SEP
from fastjango.db.models.expressions import F, OrderBy
from fastjango.db.models.references import check_local_fields
from fastjango.db.routers import router


def check_swappable(model: Any) -> list[Any]:
    """The setting that swaps a model must name one."""
    target = model._meta.swapped
    if not target:
        return []
    try:
        apps.get_model(target)
    except ValueError:
        return [checks.Error(f"'{model._meta.swappable}' is not of the form 'app_label.app_name'.", id="models.E001")]
    except LookupError:
        return [
            checks.Error(
                f"'{model._meta.swappable}' references '{target}', which has not been installed, or is abstract.",
                id="models.E002",
            )
        ]
    return []


def check_proxy(model: Any) -> list[Any]:
    """A proxy has no fields of its own."""
    if model._meta.proxy and (model._meta.local_fields or model._meta.local_many_to_many):
        return [checks.Error(f"Proxy model '{model.__name__}' contains model fields.", id="models.E017")]
    return []


def check_managers(model: Any, **kwargs: Any) -> list[Any]:
    """Let each manager check itself."""
    return [message for manager in model._meta.managers for message in manager.check(**kwargs)]


def check_unique_together(model: Any) -> list[Any]:
    """``unique_together`` must be lists of local fields."""
    option = model._meta.unique_together
    if not isinstance(option, (tuple, list)):
        return [checks.Error("'unique_together' must be a list or tuple.", obj=model, id="models.E010")]
    if any(not isinstance(fields, (tuple, list)) for fields in option):
        return [checks.Error("All 'unique_together' elements must be lists or tuples.", obj=model, id="models.E011")]
    return [message for fields in option for message in check_local_fields(model, fields, "unique_together")]


def check_ordering(model: Any) -> list[Any]:
    """``ordering`` must name fields, relations or lookups."""
    opts = model._meta
    if opts._ordering_clash:
        return [
            checks.Error("'ordering' and 'order_with_respect_to' cannot be used together.", obj=model, id="models.E021")
        ]
    if opts.order_with_respect_to or not opts.ordering:
        return []
    if not isinstance(opts.ordering, (list, tuple)):
        return [
            checks.Error(
                "'ordering' must be a tuple or list (even if you want to order by only one field).",
                obj=model,
                id="models.E014",
            )
        ]
    names = [name for name in _plain_names(opts.ordering) if name != "?"]
    names = [name.removeprefix("-") for name in names]
    wrong = [name for name in names if LOOKUP_SEP in name and not _path_exists(model, name)]
    known = {"pk"} if opts.pk is not None else set()
    for field in [*opts.fields, *opts.related_objects]:
        if getattr(field, "auto_created", False) and not field.concrete:
            known.add(field.field.related_query_name() if hasattr(field, "field") else field.related_query_name())
        else:
            known.add(field.name)
            if hasattr(field, "attname"):
                known.add(field.attname)
    wrong += [name for name in names if LOOKUP_SEP not in name and name not in known]
    return [
        checks.Error(
            f"'ordering' refers to the nonexistent field, related field, or lookup '{name}'.",
            obj=model,
            id="models.E015",
        )
        for name in wrong
    ]


def _plain_names(ordering: Iterable[Any]) -> list[str]:
    """Return the names in *ordering*; other expressions are not looked into."""
    names: list[str] = []
    for entry in ordering:
        if isinstance(entry, str):
            names.append(entry)
        elif isinstance(entry, F):
            names.append(entry.name)
        elif isinstance(entry, OrderBy) and isinstance(entry.expression, F):
            names.append(entry.expression.name)
    return names


def _path_exists(model: Any, path: str) -> bool:
    """Whether *path* leads to a field, ending in a transform or lookup perhaps."""
    current: Any = model
    field: Any = None
    for part in path.split(LOOKUP_SEP):
        try:
            # pk is an alias that is not part of the fields.
            field = current._meta.pk if part == "pk" else current._meta.get_field(part)
            if field.is_relation:
                current = field.path_infos[-1].to_opts.model
            else:
                current = None
        except (FieldDoesNotExist, AttributeError):
            if field is None or (field.get_transform(part) is None and field.get_lookup(part) is None):
                return False
    return True


def check_table_comment(model: Any, databases: Iterable[str]) -> list[Any]:
    """Warn where the database keeps no comments."""
    if not model._meta.db_table_comment:
        return []
    found: list[Any] = []
    for alias in databases:
        if not router.allow_migrate_model(alias, model):
            continue
        connection = connections[alias]
        if not (connection.features.supports_comments or "supports_comments" in model._meta.required_db_features):
            found.append(
                checks.Warning(
                    f"{connection.display_name} does not support comments on tables (db_table_comment).",
                    obj=model,
                    id="models.W046",
                )
            )
    return found
