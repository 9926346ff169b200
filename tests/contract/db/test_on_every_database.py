"""What goes beyond Django, on SQLite, PostgreSQL and MariaDB alike."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from fastjango.apps.registry import Apps
from fastjango.core.exceptions import BadRequest, FieldError
from fastjango.db import DatabaseError, NotSupportedError, OperationalError, connections, models
from fastjango.db.execute import change
from fastjango.db.models import Case, Count, F, Prefetch, Value, When
from fastjango.db.models.fields.json import KT
from fastjango.db.models.functions import Length, Lower
from fastjango.db.transaction import atomic, on_commit
from fastjango.test.databases import CaptureQueriesContext

registry = Apps()


class Shelf(models.Model):
    name = models.CharField(max_length=20)

    class Meta:
        app_label = "every_database"
        db_table = "fj_shelf"
        apps = registry


class Book(models.Model):
    title = models.CharField(max_length=20)
    pages = models.IntegerField(null=True)
    price = models.DecimalField(max_digits=6, decimal_places=2, default=5)
    data = models.JSONField(default=dict)
    shelf_id: int | None
    shelf: Any = models.ForeignKey(Shelf, models.CASCADE, null=True, related_name="books")

    class Meta:
        app_label = "every_database"
        db_table = "fj_book"
        apps = registry
        indexes = [models.Index(fields=["shelf", "-price"], name="fj_book_shelf_price")]


DATABASES = [
    pytest.param("memory"),
    pytest.param("postgresql", marks=pytest.mark.service("postgresql")),
    pytest.param("mariadb", marks=pytest.mark.service("mariadb")),
]


@pytest.fixture(params=DATABASES)
def alias(request: Any) -> Iterator[str]:
    """The alias of a database with three shelves and twelve books."""
    connection = request.getfixturevalue(request.param)
    # A registry without apps does not know its models, and they not each other.
    registry.get_models = lambda *args, **kwargs: [Shelf, Book]  # type: ignore[method-assign]
    Shelf._meta._expire_cache()
    with connection.schema_editor() as editor:
        editor.create_model(Shelf)
        editor.create_model(Book)
    shelves = [Shelf.objects.using(connection.alias).create(name=name) for name in ("low", "High", "empty")]
    books = Book.objects.using(connection.alias)
    for number in range(12):
        books.create(
            title=f"{'tT'[number % 2]}{number:02}",
            pages=None if number % 3 == 0 else number % 5,
            price=number,
            shelf=None if number == 7 else shelves[number % 2],
        )
    yield connection.alias
    with connection.schema_editor() as editor:
        editor.delete_model(Book)
        editor.delete_model(Shelf)


# --- pages by their neighbours ------------------------------------------------------------------


def walk(queryset: Any, size: int) -> tuple[list[int], list[int]]:
    """Return the keys found forwards and backwards."""
    page = queryset.keyset_page(size)
    forth = [row.pk for row in page]
    while page.next is not None:
        page = queryset.keyset_page(size, after=page.next)
        forth += [row.pk for row in page]
    back = [row.pk for row in page]
    while page.previous is not None:
        page = queryset.keyset_page(size, before=page.previous)
        back = [row.pk for row in page] + back
    return forth, back


ORDERS: list[tuple[Any, ...]] = [
    ("pages",),
    ("-pages", "title"),
    (F("pages").desc(nulls_last=True), "-title"),
    (F("pages").asc(nulls_first=True),),
    (F("pages").asc(nulls_last=True), F("pages").desc()),
    ("shelf__name", "-pages"),
    ("shelf_id", "pages"),
    (Lower("title").desc(), "price"),
    (Length("shelf__name"), "-price"),
    (Case(When(price__gt=6, then=Value(1)), default=Value(None), output_field=models.IntegerField()), "price"),
]


@pytest.mark.parametrize("order", ORDERS, ids=str)
def test_pages_go_on_over_nulls_expressions_and_mixed_directions(alias: str, order: Any) -> None:
    queryset = Book.objects.using(alias).order_by(*order)
    expected = [book.pk for book in Book.objects.using(alias).order_by(*order, "pk")]

    for size in (1, 5):
        assert walk(queryset, size) == (expected, expected)


def test_pages_of_a_reversed_order_and_of_groups(alias: str) -> None:
    backwards = Book.objects.using(alias).order_by(F("pages").asc(nulls_last=True), "-title").reverse()
    expected = [
        book.pk for book in Book.objects.using(alias).order_by(F("pages").desc(nulls_first=True), "title", "pk")
    ]
    counted = Shelf.objects.using(alias).annotate(n=Count("books")).order_by("-n", "name")

    assert walk(backwards, 4)[0] == expected
    assert walk(counted, 1)[0] == [shelf.pk for shelf in counted]


def test_a_page_costs_one_query_and_leaves_nothing_on_its_objects(alias: str) -> None:
    queryset = Book.objects.using(alias).order_by(Lower("title"), "shelf__name")
    token = queryset.keyset_page(3).next

    with CaptureQueriesContext(connections[alias]) as queries:
        page = queryset.keyset_page(3, after=token)

    assert len(queries) == 1
    assert not any(name.startswith("_keyset") for name in page[0].__dict__)


def test_the_token_of_another_order_is_a_bad_request(alias: str) -> None:
    token = Book.objects.using(alias).order_by("title").keyset_page(3).next

    with pytest.raises(BadRequest):
        Book.objects.using(alias).order_by("-title").keyset_page(3, after=token)


# --- the first of each group --------------------------------------------------------------------


def best(alias: str, size: int, **conditions: Any) -> dict[Any, list[Any]]:
    """Return the dearest books of each shelf, found by hand."""
    found: dict[Any, list[Any]] = {}
    for book in Book.objects.using(alias).filter(shelf__isnull=False, **conditions).order_by("-price"):
        found.setdefault(book.shelf_id, []).append(book.title)
    return {shelf: titles[:size] for shelf, titles in found.items()}


def by_shelf(books: Any) -> dict[Any, list[Any]]:
    """Return the titles of books by their shelf."""
    found: dict[Any, list[Any]] = {}
    for book in books:
        found.setdefault(book.shelf_id, []).append(book.title)
    return found


def test_the_first_rows_of_each_parent_come_in_one_query(alias: str) -> None:
    books = Book.objects.using(alias).order_by("-price").top_n(2, per="shelf")

    with CaptureQueriesContext(connections[alias]) as queries:
        found = list(books)

    assert len(queries) == 1
    assert ("LATERAL" in queries[0]["sql"]) is (alias == "pg")
    assert by_shelf(found) == best(alias, 2)
    assert [book.price for book in found] == sorted((book.price for book in found), reverse=True)
    assert (books.count(), books.exists(), len(books[1:3])) == (4, True, 2)
    assert set(Book.objects.using(alias).filter(pk__in=books.values("pk"))) == set(found)
    assert books.aggregate(n=Count("pk"))["n"] == 4
    assert [book.shelf.name for book in books.select_related("shelf")] == [book.shelf.name for book in found]


def test_conditions_stand_before_the_counting(alias: str) -> None:
    shelf = Shelf.objects.using(alias).get(name="low")
    books = Book.objects.using(alias).order_by("-price")

    assert by_shelf(books.filter(pages=None).top_n(2, per="shelf")) == best(alias, 2, pages=None)
    assert by_shelf(books.filter(shelf=shelf, price__lt=9).top_n(2, per="shelf_id")) == best(
        alias, 2, shelf=shelf, price__lt=9
    )
    assert by_shelf(books.filter(shelf__name="low").top_n(2, per="shelf")) == best(alias, 2, shelf=shelf)
    assert by_shelf(books.exclude(shelf=shelf).top_n(1, per="shelf__name")) == {
        key: titles for key, titles in best(alias, 1).items() if key != shelf.pk
    }


def test_groups_need_no_relation(alias: str) -> None:
    books = Book.objects.using(alias).order_by("price").top_n(1, per="pages")

    assert {book.pages for book in books} == set(
        Book.objects.using(alias).exclude(pages=None).values_list("pages", flat=True)
    )


@pytest.mark.parametrize("part", [slice(2), slice(1, 3), slice(1, None)], ids=str)
def test_a_sliced_prefetch_gives_each_parent_its_slice(alias: str, part: slice) -> None:
    books = Book.objects.using(alias).order_by("-price")

    def shelves() -> dict[Any, list[Any]]:
        found: Any = Shelf.objects.using(alias).prefetch_related(Prefetch("books", books[part], to_attr="some"))
        return {shelf.pk: [book.title for book in shelf.some] for shelf in found if shelf.some}

    assert shelves() == {key: titles[part] for key, titles in best(alias, 99).items()}
    with CaptureQueriesContext(connections[alias]) as queries:
        shelves()
    assert len(queries) == 2
    assert ("LATERAL" in queries[1]["sql"]) is (alias == "pg" and part.stop is not None)


def test_a_top_can_be_prefetched(alias: str) -> None:
    books = Book.objects.using(alias).order_by("-price").top_n(1, per="shelf")

    shelves: Any = Shelf.objects.using(alias).prefetch_related(Prefetch("books", books, to_attr="best"))

    assert {shelf.pk: [book.title for book in shelf.best] for shelf in shelves if shelf.best} == best(alias, 1)


def test_a_repeat_of_them_compiles_nothing(alias: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def read() -> None:
        list(Book.objects.using(alias).order_by("-price").top_n(2, per="shelf"))
        books = Book.objects.using(alias).order_by("-price")
        list(Shelf.objects.using(alias).prefetch_related(Prefetch("books", books[:2], to_attr="some")))

    read()
    monkeypatch.setattr("fastjango.db.models.query.shape.compile_select", None)

    read()


def test_what_a_top_refuses(alias: str) -> None:
    books = Book.objects.using(alias)
    some = books.order_by("price").top_n(1, per="shelf")

    with pytest.raises(ValueError, match="needs an order"):
        books.top_n(1, per="shelf")
    with pytest.raises(ValueError, match="positive number"):
        books.order_by("price").top_n(0, per="shelf")
    with pytest.raises(FieldError):
        books.order_by("price").top_n(1, per="nothing")
    with pytest.raises(TypeError, match="once a slice has been taken"):
        some.filter(price=1)
    with pytest.raises(TypeError):
        some.delete()


# --- transactions -------------------------------------------------------------------------------


def test_a_read_only_transaction_refuses_to_write_and_leaves_no_trace(alias: str) -> None:
    with pytest.raises(DatabaseError, match=r"(?i)read.?only"), atomic(using=alias, read_only=True):
        assert Shelf.objects.using(alias).count() == 3
        Shelf.objects.using(alias).create(name="new")

    with atomic(using=alias, read_only=True):
        assert not Shelf.objects.using(alias).filter(name="new").exists()
    Shelf.objects.using(alias).create(name="new")

    assert Shelf.objects.using(alias).filter(name="new").exists()


def test_a_read_only_transaction_on_the_loop(alias: str) -> None:
    async def write() -> None:
        async with atomic(using=alias, read_only=True):
            await Shelf.objects.using(alias).acreate(name="new")

    with pytest.raises(DatabaseError, match=r"(?i)read.?only"):
        asyncio.run(write())
    Shelf.objects.using(alias).create(name="new")


def test_isolation_levels(alias: str) -> None:
    levels = ["serializable", "repeatable read", "read committed"]
    if connections[alias].vendor == "sqlite":
        with pytest.raises(NotSupportedError), atomic(using=alias, isolation=levels.pop()):
            pass
        levels.pop()

    for level in levels:
        with atomic(using=alias, isolation=level):
            assert Shelf.objects.using(alias).count() == 3
    with pytest.raises(NotSupportedError), atomic(using=alias, isolation="certain"):
        pass


def clash(alias: str, monkeypatch: pytest.MonkeyPatch) -> OperationalError:
    """Return an error that this database's blocks are repeated after."""
    error = OperationalError("clash")
    monkeypatch.setattr(type(connections[alias]), "is_retryable", lambda self, exc: exc is error)
    return error


