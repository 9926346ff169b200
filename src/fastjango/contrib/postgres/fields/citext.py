"""Text without regard to case by the type ``citext``: for old migrations only, the checks refuse it elsewhere."""

from __future__ import annotations

from typing import Any

from fastjango.db.models import CharField, EmailField, TextField

__all__ = ["CICharField", "CIEmailField", "CITextField"]


def _removed(name: str, instead: str, number: str) -> dict[str, Any]:
    """Return what the check says about a removed field."""
    return {
        "msg": f"fastjango.contrib.postgres.fields.{name} is removed except for support in historical migrations.",
        "hint": f'Use {instead}(db_collation="…") with a case-insensitive non-deterministic collation instead.',
        "id": f"fields.{number}",
    }


class CICharField(CharField):
    """A removed field; use ``CharField(db_collation=...)``."""

    system_check_removed_details = _removed("CICharField", "CharField", "E905")


class CIEmailField(EmailField):
    """A removed field; use ``EmailField(db_collation=...)``."""

    system_check_removed_details = _removed("CIEmailField", "EmailField", "E906")


class CITextField(TextField):
    """A removed field; use ``TextField(db_collation=...)``."""

    system_check_removed_details = _removed("CITextField", "TextField", "E907")
