"""Fetch modes: loading for one object, for its peers, not at all; and N+1 queries that are noticed."""

from __future__ import annotations

import asyncio
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.contract.query import library_models

from fastjango.core.exceptions import FieldFetchBlocked, ImproperlyConfigured, NPlusOneError, NPlusOneWarning
from fastjango.db import models
from fastjango.db.bridge import bridged
from fastjango.db.models.query.fetch_modes import WATCH, mark_result
from fastjango.rest import serializers
from fastjango.template import Context, Engine
from fastjango.test import no_n_plus_one, override_settings

Author: Any = library_models.Author
Book: Any = library_models.Book


def test_peers_load_a_relation_together(queries: Any) -> None:
    with queries(2):
        books = list(Book.objects.fetch_mode(models.FETCH_PEERS).order_by("id"))
        assert [book.author.name for book in books] == ["Ann", "Ann", "Ben"]


def test_what_peers_have_loaded_are_peers_too(queries: Any) -> None:
    with queries(3):
        books = list(Book.objects.defer("title").select_related("author").fetch_mode(models.FETCH_PEERS))
        assert {book.editor.name for book in books if book.editor_id} == {"Ann", "Ben"}
        assert sorted(book.title for book in books) == ["First", "Second", "Third"]


def test_peers_that_are_gone_are_left_out(queries: Any) -> None:
    book = next(iter(Book.objects.fetch_mode(models.FETCH_PEERS).order_by("id")))

    with queries(1):
        assert book.author.name == "Ann"


def test_raise_refuses_what_was_not_loaded() -> None:
    book = Book.objects.defer("title").fetch_mode(models.RAISE).first()

    with pytest.raises(FieldFetchBlocked, match=r"Fetching of Book\.author blocked\.") as caught:
        assert book.author
    assert "select_related('author')" in str(caught.value.__notes__)
    with pytest.raises(FieldFetchBlocked, match=r"Fetching of Book\.title blocked\."):
        assert book.title


def test_raise_gives_what_was_loaded() -> None:
    book = Book.objects.select_related("author").fetch_mode(models.RAISE).order_by("id").first()

    assert book.author.name == "Ann"


def test_the_setting_is_for_querysets_without_a_mode(queries: Any) -> None:
    with override_settings(FETCH_MODE="peers"), queries(2):
        assert [book.author.name for book in Book.objects.order_by("id")] == ["Ann", "Ann", "Ben"]
    with override_settings(FETCH_MODE="peers"), queries(4):
        assert [book.author.name for book in Book.objects.fetch_mode(models.FETCH_ONE)] != []
    with override_settings(FETCH_MODE="none"), pytest.raises(ImproperlyConfigured):
        list(Book.objects.all())


def test_an_object_with_peers_is_pickled_alone() -> None:
    book = Book.objects.fetch_mode(models.FETCH_PEERS).order_by("id").first()

    again = pickle.loads(pickle.dumps(book._state))  # noqa: S301 - ours

    assert again.peers is None


def test_fetch_mode_takes_modes_only() -> None:
    with pytest.raises(TypeError, match="fetch_mode"):
        Book.objects.fetch_mode("peers")


@override_settings(N_PLUS_ONE="raise")
def test_the_second_lazy_load_of_a_result_is_an_error_that_names_the_line() -> None:
    with pytest.raises(NPlusOneError, match=r"Book\.author is loaded once per object .* at .*test_fetch_modes\.py:\d+"):
        [book.author.name for book in Book.objects.all()]
    with pytest.raises(NPlusOneError, match=r"Author\.books .* Add prefetch_related\('books'\)"):
        [list(author.books.all()) for author in Author.objects.all()]
    with pytest.raises(NPlusOneError, match=r"Book\.genres "):
        [list(book.genres.all()) for book in Book.objects.all()]


@override_settings(N_PLUS_ONE="raise")
def test_one_lazy_load_and_prefetched_relations_are_no_error() -> None:
    assert Book.objects.order_by("id")[0].author.name == "Ann"
    assert [book.author.name for book in Book.objects.select_related("author")] != []
    assert [list(author.books.all()) for author in Author.objects.prefetch_related("books")] != []


