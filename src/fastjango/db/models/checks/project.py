"""All models together: names that must be unique, and relations to models that do not exist."""

from __future__ import annotations

import inspect
import types
from collections import defaultdict
from typing import Any

from fastjango.apps import apps as global_apps
from fastjango.conf import settings
from fastjango.core import checks
from fastjango.db.models import signals as model_signals
from fastjango.dispatch import Signal


def check_all_models(app_configs: Any = None, **kwargs: Any) -> list[Any]:
    """Check each model, and that tables, indexes and constraints have names of their own."""
    if app_configs is None:
        models = global_apps.get_models()
    else:
        models = [model for app_config in app_configs for model in app_config.get_models()]
    found: list[Any] = []
    tables: dict[str, list[str]] = defaultdict(list)
    indexes: dict[str, list[str]] = defaultdict(list)
    constraints: dict[str, list[str]] = defaultdict(list)
    for model in models:
        if model._meta.managed and not model._meta.proxy:
            tables[model._meta.db_table].append(model._meta.label)
        if not inspect.ismethod(model.check):
            found.append(
                checks.Error(
                    f"The '{model.__name__}.check()' class method is currently overridden by {model.check!r}.",
                    obj=model,
                    id="models.E020",
                )
            )
        else:
            found.extend(model.check(**kwargs))
        for index in model._meta.indexes:
            indexes[index.name].append(model._meta.label)
        for constraint in model._meta.constraints:
            constraints[constraint.name].append(model._meta.label)
    found.extend(_check_tables(tables))
    found.extend(_check_names(indexes, "index", "models.E029", "models.E030"))
    found.extend(_check_names(constraints, "constraint", "models.E031", "models.E032"))
    return found


def _check_tables(tables: dict[str, list[str]]) -> list[Any]:
    found: list[Any] = []
    for table, labels in tables.items():
        if len(labels) == 1:
            continue
        names = ", ".join(labels)
        if settings.DATABASE_ROUTERS:
            hint = (
                f"You have configured settings.DATABASE_ROUTERS. Verify that {names} are correctly routed to "
                "separate databases."
            )
            found.append(checks.Warning(_shared(table, names), obj=table, hint=hint, id="models.W035"))
        else:
            found.append(checks.Error(_shared(table, names), obj=table, id="models.E028"))
    return found


def _shared(table: str, names: str) -> str:
    return f"db_table '{table}' is used by multiple models: {names}."


def _check_names(names: dict[str, list[str]], what: str, one_model: str, many_models: str) -> list[Any]:
    found: list[Any] = []
    for name, labels in names.items():
        if len(labels) == 1:
            continue
        unique = set(labels)
        among = "for model" if len(unique) == 1 else "among models:"
        found.append(
            checks.Error(
                f"{what} name {name!r} is not unique {among} {', '.join(sorted(unique))}.",
                id=one_model if len(unique) == 1 else many_models,
            )
        )
    return found


def check_lazy_references(app_configs: Any = None, **kwargs: Any) -> list[Any]:
    """Report relations and signals that wait for a model which does not come."""
    return find_lazy_references(global_apps)


def find_lazy_references(apps: Any, ignore: Any = None) -> list[Any]:
    """Return messages about everything that still waits for a model of *apps*, each of them once."""
    pending = set(apps._pending_operations) - (ignore or set())
    if not pending:
        return []
    signals = {signal: name for name, signal in vars(model_signals).items() if isinstance(signal, Signal)}
    found = [
        _report(apps, model_key, operation, signals)
        for model_key in pending
        for operation in apps._pending_operations[model_key]
    ]
    once = {error.msg: error for error in found}
    return [once[message] for message in sorted(once)]


def _unwrap(operation: Any) -> tuple[Any, dict[str, Any]]:
    """Return the function inside an operation that waits, and the names that were bound to it."""
    bound: dict[str, Any] = {}
    while hasattr(operation, "func"):
        bound.update(getattr(operation, "keywords", None) or {})
        operation = operation.func
    if isinstance(operation, types.FunctionType) and operation.__closure__:
        for name, cell in zip(operation.__code__.co_freevars, operation.__closure__, strict=True):
            try:
                bound.setdefault(name, cell.cell_contents)
            except ValueError:
                continue  # not assigned yet
    return operation, bound


def _report(apps: Any, model_key: tuple[str, str], operation: Any, signals: dict[Any, str]) -> Any:
    """Return the message about one waiting operation."""
    label, name = model_key
    if label in apps.app_configs:
        problem = f"app '{label}' doesn't provide model '{name}'"
    else:
        problem = f"app '{label}' isn't installed"
    wanted = f"{label}.{name}"
    function, bound = _unwrap(operation)
    if "field" in bound:
        field = bound["field"]
        return checks.Error(
            f"The field {field} was declared with a lazy reference to '{wanted}', but {problem}.",
            obj=field,
            id="fields.E307",
        )
    if "receiver" in bound and "method" in bound:
        signal = signals.get(getattr(bound["method"], "__self__", None), "signal")
        return _report_signal(bound["receiver"], signal, wanted, problem)
    return checks.Error(
        f"{function!r} contains a lazy reference to {wanted}, but {problem}.", obj=function, id="models.E022"
    )


def _report_signal(receiver: Any, signal: str, wanted: str, problem: str) -> Any:
    """Return the message about a receiver whose sender does not come."""
    if isinstance(receiver, types.MethodType):
        described = f"Bound method '{receiver.__self__.__class__.__name__}.{receiver.__name__}'"
        module = receiver.__func__.__module__
    elif isinstance(receiver, types.FunctionType):
        described, module = f"The function '{receiver.__name__}'", receiver.__module__
    else:
        described = f"An instance of class '{receiver.__class__.__name__}'"
        module = receiver.__class__.__module__
    return checks.Error(
        f"{described} was connected to the '{signal}' signal with a lazy reference to the sender "
        f"'{wanted}', but {problem}.",
        obj=module,
        id="signals.E001",
    )
