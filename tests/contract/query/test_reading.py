"""Asking: conditions, order, columns, related objects, aggregates."""

from __future__ import annotations

import copy
import pickle
from decimal import Decimal
from typing import Any

import pytest
from tests.contract.query import library_models

from fastjango.contrib.auth.models import Group
from fastjango.core.exceptions import FieldError
from fastjango.db.models import Avg, Count, Exists, F, FilteredRelation, OuterRef, Prefetch, Q, Sum
from fastjango.db.models.functions import Upper

Author: Any = library_models.Author
Book: Any = library_models.Book
Genre: Any = library_models.Genre


def titles(queryset: Any) -> list[str]:
    return [book.title for book in queryset]


def test_get_says_how_many_there_are_when_it_is_not_one() -> None:
    with pytest.raises(Book.DoesNotExist, match=r"Book matching query does not exist."):
        Book.objects.get(title="None")
    with pytest.raises(Book.MultipleObjectsReturned, match=r"get\(\) returned more than one Book -- it returned 3!"):
        Book.objects.get()


def test_a_filter_without_conditions_is_all() -> None:
    assert [titles(Book.objects.filter().order_by("pk")) for _ in range(2)] == [["First", "Second", "Third"]] * 2
    assert Book.objects.filter(**{}).exclude().count() == 3


def test_a_slice_beyond_any_number_of_rows_is_empty_or_all() -> None:
    assert list(Book.objects.order_by("pk")[10**30 : 10**30 + 5]) == []
    assert len(Book.objects.order_by("pk")[: 10**30]) == 3


def test_an_unknown_name_lists_the_choices() -> None:
    with pytest.raises(
        FieldError, match=r"Cannot resolve keyword 'nmae' into field. Choices are: age, books, edited, id, name"
    ):
        Author.objects.filter(nmae="Ann")


def test_filters_of_one_call_speak_of_the_same_related_row() -> None:
    both = Author.objects.filter(books__title="First", books__price=5)
    either = Author.objects.filter(books__title="First").filter(books__price=5)

    assert list(both) == []
    assert [author.name for author in either] == ["Ann"]


def test_exclude_over_many_rows_leaves_out_whoever_has_one() -> None:
    assert titles(Book.objects.exclude(genres__word="crime")) == ["Third"]


def test_exclude_keeps_rows_without_a_value() -> None:
    assert titles(Book.objects.exclude(editor__name="Ann").order_by("pk")) == ["First", "Second"]


def test_or_of_a_nullable_relation_keeps_rows_without_it() -> None:
    found = Book.objects.filter(Q(editor__name="Ann") | Q(title="First")).order_by("pk")

    assert titles(found) == ["First", "Third"]
    assert "LEFT OUTER JOIN" in str(found.query)


def test_values_take_the_order_of_their_names() -> None:
    assert list(Book.objects.order_by("pk").values("price", "author__name")[:1]) == [
        {"price": Decimal("12.50"), "author__name": "Ann"}
    ]
    assert list(Book.objects.order_by("pk").values_list("title", flat=True)) == ["First", "Second", "Third"]
    assert Book.objects.values_list("title", named=True).order_by("pk")[0].title == "First"


def test_aggregates_group_by_what_values_selects() -> None:
    found = Book.objects.values("author__name").annotate(books=Count("pk"), spent=Sum("price")).order_by("author__name")

    assert list(found) == [
        {"author__name": "Ann", "books": 2, "spent": Decimal("17.50")},
        {"author__name": "Ben", "books": 1, "spent": Decimal("7.25")},
    ]
    assert Author.objects.annotate(n=Count("books")).aggregate(Avg("n")) == {"n__avg": 1.5}


