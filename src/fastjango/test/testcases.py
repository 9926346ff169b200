"""
``SimpleTestCase``, ``TransactionTestCase`` and ``TestCase``.

``SimpleTestCase`` refuses queries; ``TransactionTestCase`` empties the tables after each test; ``TestCase`` wraps each
class and each test in a transaction that is rolled back. The live server stands in ``live.py``.
"""

from __future__ import annotations

import unittest
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from inspect import iscoroutinefunction
from typing import Any, ClassVar

from fastjango.apps import apps
from fastjango.conf import settings
from fastjango.core import mail
from fastjango.core.exceptions import ImproperlyConfigured
from fastjango.core.handlers.loop import wait_for
from fastjango.core.management import call_command
from fastjango.core.signals import setting_changed
from fastjango.db import DEFAULT_DB_ALIAS, connections, transaction
from fastjango.test.assertions import ResponseAssertions, is_pickable, to_list
from fastjango.test.class_data import TestData
from fastjango.test.client import AsyncClient, Client
from fastjango.test.databases import CaptureQueriesContext
from fastjango.test.live import LiveServerThread
from fastjango.test.overrides import modify_settings, override_settings
from fastjango.test.skips import CheckCondition, skipIfDBFeature, skipUnlessAnyDBFeature, skipUnlessDBFeature

__all__ = [
    "CheckCondition", "LiveServerTestCase", "LiveServerThread", "SerializeMixin", "SimpleTestCase", "TestCase",
    "TransactionTestCase", "is_pickable", "skipIfDBFeature", "skipUnlessAnyDBFeature", "skipUnlessDBFeature", "to_list",
]  # fmt: skip


class DatabaseOperationForbidden(AssertionError):
    """A test used a database that its class does not name in ``databases``."""


class _DatabaseFailure:
    def __init__(self, wrapped: Any, message: str) -> None:
        self.wrapped = wrapped
        self.message = message

    def __call__(self, *args: Any, **kwargs: Any) -> None:
        raise DatabaseOperationForbidden(self.message)


class _AssertNumQueriesContext(CaptureQueriesContext):
    def __init__(self, test_case: unittest.TestCase, num: int, connection: Any) -> None:
        self.test_case = test_case
        self.num = num
        super().__init__(connection)

    def __exit__(self, exc_type: Any, exc: Any, tb: Any) -> None:
        super().__exit__(exc_type, exc, tb)
        if exc_type is not None:
            return
        executed = len(self)
        listing = "\n".join(f"{n}. {query['sql']}" for n, query in enumerate(self.captured_queries, start=1))
        self.test_case.assertEqual(
            executed, self.num, f"{executed} queries executed, {self.num} expected\nCaptured queries were:\n{listing}"
        )


