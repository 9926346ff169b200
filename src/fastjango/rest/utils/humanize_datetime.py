"""Formats of dates and times in words, for error messages."""

from __future__ import annotations

from collections.abc import Iterable

from fastjango.rest import ISO_8601

_PLACEHOLDERS = {
    "%Y": "YYYY",
    "%m": "MM",
    "%d": "DD",
    "%b": "[Jan-Dec]",
    "%B": "[January-December]",
    "%H": "hh",
    "%I": "hh",
    "%M": "mm",
    "%S": "ss",
    "%f": "uuuuuu",
    "%a": "[Mon-Sun]",
    "%A": "[Monday-Sunday]",
    "%p": "[AM|PM]",
    "%z": "[+HHMM|-HHMM]",
    "%y": "YY",
}


def datetime_formats(formats: Iterable[str]) -> str:
    """Return formats of date-times in words."""
    return humanize_strptime(_joined(formats, "YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]"))


def date_formats(formats: Iterable[str]) -> str:
    """Return formats of dates in words."""
    return humanize_strptime(_joined(formats, "YYYY-MM-DD"))


def time_formats(formats: Iterable[str]) -> str:
    """Return formats of times in words."""
    return humanize_strptime(_joined(formats, "hh:mm[:ss[.uuuuuu]]"))


def _joined(formats: Iterable[str], iso: str) -> str:
    return ", ".join(formats).replace(ISO_8601, iso)


def humanize_strptime(format_string: str) -> str:
    """Return a ``strptime`` format in words: ``%Y-%m`` is ``YYYY-MM``."""
    for code, words in _PLACEHOLDERS.items():
        format_string = format_string.replace(code, words)
    return format_string
