"""
FastJango for pytest: settings, databases, clients.

Loaded by pytest through its entry point; does nothing in a project without ``FASTJANGO_SETTINGS_MODULE`` (in the
environment, or ``fastjango_settings_module`` in pytest's configuration). A test names its need:
``@pytest.mark.django_db`` or a fixture that implies it; every other test is refused the database.
"""

from __future__ import annotations

import importlib
import inspect
import os
import sys
from collections.abc import Iterator
from typing import Any

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the settings option and the database options."""
    group = parser.getgroup("fastjango")
    group.addoption("--fastjango-settings", dest="fastjango_settings", help="Settings module of the project.")
    group.addoption("--reuse-db", action="store_true", help="Keep the test databases between runs.")
    parser.addini("fastjango_settings_module", "Settings module of the project.")


def _settings_module(config: pytest.Config) -> str | None:
    option = config.getoption("fastjango_settings") or config.getini("fastjango_settings_module")
    environment = os.environ.get("FASTJANGO_SETTINGS_MODULE") or os.environ.get("DJANGO_SETTINGS_MODULE")
    return str(option) if option else environment


def pytest_configure(config: pytest.Config) -> None:
    """Register the mark."""
    config.addinivalue_line(
        "markers",
        "django_db(transaction=False, databases=None, reset_sequences=False): the test uses the database.",
    )
    if (module := _settings_module(config)) and not os.environ.get("FASTJANGO_SETTINGS_MODULE"):
        os.environ["FASTJANGO_SETTINGS_MODULE"] = module


def pytest_load_initial_conftests(early_config: pytest.Config, parser: pytest.Parser, args: list[str]) -> None:
    """Load the apps before test modules and conftests import models; the project's folder is importable."""
    option = next((arg.partition("=")[2] for arg in args if arg.startswith("--fastjango-settings=")), None)
    environment = os.environ.get("FASTJANGO_SETTINGS_MODULE") or os.environ.get("DJANGO_SETTINGS_MODULE")
    module = option or early_config.getini("fastjango_settings_module") or environment
    if not module:
        return
    os.environ["FASTJANGO_SETTINGS_MODULE"] = str(module)
    if (early_config.rootpath / "manage.py").exists() and str(early_config.rootpath) not in sys.path:
        sys.path.insert(0, str(early_config.rootpath))
    importlib.import_module("fastjango").setup()


def _is_configured(config: pytest.Config) -> bool:
    return _settings_module(config) is not None


_GUARD: pytest.StashKey[Any] = pytest.StashKey()


@pytest.fixture(scope="session", autouse=True)
def _fastjango_environment(request: pytest.FixtureRequest) -> Iterator[None]:
    if not _is_configured(request.config):
        yield
        return
    import fastjango
    from fastjango.test.environment import setup_test_environment, teardown_test_environment

    fastjango.setup()
    setup_test_environment(debug=False)
    yield
    teardown_test_environment()


@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest, _fastjango_environment: None) -> Iterator[None]:
    """Make the test databases for the session. Override it to load data once."""
    from fastjango.test.databases import setup_databases, teardown_databases

    keep = bool(request.config.getoption("reuse_db"))
    old = setup_databases(verbosity=0, interactive=False, keepdb=keep)
    yield
    teardown_databases(old, verbosity=0, keepdb=keep)


@pytest.fixture(autouse=True)
def _database_access(request: pytest.FixtureRequest) -> Iterator[None]:
    if not _is_configured(request.config) or _is_unittest(request):
        yield
        return
    mark = request.node.get_closest_marker("django_db")
    implied = {"db", "transactional_db", "admin_user", "admin_client", "live_server"} & set(request.fixturenames)
    if mark is None and not implied:
        yield from _guarded(request.node)
        return
    request.getfixturevalue("django_db_setup")
    transactional = bool({"transactional_db", "live_server"} & implied) or bool(mark and mark.kwargs.get("transaction"))
    databases = (mark.kwargs.get("databases") if mark else None) or {"default"}
    yield from _opened(transactional, databases, bool(mark and mark.kwargs.get("reset_sequences")))


def _is_unittest(request: pytest.FixtureRequest) -> bool:
    import unittest

    return request.cls is not None and issubclass(request.cls, unittest.TestCase)


def _guarded(node: Any) -> Iterator[None]:
    from fastjango.test import SimpleTestCase

    class Guard(SimpleTestCase):
        """Refuses queries."""

        _disallowed_database_msg = (
            "Database access not allowed in %(test)s (alias %(alias)r): use the mark django_db, or the fixture db."
        )

    Guard._add_databases_failures()
    node.stash[_GUARD] = Guard
    try:
        yield
    finally:
        Guard._remove_databases_failures()


def _opened_late(request: pytest.FixtureRequest, transactional: bool) -> Iterator[None]:
    """Open the database for a test whose fixture asks for it by ``request.getfixturevalue()``, which nobody can foresee."""
    guard = request.node.stash.get(_GUARD, None)
    if guard is None:
        yield
        return
    guard._remove_databases_failures()
    try:
        request.getfixturevalue("django_db_setup")
        yield from _opened(transactional, {"default"}, False)
    finally:
        guard._add_databases_failures()


