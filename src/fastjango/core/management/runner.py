"""
Find and start commands.

``ManagementUtility`` is behind the command line, ``call_command`` is the same from code.
"""

from __future__ import annotations

import functools
import os
import pkgutil
import sys
from argparse import _SubParsersAction
from collections import defaultdict
from collections.abc import Iterator
from difflib import get_close_matches
from importlib import import_module
from typing import Any

import fastjango
from fastjango.apps import apps
from fastjango.conf import settings
from fastjango.core.exceptions import ImproperlyConfigured
from fastjango.core.management.base import BaseCommand, CommandError, CommandParser, handle_default_options
from fastjango.core.management.color import color_style


def find_commands(management_dir: str) -> list[str]:
    """Return the names of the commands in a ``management`` folder."""
    folder = os.path.join(management_dir, "commands")
    return [name for _, name, is_pkg in pkgutil.iter_modules([folder]) if not is_pkg and not name.startswith("_")]


def load_command_class(app_name: str, name: str) -> BaseCommand:
    """Return an instance of the command."""
    module = import_module(f"{app_name}.management.commands.{name}")
    command: BaseCommand = module.Command()
    return command


@functools.cache
def get_commands() -> dict[str, Any]:
    """Return ``{command: app that has it}``; an app that comes first in ``INSTALLED_APPS`` wins over later ones."""
    commands: dict[str, Any] = dict.fromkeys(find_commands(os.path.dirname(__file__)), "fastjango.core")
    if not settings.configured:
        return commands
    for app_config in reversed(list(apps.get_app_configs())):
        path = os.path.join(app_config.path, "management")
        commands.update(dict.fromkeys(find_commands(path), app_config.name))
    return commands


def _defaults_and_required(
    parser: CommandParser, command: BaseCommand, options: dict[str, Any]
) -> tuple[dict[str, Any], list[str]]:
    """Map option names to destinations; render the required options that were given by keyword."""
    opt_mapping = _destinations(parser)
    arg_options = {opt_mapping.get(key, key): value for key, value in options.items()}
    parse_args: list[str] = []
    exclusive = {
        action for group in parser._mutually_exclusive_groups if group.required for action in group._group_actions
    }
    for action in _walk_actions(parser):
        if action.dest not in options or not (action.required or action in exclusive):
            continue
        if not action.option_strings:
            continue
        if list(opt_mapping.values()).count(action.dest) > 1:
            raise TypeError(f"Cannot pass the dest {action.dest!r} that matches multiple arguments via **options.")
        value = arg_options[action.dest]
        flag = min(action.option_strings)
        if action.const is not None or action.nargs == 0:
            parse_args.append(flag)
        elif isinstance(value, (list, tuple)):
            parse_args += [flag, *map(str, value)]
        else:
            parse_args.append(f"{flag}={value}")
    return arg_options, parse_args


def _destinations(parser: CommandParser) -> dict[str, str]:
    """Return where each option goes, by the name that a keyword argument has."""
    return {
        max(action.option_strings, key=len).lstrip("-").replace("-", "_"): action.dest
        for action in parser._actions
        if action.option_strings
    }


def _walk_actions(parser: Any) -> Iterator[Any]:
    for action in parser._actions:
        if isinstance(action, _SubParsersAction):
            for sub in action.choices.values():
                yield from _walk_actions(sub)
        else:
            yield action


def call_command(command_name: Any, *args: Any, **options: Any) -> Any:
    """
    Run a command from code and return what its ``handle`` returned.

    Raises:
        CommandError: There is no such command, or it failed.
        TypeError: It has no such option.
    """
    if isinstance(command_name, BaseCommand):
        command = command_name
        name = command.__class__.__module__.split(".")[-1]
    else:
        name = command_name[0] if isinstance(command_name, (list, tuple)) else command_name
        try:
            app_name = get_commands()[name]
        except KeyError:
            raise CommandError(f"Unknown command: {name!r}") from None
        command = app_name if isinstance(app_name, BaseCommand) else load_command_class(app_name, name)
    parser = command.create_parser("", name)
    arg_options, parse_args = _defaults_and_required(parser, command, options)
    texts: list[str] = []
    for arg in args:
        texts += map(str, arg) if isinstance(arg, (list, tuple)) else [str(arg)]
    defaults = vars(parser.parse_args(args=texts + parse_args))
    defaults = dict(defaults, **arg_options)
    known = {action.dest for action in _walk_actions(parser)}
    stealth = set(command.base_stealth_options + command.stealth_options)
    unknown = set(options) - (known | stealth | set(_option_names(parser)))
    if unknown:
        raise TypeError(
            "Unknown option(s) for {} command: {}. Valid options are: {}.".format(
                name, ", ".join(sorted(unknown)), ", ".join(sorted(known | stealth | set(_destinations(parser))))
            )
        )
    positional = defaults.pop("args", ())
    if "skip_checks" not in options:
        defaults["skip_checks"] = True
    return command.execute(*positional, **defaults)


