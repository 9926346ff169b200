"""Source files and catalogs on their way through GNU gettext, for ``makemessages``.

A source file is prepared for xgettext (a template becomes Python beside it), a template catalog
(``.pot``) gathers what was found, and each language's ``.po`` is merged with it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import total_ordering
from pathlib import Path
from typing import Any

from babel.core import UnknownLocaleError
from babel.messages.plurals import get_plural

from fastjango.core.management.base import CommandError
from fastjango.core.management.utils import find_command, popen_wrapper
from fastjango.utils.translation import templatize

__all__ = [
    "BuildFile",
    "TranslatableFile",
    "check_programs",
    "gettext_tool",
    "is_valid_locale",
    "normalize_eols",
    "proposed_locale",
    "with_plural_forms",
    "write_pot_file",
]

_LANGUAGE = re.compile(r"[a-z]+")
_LANGUAGE_AND_REGION = re.compile(r"[a-z]+_[A-Z0-9].*")
_PARTS = re.compile(r"(?P<language>[a-zA-Z]+)[^a-zA-Z](?P<region>.+)")
_PLURAL_FORMS = re.compile(r'^"Plural-Forms:(?:[^"]|"\n")*"$', re.MULTILINE)


def check_programs(*programs: str) -> None:
    """Raise ``CommandError`` naming the first of *programs* that is not installed."""
    for program in programs:
        if find_command(program) is None:
            raise CommandError(f"Can't find {program}. Make sure you have GNU gettext tools 0.19 or newer installed.")


def gettext_tool(arguments: Sequence[Any], warn: Callable[[str], Any] | None, place: str = "") -> str:
    """
    Run a program of gettext and return what it printed.

    Args:
        arguments: The program and its arguments.
        warn: Takes what the program complained about and yet went on; ``None`` drops it.
        place: What the error of a failure says after the program's name.
    Raises:
        CommandError: The program failed.
    """
    output, errors, status = popen_wrapper([str(argument) for argument in arguments])
    if errors and status != 0:
        raise CommandError(f"errors happened while running {arguments[0]}{place}\n{errors}")
    if errors and warn is not None:
        warn(errors)
    return output


def is_valid_locale(locale: str) -> bool:
    """Tell whether *locale* is written as folders of catalogs are: ``de``, ``pt_BR``, ``nl_NL-x-informal``."""
    return bool(_LANGUAGE.fullmatch(locale) or _LANGUAGE_AND_REGION.fullmatch(locale))


def proposed_locale(locale: str) -> str | None:
    """Return how the wrongly written *locale* was meant, or ``None``."""
    parts = _PARTS.fullmatch(locale)
    if parts:
        region = parts["region"]
        proposal = f"{parts['language'].lower()}_{region[:2].upper()}{region[2:]}"
    else:
        proposal = locale.lower()
    return proposal if is_valid_locale(proposal) else None


def normalize_eols(raw_contents: str) -> str:
    r"""Return *raw_contents* with every kind of line end as ``\n``, the last line ended too."""
    lines = raw_contents.splitlines()
    return "\n".join([*lines, ""] if lines and lines[-1] else lines)


def write_pot_file(potfile: str, msgs: str) -> None:
    """Add the output of xgettext to *potfile*; only the first keeps its header, which is set to UTF-8."""
    header, blank, messages = "\n".join(msgs.splitlines()).partition("\n\n")
    if os.path.exists(potfile):
        text = blank + messages
    else:
        text = header.replace("charset=CHARSET", "charset=UTF-8", 1) + blank + messages
    # Line ends are \n on every system: gettext's tools stumble over the others.
    with open(potfile, "a", encoding="utf-8", newline="\n") as file:
        file.write(text)


def with_plural_forms(msgs: str, locale: str) -> str:
    """Return the new catalog *msgs* with the plural rule of the language in its header."""
    try:
        rule = get_plural(locale.partition("-")[0])
    except (UnknownLocaleError, ValueError):
        return msgs
    line = f'"Plural-Forms: nplurals={rule.num_plurals}; plural={rule.plural_expr};\\n"'
    header, blank, messages = msgs.partition("\n\n")
    if _PLURAL_FORMS.search(header):
        header = _PLURAL_FORMS.sub(lambda _match: line, header)
    else:
        header = f"{header}\n{line}"
    return header + blank + messages


@total_ordering
class TranslatableFile:
    """A source file and the folder that its texts belong to."""

    def __init__(self, dirpath: str, file_name: str, locale_dir: Any) -> None:
        self.file = file_name
        self.dirpath = dirpath
        self.locale_dir = locale_dir

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {os.sep.join([self.dirpath, self.file])}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TranslatableFile) and self.path == other.path

    def __hash__(self) -> int:
        return hash(self.path)

    def __lt__(self, other: TranslatableFile) -> bool:
        return self.path < other.path

    @property
    def path(self) -> str:
        """Where the file lies."""
        return os.path.join(self.dirpath, self.file)


class BuildFile:
    """A source file while xgettext reads it: a template is read through a Python file beside it."""

    def __init__(self, command: Any, domain: str, translatable: TranslatableFile) -> None:
        self.command = command
        self.domain = domain
        self.translatable = translatable

    @property
    def is_templatized(self) -> bool:
        """Whether the file is a template, which xgettext cannot read as it stands."""
        return self.domain == "django" and os.path.splitext(self.translatable.file)[1] != ".py"

    @property
    def path(self) -> str:
        """Where the file lies."""
        return self.translatable.path

    @property
    def work_path(self) -> str:
        """The file that xgettext reads."""
        return f"{self.path}.py" if self.is_templatized else self.path

    def preprocess(self) -> None:
        """Write the file that xgettext reads, if it is another; ``UnicodeDecodeError`` if this is not UTF-8."""
        if self.is_templatized:
            source = Path(self.path).read_text(encoding="utf-8")
            Path(self.work_path).write_text(templatize(source, origin=self.path[2:]), encoding="utf-8")

    def postprocess_messages(self, msgs: str) -> str:
        """Return the output of xgettext with the template named where the Python file beside it was."""
        if not self.is_templatized:
            return msgs
        # xgettext leaves "./" out, but on Windows not ".\".
        start = 0 if os.name == "nt" else 2
        work_path, path = self.work_path[start:], self.path[start:]
        lines = msgs.split("\n")
        return "\n".join(line.replace(work_path, path) if line.startswith("#: ") else line for line in lines)

    def cleanup(self) -> None:
        """Remove the Python file beside a template."""
        if self.is_templatized:
            # A link to a template and the template itself share one.
            with suppress(FileNotFoundError):
                os.unlink(self.work_path)
