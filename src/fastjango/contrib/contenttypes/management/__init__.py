"""Keep the rows in step with the models: made after a migration, renamed with their model."""

from __future__ import annotations

from typing import Any

from fastjango.apps import apps as global_apps
from fastjango.db import DEFAULT_DB_ALIAS, IntegrityError, migrations, router, transaction


class RenameContentType(migrations.RunPython):
    """Renames the row of a renamed model."""

    def __init__(self, app_label: str, old_model: str, new_model: str) -> None:
        self.app_label = app_label
        self.old_model = old_model
        self.new_model = new_model
        super().__init__(self.rename_forward, self.rename_backward)

    def _rename(self, apps: Any, schema_editor: Any, old_model: str, new_model: str) -> None:
        content_type_model = apps.get_model("contenttypes", "ContentType")
        db = schema_editor.connection.alias
        if not router.allow_migrate_model(db, content_type_model):
            return
        try:
            row = content_type_model.objects.db_manager(db).get_by_natural_key(self.app_label, old_model)
        except content_type_model.DoesNotExist:
            return
        row.model = new_model
        try:
            with transaction.atomic(using=db):
                row.save(using=db, update_fields={"model"})
        except IntegrityError:
            # The new name has a row already: the old one is stale, remove_stale_contenttypes tells it.
            row.model = old_model
        else:
            content_type_model.objects.clear_cache()

    def rename_forward(self, apps: Any, schema_editor: Any) -> None:
        """Rename."""
        self._rename(apps, schema_editor, self.old_model, self.new_model)

    def rename_backward(self, apps: Any, schema_editor: Any) -> None:
        """Rename back."""
        self._rename(apps, schema_editor, self.new_model, self.old_model)


def inject_rename_contenttypes_operations(
    plan: Any = None, apps: Any = global_apps, using: str = DEFAULT_DB_ALIAS, **kwargs: Any
) -> None:
    """Put a ``RenameContentType`` behind each ``RenameModel`` of the plan."""
    if plan is None:
        return
    try:
        content_type_model = apps.get_model("contenttypes", "ContentType")
    except LookupError:
        available = False
    else:
        if not router.allow_migrate_model(using, content_type_model):
            return
        available = True
    for migration, backward in plan:
        if (migration.app_label, migration.name) == ("contenttypes", "0001_initial"):
            # Going back over the first migration removes the table; going forward it comes.
            if backward:
                break
            available = True
            continue
        if not available:
            continue
        inserts = [
            (
                index + 1,
                RenameContentType(migration.app_label, operation.old_name_lower, operation.new_name_lower),
            )
            for index, operation in enumerate(migration.operations)
            if isinstance(operation, migrations.RenameModel)
        ]
        for inserted, (index, operation) in enumerate(inserts):
            migration.operations.insert(inserted + index, operation)


def get_contenttypes_and_models(app_config: Any, using: str, content_type_model: Any) -> tuple[Any, Any]:
    """Return the rows and the models of an app, both by name; or two Nones."""
    if not router.allow_migrate_model(using, content_type_model):
        return None, None
    content_type_model.objects.clear_cache()
    rows = {row.model: row for row in content_type_model.objects.using(using).filter(app_label=app_config.label)}
    return rows, {model._meta.model_name: model for model in app_config.get_models()}


def create_contenttypes(
    app_config: Any,
    verbosity: int = 2,
    interactive: bool = True,
    using: str = DEFAULT_DB_ALIAS,
    apps: Any = global_apps,
    **kwargs: Any,
) -> None:
    """Make the rows of an app that are missing. Queries: 1, and 1 to insert."""
    if not app_config.models_module:
        return
    app_label = app_config.label
    try:
        app_config = apps.get_app_config(app_label)
        content_type_model = apps.get_model("contenttypes", "ContentType")
    except LookupError:
        return
    rows, models = get_contenttypes_and_models(app_config, using, content_type_model)
    if not models:
        return
    missing = [content_type_model(app_label=app_label, model=name) for name in models if name not in rows]
    content_type_model.objects.using(using).bulk_create(missing)
    if verbosity >= 2:
        for row in missing:
            print(f"Adding content type '{row.app_label} | {row.model}'")
