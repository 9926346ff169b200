"""Primary keys: one per model, explicit or of a chosen type, composite ones of proper fields."""

from __future__ import annotations

from typing import Any

from fastjango.conf import settings
from fastjango.core import checks
from fastjango.db.models.references import known_names


def check_id_field(model: Any) -> list[Any]:
    """A field called ``id`` must be the key."""
    wrong = [field for field in model._meta.local_fields if field.name == "id" and field != model._meta.pk]
    # A composite key may have an id among its parts.
    if wrong and wrong[0].auto_created is False and not model._meta.is_composite_pk:
        return [
            checks.Error(
                "'id' can only be used as a field name if the field also sets 'primary_key=True'.",
                obj=model,
                id="models.E004",
            )
        ]
    return []


def check_single_primary_key(model: Any) -> list[Any]:
    """There may be one key only."""
    if sum(1 for field in model._meta.local_fields if field.primary_key) > 1:
        return [
            checks.Error(
                "The model cannot have more than one field with 'primary_key=True'.",
                obj=model,
                id="models.E026",
            )
        ]
    return []


def check_default_key(model: Any) -> list[Any]:
    """Warn about an automatic key whose type nobody has chosen."""
    opts = model._meta
    chosen = settings.is_overridden("DEFAULT_AUTO_FIELD") or (
        opts.app_config is not None and opts.app_config._is_default_auto_field_overridden
    )
    if opts.abstract or opts.pk is None or not opts.pk.auto_created or chosen:
        return []
    # An inherited key was chosen for the parent.
    parent_link = getattr(opts.pk, "remote_field", None)
    if parent_link is not None and getattr(parent_link, "parent_link", False):
        return []
    app = opts.app_config.__class__.__qualname__ if opts.app_config is not None else "AppConfig"
    return [
        checks.Warning(
            "Auto-created primary key used when not defining a primary key type, by default "
            f"'{settings.DEFAULT_AUTO_FIELD}'.",
            hint=(
                f"Configure the DEFAULT_AUTO_FIELD setting or the {app}.default_auto_field attribute to point "
                "to a subclass of AutoField, e.g. 'fastjango.db.models.BigAutoField'."
            ),
            obj=model,
            id="models.W042",
        )
    ]


def check_composite_key(model: Any) -> list[Any]:
    """The parts of a composite key must be local columns that are never NULL."""
    opts = model._meta
    if not opts.is_composite_pk or opts.proxy:
        return []
    found: list[Any] = []
    known = known_names(model)
    seen: dict[Any, str] = {}
    for name in opts.pk.field_names:
        field = known.get(name)
        hint: str | None = None
        if field is None or getattr(field, "generic_type", None):
            hint = f"'{name}' is not a valid field."
        elif not field.column:
            hint = f"'{field.name}' field has no column."
        elif field.null:
            hint = f"'{field.name}' field may not set 'null=True'."
        elif field.generated:
            hint = f"'{field.name}' field is a generated field."
        elif field not in opts.local_fields:
            hint = f"'{field.name}' field is not a local field."
        elif field in seen:
            hint = f"'{name}' and '{seen[field]}' are the same fields."
        if hint is not None:
            found.append(
                checks.Error(
                    f"'{name}' cannot be included in the composite primary key.",
                    hint=hint,
                    obj=model,
                    id="models.E042",
                )
            )
        if field is not None:
            seen[field] = name
    return found