def _option_names(parser: CommandParser) -> Iterator[str]:
    for action in _walk_actions(parser):
        for option in action.option_strings:
            yield option.lstrip("-").replace("-", "_")


class ManagementUtility:
    """The command line: finds the command, sets FastJango up, runs it."""

    def __init__(self, argv: list[str] | None = None) -> None:
        self.argv = argv or sys.argv[:]
        self.prog_name = os.path.basename(self.argv[0])
        if self.prog_name == "__main__.py":
            self.prog_name = "python -m fastjango"
        self.settings_exception: Exception | None = None

    def main_help_text(self, commands_only: bool = False) -> str:
        """Return the overview of all commands."""
        if commands_only:
            return "\n".join(sorted(get_commands()))
        usage = [
            "",
            f"Type '{self.prog_name} help <subcommand>' for help on a specific subcommand.",
            "",
            "Available subcommands:",
        ]
        by_app: dict[str, list[str]] = defaultdict(list)
        for name, app in get_commands().items():
            by_app["fastjango" if app == "fastjango.core" else app.rpartition(".")[-1]].append(name)
        style = color_style()
        for app in sorted(by_app):
            usage += ["", style.NOTICE(f"[{app}]"), *(f"    {name}" for name in sorted(by_app[app]))]
        if self.settings_exception is not None:
            usage.append(
                style.NOTICE(
                    "Note that only Django core commands are listed as settings are not properly configured "
                    f"(error: {self.settings_exception})."
                )
            )
        return "\n".join(usage)

    def fetch_command(self, subcommand: str) -> BaseCommand:
        """Return the command, or say what was probably meant and exit."""
        commands = get_commands()
        try:
            app_name = commands[subcommand]
        except KeyError:
            if os.environ.get("FASTJANGO_SETTINGS_MODULE") or os.environ.get("DJANGO_SETTINGS_MODULE"):
                # A settings module that cannot be imported is the likelier reason: say that.
                settings.INSTALLED_APPS  # noqa: B018
            elif not settings.configured:
                sys.stderr.write("No Django settings specified.\n")
            close = get_close_matches(subcommand, commands)
            sys.stderr.write(f"Unknown command: {subcommand!r}")
            if close:
                sys.stderr.write(f". Did you mean {close[0]}?")
            sys.stderr.write(f"\nType '{self.prog_name} help' for usage.\n")
            sys.exit(1)
        return app_name if isinstance(app_name, BaseCommand) else load_command_class(app_name, subcommand)

    def execute(self) -> None:
        """Run what the arguments say."""
        subcommand = self.argv[1] if len(self.argv) > 1 else "help"
        parser = CommandParser(
            prog=self.prog_name, usage="%(prog)s subcommand [options] [args]", add_help=False, allow_abbrev=False
        )
        parser.add_argument("--settings")
        parser.add_argument("--pythonpath")
        parser.add_argument("args", nargs="*")
        try:
            options, _ = parser.parse_known_args(self.argv[2:])
            handle_default_options(options)
        except CommandError:
            # Told by the command's own parser.
            options = None
        try:
            settings.INSTALLED_APPS  # noqa: B018
        except (ImproperlyConfigured, ImportError) as exc:
            self.settings_exception = exc
        if settings.configured and not self._set_up(subcommand):
            load_command_class("fastjango.core", "runserver").run_from_argv(self.argv)
        elif subcommand == "help":
            self._help(options)
        elif subcommand == "version" or self.argv[1:] == ["--version"]:
            sys.stdout.write(fastjango.get_version() + "\n")
        elif self.argv[1:] in (["--help"], ["-h"]):
            sys.stdout.write(self.main_help_text() + "\n")
        else:
            self.fetch_command(subcommand).run_from_argv(self.argv)

    def _set_up(self, subcommand: str) -> bool:
        """Set the project up; False for the process that watches files, where the project has a mistake."""
        watches = subcommand == "runserver" and "--noreload" not in self.argv
        try:
            fastjango.setup()
        except Exception:
            # The child tells what is wrong, and is started again when that is mended.
            if not watches or os.environ.get("FASTJANGO_RELOADED") == "true":
                raise
            return False
        return True

    def _help(self, options: Any) -> None:
        if "--commands" in self.argv:
            sys.stdout.write(self.main_help_text(commands_only=True) + "\n")
        elif options is None or not options.args:
            sys.stdout.write(self.main_help_text() + "\n")
        else:
            self.fetch_command(options.args[0]).print_help(self.prog_name, options.args[0])
