"""MariaDB and MySQL: no transactional DDL, no defaults for long texts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastjango.db.migrations.ddl.editor import BaseDatabaseSchemaEditor

_NO_DEFAULT = ("longtext", "longblob", "text", "blob", "json")


class DatabaseSchemaEditor(BaseDatabaseSchemaEditor):
    """Statements commit one by one."""

    def skip_default(self, field: Any) -> bool:
        """Return whether the column's type takes no default."""
        if self.connection.mysql_is_mariadb:
            return False
        db_type = field.db_type(self.connection)
        return db_type is not None and db_type.lower().startswith(_NO_DEFAULT)

    def remove_procedure(self, procedure_name: str, param_types: Sequence[str] = ()) -> None:
        """Drop a procedure; its name is unique here."""
        self.execute(f"DROP PROCEDURE {self.quote_name(procedure_name)}", None)

    def _field_should_be_indexed(self, model: Any, field: Any) -> bool:
        # A foreign key makes its own index.
        if not super()._field_should_be_indexed(model, field):
            return False
        return not (field.get_internal_type() == "ForeignKey" and field.db_constraint)
