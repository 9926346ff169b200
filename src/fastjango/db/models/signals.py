"""The signals of models: built, saved, deleted, migrated.

A sender may be given as ``"app_label.ModelName"`` before the model exists.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastjango.apps import apps as global_apps
from fastjango.dispatch import Signal


class ModelSignal(Signal):
    """A signal whose sender may be a model's name."""

    def _when_loaded(self, method: Callable[..., Any], apps: Any, receiver: Any, sender: Any, **kwargs: Any) -> Any:
        """Run *method* now, or as soon as the named model has been loaded."""
        if not isinstance(sender, str):
            return method(receiver, sender=sender, **kwargs)
        registry = apps or global_apps
        label = _model_key(sender)

        def run(model: Any) -> Any:
            return method(receiver, sender=model, **kwargs)

        return registry.lazy_model_operation(run, label)

    def connect(
        self,
        receiver: Any,
        sender: Any = None,
        weak: bool = True,
        dispatch_uid: Any = None,
        apps: Any = None,
    ) -> None:
        """Call *receiver* whenever the signal is sent by *sender*."""
        self._when_loaded(super().connect, apps, receiver, sender, weak=weak, dispatch_uid=dispatch_uid)

    def disconnect(  # type: ignore[override]
        self,
        receiver: Any = None,
        sender: Any = None,
        dispatch_uid: Any = None,
        apps: Any = None,
    ) -> bool | None:
        """Stop calling *receiver*; tell whether it was connected."""
        return self._when_loaded(  # type: ignore[no-any-return]
            super().disconnect, apps, receiver, sender, dispatch_uid=dispatch_uid
        )


def _model_key(name: str) -> tuple[str, str]:
    try:
        app_label, model_name = name.split(".")
    except ValueError:
        raise ValueError(
            "Invalid model reference '%s'. String model references must be of the form 'app_label.ModelName'." % name
        ) from None
    return app_label, model_name.lower()


class_prepared = Signal()

pre_init = ModelSignal(use_caching=True)
post_init = ModelSignal(use_caching=True)

pre_save = ModelSignal(use_caching=True)
post_save = ModelSignal(use_caching=True)

pre_delete = ModelSignal(use_caching=True)
post_delete = ModelSignal(use_caching=True)

m2m_changed = ModelSignal(use_caching=True)

pre_migrate = Signal()
post_migrate = Signal()

__all__ = [
    "ModelSignal",
    "class_prepared",
    "m2m_changed",
    "post_delete",
    "post_init",
    "post_migrate",
    "post_save",
    "pre_delete",
    "pre_init",
    "pre_migrate",
    "pre_save",
]
