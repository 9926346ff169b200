"""The backend without a database."""

from __future__ import annotations

from typing import Any, NoReturn

from fastjango.core.exceptions import ImproperlyConfigured, fix
from fastjango.db.backends.base.base import BaseDatabaseWrapper
from fastjango.db.backends.base.creation import BaseDatabaseCreation
from fastjango.db.backends.base.features import BaseDatabaseFeatures
from fastjango.db.backends.base.introspection import BaseDatabaseIntrospection
from fastjango.db.backends.base.operations import BaseDatabaseOperations


def complain(*args: Any, **kwargs: Any) -> NoReturn:
    """Raise the error that says what is missing."""
    raise fix(
        ImproperlyConfigured(
            "settings.DATABASES is improperly configured. "
            "Please supply the ENGINE value. Check settings documentation for more details."
        ),
        'set DATABASES = {"default": {"ENGINE": "fastjango.db.backends.sqlite3", "NAME": "db.sqlite3"}}',
        code="db.E106",
    )


def ignore(*args: Any, **kwargs: Any) -> None:
    """Do nothing."""


class DatabaseOperations(BaseDatabaseOperations):
    """Refuses."""

    quote_name = complain


class DatabaseCreation(BaseDatabaseCreation):
    """Has nothing to create."""

    create_test_db = ignore  # type: ignore[assignment]  # there is no database to name
    destroy_test_db = ignore

    def serialize_db_to_string(self) -> str:
        """There is nothing to write."""
        return ""


class DatabaseIntrospection(BaseDatabaseIntrospection):
    """Refuses."""

    get_table_list = complain
    get_table_description = complain
    get_relations = complain
    get_sequences = complain


class DummyDatabaseFeatures(BaseDatabaseFeatures):
    """Can do nothing."""

    supports_transactions = False
    uses_savepoints = False


class DatabaseWrapper(BaseDatabaseWrapper):
    """Every use of a connection says that DATABASES is missing."""

    creation_class = DatabaseCreation
    features_class = DummyDatabaseFeatures
    introspection_class = DatabaseIntrospection
    ops_class = DatabaseOperations

    ensure_connection = complain
    cursor = complain
    open_hold = complain
    set_autocommit = complain
    _commit = complain
    _rollback = ignore
    close = ignore

    def is_usable(self) -> bool:
        """A connection that is none works always."""
        return True

    def _make_engine(self) -> NoReturn:
        complain()
