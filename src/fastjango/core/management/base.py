"""
What a command is: ``BaseCommand`` with ``add_arguments`` and ``handle``, its output, its errors.

Comes behind ``runner.py``; the commands themselves are one file each in ``commands/`` and in apps.
"""

from __future__ import annotations

import argparse
import os
import sys
from argparse import ArgumentParser, HelpFormatter
from collections.abc import Callable, Iterable
from functools import partial, wraps
from inspect import iscoroutine
from io import TextIOBase
from typing import Any

import fastjango
from fastjango.core import checks
from fastjango.core.exceptions import ImproperlyConfigured
from fastjango.core.management.color import Style, color_style, no_style
from fastjango.db import DEFAULT_DB_ALIAS, connections
from fastjango.utils.worlds import run_coroutine

ALL_CHECKS = "__all__"


class CommandError(Exception):
    """Something went wrong that the person at the terminal should read; no traceback, exit status *returncode*."""

    def __init__(self, *args: Any, returncode: int = 1, **kwargs: Any) -> None:
        self.returncode = returncode
        super().__init__(*args, **kwargs)


class SystemCheckError(CommandError):
    """The system checks found errors."""


class CommandParser(ArgumentParser):
    """An argument parser that raises ``CommandError`` when it was called from code."""

    def __init__(
        self, *, missing_args_message: str | None = None, called_from_command_line: bool | None = None, **kwargs: Any
    ) -> None:
        self.missing_args_message = missing_args_message
        self.called_from_command_line = called_from_command_line
        super().__init__(**kwargs)

    def parse_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse, with the command's own message when nothing was given."""
        if self.missing_args_message and not (args or any(not arg.startswith("-") for arg in args or ())):
            self.error(self.missing_args_message)
        return super().parse_args(args, namespace)

    def error(self, message: str) -> Any:
        """Fail: by usage and exit on the command line, by exception elsewhere."""
        if self.called_from_command_line:
            super().error(message)
        raise CommandError(f"Error: {message}")

    def add_subparsers(self, **kwargs: Any) -> Any:
        """Add subcommands whose parsers behave like this one."""
        parser_class = kwargs.get("parser_class", type(self))
        if issubclass(parser_class, CommandParser):
            kwargs["parser_class"] = partial(parser_class, called_from_command_line=self.called_from_command_line)
        return super().add_subparsers(**kwargs)


def handle_default_options(options: Any) -> None:
    """Apply ``--settings`` and ``--pythonpath`` before anything else is imported."""
    if options.settings:
        os.environ["FASTJANGO_SETTINGS_MODULE"] = options.settings
        os.environ["DJANGO_SETTINGS_MODULE"] = options.settings
    if options.pythonpath:
        sys.path.insert(0, options.pythonpath)


def no_translations(handle_func: Callable[..., Any]) -> Callable[..., Any]:
    """Run ``handle`` without translation."""

    @wraps(handle_func)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        from fastjango.utils import translation

        saved = translation.get_language()
        translation.deactivate_all()
        try:
            return handle_func(*args, **kwargs)
        finally:
            if saved is not None:
                translation.activate(saved)

    return wrapper


class DjangoHelpFormatter(HelpFormatter):
    """Show a command's own options before the ones that every command has."""

    show_last = {
        "--version", "--verbosity", "--traceback", "--settings", "--pythonpath", "--no-color", "--force-color",
        "--skip-checks",
    }  # fmt: skip

    def _reordered_actions(self, actions: Iterable[Any]) -> list[Any]:
        return sorted(actions, key=lambda action: bool(set(action.option_strings) & self.show_last))

    def add_usage(self, usage: Any, actions: Any, *args: Any, **kwargs: Any) -> None:
        """Order the usage line."""
        super().add_usage(usage, self._reordered_actions(actions), *args, **kwargs)

    def add_arguments(self, actions: Any) -> None:
        """Order the list of options."""
        super().add_arguments(self._reordered_actions(actions))