def test_a_block_in_a_loop_is_repeated(alias: str, monkeypatch: pytest.MonkeyPatch) -> None:
    error, calls, committed = clash(alias, monkeypatch), [], []

    for attempt in atomic(using=alias, retry=3):
        with attempt:
            Shelf.objects.using(alias).create(name=f"try {attempt.number}")
            on_commit(lambda: committed.append(1), using=alias)
            calls.append(attempt.number)
            if attempt.number < 3:
                raise error

    assert calls == [1, 2, 3]
    assert committed == [1]
    assert list(Shelf.objects.using(alias).filter(name__startswith="try").values_list("name", flat=True)) == ["try 3"]


def test_the_last_attempt_and_other_errors_are_raised(alias: str, monkeypatch: pytest.MonkeyPatch) -> None:
    error, numbers = clash(alias, monkeypatch), []

    with pytest.raises(OperationalError, match="clash"):
        for attempt in atomic(using=alias, retry=1):
            with attempt:
                numbers.append(attempt.number)
                raise error
    with pytest.raises(ZeroDivisionError):
        for attempt in atomic(using=alias, retry=1):
            with attempt:
                raise ZeroDivisionError

    assert numbers == [1, 2]


def test_a_block_in_a_loop_is_repeated_on_the_loop(alias: str, monkeypatch: pytest.MonkeyPatch) -> None:
    error = clash(alias, monkeypatch)

    async def work() -> int:
        number = 0
        for attempt in atomic(using=alias, retry=2):
            async with attempt:
                number = attempt.number
                await Shelf.objects.using(alias).acreate(name="again")
                if number == 1:
                    raise error
        return number

    assert asyncio.run(work()) == 2
    assert Shelf.objects.using(alias).filter(name="again").count() == 1


