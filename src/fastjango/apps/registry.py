"""
All installed applications and their models, and the order in which they are loaded.

Model classes are registered here as they are declared; `lazy_model_operation` waits for those that are not yet.
"""

from __future__ import annotations

import contextlib
import functools
import threading
import warnings
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from fastjango.apps.config import AppConfig
from fastjango.conf import settings
from fastjango.core.exceptions import AppRegistryNotReady, ImproperlyConfigured

F = TypeVar("F", bound=Callable[..., Any])


class _Remembered:
    """A method whose results are kept until the registry changes."""

    def __init__(self, method: Callable[..., Any]) -> None:
        self.method = method
        self.name = method.__name__
        self.__doc__ = method.__doc__

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        if instance is None:
            return self
        bound = functools.lru_cache(maxsize=1024)(functools.partial(self.method, instance))
        instance.__dict__[self.name] = functools.update_wrapper(bound, self.method)
        return bound


def remembered(method: F) -> F:
    """Decorate a method of ``Apps``: keep its results; ``clear_cache()`` forgets them."""
    return _Remembered(method)  # type: ignore[return-value]


class Apps:
    """
    A registry of apps and models.

    Args:
        installed_apps: Entries as in ``INSTALLED_APPS``; None only for the registry of the process.
    """

    def __init__(self, installed_apps: Iterable[Any] | None = ()) -> None:
        if installed_apps is None and "apps" in globals():
            raise RuntimeError("You must supply an installed_apps argument.")
        # {app label: {lower-case model name: model}}, also of apps that are not installed.
        self.all_models: defaultdict[str, dict[str, Any]] = defaultdict(dict)
        self.app_configs: dict[str, AppConfig] = {}
        self.stored_app_configs: list[dict[str, AppConfig]] = []
        self.apps_ready = self.models_ready = self.ready = False
        self.ready_event = threading.Event()
        self._lock = threading.RLock()
        self.loading = False
        # What is left to do when all modules of models have been imported.
        self.before_models_ready: list[Callable[[], None]] = []
        self._pending_operations: defaultdict[tuple[str, str], list[Callable[..., None]]] = defaultdict(list)
        if installed_apps is not None:
            self.populate(installed_apps)

    # --- loading -----------------------------------------------------------------------------

    def populate(self, installed_apps: Iterable[Any] | None = None) -> None:
        """Load apps, then their models, then call ``ready()`` of each; the second call does nothing."""
        if self.ready:
            return
        with self._lock:
            if self.ready:
                return
            if self.loading:
                raise RuntimeError("populate() isn't reentrant")
            self.loading = True
            self._load_configs(installed_apps or ())
            self.apps_ready = True
            for app_config in self.app_configs.values():
                app_config.import_models()
            for finish in self.before_models_ready:
                finish()
            self.clear_cache()
            self.models_ready = True
            for app_config in self.get_app_configs():
                app_config.ready()
            self.ready = True
            self.ready_event.set()

    def _load_configs(self, entries: Iterable[Any]) -> None:
        for entry in entries:
            app_config = entry if isinstance(entry, AppConfig) else AppConfig.create(entry)
            if app_config.label in self.app_configs:
                raise ImproperlyConfigured(f"Application labels aren't unique, duplicates: {app_config.label}")
            self.app_configs[app_config.label] = app_config
            app_config.apps = self
        names = Counter(app_config.name for app_config in self.app_configs.values())
        twice = [name for name, count in names.most_common() if count > 1]
        if twice:
            raise ImproperlyConfigured(f"Application names aren't unique, duplicates: {', '.join(twice)}")

    def check_apps_ready(self) -> None:
        """Raise ``AppRegistryNotReady`` until all apps are loaded."""
        if not self.apps_ready:
            # Settings that are missing altogether give the clearer error.
            settings.INSTALLED_APPS  # noqa: B018
            raise AppRegistryNotReady("Apps aren't loaded yet.")

    def check_models_ready(self) -> None:
        """Raise ``AppRegistryNotReady`` until all models are loaded."""
        if not self.models_ready:
            raise AppRegistryNotReady("Models aren't loaded yet.")

    # --- apps --------------------------------------------------------------------------------

    def get_app_configs(self) -> Iterable[AppConfig]:
        """Return the installed apps in order."""
        self.check_apps_ready()
        return self.app_configs.values()

    def get_app_config(self, app_label: str) -> AppConfig:
        """
        Return the app with that label.

        Raises:
            LookupError: No installed app has it; the message offers a name that was probably meant.
        """
        self.check_apps_ready()
        try:
            return self.app_configs[app_label]
        except KeyError:
            message = f"No installed app with label '{app_label}'."
            for app_config in self.get_app_configs():
                if app_config.name == app_label:
                    message += f" Did you mean '{app_config.label}'?"
                    break
            raise LookupError(message) from None

    def is_installed(self, app_name: str) -> bool:
        """Return whether an app of that full name is installed."""
        self.check_apps_ready()
        return any(app_config.name == app_name for app_config in self.app_configs.values())

    def get_containing_app_config(self, object_name: str) -> AppConfig | None:
        """Return the innermost app that a dotted path lies in."""
        self.check_apps_ready()
        best: AppConfig | None = None
        for app_config in self.app_configs.values():
            inside = object_name == app_config.name or object_name.startswith(f"{app_config.name}.")
            if inside and (best is None or len(app_config.name) > len(best.name)):
                best = app_config
        return best

    # --- models ------------------------------------------------------------------------------

    @remembered
    def get_models(self, include_auto_created: bool = False, include_swapped: bool = False) -> list[Any]:
        """Return all installed models; see ``AppConfig.get_models``."""
        self.check_models_ready()
        return [
            model
            for app_config in self.app_configs.values()
            for model in app_config.get_models(include_auto_created, include_swapped)
        ]

    def get_model(self, app_label: str, model_name: str | None = None, require_ready: bool = True) -> Any:
        """
        Return a model by label and name, or by ``"label.Name"``.

        Raises:
            LookupError: There is no such app or model.
            ValueError: The one-argument form has not exactly one dot.
        """
        if require_ready:
            self.check_models_ready()
        else:
            self.check_apps_ready()
        if model_name is None:
            app_label, model_name = app_label.split(".")
        app_config = self.get_app_config(app_label)
        if not require_ready and app_config.models is None:
            app_config.import_models()
        return app_config.get_model(model_name, require_ready=require_ready)

    def register_model(self, app_label: str, model: Any) -> None:
        """Take in a model class that has just been declared."""
        name = model._meta.model_name
        app_models = self.all_models[app_label]
        known = app_models.get(name)
        if known is not None:
            if (model.__name__, model.__module__) != (known.__name__, known.__module__):
                raise RuntimeError(f"Conflicting '{name}' models in application '{app_label}': {known} and {model}.")
            warnings.warn(
                f"Model '{app_label}.{name}' was already registered. Reloading models is not advised as it can lead "
                "to inconsistencies, most notably with related models.",
                RuntimeWarning,
                stacklevel=2,
            )
        app_models[name] = model
        self.do_pending_operations(model)
        self.clear_cache()

    def get_registered_model(self, app_label: str, model_name: str) -> Any:
        """Return a declared model, also while apps are loading or when its app is not installed."""
        model = self.all_models[app_label].get(model_name.lower())
        if model is None:
            raise LookupError(f"Model '{app_label}.{model_name}' not registered.")
        return model

    @remembered
    def get_swappable_settings_name(self, to_string: str) -> str | None:
        """Return the setting that may swap the model ``"label.Name"`` for another, None when there is none."""
        wanted = to_string.lower()
        for model in self.get_models(include_swapped=True):
            swapped = model._meta.swapped
            if swapped and swapped.lower() == wanted:
                return str(model._meta.swappable)
            if model._meta.swappable and model._meta.label_lower == wanted:
                return str(model._meta.swappable)
        return None

    def lazy_model_operation(self, function: Callable[..., Any], *model_keys: tuple[str, str]) -> None:
        """Call *function* with the models of *model_keys*, as soon as all of them are declared."""
        if not model_keys:
            function()
            return
        (app_label, model_name), *rest = model_keys

        def apply_next_model(model: Any) -> None:
            self.lazy_model_operation(functools.partial(function, model), *rest)

        # Shown by the check that reports operations that never ran.
        apply_next_model.func = function  # type: ignore[attr-defined]
        try:
            model = self.get_registered_model(app_label, model_name)
        except LookupError:
            self._pending_operations[app_label, model_name].append(apply_next_model)
        else:
            apply_next_model(model)

    def do_pending_operations(self, model: Any) -> None:
        """Run what waited for *model*."""
        key = model._meta.app_label, model._meta.model_name
        for function in self._pending_operations.pop(key, []):
            function(model)

    # --- changes (tests) ---------------------------------------------------------------------

    def set_available_apps(self, available: Iterable[str]) -> None:
        """Restrict the installed apps to *available*; undone by ``unset_available_apps()``."""
        wanted = set(available)
        installed = {app_config.name for app_config in self.get_app_configs()}
        if not wanted <= installed:
            raise ValueError(
                f"Available apps isn't a subset of installed apps, extra apps: {', '.join(wanted - installed)}"
            )
        self.stored_app_configs.append(self.app_configs)
        self.app_configs = {label: config for label, config in self.app_configs.items() if config.name in wanted}
        self.clear_cache()

    def unset_available_apps(self) -> None:
        """Undo ``set_available_apps()``."""
        self.app_configs = self.stored_app_configs.pop()
        self.clear_cache()

    def set_installed_apps(self, installed: Iterable[Any]) -> None:
        """Install other apps for a while; undone by ``unset_installed_apps()``."""
        if not self.ready:
            raise AppRegistryNotReady("App registry isn't ready yet.")
        self.stored_app_configs.append(self.app_configs)
        self.app_configs = {}
        self.apps_ready = self.models_ready = self.loading = self.ready = False
        self.clear_cache()
        self.populate(installed)

    def unset_installed_apps(self) -> None:
        """Undo ``set_installed_apps()``."""
        self.app_configs = self.stored_app_configs.pop()
        self.apps_ready = self.models_ready = self.ready = True
        self.clear_cache()

    def clear_cache(self) -> None:
        """Forget everything that was worked out from the models' options."""
        for name in ("get_models", "get_swappable_settings_name"):
            kept = self.__dict__.get(name)
            if kept is not None:
                kept.cache_clear()
        if self.ready:
            for model in self.get_models(include_auto_created=True):
                with contextlib.suppress(AttributeError):
                    model._meta._expire_cache()


apps = Apps(installed_apps=None)
