"""
Whatever takes a name or a key refuses what is none, and never lets it into the SQL.

Every hostile text carries a mark. Where the text is data (a key of a JSON object, a parameter) the mark may stand in a
parameter; where it is the name of a new column it may stand between the quotes of a name; nowhere else.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.contract.db.conftest import file, mariadb, postgresql  # noqa: F401  # fixtures
from tests.contract.query.hostile_models import MODELS, Text, Writer
from tests.contract.query.hostile_places import ALIASES, DATA, NAMES, POSTGRESQL, Sink, run

from fastjango.core.exceptions import BadRequest, FieldDoesNotExist, FieldError, SuspiciousOperation, ValidationError
from fastjango.db import DatabaseError, NotSupportedError, connections, transaction
from fastjango.db.errors import DataError
from fastjango.db.models import (
    F,
    Func,
)
from fastjango.db.models.fields.json import KT
from fastjango.db.models.functions import Extract, Trunc
from fastjango.utils.connection import ConnectionDoesNotExist

MARK = "zq9"
PIECES = [
    '"',
    "'",
    "`",
    "\\",
    "\\'",
    "\x00",
    "%",
    "%s",
    "%(a)s",
    "%%",
    "{",
    "{0}",
    "{}",
    "}",
    ";",
    "--",
    "/*",
    "*/",
    "#",
    "(",
    ")",
    ",",
    ".",
    " ",
    "\n",
    "\t",
    "\u2028",
    "\u2029",
    "\x85",
    "\x1b",
    "\ud800",
    "\u202e",
    "\uff07",
    "?",
    ":a",
    "$1",
    "@@version",
    "__",
    "-",
    "*",
    "|| pg_sleep(1)",
    "') OR 1=1 --",
    '" FROM hostile_text; DROP TABLE hostile_text; --',
    "` FROM hostile_text; DROP TABLE hostile_text; -- ",
    "$.a' OR 1=1 --",
    "x" * 5000,
    "é" * 300,
]
TEXTS = [
    text for place, piece in enumerate(PIECES) for text in (MARK + piece, piece + MARK)[:: 1 if place % 8 else -1][:1]
]
# What a wrong name may be answered with. A database's own error of syntax is not among them.
REFUSED = (
    FieldError,
    FieldDoesNotExist,
    ValueError,
    TypeError,
    AttributeError,
    KeyError,
    NotSupportedError,
    BadRequest,
    ValidationError,
    SuspiciousOperation,
    ConnectionDoesNotExist,
    DataError,
)


@pytest.fixture(params=["sqlite", "postgresql", "mariadb"])
def alias(request: pytest.FixtureRequest) -> Iterator[str]:
    wrapper = request.getfixturevalue("file" if request.param == "sqlite" else request.param)
    with wrapper.schema_editor() as editor:
        for model in MODELS:
            editor.create_model(model)
    writer = Writer.objects.using(wrapper.alias).create(name="Ann")
    for number in range(3):
        Text.objects.using(wrapper.alias).create(
            title=f"Text {number}", pages=number, data={"a": {"b": number}}, writer=writer
        )
    yield wrapper.alias
    with wrapper.schema_editor() as editor:
        for model in reversed(MODELS):
            editor.delete_model(model)


class Zone(dt.tzinfo):
    """A time zone with a name of one's own."""

    def __init__(self, name: str) -> None:
        self.name = name

    def utcoffset(self, when: Any) -> dt.timedelta:
        return dt.timedelta(hours=1)

    def dst(self, when: Any) -> dt.timedelta:
        return dt.timedelta(0)

    def tzname(self, when: Any) -> str:
        return self.name

    def __str__(self) -> str:
        return self.name