def _opened(transactional: bool, databases: Any, reset_sequences: bool) -> Iterator[None]:
    from fastjango.test import TestCase, TransactionTestCase

    base: Any = TransactionTestCase if transactional else TestCase
    case_class: Any = type(
        "PytestCase", (base,), {"databases": databases, "reset_sequences": reset_sequences, "test": lambda self: None}
    )
    case_class.setUpClass()
    case = case_class("test")
    try:
        case._pre_setup()
        try:
            yield
        finally:
            case._post_teardown()
    finally:
        case_class.tearDownClass()
        case_class.doClassCleanups()


@pytest.fixture(scope="session", autouse=True)
def _databases_of_test_classes(request: pytest.FixtureRequest) -> None:
    """Make the databases when test classes of ours are among the collected tests."""
    if not _is_configured(request.config):
        return
    if any(_needs_database(item) for item in request.session.items):
        request.getfixturevalue("django_db_setup")


def _needs_database(item: pytest.Item) -> bool:
    cls = getattr(item, "cls", None)
    return bool(inspect.isclass(cls) and getattr(cls, "databases", None))


@pytest.fixture
def db(request: pytest.FixtureRequest) -> Iterator[None]:
    """Give the test a database whose changes are rolled back."""
    yield from _opened_late(request, transactional=False)


@pytest.fixture
def transactional_db(request: pytest.FixtureRequest) -> Iterator[None]:
    """Give the test a database in which it may commit; the tables are emptied afterwards."""
    yield from _opened_late(request, transactional=True)


@pytest.fixture
def client() -> Any:
    """Return a test client."""
    from fastjango.test import Client

    return Client()


@pytest.fixture
def async_client() -> Any:
    """Return an async test client."""
    from fastjango.test import AsyncClient

    return AsyncClient()


@pytest.fixture
def rf() -> Any:
    """Return a request factory."""
    from fastjango.test import RequestFactory

    return RequestFactory()


@pytest.fixture
def async_rf() -> Any:
    """Return an async request factory."""
    from fastjango.test import AsyncRequestFactory

    return AsyncRequestFactory()


@pytest.fixture
def django_user_model(db: None) -> Any:
    """Return the project's user model."""
    from fastjango.contrib.auth import get_user_model

    return get_user_model()


@pytest.fixture
def admin_user(db: None, django_user_model: Any) -> Any:
    """Return a superuser called ``admin`` with the password ``password``."""
    username_field = django_user_model.USERNAME_FIELD
    username = "admin@example.com" if username_field == "email" else "admin"
    manager = django_user_model._default_manager
    try:
        return manager.get_by_natural_key(username)
    except django_user_model.DoesNotExist:
        values: dict[str, Any] = {username_field: username, "password": "password"}
        if "email" in django_user_model.REQUIRED_FIELDS:
            values["email"] = "admin@example.com"
        return manager.create_superuser(**values)


@pytest.fixture
def admin_client(db: None, admin_user: Any) -> Any:
    """Return a test client that is logged in as ``admin_user``."""
    from fastjango.test import Client

    browser = Client()
    browser.force_login(admin_user)
    return browser


class SettingsForTest:
    """Assign settings for the length of one test: ``settings.DEBUG = True``."""

    def __init__(self) -> None:
        object.__setattr__(self, "_undo", [])

    def __getattr__(self, name: str) -> Any:
        from fastjango.conf import settings as real

        return getattr(real, name)

    def __setattr__(self, name: str, value: Any) -> None:
        from fastjango.test import override_settings

        override = override_settings(**{name: value})
        override.enable()
        self._undo.append(override)

    def finalize(self) -> None:
        """Take the changes back, the last one first."""
        while self._undo:
            self._undo.pop().disable()


@pytest.fixture
def settings() -> Iterator[SettingsForTest]:
    """Return an object on which settings can be assigned."""
    changed = SettingsForTest()
    yield changed
    changed.finalize()


@pytest.fixture
def mailoutbox(_fastjango_environment: None) -> Any:
    """Return the list of sent mails, empty at the start of the test."""
    from fastjango.core import mail

    mail.outbox = []
    return mail.outbox


@pytest.fixture
def django_assert_num_queries() -> Any:
    """Return ``assert_num_queries(number, connection=None)``, a context manager."""
    from contextlib import contextmanager

    from fastjango.db import connection as default
    from fastjango.test.databases import CaptureQueriesContext

    @contextmanager
    def check(num: int, connection: Any = None) -> Iterator[CaptureQueriesContext]:
        with CaptureQueriesContext(connection or default) as captured:
            yield captured
        if len(captured) != num:
            listing = "\n".join(query["sql"] for query in captured.captured_queries)
            pytest.fail(f"Expected {num} queries, {len(captured)} were run:\n{listing}")

    return check


@pytest.fixture(name="no_n_plus_one")
def _no_n_plus_one() -> Iterator[None]:
    """Let N+1 queries of the test fail."""
    from fastjango.test.overrides import no_n_plus_one

    with no_n_plus_one():
        yield


@pytest.fixture
def live_server(transactional_db: None) -> Iterator[Any]:
    """Serve the project on a real port; ``live_server.url`` names it."""
    from fastjango.test.live import LiveServerThread
    from fastjango.test.testcases import LiveServerTestCase

    thread = LiveServerThread("127.0.0.1", connections_override=LiveServerTestCase._make_connections_override())
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    if thread.error:
        raise thread.error
    thread.url = f"http://127.0.0.1:{thread.port}"  # type: ignore[attr-defined]
    try:
        yield thread
    finally:
        thread.terminate()
        for connection in thread.connections_override.values():
            connection.dec_thread_sharing()
