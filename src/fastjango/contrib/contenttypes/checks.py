"""What ``check`` says about generic foreign keys and model names."""

from __future__ import annotations

from itertools import chain
from typing import Any

from fastjango.apps import apps
from fastjango.core.checks import Error


def _models(app_configs: Any) -> list[Any]:
    if app_configs is None:
        return list(apps.get_models())
    return list(chain.from_iterable(app_config.get_models() for app_config in app_configs))


def check_generic_foreign_keys(app_configs: Any = None, **kwargs: Any) -> list[Any]:
    """Let each generic foreign key check itself."""
    from fastjango.contrib.contenttypes.fields import GenericForeignKey

    errors: list[Any] = []
    for model in _models(app_configs):
        for field in model._meta.private_fields:
            if isinstance(field, GenericForeignKey):
                errors += field.check()
    return errors


def check_model_name_lengths(app_configs: Any = None, **kwargs: Any) -> list[Any]:
    """Check that names fit the column."""
    return [
        Error(
            f"Model names must be at most 100 characters (got {len(model._meta.model_name)}).",
            obj=model,
            id="contenttypes.E005",
        )
        for model in _models(app_configs)
        if len(model._meta.model_name) > 100
    ]
