"""SQLAdmin on models: every page, with synchronous and asynchronous sessions, on each database."""

from __future__ import annotations

import asyncio
import csv
import datetime as dt
import decimal
import io
import json
import re
import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqladmin import Admin, ModelView
from sqladmin.filters import AllUniqueStringValuesFilter, BooleanFilter, ForeignKeyFilter
from tests.contract.faces.support import Registry, tables_of

from fastjango.db import models
from fastjango.db.sqlalchemy import async_session, session
from fastjango.db.sqlalchemy.tables import _finish

registry = Registry()


class Author(models.Model):
    key = models.UUIDField(primary_key=True, default=uuid.uuid4)
    name = models.CharField(max_length=30)
    born = models.DateField(null=True, blank=True)
    books: Any

    class Meta:
        apps = registry
        app_label = "face_sqladmin"

    def __str__(self) -> str:
        return f"author {self.name}"


class Label(models.Model):
    word = models.CharField(max_length=20)

    class Meta:
        apps = registry
        app_label = "face_sqladmin"

    def __str__(self) -> str:
        return f"label {self.word}"


class Book(models.Model):
    title = models.CharField(max_length=40)
    kind = models.CharField(max_length=1, choices=[("n", "Novel"), ("p", "Poems")], default="n")
    price = models.DecimalField(max_digits=8, decimal_places=2)
    printed = models.BooleanField(default=False)
    loved = models.BooleanField(null=True, blank=True)
    published = models.DateField(null=True, blank=True)
    changed = models.DateTimeField(auto_now=True)
    starts = models.TimeField(null=True, blank=True)
    facts = models.JSONField(default=dict, blank=True)
    pages = models.PositiveIntegerField(default=1)
    weight = models.FloatField(null=True, blank=True)
    text = models.TextField(blank=True)
    lent = models.DurationField(null=True, blank=True)
    code = models.UUIDField(default=uuid.uuid4)
    home = models.URLField(blank=True)
    mail = models.EmailField(blank=True)
    address = models.GenericIPAddressField(null=True, blank=True)
    author = models.ForeignKey(Author, models.CASCADE, related_name="books")
    labels = models.ManyToManyField(Label, related_name="books", blank=True)
    author_id: Any

    class Meta:
        apps = registry
        app_label = "face_sqladmin"

    def __str__(self) -> str:
        return f"book {self.title}"


class Cover(models.Model):
    book = models.OneToOneField(Book, models.CASCADE, primary_key=True)
    color = models.CharField(max_length=10)

    class Meta:
        apps = registry
        app_label = "face_sqladmin"


class Shelf(models.Model):
    pk = models.CompositePrimaryKey("row", "place")
    row = models.IntegerField()
    place = models.IntegerField()
    note = models.CharField(max_length=10)

    class Meta:
        apps = registry
        app_label = "face_sqladmin"


class Site:
    """A browser on an application with SQLAdmin."""

    def __init__(self, session_maker: Any) -> None:
        self.app = FastAPI()
        admin = Admin(self.app, session_maker=session_maker)
        for view in views():
            admin.add_view(view)

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
                return await client.request(method, path, **options)

        return asyncio.run(send())

    def get(self, path: str, **options: Any) -> str:
        """Return a page that has to answer 200."""
        found = self.request("GET", path, **options)
        assert found.status_code == 200, found.text[:2000]
        return found.text

    def post(self, path: str, data: dict[str, Any]) -> None:
        """Send a form that has to be accepted."""
        found = self.request("POST", path, data=data)
        errors = re.findall(r"invalid-feedback[^>]*>\s*([^<]*)", found.text)
        assert found.status_code == 302, (found.status_code, errors, found.text[:500])


def views() -> list[Any]:
    """Return the views; their class bodies name attributes of the models, which maps them."""

    class AuthorAdmin(ModelView, model=Author):
        column_list = [Author.key, Author.name, "books"]
        form_columns = "__all__"

    class LabelAdmin(ModelView, model=Label):
        column_list = [Label.id, Label.word]

    class BookAdmin(ModelView, model=Book):
        column_list = "__all__"
        column_searchable_list = [Book.title, "author.name"]
        column_sortable_list = [Book.title, Book.price]
        column_default_sort = [(Book.title, True)]
        column_details_list = "__all__"
        column_export_list = [
            Book.title,
            Book.price,
            Book.published,
            Book.printed,
            Book.facts,
            Book.author,
            Book.labels,
        ]
        column_formatters = {Book.title: lambda book, name: book.title.upper()}
        column_filters = [
            BooleanFilter(Book.printed),
            AllUniqueStringValuesFilter(Book.kind),
            ForeignKeyFilter(Book.author_id, Author.name),
        ]
        form_ajax_refs = {"labels": {"fields": ("word",), "order_by": ("id",)}}
        page_size = 2
        page_size_options = [2, 50]

    class CoverAdmin(ModelView, model=Cover):
        column_list = "__all__"

    class ShelfAdmin(ModelView, model=Shelf):
        column_list = "__all__"
        form_include_pk = True

    return [AuthorAdmin, LabelAdmin, BookAdmin, CoverAdmin, ShelfAdmin]