@override_settings(DEBUG=True)
def test_debug_logs_once_per_result(caplog: pytest.LogCaptureFixture) -> None:
    [book.author.name for book in Book.objects.all()]

    assert [record.name for record in caplog.records if "N+1" in record.message] == ["fastjango.db.n_plus_one"]


@override_settings(N_PLUS_ONE="warn")
def test_a_warning_stands_at_the_line_of_the_loop() -> None:
    with pytest.warns(NPlusOneWarning) as caught:
        [book.author.name for book in Book.objects.all()]

    assert len(caught) == 1
    assert caught[0].filename == __file__


def test_objects_that_lead_to_one_another_are_marked_once() -> None:
    """A joined one-to-one relation has its way back at hand, and one object is not counted."""
    author = Author(name="Ann")
    book = Book(title="First", author=author)
    author._state.fields_cache["favourite"] = book

    mark_result(WATCH, [book], joined=True)

    assert (book._state.fetch_mode, author._state.fetch_mode) == (None, None)


READS: dict[str, Callable[[Any], Any]] = {
    "all": lambda related: list(related.all()),
    "filter": lambda related: list(related.filter(title="x")),
    "exclude": lambda related: list(related.exclude(title="x")),
    "count": lambda related: related.count(),
    "exists": lambda related: related.exists(),
    "first": lambda related: related.first(),
    "values": lambda related: list(related.values("title")),
}


@pytest.mark.parametrize("verb", READS)
def test_reads_of_a_related_manager_are_noticed(verb: str) -> None:
    with no_n_plus_one(), pytest.raises(NPlusOneError, match=rf"Author\.books .*{Path(__file__).name}"):
        [READS[verb](author.books) for author in Author.objects.all()]


def test_one_object_that_is_asked_twice_is_none_of_many() -> None:
    with no_n_plus_one():
        authors = list(Author.objects.all())
        assert authors[0].books.count() == len(authors[0].books.all()) == 2


def test_prefetched_summaries_and_writes_are_no_error() -> None:
    with no_n_plus_one():
        for author in Author.objects.prefetch_related("books"):
            assert (author.books.count() > 0) is author.books.exists()
        for number, author in enumerate(Author.objects.all()):
            author.books.create(title=f"new {number}")
        for book in Book.objects.all():
            book.genres.clear()
            book.genres.set([])


def test_what_was_prefetched_is_asked_anew_by_a_filter() -> None:
    with no_n_plus_one(), pytest.raises(NPlusOneError, match=r"Prefetch\('books', queryset=...\)"):
        [list(author.books.filter(title="x")) for author in Author.objects.prefetch_related("books")]


def test_loops_on_the_event_loop_are_noticed() -> None:
    async def names() -> list[str]:
        return [book.author.name async for book in Book.objects.all()]

    async def counts() -> list[int]:
        return [await author.books.acount() async for author in Author.objects.all()]

    with no_n_plus_one():
        with pytest.raises(NPlusOneError, match=r"Book\.author"):
            asyncio.run(bridged_run(names))
        with pytest.raises(NPlusOneError, match=r"Author\.books"):
            asyncio.run(counts())


async def bridged_run(function: Any) -> Any:
    return await bridged(function())


def test_templates_are_noticed_and_serializers_ask_once() -> None:
    class Lines(serializers.Serializer):
        author = serializers.CharField(source="author.name")

    template = Engine().from_string("{% for book in books %}{{ book.author.name }}{% endfor %}")

    with no_n_plus_one():
        with pytest.raises(NPlusOneError, match=r"Book\.author"):
            template.render(Context({"books": Book.objects.all()}))
        assert len(Lines(Book.objects.select_related("author"), many=True).data) == 3


def test_the_pytest_fixture(no_n_plus_one: None) -> None:
    with pytest.raises(NPlusOneError):
        [book.author.name for book in Book.objects.all()]
