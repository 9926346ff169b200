"""Every kind of change that the ORM knows; the number goes into the values of each."""

from __future__ import annotations

from typing import Any

from tests.contract.repeats.repeat_reads import (
    Ask,
    Author,
    Book,
    Doubled,
    Genre,
    Line,
    Place,
    Plus,
    Restaurant,
    Tag,
    costing,
    moment,
)

from fastjango.db import connection
from fastjango.db.models import Case, Count, Exists, F, OuterRef, Subquery, Value, When
from fastjango.db.models.expressions import RawSQL
from fastjango.db.models.functions import Coalesce, Concat, Lower, Upper


def changed(x: int) -> Any:
    return Book.objects.filter(pk=x)


def first_book(x: int) -> Any:
    book = Book.objects.order_by("pk").first()
    book.title, book.price = f"N{x}", x
    return book


def set_and_save(x: int, **values: Any) -> None:
    book = first_book(x)
    for name, value in values.items():
        setattr(book, name, value)
    book.save()


def with_genres(x: int) -> None:
    book, genres = first_book(x), list(Genre.objects.all())
    book.genres.set(genres[: 1 + x % 2])
    book.genres.clear()
    book.genres.add(*genres)
    book.genres.remove(genres[0])


def with_tags(x: int) -> None:
    book = first_book(x)
    one = book.tags.create(word=f"t{x}")
    book.tags.add(Tag(word=f"u{x}", object_id=0, content_type_id=1), bulk=False)
    book.tags.set([one])
    book.tags.remove(one)
    book.tags.clear()


def with_books(x: int) -> None:
    author = Author.objects.create(name=f"many{x}")
    book = author.books.create(title=f"m{x}", price=x)
    other = Author.objects.first()
    other.edited.add(book)
    other.edited.remove(book)
    other.edited.set([book])
    other.edited.clear()
    author.delete()


def with_lines(x: int) -> None:
    line = Line.objects.create(book=Book.objects.first(), number=100 + x, text=f"{x}")
    line.text = "new"
    line.save()
    Line.objects.filter(pk=line.pk).update(text=f"{x}")
    Line.objects.filter(pk__in=[line.pk, (0, x)]).update(text=f"{x}")
    line.delete()
    Line.objects.filter(pk__in=[line.pk, (0, x)]).delete()


def bulk_updated(x: int, **values: Any) -> None:
    books = list(Book.objects.order_by("pk"))
    for book in books:
        for name, value in values.items():
            setattr(book, name, value)
    Book.objects.bulk_update(books, [*values])


def of_restaurants(x: int) -> None:
    one = Restaurant.objects.create(name=f"R{x}", seats=x, stars=1)
    one.name, one.stars = f"S{x}", 2
    one.save()
    one.delete()


def bulk_updated_restaurants(x: int) -> None:
    rows = list(Restaurant.objects.order_by("pk"))
    for row in rows:
        row.seats, row.stars = x, x + 1
    Restaurant.objects.bulk_update(rows, ["seats", "stars"])


def new(x: int, **values: Any) -> Any:
    return Book(**{"title": f"n{x}", "price": x, "author_id": 1, "sold": moment(x), **values})


def dear(x: int) -> Any:
    """Books joined to a common table expression."""
    prices = costing(x - 100).values("id", half=F("price") / 2).cte("prices")
    return Book.objects.with_cte(prices, on={"pk": "id"}).filter(pages__lt=1000 - x)


