"""
``DiscoverRunner``: finds ``unittest`` tests, makes the databases, runs the tests, reports.

``manage.py test`` and ``TEST_RUNNER`` use it; pytest users have the plugin in ``pytest_plugin.py``.
"""

from __future__ import annotations

import logging
import os
import random
import unittest
from collections import defaultdict
from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar

from fastjango.core.management import call_command
from fastjango.db import connections
from fastjango.test import SimpleTestCase, TestCase
from fastjango.test.databases import NullTimeKeeper, TimeKeeper, setup_databases, teardown_databases
from fastjango.test.environment import setup_test_environment, teardown_test_environment

if TYPE_CHECKING:
    from argparse import ArgumentParser


class DebugSQLTextTestResult(unittest.TextTestResult):
    """Print the SQL of failing tests."""

    def __init__(self, stream: Any, descriptions: bool, verbosity: int) -> None:
        self.sql_logger = logging.getLogger("fastjango.db.backends")
        self.sql_logger.setLevel(logging.DEBUG)
        self.debug_sql_stream: Any = None
        super().__init__(stream, descriptions, verbosity)

    def startTest(self, test: unittest.TestCase) -> None:
        from io import StringIO

        self.debug_sql_stream = StringIO()
        self.handler = logging.StreamHandler(self.debug_sql_stream)
        self.sql_logger.addHandler(self.handler)
        super().startTest(test)

    def stopTest(self, test: unittest.TestCase) -> None:
        super().stopTest(test)
        self.sql_logger.removeHandler(self.handler)
        if self.showAll:
            self.stream.write(self.debug_sql_stream.getvalue())

    def addError(self, test: unittest.TestCase, err: Any) -> None:
        super().addError(test, err)
        self._add_sql(self.errors)

    def addFailure(self, test: unittest.TestCase, err: Any) -> None:
        super().addFailure(test, err)
        self._add_sql(self.failures)

    def _add_sql(self, where: list[Any]) -> None:
        if self.debug_sql_stream is not None:
            test, text = where[-1]
            where[-1] = (test, f"{text}\n\n{'-' * 70}\n{self.debug_sql_stream.getvalue()}")


