"""Models in an order in which each comes after those that its natural key depends on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fastjango.apps import apps


def _needs(model: Any) -> list[Any]:
    """Return the models that have to be there before objects of *model* can be read."""
    names = getattr(getattr(model, "natural_key", None), "dependencies", [])
    needs = [apps.get_model(name) for name in names]
    options = model._meta
    for field in options.fields:
        if field.remote_field:
            target = field.remote_field.model
            if hasattr(target, "natural_key") and target != model:
                needs.append(target)
    for field in options.many_to_many:
        if field.remote_field.through._meta.auto_created:
            target = field.remote_field.model
            if hasattr(target, "natural_key") and target != model:
                needs.append(target)
    return needs


def sort_dependencies(app_list: Iterable[tuple[Any, Any]], allow_cycles: bool = False) -> list[Any]:
    """
    Return the models of ``(app_config, models)`` pairs, each after those that it depends on.

    Args:
        allow_cycles: Return models that depend on one another in any order.
    Raises:
        RuntimeError: Models depend on one another.
    """
    todo: list[tuple[Any, list[Any]]] = []
    for app_config, model_list in app_list:
        models = app_config.get_models() if model_list is None else model_list
        todo.extend((model, _needs(model)) for model in models)
    everything = {model for model, _ in todo}
    done: list[Any] = []
    placed: set[Any] = set()
    while todo:
        # What is not part of the dump is taken for there.
        free: list[Any] = []
        for model, needs in todo:
            if all(need not in everything or need in placed for need in needs):
                free.append(model)
                placed.add(model)
        if not free:
            if not allow_cycles:
                names = ", ".join(sorted(model._meta.label for model, _ in todo))
                raise RuntimeError(f"Can't resolve dependencies for {names} in serialized app list.")
            free = [todo[0][0]]
        done.extend(free)
        placed.update(free)
        todo = [entry for entry in todo if entry[0] not in placed]
    return done
