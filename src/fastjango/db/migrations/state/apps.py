"""``StateApps``: an app registry of historical model classes."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from fastjango.apps import AppConfig
from fastjango.apps.registry import Apps
from fastjango.apps.registry import apps as global_apps
from fastjango.conf import settings
from fastjango.db.migrations.exceptions import InvalidBasesError
from fastjango.db.migrations.state.model_state import ModelState
from fastjango.db.models.checks.project import find_lazy_references

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class AppConfigStub(AppConfig):
    """An app of which only the label is known."""

    def __init__(self, label: str) -> None:
        # A label of the history was checked when its app was; that of a class made by hand may be any text.
        self.name = self.label = label
        self.verbose_name = label.title()
        self.path = ""
        self.apps: Any = None
        # Historical apps have no module.
        self.module = self.models_module = None
        self.models: Any = {}

    def import_models(self) -> None:
        """Take the models that the registry has."""
        self.models = self.apps.all_models[self.label]


class StateApps(Apps):
    """The classes of a project state."""

    def __init__(self, real_apps: Iterable[str], models: dict[Any, ModelState], ignore_swappable: bool = False) -> None:
        # Apps without migrations take part with their real models.
        self.real_models = []
        for app_label in real_apps:
            app = global_apps.get_app_config(app_label)
            for model in app.get_models():
                self.real_models.append(ModelState.from_model(model, exclude_rels=True))
        labels = {state.app_label for state in models.values()}
        configs = [AppConfigStub(label) for label in sorted([*real_apps, *labels])]
        super().__init__(configs)
        # The registry must not empty caches at each class: there may be thousands.
        self.render_multiple([*models.values(), *self.real_models])
        self._check_pending(ignore_swappable)

    def _check_pending(self, ignore_swappable: bool) -> None:
        ignore = {_swappable_key(settings.AUTH_USER_MODEL)} if ignore_swappable else set()
        found = find_lazy_references(self, ignore)
        if found:
            raise ValueError("\n".join(error.msg for error in found))

    @contextmanager
    def bulk_update(self) -> Iterator[None]:
        """Empty the caches once, at the end."""
        ready = self.ready
        self.ready = False
        try:
            yield
        finally:
            self.ready = ready
            self.clear_cache()

    def render_multiple(self, model_states: Iterable[ModelState]) -> None:
        """Make the classes; each waits until its bases are there."""
        unrendered = list(model_states)
        if not unrendered:
            return
        with self.bulk_update():
            while unrendered:
                waiting = []
                for model in unrendered:
                    try:
                        model.render(self)
                    except InvalidBasesError:
                        waiting.append(model)
                if len(waiting) == len(unrendered):
                    raise InvalidBasesError(
                        f"Cannot resolve bases for {waiting!r}\nThis can happen if you are inheriting models from an "
                        "app with migrations (e.g. contrib.auth)\n in an app with no migrations; see the documentation "
                        "on migrations for more"
                    )
                unrendered = waiting

    def clone(self) -> StateApps:
        """Return a registry with the same classes."""
        clone = StateApps([], {})
        clone.all_models.update({app: dict(found) for app, found in self.all_models.items()})
        for app_label in self.app_configs:
            config = AppConfigStub(app_label)
            config.apps = clone
            config.import_models()
            clone.app_configs[app_label] = config
        clone.real_models = self.real_models
        return clone

    def register_model(self, app_label: str, model: Any) -> None:
        """Add a class."""
        self.all_models.setdefault(app_label, {})[model._meta.model_name] = model
        if app_label not in self.app_configs:
            config = AppConfigStub(app_label)
            config.apps = self
            self.app_configs[app_label] = config
        self.app_configs[app_label].models = self.all_models[app_label]
        self.do_pending_operations(model)
        self.clear_cache()

    def unregister_model(self, app_label: str, model_name: str) -> None:
        """Remove a class."""
        try:
            del self.all_models[app_label][model_name]
            self.app_configs[app_label].models.pop(model_name, None)
        except KeyError:
            pass


def _swappable_key(value: str) -> tuple[str, str]:
    app_label, model_name = value.lower().split(".", 1)
    return app_label, model_name