@pytest.fixture(autouse=True)
def tables(any_database: Any) -> Iterator[None]:
    with tables_of(registry):
        yield


@pytest.fixture(params=["async", "sync"])
def site(request: pytest.FixtureRequest) -> Site:
    return Site(async_session if request.param == "async" else session)


@pytest.fixture
def author() -> Author:
    return Author.objects.create(name="Woolf", born=dt.date(1882, 1, 25))


def make(author: Author, *titles: str) -> list[Book]:
    return [
        Book.objects.create(title=title, price=decimal.Decimal(number), author=author)
        for number, title in enumerate(titles, start=1)
    ]


def cells(page: str) -> list[str]:
    """Return the text of the cells of the list."""
    body = page.split("<tbody>")[1].split("</tbody>")[0]
    return [re.sub(r"<[^>]+>|\s+", " ", cell).strip() for cell in re.findall(r"<td[^>]*>(.*?)</td>", body, re.S)]


def test_the_list_has_columns_relations_sorting_and_pages(site: Site, author: Author) -> None:
    books = make(author, "a", "b", "c")
    books[2].labels.add(Label.objects.create(word="w"))

    first = cells(site.get("/admin/book/list"))
    second = cells(site.get("/admin/book/list?page=2"))
    by_price = cells(site.get("/admin/book/list?sortBy=price&sort=asc"))

    assert "C" in first and "B" in first and "A" not in first and "A" in second
    assert any("author Woolf" in cell for cell in first)
    assert any("label w" in cell for cell in first)
    assert "A" in by_price and "C" not in by_price


def test_the_list_is_searched_in_columns_and_along_relations(site: Site, author: Author) -> None:
    make(author, "waves", "orlando")
    make(Author.objects.create(name="Plath"), "ariel")

    assert [cell for cell in cells(site.get("/admin/book/list?search=wav")) if cell.isupper()] == ["WAVES"]
    assert "ARIEL" in cells(site.get("/admin/book/list?search=plat"))


def test_the_list_is_filtered(site: Site, author: Author) -> None:
    waves, _ = make(author, "waves", "orlando")
    ariel = make(Author.objects.create(name="Plath"), "ariel")[0]
    Book.objects.filter(pk=waves.pk).update(printed=True)
    Book.objects.filter(pk=ariel.pk).update(kind="p")

    def titles(query: str) -> list[str]:
        return [cell for cell in cells(site.get(f"/admin/book/list?{query}")) if cell.isupper()]

    assert titles("printed=true") == ["WAVES"]
    assert titles("kind=p") == ["ARIEL"]
    assert titles(f"author_id={author.pk}") == ["WAVES", "ORLANDO"]


def test_related_objects_are_looked_up(site: Site) -> None:
    Label.objects.create(word="red")
    blue = Label.objects.create(word="blue")

    found = json.loads(site.get("/admin/book/ajax/lookup?name=labels&term=blu"))

    assert found == {"results": [{"id": str(blue.pk), "text": "label blue"}]}


def test_a_reverse_relation_is_listed_and_shown(site: Site, author: Author) -> None:
    make(author, "a")

    assert any("book a" in cell for cell in cells(site.get("/admin/author/list")))
    assert "book a" in site.get(f"/admin/author/details/{author.pk}")


def test_an_object_is_created_with_every_kind_of_value(site: Site, author: Author) -> None:
    labels = [Label.objects.create(word=word) for word in "xy"]
    page = site.get("/admin/book/create")
    assert "author Woolf" in page

    site.post(
        "/admin/book/create",
        {
            "title": "new",
            "kind": "p",
            "price": "7.50",
            "printed": "y",
            "loved": "True",
            "published": "2024-02-29",
            "changed": "2024-02-29 10:00:00",
            "starts": "10:30",
            "facts": '{"a": [1]}',
            "pages": "3",
            "weight": "0.5",
            "text": "long",
            "lent": "1 02:00:00",
            "code": "12345678123456781234567812345678",
            "home": "https://example.com/",
            "mail": "a@example.com",
            "address": "10.0.0.1",
            "author": str(author.pk),
            "labels": [str(label.pk) for label in labels],
        },
    )

    book = Book.objects.get()
    assert (book.title, book.kind, book.price, book.printed, book.loved) == (
        "new",
        "p",
        decimal.Decimal("7.50"),
        True,
        True,
    )
    assert (book.published, book.starts) == (dt.date(2024, 2, 29), dt.time(10, 30))
    assert (book.facts, book.pages, book.weight, book.text) == ({"a": [1]}, 3, 0.5, "long")
    assert (book.lent, book.code.hex) == (dt.timedelta(days=1, hours=2), "12345678123456781234567812345678")
    assert (book.home, book.mail, book.address) == ("https://example.com/", "a@example.com", "10.0.0.1")
    assert book.author == author
    assert {label.word for label in book.labels.all()} == {"x", "y"}
    assert book.changed.year > 2024  # a stamp is never what a form says


