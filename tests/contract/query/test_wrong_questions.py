"""Questions that cannot be asked: the error comes at once, whatever rows there are, and says what to write instead."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy.orm
from sqlalchemy.schema import CreateTable
from tests.contract.query import library_models

from fastjango.apps.registry import Apps
from fastjango.core.exceptions import FieldError
from fastjango.db import connection, models
from fastjango.db.execute import change
from fastjango.db.models import Case, F, FilteredRelation, Max, Q, Sum, Value, When
from fastjango.db.models.fields.attribute import DeferredAttribute
from fastjango.db.transaction import atomic

Author: Any = library_models.Author
Book: Any = library_models.Book


# --- conditions of a filtered relation ------------------------------------------------------------


@pytest.mark.parametrize(
    "condition",
    [
        Q(books__title=F("wrong__path")),
        Q(books__price__gt=F("books__price") + F("wrong")),
        Q(~Q(books__title=Case(When(wrong="x", then=Value("a")), default=F("name")))),
    ],
)
def test_names_inside_the_expressions_of_a_filtered_relation_are_checked_at_once(condition: Q) -> None:
    with pytest.raises(FieldError, match=r"Cannot resolve keyword 'wrong' into field\. Choices are: "):
        Author.objects.annotate(some=FilteredRelation("books", condition=condition))


@pytest.mark.parametrize(
    "condition",
    [
        Q(books__title=F("books__editor__name")),
        Q(books__price__gt=F("books__editor__age") + 1),
        Q(books__title=Case(When(books__editor__name="x", then=Value("a")), default=F("name"))),
    ],
)
def test_a_filtered_relation_goes_no_deeper_by_an_expression(condition: Q) -> None:
    with pytest.raises(ValueError, match="doesn't support nested relations deeper than the relation_name"):
        Author.objects.annotate(some=FilteredRelation("books", condition=condition))


def test_a_filtered_relation_may_compare_columns() -> None:
    found = Author.objects.annotate(
        some=FilteredRelation("books", condition=Q(books__title__gt=F("name"), books__price__lt=F("books__price") + 1))
    ).filter(some__isnull=False)

    assert sorted(found.values_list("some__title", flat=True)) == ["First", "Second", "Third"]


# --- SQLAlchemy's expressions ---------------------------------------------------------------------


class Priced(models.Model):
    price = models.IntegerField()

    class Meta:
        app_label = "wrong_questions"
        apps = Apps()


ANY_PRICED: Any = Priced


@pytest.mark.parametrize(
    ("make", "remedy"),
    [
        (lambda: Priced.price > 5, "filter(price__gt=5)"),
        (lambda: Priced.price == 5, "filter(price=5)"),
        (lambda: Priced.price.in_([1, 2]), "filter(price__in=[1, 2])"),
        (lambda: sqlalchemy.or_(Priced.price > 5, Priced.price < 1), "filter(price__gt=5)"),
        (lambda: Priced.price, "filter(price__gt=5)"),
        (lambda: sqlalchemy.text("1 = 1"), "filter(price__gt=5)"),
    ],
)
def test_a_sqlalchemy_expression_is_refused_with_the_lookup_to_write(make: Any, remedy: str) -> None:
    priced: Any = Priced.objects
    for ask in (priced.filter, priced.exclude, priced.get, lambda given: priced.filter(Q(pk=1) | Q(given))):
        with pytest.raises(TypeError, match="Cannot filter a queryset against a SQLAlchemy expression: ") as caught:
            ask(make())
        assert remedy in caught.value.__notes__[0]


@pytest.mark.parametrize("given", [False, None, 5, "price", ("price", 1, 2), object()])
def test_what_is_no_condition_is_refused_by_name(given: Any) -> None:
    with pytest.raises(TypeError, match="it is no lookup, Q object or conditional expression"):
        Priced.objects.filter(given)
    assert str(Priced.objects.filter(("price", 1)).query).endswith('"price" = 1')


@pytest.mark.parametrize(
    ("make", "remedy"),
    [
        (lambda: Q(price=1) & (Priced.price > 5), "Q(price__gt=5)"),
        (lambda: Q() | (Priced.price > 5), "Q(price__gt=5)"),
        (lambda: Sum("price", filter=Priced.price > 5), "Q(price__gt=5)"),
        (lambda: When(Priced.price > 5, then=1), "Q(price__gt=5)"),
        (lambda: FilteredRelation("books", condition=ANY_PRICED.price > 5), "Q(price__gt=5)"),
        (lambda: Sum(Priced.price), "F('price')"),
    ],
)
def test_a_sqlalchemy_expression_is_refused_in_every_place_of_a_condition(make: Any, remedy: str) -> None:
    with pytest.raises(TypeError, match="cannot take a SQLAlchemy expression: ") as caught:
        make()

    assert remedy in "".join(caught.value.__notes__)


def test_the_attribute_of_a_class_that_sqlalchemy_does_not_know_is_no_expression() -> None:
    with pytest.raises(TypeError, match="cannot take a SQLAlchemy expression: title") as caught:
        Max(DeferredAttribute(Book._meta.get_field("title")))

    assert "F('title')" in "".join(caught.value.__notes__)


def test_a_comparison_without_sqlalchemy_says_so() -> None:
    attribute: Any = DeferredAttribute(Priced._meta.get_field("price"))

    with pytest.raises(TypeError, match=r"Priced.price cannot be compared: SQLAlchemy's ORM is not in use") as caught:
        assert attribute >= 5
    assert "filter(price__gt=...)" in caught.value.__notes__[0]


# --- changes of a parent's fields -----------------------------------------------------------------

registry = Apps()


class Place(models.Model):
    name = models.CharField(max_length=10)
    number = models.IntegerField(default=0)

    class Meta:
        app_label = "wrong_questions"
        apps = registry


class Cafe(Place):
    cups = models.IntegerField(default=0)

    class Meta:
        app_label = "wrong_questions"
        apps = registry


@pytest.fixture
def places(library: None) -> Iterator[None]:
    registry.get_models = lambda *args, **kwargs: [Place, Cafe]  # type: ignore[method-assign]
    for model in (Place, Cafe):
        change("default", str(CreateTable(model._meta.table).compile(dialect=connection.dialect)))
    yield
    for model in (Cafe, Place):
        change("default", f"DROP TABLE {model._meta.db_table}")


@pytest.mark.usefixtures("places")
@pytest.mark.parametrize("condition", [Q(pk__in=[]), Q(cups__in=[]), Q(name="x"), Q()])
def test_a_wrong_expression_for_a_parents_field_is_wrong_without_rows(condition: Q) -> None:
    for values in ({"number": F("wrong"), "cups": 1}, {"cups": 1, "name": F("wrong")}, {"number": F("wrong")}):
        with pytest.raises(FieldError, match=r"Cannot resolve keyword 'wrong' into field\. Choices are: "), atomic():
            Cafe.objects.filter(condition).update(**values)
    assert Cafe.objects.filter(condition).update(number=F("number") + 1, cups=2) == 0
