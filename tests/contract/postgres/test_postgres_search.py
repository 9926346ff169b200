"""Full text search and trigrams."""

from __future__ import annotations

from typing import Any

import pytest
from tests.contract.postgres.hotel_models import Book

from fastjango.contrib.postgres.indexes import GinIndex, OpClass
from fastjango.contrib.postgres.search import (
    SearchHeadline,
    SearchQuery,
    SearchRank,
    SearchVector,
    TrigramDistance,
    TrigramSimilarity,
    TrigramWordSimilarity,
)
from fastjango.db import connection
from fastjango.db.models import F, Value
from fastjango.db.models.functions import Upper

pytestmark = [pytest.mark.service("postgresql"), pytest.mark.usefixtures("rolled_back")]


@pytest.fixture(autouse=True)
def books(rolled_back: Any) -> None:
    Book.objects.bulk_create(
        [
            Book(title="The cat", body="Cats sleep all day, and dogs bark", pages=10),
            Book(title="The dog", body="A dog is barking", pages=20),
            Book(title="Häuser", body="", pages=None),
        ]
    )


def titles(queryset: Any) -> list[str]:
    return [book.title for book in queryset.order_by("pk")]


def test_the_search_lookup_finds_words_in_any_form() -> None:
    assert titles(Book.objects.filter(body__search="cat")) == ["The cat"]
    assert titles(Book.objects.filter(body__search="barks")) == ["The cat", "The dog"]


def test_several_columns_are_one_vector() -> None:
    books = Book.objects.annotate(search=SearchVector("title", "body", "pages", config="english"))

    assert titles(books.filter(search="cat sleeping")) == ["The cat"]
    assert titles(books.filter(search="20")) == ["The dog"]


def test_a_configuration_decides_on_the_words() -> None:
    simple = Book.objects.annotate(search=SearchVector("body", config="simple"))

    assert titles(simple.filter(search="cat")) == []
    assert titles(simple.filter(search=SearchQuery("cats", config="simple"))) == ["The cat"]


def test_searches_are_combined_and_inverted() -> None:
    books = Book.objects.annotate(search=SearchVector("body"))

    assert titles(books.filter(search=SearchQuery("cat") & SearchQuery("dog"))) == ["The cat"]
    assert titles(books.filter(search=SearchQuery("sleep") | SearchQuery("dog"))) == ["The cat", "The dog"]
    assert titles(books.filter(search=SearchQuery("dog") & ~SearchQuery("cat"))) == ["The dog"]


@pytest.mark.parametrize(
    ("text", "search_type", "expected"),
    [
        ("sleep all day", "phrase", ["The cat"]),
        ("dog & !cat", "raw", ["The dog"]),
        ('"dogs bark" -sleep', "websearch", []),
        ("it's (a", "plain", []),
    ],
)
def test_a_search_is_read_in_four_ways(text: str, search_type: str, expected: list[str]) -> None:
    books = Book.objects.annotate(search=SearchVector("body", config="english"))

    query = SearchQuery(text, search_type=search_type, config="english")

    assert titles(books.filter(search=query)) == expected


def test_the_rank_counts_weights() -> None:
    vector = SearchVector("title", weight="A") + SearchVector("body", weight="D")
    books = Book.objects.annotate(rank=SearchRank(vector, SearchQuery("dog"))).order_by("-rank")

    assert [book.title for book in books][:2] == ["The dog", "The cat"]

    only_body = SearchRank(vector, SearchQuery("dog"), weights=[1.0, 0.0, 0.0, 0.0], normalization=Value(2))
    assert Book.objects.annotate(rank=only_body).filter(title="The cat", rank__gt=0).exists()


def test_a_stored_vector_is_searched() -> None:
    Book.objects.update(words=SearchVector("title", "body", config="english"))

    assert titles(Book.objects.filter(words="sleeping")) == ["The cat"]
    assert titles(Book.objects.filter(words=SearchQuery("dog", config="english"))) == ["The cat", "The dog"]


def test_the_headline_marks_the_words() -> None:
    headline = SearchHeadline("body", SearchQuery("cat"), start_sel="<b>", stop_sel="it's \\", highlight_all=True)

    book: Any = Book.objects.annotate(headline=headline).get(title="The cat")

    assert book.headline == "<b>Catsit's \\ sleep all day, and dogs bark"


def test_an_index_on_the_vector_is_used_by_the_search(rolled_back: Any) -> None:
    index = GinIndex(SearchVector("body", config="english"), name="book_body")
    with rolled_back.schema_editor() as editor:
        editor.add_index(Book, index)
    with rolled_back.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")

    plan = Book.objects.annotate(s=SearchVector("body", config="english")).filter(s="cat").explain()

    assert "book_body" in plan


def test_the_same_search_with_other_words_is_the_same_statement() -> None:
    for text in ("cat", "dog"):
        list(Book.objects.filter(body__search=text))

    shapes = {Book.objects.filter(body__search=text).shape for text in ("cat", "dog")}

    assert len(shapes) == 1


def test_trigrams_compare_texts() -> None:
    similar = Book.objects.annotate(
        similarity=TrigramSimilarity("title", "the cart"),
        distance=TrigramDistance("title", "the cart"),
        word=TrigramWordSimilarity("ca", "title"),
    )

    book: Any = similar.order_by("distance").first()

    assert (book.title, book.similarity > 0.3, book.word > 0.5) == ("The cat", True, True)
    assert book.distance == pytest.approx(1 - book.similarity)


def test_trigram_lookups_follow_the_limits_of_the_server() -> None:
    assert titles(Book.objects.filter(title__trigram_similar="Häusr")) == ["Häuser"]
    assert titles(Book.objects.filter(body__trigram_word_similar="barkin")) == ["The dog"]
    assert titles(Book.objects.filter(body__trigram_strict_word_similar="barkin")) == ["The cat", "The dog"]


def test_unaccent_is_applied_to_both_sides() -> None:
    assert titles(Book.objects.filter(title__unaccent__istartswith="haus")) == ["Häuser"]
    assert titles(Book.objects.filter(title__unaccent="Häüser")) == ["Häuser"]


def test_an_index_has_the_operators_it_is_for(rolled_back: Any) -> None:
    index = GinIndex(OpClass(Upper("title"), name="gin_trgm_ops"), name="book_trgm")
    with rolled_back.schema_editor() as editor:
        editor.add_index(Book, index)
        editor.remove_index(Book, index)
        editor.add_index(Book, index)

    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, "hotel_book")["book_trgm"]

    assert (found["type"], "gin_trgm_ops" in found["definition"]) == ("gin", True)
    assert titles(Book.objects.filter(pages__lt=F("pages") + 1)) == ["The cat", "The dog"]
