"""Give each database its schema editor: connections find it through their slot."""

from __future__ import annotations

from fastjango.db.backends.base.base import schema_editors
from fastjango.db.migrations.ddl import mysql, postgresql, sqlite


def install() -> None:
    """Fill the slot."""
    schema_editors["sqlite"] = sqlite.DatabaseSchemaEditor
    schema_editors["postgresql"] = postgresql.DatabaseSchemaEditor
    schema_editors["mysql"] = mysql.DatabaseSchemaEditor
