"""Steps of migrations that create PostgreSQL's extensions; on other databases they do nothing."""

from __future__ import annotations

from typing import Any

from fastjango.db import router
from fastjango.db.migrations.operations.base import Operation, OperationCategory


class CreateExtension(Operation):
    """Creates an extension of the server, if it is not there."""

    reversible = True
    category = OperationCategory.ADDITION

    def __init__(self, name: str, hints: dict[str, Any] | None = None) -> None:
        self.name = name
        self.hints = hints or {}

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Leave the state: an extension belongs to no model."""

    def _is_for(self, schema_editor: Any, app_label: str) -> bool:
        connection = schema_editor.connection
        return connection.vendor == "postgresql" and bool(
            router.allow_migrate(connection.alias, app_label, **self.hints)
        )

    def _exists(self, schema_editor: Any) -> bool:
        with schema_editor.connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_extension WHERE extname = %s", [self.name])
            return bool(cursor.fetchone())

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Create the extension. Queries: 2 at most."""
        if self._is_for(schema_editor, app_label) and not self._exists(schema_editor):
            schema_editor.execute(f"CREATE EXTENSION IF NOT EXISTS {schema_editor.quote_name(self.name)}")

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Drop the extension. Queries: 2 at most."""
        if self._is_for(schema_editor, app_label) and self._exists(schema_editor):
            schema_editor.execute(f"DROP EXTENSION IF EXISTS {schema_editor.quote_name(self.name)}")

    def describe(self) -> str:
        """Return one line on what the step does."""
        return f"Creates extension {self.name}"

    @property
    def migration_name_fragment(self) -> str:
        """What the step adds to the name of a migration."""
        return f"create_extension_{self.name}"


class _NamedExtension(CreateExtension):
    """An extension with a class of its own."""

    extension = ""

    def __init__(self, hints: dict[str, Any] | None = None) -> None:
        super().__init__(self.extension, hints)


class BloomExtension(_NamedExtension):
    """Creates ``bloom``: index signatures of many columns."""

    extension = "bloom"


class BtreeGinExtension(_NamedExtension):
    """Creates ``btree_gin``: GIN indexes of ordinary columns."""

    extension = "btree_gin"


class BtreeGistExtension(_NamedExtension):
    """Creates ``btree_gist``: GiST indexes of ordinary columns."""

    extension = "btree_gist"


class CITextExtension(_NamedExtension):
    """Creates ``citext``: text without regard to case."""

    extension = "citext"


class CryptoExtension(_NamedExtension):
    """Creates ``pgcrypto``: digests and encryption."""

    extension = "pgcrypto"


class HStoreExtension(_NamedExtension):
    """Creates ``hstore``: maps of texts."""

    extension = "hstore"


class TrigramExtension(_NamedExtension):
    """Creates ``pg_trgm``: similarity of texts."""

    extension = "pg_trgm"


class UnaccentExtension(_NamedExtension):
    """Creates ``unaccent``: text without accents."""

    extension = "unaccent"


__all__ = [
    "BloomExtension",
    "BtreeGinExtension",
    "BtreeGistExtension",
    "CITextExtension",
    "CreateExtension",
    "CryptoExtension",
    "HStoreExtension",
    "TrigramExtension",
    "UnaccentExtension",
]
