"""The table of applied migrations."""

from __future__ import annotations

from typing import Any

from fastjango.apps.registry import Apps
from fastjango.db import DatabaseError
from fastjango.db.migrations.exceptions import MigrationSchemaMissing
from fastjango.db.models import CharField, DateTimeField, Model
from fastjango.utils.functional import classproperty
from fastjango.utils.timezone import now


class MigrationRecorder:
    """Reads and writes the table ``django_migrations`` of one database."""

    _migration_class: Any = None

    @classproperty
    def Migration(cls) -> Any:
        """The model of the table; in a registry of its own, so that it is never migrated itself."""
        if cls._migration_class is None:
            cls._migration_class = _make_model()
        return cls._migration_class

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self._has_table = False

    @property
    def migration_qs(self) -> Any:
        """The rows."""
        return self.Migration.objects.using(self.connection.alias)

    def has_table(self) -> bool:
        """Return whether the table exists; once it does, the database is not asked again."""
        if self._has_table:
            return True
        with self.connection.cursor() as cursor:
            tables = self.connection.introspection.table_names(cursor)
        self._has_table = self.Migration._meta.db_table in tables
        return self._has_table

    def ensure_schema(self) -> None:
        """Create the table if need be."""
        if self.has_table():
            return
        try:
            with self.connection.schema_editor() as editor:
                editor.create_model(self.Migration)
        except DatabaseError as exc:
            raise MigrationSchemaMissing(f"Unable to create the django_migrations table ({exc})") from exc

    def applied_migrations(self) -> dict[tuple[str, str], Any]:
        """Return ``{(app, name): row}``; empty where there is no table."""
        if not self.has_table():
            return {}
        return {(row.app, row.name): row for row in self.migration_qs}

    def record_applied(self, app: str, name: str) -> None:
        """Write that a migration is applied."""
        self.ensure_schema()
        self.migration_qs.create(app=app, name=name)

    def record_unapplied(self, app: str, name: str) -> None:
        """Write that it is not."""
        self.ensure_schema()
        self.migration_qs.filter(app=app, name=name).delete()

    def flush(self) -> None:
        """Forget everything; for tests."""
        self.migration_qs.all().delete()


def _make_model() -> Any:
    def text(self: Any) -> str:
        return f"Migration {self.name} for {self.app}"

    meta = type("Meta", (), {"apps": Apps(), "app_label": "migrations", "db_table": "django_migrations"})
    return type(
        "Migration",
        (Model,),
        {
            "app": CharField(max_length=255),
            "name": CharField(max_length=255),
            "applied": DateTimeField(default=now),
            "Meta": meta,
            "__module__": __name__,
            "__str__": text,
        },
    )
