"""
A repeat of a query of any shape compiles nothing: SQLAlchemy's compiler is not even made.

Each question is asked twice, then once more with other values while every compiler is counted; what it answers is what a
fresh compilation answers. Not here: SQL of the user's own (``raw()``, ``extra()``, ``RawSQL``), whose text may be another
each time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.sql.compiler import Compiled
from tests.contract.query import library_models

from fastjango.db import connection
from fastjango.db.models import (
    Avg,
    Case,
    Count,
    Exists,
    F,
    FilteredRelation,
    IntegerField,
    OuterRef,
    Prefetch,
    Q,
    Subquery,
    Sum,
    Value,
    When,
    Window,
)
from fastjango.db.models.functions import Coalesce, Concat, Lower, RowNumber, Substr
from fastjango.db.models.query.shape import Trie

Author: Any = library_models.Author
Book: Any = library_models.Book
Genre: Any = library_models.Genre

Ask = Callable[[int], Any]


def costing(x: int) -> Any:
    return Book.objects.filter(price__gt=x)


def named(x: int) -> Any:
    return Book.objects.filter(title=f"T{x}")


def counted(x: int) -> Any:
    counts = Author.objects.filter(age__gt=x).order_by().values("id", n=Count("books")).cte("counts")
    joined = Author.objects.with_cte(counts, on={"pk": "id"})
    return joined.annotate(n=counts.col.n + x).filter(n__gt=x - 100)


def descending(x: int) -> Any:
    def more(above: Any) -> Any:
        below = Book.objects.with_cte(above, on={"pk": "id"}).filter(pk__gt=1000 + x)
        return below.values("id", depth=above.col.depth + 1)

    start = Book.objects.filter(pk=x).values("id", depth=Value(0, output_field=IntegerField()))
    tree = start.cte("tree", recursive=more)
    return Book.objects.with_cte(tree, on={"pk": "id"}).annotate(depth=tree.col.depth)


READS: dict[str, Ask] = {
    "get": lambda x: Book.objects.get(pk=x % 3 + 1),
    "get by several": lambda x: Author.objects.filter(name="Ann", age__gt=x).first(),
    "filter, order, slice": lambda x: list(costing(x).filter(title__gt=f"{x}").order_by("-price")[:3]),
    "Q": lambda x: list(Book.objects.filter(Q(title=f"{x}") | ~Q(price=x) & Q(author__name__startswith=f"{x}"))),
    "text and ranges": lambda x: list(
        Book.objects.filter(title__icontains=f"{x}", title__iregex="i", price__range=(x, x + 20), editor__isnull=True)
    ),
    "exclude over many rows": lambda x: list(Book.objects.exclude(genres__word=f"{x}")),
    "in a list": lambda x: list(Book.objects.filter(pk__in=[x, x + 1, x + 2])),
    "in a queryset": lambda x: list(Book.objects.filter(author__in=Author.objects.filter(age__gt=x))),
    "in values": lambda x: list(Book.objects.filter(author_id__in=Author.objects.filter(age__gt=x).values("pk"))),
    "by an object": lambda x: list(Book.objects.filter(author=Author.objects.first())),
    "in_bulk": lambda x: Book.objects.in_bulk([x, x + 1]),
    "count": lambda x: costing(x).count(),
    "count distinct": lambda x: costing(x).distinct().count(),
    "count a slice": lambda x: costing(x)[:5].count(),
    "exists": lambda x: costing(x).exists(),
    "contains": lambda x: costing(x).contains(Book.objects.first()),
    "first and last": lambda x: (costing(x).first(), costing(x).last()),
    "latest": lambda x: costing(x - 100).latest("pk"),
    "aggregate": lambda x: costing(x).aggregate(n=Count("pk"), s=Sum("price"), m=Avg("price", filter=Q(price__gt=x))),
    "aggregate annotations": lambda x: (
        Author.objects.annotate(n=Count("books")).filter(n__gte=x - 50).aggregate(Sum("n"))
    ),
    "annotate": lambda x: [
        (author.n, author.later)
        for author in Author.objects.annotate(n=Count("books", filter=Q(books__price__gt=x)), later=F("age") + x)
    ],
    "alias": lambda x: list(Author.objects.alias(n=Count("books")).filter(n__gte=x - 10).order_by("n", "name")),
    "group": lambda x: list(Author.objects.order_by().values("age").annotate(n=Count("books")).filter(n__gt=x - 10)),
    "case": lambda x: list(
        Book.objects.annotate(k=Case(When(price__gt=x, then=Value(f"{x}")), default=Value("z"))).values_list("k")
    ),
    "functions": lambda x: list(
        Book.objects.annotate(s=Substr("title", 1, x), c=Concat("title", Value(f"{x}"))).values_list("s", "c")
    ),
    "window": lambda x: list(
        Book.objects.annotate(r=Window(RowNumber(), partition_by="author", order_by="price")).filter(r__lt=x + 5)
    ),
    "values": lambda x: list(costing(x).values("title", "author__name")),
    "values_list": lambda x: list(costing(x).values_list("title", flat=True)),
    "distinct values": lambda x: list(costing(x).values("price").distinct()),
    "expressions in the order": lambda x: list(costing(x).order_by(F("price").desc(nulls_last=True), Lower("title"))),
    "random order": lambda x: len(costing(x).order_by("?")),
    "select_related": lambda x: [(b.author.name, b.editor) for b in costing(x).select_related("author", "editor")],
    "prefetch_related": lambda x: [
        [list(book.genres.all()) for book in author.books.all()]
        for author in Author.objects.prefetch_related("books__genres").filter(age__gt=x - 100)
    ],
    "Prefetch": lambda x: [
        author.cheap for author in Author.objects.prefetch_related(Prefetch("books", costing(x), to_attr="cheap"))
    ],
    "sliced Prefetch": lambda x: [
        author.two
        for author in Author.objects.prefetch_related(Prefetch("books", Book.objects.order_by("pk")[:2], to_attr="two"))
    ],
    "related managers": lambda x: [list(author.books.filter(price__gt=x)) for author in Author.objects.all()],
    "many to many": lambda x: [list(book.genres.all()) for book in Book.objects.all()],
    "relations of objects": lambda x: [book.author.name for book in Book.objects.all()],
    "deferred columns": lambda x: [book.title for book in costing(x - 100).defer("title")],
    "refresh_from_db": lambda x: Book.objects.first().refresh_from_db(),
    "iterator": lambda x: list(costing(x).iterator()),
    "keyset_page": lambda x: list(costing(x - 100).keyset_page(2, after=costing(x - 100).keyset_page(2).next)),
    "text": lambda x: str(costing(x).query),
    "none": lambda x: list(costing(x).none()),
    "union": lambda x: list(costing(x).union(named(x))),
    "union in order": lambda x: list(costing(x).union(named(x), all=True).order_by("title")[:2]),
    "union of columns": lambda x: sorted(
        costing(x).values_list("title").union(Author.objects.filter(age__gt=x).order_by().values_list("name"))
    ),
    "union of unions": lambda x: sorted(
        costing(x).values_list("pk").union(named(x).values_list("pk").union(costing(x - 20).values_list("pk")))
    ),
    "count a union": lambda x: costing(x).union(named(x)).count(),
    "exists in a union": lambda x: costing(x).union(named(x)).exists(),
    "in a union": lambda x: list(Book.objects.filter(pk__in=costing(x).union(named(x)).values("pk"))),
    "intersection": lambda x: list(costing(x).intersection(Book.objects.filter(pk__gte=x))),
    "difference": lambda x: list(costing(x).difference(Book.objects.filter(pk__gte=x))),
    "querysets: or": lambda x: list(named(x) | costing(x).filter(author__age__gt=x)),
    "querysets: and": lambda x: list(costing(x) & Book.objects.filter(author__books__price__gt=x)),
    "querysets: xor": lambda x: list(costing(x) ^ Book.objects.filter(pk__gte=x)),
    "slices merged": lambda x: list(costing(x).order_by("pk")[:2] | named(x)) if connection.vendor != "mysql" else None,
    "Exists": lambda x: list(Author.objects.filter(Exists(Book.objects.filter(author=OuterRef("pk"), price__gt=x)))),
    "Subquery": lambda x: [
        author.title
        for author in Author.objects.annotate(
            title=Subquery(costing(x).filter(author=OuterRef("pk")).order_by("title").values("title")[:1])
        )
    ],
    "FilteredRelation": lambda x: list(
        Author.objects.annotate(dear=FilteredRelation("books", condition=Q(books__price__gt=x)))
        .filter(dear__title__gt=f"{x}")
        .values_list("name", "dear__title")
    ),
    "FilteredRelation with a list": lambda x: list(
        Author.objects.annotate(some=FilteredRelation("books", condition=Q(books__pk__in=[x, x + 1, x + 2])))
        .order_by("pk", "some__title")
        .values_list("name", "some__title")
    ),
    "common table expression": lambda x: [(author.name, author.n) for author in counted(x)],
    "common table expression, counted": lambda x: counted(x).count(),
    "common table expression in a condition": lambda x: list(Book.objects.filter(author__in=counted(x).values("pk"))),
    "recursive expression": lambda x: [(book.pk, book.depth) for book in descending(x % 3 + 1)],
}


def changed(x: int) -> Any:
    return Book.objects.filter(pk=x)


def first_book(x: int) -> Any:
    book = Book.objects.order_by("pk").first()
    book.title, book.price = f"N{x}", x
    return book


def with_genres(x: int) -> None:
    book, genres = first_book(x), list(Genre.objects.all())
    book.genres.set(genres[: 1 + x % 2])
    book.genres.clear()
    book.genres.add(*genres)
    book.genres.remove(genres[0])


def bulk_updated(x: int) -> None:
    books = list(Book.objects.all())
    for book in books:
        book.price = x
    Book.objects.bulk_update(books, ["price"])


def new(x: int) -> Any:
    return Book(title=f"n{x}", price=x, author_id=1)


WRITES: dict[str, Ask] = {
    "create": lambda x: Book.objects.create(title=f"c{x}", price=x, author_id=1),
    "save": lambda x: first_book(x).save(),
    "save some fields": lambda x: first_book(x).save(update_fields=["title"]),
    "delete an object": lambda x: Book.objects.create(title=f"n{x}", author_id=1).delete(),
    "delete with cascades": lambda x: Author.objects.create(name=f"d{x}").delete(),
    "update": lambda x: changed(x).update(title=f"{x}"),
    "update to an object": lambda x: changed(x).update(author=Author.objects.last()),
    "update by expression": lambda x: changed(x).update(price=F("price") + x, title=f"{x}"),
    "update over relations": lambda x: Book.objects.filter(author__age__gt=x).update(price=x),
    "update from a subquery": lambda x: changed(x).update(
        title=Coalesce(
            Subquery(Author.objects.filter(pk=OuterRef("author_id"), age__gt=x).values("name")[:1]), Value(f"{x}")
        )
    ),
    "update by case": lambda x: Book.objects.update(
        title=Case(When(pk__in=[x, x + 1], then=Value(f"{x}")), default=F("title"))
    ),
    "update_returning": lambda x: changed(x).update_returning(title=f"{x}", price=F("price") + x),
    "delete": lambda x: Book.objects.filter(title=f"{x}", price__lt=x).delete(),
    "delete without cascades": lambda x: Genre.objects.filter(word=f"{x}").delete(),
    "bulk_create": lambda x: Book.objects.bulk_create([new(x), new(x + 1)]),
    "bulk_create with conflicts": lambda x: Author.objects.bulk_create(
        [Author(name=f"u{x}", age=x)], update_conflicts=True, unique_fields=["name"], update_fields=["age"]
    ),
    "bulk_create without conflicts": lambda x: Author.objects.bulk_create([Author(name="u")], ignore_conflicts=True),
    "bulk_update": bulk_updated,
    "get_or_create": lambda x: Author.objects.get_or_create(name=f"g{x}", defaults={"age": x}),
    "update_or_create": lambda x: Author.objects.update_or_create(name="Ben", defaults={"age": x}),
    "upsert": lambda x: Author.objects.upsert([Author(name="Ben", age=x)], unique_fields=["name"]),
    "many to many": with_genres,
    "validation": lambda x: Author(name=f"v{x}", age=x).full_clean(),
}


@contextmanager
def compilers() -> Iterator[list[Any]]:
    """Give the list of all compilers that are made inside."""
    made: list[Any] = []
    make = Compiled.__init__

    def note(self: Any, *args: Any, **kwargs: Any) -> None:
        made.append(args)
        make(self, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Compiled, "__init__", note)
        yield made


def test_the_count_counts() -> None:
    Trie.drop()

    with compilers() as made:
        list(costing(1))

    assert len(made) == 1


@pytest.mark.parametrize("ask", READS.values(), ids=READS)
def test_a_repeated_read_compiles_nothing_and_answers_as_a_fresh_one(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    ask(1)
    ask(2)
    with compilers() as made:
        again = [ask(x) for x in (3, 8, 12)]
    monkeypatch.setattr(Trie, "enabled", False)

    assert made == []
    assert again == [ask(x) for x in (3, 8, 12)]


@pytest.mark.parametrize("ask", WRITES.values(), ids=WRITES)
def test_a_repeated_write_compiles_nothing(ask: Ask) -> None:
    ask(1)
    ask(2)

    with compilers() as made:
        ask(3)

    assert made == []


def test_what_is_set_by_expressions_is_of_each_call() -> None:
    for x in (1, 2, 3):
        author = Author.objects.get(pk=1 + x % 2)
        Book.objects.filter(pk=x).update(price=F("price") + x, title=Concat(Value("T"), Value(f"{x}")), author=author)

    assert list(Book.objects.order_by("pk").values_list("title", "price", "author")) == [
        ("T1", Decimal("13.50"), 2),
        ("T2", Decimal(7), 1),
        ("T3", Decimal("10.25"), 2),
    ]