class SimpleTestCase(ResponseAssertions):
    """A test without a database: every attempt to use one fails."""

    client_class: ClassVar[type[Client]] = Client
    async_client_class: ClassVar[type[AsyncClient]] = AsyncClient
    client: Client
    async_client: AsyncClient
    _overridden_settings: ClassVar[dict[str, Any] | None] = None
    _modified_settings: ClassVar[list[Any] | None] = None
    databases: ClassVar[Any] = set()
    _disallowed_database_msg = (
        "Database %(operation)s to %(alias)r are not allowed in SimpleTestCase subclasses. Either subclass TestCase "
        "or TransactionTestCase to ensure proper test isolation or add %(alias)r to %(test)s.databases to silence "
        "this failure."
    )
    _disallowed_connection_methods = (
        ("connect", "connections"),
        ("temporary_connection", "connections"),
        ("cursor", "queries"),
        ("chunked_cursor", "queries"),
    )

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        if cls._overridden_settings:
            cls.enterClassContext(override_settings(**cls._overridden_settings))
        if cls._modified_settings:
            cls.enterClassContext(modify_settings(cls._modified_settings))
        cls._add_databases_failures()
        cls.addClassCleanup(cls._remove_databases_failures)

    @classmethod
    def _validate_databases(cls) -> frozenset[str]:
        if cls.databases == "__all__":
            return frozenset(connections)
        for alias in cls.databases:
            if alias not in connections:
                message = (
                    f"{cls.__module__}.{cls.__qualname__}.databases refers to {alias!r} which is not defined in "
                    "settings.DATABASES."
                )
                if close := get_close_matches(alias, list(connections)):
                    message += f" Did you mean {close[0]!r}?"
                raise ImproperlyConfigured(message)
        return frozenset(cls.databases)

    @classmethod
    def _add_databases_failures(cls) -> None:
        cls.databases = cls._validate_databases()
        for alias in connections:
            if alias in cls.databases:
                continue
            connection = connections[alias]
            for name, operation in cls._disallowed_connection_methods:
                method = getattr(connection, name, None)
                message = cls._disallowed_database_msg % {
                    "test": f"{cls.__module__}.{cls.__qualname__}",
                    "alias": alias,
                    "operation": operation,
                }
                setattr(connection, name, _DatabaseFailure(method, message))
            connection.forbid_queries(
                cls._disallowed_database_msg
                % {"test": f"{cls.__module__}.{cls.__qualname__}", "alias": alias, "operation": "queries"},
                DatabaseOperationForbidden,
            )

    @classmethod
    def _remove_databases_failures(cls) -> None:
        for alias in connections:
            if alias in cls.databases:
                continue
            connection = connections[alias]
            connection.allow_queries()
            for name, _ in cls._disallowed_connection_methods:
                connection.__dict__.pop(name, None)

    def __call__(self, result: unittest.TestResult | None = None) -> None:
        self._setup_and_call(result)

    def __getstate__(self) -> dict[str, Any]:
        """Return what another process gets of a test in parallel runs: while it runs, what can be pickled of it."""
        state = dict(self.__dict__)
        if not state.get("_outcome"):
            return state
        # These two hold the test itself.
        kept: dict[str, Any] = {"_outcome": None, "_subtest": None}
        kept.update({name: value for name, value in state.items() if name not in kept and is_pickable(value)})
        return kept

    def debug(self) -> None:
        """Run the test and let its exceptions through."""
        self._setup_and_call(unittest.TestResult(), debug=True)

    def _setup_and_call(self, result: unittest.TestResult | None, debug: bool = False) -> None:
        method = getattr(self, self._testMethodName)
        skipped = getattr(self.__class__, "__unittest_skip__", False) or getattr(method, "__unittest_skip__", False)
        if iscoroutinefunction(method):
            setattr(self, self._testMethodName, _as_sync(method))
        if not skipped:
            try:
                self._pre_setup()
            except Exception:
                if debug:
                    raise
                self._report(result)
                return
        if debug:
            super().debug()
        else:
            super().__call__(result)
        if not skipped:
            try:
                self._post_teardown()
            except Exception:
                if debug:
                    raise
                self._report(result)

    def _report(self, result: unittest.TestResult | None) -> None:
        import sys

        if result is not None:
            result.addError(self, sys.exc_info())

    def _pre_setup(self) -> None:
        self.client = self.client_class()
        self.async_client = self.async_client_class()
        mail.outbox = []

    def _post_teardown(self) -> None:
        pass

    def settings(self, **kwargs: Any) -> override_settings:
        """Return a context manager that overrides settings."""
        return override_settings(**kwargs)

    def modify_settings(self, **kwargs: Any) -> modify_settings:
        """Return a context manager that changes list settings."""
        return modify_settings(**kwargs)

    def assertNumQueries(
        self, num: int, func: Callable[..., Any] | None = None, *args: Any, using: str = DEFAULT_DB_ALIAS, **kwargs: Any
    ) -> Any:
        """Assert how many queries a call or a ``with`` block runs."""
        context = _AssertNumQueriesContext(self, num, connections[using])
        if func is None:
            return context
        with context:
            func(*args, **kwargs)
        return None


