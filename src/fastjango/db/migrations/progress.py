"""
Where a migration stands that the database cannot roll back as a whole.

MySQL and MariaDB commit each statement that changes a table; so does any database for a migration with
``atomic = False``. A row says which operations are done, and of the one at work which statements. A run after a failure, or
after the process was killed, goes on from there. The table exists only while there is something to remember.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from fastjango.apps.registry import Apps
from fastjango.db.migrations.exceptions import MigrationChangedError
from fastjango.db.models import BooleanField, CharField, IntegerField, Model, TextField
from fastjango.db.transaction import atomic
from fastjango.db.utils import DatabaseError

TABLE = "fastjango_migration_progress"

# Errors that say: this has been done already.
_POSTGRESQL_DONE = {"42P01", "42P07", "42701", "42703", "42704", "42710", "42P16"}
_MYSQL_DONE = {1022, 1050, 1051, 1054, 1060, 1061, 1068, 1091, 1146, 1826}
_SQLITE_DONE = re.compile(r"already exists|duplicate column name|no such (table|column|index)")
_ROWS = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE|MERGE)\b", re.IGNORECASE)


class Progress:
    """
    The position of one migration on its way forwards or backwards.

    ``position`` is the number of operations that an earlier run has done; ``resumed`` is whether there was one.

    Args:
        restart: Begin with the first operation whatever was recorded.
    """

    def __init__(self, connection: Any, migration: Any, *, backwards: bool = False, restart: bool = False) -> None:
        self.connection = connection
        self.key = {"app": migration.app_label, "name": migration.name, "backwards": backwards}
        self.position = 0
        self.resumed = False
        self._descriptions: list[str] = []
        self._statements: list[str] = []
        self._done: Counter[str] = Counter()
        self._doubtful = False
        self._load(restart)

    def _load(self, restart: bool) -> None:
        if not has_table(self.connection):
            with self.connection.schema_editor() as editor:
                editor.create_model(_Row())
        if restart:
            self._rows().delete()
        row = self._rows().first()
        if row is None:
            _Row().objects.using(self.connection.alias).create(**self.key)
            return
        self.resumed = True
        self.position = row.position
        self._descriptions = json.loads(row.operations)
        self._statements = json.loads(row.statements)
        self._done = Counter(self._statements)
        # The statement at work when the process died may be done, or not.
        self._doubtful = not row.stopped

    def _rows(self) -> Any:
        return _Row().objects.using(self.connection.alias).filter(**self.key)

    def check(self, descriptions: list[str]) -> None:
        """
        Compare the operations that are done with those of the file.

        Raises:
            MigrationChangedError: The file has other operations now in front of the recorded position.
        """
        if descriptions[: self.position] != self._descriptions:
            raise MigrationChangedError(
                f"Migration {self.key['app']}.{self.key['name']} stopped after {self.position} operation(s), and these are "
                "no longer the first ones of the file. Restore them, or undo by hand what they did and run migrate with "
                "--restart."
            )

    @contextmanager
    def operation(self) -> Iterator[None]:
        """Do one operation; the statements inside are remembered one by one."""
        self._rows().update(stopped=False)
        try:
            yield
        except Exception:
            # Nothing is in doubt: the failing statement did nothing, those before it are recorded.
            with suppress(DatabaseError):
                self._rows().update(stopped=True)
            raise

    def advance(self, description: str) -> None:
        """Record that the operation is done; inside its transaction where it has one."""
        self._descriptions.append(description)
        self._statements, self._done, self._doubtful = [], Counter(), False
        self._rows().update(
            position=len(self._descriptions), operations=json.dumps(self._descriptions), statements="[]"
        )

    def send(self, sql: str, params: Any, execute: Callable[[str, Any], None]) -> None:
        """Send a statement unless an earlier run did, and remember it."""
        key = hashlib.blake2b(f"{sql}\0{params!r}".encode(), digest_size=8).hexdigest()
        if self._done[key]:
            self._done[key] -= 1
            return
        doubtful, self._doubtful = self._doubtful, False
        try:
            if _ROWS.match(sql):
                # Rows and record change together, so such a statement is never in doubt.
                with atomic(self.connection.alias):
                    execute(sql, params)
                    self._note(key)
                return
            execute(sql, params)
        except DatabaseError as exc:
            if not (doubtful and _says_done(exc)):
                raise
        self._note(key)

    def _note(self, key: str) -> None:
        self._statements.append(key)
        self._rows().update(statements=json.dumps(self._statements))

    def finish(self) -> None:
        """Forget the migration: it is recorded as applied, or as taken back."""
        self._rows().delete()


def _says_done(exc: BaseException) -> bool:
    cause = exc.__cause__
    sqlstate = getattr(cause, "sqlstate", None)
    number = cause.args[0] if cause is not None and cause.args else None
    # MariaDB says of a second foreign key by one name that it cannot make the table.
    twice = number == 1005 and "errno: 121" in str(exc)
    return sqlstate in _POSTGRESQL_DONE or number in _MYSQL_DONE or twice or bool(_SQLITE_DONE.search(str(exc)))


def has_table(connection: Any) -> bool:
    """Return whether there is a table of positions."""
    with connection.cursor() as cursor:
        return TABLE in connection.introspection.table_names(cursor)


def forget(connection: Any, app_label: str, name: str) -> None:
    """Forget the position of a migration that was recorded without being run."""
    if has_table(connection):
        _Row().objects.using(connection.alias).filter(app=app_label, name=name).delete()


def drop_empty_table(connection: Any) -> None:
    """Drop the table when nothing is left to remember."""
    if has_table(connection) and not _Row().objects.using(connection.alias).exists():
        with connection.schema_editor() as editor:
            editor.delete_model(_Row())


_made: list[Any] = []


def _Row() -> Any:
    """Return the model of the table; in a registry of its own, so that it is never migrated itself."""
    if not _made:
        meta = type("Meta", (), {"apps": Apps(), "app_label": "migrations", "db_table": TABLE})
        members = {
            "app": CharField(max_length=255),
            "name": CharField(max_length=255),
            "backwards": BooleanField(default=False),
            "position": IntegerField(default=0),
            "operations": TextField(default="[]"),
            "statements": TextField(default="[]"),
            "stopped": BooleanField(default=False),
            "Meta": meta,
            "__module__": __name__,
        }
        _made.append(type("MigrationPosition", (Model,), members))
    return _made[0]


__all__ = ["TABLE", "Progress", "drop_empty_table", "forget", "has_table"]
