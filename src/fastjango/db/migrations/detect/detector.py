"""``MigrationAutodetector``: compare two states, ask where the answer is not in them, give migrations."""

from __future__ import annotations

import functools
import re
from typing import Any

from fastjango.db import models
from fastjango.db.migrations.detect.arrange import Arranging
from fastjango.db.migrations.detect.dependency import OperationDependency
from fastjango.db.migrations.detect.enums import split_behind_new_values
from fastjango.db.migrations.detect.fields import FieldChanges
from fastjango.db.migrations.detect.models import ModelChanges
from fastjango.db.migrations.detect.options import OptionChanges
from fastjango.db.migrations.names import COMPILED_REGEX_TYPE, RegexObject
from fastjango.db.migrations.questioner import MigrationQuestioner


class MigrationAutodetector(ModelChanges, FieldChanges, OptionChanges, Arranging):
    """
    Finds what changed between two project states.

        changes = MigrationAutodetector(old_state, new_state).changes(graph)
    """

    def __init__(self, from_state: Any, to_state: Any, questioner: Any = None) -> None:
        self.from_state = from_state
        self.to_state = to_state
        self.questioner = questioner or MigrationQuestioner()
        self.existing_apps = {app for app, model in from_state.models}

    def changes(
        self,
        graph: Any,
        trim_to_apps: Any = None,
        convert_apps: Any = None,
        migration_name: str | None = None,
    ) -> dict[str, list[Any]]:
        """Return ``{app: [migration]}``, named and put behind what the graph has."""
        found = self._detect_changes(convert_apps, graph)
        found = self.arrange_for_graph(found, graph, migration_name)
        if trim_to_apps:
            found = self._trim_to_apps(found, trim_to_apps)
        return found

    def deep_deconstruct(self, obj: Any) -> Any:
        """Return a value in a form that compares by content, at any depth."""
        if isinstance(obj, list):
            return [self.deep_deconstruct(value) for value in obj]
        if isinstance(obj, tuple):
            return tuple(self.deep_deconstruct(value) for value in obj)
        if isinstance(obj, dict):
            return {key: self.deep_deconstruct(value) for key, value in obj.items()}
        if isinstance(obj, functools.partial):
            return (obj.func, self.deep_deconstruct(obj.args), self.deep_deconstruct(obj.keywords))
        if isinstance(obj, COMPILED_REGEX_TYPE):
            return RegexObject(obj)
        if isinstance(obj, type):
            # A class that can deconstruct its instances is still a class.
            return obj
        if hasattr(obj, "deconstruct"):
            deconstructed = obj.deconstruct()
            if isinstance(obj, models.Field):
                # The name is not part of a field's meaning.
                deconstructed = deconstructed[1:]
            path, args, kwargs = deconstructed
            return (
                path,
                [self.deep_deconstruct(value) for value in args],
                {key: self.deep_deconstruct(value) for key, value in kwargs.items()},
            )
        return obj

    def only_relation_agnostic_fields(self, fields: dict[str, Any]) -> list[Any]:
        """Return fields without their targets: a renamed model's relations to itself differ only there."""
        found = []
        for _, field in sorted(fields.items()):
            deconstruction = self.deep_deconstruct(field)
            if field.remote_field and field.remote_field.model:
                deconstruction[2].pop("to", None)
            found.append(deconstruction)
        return found

    def _detect_changes(self, convert_apps: Any = None, graph: Any = None) -> dict[str, list[Any]]:
        self.generated_operations: dict[str, list[Any]] = {}
        self.altered_indexes: dict[Any, Any] = {}
        self.altered_constraints: dict[Any, Any] = {}
        self.renamed_fields: dict[Any, Any] = {}
        self.answered_values: dict[Any, Any] = {}
        self._sort_keys(convert_apps)
        self.from_state_relations = self.from_state.relations
        self.renamed_models: dict[Any, str] = {}
        self.renamed_models_rel: dict[str, str] = {}
        self.generate_renamed_models()
        self._prepare_field_lists()
        self._generate_through_model_map()
        self.generate_deleted_models()
        self.generate_created_models()
        self.generate_deleted_proxies()
        self.generate_created_proxies()
        self.generate_altered_options()
        self.generate_altered_managers()
        # Renames first: what follows uses the new names.
        self.create_renamed_fields()
        self.create_altered_indexes()
        self.create_altered_constraints()
        # Indexes and constraints go before the fields they use.
        self.generate_removed_constraints()
        self.generate_removed_indexes()
        self.generate_renamed_fields()
        self.generate_renamed_indexes()
        self.generate_removed_altered_unique_together()
        self.generate_removed_fields()
        self.generate_added_fields()
        self.generate_altered_fields()
        self.generate_altered_order_with_respect_to()
        self.generate_altered_unique_together()
        self.generate_added_indexes()
        self.generate_added_constraints()
        self.generate_altered_constraints()
        self.generate_altered_db_table()
        self.generate_altered_db_table_comment()
        self._sort_migrations()
        self._build_migration_list(graph)
        self._optimize_migrations()
        return split_behind_new_values(self.migrations)

    def _sort_keys(self, convert_apps: Any) -> None:
        self.old_model_keys: set[Any] = set()
        self.old_proxy_keys: set[Any] = set()
        self.old_unmanaged_keys: set[Any] = set()
        self.new_model_keys: set[Any] = set()
        self.new_proxy_keys: set[Any] = set()
        self.new_unmanaged_keys: set[Any] = set()
        for (app_label, model_name), model_state in self.from_state.models.items():
            if not model_state.options.get("managed", True):
                self.old_unmanaged_keys.add((app_label, model_name))
            elif app_label not in self.from_state.real_apps:
                if model_state.options.get("proxy"):
                    self.old_proxy_keys.add((app_label, model_name))
                else:
                    self.old_model_keys.add((app_label, model_name))
        for (app_label, model_name), model_state in self.to_state.models.items():
            if not model_state.options.get("managed", True):
                self.new_unmanaged_keys.add((app_label, model_name))
            elif app_label not in self.from_state.real_apps or (convert_apps and app_label in convert_apps):
                if model_state.options.get("proxy"):
                    self.new_proxy_keys.add((app_label, model_name))
                else:
                    self.new_model_keys.add((app_label, model_name))

    def _prepare_field_lists(self) -> None:
        self.kept_model_keys = self.old_model_keys & self.new_model_keys
        self.kept_proxy_keys = self.old_proxy_keys & self.new_proxy_keys
        self.kept_unmanaged_keys = self.old_unmanaged_keys & self.new_unmanaged_keys
        self.through_users: dict[Any, Any] = {}
        self.old_field_keys = {
            (app_label, model_name, field_name)
            for app_label, model_name in self.kept_model_keys
            for field_name in self.from_state.models[
                app_label, self.renamed_models.get((app_label, model_name), model_name)
            ].fields
        }
        self.new_field_keys = {
            (app_label, model_name, field_name)
            for app_label, model_name in self.kept_model_keys
            for field_name in self.to_state.models[app_label, model_name].fields
        }

    def _generate_through_model_map(self) -> None:
        from fastjango.db.migrations.names import resolve_relation

        for app_label, model_name in sorted(self.old_model_keys):
            old_model_name = self.renamed_models.get((app_label, model_name), model_name)
            old_model_state = self.from_state.models[app_label, old_model_name]
            for field_name, field in old_model_state.fields.items():
                if hasattr(field, "remote_field") and getattr(field.remote_field, "through", None):
                    through_key = resolve_relation(field.remote_field.through, app_label, model_name)
                    self.through_users[through_key] = (app_label, old_model_name, field_name)

    def add_operation(self, app_label: str, operation: Any, dependencies: Any = None, beginning: bool = False) -> None:
        """Keep an operation with what it needs."""
        operation._auto_deps = dependencies or []
        if beginning:
            self.generated_operations.setdefault(app_label, []).insert(0, operation)
        else:
            self.generated_operations.setdefault(app_label, []).append(operation)

    def suggest_name(self, ops: Any) -> str:
        """Kept for callers of old; a migration names itself."""
        from fastjango.db.migrations.migration import Migration

        named = type("Migration", (Migration,), {"operations": ops})("suggested", "app")
        return str(named.suggest_name())

    @classmethod
    def parse_number(cls, name: str) -> int | None:
        """Return the number at the beginning of a migration's name; for a squashed one, the last of its range."""
        if squashed_match := re.search(r".*_squashed_(\d+)", name):
            return int(squashed_match[1])
        match = re.match(r"^\d+", name)
        return int(match[0]) if match else None


__all__ = ["MigrationAutodetector", "OperationDependency"]
