"""Door at Django's path; lives in ``names.py``."""

from __future__ import annotations

from fastjango.db.migrations.names import (
    COMPILED_REGEX_TYPE,
    FieldReference,
    RegexObject,
    field_is_referenced,
    field_references,
    get_migration_name_timestamp,
    get_references,
    resolve_relation,
)

__all__ = [
    "COMPILED_REGEX_TYPE",
    "FieldReference",
    "RegexObject",
    "field_is_referenced",
    "field_references",
    "get_migration_name_timestamp",
    "get_references",
    "resolve_relation",
]  # fmt: skip
