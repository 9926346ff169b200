"""
A repeat of a query of any shape compiles nothing, on every database: SQLAlchemy's compiler is not even made.

Each kind is asked twice, then with other values while every compiler is counted; what a question answers is what a fresh
compilation answers. The kinds stand in ``repeat_reads.py`` and ``repeat_writes.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy.sql.compiler import Compiled
from tests.contract.db.conftest import mariadb, postgresql  # noqa: F401  # fixtures
from tests.contract.repeats.repeat_models import create_tables, drop_tables, fill
from tests.contract.repeats.repeat_reads import READS, Ask, Book, Plus, register, unregister
from tests.contract.repeats.repeat_writes import WRITES
from tests.fixtures.databases import make

from fastjango.db import OperationalError, connections
from fastjango.db.models import Case, Count, F, Func, IntegerField, Sum, Value, When, Window
from fastjango.db.models.expressions import RawSQL
from fastjango.db.models.expressions.texts import TEXT_LIMIT, Texts
from fastjango.db.models.functions import Mod
from fastjango.db.models.lookups import Exact
from fastjango.db.models.query.shape import Trie

DATABASES = [
    "sqlite",
    pytest.param("postgresql", marks=pytest.mark.service("postgresql")),
    pytest.param("mariadb", marks=pytest.mark.service("mariadb")),
]
VALUES = (3, 8, 12)


pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", params=DATABASES, autouse=True)
def database(request: pytest.FixtureRequest, django_db_setup: None) -> Iterator[None]:
    """Let "default" be another database for a while, with the tables and rows of these tests."""
    before, settings = connections["default"], connections.settings["default"]
    opened = _opened(request.param)
    conf = next(opened)
    wrapper = make("default", **conf)
    create_tables(wrapper)
    fill()
    register()
    yield
    unregister()
    drop_tables(wrapper)
    wrapper.close()
    wrapper.close_pool()
    connections["default"], connections.settings["default"] = before, settings
    next(opened, None)


def _opened(name: str) -> Iterator[dict[str, Any]]:
    """Give the settings of a database of our own; it is removed afterwards."""
    if name == "sqlite":
        yield {"ENGINE": "fastjango.db.backends.sqlite3", "NAME": ":memory:"}
        return
    fixture: Any = {"postgresql": postgresql, "mariadb": mariadb}[name]
    made = contextmanager(getattr(fixture, "__wrapped__", fixture))
    with made() as wrapper:
        yield dict(connections.settings[wrapper.alias])


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
        list(Book.objects.filter(pages=1))
        list(Book.objects.annotate(n=Plus("pages", 1)))

    assert len(made) >= 2


@pytest.mark.parametrize("ask", READS.values(), ids=READS)
def test_a_repeated_question_compiles_nothing_and_is_answered_as_a_fresh_one(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(1)
    ask(2)
    with compilers() as made:
        again = [ask(x) for x in VALUES]
    monkeypatch.setattr(Trie, "enabled", False)
    monkeypatch.setattr(Texts, "enabled", False)

    assert made == []
    assert again == [ask(x) for x in VALUES]


@pytest.mark.parametrize("ask", WRITES.values(), ids=WRITES)
def test_a_repeated_change_compiles_nothing(ask: Ask) -> None:
    ask(1)
    ask(2)

    with compilers() as made:
        for x in VALUES:
            ask(x)

    assert made == []


def numbered(first: int, second: int) -> Any:
    return Book.objects.annotate(n=F("pages") * first).order_by(F("pages") * second, "pk").values_list("n", flat=True)


def test_expressions_that_were_equal_once_are_not_taken_for_equal() -> None:
    ups = list(numbered(1, 1))
    with compilers() as made:
        list(numbered(2, 2))

    assert list(numbered(1, -1)) == ups[::-1]
    assert made == []


def rest(number: int) -> Any:
    return Mod(F("pages"), Value(number))


# Parts that are said twice, with equal values or with others.
TWICE: dict[str, Any] = {
    "beside aggregates": lambda a, b: (
        Book.objects.values("author").annotate(x=Sum("pages") + rest(a), y=Sum("pages") - rest(b)).order_by("x", "y")
    ),
    "within one": lambda a, b: (
        Book.objects.values("author").annotate(x=Sum("pages") + rest(a) - Sum("pages") * rest(b)).order_by("x")
    ),
    "in a case": lambda a, b: (
        Book.objects.values("author")
        .annotate(x=Case(When(Exact(rest(a), 1), then=Count("pk")), When(Exact(rest(b), 1), then=Value(9)), default=0))
        .order_by("author", "x")
    ),
    "in an order": lambda a, b: (
        Book.objects.values("author").annotate(x=Count("pk") + rest(a)).order_by(rest(b) + 0, "author", "x")
    ),
    "in windows": lambda a, b: (
        Book.objects.filter(Exact(Window(Sum(rest(a)), order_by="pk"), Window(Sum(rest(b)), order_by="pk")))
        .order_by("pk")
        .values("pk")
    ),
    "in raw texts": lambda a, b: (
        Book.objects.values("author")
        .annotate(
            x=Sum("pages") + RawSQL("pages %% %s", [a], IntegerField()),
            y=1 + RawSQL("pages %% %s", [b], IntegerField()),
        )
        .order_by("author", "x", "y")
    ),
}


@pytest.mark.parametrize("ask", TWICE.values(), ids=TWICE)
def test_parts_of_expressions_that_were_equal_once_are_not_taken_for_equal(
    ask: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    pairs = [(4, 4), (4, 5), (5, 4), (6, 6)]
    Trie.drop()
    given = [list(ask(*pair)) for pair in pairs]
    monkeypatch.setattr(Trie, "enabled", False)
    monkeypatch.setattr(Texts, "enabled", False)

    assert given == [list(ask(*pair)) for pair in pairs]
    assert given[0] != given[1]


def test_parts_that_were_equal_once_in_a_condition_on_groups_are_not_taken_for_equal() -> None:
    def ask(first: int, second: int) -> Any:
        counted = Book.objects.values("author").annotate(x=Count("pk") + rest(first))
        return counted.filter(x__gt=rest(second)).order_by("author", "x").values_list("x", flat=True)

    if connections["default"].vendor == "mysql":
        with pytest.raises(OperationalError, match="in 'HAVING'"):  # which knows grouped columns only
            list(ask(4, 4))
        return
    assert (list(ask(4, 4)), list(ask(4, 1))) == ([2, 5, 1, 4], [2, 5, 1, 4])
    assert list(ask(4, 5)) == [4, 4, 3]


# -- what users' own SQL may do


class Now(Func):
    """SQL that depends on something that nobody else knows."""

    output_field = IntegerField()
    number = 0
    word = "+"

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        sql, params = compiler.compile(self.source_expressions[0])
        return f"({sql} {Now.word} %s)", [*params, Now.number]


def asked() -> list[int]:
    return list(Book.objects.annotate(n=Now("pages")).order_by("pk").values_list("n", flat=True)[:2])


def test_as_sql_is_asked_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    first = asked()
    monkeypatch.setattr(Now, "number", 5)
    with compilers() as made:
        second = asked()
    monkeypatch.setattr(Now, "word", "-")
    third = asked()

    assert (first, second, third) == ([3, 6], [8, 11], [-2, 1])
    assert made == []


def test_so_many_texts_are_kept_and_no_more() -> None:
    for number in range(TEXT_LIMIT * 2):
        Now.word = f"+ {number} +"
        str(Book.objects.annotate(n=Now(F("pages"))).query)

    assert len(Texts.of(connections["default"]).kept) <= TEXT_LIMIT * 1.5
    Now.word = "+"