def test_a_slice_is_a_limit_and_cannot_be_filtered() -> None:
    two = Book.objects.order_by("pk")[1:3]

    assert titles(two) == ["Second", "Third"]
    with pytest.raises(TypeError, match=r"Cannot filter a query once a slice has been taken."):
        two.filter(pk=1)
    with pytest.raises(ValueError, match=r"Negative indexing is not supported."):
        Book.objects.all()[-1]


def test_select_related_needs_one_query(queries: Any) -> None:
    with queries(1):
        rows = [
            (book.author.name, book.editor and book.editor.name)
            for book in Book.objects.select_related("author", "editor")
        ]

    assert sorted(rows, key=str) == [("Ann", "Ben"), ("Ann", None), ("Ben", "Ann")]


def test_prefetch_needs_one_query_per_relation(queries: Any) -> None:
    with queries(3):
        words = {
            author.name: {genre.word for book in author.books.all() for genre in book.genres.all()}
            for author in Author.objects.prefetch_related("books__genres")
        }

    assert words == {"Ann": {"crime", "poems"}, "Ben": {"poems"}}


def test_prefetch_takes_a_queryset_and_an_attribute(queries: Any) -> None:
    cheap = Prefetch("books", queryset=Book.objects.cheap(), to_attr="cheap_books")

    with queries(2):
        authors = list(Author.objects.prefetch_related(cheap))

    assert [titles(author.cheap_books) for author in authors] == [["Second"], ["Third"]]


def test_deferred_columns_are_fetched_when_they_are_read(queries: Any) -> None:
    book = Book.objects.only("title").get(title="First")

    assert book.get_deferred_fields() == {"price", "author_id", "editor_id"}
    with queries(1):
        assert book.price == Decimal("12.50")


def test_subqueries_see_the_row_around_them() -> None:
    poets = Author.objects.filter(Exists(Book.objects.filter(author=OuterRef("pk"), genres__word="crime")))

    assert [author.name for author in poets] == ["Ann"]


def test_a_filtered_relation_joins_under_a_condition() -> None:
    found = Author.objects.annotate(dear=FilteredRelation("books", condition=Q(books__price__gt=10))).filter(
        dear__isnull=False
    )

    assert [author.name for author in found] == ["Ann"]


def test_querysets_combine() -> None:
    cheap, by_ann = Book.objects.cheap(), Book.objects.filter(author__name="Ann")

    assert titles(cheap & by_ann) == ["Second"]
    assert sorted(titles(cheap | by_ann)) == ["First", "Second", "Third"]
    assert sorted(titles(cheap ^ by_ann)) == ["First", "Third"]
    assert sorted(book.title for book in by_ann.union(cheap)) == ["First", "Second", "Third"]


def test_annotations_can_be_used_in_later_verbs() -> None:
    found = Book.objects.alias(loud=Upper("title")).filter(loud__startswith="T").annotate(twice=F("price") * 2)

    assert [(book.title, book.twice) for book in found] == [("Third", Decimal("14.50"))]


def test_results_are_kept_and_copies_ask_again(queries: Any) -> None:
    books = Book.objects.all()

    with queries(1):
        assert len(books) == 3
        assert bool(books)
        assert books[0] in list(books)
    with queries(1):
        assert len(copy.deepcopy(books)) == 3


def test_a_pickled_query_says_the_same() -> None:
    query = Group.objects.filter(Q(name__startswith="a") | Q(permissions__codename="b")).query

    assert str(pickle.loads(pickle.dumps(query))) == str(query)


def test_raw_sql_gives_instances_with_deferred_columns() -> None:
    table = Book._meta.db_table
    (book,) = Book.objects.raw(f'SELECT id, title, 1 + 1 AS two FROM "{table}" WHERE title = %s', ["First"])

    assert (book.title, book.two, book.price) == ("First", 2, Decimal("12.50"))


def test_a_joined_object_is_at_hand_although_its_key_is_deferred(queries: Any) -> None:
    with queries(1):
        book = Book.objects.defer("author").select_related().get(title="First")
        assert book.author.name == "Ann"
