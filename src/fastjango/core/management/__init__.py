"""
Management commands: ``fastjango-admin``, ``manage.py``, ``python -m fastjango`` and ``call_command()``.

``runner.py`` finds and starts commands, ``base.py`` what a command is, ``color.py`` its styles, ``commands/`` one file
each. This module imports almost nothing, so that ``--version`` answers at once.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fastjango.core.management.base import (
        BaseCommand,
        CommandError,
        CommandParser,
        handle_default_options,
    )
    from fastjango.core.management.runner import (
        ManagementUtility,
        call_command,
        find_commands,
        get_commands,
        load_command_class,
    )

_HOMES = {
    "BaseCommand": "base",
    "CommandError": "base",
    "CommandParser": "base",
    "handle_default_options": "base",
    "ManagementUtility": "runner",
    "call_command": "runner",
    "find_commands": "runner",
    "get_commands": "runner",
    "load_command_class": "runner",
}

__all__ = [
    "BaseCommand",
    "CommandError",
    "CommandParser",
    "ManagementUtility",
    "call_command",
    "execute_from_command_line",
    "find_commands",
    "get_commands",
    "handle_default_options",
    "load_command_class",
]


def execute_from_command_line(argv: list[str] | None = None) -> None:
    """Run the command that the arguments name."""
    arguments = sys.argv if argv is None else argv
    if arguments[1:] in (["--version"], ["version"]):
        from fastjango import get_version

        sys.stdout.write(get_version() + "\n")
        return
    from fastjango.core.management.runner import ManagementUtility

    ManagementUtility(arguments).execute()


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{home}"), name)