WRITES: dict[str, Ask] = {
    "create": lambda x: Book.objects.create(title=f"c{x}", price=x, author_id=1),
    "create with an expression": lambda x: Book.objects.create(title=Concat(Value("c"), Value(f"{x}")), author_id=1),
    "create with RawSQL": lambda x: Book.objects.create(title="c", pages=RawSQL("%s + 1", (x,)), author_id=1),
    "save": lambda x: first_book(x).save(),
    "save some fields": lambda x: first_book(x).save(update_fields=["title"]),
    "save an expression": lambda x: set_and_save(x, pages=F("pages") + x),
    "save by force": lambda x: new(x).save(force_insert=True),
    "save to where nothing is": lambda x: Genre(pk=100 + x, word=f"{x}").save(),
    "delete an object": lambda x: Book.objects.create(title=f"n{x}", author_id=1).delete(),
    "delete with cascades": lambda x: Author.objects.create(name=f"d{x}").delete(),
    "update": lambda x: changed(x).update(title=f"{x}"),
    "update everything": lambda x: Book.objects.update(pages=x),
    "update to an object": lambda x: changed(x).update(author=Author.objects.last()),
    "update to null": lambda x: changed(x).update(editor=None),
    "update JSON": lambda x: changed(x).update(data={"a": x}),
    "update by expression": lambda x: changed(x).update(price=F("price") + x, title=f"{x}"),
    "update over relations": lambda x: Book.objects.filter(author__age__gt=x).update(price=x),
    "update over many rows": lambda x: Author.objects.filter(books__price__gt=x).update(age=x),
    "update over relations by expression": lambda x: Book.objects.filter(author__age__gt=x).update(
        pages=F("pages") + x
    ),
    "update distinct": lambda x: Author.objects.filter(books__price__gt=x).distinct().update(age=x),
    "update excluded": lambda x: Author.objects.exclude(books__price__gt=x).update(age=x),
    "update in order": lambda x: Book.objects.filter(pages__gt=x).order_by("-pk").update(pages=x),
    "update in the order of an annotation": lambda x: (
        Book.objects.annotate(n=Lower("title")).order_by("n").update(pages=x)
    ),
    "update annotated": lambda x: Book.objects.annotate(n=F("pages") + x).filter(n__gt=x).update(pages=F("n")),
    "update by counts": lambda x: Author.objects.annotate(n=Count("books")).filter(n__gt=x - 10).update(age=x),
    "update from a subquery": lambda x: changed(x).update(
        title=Coalesce(
            Subquery(Author.objects.filter(pk=OuterRef("author_id"), age__gt=x).values("name")[:1]), Value(f"{x}")
        )
    ),
    "update by case": lambda x: Book.objects.update(
        title=Case(When(pk__in=[x, x + 1], then=Value(f"{x}")), default=F("title"))
    ),
    "update where something exists": lambda x: Author.objects.filter(
        Exists(Book.objects.filter(author=OuterRef("pk"), price__gt=x))
    ).update(age=x),
    "update a list with expressions": lambda x: Book.objects.filter(pages__in=[F("pk") * 3, x]).update(title=f"{x}"),
    "update by RawSQL": lambda x: changed(x).update(pages=RawSQL("pages + %s", (x,))),
    "update by as_sql": lambda x: changed(x).update(pages=Plus("pages", x)),
    "update by a template": lambda x: changed(x).update(pages=Doubled("pages") + x),
    "update with extra": lambda x: Book.objects.extra(where=["pages > %s"], params=[x]).update(title=f"{x}"),
    "update over an expression": lambda x: dear(x).update(title=f"{x}"),
    "update over an expression by expression": lambda x: dear(x).update(pages=F("pages") + x),
    "update parents": lambda x: Restaurant.objects.filter(stars__lt=x + 9).update(name=f"{x}"),
    "update parents and own": lambda x: Restaurant.objects.filter(seats__lt=x + 9).update(name=f"{x}", stars=x),
    "update parents by expression": lambda x: Restaurant.objects.filter(stars__lt=9).update(seats=F("seats") + x),
    "update own by parents": lambda x: Restaurant.objects.filter(seats__gt=x % 3).update(stars=x),
    "update by parents of relations": lambda x: Place.objects.filter(restaurant__stars__gt=x % 3).update(seats=x),
    "update_returning": lambda x: changed(x).update_returning(title=f"{x}", price=F("price") + x),
    "update_returning over relations": lambda x: Book.objects.filter(author__age__gt=x).update_returning(title=f"{x}"),
    "delete": lambda x: Book.objects.filter(title=f"{x}", price__lt=x).delete(),
    "delete without cascades": lambda x: Genre.objects.filter(word=f"{x}").delete(),
    "delete over relations": lambda x: Line.objects.filter(book__title=f"{x}").delete(),
    "delete over many rows": lambda x: Book.objects.filter(genres__word=f"{x}").delete(),
    "delete fast": lambda x: Line.objects.filter(book__title=f"{x}")._raw_delete("default"),
    "delete over an expression": lambda x: dear(x).filter(title=f"{x}").delete(),
    "delete fast over an expression": lambda x: dear(x).filter(title=f"{x}")._raw_delete("default"),
    "delete with extra": lambda x: Line.objects.extra(where=["number > %s"], params=[x + 1000]).delete(),
    "delete a list with expressions": lambda x: Line.objects.filter(
        number__in=[F("book_id") + 1000, x + 1000]
    ).delete(),
    "delete by RawSQL": lambda x: Line.objects.filter(number__gt=RawSQL("%s + 1000", (x,))).delete(),
    "delete by as_sql": lambda x: Line.objects.annotate(n=Plus("number", x)).filter(n__gt=x + 1000).delete(),
    "delete inherited rows": lambda x: Restaurant.objects.filter(seats=x + 1000).delete(),
    "bulk_create": lambda x: Book.objects.bulk_create([new(x), new(x + 1)]),
    "bulk_create with expressions": lambda x: Book.objects.bulk_create(
        [new(x, title=Upper(Value(f"a{x}"))), new(x + 1)]
    ),
    "bulk_create with conflicts": lambda x: Author.objects.bulk_create(
        [Author(name=f"u{x}", age=x), Author(name="Ben", age=x)],
        update_conflicts=True,
        update_fields=["age"],
        **({} if connection.vendor == "mysql" else {"unique_fields": ["name"]}),
    ),
    "bulk_create without conflicts": lambda x: Author.objects.bulk_create([Author(name="u")], ignore_conflicts=True),
    "bulk_create with copy": lambda x: (
        Book.objects.bulk_create([new(x), new(x + 1)], method="copy") if connection.vendor == "postgresql" else None
    ),
    "bulk_create of keys": lambda x: Genre.objects.bulk_create([Genre(pk=1000 * x, word="k"), Genre(word="l")]),
    "bulk_update": lambda x: bulk_updated(x, price=x, title=f"{x}"),
    "bulk_update with expressions": lambda x: bulk_updated(x, pages=F("pages") + x),
    "bulk_update of inherited rows": bulk_updated_restaurants,
    "get_or_create": lambda x: Author.objects.get_or_create(name=f"g{x}", defaults={"age": x}),
    "get_or_create what is there": lambda x: Author.objects.get_or_create(name="Ben", defaults={"age": x}),
    "update_or_create": lambda x: Author.objects.update_or_create(name="Ben", defaults={"age": x}),
    "upsert": lambda x: Author.objects.upsert([Author(name="Ben", age=x)], unique_fields=["name"]),
    "many to many": with_genres,
    "generic relations": with_tags,
    "foreign keys": with_books,
    "composite keys": with_lines,
    "inherited rows": of_restaurants,
    "validation": lambda x: Author(name=f"v{x}", age=x, born=moment(x).date()).full_clean(),
}
__all__ = ["WRITES"]
