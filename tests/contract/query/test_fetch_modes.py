"""Fetch modes: loading for one object, for its peers, not at all; and N+1 queries that are noticed."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from tests.contract.query import library_models

from fastjango.core.exceptions import FieldFetchBlocked, ImproperlyConfigured, NPlusOneError, NPlusOneWarning
from fastjango.db import models
from fastjango.test.utils import override_settings

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
