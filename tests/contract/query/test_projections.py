"""``into()`` with dataclasses and typed dictionaries; ``values_list()`` with attributes of the class."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from decimal import Decimal
from typing import Any, NotRequired, TypedDict

import pytest
from pydantic import BaseModel, ValidationError
from tests.contract.query.library_models import Author, Book

from fastjango.core.exceptions import FieldError
from fastjango.db.models import Count, Sum


class Row(TypedDict):
    title: str
    price: Decimal


@dataclasses.dataclass
class Person:
    name: str


@dataclasses.dataclass(frozen=True)
class Card:
    title: str
    author: Person
    editor: Person | None
    note: str = "none"


class Nested(TypedDict):
    title: str
    author__name: str
    missing: NotRequired[str]


@dataclasses.dataclass
class Total:
    author__name: str
    books: int
    spent: float | None = None


class Sheet(BaseModel):
    title: str


def books() -> Any:
    return Book.objects.order_by("title")


def test_a_typed_dictionary_gets_its_keys_and_no_others(queries: Any) -> None:
    with queries(1):
        found = list(books().into(Row))

    assert found[0] == {"title": "First", "price": Decimal("12.50")}
    assert found[1]["price"] == 5


def test_a_dataclass_is_made_with_its_related_objects(queries: Any) -> None:
    with queries(1):
        found = list(books().into(Card))

    assert found[0] == Card("First", Person("Ann"), None)
    assert found[1].editor == Person("Ben")


def test_paths_and_keys_that_are_not_required() -> None:
    assert books().into(Nested)[0] == {"title": "First", "author__name": "Ann"}


def test_groups_become_objects() -> None:
    totals = (
        Book.objects.values("author__name").annotate(books=Count("pk"), spent=Sum("price")).order_by("author__name")
    )

    assert list(totals.into(Total)) == [Total("Ann", 2, 17.5), Total("Ben", 1, 7.25)]


def test_annotations_and_set_operations_are_columns() -> None:
    @dataclasses.dataclass
    class Counted:
        title: str
        n: int

    assert next(iter(books().annotate(n=Count("genres")).into(Counted))) == Counted("First", 2)
    united = Book.objects.filter(title="First").union(Book.objects.filter(title="Third")).order_by("title")
    assert [row["title"] for row in united.into(Row)] == ["First", "Third"]


def test_a_field_that_is_no_column_names_the_choices() -> None:
    class Wrong(TypedDict):
        titel: str

    with pytest.raises(FieldError, match=r"Wrong.titel is no column of the query. Choices are: id, title"):
        list(books().into(Wrong))


def test_a_value_of_another_type_is_refused_with_the_name_of_the_field() -> None:
    class Aged(TypedDict):
        age: int

    with pytest.raises(ValidationError) as caught:
        list(Author.objects.into(Aged))

    assert caught.value.__notes__ == ["In Aged.age, which into() fills."]


def test_a_relation_is_no_plain_value() -> None:
    @dataclasses.dataclass
    class Keyed:
        author: str = ""

    with pytest.raises(FieldError, match=r"Keyed.author is no column of the query. Choices are: .*author_id"):
        list(books().into(Keyed))


def test_they_are_written_as_json() -> None:
    assert json.loads(books().into(Card).json())[0] == {
        "title": "First",
        "author": {"name": "Ann"},
        "editor": None,
        "note": "none",
    }
    assert json.loads(books().into(Row).json())[0] == {"title": "First", "price": "12.50"}


def test_a_repeat_makes_nothing_anew() -> None:
    list(books().into(Row))
    kept = dict(Book._meta.__dict__["_projections"])

    list(books().into(Row))

    assert kept == Book._meta.__dict__["_projections"]


def test_attributes_of_the_class_name_columns() -> None:
    assert list(books().values_list(Book.title, flat=True)) == ["First", "Second", "Third"]
    assert books().values_list(Book.title, Book.price)[0] == ("First", Decimal("12.50"))
    assert books().values(Book.title, Book.author)[0] == {"title": "First", "author": books()[0].author_id}
    assert [sheet.title for sheet in books().into(Sheet)] == ["First", "Second", "Third"]


def test_attributes_of_another_class_are_refused() -> None:
    with pytest.raises(TypeError, match=r"Author\.name is no field of Book"):
        books().values_list(Author.name)


def test_they_are_awaited() -> None:
    async def read() -> list[Card]:
        cards: list[Card] = await books().into(Card)
        return cards

    assert asyncio.run(read())[2].title == "Third"
