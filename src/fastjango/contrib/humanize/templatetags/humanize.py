"""``apnumber intcomma intword naturalday naturaltime ordinal``."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from fastjango import template
from fastjango.template import defaultfilters
from fastjango.utils.formats import number_format
from fastjango.utils.safestring import mark_safe
from fastjango.utils.timesince import timesince, timeuntil
from fastjango.utils.timezone import is_aware
from fastjango.utils.translation import gettext as _
from fastjango.utils.translation import (
    gettext_lazy,
    ngettext,
    ngettext_lazy,
    npgettext_lazy,
    pgettext,
    round_away_from_one,
)

__all__ = [
    "NaturalTimeFormatter",
    "apnumber",
    "intcomma",
    "intword",
    "naturalday",
    "naturaltime",
    "ordinal",
    "register",
]

register = template.Library()

_WHOLE = re.compile(r"-?\d+")
_POWERS: tuple[tuple[int, Any], ...] = (
    (6, lambda number: ngettext("%(value)s million", "%(value)s million", number)),
    (9, lambda number: ngettext("%(value)s billion", "%(value)s billion", number)),
    (12, lambda number: ngettext("%(value)s trillion", "%(value)s trillion", number)),
    (15, lambda number: ngettext("%(value)s quadrillion", "%(value)s quadrillion", number)),
    (18, lambda number: ngettext("%(value)s quintillion", "%(value)s quintillion", number)),
    (21, lambda number: ngettext("%(value)s sextillion", "%(value)s sextillion", number)),
    (24, lambda number: ngettext("%(value)s septillion", "%(value)s septillion", number)),
    (27, lambda number: ngettext("%(value)s octillion", "%(value)s octillion", number)),
    (30, lambda number: ngettext("%(value)s nonillion", "%(value)s nonillion", number)),
    (33, lambda number: ngettext("%(value)s decillion", "%(value)s decillion", number)),
    (100, lambda number: ngettext("%(value)s googol", "%(value)s googol", number)),
)


@register.filter(is_safe=True)
def ordinal(value: Any) -> Any:
    """Return a whole number as an ordinal: 1 gives "1st"; negative numbers come back as they are."""
    try:
        number = int(value)
    except (TypeError, ValueError):
        return value
    if number < 0:
        return str(number)
    if number % 100 in (11, 12, 13):
        # Translators: Ordinal format for 11 (11th), 12 (12th), and 13 (13th).
        text = pgettext("ordinal 11, 12, 13", "{}th")
    else:
        endings = (
            # Translators: Ordinal format when value ends with 0, e.g. 80th.
            pgettext("ordinal 0", "{}th"),
            # Translators: Ordinal format when value ends with 1, e.g. 81st, except 11.
            pgettext("ordinal 1", "{}st"),
            # Translators: Ordinal format when value ends with 2, e.g. 82nd, except 12.
            pgettext("ordinal 2", "{}nd"),
            # Translators: Ordinal format when value ends with 3, e.g. 83rd, except 13.
            pgettext("ordinal 3", "{}rd"),
            # Translators: Ordinal format when value ends with 4, e.g. 84th.
            pgettext("ordinal 4", "{}th"),
            # Translators: Ordinal format when value ends with 5, e.g. 85th.
            pgettext("ordinal 5", "{}th"),
            # Translators: Ordinal format when value ends with 6, e.g. 86th.
            pgettext("ordinal 6", "{}th"),
            # Translators: Ordinal format when value ends with 7, e.g. 87th.
            pgettext("ordinal 7", "{}th"),
            # Translators: Ordinal format when value ends with 8, e.g. 88th.
            pgettext("ordinal 8", "{}th"),
            # Translators: Ordinal format when value ends with 9, e.g. 89th.
            pgettext("ordinal 9", "{}th"),
        )
        text = endings[number % 10]
    # Translations may have markup in them.
    return mark_safe(text.format(number))


@register.filter(is_safe=True)
def intcomma(value: Any, use_l10n: bool = True) -> Any:
    """Return a number with its thousands set apart: 4500 gives "4,500"."""
    if use_l10n:
        try:
            number = value if isinstance(value, (float, Decimal)) else int(value)
        except (TypeError, ValueError):
            return intcomma(value, False)
        return number_format(number, use_l10n=True, force_grouping=True)
    text = str(value)
    match = _WHOLE.match(text)
    if match is None:
        return text
    whole = match[0]
    sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    first = len(digits) % 3 or 3
    groups = [digits[:first], *(digits[start : start + 3] for start in range(first, len(digits), 3))]
    return f"{sign}{','.join(groups)}{text[match.end() :]}"


@register.filter(is_safe=False)
def intword(value: Any) -> Any:
    """Return a large number in words: 1200000 gives "1.2 million"; small ones come back as they are."""
    try:
        number = int(value)
    except (TypeError, ValueError):
        return value
    size = abs(number)
    if size < 1_000_000:
        return value
    for exponent, text in _POWERS:
        unit = 10**exponent
        if size < unit * 1000:
            scaled = number / unit
            return text(abs(round_away_from_one(scaled))) % {"value": defaultfilters.floatformat(scaled, 1)}
    return value


@register.filter(is_safe=True)
def apnumber(value: Any) -> Any:
    """Return the numbers 1 to 9 as words, others as they are (the Associated Press' style)."""
    try:
        number = int(value)
    except (TypeError, ValueError):
        return value
    if not 0 < number < 10:
        return value
    words = (
        _("one"), _("two"), _("three"), _("four"), _("five"), _("six"), _("seven"), _("eight"), _("nine"),
    )  # fmt: skip
    return words[number - 1]


# Which day it is depends on the time zone.
@register.filter(expects_localtime=True)
def naturalday(value: Any, arg: Any = None) -> Any:
    """Return "today", "tomorrow" or "yesterday" for such a date, else the date in the format *arg*."""
    zone = getattr(value, "tzinfo", None)
    try:
        day = date(value.year, value.month, value.day)
    except AttributeError:
        return value
    distance = (day - datetime.now(zone).date()).days
    if distance == 0:
        return _("today")
    if distance == 1:
        return _("tomorrow")
    if distance == -1:
        return _("yesterday")
    return defaultfilters.date(day, arg)


# No expects_localtime: the distance of two moments is the same everywhere.
@register.filter
def naturaltime(value: Any) -> Any:
    """Return how far a moment is from now: "a minute ago", "2 hours from now"."""
    return NaturalTimeFormatter.string_for(value)


class NaturalTimeFormatter:
    """The words of ``naturaltime``; a project may subclass it and change them."""

    time_strings: dict[str, Any] = {
        # Translators: delta will contain a string like '2 months' or '1 month, 2 weeks'.
        "past-day": gettext_lazy("%(delta)s ago"),
        # Translators: please keep a non-breaking space (U+00A0) between count and time unit.
        "past-hour": ngettext_lazy("an hour ago", "%(count)s\u00a0hours ago", "count"),
        # Translators: please keep a non-breaking space (U+00A0) between count and time unit.
        "past-minute": ngettext_lazy("a minute ago", "%(count)s\u00a0minutes ago", "count"),
        # Translators: please keep a non-breaking space (U+00A0) between count and time unit.
        "past-second": ngettext_lazy("a second ago", "%(count)s\u00a0seconds ago", "count"),
        "now": gettext_lazy("now"),
        # Translators: please keep a non-breaking space (U+00A0) between count and time unit.
        "future-second": ngettext_lazy("a second from now", "%(count)s\u00a0seconds from now", "count"),
        # Translators: please keep a non-breaking space (U+00A0) between count and time unit.
        "future-minute": ngettext_lazy("a minute from now", "%(count)s\u00a0minutes from now", "count"),
        # Translators: please keep a non-breaking space (U+00A0) between count and time unit.
        "future-hour": ngettext_lazy("an hour from now", "%(count)s\u00a0hours from now", "count"),
        # Translators: delta will contain a string like '2 months' or '1 month, 2 weeks'.
        "future-day": gettext_lazy("%(delta)s from now"),
    }
    past_substrings: dict[str, Any] = {
        unit: npgettext_lazy("naturaltime-past", f"%(num)d {unit}", f"%(num)d {unit}s", "num")
        for unit in ("year", "month", "week", "day", "hour", "minute")
    }
    future_substrings: dict[str, Any] = {
        unit: npgettext_lazy("naturaltime-future", f"%(num)d {unit}", f"%(num)d {unit}s", "num")
        for unit in ("year", "month", "week", "day", "hour", "minute")
    }

    @classmethod
    def string_for(cls, value: Any) -> Any:
        """Return how far *value* is from now; what is no date comes back as it is."""
        if not isinstance(value, date):
            return value
        if not isinstance(value, datetime) and not hasattr(value, "utcoffset"):
            moment: Any = datetime(value.year, value.month, value.day)
        else:
            moment = value
        now = datetime.now(UTC if is_aware(moment) else None)
        if not is_aware(moment):
            moment = moment.replace(tzinfo=None)
        past = moment < now
        delta = now - moment if past else moment - now
        direction = "past" if past else "future"
        if delta.days != 0:
            return cls.time_strings[f"{direction}-day"] % {"delta": cls._distance(moment, now, past)}
        if delta.seconds == 0:
            return cls.time_strings["now"]
        for unit, size, limit in (("second", 1, 60), ("minute", 60, 3600), ("hour", 3600, 86400)):
            if delta.seconds < limit:
                return cls.time_strings[f"{direction}-{unit}"] % {"count": delta.seconds // size}
        return value

    @classmethod
    def _distance(cls, moment: Any, now: Any, past: bool) -> str:
        if past:
            return timesince(moment, now, time_strings=cls.past_substrings)
        return timeuntil(moment, now, time_strings=cls.future_substrings)