class OutputWrapper(TextIOBase):
    """A stream that styles what is written and ends each message with a new line."""

    def __init__(self, out: Any, ending: str = "\n") -> None:
        self._out = out
        self.style_func = None
        self.ending = ending

    @property
    def style_func(self) -> Callable[[str], str]:
        """How text is styled where nothing else is said; only on a terminal."""
        return self._style_func

    @style_func.setter
    def style_func(self, style_func: Callable[[str], str] | None) -> None:
        self._style_func: Callable[[str], str] = style_func if style_func and self.isatty() else _same

    def __getattr__(self, name: str) -> Any:
        return getattr(self._out, name)

    def flush(self) -> None:
        """Flush the stream, if it can be."""
        if hasattr(self._out, "flush"):
            self._out.flush()

    def isatty(self) -> bool:
        """Return whether a person is looking."""
        return hasattr(self._out, "isatty") and bool(self._out.isatty())

    def write(self, msg: str = "", style_func: Callable[[str], str] | None = None, ending: str | None = None) -> int:
        """Write one message."""
        ending = self.ending if ending is None else ending
        if ending and not msg.endswith(ending):
            msg += ending
        self._out.write((style_func or self.style_func)(msg))
        return len(msg)


def _same(text: str) -> str:
    return text


class BaseCommand:
    """
    A command. Put a subclass called ``Command`` into ``<app>/management/commands/<name>.py``.

        class Command(BaseCommand):
            help = "Close old orders"

            def add_arguments(self, parser):
                parser.add_argument("--days", type=int, default=30)

            def handle(self, *args, **options):
                self.stdout.write(self.style.SUCCESS("done"))
    """

    help: Any = ""
    _called_from_command_line = False
    output_transaction = False
    requires_migrations_checks = False
    requires_system_checks: Any = ALL_CHECKS
    base_stealth_options = ("stderr", "stdout")
    stealth_options: tuple[str, ...] = ()
    suppressed_base_arguments: set[str] = set()
    missing_args_message: str | None = None
    style: Style

    def __init__(
        self, stdout: Any = None, stderr: Any = None, no_color: bool = False, force_color: bool = False
    ) -> None:
        self.stdout: Any = OutputWrapper(stdout or sys.stdout)
        self.stderr: Any = OutputWrapper(stderr or sys.stderr)
        if no_color and force_color:
            raise CommandError("'no_color' and 'force_color' can't be used together.")
        if no_color:
            self.style = no_style()
        else:
            self.style = color_style(force_color)
            self.stderr.style_func = self.style.ERROR
        if not isinstance(self.requires_system_checks, (list, tuple)) and self.requires_system_checks != ALL_CHECKS:
            raise TypeError("requires_system_checks must be a list or tuple.")

    def get_version(self) -> str:
        """Return what ``--version`` prints."""
        return fastjango.get_version()

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Return the parser with the options of every command and of this one."""
        kwargs.setdefault("formatter_class", DjangoHelpFormatter)
        parser = CommandParser(
            prog=f"{os.path.basename(prog_name)} {subcommand}",
            description=self.help or None,
            missing_args_message=getattr(self, "missing_args_message", None),
            called_from_command_line=getattr(self, "_called_from_command_line", None),
            **kwargs,
        )
        self.add_base_argument(
            parser,
            "--version",
            action="version",
            version=self.get_version(),
            help="Show program's version number and exit.",
        )
        self.add_base_argument(
            parser, "-v", "--verbosity", default=1, type=int, choices=[0, 1, 2, 3],
            help="Verbosity level; 0=minimal output, 1=normal output, 2=verbose output, 3=very verbose output",
        )  # fmt: skip
        self.add_base_argument(
            parser, "--settings",
            help='The Python path to a settings module, e.g. "myproject.settings.main". If this isn\'t provided, the '
            "FASTJANGO_SETTINGS_MODULE environment variable will be used.",
        )  # fmt: skip
        self.add_base_argument(
            parser, "--pythonpath",
            help='A directory to add to the Python path, e.g. "/home/djangoprojects/myproject".',
        )  # fmt: skip
        self.add_base_argument(
            parser, "--traceback", action="store_true", help="Display a full stack trace on CommandError exceptions."
        )
        self.add_base_argument(parser, "--no-color", action="store_true", help="Don't colorize the command output.")
        self.add_base_argument(
            parser, "--force-color", action="store_true", help="Force colorization of the command output."
        )
        if self.requires_system_checks:
            parser.add_argument("--skip-checks", action="store_true", help="Skip system checks.")
        self.add_arguments(parser)
        return parser

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the command's own arguments."""

    def add_base_argument(self, parser: CommandParser, *args: Any, **kwargs: Any) -> None:
        """Add an option of every command; its help is hidden where the command suppresses it."""
        if self.suppressed_base_arguments & set(args):
            kwargs["help"] = argparse.SUPPRESS
        parser.add_argument(*args, **kwargs)

    def print_help(self, prog_name: str, subcommand: str) -> None:
        """Print the command's help."""
        self.create_parser(prog_name, subcommand).print_help()

    def run_from_argv(self, argv: list[str]) -> None:
        """Run from the command line: parse, execute, print an error and exit."""
        self._called_from_command_line = True
        parser = self.create_parser(argv[0], argv[1])
        options = parser.parse_args(argv[2:])
        cmd_options = vars(options)
        args = cmd_options.pop("args", ())
        handle_default_options(options)
        try:
            self.execute(*args, **cmd_options)
        except (CommandError, ImproperlyConfigured) as exc:
            # Settings that do not fit are mended in the settings; where it was noticed helps nobody.
            if options.traceback:
                raise
            if isinstance(exc, SystemCheckError):
                self.stderr.write(str(exc), _same)
            else:
                self.stderr.write(f"{exc.__class__.__name__}: {exc}")
                for note in getattr(exc, "__notes__", ()):
                    self.stderr.write(str(note))
            sys.exit(getattr(exc, "returncode", 1))
        finally:
            try:
                connections.close_all()
            except ImproperlyConfigured:
                # A command may well run without any database.
                pass

    def execute(self, *args: Any, **options: Any) -> Any:
        """Run checks and ``handle``; returns and prints what it returns."""
        if options.get("force_color") and options.get("no_color"):
            raise CommandError("The --no-color and --force-color options can't be used together.")
        if options.get("force_color"):
            self.style = color_style(force_color=True)
        elif options.get("no_color"):
            self.style = no_style()
            self.stderr.style_func = None
        if options.get("stdout"):
            self.stdout = OutputWrapper(options["stdout"])
        if options.get("stderr"):
            self.stderr = OutputWrapper(options["stderr"])
        if self.requires_system_checks and not options.get("skip_checks"):
            self.check(**self.get_check_kwargs(options))
        if self.requires_migrations_checks:
            self.check_migrations()
        output = self.handle(*args, **options)
        if iscoroutine(output):
            output = run_coroutine(output)
        if output:
            if self.output_transaction:
                connection = connections[options.get("database", DEFAULT_DB_ALIAS)]
                output = f"{self.style.SQL_KEYWORD(connection.ops.start_transaction_sql())}\n{output}\n{self.style.SQL_KEYWORD(connection.ops.end_transaction_sql())}"
            self.stdout.write(output)
        return output

    def get_check_kwargs(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return how ``check()`` is called before the command."""
        return {} if self.requires_system_checks == ALL_CHECKS else {"tags": self.requires_system_checks}

    def check(
        self,
        app_configs: Any = None,
        tags: Any = None,
        display_num_errors: bool = False,
        include_deployment_checks: bool = False,
        fail_level: int = checks.ERROR,
        databases: Any = None,
    ) -> None:
        """
        Run the system checks and print what they found.

        Raises:
            SystemCheckError: Something of *fail_level* or worse was found.
        """
        found = checks.run_checks(
            app_configs=app_configs,
            tags=tags,
            include_deployment_checks=include_deployment_checks,
            databases=databases,
        )
        visible = [message for message in found if not message.is_silenced()]
        body = "".join(self._check_groups(visible))
        header = "System check identified some issues:\n" if visible else ""
        footer = ""
        if display_num_errors:
            if visible:
                footer += "\n"
            count = "no issues" if not visible else ("1 issue" if len(visible) == 1 else f"{len(visible)} issues")
            footer += f"System check identified {count} ({len(found) - len(visible)} silenced)."
        if any(message.is_serious(fail_level) and not message.is_silenced() for message in found):
            raise SystemCheckError(self.style.ERROR(f"SystemCheckError: {header}") + body + footer)
        msg = header + body + footer
        if msg:
            if visible:
                self.stderr.write(msg, _same)
            else:
                self.stdout.write(msg)

    def _check_groups(self, visible: list[Any]) -> Iterable[str]:
        bounds = [
            ("CRITICALS", checks.CRITICAL, 10**6),
            ("ERRORS", checks.ERROR, checks.CRITICAL),
            ("WARNINGS", checks.WARNING, checks.ERROR),
            ("INFOS", checks.INFO, checks.WARNING),
            ("DEBUGS", 0, checks.INFO),
        ]
        for name, low, high in bounds:
            issues = [message for message in visible if low <= message.level < high]
            if issues:
                lines = sorted(
                    self.style.ERROR(str(message)) if message.is_serious() else self.style.WARNING(str(message))
                    for message in issues
                )
                yield f"\n{name}:\n" + "\n".join(lines) + "\n"

    def check_migrations(self) -> None:
        """Print a notice when migrations of the default database are not applied."""
        from fastjango.db.migrations.executor import MigrationExecutor

        try:
            executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
        except ImproperlyConfigured:
            return
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if plan:
            apps_waiting = sorted({migration.app_label for migration, _ in plan})
            self.stdout.write(
                self.style.NOTICE(
                    f"\nYou have {len(plan)} unapplied migration(s). Your project may not work properly until you "
                    f"apply the migrations for app(s): {', '.join(apps_waiting)}."
                )
            )
            self.stdout.write(self.style.NOTICE("Run 'python manage.py migrate' to apply them."))

    def handle(self, *args: Any, **options: Any) -> Any:
        """Do the work; what it returns is printed. It may be ``async def``."""
        raise NotImplementedError("subclasses of BaseCommand must provide a handle() method")


class AppCommand(BaseCommand):
    """A command that takes app labels."""

    missing_args_message = "Enter at least one application label."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take one or more app labels."""
        parser.add_argument("args", metavar="app_label", nargs="+", help="One or more application label.")

    def handle(self, *app_labels: Any, **options: Any) -> Any:
        """Call ``handle_app_config`` for each."""
        from fastjango.apps import apps

        try:
            app_configs = [apps.get_app_config(app_label) for app_label in app_labels]
        except (LookupError, ImportError) as exc:
            raise CommandError(f"{exc}. Are you sure your INSTALLED_APPS setting is correct?") from exc
        output = [self.handle_app_config(config, **options) for config in app_configs]
        return "\n".join(text for text in output if text)

    def handle_app_config(self, app_config: Any, **options: Any) -> Any:
        """Do the work for one app."""
        raise NotImplementedError("Subclasses of AppCommand must provide a handle_app_config() method.")


class LabelCommand(BaseCommand):
    """A command that takes labels of some kind."""

    label = "label"
    missing_args_message: str = "Enter at least one %s."

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.missing_args_message == LabelCommand.missing_args_message:
            self.missing_args_message = LabelCommand.missing_args_message % self.label

    def add_arguments(self, parser: CommandParser) -> None:
        """Take one or more labels."""
        parser.add_argument("args", metavar=self.label, nargs="+")

    def handle(self, *labels: Any, **options: Any) -> Any:
        """Call ``handle_label`` for each."""
        output = [self.handle_label(label, **options) for label in labels]
        return "\n".join(text for text in output if text)

    def handle_label(self, label: str, **options: Any) -> Any:
        """Do the work for one label."""
        raise NotImplementedError("subclasses of LabelCommand must provide a handle_label() method")
