"""Relations to models that do not exist yet: names, and work that waits for them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

RECURSIVE_RELATIONSHIP_CONSTANT = "self"


def make_model_tuple(model: Any) -> tuple[str, str]:
    """
    Return ``(app_label, model_name)`` of a model or of a text like ``"shop.Product"``.

    Raises:
        ValueError: it is neither.
    """
    try:
        if isinstance(model, tuple):
            found = model
        elif isinstance(model, str):
            app_label, model_name = model.split(".")
            found = app_label, model_name.lower()
        else:
            found = model._meta.app_label, model._meta.model_name
        if len(found) != 2:
            raise ValueError
    except (ValueError, AttributeError):
        raise ValueError(
            f"Invalid model reference '{model}'. String model references must be of the form 'app_label.ModelName'."
        ) from None
    return found


def resolve_relation(scope_model: Any, relation: Any) -> Any:
    """Return *relation* as a model or a full ``app_label.ModelName``, seen from *scope_model*."""
    if relation == RECURSIVE_RELATIONSHIP_CONSTANT:
        relation = scope_model
    if isinstance(relation, str) and "." not in relation:
        relation = f"{scope_model._meta.app_label}.{relation}"
    return relation


def lazy_related_operation(function: Callable[..., Any], model: Any, *related_models: Any, **kwargs: Any) -> Any:
    """Call *function* with *model* and the related models, once all of them are loaded."""
    models = [model, *(resolve_relation(model, related) for related in related_models)]
    keys = (make_model_tuple(each) for each in models)
    return model._meta.apps.lazy_model_operation(partial(function, **kwargs), *keys)
