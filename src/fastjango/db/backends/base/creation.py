"""``connection.creation``: makes and removes test databases."""

from __future__ import annotations

import os
import sys
from io import StringIO
from typing import Any

from fastjango.apps import apps
from fastjango.conf import settings
from fastjango.db.errors import Error
from fastjango.db.routers import router
from fastjango.utils.module_loading import import_string

TEST_DATABASE_PREFIX = "test_"


class BaseDatabaseCreation:
    """Creation of test databases."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    def _nodb_cursor(self) -> Any:
        return self.connection._nodb_cursor()

    def log(self, message: str) -> None:
        """Write a line to standard error."""
        sys.stderr.write(message + os.linesep)

    def create_test_db(
        self, verbosity: int = 1, autoclobber: bool = False, serialize: bool | None = None, keepdb: bool = False
    ) -> str:
        """Create the test database, migrate it and connect to it; returns its name."""
        test_name = self._get_test_db_name()
        if verbosity >= 1:
            action = "Using existing" if keepdb else "Creating"
            self.log(f"{action} test database for alias {self._get_database_display_str(verbosity, test_name)}...")
        self._create_test_db(verbosity, autoclobber, keepdb)
        self.connection.close()
        self.connection.close_pool()
        settings.DATABASES[self.connection.alias]["NAME"] = test_name
        self.connection.settings_dict["NAME"] = test_name
        self._migrate(verbosity)
        if serialize is not False and serialize is not None:
            self.connection._test_serialized_contents = self.serialize_db_to_string()
        self._call("createcachetable", database=self.connection.alias)
        self.connection.ensure_connection()
        return test_name

    def _migrate(self, verbosity: int) -> None:
        """Bring the new database to the state of the models."""
        try:
            if self.connection.settings_dict["TEST"]["MIGRATE"] is False:
                # Without migrations every app is synchronised from its models.
                old = settings.MIGRATION_MODULES
                settings.MIGRATION_MODULES = {app.label: None for app in apps.get_app_configs()}
            self._call(
                "migrate",
                verbosity=max(verbosity - 1, 0),
                interactive=False,
                database=self.connection.alias,
                run_syncdb=True,
            )
        finally:
            if self.connection.settings_dict["TEST"]["MIGRATE"] is False:
                settings.MIGRATION_MODULES = old

    def _call(self, command: str, **options: Any) -> None:
        # Commands stand above the database: named, not imported.
        import_string("fastjango.core.management.call_command")(command, **options)

    def set_as_test_mirror(self, primary_settings_dict: dict[str, Any]) -> None:
        """Let this alias use the database of another one."""
        self.connection.settings_dict["NAME"] = primary_settings_dict["NAME"]
        self.connection.close_pool()

    def serialize_db_to_string(self) -> str:
        """Return all rows of all migrated models as JSON."""
        serialize = import_string("fastjango.core.serializers.serialize")

        def objects() -> Any:
            loader = import_string("fastjango.db.migrations.loader.MigrationLoader")(self.connection)
            for app_config in apps.get_app_configs():
                if (
                    app_config.models_module is None
                    or app_config.label not in loader.migrated_apps
                    or app_config.name in settings.TEST_NON_SERIALIZED_APPS
                ):
                    continue
                for model in app_config.get_models():
                    if model._meta.can_migrate(self.connection) and router.allow_migrate_model(
                        self.connection.alias, model
                    ):
                        queryset = model._base_manager.using(self.connection.alias)
                        yield from queryset.order_by(model._meta.pk.name).iterator(chunk_size=2000)

        out = StringIO()
        with self.connection.atomic():
            serialize("json", objects(), indent=None, stream=out)
        return out.getvalue()

    def deserialize_db_from_string(self, data: str) -> None:
        """Write the rows of :meth:`serialize_db_to_string` back."""
        deserialize = import_string("fastjango.core.serializers.deserialize")
        tables: set[str] = set()
        with self.connection.atomic():
            with self.connection.constraint_checks_disabled():
                for item in deserialize("json", StringIO(data), using=self.connection.alias):
                    item.save()
                    tables.add(item.object.__class__._meta.db_table)
                self.connection.check_constraints(table_names=tables)

    def _get_database_display_str(self, verbosity: int, database_name: str) -> str:
        extra = f" ('{database_name}')" if verbosity >= 2 else ""
        return f"'{self.connection.alias}'{extra}"

    def _get_test_db_name(self) -> str:
        given = self.connection.settings_dict["TEST"]["NAME"]
        return str(given) if given else TEST_DATABASE_PREFIX + str(self.connection.settings_dict["NAME"])

    def _execute_create_test_db(self, cursor: Any, parameters: dict[str, str], keepdb: bool = False) -> None:
        cursor.execute("CREATE DATABASE {dbname} {suffix}".format(**parameters))

    def _create_test_db(self, verbosity: int, autoclobber: bool, keepdb: bool = False) -> str:
        """Create the database, replacing one that is left over."""
        test_name = self._get_test_db_name()
        parameters = {
            "dbname": self.connection.ops.quote_name(test_name),
            "suffix": self.sql_table_creation_suffix(),
        }
        with self._nodb_cursor() as cursor:
            try:
                self._execute_create_test_db(cursor, parameters, keepdb)
            except Error as exc:
                if keepdb:
                    return test_name
                self.log(f"Got an error creating the test database: {exc}")
                if not autoclobber:
                    answer = input(
                        "Type 'yes' if you would like to try deleting the test "
                        f"database '{test_name}', or 'no' to cancel: "
                    )
                    if answer != "yes":
                        self.log("Tests cancelled.")
                        sys.exit(1)
                try:
                    if verbosity >= 1:
                        display = self._get_database_display_str(verbosity, test_name)
                        self.log(f"Destroying old test database for alias {display}...")
                    cursor.execute("DROP DATABASE {dbname}".format(**parameters))
                    self._execute_create_test_db(cursor, parameters, keepdb)
                except Error as second:
                    self.log(f"Got an error recreating the test database: {second}")
                    sys.exit(2)
        return test_name

    def clone_test_db(self, suffix: str, verbosity: int = 1, autoclobber: bool = False, keepdb: bool = False) -> None:
        """Copy the test database for one parallel worker."""
        if verbosity >= 1:
            action = "Using existing clone" if keepdb else "Cloning test database"
            name = self.connection.settings_dict["NAME"]
            self.log(f"{action} for alias {self._get_database_display_str(verbosity, name)}...")
        self._clone_test_db(suffix, verbosity, keepdb)

    def get_test_db_clone_settings(self, suffix: str) -> dict[str, Any]:
        """Return the settings of one parallel worker's copy."""
        original = self.connection.settings_dict
        return {**original, "NAME": f"{original['NAME']}_{suffix}"}

    def _clone_test_db(self, suffix: str, verbosity: int, keepdb: bool = False) -> None:
        raise NotImplementedError(
            "The database backend doesn't support cloning databases. Disable the option to run tests in parallel processes."
        )

    def destroy_test_db(
        self, old_database_name: str | None = None, verbosity: int = 1, keepdb: bool = False, suffix: str | None = None
    ) -> None:
        """Remove the test database and go back to the old one."""
        self.connection.close()
        self.connection.close_pool()
        if suffix is None:
            test_name = self.connection.settings_dict["NAME"]
        else:
            test_name = self.get_test_db_clone_settings(suffix)["NAME"]
        if verbosity >= 1:
            action = "Preserving" if keepdb else "Destroying"
            self.log(f"{action} test database for alias {self._get_database_display_str(verbosity, test_name)}...")
        if not keepdb:
            self._destroy_test_db(test_name, verbosity)
        if old_database_name is not None:
            settings.DATABASES[self.connection.alias]["NAME"] = old_database_name
            self.connection.settings_dict["NAME"] = old_database_name

    def _destroy_test_db(self, test_database_name: str, verbosity: int) -> None:
        with self._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE {self.connection.ops.quote_name(test_database_name)}")

    def sql_table_creation_suffix(self) -> str:
        """Return what follows CREATE DATABASE."""
        return ""

    def test_db_signature(self) -> tuple[Any, ...]:
        """Return what two aliases have in common when they are the same database."""
        conf = self.connection.settings_dict
        return (conf["HOST"], conf["PORT"], conf["ENGINE"], self._get_test_db_name())

    def setup_worker_connection(self, _worker_id: int) -> None:
        """Connect a parallel worker to its copy."""
        conf = self.get_test_db_clone_settings(str(_worker_id))
        self.connection.settings_dict.update(conf)
        self.connection.close_pool()

    def mark_expected_failures_and_skips(self) -> None:
        """Nothing to mark: our feature flags are truthful."""