def _as_sync(method: Callable[..., Any]) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        return wait_for(method(*args, **kwargs))

    return call


class TransactionTestCase(SimpleTestCase):
    """A test that may commit: the tables are emptied after it."""

    reset_sequences: ClassVar[bool] = False
    available_apps: ClassVar[list[str] | None] = None
    fixtures: ClassVar[Collection[str] | None] = None
    databases: ClassVar[Any] = {DEFAULT_DB_ALIAS}
    serialized_rollback: ClassVar[bool] = False
    _disallowed_database_msg = (
        "Database %(operation)s to %(alias)r are not allowed in this test. Add %(alias)r to %(test)s.databases to "
        "ensure proper test isolation and silence this failure."
    )

    # The rows of the first test are there already: ``setUpClass`` of a subclass may look for them.
    _rows_are_there: ClassVar[bool] = False

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        if not issubclass(cls, TestCase):
            cls._set_available_apps()
            try:
                cls._load_rows()
            except Exception:
                cls._unset_available_apps()
                raise
            cls._rows_are_there = True

    @classmethod
    def tearDownClass(cls) -> None:
        if cls._rows_are_there:
            # Every test was skipped.
            cls._rows_are_there = False
            cls._unset_available_apps()
        super().tearDownClass()

    def _pre_setup(self) -> None:
        super()._pre_setup()
        if self._rows_are_there:
            self.__class__._rows_are_there = False
        else:
            self._set_available_apps()
            try:
                self._fixture_setup()
            except Exception:
                self._unset_available_apps()
                raise
        for alias in self._databases_names(include_mirrors=False):
            connections[alias].queries_log.clear()

    @classmethod
    def _set_available_apps(cls) -> None:
        if cls.available_apps is None:
            return
        apps.set_available_apps(cls.available_apps)
        setting_changed.send(
            sender=settings._wrapped.__class__, setting="INSTALLED_APPS", value=cls.available_apps, enter=True
        )
        for alias in cls._databases_names(include_mirrors=False):
            _emit_post_migrate(alias)

    @classmethod
    def _unset_available_apps(cls) -> None:
        if cls.available_apps is None:
            return
        apps.unset_available_apps()
        setting_changed.send(
            sender=settings._wrapped.__class__, setting="INSTALLED_APPS", value=settings.INSTALLED_APPS, enter=False
        )

    @classmethod
    def _databases_names(cls, include_mirrors: bool = True) -> list[str]:
        return [
            alias
            for alias in connections
            if alias in cls.databases
            and (include_mirrors or not connections[alias].settings_dict["TEST"].get("MIRROR"))
        ]

    @classmethod
    def _reset_sequences(cls, db_name: str) -> None:
        connection = connections[db_name]
        if connection.features.supports_sequence_reset:
            tables = connection.introspection.table_names()
            with connection.cursor() as cursor:
                for sql in connection.ops.sequence_reset_by_name_sql(
                    None, [s for s in connection.introspection.sequence_list() if s["table"] in tables]
                ):
                    cursor.execute(sql)

    def _fixture_setup(self) -> None:
        self._load_rows()

    @classmethod
    def _load_rows(cls) -> None:
        for db_name in cls._databases_names(include_mirrors=False):
            if cls.reset_sequences:
                cls._reset_sequences(db_name)
            contents = getattr(connections[db_name], "_test_serialized_contents", None)
            if cls.serialized_rollback and contents is not None:
                if cls.available_apps is not None:
                    apps.unset_available_apps()
                connections[db_name].creation.deserialize_db_from_string(contents)
                if cls.available_apps is not None:
                    apps.set_available_apps(cls.available_apps)
            if cls.fixtures:
                call_command("loaddata", *cls.fixtures, verbosity=0, database=db_name)

    def _should_reload_connections(self) -> bool:
        return True

    def _post_teardown(self) -> None:
        try:
            self._fixture_teardown()
            super()._post_teardown()
            if self._should_reload_connections():
                for connection in connections.all(initialized_only=True):
                    connection.close()
        finally:
            self._unset_available_apps()

    def _fixture_teardown(self) -> None:
        for db_name in self._databases_names(include_mirrors=False):
            inhibit = self.available_apps is not None or (
                self.serialized_rollback and hasattr(connections[db_name], "_test_serialized_contents")
            )
            call_command(
                "flush",
                verbosity=0,
                interactive=False,
                database=db_name,
                reset_sequences=False,
                allow_cascade=self.available_apps is not None,
                inhibit_post_migrate=inhibit,
            )

    def assertQuerySetEqual(
        self, qs: Any, values: Any, transform: Any = None, ordered: bool = True, msg: str | None = None
    ) -> None:
        """Assert that a queryset gives these values, in this order unless ``ordered=False``."""
        values = list(values)
        items = qs if transform is None else map(transform, qs)
        if not ordered:
            self.assertDictEqual(Counter(items), Counter(values), msg=msg)
            return
        if len(values) > 1 and hasattr(qs, "ordered") and not qs.ordered:
            raise ValueError("Trying to compare non-ordered queryset against more than one ordered value.")
        self.assertEqual(list(items), values, msg=msg)


