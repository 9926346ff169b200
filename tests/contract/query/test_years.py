"""Comparisons with years, also with those that no date has, before and after the plan of the query is known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from tests.contract.db.conftest import file, mariadb, postgresql  # noqa: F401  # fixtures

from fastjango.apps.registry import Apps
from fastjango.db import models
from fastjango.db.models import Q
from fastjango.test import override_settings


class Event(models.Model):
    day = models.DateField(null=True)
    at = models.DateTimeField(null=True)

    class Meta:
        app_label = "years"
        apps = Apps()


@pytest.fixture(params=["file", "postgresql", "mariadb"])
def events(request: pytest.FixtureRequest) -> Iterator[Any]:
    wrapper = request.getfixturevalue(request.param)
    with wrapper.schema_editor() as editor:
        editor.create_model(Event)
    days = [None, dt.date(1999, 12, 31), dt.date(2021, 7, 1)]
    Event.objects.using(wrapper.alias).bulk_create(
        Event(day=day, at=day and dt.datetime(day.year, day.month, day.day, 12, tzinfo=dt.UTC)) for day in days
    )
    yield Event.objects.using(wrapper.alias)
    with wrapper.schema_editor() as editor:
        editor.delete_model(Event)


def years_of(found: Any) -> list[int]:
    return sorted(event.day.year for event in found if event.day)


COMPARED: dict[str, tuple[list[int], list[int]]] = {
    # What a year before all dates finds, and one after all of them.
    "": ([], []),
    "__gt": ([1999, 2021], []),
    "__gte": ([1999, 2021], []),
    "__lt": ([], [1999, 2021]),
    "__lte": ([], [1999, 2021]),
}


@pytest.mark.parametrize("field", ["day__year", "day__iso_year", "at__year", "at__iso_year"])
def test_a_year_that_no_date_has_is_compared_as_a_number(events: Any, field: str) -> None:
    for lookup, (before_all, after_all) in COMPARED.items():
        name = f"{field}{lookup}"
        # The second round finds the plans made by the first.
        for _ in range(2):
            assert events.filter(**{name: 2021}).count() <= 2
            for year, expected in ((-(2**70), before_all), (0, before_all), (10_000, after_all), (2**70, after_all)):
                conditions: dict[str, Any] = {name: year}
                for found in (events.filter(**conditions), events.filter(Q(**conditions))):
                    assert years_of(found) == expected, (name, year)
                    # NULL is in no year.
                    assert found.count() == len(expected)


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York"])
def test_the_first_and_the_last_year_may_begin_and_end_in_no_year_of_utc(events: Any, zone: str) -> None:
    with override_settings(TIME_ZONE=zone):
        for year, after in ((1, [1999, 2021]), (9999, [])):
            assert years_of(events.filter(at__year=year)) == []
            assert years_of(events.filter(at__year__gte=year)) == after
            assert years_of(events.filter(at__year__gt=year)) == after
            assert years_of(events.filter(at__year__lte=year)) == ([1999, 2021] if year > 1 else [])
