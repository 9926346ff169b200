"""How the active language writes dates, times and numbers, and how it reads them.

A format is looked up in the project's ``FORMAT_MODULE_PATH``, then in
``conf.locale.<language>.formats``, then in what CLDR says of the language, then in the settings.
"""

from __future__ import annotations

import datetime as dt
import decimal
import functools
import unicodedata
from collections.abc import Iterator, Sequence
from importlib import import_module
from types import ModuleType
from typing import Any

from fastjango.conf import settings
from fastjango.conf.locale.cldr import format_module
from fastjango.utils import dateformat, numberformat
from fastjango.utils.functional import lazy
from fastjango.utils.translation import check_for_language, get_language, to_locale

__all__ = [
    "FORMAT_SETTINGS",
    "ISO_INPUT_FORMATS",
    "date_format",
    "get_format",
    "get_format_lazy",
    "get_format_modules",
    "iter_format_modules",
    "localize",
    "localize_input",
    "number_format",
    "reset_format_cache",
    "sanitize_separators",
    "sanitize_strftime_format",
    "time_format",
]

FORMAT_SETTINGS = frozenset(
    {
        "DECIMAL_SEPARATOR",
        "THOUSAND_SEPARATOR",
        "NUMBER_GROUPING",
        "FIRST_DAY_OF_WEEK",
        "MONTH_DAY_FORMAT",
        "TIME_FORMAT",
        "DATE_FORMAT",
        "DATETIME_FORMAT",
        "SHORT_DATE_FORMAT",
        "SHORT_DATETIME_FORMAT",
        "YEAR_MONTH_FORMAT",
        "DATE_INPUT_FORMATS",
        "TIME_INPUT_FORMATS",
        "DATETIME_INPUT_FORMATS",
    }
)
# Understood in every language.
ISO_INPUT_FORMATS: dict[str, list[str]] = {
    "DATE_INPUT_FORMATS": ["%Y-%m-%d"],
    "TIME_INPUT_FORMATS": ["%H:%M:%S", "%H:%M:%S.%f", "%H:%M"],
    "DATETIME_INPUT_FORMATS": [
        "%Y-%m-%d %H:%M:%S",
        "%Y-%m-%d %H:%M:%S.%f",
        "%Y-%m-%d %H:%M",
        "%Y-%m-%d",
    ],
}
MAX_CACHED_FORMATS = 2000
FRAMEWORK_FORMATS = "fastjango.conf.locale"

_format_cache: dict[tuple[str, str | None], Any] = {}
_format_modules_cache: dict[str, list[ModuleType]] = {}
_number_formats: dict[str | None, tuple[str, Any, str]] = {}


def reset_format_cache() -> None:
    """Forget all formats, so that changed settings or modules are read."""
    _format_cache.clear()
    _format_modules_cache.clear()
    _number_formats.clear()


def iter_format_modules(
    lang: str | None, format_module_path: str | Sequence[str] | None = None
) -> Iterator[ModuleType]:
    """Give the format modules of *lang*, the project's own first."""
    if not lang or not check_for_language(lang):
        return
    paths = settings.FORMAT_MODULE_PATH if format_module_path is None else format_module_path
    locations = [paths] if isinstance(paths, str) else list(paths or ())
    locale_name = to_locale(lang)
    names = [locale_name]
    if "_" in locale_name:
        names.append(locale_name.partition("_")[0])
    framework = False
    for location in (*locations, FRAMEWORK_FORMATS):
        for name in names:
            try:
                module = import_module(f"{location}.{name}.formats")
            except ImportError:
                continue
            framework = framework or location == FRAMEWORK_FORMATS
            yield module
    if not framework:
        made = format_module(locale_name)
        if made is not None:
            yield made


def get_format_modules(lang: str | None = None) -> list[ModuleType]:
    """Return the format modules of *lang* (default: the active language), the project's own first."""
    code = get_language() if lang is None else lang
    if not code:
        return []
    found = _format_modules_cache.get(code)
    if found is None:
        if len(_format_modules_cache) >= MAX_CACHED_FORMATS:
            _format_modules_cache.clear()
        found = _format_modules_cache[code] = list(iter_format_modules(code, settings.FORMAT_MODULE_PATH))
    return found


def get_format(format_type: Any, lang: str | None = None, use_l10n: bool | None = None) -> Any:
    """
    Return the format named *format_type* (``"DATE_FORMAT"``) of *lang* (default: the active language).

    What is no name of a format comes back as it is: it is a format already.
    """
    localized = True if use_l10n is None else use_l10n
    if localized and lang is None:
        lang = get_language()
    key = (format_type if type(format_type) is str else str(format_type), lang if localized else None)
    try:
        return _format_cache[key]
    except KeyError:
        pass
    name = key[0]
    found = None
    if localized:
        found = next(
            (value for module in get_format_modules(lang) if (value := getattr(module, name, None)) is not None), None
        )
    if found is None:
        found = getattr(settings, name) if name in FORMAT_SETTINGS else name
    elif name in ISO_INPUT_FORMATS:
        found = list(dict.fromkeys((*found, *ISO_INPUT_FORMATS[name])))
    if len(_format_cache) >= MAX_CACHED_FORMATS:
        _format_cache.clear()
    _format_cache[key] = found
    return found


