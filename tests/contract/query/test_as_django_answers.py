"""What the comparison with Django (tests/contract/differential) found, one fact each."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from tests.contract.query import library_models

from fastjango.core.exceptions import FieldError
from fastjango.db import connection
from fastjango.db.models import (
    Case,
    Count,
    Exists,
    F,
    Max,
    OuterRef,
    Q,
    StdDev,
    Subquery,
    Sum,
    Value,
    Variance,
    When,
    Window,
)
from fastjango.db.models.functions import Coalesce, Concat, Least, Ln, Log, RowNumber, Sqrt

Author: Any = library_models.Author
Book: Any = library_models.Book
Genre: Any = library_models.Genre


def titles(queryset: Any) -> list[str]:
    return sorted(book.title for book in queryset)


def test_xor_keeps_rows_without_the_related_row() -> None:
    either = Q(editor__age__gt=1) ^ Q(title="First")

    assert titles(Book.objects.filter(either)) == ["First", "Third"]
    assert titles(Book.objects.exclude(either)) == ["Second"]


def test_xor_keeps_rows_for_which_the_value_of_a_relation_has_a_default() -> None:
    priced = Q(price=Case(When(editor__age=1, then=1), default=F("price")))

    assert titles(Book.objects.filter(priced ^ Q(editor__age=41))) == ["First", "Second", "Third"]


def test_a_negated_xor_takes_an_unknown_condition_for_one_that_does_not_hold() -> None:
    assert titles(Book.objects.filter(~Q(editor__age=40, _connector=Q.XOR))) == ["First", "Second"]


def test_a_xor_with_one_possible_condition_takes_an_unknown_one_for_one_that_does_not_hold() -> None:
    either = Q(title__gt=F("editor__name")) ^ Q(pk__in=[])

    assert titles(Book.objects.filter(either)) == ["Second", "Third"]
    assert titles(Book.objects.exclude(either)) == ["First"]


def test_types_of_a_comparison_are_not_asked_for_where_nothing_depends_on_them() -> None:
    found = Author.objects.filter(age__gte=Least(Coalesce(Value(1), F("id")), F("age")))

    assert [author.name for author in found] == ["Ann"]


def test_select_related_of_a_reverse_relation_that_only_leaves_out_is_refused(db: None) -> None:
    from fastjango.contrib.admin.models import LogEntry

    with pytest.raises(FieldError, match=r"Field LogEntry.user cannot be both deferred and traversed"):
        str(LogEntry.objects.only("id").select_related("user").query)


def test_update_without_fields_changes_nothing() -> None:
    assert Book.objects.filter(title="First").update() == 0
    assert Book.objects.annotate(n=Count("genres")).update() == 0


def test_values_in_an_order_are_converted_as_in_a_filter() -> None:
    first = Book.objects.get(title="First")
    by_range = Case(When(Q(pk__range=(str(first.pk), first.pk)), then=1), default=0)
    by_list = Case(When(Q(author__in=[first.author]), then=1))

    assert Book.objects.order_by(by_range, "pk").last() == first
    assert Book.objects.order_by(by_list.asc(nulls_last=True), "pk").filter(price=F("price")).first() == first


def test_values_in_an_order_are_converted_again_when_the_query_repeats() -> None:
    for title in ("First", "Second", "Third"):
        book = Book.objects.get(title=title)
        assert Book.objects.order_by(Case(When(Q(pk__in=[str(book.pk)]), then=1)).asc(nulls_last=True)).first() == book


def test_distinct_rows_are_ordered_by_an_expression_over_an_aggregate() -> None:
    found = Author.objects.distinct().annotate(last=Max("books__price")).order_by(Coalesce(F("last"), Value(0)), "pk")

    assert [author.name for author in found] == ["Ben", "Ann"]


def test_exists_of_a_union_with_an_intersection() -> None:
    both = Book.objects.filter(title="First").intersection(Book.objects.filter(title="Second"))

    assert not both.union(Book.objects.filter(title="None")).exists()
    assert both.union(Book.objects.filter(title="Third")).exists()


def test_a_window_partitioned_by_nothing_is_not_partitioned() -> None:
    found = Book.objects.annotate(place=Window(RowNumber(), partition_by=[], order_by="title")).order_by("place")

    assert [book.place for book in found] == [1, 2, 3]


def test_messages_show_expressions_as_they_were_written() -> None:
    with pytest.raises(FieldError) as caught:
        Book.objects.annotate(n=Count("pk"), m=Sum(Case(When(n__lt=2.5, then=F("price")))))

    assert "('n__lt', 2.5)" in str(caught.value)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite's functions")
def test_functions_without_a_result_give_null_on_sqlite() -> None:
    assert Book.objects.values_list(Ln(Value(0)), Sqrt(Value(-1)), Log(Value(1), Value(2)))[0] == (None, None, None)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite's functions")
def test_variance_skips_null_and_may_be_more_than_an_integer_holds() -> None:
    Author.objects.create(name="Old", age=2**62)

    found = Author.objects.aggregate(variance=Variance("age"), deviation=StdDev("age"))

    assert found["variance"] > 2**63
    assert found["deviation"] > 2**60


def test_values_of_an_outer_annotation_keep_their_places_inside_a_subquery() -> None:
    """The subquery's values have places of their own in the statement; the annotation's are counted in the outer query's."""
    ages = Author.objects.filter(pk__gt=0).annotate(later=F("age") + 3)
    older = Author.objects.filter(age__lt=OuterRef("later"), name="Ann")

    assert [author.name for author in ages.filter(Exists(older), pk__lt=1000)] == ["Ann"]
    assert [author.name for author in ages.exclude(Exists(older))] == ["Ben"]
    assert (
        ages.values_list(Subquery(older.filter(age__lte=OuterRef("later") - Value(3)).values("age")[:1]), flat=True)[0]
        == 40
    )


