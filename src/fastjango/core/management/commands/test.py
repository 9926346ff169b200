"""``test``: find and run the project's tests."""

from __future__ import annotations

import sys
from typing import Any

from fastjango.conf import settings
from fastjango.core.management.base import BaseCommand, CommandParser
from fastjango.core.management.utils import get_command_line_option
from fastjango.utils.module_loading import import_string


class Command(BaseCommand):
    """Run tests with the runner that ``TEST_RUNNER`` names."""

    help = "Discover and run tests in the specified modules or the current directory."
    # The runner checks, after the databases exist.
    requires_system_checks: Any = []
    test_runner: str | None = None

    def run_from_argv(self, argv: list[str]) -> None:
        """Find the runner first: it has arguments of its own."""
        self.test_runner = get_command_line_option(argv, "--testrunner")
        super().run_from_argv(argv)

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the common options and those of the runner."""
        parser.add_argument(
            "args",
            metavar="test_label",
            nargs="*",
            help="Module paths to test; can be modulename, modulename.TestCase or modulename.TestCase.test_method",
        )
        parser.add_argument(
            "--noinput",
            "--no-input",
            action="store_false",
            dest="interactive",
            help="Tells FastJango to NOT prompt the user for input of any kind.",
        )
        parser.add_argument("--failfast", action="store_true", help="Stops the test suite after the first failure.")
        parser.add_argument(
            "--testrunner", help="Use the given test runner class instead of the one of the TEST_RUNNER setting."
        )
        runner = self._runner_class(self.test_runner)
        if hasattr(runner, "add_arguments"):
            runner.add_arguments(parser)

    def _runner_class(self, name: str | None) -> Any:
        return import_string(name or settings.TEST_RUNNER)

    def handle(self, *test_labels: Any, **options: Any) -> None:
        """Run, and exit with an error when a test fails."""
        runner = self._runner_class(options["testrunner"])(**options)
        failures = runner.run_tests(test_labels)
        if failures:
            sys.exit(1)
