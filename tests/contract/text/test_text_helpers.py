"""Text, HTML, dates, numbers and translation: what callers may rely on."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from fastjango.utils import translation
from fastjango.utils.formats import date_format, get_format, localize, number_format
from fastjango.utils.html import escape, format_html, strip_tags, urlize
from fastjango.utils.safestring import SafeString, mark_safe
from fastjango.utils.text import Truncator, slugify, smart_split
from fastjango.utils.timesince import timesince
from fastjango.utils.translation import gettext, gettext_lazy, ngettext_lazy, override


def test_safe_plus_safe_is_safe_and_safe_plus_text_is_not() -> None:
    safe = mark_safe("<b>")

    assert isinstance(safe + mark_safe("x"), SafeString)
    assert type(safe + "x") is str


def test_format_html_escapes_arguments_that_are_not_safe() -> None:
    assert format_html("{} {}", "<", mark_safe("<br>")) == "&lt; <br>"


def test_the_active_language_decides_months_numbers_and_texts() -> None:
    day = dt.date(2026, 3, 9)

    with override("de"):
        assert date_format(day) == "9. März 2026"
        assert number_format(Decimal("1234.5"), 2, force_grouping=True) == "1.234,50"
        assert gettext("Yes") == "Ja"
    with override("fr"):
        assert date_format(day) == "9 mars 2026"
    assert date_format(day) == "March 9, 2026"


def test_a_lazy_text_is_translated_when_it_is_shown() -> None:
    text = gettext_lazy("Yes")

    with override("fr"):
        assert str(text) == "Oui"
    assert str(text) == "Yes"


def test_a_lazy_plural_finds_its_number_in_the_values() -> None:
    text = ngettext_lazy("%(n)d thing", "%(n)d things", "n")

    assert text % {"n": 1} == "1 thing"
    assert text % {"n": 2} == "2 things"


def test_an_unknown_language_falls_back_to_the_texts_as_written() -> None:
    with override("xx"):
        assert gettext("Page not found") == "Page not found"
        assert get_format("DATE_FORMAT") == "N j, Y"
        assert localize(1.5) == "1.5"


def test_the_language_of_a_path_must_be_supported() -> None:
    assert translation.get_language_from_path("/de/x/") == "de"
    assert translation.get_language_from_path("/nowhere/") is None


def test_timesince_shows_two_adjacent_units() -> None:
    start = dt.datetime(2026, 1, 1)

    assert timesince(start, start + dt.timedelta(days=9, hours=5)) == "1\xa0week, 2\xa0days"


@pytest.mark.parametrize(
    "work",
    [
        lambda size: strip_tags("<a" * 40 + "a" * size),
        lambda size: urlize("(" * size + ":" + ")" * size),
        lambda size: urlize("&.;" * size),
        lambda size: slugify("-" * size + "a"),
        lambda size: list(smart_split('" \\' * size)),
        lambda size: Truncator("<" * size).words(3, html=True),
        lambda size: escape("<" * size),
    ],
)
def test_twice_the_text_takes_about_twice_the_time(work: Callable[[int], Any]) -> None:
    def seconds(size: int) -> float:
        best = 10.0
        for _ in range(3):
            start = time.perf_counter()
            try:
                work(size)
            except Exception:  # noqa: BLE001, S110 - a refusal is quick as well
                pass
            best = min(best, time.perf_counter() - start)
        return best

    small, large = seconds(3000), seconds(24000)

    # Eight times the text: linear work takes eight times as long, quadratic 64 times.
    assert large < small * 28 + 0.02
