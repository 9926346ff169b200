"""What MariaDB and MySQL have to say to system checks."""

from __future__ import annotations

from typing import Any

from fastjango.core import checks
from fastjango.db.backends.base.validation import BaseDatabaseValidation

LIMITED = ("text", "blob", "json")
LONGEST_UNIQUE = 255


class DatabaseValidation(BaseDatabaseValidation):
    """Checks of the session's SQL mode and of types that cannot be indexed."""

    def check(self, **kwargs: Any) -> list[Any]:
        """Return messages about the connection itself."""
        return [*super().check(**kwargs), *self._check_sql_mode()]

    def _check_sql_mode(self) -> list[Any]:
        if self.connection.sql_mode & {"STRICT_TRANS_TABLES", "STRICT_ALL_TABLES"}:
            return []
        name = self.connection.display_name
        return [
            checks.Warning(
                f"{name} Strict Mode is not set for database connection '{self.connection.alias}'",
                hint=f"Without it {name} cuts values that are too long and takes invalid ones. "
                "Add STRICT_TRANS_TABLES to the server's sql_mode, or to OPTIONS['init_command'].",
                id="mysql.W002",
            )
        ]

    def check_field_type(self, field: Any, field_type: str) -> list[Any]:
        """Return messages about long unique texts and about indexes on long types."""
        found: list[Any] = []
        name = self.connection.display_name
        too_long = field.max_length is None or int(field.max_length) > LONGEST_UNIQUE
        if field_type.startswith("varchar") and field.unique and too_long:
            found.append(
                checks.Warning(
                    f"{name} may not allow unique CharFields to have a max_length > {LONGEST_UNIQUE}.",
                    hint="How long a key may be depends on the row format and the character set of the table.",
                    obj=field,
                    id="mysql.W003",
                )
            )
        if field.db_index and field_type.lower().endswith(LIMITED):
            found.append(
                checks.Warning(
                    f"{name} does not support a database index on {field_type} columns.",
                    hint="An index won't be created. Silence this warning if you don't care about it.",
                    obj=field,
                    id="fields.W162",
                )
            )
        return found
