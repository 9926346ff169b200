"""A kept plan gives what a new one gives, whatever values come next."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal
from typing import Any

import pytest
from psycopg.types.range import Range
from tests.contract.postgres.hotel_models import Book, Lists, Maps, Spans

from fastjango.contrib.postgres.aggregates import ArrayAgg, StringAgg
from fastjango.contrib.postgres.search import SearchQuery, SearchRank, SearchVector, TrigramSimilarity
from fastjango.db.models import Count, F
from fastjango.db.models.lookups.registry import bump_epoch

pytestmark = [pytest.mark.service("postgresql"), pytest.mark.usefixtures("rolled_back")]

DAY = dt.date(2024, 5, 1)
NOON = dt.datetime(2024, 5, 1, 12, tzinfo=dt.UTC)
NUMBERS: list[Any] = [0, 3, 2**31, -(2**31), 2**62, Decimal("2.5"), 2.5, None]
RANGES: list[Any] = [Range(0, 5), (0, 5), [2, None], Range(None, None), Range(empty=True), Range(2**33, 2**34)]
DAYS: list[Any] = [DAY, NOON, Range(DAY, None), (DAY, DAY)]
LISTS: list[Any] = [[], ["a"], ["a", "b"], ("b",), ["x" * 9], ["a"] * 40, [None]]


def queries(pick: random.Random) -> Any:
    """Return a query with values that nobody chose."""
    tags, span = pick.choice(LISTS), pick.choice(RANGES)
    word = pick.choice(["cat", "dogs", "", "it's", "The cat"])
    return pick.choice(
        [
            lambda: Lists.objects.filter(**{f"tags__{pick.choice(['contains', 'overlap', 'contained_by'])}": tags}),
            lambda: Lists.objects.filter(tags=tags).values_list("tags__0", "tags__len"),
            lambda: Lists.objects.filter(tags__in=pick.sample(LISTS, 3)),
            lambda: Lists.objects.filter(tags__0__in=[tag for tag in tags if tag]).annotate(part=F("tags")[0:1]),
            lambda: Spans.objects.filter(bigs__contains=pick.choice([*NUMBERS[:5], *RANGES])),
            lambda: Spans.objects.filter(decimals__contains=pick.choice([*NUMBERS[:4], *NUMBERS[5:7]])),
            lambda: Spans.objects.filter(**{f"bigs__{pick.choice(['overlap', 'fully_lt', 'not_gt'])}": span}),
            lambda: Spans.objects.filter(days__contains=pick.choice(DAYS), times__contains=pick.choice(DAYS[:2])),
            lambda: Spans.objects.filter(point__contained_by=pick.choice(RANGES[:5])),
            lambda: Maps.objects.filter(**{f"attributes__{pick.choice('abc')}": pick.choice(["1", "2", None])}),
            lambda: Maps.objects.filter(attributes__has_keys=pick.choice([["a"], ["a", "b"], []])),
            lambda: Maps.objects.values("attributes__a").annotate(n=Count("pk")).order_by("n", "attributes__a"),
            lambda: Book.objects.filter(body__search=word),
            lambda: Book.objects.annotate(s=SearchVector("title", config=pick.choice(["simple", "english"]))).filter(
                s=word
            ),
            lambda: Book.objects.annotate(rank=SearchRank("body", SearchQuery(word))).filter(
                rank__gt=pick.choice([0, 0.01])
            ),
            lambda: Book.objects.annotate(near=TrigramSimilarity("title", word)).filter(near__gt=0.2).order_by("-near"),
            lambda: Book.objects.values("title").annotate(
                pages=ArrayAgg("pages", order_by=pick.choice(["pages", "-pages"])),
                text=StringAgg("body", pick.choice([",", ";"])),
            ),
        ]
    )


def answers(seed: int, *, fresh: bool = False) -> list[Any]:
    found = []
    for number in range(150):
        if fresh:
            bump_epoch()
        found.append(shown(queries(random.Random(seed * 1000 + number))()))
    return found


def shown(queryset: Any) -> list[str]:
    rows = [row.pk if hasattr(row, "pk") else row for row in queryset]
    return sorted(map(repr, rows))


@pytest.fixture(autouse=True)
def rows(rolled_back: Any) -> None:
    Lists.objects.bulk_create([Lists(tags=tags) for tags in ([], ["a"], ["a", "b"], ["b", "c"])])
    Maps.objects.bulk_create(
        [Maps(attributes=value) for value in (None, {}, {"a": "1"}, {"a": "2", "b": "1"}, {"c": None})]
    )
    Spans.objects.bulk_create(
        [
            Spans(bigs=(0, 5), decimals=(0, 3), days=(DAY, None), times=(NOON, None), point=3),
            Spans(bigs=(2**31, 2**63 - 1), decimals=(Decimal("2.5"), Decimal("2.5")), point=9),
            Spans(bigs=Range(empty=True), days=Range(None, None), times=Range(None, None)),
        ]
    )
    Book.objects.bulk_create([Book(title="The cat", body="Cats and dogs", pages=1), Book(title="It's", body="a dog")])


@pytest.mark.parametrize("seed", range(3))
def test_kept_plans_answer_as_new_ones(seed: int) -> None:
    kept = answers(seed)

    assert kept == answers(seed, fresh=True)


def test_the_length_of_a_list_is_no_part_of_the_statement() -> None:
    shapes = {Lists.objects.filter(tags__contains=tags).shape for tags in LISTS}

    assert len(shapes) == 1