class DiscoverRunner:
    """Discover and run tests. Subclass and name it in ``TEST_RUNNER`` to change a step."""

    test_suite = unittest.TestSuite
    test_runner = unittest.TextTestRunner
    test_loader: ClassVar[unittest.TestLoader] = unittest.defaultTestLoader
    reorder_by: ClassVar[tuple[type, ...]] = (TestCase, SimpleTestCase)

    def __init__(
        self,
        pattern: str | None = None,
        top_level: str | None = None,
        verbosity: int = 1,
        interactive: bool = True,
        failfast: bool = False,
        keepdb: bool = False,
        reverse: bool = False,
        debug_mode: bool = False,
        debug_sql: bool = False,
        tags: list[str] | None = None,
        exclude_tags: list[str] | None = None,
        test_name_patterns: list[str] | None = None,
        buffer: bool = False,
        timing: bool = False,
        shuffle: int | bool = False,
        logger: logging.Logger | None = None,
        durations: int | None = None,
        **kwargs: Any,
    ) -> None:
        self.pattern = pattern
        self.top_level = top_level
        self.verbosity = verbosity
        self.interactive = interactive
        self.failfast = failfast
        self.keepdb = keepdb
        self.reverse = reverse
        self.debug_mode = debug_mode
        self.debug_sql = debug_sql
        self.tags = set(tags or ())
        self.exclude_tags = set(exclude_tags or ())
        self.buffer = buffer
        self.time_keeper: Any = TimeKeeper() if timing else NullTimeKeeper()
        self.shuffle = shuffle
        self.shuffle_seed: int | None = None
        self.logger = logger
        self.durations = durations
        self.test_name_patterns = (
            {name if "*" in name else f"*{name}*" for name in test_name_patterns} if test_name_patterns else None
        )

    @classmethod
    def add_arguments(cls, parser: ArgumentParser) -> None:
        """Add the options of the ``test`` command."""
        parser.add_argument(
            "-t", "--top-level-directory", dest="top_level", help="Top level of project for unittest discovery."
        )
        parser.add_argument(
            "-p", "--pattern", default="test*.py", help='The test matching pattern. Defaults to "test*.py".'
        )
        parser.add_argument("--keepdb", action="store_true", help="Preserves the test DB between runs.")
        parser.add_argument(
            "--shuffle", nargs="?", default=False, const=True, type=_seed, metavar="SEED",
            help="Shuffles the order of test cases; the seed repeats an order.",
        )  # fmt: skip
        parser.add_argument("-r", "--reverse", action="store_true", help="Reverses test case order.")
        parser.add_argument("--debug-mode", action="store_true", help="Sets settings.DEBUG to True.")
        parser.add_argument("-d", "--debug-sql", action="store_true", help="Prints the SQL of failing tests.")
        parser.add_argument(
            "--tag",
            action="append",
            dest="tags",
            help="Run only tests with the specified tag. Can be used multiple times.",
        )
        parser.add_argument(
            "--exclude-tag",
            action="append",
            dest="exclude_tags",
            help="Do not run tests with the specified tag. Can be used multiple times.",
        )
        parser.add_argument("-b", "--buffer", action="store_true", help="Discard output from passing tests.")
        parser.add_argument(
            "--timing", action="store_true", help="Output timings, including database set up and total run time."
        )
        parser.add_argument(
            "-k",
            action="append",
            dest="test_name_patterns",
            help="Only run test methods and classes that match the pattern or substring. Can be used multiple times.",
        )
        parser.add_argument(
            "--durations", type=int, default=None, metavar="N", help="Show the N slowest test cases (N=0 for all)."
        )

    def log(self, msg: str, level: int | None = None) -> None:
        """Print *msg*, or log it when a logger was given."""
        if self.logger is not None:
            self.logger.log(level or logging.INFO, msg)
        elif self.verbosity > 0 and (self.verbosity > 1 or (level or logging.INFO) > logging.DEBUG):
            print(msg)

    def setup_test_environment(self, **kwargs: Any) -> None:
        """Switch to test conditions."""
        setup_test_environment(debug=self.debug_mode)
        unittest.installHandler()

    def teardown_test_environment(self, **kwargs: Any) -> None:
        """Switch back."""
        unittest.removeHandler()
        teardown_test_environment()

    # ------------------------------------------------------------ finding tests

    def load_tests_for_label(self, label: str, discover_kwargs: dict[str, Any]) -> Any:
        """Return the tests of a dotted path, a folder or a file."""
        if not os.path.exists(os.path.abspath(label)):
            tests = self.test_loader.loadTestsFromName(label)
            if tests.countTestCases():
                return tests
        is_importable, is_package = _try_import(label)
        if is_importable:
            if not is_package:
                return self.test_loader.loadTestsFromName(label)
        elif not os.path.isdir(label):
            if os.path.exists(label):
                raise RuntimeError(
                    f"One of the test labels is a path to a file: {label!r}, which is not supported. Use a dotted "
                    "module name or path to a directory instead."
                )
            return self.test_loader.loadTestsFromName(label)
        kwargs = dict(discover_kwargs)
        if os.path.isdir(label) and not self.top_level:
            kwargs["top_level_dir"] = find_top_level(os.path.abspath(label))
        return self.test_loader.discover(start_dir=label, **kwargs)

    def build_suite(self, test_labels: Iterable[str] | None = None, **kwargs: Any) -> unittest.TestSuite:
        """Collect, filter and order the tests."""
        discover_kwargs: dict[str, Any] = {}
        if self.pattern is not None:
            discover_kwargs["pattern"] = self.pattern
        if self.top_level is not None:
            discover_kwargs["top_level_dir"] = self.top_level
        self.test_loader.testNamePatterns = list(self.test_name_patterns) if self.test_name_patterns else None
        all_tests: list[Any] = []
        for label in list(test_labels or ["."]):
            all_tests.extend(iter_test_cases(self.load_tests_for_label(label, discover_kwargs)))
        if self.tags or self.exclude_tags:
            all_tests = list(filter_tests_by_tags(all_tests, self.tags, self.exclude_tags))
        # Broken modules first: a failed import is told before anything runs.
        all_tests.sort(key=lambda test: not _is_load_error(test))
        if self.shuffle is not False:
            self.shuffle_seed = random.randrange(10**10) if self.shuffle is True else int(self.shuffle)
            self.log(f"Using shuffle seed: {self.shuffle_seed}")
            random.Random(self.shuffle_seed).shuffle(all_tests)
        ordered = reorder_tests(all_tests, self.reorder_by, reverse=self.reverse)
        return self.test_suite(ordered)

    # ------------------------------------------------------------ running

    def setup_databases(self, **kwargs: Any) -> Any:
        """Create the test databases."""
        return setup_databases(
            self.verbosity,
            self.interactive,
            time_keeper=self.time_keeper,
            keepdb=self.keepdb,
            debug_sql=self.debug_sql,
            **kwargs,
        )

    def get_resultclass(self) -> Any:
        """Return the class that records results."""
        return DebugSQLTextTestResult if self.debug_sql else None

    def get_test_runner_kwargs(self) -> dict[str, Any]:
        """Return the arguments of the text runner."""
        return {
            "failfast": self.failfast,
            "resultclass": self.get_resultclass(),
            "verbosity": self.verbosity,
            "buffer": self.buffer,
        }

    def run_checks(self, databases: Any) -> None:
        """Run the system checks."""
        call_command("check", verbosity=self.verbosity, databases=databases)

    def run_suite(self, suite: unittest.TestSuite, **kwargs: Any) -> Any:
        """Run the tests and return the result."""
        return self.test_runner(**self.get_test_runner_kwargs()).run(suite)

    def teardown_databases(self, old_config: Any, **kwargs: Any) -> None:
        """Destroy the test databases."""
        teardown_databases(old_config, verbosity=self.verbosity, keepdb=self.keepdb)

    def suite_result(self, suite: unittest.TestSuite, result: Any, **kwargs: Any) -> int:
        """Return how many tests failed."""
        return len(result.failures) + len(result.errors) + len(result.unexpectedSuccesses)

    def get_databases(self, suite: unittest.TestSuite) -> dict[str, bool]:
        """Return the aliases that the tests use, and whether each needs its contents serialized."""
        databases: dict[str, bool] = {}
        for test in iter_test_cases(suite):
            wanted = getattr(test, "databases", None)
            if not wanted:
                continue
            names = list(connections) if wanted == "__all__" else wanted
            serialized = getattr(test, "serialized_rollback", False)
            for alias in names:
                databases[alias] = serialized or databases.get(alias, False)
        unused = set(connections) - set(databases)
        if unused:
            self.log(f"Skipping setup of unused database(s): {', '.join(sorted(unused))}.", logging.DEBUG)
        return databases

    def run_tests(self, test_labels: Iterable[str], **kwargs: Any) -> int:
        """Run everything; returns the number of failed tests."""
        self.setup_test_environment()
        suite = self.build_suite(test_labels)
        count = suite.countTestCases()
        self.log(f"Found {count} test(s).")
        databases = self.get_databases(suite)
        with self.time_keeper.timed("Total database setup"):
            old_config = self.setup_databases(
                aliases=databases, serialized_aliases={alias for alias, serialize in databases.items() if serialize}
            )
        run_failed = False
        result: Any = None
        try:
            self.run_checks(databases)
            result = self.run_suite(suite)
        except Exception:
            run_failed = True
            raise
        finally:
            try:
                with self.time_keeper.timed("Total database teardown"):
                    self.teardown_databases(old_config)
                self.teardown_test_environment()
            except Exception:
                # An error of the clean-up must not hide the error of the run.
                if not run_failed:
                    raise
        self.time_keeper.print_results()
        return self.suite_result(suite, result)


