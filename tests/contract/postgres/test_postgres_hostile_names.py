"""Keys, delimiters and configurations of PostgreSQL's own fields and functions never get into the SQL."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.contract.postgres.hotel_models import Book, Lists, Maps, Spans
from tests.contract.query.hostile_places import run
from tests.contract.query.test_hostile_names import MARK, REFUSED, TEXTS, Statements, outside_quotes

from fastjango.contrib.postgres.aggregates import ArrayAgg, JSONBAgg, StringAgg
from fastjango.contrib.postgres.search import (
    SearchConfig,
    SearchHeadline,
    SearchQuery,
    SearchRank,
    SearchVector,
    TrigramSimilarity,
)
from fastjango.db import DatabaseError, connection, transaction

pytestmark = [pytest.mark.service("postgresql"), pytest.mark.usefixtures("rolled_back")]

SINKS: dict[str, Callable[[str], Any]] = {
    "delimiter": lambda text: Book.objects.aggregate(a=StringAgg("title", delimiter=text)),
    "order of an aggregate": lambda text: Book.objects.aggregate(a=ArrayAgg("title", order_by=text)),
    "order of a text": lambda text: Book.objects.aggregate(a=StringAgg("title", ",", order_by=text)),
    "aggregate over": lambda text: Book.objects.aggregate(a=JSONBAgg(text)),
    "search": lambda text: run(Book.objects.filter(body__search=text)),
    "configuration": lambda text: run(Book.objects.filter(body__search=SearchQuery("cat", config=text))),
    "configuration of a vector": lambda text: run(Book.objects.annotate(a=SearchVector("body", config=text))),
    "configuration as an object": lambda text: run(
        Book.objects.annotate(a=SearchVector("body", config=SearchConfig(text)))
    ),
    "weight": lambda text: run(Book.objects.annotate(a=SearchVector("body", weight=text))),
    "vector over": lambda text: run(Book.objects.annotate(a=SearchVector(text))),
    "kind of a search": lambda text: run(Book.objects.filter(body__search=SearchQuery("cat", search_type=text))),
    "raw search": lambda text: run(Book.objects.filter(body__search=SearchQuery(text, search_type="raw"))),
    "rank": lambda text: run(Book.objects.annotate(a=SearchRank(SearchVector("body"), SearchQuery(text)))),
    "headline": lambda text: run(
        Book.objects.annotate(a=SearchHeadline("body", "cat", start_sel=text, stop_sel=text, fragment_delimiter=text))
    ),
    "trigrams": lambda text: run(Book.objects.annotate(a=TrigramSimilarity("title", text))),
    "trigram lookup": lambda text: run(Book.objects.filter(title__trigram_similar=text)),
    "unaccent": lambda text: run(Book.objects.filter(title__unaccent=text)),
    "key of a map": lambda text: run(Maps.objects.filter(**{f"attributes__{text}": "x"})),
    "key of a map below": lambda text: run(Maps.objects.filter(**{f"attributes__{text}__icontains": "x"})),
    "map has key": lambda text: run(Maps.objects.filter(attributes__has_key=text)),
    "map has keys": lambda text: run(Maps.objects.filter(attributes__has_any_keys=[text])),
    "map contains": lambda text: run(Maps.objects.filter(attributes__contains={text: text})),
    "place of a list": lambda text: run(Lists.objects.filter(**{f"numbers__{text}": 1})),
    "range": lambda text: run(Spans.objects.filter(**{f"ints__{text}": 1})),
}


@pytest.mark.parametrize("name", SINKS)
def test_hostile_texts_are_refused_or_stay_data(name: str) -> None:
    for text in TEXTS[::2]:
        seen = Statements()
        with connection.execute_wrapper(seen):
            try:
                with transaction.atomic():
                    SINKS[name](text)
            except (*REFUSED, DatabaseError) as exc:
                # What is not valid as a search is the server's to say, in its words for parameters.
                assert "syntax error at" not in str(exc), (text, exc)

        assert not [sql for sql in seen.sent if MARK in outside_quotes(sql, "postgresql")], text
