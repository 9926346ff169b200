"""Statements that say where they come from."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from typing import Any

import pytest
from tests.contract.db.test_on_every_database import Book, Shelf, alias

from fastjango.core.exceptions import FieldError
from fastjango.db import connections
from fastjango.db.models import Count, F
from fastjango.db.tags import shape_id, with_tags
from fastjango.db.transaction import atomic
from fastjango.test import override_settings
from fastjango.test.databases import CaptureQueriesContext

__all__ = ["alias"]


class Sent:
    """Collects what reaches the driver."""

    def __init__(self, alias: str) -> None:
        self.connection: Any = connections[alias]
        self.texts: list[str] = []

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.texts.append(sql)
        return execute(sql, params, many, context)

    def __enter__(self) -> list[str]:
        self.block = self.connection.execute_wrapper(self)
        self.block.__enter__()
        return self.texts

    def __exit__(self, *exc_info: Any) -> None:
        self.block.__exit__(*exc_info)


def tag_of(sql: str) -> str:
    return sql[sql.index("/*") :]


def test_the_setting_tags_every_statement(alias: str) -> None:
    with override_settings(SQL_TAGS=True), Sent(alias) as texts:
        book = Book.objects.using(alias).create(title="new", price=1)
        Book.objects.using(alias).bulk_create([Book(title="x"), Book(title="y")])
        list(Book.objects.using(alias).filter(pages__in=[1, 2]))
        book.title = "other"
        book.save()
        Book.objects.using(alias).filter(pk=book.pk).update(pages=3)
        Book.objects.using(alias).count()
        book.delete()
    kinds = [text.split()[0] for text in texts if not text.startswith(("SAVEPOINT", "RELEASE"))]

    assert {"INSERT", "SELECT", "UPDATE", "DELETE"} <= set(kinds)
    assert [text for text in texts if "/*shape='" not in text and not text.startswith(("SAVEPOINT", "RELEASE"))] == []
    with Sent(alias) as texts:
        list(Book.objects.using(alias).filter(pages__in=[1, 2]))
    assert "/*" not in texts[0]


def test_a_repeat_keeps_its_text_and_values_do_not_change_the_id(alias: str) -> None:
    books = Book.objects.using(alias).sql_tags()
    with Sent(alias) as texts:
        list(books.filter(title="a"))
        list(books.filter(title="b"))
        list(books.filter(pages__in=[1])[:3])
        list(books.filter(pages__in=[1, 2, 3])[5:9])

    assert texts[0] == texts[1]
    assert tag_of(texts[2]) == tag_of(texts[3])
    assert tag_of(texts[0]) != tag_of(texts[2])
    assert tag_of(texts[0]) == f"/*shape='{Book.objects.using(alias).filter(title='c').shape_id}'*/"


def test_labels_of_a_queryset(alias: str) -> None:
    books = Book.objects.using(alias).sql_tags(view="list", app="shop/€")
    with Sent(alias) as texts:
        found = list(books.filter(title="t00"))
        books.count()
        books.aggregate(n=Count("pk"))
        books.filter(pages__isnull=True).exists()
        list(books.iterator())
        Shelf.objects.using(alias).filter(books__in=books).first()

    assert found[0].title == "t00"
    assert all("app='shop%%2F%%E2%%82%%AC',shape='" in tag_of(text) for text in texts[:-1])
    assert all(text.endswith(",view='list'*/") for text in texts[:-1])
    assert "/*" not in texts[-1]


def test_a_context_tags_what_is_sent_in_it_raw_statements_included(alias: str) -> None:
    with connections[alias].sql_tags(job="night run 100%"), Sent(alias) as texts:
        assert Book.objects.using(alias).filter(title__contains="0").exists()
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT 1 + %s", [1])
            assert cursor.fetchone() == (2,)
            cursor.execute("SELECT 7 % 4")
            assert cursor.fetchone() == (3,)
    with Sent(alias) as after:
        Book.objects.using(alias).count()

    assert all(tag_of(text).startswith("/*job='night%%20run%%20100%%25',shape='") for text in texts)
    assert "/*" not in after[0]


def test_a_context_on_the_loop(alias: str) -> None:
    async def ask() -> list[str]:
        with connections[alias].sql_tags(route="/books"), Sent(alias) as texts:
            await Book.objects.using(alias).acount()
        return texts

    assert "route='%%2Fbooks'" in asyncio.run(ask())[0]


def test_no_value_can_end_the_comment(alias: str) -> None:
    evil = "*/; DROP TABLE fj_book; -- ' /*! %s ?"

    with connections[alias].sql_tags(evil=evil), Sent(alias) as texts:
        assert Book.objects.using(alias).sql_tags(bad=evil).filter(title="t00").count() == 1
        assert Book.objects.using(alias).filter(title="t00").count() == 1

    for text in texts:
        assert text.count("*/") == text.count("/*") == 1
        assert text.endswith("*/")
        assert "%%3B" in text
    assert texts[0].count("'") == 6


@pytest.mark.parametrize("name", ["shape", "Big", "a b", "x'", "*/", "", "1"])
def test_names_are_plain_words(name: str) -> None:
    with pytest.raises(ValueError, match="lower-case word"):
        Book.objects.sql_tags(**{name: "x"})
    with pytest.raises(ValueError, match="lower-case word"):
        connections["default"].sql_tags(**{name: "x"})


def test_the_id_is_the_same_in_every_process() -> None:
    sql = "SELECT a FROM t WHERE b IN (?, ?) LIMIT 3"
    program = f"from fastjango.db.tags import shape_id; print(shape_id({sql!r}))"

    other = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.strip()

    assert other == shape_id(sql) == shape_id("SELECT a FROM t WHERE b IN (%s::INTEGER) LIMIT 500")
    assert shape_id(with_tags(sql)) == shape_id(sql)
    assert len(other) == 16


def test_rows_of_an_insert_do_not_change_the_id() -> None:
    one = 'INSERT INTO "t" ("a", "b") VALUES (%s, %s::NUMERIC(8, 2))'

    assert shape_id(f"{one}, (%s, %s::NUMERIC(8, 2))") == shape_id(one)


@pytest.mark.service("postgresql")
@pytest.mark.parametrize("alias", [pytest.param("postgresql")], indirect=True)
def test_a_tagged_statement_is_prepared_like_any_other(alias: str) -> None:
    books = Book.objects.using(alias).sql_tags(view="detail")
    with atomic(using=alias):
        for number in range(12):
            list(books.filter(pk=number))
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%view=''detail''%'")
            assert cursor.fetchone() == (1,)


def test_labels_of_a_queryset_are_on_what_it_writes(alias: str) -> None:
    books = Book.objects.using(alias).sql_tags(job="import")
    with CaptureQueriesContext(connections[alias]) as sent:
        book = books.create(title="new", price=1)
        books.get_or_create(title="newer", defaults={"price": 2})
        books.update_or_create(title="newer", defaults={"price": 3})
        books.bulk_create([Book(title="x"), Book(title="y")])
        book.title = "other"
        books.bulk_update([book], ["title"])
        books.filter(title="x").update(pages=3)
        books.filter(title="x").update(pages=F("pages") + 1)
        books.filter(title="y").update_returning(pages=4)
        books.filter(title="x").delete()
        books.filter(title="y")._raw_delete(alias)
        Shelf.objects.using(alias).sql_tags(job="import").filter(name="low").delete()
        asyncio.run(books.filter(title="other").aupdate(pages=9))
    texts = [entry["sql"] for entry in sent.captured_queries]
    written = [text for text in texts if text.startswith(("INSERT", "UPDATE", "DELETE", "SELECT"))]

    assert {"INSERT", "UPDATE", "DELETE", "SELECT"} == {text.split()[0] for text in written}
    assert [text for text in written if "/*job='import',shape='" not in text] == []
    with Sent(alias) as texts:
        Book.objects.using(alias).update(pages=1)
        book.save()
    assert [text for text in texts if "/*" in text] == []


def test_tags_of_a_queryset_end_with_an_error(alias: str) -> None:
    with pytest.raises(FieldError):
        Book.objects.using(alias).sql_tags(job="import").update(pages=F("nothing"))
    with Sent(alias) as texts:
        Book.objects.using(alias).update(pages=1)

    assert "/*" not in texts[0]