def test_forms_are_the_same_when_alembic_has_seen_the_tables(site: Site, any_database: Any) -> None:
    before = site.get("/admin/book/create")
    for model in (Author, Label, Book):
        _finish(model, any_database)

    kinds = re.compile(r'<(?:input|select|textarea)[^>]*name="(\w+)"[^>]*type="(\w+)"')
    assert kinds.findall(site.get("/admin/book/create")) == kinds.findall(before) != []


def test_an_object_is_changed(site: Site, author: Author) -> None:
    book = make(author, "old")[0]
    keep, drop = (Label.objects.create(word=word) for word in "kd")
    book.labels.add(keep, drop)
    other = Author.objects.create(name="Plath")
    page = site.get(f"/admin/book/edit/{book.pk}")
    assert 'value="old"' in page

    site.post(
        f"/admin/book/edit/{book.pk}",
        {
            "title": "changed",
            "kind": "n",
            "price": "1",
            "changed": "2024-02-29 10:00:00",
            "facts": "{}",
            "pages": "1",
            "code": book.code.hex,
            "author": str(other.pk),
            "labels": [str(keep.pk)],
        },
    )

    book.refresh_from_db()
    assert (book.title, book.author.name, book.published) == ("changed", "Plath", None)
    assert list(book.labels.all()) == [keep]


def test_a_wrong_value_is_said_at_its_field(site: Site, author: Author) -> None:
    found = site.request(
        "POST", "/admin/book/create", data={"title": "x" * 50, "price": "dear", "author": str(author.pk)}
    )

    assert found.status_code == 400
    assert "Field cannot be longer than 40 characters" in found.text
    assert not Book.objects.exists()


def test_the_database_refuses_with_a_message(site: Site) -> None:
    Shelf.objects.create(row=1, place=1, note="a")

    found = site.request("POST", "/admin/shelf/create", data={"row": "1", "place": "1", "note": "b"})

    assert found.status_code == 400
    assert Shelf.objects.get().note == "a"


def test_objects_are_deleted_with_what_depends_on_them(site: Site, author: Author) -> None:
    book = make(author, "a")[0]
    book.labels.add(Label.objects.create(word="w"))
    Cover.objects.create(book=book, color="red")

    found = site.request("DELETE", f"/admin/author/delete?pks={author.pk}")

    assert found.status_code == 200, found.text
    assert not (Author.objects.exists() or Book.objects.exists() or Cover.objects.exists())
    assert Label.objects.get().word == "w"


def test_the_details_have_every_value(site: Site, author: Author) -> None:
    book = make(author, "a")[0]
    book.labels.add(Label.objects.create(word="w"))

    page = site.get(f"/admin/book/details/{book.pk}")

    for text in ("author Woolf", "label w", book.code.hex[:8], "1.00"):
        assert text in page


def test_rows_are_exported(site: Site, author: Author) -> None:
    book = make(author, "a")[0]
    book.labels.add(Label.objects.create(word="w"))
    Book.objects.update(published=dt.date(2024, 2, 29), facts={"k": 1})

    rows = list(csv.DictReader(io.StringIO(site.get("/admin/book/export/csv"))))
    as_json = json.loads(site.get("/admin/book/export/json"))

    assert [row["title"] for row in rows] == ["a"]
    assert (rows[0]["price"], rows[0]["published"], rows[0]["author"]) == ("1.00", "2024-02-29", "author Woolf")
    assert "label w" in rows[0]["labels"]
    assert as_json[0]["printed"] in {False, "False"}


def test_composite_keys_and_keys_that_are_relations(site: Site, author: Author) -> None:
    book = make(author, "a")[0]
    site.post("/admin/shelf/create", {"row": "3", "place": "4", "note": "n"})
    site.post("/admin/shelf/edit/3;4", {"row": "3", "place": "4", "note": "m"})
    site.post("/admin/cover/create", {"book": str(book.pk), "color": "red"})
    site.post(f"/admin/cover/edit/{book.pk}", {"book": str(book.pk), "color": "blue"})

    assert Shelf.objects.get(pk=(3, 4)).note == "m"
    assert Cover.objects.get(book=book).color == "blue"
    assert site.request("DELETE", "/admin/shelf/delete?pks=3;4").status_code == 200
    assert not Shelf.objects.exists()


def test_a_form_may_write_the_reverse_side(site: Site, author: Author) -> None:
    books = make(Author.objects.create(name="Plath"), "a", "b")

    site.post(
        f"/admin/author/edit/{author.pk}",
        {"name": "Virginia", "born": "", "books": [str(book.pk) for book in books], "key": str(author.pk)},
    )

    author.refresh_from_db()
    assert (author.name, author.born) == ("Virginia", None)
    assert author.books.count() == 2
