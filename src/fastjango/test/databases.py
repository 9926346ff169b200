"""
Make, clone and remove test databases, and count the queries of a block.

Comes before ``runner.py``, the pytest plugin and ``testcases.py``.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Any

from fastjango.conf import settings
from fastjango.core.exceptions import ImproperlyConfigured
from fastjango.core.signals import request_started
from fastjango.db import DEFAULT_DB_ALIAS, connections, reset_queries

if TYPE_CHECKING:
    from collections.abc import Iterator

OldConfig = list[tuple[Any, str, bool]]


def dependency_ordered(
    test_databases: Iterable[tuple[Any, tuple[str, set[str]]]], dependencies: dict[str, list[str]]
) -> list[tuple[Any, tuple[str, set[str]]]]:
    """
    Order databases so that each stands behind the ones it depends on.

    Raises:
        ImproperlyConfigured: The dependencies form a circle, or a database depends on one of its own aliases.
    """
    waiting = list(test_databases)
    ordered: list[tuple[Any, tuple[str, set[str]]]] = []
    resolved: set[str] = set()
    needs: dict[Any, set[str]] = {}
    for signature, (_, aliases) in waiting:
        wanted = {name for alias in aliases for name in dependencies.get(alias, [])}
        if not aliases.isdisjoint(wanted):
            raise ImproperlyConfigured(
                f"Circular dependency: databases {aliases!r} depend on each other, but are aliases."
            )
        needs[signature] = wanted
    while waiting:
        ready = [item for item in waiting if needs[item[0]] <= resolved]
        if not ready:
            raise ImproperlyConfigured("Circular dependency in TEST[DEPENDENCIES]")
        for item in ready:
            resolved |= item[1][1]
            ordered.append(item)
            waiting.remove(item)
    return ordered


def get_unique_databases_and_mirrors(
    aliases: Iterable[str] | None = None,
) -> tuple[dict[Any, tuple[str, list[str]]], dict[str, str]]:
    """Return the databases to create, each with the aliases that share it, and the aliases that mirror another."""
    wanted = list(connections) if aliases is None else list(aliases)
    mirrored: dict[str, str] = {}
    unique: dict[Any, tuple[str, list[str]]] = {}
    dependencies: dict[str, list[str]] = {}
    default_signature = connections[DEFAULT_DB_ALIAS].creation.test_db_signature()
    for alias in connections:
        connection = connections[alias]
        test_settings = connection.settings_dict["TEST"]
        if test_settings.get("MIRROR"):
            mirrored[alias] = test_settings["MIRROR"]
            continue
        if alias not in wanted:
            continue
        signature = connection.creation.test_db_signature()
        _name, sharing = unique.setdefault(signature, (connection.settings_dict["NAME"], []))
        sharing.append(alias)
        if "DEPENDENCIES" in test_settings and test_settings["DEPENDENCIES"] is not None:
            dependencies[alias] = list(test_settings["DEPENDENCIES"])
        elif alias != DEFAULT_DB_ALIAS and signature != default_signature:
            dependencies[alias] = [DEFAULT_DB_ALIAS] if DEFAULT_DB_ALIAS in wanted else []
    ordered = dependency_ordered(
        [(signature, (name, set(sharing))) for signature, (name, sharing) in unique.items()], dependencies
    )
    return {signature: (name, sorted(found, key=wanted.index)) for signature, (name, found) in ordered}, mirrored


def setup_databases(
    verbosity: int,
    interactive: bool,
    *,
    time_keeper: Any = None,
    keepdb: bool = False,
    debug_sql: bool = False,
    parallel: int = 0,
    aliases: Iterable[str] | None = None,
    serialized_aliases: Iterable[str] | None = None,
    **kwargs: Any,
) -> OldConfig:
    """Create the test databases; returns what :func:`teardown_databases` needs."""
    keeper = time_keeper or NullTimeKeeper()
    databases, mirrored = get_unique_databases_and_mirrors(aliases)
    old_names: OldConfig = []
    for name, sharing in databases.values():
        first: str | None = None
        for alias in sharing:
            connection = connections[alias]
            old_names.append((connection, name, first is None))
            if first is None:
                first = alias
                with keeper.timed(f"  Creating '{alias}'"):
                    connection.creation.create_test_db(
                        verbosity=verbosity,
                        autoclobber=not interactive,
                        keepdb=keepdb,
                        serialize=alias in (serialized_aliases or ()),
                    )
                for index in range(parallel if parallel > 1 else 0):
                    with keeper.timed(f"  Cloning '{alias}'"):
                        connection.creation.clone_test_db(suffix=str(index + 1), verbosity=verbosity, keepdb=keepdb)
            else:
                connection.creation.set_as_test_mirror(connections[first].settings_dict)
    for alias, mirror_alias in mirrored.items():
        connections[alias].creation.set_as_test_mirror(connections[mirror_alias].settings_dict)
    if debug_sql:
        for alias in connections:
            connections[alias].force_debug_cursor = True
    return old_names


def teardown_databases(old_config: OldConfig, verbosity: int, parallel: int = 0, keepdb: bool = False) -> None:
    """Destroy the test databases that :func:`setup_databases` made."""
    for connection, old_name, destroy in old_config:
        if destroy:
            for index in range(parallel if parallel > 1 else 0):
                connection.creation.destroy_test_db(suffix=str(index + 1), verbosity=verbosity, keepdb=keepdb)
            connection.creation.destroy_test_db(old_name, verbosity, keepdb)


class NullTimeKeeper:
    """Measures nothing."""

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Do nothing around the block."""
        yield

    def print_results(self) -> None:
        """Print nothing."""


class TimeKeeper:
    """Measures named steps, in seconds."""

    def __init__(self) -> None:
        self.records: dict[str, list[float]] = {}

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Add the block's duration to *name*."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self.records.setdefault(name, []).append(time.perf_counter() - began)

    def print_results(self) -> None:
        """Print one line per measurement to standard error."""
        import sys

        for name, durations in self.records.items():
            for seconds in durations:
                sys.stderr.write(f"{name} took {seconds:.3f}s\n")


class CaptureQueriesContext:
    """
    Record the SQL that one connection runs inside the block.

    ``captured_queries`` is a list of ``{"sql": ..., "time": seconds}``; ``len(context)`` counts them.
    """

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.initial_queries = 0
        self.final_queries: int | None = None

    def __iter__(self) -> Iterator[dict[str, str]]:
        return iter(self.captured_queries)

    def __getitem__(self, index: Any) -> Any:
        return self.captured_queries[index]

    def __len__(self) -> int:
        return len(self.captured_queries)

    @property
    def captured_queries(self) -> list[dict[str, str]]:
        """The queries so far, or those of the finished block."""
        queries: list[dict[str, str]] = self.connection.queries
        return queries[self.initial_queries : self.final_queries]

    def __enter__(self) -> CaptureQueriesContext:
        self.force_debug_cursor = self.connection.force_debug_cursor
        self.connection.force_debug_cursor = True
        self.connection.ensure_connection()
        self.initial_queries = len(self.connection.queries_log)
        self.final_queries = None
        request_started.disconnect(reset_queries)
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        self.connection.force_debug_cursor = self.force_debug_cursor
        request_started.connect(reset_queries)
        if exc_type is not None:
            return
        self.final_queries = len(self.connection.queries_log)


def test_database_names() -> dict[str, str]:
    """Return ``{alias: database name}`` as the settings have it now."""
    return {alias: str(settings.DATABASES[alias].get("NAME", "")) for alias in connections}


test_database_names.__test__ = False  # type: ignore[attr-defined]