def _emit_post_migrate(alias: str) -> None:
    from fastjango.core.management.sql import emit_post_migrate_signal

    emit_post_migrate_signal(verbosity=0, interactive=False, db=alias)


class TestCase(TransactionTestCase):
    """A test inside a transaction; nothing it writes survives it."""

    cls_atomics: ClassVar[dict[str, Any]]
    atomics: dict[str, Any]

    @classmethod
    def _enter_atomics(cls) -> dict[str, Any]:
        atomics = {}
        for db_name in cls._databases_names():
            atomic = transaction.atomic(using=db_name)
            atomic._from_testcase = True
            atomic.__enter__()
            atomics[db_name] = atomic
        return atomics

    @classmethod
    def _rollback_atomics(cls, atomics: dict[str, Any]) -> None:
        for db_name in reversed(cls._databases_names()):
            transaction.set_rollback(True, using=db_name)
            atomics[db_name].__exit__(None, None, None)

    @classmethod
    def _databases_support_transactions(cls) -> bool:
        return all(connections[alias].features.supports_transactions for alias in cls.databases if alias in connections)

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        if not cls._databases_support_transactions():
            return
        cls.cls_atomics = cls._enter_atomics()
        if cls.fixtures:
            for db_name in cls._databases_names(include_mirrors=False):
                try:
                    call_command("loaddata", *cls.fixtures, verbosity=0, database=db_name)
                except Exception:
                    cls._rollback_atomics(cls.cls_atomics)
                    raise
        before = dict(cls.__dict__)
        try:
            cls.setUpTestData()
        except Exception:
            cls._rollback_atomics(cls.cls_atomics)
            raise
        for name, value in list(cls.__dict__.items()):
            if value is not before.get(name):
                descriptor = TestData(name, value)
                setattr(cls, name, descriptor)
                descriptor.__set_name__(cls, name)

    @classmethod
    def tearDownClass(cls) -> None:
        if cls._databases_support_transactions():
            cls._rollback_atomics(cls.cls_atomics)
            for connection in connections.all(initialized_only=True):
                connection.close()
        super().tearDownClass()

    @classmethod
    def setUpTestData(cls) -> None:
        """Make the data of the whole class, once."""

    def _should_reload_connections(self) -> bool:
        return not self._databases_support_transactions()

    def _fixture_setup(self) -> None:
        if not self._databases_support_transactions():
            self.setUpTestData()
            super()._fixture_setup()
            return
        if self.reset_sequences:
            raise TypeError("reset_sequences cannot be used on TestCase instances")
        self.atomics = self._enter_atomics()

    def _fixture_teardown(self) -> None:
        if not self._databases_support_transactions():
            super()._fixture_teardown()
            return
        try:
            for db_name in reversed(self._databases_names()):
                if self._should_check_constraints(connections[db_name]):
                    connections[db_name].check_constraints()
        finally:
            self._rollback_atomics(self.atomics)

    def _should_check_constraints(self, connection: Any) -> bool:
        return bool(
            connection.features.can_defer_constraint_checks and not connection.needs_rollback and connection.is_usable()
        )

    @classmethod
    @contextmanager
    def captureOnCommitCallbacks(
        cls, *, using: str = DEFAULT_DB_ALIAS, execute: bool = False
    ) -> Iterator[list[Callable[[], Any]]]:
        """Collect the ``on_commit`` functions of the block; ``execute=True`` runs them at its end."""
        callbacks: list[Callable[[], Any]] = []
        start = len(connections[using].run_on_commit)
        try:
            yield callbacks
        finally:
            while True:
                count = len(connections[using].run_on_commit)
                for _, callback, robust in connections[using].run_on_commit[start:]:
                    callbacks.append(callback)
                    if execute:
                        _run_callback(callback, robust)
                if count == len(connections[using].run_on_commit):
                    break
                start = count