def _seed(value: str) -> int:
    return int(value)


def _try_import(label: str) -> tuple[bool, bool]:
    try:
        module = import_module(label)
    except (ImportError, TypeError, ValueError):
        return False, False
    return True, hasattr(module, "__path__")


def find_top_level(top_level: str) -> str:
    """Return the folder above the outermost package that contains *top_level*."""
    while os.path.exists(os.path.join(top_level, "__init__.py")):
        parent = os.path.dirname(top_level)
        if parent == top_level:
            break
        top_level = parent
    return top_level


def _is_load_error(test: Any) -> bool:
    return isinstance(test, unittest.loader._FailedTest)  # type: ignore[attr-defined]


def iter_test_cases(tests: Any) -> Iterator[Any]:
    """Yield every test of nested suites."""
    if isinstance(tests, str):
        raise TypeError(f"test {tests!r} must be a test case or test suite not string (was found in {tests!r})")
    for test in tests:
        if isinstance(test, str):
            raise TypeError(f"test {test!r} must be a test case or test suite not string (was found in {tests!r})")
        if isinstance(test, unittest.TestCase):
            yield test
        else:
            yield from iter_test_cases(test)


def filter_tests_by_tags(tests: Iterable[Any], tags: set[str], exclude_tags: set[str]) -> Iterator[Any]:
    """Yield the tests that have one of *tags* and none of *exclude_tags*."""
    for test in tests:
        if _is_load_error(test):
            yield test
            continue
        method = getattr(test, getattr(test, "_testMethodName", ""), None)
        found = set(getattr(test, "tags", ())) | set(getattr(method, "tags", ()))
        if (not tags or found & tags) and not found & exclude_tags:
            yield test


def reorder_tests(tests: Iterable[Any], classes: tuple[type, ...], reverse: bool = False) -> Iterator[Any]:
    """Yield tests by class: those of *classes* first, in that order, tests of one class together."""
    bins: list[dict[type, dict[Any, None]]] = [defaultdict(dict) for _ in range(len(classes) + 1)]
    for test in tests:
        rank = next((n for n, cls in enumerate(classes) if isinstance(test, cls)), len(classes))
        bins[rank][type(test)][test] = None
    for group in bins:
        ordered = [test for found in group.values() for test in found]
        yield from reversed(ordered) if reverse else ordered
