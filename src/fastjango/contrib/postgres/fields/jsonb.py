"""The JSON field of old migrations; models use ``fastjango.db.models.JSONField``."""

from __future__ import annotations

from fastjango.db.models import JSONField as EveryJSONField

__all__ = ["JSONField"]


class JSONField(EveryJSONField):
    """A removed field; use ``models.JSONField``."""

    system_check_removed_details = {
        "msg": ("fastjango.contrib.postgres.fields.JSONField is removed except for support in historical migrations."),
        "hint": "Use fastjango.db.models.JSONField instead.",
        "id": "fields.E904",
    }
