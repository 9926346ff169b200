"""Test databases of SQLite: in memory unless the settings name a file."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

from fastjango.db.backends.base.creation import BaseDatabaseCreation
from fastjango.db.errors import NotSupportedError


class DatabaseCreation(BaseDatabaseCreation):
    """Creation of SQLite test databases."""

    @staticmethod
    def is_in_memory_db(database_name: Any) -> bool:
        """Whether *database_name* stands for a database in memory."""
        return not isinstance(database_name, Path) and (
            database_name == ":memory:" or "mode=memory" in str(database_name)
        )

    def _get_test_db_name(self) -> str:
        name = self.connection.settings_dict["TEST"]["NAME"] or ":memory:"
        if name == ":memory:":
            return f"file:memorydb_{self.connection.alias}?mode=memory&cache=shared"
        return str(name)

    def _create_test_db(self, verbosity: int, autoclobber: bool, keepdb: bool = False) -> str:
        test_name = self._get_test_db_name()
        if keepdb:
            return test_name
        if self.is_in_memory_db(test_name):
            return test_name
        if verbosity >= 1:
            self.log(
                f"Destroying old test database for alias {self._get_database_display_str(verbosity, test_name)}..."
            )
        path = Path(test_name)
        if path.exists():
            if not autoclobber:
                answer = input(
                    f"Type 'yes' if you would like to try deleting the test database '{test_name}', or 'no' to cancel: "
                )
                if answer != "yes":
                    self.log("Tests cancelled.")
                    sys.exit(1)
            try:
                _remove(path)
            except OSError as exc:
                self.log(f"Got an error deleting the old test database: {exc}")
                sys.exit(2)
        return test_name

    def get_test_db_clone_settings(self, suffix: str) -> dict[str, Any]:
        """Return the settings of one parallel worker's copy."""
        original = self.connection.settings_dict
        name = str(original["NAME"])
        if self.is_in_memory_db(name):
            return {**original, "NAME": f"file:memorydb_{self.connection.alias}_{suffix}?mode=memory&cache=shared"}
        path = Path(name)
        return {**original, "NAME": str(path.with_name(f"{path.stem}_{suffix}{path.suffix}"))}

    def _clone_test_db(self, suffix: str, verbosity: int, keepdb: bool = False) -> None:
        source = self.connection.settings_dict["NAME"]
        target = self.get_test_db_clone_settings(suffix)["NAME"]
        if self.is_in_memory_db(source):
            return
        if keepdb and Path(target).exists():
            return
        _remove(Path(target))
        try:
            shutil.copy(source, target)
        except OSError as exc:
            self.log(f"Got an error cloning the test database: {exc}")
            sys.exit(2)

    def setup_worker_connection(self, _worker_id: int) -> None:
        """Connect a parallel worker to its copy; a memory database is copied over."""
        conf = self.get_test_db_clone_settings(str(_worker_id))
        if self.is_in_memory_db(conf["NAME"]) and sys.platform != "linux":
            raise NotSupportedError("Parallel workers with a memory database need fork().")
        source: Any = getattr(self.connection, "_keeper", None)
        self.connection.settings_dict.update(conf)
        self.connection.forget_pool()
        if source is not None and self.is_in_memory_db(conf["NAME"]):
            self.connection.ensure_connection()
            source.backup(self.connection.connection)

    def _destroy_test_db(self, test_database_name: str, verbosity: int) -> None:
        if not test_database_name:
            return
        if self.is_in_memory_db(test_database_name):
            self.connection.destroy_memory()
        else:
            _remove(Path(test_database_name))

    def test_db_signature(self) -> tuple[Any, ...]:
        """Return what two aliases have in common when they are the same database."""
        test_name = self._get_test_db_name()
        signature: list[Any] = [self.connection.settings_dict["NAME"]]
        if self.is_in_memory_db(test_name):
            signature.append(self.connection.alias)
        else:
            signature.append(test_name)
        return tuple(signature)


def _remove(path: Path) -> None:
    """Delete a database file and what SQLite puts beside it."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)
