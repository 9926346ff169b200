"""What CLDR knows in every language: months, days, a.m., units of time and size, "or".

Gives ``catalogs.py`` a catalog like that of a compiled ``.mo`` file, so that dates and
durations are translated without a file of ours.
"""

from __future__ import annotations

import gettext as gettext_module
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from fastjango.conf.locale.cldr import babel_locale

if TYPE_CHECKING:
    from babel import Locale

__all__ = ["babel_locale", "cldr_translations"]

MONTHS = "January February March April May June July August September October November December".split()
MONTHS_AP = "Jan. Feb. March April May June July Aug. Sept. Oct. Nov. Dec.".split()
WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
DURATIONS = ("year", "month", "week", "day", "hour", "minute", "second")
# Languages whose months inside a date only have a preposition more, which the formats write themselves.
NO_ALT_MONTHS = frozenset({"ca"})
DAY_HALVES = (("a.m.", "am"), ("p.m.", "pm"), ("AM", "am"), ("PM", "pm"))
SIZES = {"KB": "kilobyte", "MB": "megabyte", "GB": "gigabyte", "TB": "terabyte", "PB": "petabyte"}


def _plural(locale: Locale) -> tuple[list[str], Callable[[int], int]]:
    known = locale.plural_form.tags
    tags = [tag for tag in ("zero", "one", "two", "few", "many") if tag in known] + ["other"]
    index = {tag: position for position, tag in enumerate(tags)}
    rule = locale.plural_form
    return tags, lambda n: index[rule(n)]


def _month_and_day_names(locale: Locale) -> dict[Any, str]:
    catalog: dict[Any, str] = {}
    months, days = locale.months, locale.days
    for number, english in enumerate(MONTHS, start=1):
        catalog[english] = months["stand-alone"]["wide"][number]
        in_date = months["stand-alone" if locale.language in NO_ALT_MONTHS else "format"]["wide"][number]
        catalog[f"alt. month\x04{english}"] = in_date
        catalog[english[:3].lower()] = months["stand-alone"]["abbreviated"][number].rstrip(".").lower()
        catalog[f"abbrev. month\x04{MONTHS_AP[number - 1]}"] = months["format"]["abbreviated"][number]
        catalog.setdefault(english[:3], months["stand-alone"]["abbreviated"][number].rstrip("."))
    for number, english in enumerate(WEEKDAYS):
        catalog[english] = days["format"]["wide"][number]
        catalog[english[:3]] = days["format"]["abbreviated"][number].rstrip(".")
    periods = {**locale.day_periods["format"].get("abbreviated", {}), **locale.day_periods["format"].get("wide", {})}
    for english, period in (*DAY_HALVES, ("midnight", "midnight"), ("noon", "noon")):
        if period in periods:
            catalog[english] = periods[period]
    return catalog


def _unit_names(locale: Locale, tags: list[str]) -> dict[Any, str]:
    catalog: dict[Any, str] = {}
    units = locale._data["unit_patterns"]  # Babel formats units, but has no door to their patterns

    def plural_entry(msgid: str, unit: str, placeholder: str) -> None:
        patterns = units.get(unit, {}).get("long", {})
        if "other" not in patterns:
            return
        for position, tag in enumerate(tags):
            text = patterns.get(tag, patterns["other"])
            if "{0}" in text:
                catalog[(msgid, position)] = text.replace("%", "%%").replace("\xa0", " ").replace("{0}", placeholder)

    for unit in DURATIONS:
        for context in ("", "naturaltime-past\x04", "naturaltime-future\x04"):
            plural_entry(f"{context}%(num)d {unit}", f"duration-{unit}", "%(num)d")
    plural_entry("%(size)d byte", "digital-byte", "%(size)d")
    for short, unit in SIZES.items():
        pattern = units.get(f"digital-{unit}", {}).get("short", {}).get("other", "")
        if "{0}" in pattern and short not in pattern.upper():  # "KB" is understood where CLDR writes "kB"
            catalog[f"%s {short}"] = pattern.replace("%", "%%").replace("{0}", "%s")
    return catalog


def _list_words(locale: Locale) -> dict[Any, str]:
    patterns = locale.list_patterns.get("or")
    if not patterns:
        return {}
    comma = patterns["middle"].removeprefix("{0}").removesuffix("{1}")
    if any(char.isalpha() for char in comma):  # CLDR repeats the "or"
        comma = (
            "، " if locale.script == "Arab" or (locale.text_direction == "rtl" and locale.language != "he") else ", "
        )
    words = {", ": comma}
    conjunction = patterns["2"].removeprefix("{0}").removesuffix("{1}").strip()
    if conjunction and "{" not in conjunction:
        words["or"] = conjunction
    return words


def _language_names(locale: Locale) -> dict[Any, str]:
    from fastjango.conf.locale import LANG_INFO

    names: dict[Any, str] = {}
    for code, info in LANG_INFO.items():
        head, _, tail = code.partition("-")
        name = locale.languages.get(
            f"{head}_{tail.title()}" if len(tail) > 2 else f"{head}_{tail.upper()}" if tail else head
        )
        if name and "name" in info:
            names[info["name"]] = name
    return names


def cldr_translations(locale_name: str) -> gettext_module.GNUTranslations | None:
    """Return a catalog of CLDR's words for *locale_name*; ``None`` for English and for unknown languages."""
    if locale_name.partition("_")[0] == "en":
        return None
    locale = babel_locale(locale_name)
    if locale is None:
        return None
    tags, plural = _plural(locale)
    translations: Any = gettext_module.GNUTranslations()
    translations._catalog = {
        **_language_names(locale),
        **_month_and_day_names(locale),
        **_unit_names(locale, tags),
        **_list_words(locale),
    }
    translations.plural = plural
    translations._info = {"language": locale_name, "content-type": "text/plain; charset=UTF-8"}
    found: gettext_module.GNUTranslations = translations
    return found