def test_a_condition_on_groups_groups_the_columns_of_its_subqueries_and_lists() -> None:
    poems = Genre.objects.filter(books=OuterRef("pk"), word="poems")
    grouped = Book.objects.values_list("author__name").annotate(count=Count("pk")).order_by("author__name")

    assert list(grouped.filter(~Exists(poems) | Q(count=2))) == [("Ann", 1)]
    assert list(grouped.filter(count__in=[F("author__age"), 1])) == [("Ben", 1)]


def test_groups_are_named_by_the_place_of_a_selected_subquery() -> None:
    has_genre = Exists(Genre.objects.filter(books=OuterRef("pk"), word="crime"))
    found = (
        Book.objects.values_list("author__name").annotate(count=Count("pk"), crime=has_genre).order_by("author__name")
    )

    assert list(found) == [("Ann", 2, True), ("Ben", 1, False)]


def test_rows_of_groups_are_ordered_by_an_expression_with_values() -> None:
    found = Book.objects.annotate(last=Max("genres__word")).order_by(Concat(F("author__name"), Value("-")), "pk")

    assert [book.title for book in found] == ["First", "Second", "Third"]


def test_a_slice_of_a_union_is_looked_into_without_the_order_of_its_parts() -> None:
    both = Author.objects.union(Author.objects.filter(age=40))

    assert both[:1].exists()
    assert both[1:2].exists()
    assert not both[2:3].exists()


def test_a_condition_of_an_aggregate_over_windows_may_name_an_alias() -> None:
    numbered = Book.objects.annotate(place=Window(RowNumber(), order_by="pk")).alias(cost=F("price"))

    found = numbered.filter(place__gt=0).aggregate(dear=Count("place", filter=Q(cost__gt=6)))

    assert found == {"dear": 2}


def test_a_computed_price_in_the_middle_is_rounded_by_its_decimal_digits() -> None:
    Book.objects.filter(title="First").update(price=Decimal("1.50"))

    Book.objects.filter(title="First").update(price=F("price") * "99.95")

    assert Book.objects.get(title="First").price == Decimal("149.92")
