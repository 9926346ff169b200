"""``ProjectState``: all models of a project as values, and what operations do to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import partial
from typing import Any

from fastjango.core.exceptions import FieldDoesNotExist
from fastjango.db.migrations.names import (
    field_is_referenced,
    get_references,
    resolve_relation,
)
from fastjango.db.migrations.state.apps import StateApps
from fastjango.db.migrations.state.model_state import (
    ModelState,
    get_related_models_recursive,
    get_related_models_tuples,
)
from fastjango.db.models import NOT_PROVIDED
from fastjango.db.models.fields.composite import CompositePrimaryKey
from fastjango.utils.functional import cached_property


class ProjectState:
    """
    The models of a project at one point of its history.

    ``apps`` are the historical classes; made when first asked for and kept in step from then on.
    """

    def __init__(self, models: dict[Any, ModelState] | None = None, real_apps: Any = None) -> None:
        self.models: dict[tuple[str, str], ModelState] = models or {}
        # Apps without migrations: their real models are used.
        if real_apps is None:
            real_apps = set()
        else:
            assert isinstance(real_apps, set)
        self.real_apps: set[str] = real_apps
        self.is_delayed = False

    # ------------------------------------------------------------ models

    def add_model(self, model_state: ModelState) -> None:
        """Add a model."""
        model_key = model_state.app_label, model_state.name_lower
        self.models[model_key] = model_state
        if "apps" in self.__dict__:
            self.reload_model(*model_key)

    def remove_model(self, app_label: str, model_name: str) -> None:
        """Remove a model."""
        del self.models[app_label, model_name]
        if "apps" in self.__dict__:
            self.apps.unregister_model(app_label, model_name)
            # The registry's caches still know the class.
            self.apps.clear_cache()

    def rename_model(self, app_label: str, old_name: str, new_name: str) -> None:
        """Rename a model; everything that refers to it follows."""
        old_name_lower = old_name.lower()
        new_name_lower = new_name.lower()
        renamed_model = self.models[app_label, old_name_lower].clone()
        renamed_model.name = new_name
        self.models[app_label, new_name_lower] = renamed_model
        old_model_tuple = (app_label, old_name_lower)
        new_remote_model = f"{app_label}.{new_name}"
        to_reload = set()
        for model_state, name, field, reference in get_references(self, old_model_tuple):
            changed_field = None
            if reference.to:
                changed_field = field.clone()
                changed_field.remote_field.model = new_remote_model
            if reference.through:
                changed_field = changed_field or field.clone()
                changed_field.remote_field.through = new_remote_model
            if changed_field:
                model_state.fields[name] = changed_field
                to_reload.add((model_state.app_label, model_state.name_lower))
        for key, model_state in self.models.items():
            if f"{app_label}.{old_name_lower}" in model_state.bases:
                model_state.bases = tuple(
                    f"{app_label}.{new_name_lower}" if base == f"{app_label}.{old_name_lower}" else base
                    for base in model_state.bases
                )
                to_reload.add(key)
        if "apps" in self.__dict__:
            self.reload_models(to_reload, delay=True)
        self.remove_model(app_label, old_name_lower)
        if "apps" in self.__dict__:
            self.reload_model(app_label, new_name_lower, delay=True)

    # ------------------------------------------------------------ options

    def alter_model_options(
        self, app_label: str, model_name: str, options: dict[str, Any], option_keys: Iterable[str] | None = None
    ) -> None:
        """Set options; those of *option_keys* that are not given go."""
        model_state = self.models[app_label, model_name]
        model_state.options = {**model_state.options, **options}
        for key in option_keys or ():
            if key not in options:
                model_state.options.pop(key, False)
        if "apps" in self.__dict__:
            self.reload_model(app_label, model_name, delay=True)

    def remove_model_options(
        self, app_label: str, model_name: str, option_name: str, option_value_to_remove: Any
    ) -> None:
        """Remove one value of a list option."""
        model_state = self.models[app_label, model_name]
        objs = model_state.options.get(option_name)
        if objs:
            model_state.options[option_name] = [obj for obj in objs if tuple(obj) != tuple(option_value_to_remove)]
        self.reload_model(app_label, model_name, delay=True)

    def alter_model_managers(self, app_label: str, model_name: str, managers: Any) -> None:
        """Set the managers."""
        self.models[app_label, model_name].managers = list(managers)
        self.reload_model(app_label, model_name, delay=True)

    def _append_option(self, app_label: str, model_name: str, option_name: str, obj: Any) -> None:
        model_state = self.models[app_label, model_name]
        model_state.options[option_name] = [*model_state.options[option_name], obj]
        self.reload_model(app_label, model_name, delay=True)

    def _remove_option(self, app_label: str, model_name: str, option_name: str, obj_name: str) -> None:
        model_state = self.models[app_label, model_name]
        model_state.options[option_name] = [obj for obj in model_state.options[option_name] if obj.name != obj_name]
        self.reload_model(app_label, model_name, delay=True)

    def _alter_option(self, app_label: str, model_name: str, option_name: str, obj_name: str, alt_obj: Any) -> None:
        model_state = self.models[app_label, model_name]
        model_state.options[option_name] = [
            alt_obj if obj.name == obj_name else obj for obj in model_state.options[option_name]
        ]
        self.reload_model(app_label, model_name, delay=True)

    def add_index(self, app_label: str, model_name: str, index: Any) -> None:
        """Add an index."""
        self._append_option(app_label, model_name, "indexes", index)

    def remove_index(self, app_label: str, model_name: str, index_name: str) -> None:
        """Remove an index."""
        self._remove_option(app_label, model_name, "indexes", index_name)

    def rename_index(self, app_label: str, model_name: str, old_index_name: str, new_index_name: str) -> None:
        """Rename an index."""
        model_state = self.models[app_label, model_name]
        indexes = []
        for index in model_state.options["indexes"]:
            if index.name == old_index_name:
                index = index.clone()
                index.name = new_index_name
            indexes.append(index)
        model_state.options["indexes"] = indexes
        self.reload_model(app_label, model_name, delay=True)

    def add_constraint(self, app_label: str, model_name: str, constraint: Any) -> None:
        """Add a constraint."""
        self._append_option(app_label, model_name, "constraints", constraint)

    def remove_constraint(self, app_label: str, model_name: str, constraint_name: str) -> None:
        """Remove a constraint."""
        self._remove_option(app_label, model_name, "constraints", constraint_name)

    def alter_constraint(self, app_label: str, model_name: str, constraint_name: str, constraint: Any) -> None:
        """Replace a constraint."""
        self._alter_option(app_label, model_name, "constraints", constraint_name, constraint)

    # ------------------------------------------------------------ fields

    def add_field(self, app_label: str, model_name: str, name: str, field: Any, preserve_default: bool) -> None:
        """Add a field; a default that was only for existing rows is not kept."""
        if not preserve_default:
            field = field.clone()
            field.default = NOT_PROVIDED
        model_key = app_label, model_name
        self.models[model_key].fields[name] = field
        if "apps" in self.__dict__:
            # Models that refer to this one only need to be made anew when it is a relation.
            self.reload_model(*model_key, delay=not field.is_relation)

    def remove_field(self, app_label: str, model_name: str, name: str) -> None:
        """Remove a field."""
        model_key = app_label, model_name
        old_field = self.models[model_key].fields.pop(name)
        if "apps" in self.__dict__:
            self.reload_model(*model_key, delay=not old_field.is_relation)

    def alter_field(self, app_label: str, model_name: str, name: str, field: Any, preserve_default: bool) -> None:
        """Replace a field."""
        if not preserve_default:
            field = field.clone()
            field.default = NOT_PROVIDED
        model_key = app_label, model_name
        fields = self.models[model_key].fields
        old_field = fields.pop(name) if name not in fields else fields[name]
        fields[name] = field
        if "apps" in self.__dict__:
            delay = not field.is_relation and not field_is_referenced(self, model_key, (name, field))
            self.reload_model(*model_key, delay=delay and not old_field.is_relation)

    def rename_field(self, app_label: str, model_name: str, old_name: str, new_name: str) -> None:
        """
        Rename a field; options and other fields follow.

        Raises:
            FieldDoesNotExist: There is no such field.
        """
        model_key = app_label, model_name
        model_state = self.models[model_key]
        fields = model_state.fields
        try:
            found = fields.pop(old_name)
        except KeyError:
            raise FieldDoesNotExist(f"{app_label}.{model_name} has no field named '{old_name}'") from None
        fields[new_name] = found
        for name, field in list(fields.items()):
            if isinstance(field, CompositePrimaryKey) and old_name in field.field_names:
                fields[name] = CompositePrimaryKey(
                    *[new_name if part == old_name else part for part in field.field_names]
                )
        for field in fields.values():
            # A foreign object names its own fields.
            from_fields = getattr(field, "from_fields", None)
            if from_fields:
                field.from_fields = tuple(
                    new_name if from_field == old_name else from_field for from_field in from_fields
                )
        options = model_state.options
        for option in ("index_together", "unique_together"):
            if option in options:
                options[option] = [
                    [new_name if name == old_name else name for name in together] for together in options[option]
                ]
        delay = True
        for _, name, field, reference in list(get_references(self, model_key, (old_name, found))):
            delay = False
            self._follow_rename(field, reference, old_name, new_name)
        if "apps" in self.__dict__:
            self.reload_model(*model_key, delay=delay)

    def _follow_rename(self, field: Any, reference: Any, old_name: str, new_name: str) -> None:
        if reference.to:
            remote_field, to_fields = reference.to
            if getattr(remote_field, "field_name", None) == old_name:
                remote_field.field_name = new_name
            if to_fields:
                field.to_fields = tuple(new_name if name == old_name else name for name in to_fields)

    # ------------------------------------------------------------ historical classes

    def _find_reload_model(self, app_label: str, model_name: str, delay: bool = False) -> set[tuple[str, str]]:
        if delay:
            self.is_delayed = True
        related: set[tuple[str, str]] = set()
        try:
            old_model = self.apps.get_model(app_label, model_name)
        except LookupError:
            pass
        else:
            # With delay only the nearest: the others are made anew when somebody looks.
            related = get_related_models_tuples(old_model) if delay else get_related_models_recursive(old_model)
        model_state = self.models[app_label, model_name]
        direct = set()
        for field in model_state.fields.values():
            if field.is_relation and field.remote_field.model:
                rel_app_label, rel_model_name = resolve_relation(field.remote_field.model, app_label, model_name)
                direct.add((rel_app_label, rel_model_name.lower()))
        for key in direct:
            related.add(key)
            try:
                rel_model = self.apps.get_model(*key)
            except LookupError:
                continue
            related |= get_related_models_tuples(rel_model) if delay else get_related_models_recursive(rel_model)
        related.add((app_label, model_name))
        return related

    def reload_model(self, app_label: str, model_name: str, delay: bool = False) -> None:
        """Make a class anew, and those that relate to it."""
        if "apps" in self.__dict__:
            self._reload(self._find_reload_model(app_label, model_name, delay))

    def reload_models(self, models: Iterable[tuple[str, str]], delay: bool = True) -> None:
        """Make several classes anew."""
        if "apps" in self.__dict__:
            related: set[tuple[str, str]] = set()
            for app_label, model_name in models:
                related |= self._find_reload_model(app_label, model_name, delay)
            self._reload(related)

    def _reload(self, related_models: set[tuple[str, str]]) -> None:
        with self.apps.bulk_update():
            for rel_app_label, rel_model_name in related_models:
                self.apps.unregister_model(rel_app_label, rel_model_name)
        states = []
        for key in related_models:
            if key in self.models:
                states.append(self.models[key])
        for real in self.apps.real_models:
            if (real.app_label, real.name_lower) in related_models:
                states.append(real)
        self.apps.render_multiple(states)

    def clone(self) -> ProjectState:
        """Return a copy."""
        new_state = ProjectState(
            models={key: state.clone() for key, state in self.models.items()}, real_apps=self.real_apps
        )
        if "apps" in self.__dict__:
            new_state.__dict__["apps"] = self.apps.clone()
        new_state.is_delayed = self.is_delayed
        return new_state

    def clear_delayed_apps_cache(self) -> None:
        """Forget the classes where some of them were not made anew."""
        if self.is_delayed and "apps" in self.__dict__:
            del self.__dict__["apps"]

    @cached_property
    def apps(self) -> StateApps:
        """The historical classes."""
        return StateApps(self.real_apps, self.models)

    @classmethod
    def from_apps(cls, apps: Any) -> ProjectState:
        """Return the state of a registry of real classes."""
        app_models = {}
        for model in apps.get_models(include_swapped=True):
            model_state = ModelState.from_model(model)
            app_models[(model_state.app_label, model_state.name_lower)] = model_state
        return cls(app_models)

    # ------------------------------------------------------------ relations, for the autodetector

    @property
    def relations(self) -> dict[Any, dict[Any, dict[str, Any]]]:
        """``{model: {related model: {field name: field}}}``."""
        found: dict[Any, dict[Any, dict[str, Any]]] = defaultdict(partial(defaultdict, dict))
        concretes, proxies = self._get_concrete_models_mapping_and_proxy_models()
        for model_key in concretes:
            model_state = self.models[model_key]
            for field_name, field in model_state.fields.items():
                if not field.remote_field:
                    continue
                self._add_relation(found, field, model_key, field_name, concretes)
        for model_key, proxy_state in proxies.items():
            found[model_key] = found[concretes.get(model_key, model_key)]
            for field_name, field in proxy_state.fields.items():
                if field.remote_field:
                    self._add_relation(found, field, model_key, field_name, concretes)
        return found

    def _add_relation(self, found: Any, field: Any, model_key: Any, field_name: str, concretes: Any) -> None:
        remote_field = field.remote_field
        key = resolve_relation(remote_field.model, *model_key)
        if key[0] not in self.real_apps and key in concretes:
            key = concretes[key]
        found[key][model_key][field_name] = field
        through = getattr(remote_field, "through", None)
        if not through:
            return
        key = resolve_relation(through, *model_key)
        if key[0] not in self.real_apps and key in concretes:
            key = concretes[key]
        found[key][model_key][field_name] = field

    def get_concrete_model_key(self, model: Any) -> Any:
        """Return ``(app, name)`` of the model whose table *model* uses."""
        concretes, _ = self._get_concrete_models_mapping_and_proxy_models()
        return concretes[_key_of(model, "")]

    def _get_concrete_models_mapping_and_proxy_models(self) -> tuple[dict[Any, Any], dict[Any, ModelState]]:
        concretes: dict[Any, Any] = {}
        proxies: dict[Any, ModelState] = {}
        for model_key, model_state in self.models.items():
            if model_state.options.get("proxy"):
                proxies[model_key] = model_state
                concretes[model_key] = self._find_concrete_model_from_proxy(proxies, model_state)
            else:
                concretes[model_key] = model_key
        return concretes, proxies

    def _find_concrete_model_from_proxy(self, proxies: Any, model_state: ModelState) -> Any:
        for base in model_state.bases:
            if not (isinstance(base, str) or hasattr(base, "_meta")):
                continue
            base_key = _key_of(base, model_state.app_label)
            base_state = self.models.get(base_key)
            if base_state is None:
                continue
            if not base_state.options.get("proxy"):
                return base_key
            return self._find_concrete_model_from_proxy(proxies, base_state)
        return None

    def resolve_model_field_relations(self, model_key: Any, field_name: str, field: Any, concretes: Any = None) -> None:
        """Kept for callers of old: ``relations`` is computed when asked for."""

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ProjectState):
            return NotImplemented
        return self.models == other.models and self.real_apps == other.real_apps

    __hash__ = None  # type: ignore[assignment]


def _key_of(model: Any, app_label: str) -> tuple[str, str]:
    if isinstance(model, str):
        parts = model.split(".", 1)
        return (parts[0], parts[1].lower()) if len(parts) == 2 else (app_label, parts[0].lower())
    return model._meta.app_label, model._meta.model_name


__all__ = ["ProjectState"]
