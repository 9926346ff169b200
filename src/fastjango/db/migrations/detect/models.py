"""Models that are new, gone or renamed."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from fastjango.conf import settings
from fastjango.db.migrations import operations
from fastjango.db.migrations.detect.dependency import OperationDependency, dependencies_for_foreign_key
from fastjango.db.migrations.names import resolve_relation

Type = OperationDependency.Type


class ModelChanges:
    """Created, deleted, renamed models, and proxies."""

    if TYPE_CHECKING:
        from_state: Any
        to_state: Any
        questioner: Any
        old_model_keys: set[Any]
        new_model_keys: set[Any]
        old_proxy_keys: set[Any]
        new_proxy_keys: set[Any]
        old_unmanaged_keys: set[Any]
        new_unmanaged_keys: set[Any]
        renamed_models: dict[Any, str]
        renamed_models_rel: dict[str, str]
        from_state_relations: Any
        through_users: dict[Any, Any]

        def add_operation(
            self, app_label: str, operation: Any, dependencies: Any = None, beginning: bool = False
        ) -> None: ...
        def only_relation_agnostic_fields(self, fields: dict[str, Any]) -> list[Any]: ...

    def generate_renamed_models(self) -> None:
        """Find new models that look like gone ones, and ask."""
        added_models = self.new_model_keys - self.old_model_keys
        for app_label, model_name in sorted(added_models):
            model_state = self.to_state.models[app_label, model_name]
            model_fields_def = self.only_relation_agnostic_fields(model_state.fields)
            removed_models = self.old_model_keys - self.new_model_keys
            for rem_app_label, rem_model_name in sorted(removed_models):
                if rem_app_label != app_label:
                    continue
                rem_model_state = self.from_state.models[rem_app_label, rem_model_name]
                if model_fields_def != self.only_relation_agnostic_fields(rem_model_state.fields):
                    continue
                if not self.questioner.ask_rename_model(rem_model_state, model_state):
                    continue
                dependencies: list[Any] = []
                for field in model_state.fields.values():
                    if field.is_relation:
                        dependencies += self._get_dependencies_for_foreign_key(app_label, model_name, field)
                # What pointed to the model by its old name must have been made before.
                dependencies += [
                    OperationDependency(related_key[0], related_key[1], None, Type.CREATE)
                    for related_key in self.to_state.relations[app_label, model_name]
                ]
                self.add_operation(
                    app_label,
                    operations.RenameModel(old_name=rem_model_state.name, new_name=model_state.name),
                    dependencies=dependencies,
                )
                self.renamed_models[app_label, model_name] = rem_model_name
                renamed_rel = f"{rem_model_state.app_label}.{rem_model_state.name_lower}"
                self.renamed_models_rel[renamed_rel] = f"{model_state.app_label}.{model_state.name_lower}"
                self.old_model_keys.remove((rem_app_label, rem_model_name))
                self.old_model_keys.add((app_label, model_name))
                break

    def swappable_first_key(self, item: Any) -> tuple[str, str]:
        """Sort models that may be swapped, and likely user models, to the front."""
        try:
            model_state = self.to_state.models[item]
            base_names = {base if isinstance(base, str) else base.__name__ for base in model_state.bases}
            string_version = f"{item[0]}.{item[1]}"
            if (
                model_state.options.get("swappable")
                or "AbstractUser" in base_names
                or "AbstractBaseUser" in base_names
                or string_version.lower() == _user_model()
            ):
                return ("___" + item[0], "___" + item[1])
        except LookupError:
            pass
        return item  # type: ignore[no-any-return]

    def _split_fields(self, model_state: Any) -> tuple[dict[str, Any], Any]:
        """Return the relations that are added after the table, and the field of the primary key that is a relation."""
        related_fields: dict[str, Any] = {}
        primary_key_rel = None
        for field_name, field in model_state.fields.items():
            if field.remote_field:
                if field.remote_field.model:
                    if field.primary_key:
                        primary_key_rel = field.remote_field.model
                    elif not field.remote_field.parent_link:
                        related_fields[field_name] = field
                if getattr(field.remote_field, "through", None):
                    related_fields[field_name] = field
        return related_fields, primary_key_rel

    def generate_created_models(self) -> None:
        """Create new models: the table with plain columns first, relations to other new models after it."""
        old_keys = self.old_model_keys | self.old_unmanaged_keys
        added_models = self.new_model_keys - old_keys
        added_unmanaged = self.new_unmanaged_keys - old_keys
        all_added = chain(
            sorted(added_models, key=self.swappable_first_key, reverse=True),
            sorted(added_unmanaged, key=self.swappable_first_key, reverse=True),
        )
        for app_label, model_name in all_added:
            self._create_model(app_label, model_name)

    def _create_model(self, app_label: str, model_name: str) -> None:
        model_state = self.to_state.models[app_label, model_name]
        related_fields, primary_key_rel = self._split_fields(model_state)
        indexes = model_state.options.pop("indexes")
        constraints = model_state.options.pop("constraints")
        unique_together = model_state.options.pop("unique_together", None)
        order_with_respect_to = model_state.options.pop("order_with_respect_to", None)
        dependencies = self._dependencies_of_new_model(app_label, model_name, model_state, primary_key_rel)
        self.add_operation(
            app_label,
            operations.CreateModel(
                name=model_state.name,
                fields=[pair for pair in model_state.fields.items() if pair[0] not in related_fields],
                options=dict(model_state.options),
                bases=model_state.bases,
                managers=model_state.managers,
            ),
            dependencies=dependencies,
            beginning=True,
        )
        if not model_state.options.get("managed", True):
            return
        for field_name, field in sorted(related_fields.items()):
            needed = self._get_dependencies_for_foreign_key(app_label, model_name, field)
            needed.append(OperationDependency(app_label, model_name, None, Type.CREATE))
            self.add_operation(
                app_label,
                operations.AddField(model_name=model_name, name=field_name, field=field),
                dependencies=list(set(needed)),
            )
        self._add_options_of_new_model(
            app_label, model_name, related_fields, (indexes, constraints, unique_together, order_with_respect_to)
        )
        if (app_label, model_name) in self.old_proxy_keys:
            self._repoint_relations(app_label, model_name)
        # The state keeps its options: it is compared again.
        model_state.options["indexes"] = indexes
        model_state.options["constraints"] = constraints
        if unique_together:
            model_state.options["unique_together"] = unique_together
        if order_with_respect_to:
            model_state.options["order_with_respect_to"] = order_with_respect_to

    def _repoint_relations(self, app_label: str, model_name: str) -> None:
        """Alter the relations to a model that was a proxy: they refer to its own table now."""
        created = OperationDependency(app_label, model_name, None, Type.CREATE)
        for (related_app, related_name), fields in self.to_state.relations[app_label, model_name].items():
            name = self.to_state.models[related_app, related_name].name
            for field_name, field in fields.items():
                operation = operations.AlterField(model_name=name, name=field_name, field=field)
                self.add_operation(related_app, operation, dependencies=[created])

    def _dependencies_of_new_model(
        self, app_label: str, model_name: str, model_state: Any, primary_key_rel: Any
    ) -> list[Any]:
        # A model that stood here before, as a proxy or unmanaged, must be gone.
        dependencies: list[Any] = [OperationDependency(app_label, model_name, None, Type.REMOVE)]
        for base in model_state.bases:
            if isinstance(base, str) and "." in base:
                base_app_label, base_name = base.split(".", 1)
                dependencies.append(OperationDependency(base_app_label, base_name, None, Type.CREATE))
                # A base must have lost the fields that this model has now.
                old_base = self.from_state.models.get((base_app_label, base_name))
                new_base = self.to_state.models.get((base_app_label, base_name))
                if old_base and new_base:
                    removed = set(old_base.fields).difference(new_base.fields).intersection(model_state.fields)
                    dependencies += [
                        OperationDependency(base_app_label, base_name, removed_field, Type.REMOVE)
                        for removed_field in removed
                    ]
        if primary_key_rel:
            dependencies.append(
                OperationDependency(*resolve_relation(primary_key_rel, app_label, model_name), None, Type.CREATE)
            )
        return dependencies

    def _add_options_of_new_model(
        self, app_label: str, model_name: str, related_fields: dict[str, Any], options: tuple[Any, Any, Any, Any]
    ) -> None:
        indexes, constraints, unique_together, order_with_respect_to = options
        related_dependencies = [
            OperationDependency(app_label, model_name, name, Type.CREATE) for name in sorted(related_fields)
        ]
        related_dependencies.append(OperationDependency(app_label, model_name, None, Type.CREATE))
        if order_with_respect_to:
            self.add_operation(
                app_label,
                operations.AlterOrderWithRespectTo(name=model_name, order_with_respect_to=order_with_respect_to),
                dependencies=[
                    OperationDependency(app_label, model_name, order_with_respect_to, Type.CREATE),
                    OperationDependency(app_label, model_name, None, Type.CREATE),
                ],
            )
        for index in indexes:
            self.add_operation(
                app_label,
                operations.AddIndex(model_name=model_name, index=index),
                dependencies=related_dependencies,
            )
        for constraint in constraints:
            self.add_operation(
                app_label,
                operations.AddConstraint(model_name=model_name, constraint=constraint),
                dependencies=related_dependencies,
            )
        if unique_together:
            self.add_operation(
                app_label,
                operations.AlterUniqueTogether(name=model_name, unique_together=unique_together),
                dependencies=related_dependencies,
            )

    def generate_created_proxies(self) -> None:
        """Create new proxies."""
        for app_label, model_name in sorted(self.new_proxy_keys - self.old_proxy_keys):
            model_state = self.to_state.models[app_label, model_name]
            assert model_state.options.get("proxy")
            dependencies = [OperationDependency(app_label, model_name, None, Type.REMOVE)]
            for base in model_state.bases:
                if isinstance(base, str) and "." in base:
                    base_app_label, base_name = base.split(".", 1)
                    dependencies.append(OperationDependency(base_app_label, base_name, None, Type.CREATE))
            self.add_operation(
                app_label,
                operations.CreateModel(
                    name=model_state.name,
                    fields=[],
                    options=dict(model_state.options),
                    bases=model_state.bases,
                    managers=model_state.managers,
                ),
                dependencies=dependencies,
            )

    def generate_deleted_models(self) -> None:
        """Delete gone models: their relations first, the table after everything that pointed to it."""
        new_keys = self.new_model_keys | self.new_unmanaged_keys
        all_deleted = chain(sorted(self.old_model_keys - new_keys), sorted(self.old_unmanaged_keys - new_keys))
        for app_label, model_name in all_deleted:
            self._delete_model(app_label, model_name)

    def _delete_model(self, app_label: str, model_name: str) -> None:
        model_state = self.from_state.models[app_label, model_name]
        related_fields, _ = self._split_fields(model_state)
        if model_state.options.get("unique_together"):
            self.add_operation(app_label, operations.AlterUniqueTogether(name=model_name, unique_together=None))
        for name in sorted(related_fields):
            self.add_operation(app_label, operations.RemoveField(model_name=model_name, name=name))
        dependencies: list[Any] = []
        for (related_app, related_model), fields in self.from_state_relations[app_label, model_name].items():
            for field_name, field in fields.items():
                dependencies.append(OperationDependency(related_app, related_model, field_name, Type.REMOVE))
                if not field.many_to_many:
                    dependencies.append(OperationDependency(related_app, related_model, field_name, Type.ALTER))
        for name in sorted(related_fields):
            dependencies.append(OperationDependency(app_label, model_name, name, Type.REMOVE))
        # A table in the middle goes after the field that used it.
        through_user = self.through_users.get((app_label, model_state.name_lower))
        if through_user:
            app, model, field = through_user
            dependencies.append(OperationDependency(app, model, field, Type.REMOVE))
        self.add_operation(
            app_label, operations.DeleteModel(name=model_state.name), dependencies=list(set(dependencies))
        )

    def generate_deleted_proxies(self) -> None:
        """Delete gone proxies."""
        for app_label, model_name in sorted(self.old_proxy_keys - self.new_proxy_keys):
            model_state = self.from_state.models[app_label, model_name]
            assert model_state.options.get("proxy")
            self.add_operation(app_label, operations.DeleteModel(name=model_state.name))

    def _get_dependencies_for_foreign_key(self, app_label: str, model_name: str, field: Any) -> list[Any]:
        return dependencies_for_foreign_key(app_label, model_name, field, resolve_relation)


def _user_model() -> str:
    return str(settings.AUTH_USER_MODEL).lower()


__all__ = ["ModelChanges"]