class Statements:
    """An execute wrapper that keeps what is sent."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    def __call__(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        self.sent.append(str(sql))
        return execute(sql, params, many, context)


def statements(alias: str, sink: Sink, text: str) -> tuple[list[str], BaseException | None]:
    """Return what was sent for *text*, and the error if there was one."""
    seen = Statements()
    error: BaseException | None = None
    with connections[alias].execute_wrapper(seen), transaction.atomic(using=alias):
        try:
            with transaction.atomic(using=alias):
                sink(Text.objects.using(alias), text)
        except Text.DoesNotExist:
            pass
        except (*REFUSED, DatabaseError) as exc:
            # A collation that is not there, a number compared with JSON: the server's word, which must not be about syntax.
            assert not re.search(
                "syntax error(?! in tsquery)|SQL syntax|unrecognized token|unterminated|user-defined", str(exc)
            ), (
                text,
                exc,
            )
            error = exc
        transaction.set_rollback(True, using=alias)
    return seen.sent, error


def unharmed(alias: str) -> bool:
    return Text.objects.using(alias).count() == 3


def outside_quotes(sql: str, vendor: str) -> str:
    """Return the statement without quoted names, and without the words that need no quotes."""
    sql = re.sub(rf"(?<![\w$'\"`])[A-Za-z0-9_$]*{MARK}[A-Za-z0-9_$]*(?![\w$'\"`])", "", sql)
    return re.sub(r"`(?:[^`]|``)*`" if vendor == "mysql" else r'"(?:[^"]|"")*"', "", sql)


def some(alias: str) -> list[str]:
    """Return the texts; a few of them where each costs a trip to a server."""
    return TEXTS if connections[alias].vendor == "sqlite" else TEXTS[::6]


@pytest.mark.parametrize("name", NAMES)
def test_what_is_no_name_is_refused_and_not_sent(alias: str, name: str) -> None:
    refused(alias, name, some(alias))


def refused(alias: str, name: str, texts: list[str]) -> None:
    for text in texts:
        sent, error = statements(alias, NAMES[name], text)
        if name == "select_for_update" and not connections[alias].features.has_select_for_update:
            # Ignored as a whole.
            error = ValueError()

        assert not [sql for sql in sent if MARK in sql], (text, sent)
        assert error is not None, text
    assert unharmed(alias)


@pytest.mark.parametrize("name", ALIASES)
def test_the_name_of_a_new_column_is_refused_or_quoted(alias: str, name: str) -> None:
    refused_or_quoted(alias, name, some(alias))


def refused_or_quoted(alias: str, name: str, texts: list[str]) -> None:
    for text in texts:
        sent, _ = statements(alias, ALIASES[name], text)

        assert not [sql for sql in sent if MARK in outside_quotes(sql, connections[alias].vendor)], (text, sent)
    assert unharmed(alias)


@pytest.mark.parametrize("name", DATA)
def test_data_stays_data(alias: str, name: str) -> None:
    not_sent(alias, name, some(alias))


def not_sent(alias: str, name: str, texts: list[str]) -> None:
    for text in texts:
        sent, _ = statements(alias, DATA[name], text)

        bare = [re.sub(r"\s*/\*.*\*/$", "", sql) if name == "sql_tags, value" else sql for sql in sent]
        assert not [sql for sql in bare if MARK in sql], (text, sent)
        assert not [sql for sql in sent if sql.count("*/") > 1], (text, sent)
    assert unharmed(alias)


@pytest.mark.parametrize("name", POSTGRESQL)
def test_data_of_postgresql_stays_data(alias: str, name: str) -> None:
    if connections[alias].vendor != "postgresql":
        with pytest.raises((*REFUSED, DatabaseError)):
            POSTGRESQL[name](Text.objects.using(alias), "x")
        return
    for text in TEXTS[::2]:
        sent, _ = statements(alias, POSTGRESQL[name], text)

        assert not [sql for sql in sent if MARK in sql], (text, sent)
    assert unharmed(alias)


def test_a_table_of_extra_with_a_null_character_is_refused(alias: str) -> None:
    with pytest.raises(ValueError, match="null characters"):
        list(Text.objects.using(alias).extra(tables=["hostile_writer\0"]))


@pytest.mark.slow
def test_every_text_at_every_place(alias: str) -> None:
    everything = [text for piece in PIECES for text in (MARK + piece, piece + MARK)]
    for name in NAMES:
        refused(alias, name, everything)
    for name in ALIASES:
        refused_or_quoted(alias, name, everything)
    for name in DATA:
        not_sent(alias, name, everything)


def test_a_key_with_hostile_characters_is_found(alias: str) -> None:
    keys = [text for text in TEXTS if text.isprintable() and len(text) < 200 and "__" not in text]
    if connections[alias].vendor == "sqlite":
        # SQLite's paths cannot name a key with a quotation mark in it: such a key is looked for and not found.
        keys = [key for key in keys if '"' not in key]
    writer = Writer.objects.using(alias).get()
    for key in keys:
        with transaction.atomic(using=alias):
            Text.objects.using(alias).create(title="hostile", data={key: {"x": key}}, writer=writer)
            queryset = Text.objects.using(alias)

            assert queryset.filter(**{f"data__{key}__x": key}).count() == 1, key
            assert queryset.filter(data__has_key=key).count() == 1, key
            assert queryset.filter(data__has_any_keys=[key]).count() == 1, key
            named: Any = queryset.annotate(found=KT(f"data__{key}__x"))
            assert named.get(title="hostile").found == key, key
            transaction.set_rollback(True, using=alias)


def test_the_name_of_a_time_zone_is_data(alias: str) -> None:
    for text in some(alias):
        seen = Statements()
        with connections[alias].execute_wrapper(seen):
            for expression in (Trunc("at", "day", tzinfo=Zone(text)), Extract("at", "hour", tzinfo=Zone(text))):
                try:
                    run(Text.objects.using(alias).annotate(a=expression))
                except (*REFUSED, DatabaseError):
                    pass

        assert not [sql for sql in seen.sent if MARK in sql], text
    assert unharmed(alias)


def test_names_of_savepoints_are_quoted(alias: str) -> None:
    for text in some(alias):
        seen = Statements()
        with connections[alias].execute_wrapper(seen), transaction.atomic(using=alias):
            for way in (transaction.savepoint_rollback, transaction.savepoint_commit):
                try:
                    way(text, using=alias)
                except (*REFUSED, DatabaseError):
                    pass
            transaction.set_rollback(True, using=alias)

        assert not [sql for sql in seen.sent if MARK in outside_quotes(sql, connections[alias].vendor)], text
    assert unharmed(alias)


def test_a_tampered_keyset_cursor_is_refused(alias: str) -> None:
    page = Text.objects.using(alias).order_by("pages").keyset_page(1)
    assert page.next is not None
    for text in some(alias):
        for token in (text, page.next + text, page.next[:4] + text + page.next[4:], page.next[::-1]):
            with pytest.raises((BadRequest, SuspiciousOperation)):
                Text.objects.using(alias).order_by("pages").keyset_page(1, after=token)


def test_a_function_is_named_by_a_word(alias: str) -> None:
    for text in some(alias):
        sent, _ = statements(alias, lambda qs, text: run(qs.annotate(a=Func(F("title"), function=text))), text)

        assert not [sql for sql in sent if MARK in outside_quotes(sql, connections[alias].vendor)], (text, sent)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.text(max_size=12).map(lambda text: f"{text[: len(text) // 2]}{MARK}{text[len(text) // 2 :]}"),
    name=st.sampled_from(
        [*[("name", key) for key in NAMES], *[("alias", key) for key in ALIASES], *[("data", key) for key in DATA]]
    ),
)
def test_any_text_anywhere(alias: str, text: str, name: tuple[str, str]) -> None:
    kind, key = name
    sink = {"name": NAMES, "alias": ALIASES, "data": DATA}[kind][key]
    sent, error = statements(alias, sink, text)

    vendor = connections[alias].vendor
    bare = [outside_quotes(sql, vendor) if kind == "alias" else re.sub(r"\s*/\*[^*]*\*/$", "", sql) for sql in sent]
    assert not [sql for sql in bare if MARK in sql]
    assert kind != "name" or error is not None or key == "select_for_update"


def test_the_name_of_a_tag_is_a_plain_word(alias: str) -> None:
    for text in some(alias):
        sent, error = statements(alias, lambda qs, text: run(qs.sql_tags(**{text: 1})), text)

        assert error is not None or re.fullmatch("[a-z][a-z0-9_]*", text)
        assert error is None or not [sql for sql in sent if MARK in sql]
