"""Date and number formats of a language, made from CLDR when they are first needed.

A CLDR pattern (``d. MMMM y``) is rewritten with Django's format letters (``j. F Y``). Languages
whose custom differs from CLDR's long forms have it in ``OWN``.
"""

from __future__ import annotations

import functools
import re
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from babel import Locale

__all__ = ["babel_locale", "format_module", "formats_of"]

# Quoted literals, runs of one letter, anything else.
_PIECES = re.compile(r"'((?:[^']|'')*)'|(([A-Za-z])\3*)|(.)", re.DOTALL)
_LETTERS = {
    "d": "j", "dd": "d", "M": "n", "MM": "m", "MMM": "M", "L": "n", "LL": "m", "LLL": "M", "y": "Y", "yy": "Y",
    "yyyy": "Y", "E": "D", "EEE": "D", "EEEE": "l", "cccc": "l", "ccc": "D", "H": "G", "HH": "H", "h": "g",
    "hh": "h", "m": "i", "mm": "i", "s": "s", "ss": "s", "a": "A", "b": "A", "B": "A", "LLLL": "F",
}  # fmt: skip
_STRPTIME = {"d": "%d", "dd": "%d", "M": "%m", "MM": "%m", "y": "%Y", "yy": "%Y", "yyyy": "%Y"}
_TIMES = ("%H:%M:%S", "%H:%M:%S.%f", "%H:%M")

# What a language's readers expect and CLDR's patterns do not give.
OWN: dict[str, dict[str, Any]] = {
    "ca": {
        "DATE_FORMAT": r"j E \d\e Y",
        "DATETIME_FORMAT": r"j E \d\e Y \a \l\e\s G:i",
        "MONTH_DAY_FORMAT": r"j E",
        "SHORT_DATE_FORMAT": "d/m/Y",
        "SHORT_DATETIME_FORMAT": "d/m/Y G:i",
    },
    "es": {
        "DATETIME_FORMAT": r"j \d\e F \d\e Y \a \l\a\s G:i",
        "TIME_FORMAT": "G:i",
        "SHORT_DATE_FORMAT": "d/m/Y",
        "SHORT_DATETIME_FORMAT": "d/m/Y G:i",
    },
}


def _convert(pattern: str, month: str) -> str:
    """Return a CLDR pattern with Django's letters; *month* is the letter of a month's full name."""
    pieces: list[str] = []
    for match in _PIECES.finditer(pattern):
        quoted, run, _letter, other = match.groups()
        if run is not None:
            pieces.append(month if run == "MMMM" else _LETTERS.get(run, ""))
        elif other is not None:
            pieces.append(other)
        else:
            pieces.append("".join(f"\\{char}" if char.isascii() and char.isalpha() else char for char in quoted or "'"))
    return "".join(pieces).replace("\u202f", " ").strip()


def _input_formats(short: str) -> list[str]:
    full = "".join(
        _STRPTIME.get(run, "") if run else (other or quoted or "")
        for quoted, run, _letter, other in (match.groups() for match in _PIECES.finditer(short))
    ).strip()
    return [full, full.replace("%Y", "%y")]


def babel_locale(locale_name: str) -> Locale | None:
    """Return Babel's locale for a name like ``pt_BR`` (or for its language), if CLDR has it."""
    from babel import Locale, UnknownLocaleError  # heavy: only when a language is really used

    plain = locale_name.partition("@")[0].partition("-x-")[0]
    for name in (plain, plain.partition("_")[0]):
        try:
            return Locale.parse(name)
        except (UnknownLocaleError, ValueError):
            continue
    return None


@functools.lru_cache(maxsize=256)
def formats_of(locale_name: str) -> dict[str, Any]:
    """Return the formats of *locale_name* (``pt_BR``); empty if CLDR does not know the language."""
    locale = babel_locale(locale_name)
    if locale is None:
        return {}
    months = locale.months
    month = "F" if dict(months["format"]["wide"]) == dict(months["stand-alone"]["wide"]) else "E"
    short_date = str(locale.date_formats["short"])
    date = _convert(str(locale.date_formats["long"]), month)
    time = _convert(str(locale.time_formats["short"]), month)
    short = _convert(short_date, month)
    dates = _input_formats(short_date)
    symbols = locale.number_symbols.get("latn") or next(iter(locale.number_symbols.values()))
    formats = {
        "DATE_FORMAT": date,
        "TIME_FORMAT": time,
        "DATETIME_FORMAT": f"{date} {time}",
        "YEAR_MONTH_FORMAT": _convert(str(locale.datetime_skeletons["yMMMM"]), "F"),
        "MONTH_DAY_FORMAT": _convert(str(locale.datetime_skeletons["MMMMd"]), month),
        "SHORT_DATE_FORMAT": short,
        "SHORT_DATETIME_FORMAT": f"{short} {time}",
        "FIRST_DAY_OF_WEEK": (locale.first_week_day + 1) % 7,
        "DATE_INPUT_FORMATS": dates,
        "TIME_INPUT_FORMATS": list(_TIMES),
        "DATETIME_INPUT_FORMATS": [f"{day} {clock}" for day in dates for clock in _TIMES],
        "DECIMAL_SEPARATOR": symbols["decimal"],
        "THOUSAND_SEPARATOR": symbols["group"].replace("\u202f", "\xa0").replace("’", "'"),
        "NUMBER_GROUPING": 3,
    }
    return {**formats, **OWN.get(locale_name.partition("_")[0], {}), **OWN.get(locale_name, {})}


@functools.lru_cache(maxsize=256)
def format_module(locale_name: str) -> ModuleType | None:
    """Return the formats of *locale_name* as a module, or ``None`` for English and unknown languages."""
    if locale_name.partition("_")[0] == "en":
        return None
    formats = formats_of(locale_name)
    if not formats:
        return None
    module = ModuleType(f"fastjango.conf.locale.{locale_name}.formats", "Formats made from CLDR.")
    vars(module).update(formats)
    return module