@pytest.mark.service("postgresql")
def test_a_real_conflict_is_repeated(postgresql: Any) -> None:
    change("pg", "INSERT INTO fj_t (name) VALUES ('a')")
    attempts = 0

    for attempt in atomic(using="pg", isolation="repeatable read", retry=2):
        with attempt:
            attempts += 1
            change("pg", "SELECT * FROM fj_t")
            if attempts == 1:
                other = threading.Thread(target=change, args=("pg", "UPDATE fj_t SET name = 'b'"))
                other.start()
                other.join()
            change("pg", "UPDATE fj_t SET name = name || '!'")

    assert attempts == 2


def test_a_with_statement_alone_cannot_be_repeated() -> None:
    with pytest.raises(TypeError, match="in a loop"), atomic(retry=1):
        pass


# --- texts in documents -------------------------------------------------------------------------


def test_a_text_in_a_document_is_compared_as_text(alias: str) -> None:
    books = Book.objects.using(alias)
    for title, kind in (("t00", "paper"), ("T01", "e-book"), ("t02", None)):
        books.filter(title=title).update(data={"made": {"of": kind}})
    known = books.filter(title__in=["t00", "T01", "t02"]).annotate(kind=KT("data__made__of"))

    assert known.get(kind="paper").title == "t00"
    assert {book.title for book in known.filter(kind__in=["paper", "e-book", "x"])} == {"t00", "T01"}
    assert known.filter(kind='"paper"').count() == 0


def test_the_remainder_of_a_division_by_a_float(alias: str) -> None:
    found = Book.objects.using(alias).annotate(rest=F("id") % 2.5).order_by("id").values_list("pk", "rest")[:3]

    # SQLite's operator cuts both sides off, as it does for Django.
    divisor = 2 if connections[alias].vendor == "sqlite" else 2.5
    assert [float(rest) for _, rest in found] == [float(key) % divisor for key, _ in found]
