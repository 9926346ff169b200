"""``makemessages``: gather the texts to translate into catalogs, with the tools of GNU gettext."""

from __future__ import annotations

import os
import re
import sys
from functools import cached_property
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from fastjango.conf import settings
from fastjango.core.exceptions import ImproperlyConfigured
from fastjango.core.management.base import BaseCommand, CommandError, CommandParser
from fastjango.core.management.message_files import (
    BuildFile,
    TranslatableFile,
    check_programs,
    gettext_tool,
    is_valid_locale,
    normalize_eols,
    proposed_locale,
    with_plural_forms,
    write_pot_file,
)
from fastjango.core.management.utils import handle_extensions, is_ignored_path, popen_wrapper
from fastjango.utils.encoding import DEFAULT_LOCALE_ENCODING
from fastjango.utils.text import get_text_list

__all__ = ["NO_LOCALE_DIR", "BuildFile", "Command", "TranslatableFile", "check_programs", "write_pot_file"]

#: Stands for the folder of a file that has none.
NO_LOCALE_DIR = object()

_DEFAULT_IGNORES = ("CVS", ".*", "*~", "*.pyc")
_KEYWORDS = ("gettext_noop", "gettext_lazy", "ngettext_lazy:1,2", "pgettext:1c,2", "npgettext:1c,2,3")
_DOMAINS = {
    "django": ("Python", (*_KEYWORDS, "pgettext_lazy:1c,2", "npgettext_lazy:1c,2,3"), ("html", "txt", "py")),
    "djangojs": ("JavaScript", _KEYWORDS, ("js",)),
}
_VERSION = re.compile(r"(\d+)\.(\d+)\.?(\d+)?")