get_format_lazy = lazy(get_format, str, list, tuple)


def date_format(value: Any, format: Any = None, use_l10n: bool | None = None) -> str:  # noqa: A002
    """Return the date or datetime as text, in *format* (default: ``DATE_FORMAT``)."""
    return dateformat.format(value, get_format(format or "DATE_FORMAT", use_l10n=use_l10n))


def time_format(value: Any, format: Any = None, use_l10n: bool | None = None) -> str:  # noqa: A002
    """Return the time as text, in *format* (default: ``TIME_FORMAT``)."""
    return dateformat.time_format(value, get_format(format or "TIME_FORMAT", use_l10n=use_l10n))


def _number_format_of(lang: str | None, localized: bool) -> tuple[str, Any, str]:
    found = _number_formats.get(lang) if localized else None
    if found is None:
        found = (
            get_format("DECIMAL_SEPARATOR", lang, use_l10n=localized),
            get_format("NUMBER_GROUPING", lang, use_l10n=localized),
            get_format("THOUSAND_SEPARATOR", lang, use_l10n=localized),
        )
        if localized:
            if len(_number_formats) >= MAX_CACHED_FORMATS:
                _number_formats.clear()
            _number_formats[lang] = found
    return found


def number_format(
    value: Any, decimal_pos: int | None = None, use_l10n: bool | None = None, force_grouping: bool = False
) -> str:
    """
    Return the number as text.

    Args:
        decimal_pos: Digits behind the decimal separator; cut off, never rounded.
        force_grouping: Group thousands even if the setting ``USE_THOUSAND_SEPARATOR`` is off.
    """
    localized = True if use_l10n is None else use_l10n
    lang = get_language() if localized else None
    decimal_separator, grouping, thousand_separator = _number_format_of(lang, localized)
    return numberformat.format(
        value,
        decimal_separator,
        decimal_pos,
        grouping,
        thousand_separator,
        force_grouping=force_grouping,
        use_l10n=localized,
    )


def localize(value: Any, use_l10n: bool | None = None) -> Any:
    """Return numbers, dates and times as text of the active language; anything else as it is."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, (int, float, decimal.Decimal)):
        return str(value) if use_l10n is False else number_format(value, use_l10n=use_l10n)
    if isinstance(value, dt.datetime):
        return date_format(value, "DATETIME_FORMAT", use_l10n=use_l10n)
    if isinstance(value, dt.date):
        return date_format(value, use_l10n=use_l10n)
    if isinstance(value, dt.time):
        return time_format(value, use_l10n=use_l10n)
    return value


def localize_input(value: Any, default: str | None = None) -> Any:
    """
    Return *value* as text for an input field, as the active language would have it typed.

    Args:
        default: The strftime format to use instead of the language's first.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, (int, float, decimal.Decimal)):
        return number_format(value)
    if isinstance(value, dt.datetime):
        name = "DATETIME_INPUT_FORMATS"
    elif isinstance(value, dt.date):
        name = "DATE_INPUT_FORMATS"
    elif isinstance(value, dt.time):
        name = "TIME_INPUT_FORMATS"
    else:
        return value
    return value.strftime(sanitize_strftime_format(default or get_format(name)[0]))


@functools.lru_cache(maxsize=1)
def _year_needs_padding() -> bool:
    return dt.date(1, 1, 1).strftime("%Y") != "0001"


@functools.lru_cache(maxsize=256)
def sanitize_strftime_format(fmt: str) -> str:
    """Return *fmt* so that years before 1000 have four digits on every platform."""
    if not _year_needs_padding():
        return fmt
    widths = {"%C": "%02C", "%F": "%010F", "%G": "%04G", "%Y": "%04Y"}
    pieces = fmt.split("%%")
    for short, padded in widths.items():
        pieces = [piece.replace(short, padded) for piece in pieces]
    return "%%".join(pieces)


def sanitize_separators(value: Any) -> Any:
    """Return typed text with the language's separators replaced: ``"1.234,5"`` gives ``"1234.5"``."""
    if not isinstance(value, str):
        return value
    whole, separator, decimals = value.partition(get_format("DECIMAL_SEPARATOR"))
    if settings.USE_THOUSAND_SEPARATOR:
        thousands = get_format("THOUSAND_SEPARATOR")
        looks_like_decimal = thousands == "." and whole.count(".") == 1 and len(whole.rpartition(".")[2]) != 3
        if not looks_like_decimal:
            for sign in {thousands, unicodedata.normalize("NFKD", thousands)}:
                whole = whole.replace(sign, "")
    return f"{whole}.{decimals}" if separator else whole
