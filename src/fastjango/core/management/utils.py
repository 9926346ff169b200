"""Small things that commands share, at Django's path."""

from __future__ import annotations

import fnmatch
import os
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path
from subprocess import run
from typing import Any

from fastjango.apps import apps as installed_apps
from fastjango.core.management.base import CommandError
from fastjango.utils.crypto import get_random_string
from fastjango.utils.encoding import DEFAULT_LOCALE_ENCODING

#: Begins a key that ``startproject`` made; ``check --deploy`` refuses it.
SECRET_KEY_INSECURE_PREFIX = "django-insecure-"


def popen_wrapper(args: list[str], stdout_encoding: str = "utf-8") -> tuple[str, str, int]:
    """Run a program and return its output, its errors and its exit status."""
    try:
        done = run(args, capture_output=True, close_fds=os.name != "nt", check=False)
    except OSError as exc:
        raise CommandError(f"Error executing {args[0]}") from exc
    return (
        done.stdout.decode(stdout_encoding),
        done.stderr.decode(DEFAULT_LOCALE_ENCODING, errors="replace"),
        done.returncode,
    )


def handle_extensions(extensions: Iterable[str]) -> set[str]:
    """Split ``-e js,txt -e xhtml`` into a set of extensions with their dots."""
    names = {part for extension in extensions for part in extension.replace(" ", "").split(",")}
    return {name if name.startswith(".") else f".{name}" for name in names}


def find_command(cmd: str, path: Any = None, pathext: Any = None) -> str | None:
    """Return where a program lies."""
    return shutil.which(cmd, path=path)


def get_random_secret_key() -> str:
    """Return a new ``SECRET_KEY``: 50 characters."""
    return get_random_string(50, "abcdefghijklmnopqrstuvwxyz0123456789!@#$%^&*(-_=+)")


def parse_apps_and_model_labels(labels: Iterable[str]) -> tuple[set[Any], set[Any]]:
    """Return the models and the app configurations that labels name."""
    apps: set[Any] = set()
    models: set[Any] = set()
    for label in labels:
        try:
            if "." in label:
                models.add(installed_apps.get_model(label))
            else:
                apps.add(installed_apps.get_app_config(label))
        except LookupError as exc:
            what = "model" if "." in label else "app"
            raise CommandError(f"Unknown {what}: {label}" if what == "model" else str(exc)) from exc
    return models, apps


def get_command_line_option(argv: list[str], option: str) -> str | None:
    """Return the value of an option in *argv* before the real parser runs."""
    from fastjango.core.management.base import CommandParser

    parser = CommandParser(add_help=False, allow_abbrev=False)
    parser.add_argument(option, dest="value")
    try:
        options, _ = parser.parse_known_args(argv[2:])
    except CommandError:
        return None
    value: str | None = options.value
    return value


def normalize_path_patterns(patterns: Iterable[str]) -> list[str]:
    """Return glob patterns with a trailing ``/*`` removed, for folders."""
    normal = []
    for pattern in (os.path.normcase(p) for p in patterns):
        for sep in {os.sep, "/"}:
            if pattern.endswith(sep + "*"):
                pattern = pattern[: -len(sep + "*")]
                break
        normal.append(pattern)
    return normal


def is_ignored_path(path: str, ignore_patterns: Iterable[str]) -> bool:
    """Return whether a path's name, or the whole path, matches one of the patterns."""
    found = Path(path)
    patterns = normalize_path_patterns(ignore_patterns)
    return any(
        fnmatch.fnmatchcase(found.name, pattern) or fnmatch.fnmatchcase(str(found), pattern) for pattern in patterns
    )


def find_formatters() -> dict[str, str | None]:
    """Return the path of the code formatter that is installed beside the interpreter, if any."""
    return {"black_path": shutil.which("black"), "ruff_path": shutil.which("ruff")}


def run_formatters(
    written_files: Iterable[str],
    black_path: str | None = None,
    ruff_path: str | None = None,
    stderr: Any = None,
) -> None:
    """Format generated files where a formatter is installed; one that does not start is reported on *stderr*."""
    files = list(written_files)
    if not files or not (black_path or ruff_path):
        return
    command = [black_path, "--fast", "--"] if black_path else [str(ruff_path), "format", "--"]
    try:
        run([*command, *files], capture_output=True, check=False)
    except OSError as exc:
        (stderr or sys.stderr).write(f"Formatters failed to launch: {exc}\n")