class Command(BaseCommand):
    """Read the files below the current folder, and bring the catalogs up to date."""

    help = (
        "Pulls the strings marked for translation out of the files below the current directory, and creates or "
        "updates the message files in the locale directories of the apps and of the project. "
        "One of --locale, --exclude and --all is required."
    )
    requires_system_checks: Any = []

    translatable_file_class: type[TranslatableFile] = TranslatableFile
    build_file_class: type[BuildFile] = BuildFile

    # For subclasses: arguments of gettext's programs.
    msgmerge_options = ["-q", "--backup=none", "--previous", "--update"]  # noqa: RUF012  as Django documents it
    msguniq_options = ["--to-code=utf-8"]  # noqa: RUF012
    msgattrib_options = ["--no-obsolete"]  # noqa: RUF012
    xgettext_options = ["--from-code=UTF-8", "--add-comments=Translators"]  # noqa: RUF012

    domain: str
    verbosity: int
    extensions: Any
    symlinks: bool
    ignore_patterns: list[str]
    locale_paths: list[str]
    default_locale_path: str | None
    invoked_for_django = False

    def add_arguments(self, parser: CommandParser) -> None:
        """Choose languages, files and what the catalogs show."""
        for names, text in (
            (("--locale", "-l"), "Creates or updates the message files for this locale, for example pt_BR."),
            (("--exclude", "-x"), "Locale to leave out."),
        ):
            parser.add_argument(*names, default=[], action="append", help=f"{text} Can be used multiple times.")
        parser.add_argument(
            "--domain", "-d", default="django", help='Domain of the message files: "django" or "djangojs".'
        )
        parser.add_argument(
            "--all", "-a", action="store_true", help="Updates the message files of all existing locales."
        )
        parser.add_argument(
            "--extension",
            "-e",
            dest="extensions",
            action="append",
            help='File extensions to read (default: "html,txt,py", or "js" for the domain "djangojs"), separated by '
            "commas. Can be used multiple times.",
        )
        parser.add_argument("--symlinks", "-s", action="store_true", help="Follows symbolic links to directories.")
        parser.add_argument(
            "--ignore",
            "-i",
            action="append",
            dest="ignore_patterns",
            default=[],
            metavar="PATTERN",
            help="Leaves out files and directories that match this glob-style pattern. Can be used multiple times.",
        )
        parser.add_argument(
            "--no-default-ignore",
            action="store_false",
            dest="use_default_ignore_patterns",
            help="Reads also what matches 'CVS', '.*', '*~' and '*.pyc'.",
        )
        parser.add_argument("--no-wrap", action="store_true", help="Keeps long messages on one line.")
        parser.add_argument("--no-location", action="store_true", help="Leaves out the lines '#: filename:line'.")
        parser.add_argument(
            "--add-location",
            choices=("full", "file", "never"),
            const="full",
            nargs="?",
            help="How the lines '#: filename:line' are written: in full, without the number, or never.",
        )
        parser.add_argument("--no-obsolete", action="store_true", help="Removes messages that are no longer used.")
        parser.add_argument("--keep-pot", action="store_true", help="Keeps the .pot file, to look for mistakes.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Find the files and the folders, then write the catalogs of each language."""
        self._take_options(options)
        if not options["locale"] and not options["exclude"] and not options["all"]:
            raise CommandError(f"Type '{os.path.basename(sys.argv[0])} help {sys.argv[1]}' for usage information.")
        if self.verbosity > 1:
            names = get_text_list(sorted(self.extensions), "and")
            self.stdout.write(f"examining files with the extensions: {names}")
        self._find_locale_paths()
        locales = self._locales(options)
        if locales:
            check_programs("msguniq", "msgmerge", "msgattrib")
        check_programs("xgettext")
        try:
            potfiles = self.build_potfiles()
            for locale in locales:
                self._write_locale(locale, potfiles)
        finally:
            if not self.keep_pot:
                self.remove_potfiles()

    def _take_options(self, options: dict[str, Any]) -> None:
        self.domain = options["domain"]
        self.verbosity = options["verbosity"]
        self.symlinks = options["symlinks"]
        self.no_obsolete = options["no_obsolete"]
        self.keep_pot = options["keep_pot"]
        if self.domain not in _DOMAINS:
            raise CommandError("currently makemessages only supports domains 'django' and 'djangojs'")
        self.extensions = handle_extensions(options["extensions"] or _DOMAINS[self.domain][2])
        ignored = {*options["ignore_patterns"]}
        if options["use_default_ignore_patterns"]:
            ignored.update(_DEFAULT_IGNORES)
        self.ignore_patterns = sorted(ignored)
        shared = []
        if options["no_wrap"]:
            shared.append("--no-wrap")
        if options["no_location"]:
            shared.append("--no-location")
        if options["add_location"]:
            shared.append(f"--add-location={options['add_location']}")
        for name in ("msgmerge_options", "msguniq_options", "msgattrib_options", "xgettext_options"):
            setattr(self, name, [*getattr(self, name), *shared])

    def _find_locale_paths(self) -> None:
        """Choose the folders of catalogs that are known before the files are looked at."""
        self.locale_paths = []
        self.default_locale_path = None
        own = os.path.join("conf", "locale")
        self.invoked_for_django = os.path.isdir(own)
        if self.invoked_for_django:
            # The tree of a framework, whose own script for browsers is no source of texts.
            self.locale_paths = [os.path.abspath(own)]
            self.ignore_patterns.append("views/templates/i18n_catalog.js")
        else:
            if self.settings_available:
                self.locale_paths.extend(os.fspath(path) for path in settings.LOCALE_PATHS)
            if os.path.isdir("locale"):
                self.locale_paths.append(os.path.abspath("locale"))
        if self.locale_paths:
            self.default_locale_path = self.locale_paths[0]
            os.makedirs(self.default_locale_path, exist_ok=True)

    def _locales(self, options: dict[str, Any]) -> list[str]:
        existing: list[str] = []
        if self.default_locale_path:
            folders = (entry for entry in os.scandir(self.default_locale_path) if entry.is_dir())
            existing = sorted(entry.name for entry in folders if re.match(r"[a-z]{2}", entry.name))
        if options["all"]:
            return existing
        return [name for name in dict.fromkeys(options["locale"] or existing) if name not in options["exclude"]]

    def _write_locale(self, locale: str, potfiles: list[str]) -> None:
        if not is_valid_locale(locale):
            proposal = proposed_locale(locale)
            question = f", did you mean {proposal}?" if proposal else ""
            self.stdout.write(f"invalid locale {locale}{question}")
            return
        if self.verbosity > 0:
            self.stdout.write(f"processing locale {locale}")
        for potfile in potfiles:
            self.write_po_file(potfile, locale)

    @cached_property
    def gettext_version(self) -> tuple[int, ...]:
        """The version of gettext's programs."""
        # They speak the encoding of the system when they tell it.
        output, _errors, _status = popen_wrapper(["xgettext", "--version"], stdout_encoding=DEFAULT_LOCALE_ENCODING)
        match = _VERSION.search(output)
        if match is None:
            raise CommandError("Unable to get gettext version. Is it installed?")
        return tuple(int(number) for number in match.groups() if number is not None)

    @cached_property
    def settings_available(self) -> bool:
        """Whether there is a project with settings; the command also runs in the folder of a lone app."""
        try:
            return settings.LOCALE_PATHS is not None
        except ImproperlyConfigured:
            if self.verbosity > 1:
                self.stderr.write("Running without configured settings.")
            return False

    def _warn(self, text: str) -> None:
        if self.verbosity > 0:
            self.stdout.write(text)

    def build_potfiles(self) -> list[str]:
        """Read all files, and return the template catalogs made of them, each message once."""
        files = self.find_files(".")
        self.remove_potfiles()
        self.process_files(files)
        potfiles = []
        for potfile in self._potfiles():
            if os.path.exists(potfile):
                msgs = gettext_tool(["msguniq", *self.msguniq_options, potfile], self._warn)
                Path(potfile).write_text(normalize_eols(msgs), encoding="utf-8")
                potfiles.append(potfile)
        return potfiles

    def _potfiles(self) -> list[str]:
        return [os.path.join(path, f"{self.domain}.pot") for path in self.locale_paths]

    def remove_potfiles(self) -> None:
        """Remove the template catalogs."""
        for potfile in self._potfiles():
            if os.path.exists(potfile):
                os.unlink(potfile)

    def find_files(self, root: str) -> list[TranslatableFile]:
        """Return the files below *root* to read, in order; folders called ``locale`` are noted on the way."""
        found = []
        roots = (settings.MEDIA_ROOT, settings.STATIC_ROOT) if self.settings_available else ()
        ignored_roots = [os.path.normpath(path) for path in roots if path]
        for dirpath, dirnames, filenames in os.walk(root, topdown=True, followlinks=self.symlinks):
            dirnames[:] = [name for name in dirnames if self._enter(dirpath, name, ignored_roots)]
            for filename in filenames:
                path = os.path.normpath(os.path.join(dirpath, filename))
                extension = os.path.splitext(filename)[1]
                if extension in self.extensions and not is_ignored_path(path, self.ignore_patterns):
                    found.append(self.translatable_file_class(dirpath, filename, self._locale_dir(dirpath)))
                elif self.verbosity > 1:
                    self.stdout.write(f"ignoring file {filename} in {dirpath}")
        return sorted(found)

    def _enter(self, dirpath: str, name: str, ignored_roots: list[str]) -> bool:
        folder = os.path.join(dirpath, name)
        absolute = os.path.abspath(folder)
        if is_ignored_path(os.path.normpath(folder), self.ignore_patterns) or absolute in ignored_roots:
            if self.verbosity > 1:
                self.stdout.write(f"ignoring directory {name}")
            return False
        if name == "locale":
            self.locale_paths.insert(0, absolute)
            return False
        return True

    def _locale_dir(self, dirpath: str) -> Any:
        """Return the folder for the texts of files in *dirpath*: that of the app, else that of the project."""
        absolute = os.path.abspath(dirpath)
        for path in self.locale_paths:
            if absolute.startswith(os.path.dirname(path)):
                return path
        return self.default_locale_path or NO_LOCALE_DIR

    def process_files(self, file_list: list[TranslatableFile]) -> None:
        """Read the files, those of one folder of catalogs together."""
        groups: dict[Any, list[TranslatableFile]] = {}
        for translatable in file_list:
            groups.setdefault(translatable.locale_dir, []).append(translatable)
        for locale_dir, files in groups.items():
            self.process_locale_dir(locale_dir, files)

    def process_locale_dir(self, locale_dir: Any, files: list[TranslatableFile]) -> None:
        """Add the texts of *files* to the template catalog of *locale_dir*."""
        build_files: list[BuildFile] = []
        try:
            for translatable in files:
                self._prepare(translatable, build_files)
            msgs = self._extract(build_files)
            if not msgs:
                return
            if locale_dir is NO_LOCALE_DIR:
                raise CommandError(
                    "Unable to find a locale path to store translations for file "
                    f"{os.path.normpath(build_files[0].path)}. Make sure the 'locale' directory exists in an app or "
                    "LOCALE_PATHS setting is set."
                )
            for build_file in build_files:
                msgs = build_file.postprocess_messages(msgs)
            write_pot_file(os.path.join(locale_dir, f"{self.domain}.pot"), msgs)
        finally:
            for build_file in build_files:
                build_file.cleanup()

    def _prepare(self, translatable: TranslatableFile, build_files: list[BuildFile]) -> None:
        if self.verbosity > 1:
            self.stdout.write(f"processing file {translatable.file} in {translatable.dirpath}")
        build_file = self.build_file_class(self, self.domain, translatable)
        try:
            build_file.preprocess()
        except UnicodeDecodeError as exc:
            self.stdout.write(
                f"UnicodeDecodeError: skipped file {translatable.file} in {translatable.dirpath} (reason: {exc})"
            )
        else:
            build_files.append(build_file)

    def _extract(self, build_files: list[BuildFile]) -> str:
        language, keywords, _extensions = _DOMAINS[self.domain]
        paths = [build_file.work_path for build_file in build_files]
        with NamedTemporaryFile(mode="w+", encoding="utf-8") as list_of_files:
            list_of_files.write("\n".join(paths))
            list_of_files.flush()
            arguments = ["xgettext", "-d", self.domain, f"--language={language}"]
            arguments += [f"--keyword={keyword}" for keyword in keywords]
            arguments += ["--output=-", "--files-from", list_of_files.name, *self.xgettext_options]
            return gettext_tool(arguments, self._warn, " on " + "\n".join(paths))

    def write_po_file(self, potfile: str, locale: str) -> None:
        """Bring the catalog of *locale* beside *potfile* up to date, or make it."""
        folder = os.path.join(os.path.dirname(potfile), locale, "LC_MESSAGES")
        os.makedirs(folder, exist_ok=True)
        pofile = Path(folder, f"{self.domain}.po")
        if pofile.exists():
            gettext_tool(["msgmerge", *self.msgmerge_options, pofile, potfile], self._warn)
            msgs = pofile.read_text(encoding="utf-8")
        else:
            msgs = Path(potfile).read_text(encoding="utf-8")
            if not self.invoked_for_django:
                msgs = self.copy_plural_forms(msgs, locale)
        # What msguniq writes where two files explain the same text.
        mark = f"#. #-#-#-#-#  {self.domain}.pot (PACKAGE VERSION)  #-#-#-#-#\n"
        pofile.write_text(normalize_eols(msgs).replace(mark, ""), encoding="utf-8")
        if self.no_obsolete:
            gettext_tool(["msgattrib", *self.msgattrib_options, "-o", pofile, pofile], self._warn)

    def copy_plural_forms(self, msgs: str, locale: str) -> str:
        """Return the new catalog *msgs* with the plural rule of the language in its header."""
        return with_plural_forms(msgs, locale)