def _run_callback(callback: Callable[[], Any], robust: bool) -> None:
    if not robust:
        callback()
        return
    try:
        callback()
    except Exception as exc:
        import logging

        logging.getLogger("fastjango.test").error(
            f"Error calling {callback.__qualname__} in on_commit() (%s).", exc, exc_info=True
        )


class LiveServerTestCase(TransactionTestCase):
    """Serve the project on a real port in a thread while the tests of the class run; ``live_server_url`` names it."""

    host: ClassVar[str] = "localhost"
    port: ClassVar[int] = 0
    server_thread_class: ClassVar[type[LiveServerThread]] = LiveServerThread
    static_handler: ClassVar[Any] = None
    server_thread: ClassVar[LiveServerThread]

    live_server_url: ClassVar[Any]

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.enterClassContext(modify_settings(ALLOWED_HOSTS={"append": cls.allowed_host()}))
        cls.server_thread = cls._create_server_thread(cls._make_connections_override())
        cls.server_thread.daemon = True
        cls.server_thread.start()
        cls.addClassCleanup(cls._terminate_thread)
        cls.server_thread.is_ready.wait()
        if cls.server_thread.error:
            raise cls.server_thread.error
        cls.live_server_url = f"http://{cls.host}:{cls.server_thread.port}"

    @classmethod
    def allowed_host(cls) -> str:
        """Return the host that is added to ``ALLOWED_HOSTS``."""
        return cls.host

    @classmethod
    def _make_connections_override(cls) -> dict[str, Any]:
        overrides = {}
        for connection in connections.all():
            if connection.vendor == "sqlite" and getattr(connection, "is_in_memory_db", bool)():
                overrides[connection.alias] = connection
                connection.inc_thread_sharing()
        return overrides

    @classmethod
    def _create_server_thread(cls, connections_override: dict[str, Any]) -> LiveServerThread:
        return cls.server_thread_class(
            cls.host, cls.static_handler, connections_override=connections_override, port=cls.port
        )

    @classmethod
    def _terminate_thread(cls) -> None:
        cls.server_thread.terminate()
        for connection in cls.server_thread.connections_override.values():
            connection.dec_thread_sharing()


class SerializeMixin:
    """Let the classes that share a ``lockfile`` run one after another, also in parallel processes."""

    lockfile: ClassVar[str | None] = None

    def __init_subclass__(cls, /, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.lockfile is None:
            raise ValueError(f"{cls.__name__}.lockfile isn't set. Set it to a unique value in the base class.")

    @classmethod
    def setUpClass(cls) -> None:
        from fastjango.core.files import locks

        cls._lockfile = open(cls.lockfile)  # type: ignore[arg-type,attr-defined]
        cls.addClassCleanup(cls._lockfile.close)  # type: ignore[attr-defined]
        locks.lock(cls._lockfile, locks.LOCK_EX)  # type: ignore[attr-defined]
        super().setUpClass()  # type: ignore[misc]
