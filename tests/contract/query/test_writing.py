"""Creating, changing and deleting many rows; the twins for async code."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any

import pytest
from tests.contract.query import library_models

from fastjango.core.exceptions import FieldError
from fastjango.db import IntegrityError
from fastjango.db.models import F, Sum, Value
from fastjango.db.models.functions import Concat
from fastjango.db.transaction import atomic

Author: Any = library_models.Author
Book: Any = library_models.Book


def test_get_or_create_makes_only_what_is_missing() -> None:
    ann, made_ann = Author.objects.get_or_create(name="Ann", defaults={"age": 1})
    cid, made_cid = Author.objects.get_or_create(name="Cid", defaults={"age": lambda: 7})

    assert (ann.age, made_ann) == (40, False)
    assert (cid.age, made_cid) == (7, True)


def test_get_or_create_refuses_unknown_fields() -> None:
    with pytest.raises(FieldError, match=r"Invalid field name\(s\) for model Author: 'size'."):
        Author.objects.get_or_create(name="Cid", defaults={"size": 3})


def test_update_or_create_changes_or_makes() -> None:
    ann, made = Author.objects.update_or_create(name="Ann", defaults={"age": 41})

    assert (ann.age, made, Author.objects.get(name="Ann").age) == (41, False, 41)
    assert Author.objects.update_or_create(name="Cid", defaults={"age": 1}, create_defaults={"age": 2})[0].age == 2


def test_update_computes_in_the_database() -> None:
    changed = Book.objects.filter(author__name="Ann").update(price=F("price") + 1)

    assert changed == 2
    assert Book.objects.get(title="First").price == Decimal("13.50")


def test_bulk_create_returns_keys_and_resolves_conflicts() -> None:
    made = Author.objects.bulk_create([Author(name="Cid"), Author(name="Dan")])
    Author.objects.bulk_create([Author(name="Cid", age=1)], ignore_conflicts=True)
    Author.objects.bulk_create(
        [Author(name="Dan", age=2)], update_conflicts=True, update_fields=["age"], unique_fields=["name"]
    )

    assert all(author.pk for author in made)
    assert Author.objects.get(name="Cid").age is None
    assert Author.objects.get(name="Dan").age == 2
    with pytest.raises(IntegrityError), atomic():
        Author.objects.bulk_create([Author(name="Cid")])


def test_bulk_update_writes_in_one_statement(queries: Any) -> None:
    books = list(Book.objects.all())
    for place, book in enumerate(books):
        book.price = place

    with queries(1):
        changed = Book.objects.bulk_update(books, ["price"])

    assert changed == 3
    assert [book.price for book in Book.objects.order_by("pk")] == [0, 1, 2]


def test_delete_takes_what_depends_on_the_rows() -> None:
    count, by_model = Author.objects.filter(name="Ann").delete()

    assert by_model == {"query_tests.Author": 1, "query_tests.Book": 2, "query_tests.Book_genres": 3}
    assert count == 6
    assert Book.objects.get().editor is None


def test_a_slice_cannot_be_changed() -> None:
    with pytest.raises(TypeError, match=r"Cannot update a query once a slice has been taken."):
        Book.objects.all()[:1].update(price=1)
    with pytest.raises(TypeError, match=r"Cannot use 'limit' or 'offset' with delete\(\)."):
        Book.objects.all()[:1].delete()


def test_every_verb_has_a_twin_for_async_code(transactional_db: None) -> None:
    async def work() -> None:
        author = await Author.objects.acreate(name="Eve")
        assert await Author.objects.aget(pk=author.pk) == author
        assert await Author.objects.acount() == 3
        assert await Author.objects.filter(name="Eve").aexists()
        assert (await Author.objects.aget_or_create(name="Eve")) == (author, False)
        assert await Author.objects.filter(name="Eve").aupdate(age=9) == 1
        assert [found.name async for found in Author.objects.filter(age__gt=5)] == ["Ann", "Eve"]
        assert [found.name async for found in Author.objects.aiterator()] == ["Ann", "Ben", "Eve"]
        assert [found.name for found in await Author.objects.all()] == ["Ann", "Ben", "Eve"]
        assert (await Author.objects.afirst(), await Author.objects.alast()) == tuple(
            await Author.objects.filter(name__in=["Ann", "Eve"])
        )
        assert await Author.objects.aaggregate(n=Sum("age")) == {"n": 49}
        assert (await Author.objects.filter(name="Eve").adelete())[0] == 1

    asyncio.run(work())


def test_what_is_set_by_expressions_is_of_each_call() -> None:
    for x in (1, 2, 3):
        author = Author.objects.get(pk=1 + x % 2)
        Book.objects.filter(pk=x).update(price=F("price") + x, title=Concat(Value("T"), Value(f"{x}")), author=author)

    assert list(Book.objects.order_by("pk").values_list("title", "price", "author")) == [
        ("T1", Decimal("13.50"), 2),
        ("T2", Decimal(7), 1),
        ("T3", Decimal("10.25"), 2),
    ]
