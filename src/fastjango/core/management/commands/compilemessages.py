"""``compilemessages``: compile catalogs, with msgfmt where it is installed, with Babel elsewhere."""

from __future__ import annotations

import codecs
import glob
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

from fastjango.conf import settings
from fastjango.core.management.base import BaseCommand, CommandError, CommandParser
from fastjango.core.management.utils import find_command, is_ignored_path, popen_wrapper

_BYTE_ORDER_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def has_bom(fn: Path) -> bool:
    """Tell whether a file begins with a byte order mark."""
    with fn.open("rb") as file:
        return file.read(4).startswith(_BYTE_ORDER_MARKS)


def is_dir_writable(path: str | Path) -> bool:
    """Tell whether files can be made in *path*."""
    try:
        with tempfile.NamedTemporaryFile(dir=path):
            return True
    except OSError:
        return False


class Command(BaseCommand):
    """Write a ``.mo`` beside each ``.po``."""

    help = "Compiles .po files to .mo files for use with builtin gettext support."
    requires_system_checks: Any = []

    program = "msgfmt"
    program_options = ["--check-format"]  # noqa: RUF012  as Django documents it

    def add_arguments(self, parser: CommandParser) -> None:
        """Choose languages and folders."""
        for names, text in (
            (("--locale", "-l"), "Locale to compile, for example de_AT; by default all."),
            (("--exclude", "-x"), "Locale to leave out."),
        ):
            parser.add_argument(*names, default=[], action="append", help=f"{text} Can be used multiple times.")
        parser.add_argument("--use-fuzzy", "-f", dest="fuzzy", action="store_true", help="Use fuzzy translations.")
        parser.add_argument(
            "--ignore",
            "-i",
            action="append",
            dest="ignore_patterns",
            default=[],
            metavar="PATTERN",
            help="Leaves out directories that match this glob-style pattern. Can be used multiple times.",
        )

    def handle(self, **options: Any) -> None:
        """Find the folders of catalogs and compile what lies in them."""
        self.verbosity = options["verbosity"]
        self.fuzzy = options["fuzzy"]
        if self.fuzzy:
            self.program_options = [*self.program_options, "-f"]
        folders = self._folders(options["ignore_patterns"])
        if not folders:
            raise CommandError(
                "There is no folder called locale here. Run the command in the tree of a project or an app, or with "
                "the settings module specified."
            )
        existing = [name for folder in folders for name in _languages(folder)]
        wanted = dict.fromkeys(options["locale"] or existing)
        locales = [name for name in wanted if name not in options["exclude"]]
        self.has_errors = False
        for folder in folders:
            catalogs = [os.path.join(folder, name, "LC_MESSAGES") for name in locales] if locales else [folder]
            locations = [
                (dirpath, filename)
                for catalog in catalogs
                for dirpath, _dirnames, filenames in os.walk(catalog)
                for filename in filenames
                if filename.endswith(".po")
            ]
            if locations:
                self.compile_messages(locations)
        if self.has_errors:
            raise CommandError("compilemessages generated one or more errors.")

    def _folders(self, ignore_patterns: Iterable[str]) -> list[str]:
        """Return the folders of catalogs: of this place, of the settings, and those further down."""
        found = [os.path.join("conf", "locale"), "locale"]
        if (
            settings.configured
            or os.environ.get("FASTJANGO_SETTINGS_MODULE")
            or os.environ.get("DJANGO_SETTINGS_MODULE")
        ):
            found.extend(os.fspath(path) for path in settings.LOCALE_PATHS)
        ignored = set(ignore_patterns)
        for dirpath, dirnames, _filenames in os.walk("."):
            dirnames[:] = [
                name for name in dirnames if not is_ignored_path(os.path.normpath(os.path.join(dirpath, name)), ignored)
            ]
            found.extend(os.path.join(dirpath, name) for name in dirnames if name == "locale")
        return list(dict.fromkeys(os.path.abspath(path) for path in found if os.path.isdir(path)))

    def compile_messages(self, locations: list[tuple[str, str]]) -> None:
        """Compile the catalogs at *locations*: pairs of folder and file name."""
        for number, (dirpath, filename) in enumerate(locations):
            po_path = Path(dirpath) / filename
            mo_path = po_path.with_suffix(".mo")
            if _is_current(mo_path, po_path):
                if self.verbosity > 0:
                    self.stdout.write(f"File “{po_path}” is already compiled and up to date.")
                continue
            if self.verbosity > 0:
                self.stdout.write(f"processing file {filename} in {dirpath}")
            if has_bom(po_path):
                self._report(
                    f"The {po_path} file has a BOM (Byte Order Mark). FastJango only supports .po files encoded in "
                    "UTF-8 and without any BOM."
                )
                continue
            if number == 0 and not is_dir_writable(mo_path.parent):
                self._report(
                    f"The po files under {dirpath} are in a seemingly not writable location. mo files will not be "
                    "updated/created."
                )
                return
            self._compile(po_path, mo_path)

    def _compile(self, po_path: Path, mo_path: Path) -> None:
        if find_command(self.program) is None:
            self._compile_with_babel(po_path, mo_path)
            return
        arguments = [self.program, *self.program_options, "-o", str(mo_path), str(po_path)]
        _output, errors, status = popen_wrapper(arguments)
        if status:
            self.has_errors = True
            if self.verbosity > 0:
                self.stderr.write(f"Execution of {self.program} failed{f': {errors}' if errors else ''}")

    def _compile_with_babel(self, po_path: Path, mo_path: Path) -> None:
        try:
            with po_path.open("rb") as source:
                catalog = read_po(source, abort_invalid=True)
            mistakes = [f"{message.id}: {error}" for message, errors in catalog.check() for error in errors]
            if not mistakes:
                with mo_path.open("wb") as target:
                    write_mo(target, catalog, use_fuzzy=self.fuzzy)
        except (PoFileError, ValueError) as exc:
            mistakes = [str(exc)]
        for mistake in mistakes:
            self._report(f"{po_path}: {mistake}")

    def _report(self, text: str) -> None:
        self.has_errors = True
        self.stderr.write(text)


def _languages(folder: str) -> list[str]:
    return sorted(os.path.basename(path) for path in glob.glob(os.path.join(folder, "*")) if os.path.isdir(path))


def _is_current(mo_path: Path, po_path: Path) -> bool:
    try:
        return mo_path.stat().st_mtime >= po_path.stat().st_mtime
    except FileNotFoundError:
        return False
