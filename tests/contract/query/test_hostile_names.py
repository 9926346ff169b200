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

from fastjango.core.exceptions import BadRequest, FieldDoesNotExist, FieldError, SuspiciousOperation, ValidationError
from fastjango.db import DatabaseError, NotSupportedError, connections, transaction
from fastjango.db.errors import DataError
from fastjango.db.models import (
    Avg,
    Count,
    Exists,
    F,
    FilteredRelation,
    Func,
    Max,
    OuterRef,
    Prefetch,
    Q,
    Subquery,
    Value,
    Window,
)
from fastjango.db.models.expressions import RawSQL
from fastjango.db.models.fields.json import KT, KeyTransform
from fastjango.db.models.functions import Collate, Extract, RowNumber, Trunc
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
Sink = Callable[[Any, str], Any]


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


def run(found: Any) -> Any:
    """Evaluate a queryset."""
    return list(found)


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


def _q(name: str, **more: Any) -> Q:
    names: dict[str, Any] = {name: 1, **more}
    return Q(**names)


def _one(qs: Any) -> Any:
    return qs.order_by("pk").first()


#: The text is the name of something that is not there: nothing may be sent that contains it.
NAMES: dict[str, Sink] = {
    "filter": lambda qs, text: run(qs.filter(**{text: 1})),
    "filter below a field": lambda qs, text: run(qs.filter(**{f"title__{text}": "x"})),
    "filter below a relation": lambda qs, text: run(qs.filter(**{f"writer__{text}": "x"})),
    "filter below a part of a date": lambda qs, text: run(qs.filter(**{f"at__year__{text}": 1})),
    "exclude": lambda qs, text: run(qs.exclude(**{text: 1})),
    "get": lambda qs, text: qs.get(**{text: 1}),
    "Q": lambda qs, text: run(qs.filter(Q(title="x") | ~_q(text))),
    "order_by": lambda qs, text: run(qs.order_by(text)),
    "order_by backwards": lambda qs, text: run(qs.order_by("-" + text)),
    "order_by below a relation": lambda qs, text: run(qs.order_by(f"writer__{text}")),
    "earliest": lambda qs, text: qs.earliest(text),
    "latest": lambda qs, text: qs.latest("-" + text),
    "F": lambda qs, text: run(qs.filter(pages=F(text))),
    "F in annotate": lambda qs, text: run(qs.annotate(a=F(text))),
    "F in update": lambda qs, text: qs.update(pages=F(text)),
    "aggregate over": lambda qs, text: qs.aggregate(a=Max(text)),
    "aggregate over, by default name": lambda qs, text: qs.aggregate(Avg(text)),
    "values": lambda qs, text: run(qs.values(text)),
    "values below a relation": lambda qs, text: run(qs.values(f"writer__{text}")),
    "values_list": lambda qs, text: run(qs.values_list("pk", text)),
    "values_list, named": lambda qs, text: run(qs.values_list(text, named=True)),
    "only": lambda qs, text: run(qs.only(text)),
    "defer": lambda qs, text: run(qs.defer(f"writer__{text}")),
    "select_related": lambda qs, text: run(qs.select_related(text)),
    "prefetch_related": lambda qs, text: run(qs.prefetch_related(text)),
    "Prefetch": lambda qs, text: run(qs.prefetch_related(Prefetch(f"writer__{text}"))),
    "in_bulk": lambda qs, text: qs.in_bulk([1], field_name=text),
    "dates of": lambda qs, text: run(qs.dates(text, "year")),
    "dates": lambda qs, text: run(qs.dates("day", text)),
    "dates, order": lambda qs, text: run(qs.dates("day", "year", order=text)),
    "datetimes": lambda qs, text: run(qs.datetimes("at", text)),
    "Extract": lambda qs, text: run(qs.annotate(a=Extract("at", text))),
    "Extract of": lambda qs, text: run(qs.annotate(a=Extract(text, "year"))),
    "Trunc": lambda qs, text: run(qs.annotate(a=Trunc("at", text))),
    "Trunc in order_by": lambda qs, text: run(qs.order_by(Trunc("at", text))),
    "connector of Q": lambda qs, text: run(qs.filter(Q(title="x", pages=1, _connector=text))),
    "connector of Q, from a dictionary": lambda qs, text: run(
        qs.filter(_q("title", title="x", pages=1, _connector=text))
    ),
    "connector of filter": lambda qs, text: run(qs.filter(title="x", pages=1, _connector=text)),
    "connector of exclude": lambda qs, text: run(qs.exclude(**{"title": "x", "_connector": text})),
    "negation of filter": lambda qs, text: run(qs.filter(title="x", _negated=text)),
    "connector of complex_filter": lambda qs, text: run(qs.complex_filter({"title": "x", "_connector": text})),
    "FilteredRelation": lambda qs, text: run(qs.annotate(a=FilteredRelation(text)).filter(a__name="x")),
    "FilteredRelation's condition": lambda qs, text: run(
        qs.annotate(a=FilteredRelation("writer", condition=_q(f"writer__{text}"))).filter(a__name="x")
    ),
    "OuterRef": lambda qs, text: run(qs.filter(Exists(Writer.objects.using(qs.db).filter(pk=OuterRef(text))))),
    "Subquery": lambda qs, text: run(qs.annotate(a=Subquery(Writer.objects.using(qs.db).values(text)[:1]))),
    "Window, order": lambda qs, text: run(qs.annotate(a=Window(RowNumber(), order_by=text))),
    "Window, partition": lambda qs, text: run(qs.annotate(a=Window(RowNumber(), partition_by=text))),
    "Count with a filter": lambda qs, text: run(qs.annotate(a=Count("pk", filter=_q(text)))),
    "using": lambda qs, text: run(qs.using(text)),
    "select_for_update": lambda qs, text: run(qs.select_for_update(of=(text,))),
    "create": lambda qs, text: qs.create(**{text: 1}),
    "update": lambda qs, text: qs.update(**{text: 1}),
    "update_or_create": lambda qs, text: qs.update_or_create(title="new", defaults={text: 1}),
    "get_or_create": lambda qs, text: qs.get_or_create(**{text: 1}),
    "bulk_update": lambda qs, text: qs.bulk_update([_one(qs)], [text]),
    "bulk_create, unique_fields": lambda qs, text: qs.bulk_create(
        [Text(title="n", writer_id=1)], update_conflicts=True, unique_fields=[text], update_fields=["pages"]
    ),
    "bulk_create, update_fields": lambda qs, text: qs.bulk_create(
        [Text(title="n", writer_id=1)], update_conflicts=True, unique_fields=["title"], update_fields=[text]
    ),
    "upsert, unique_fields": lambda qs, text: qs.upsert([Text(title="n", writer_id=1)], unique_fields=[text]),
    "upsert, update_fields": lambda qs, text: qs.upsert(
        [Text(title="n", writer_id=1)], unique_fields=["title"], update_fields=[text]
    ),
    "save": lambda qs, text: _one(qs).save(update_fields=[text]),
    "refresh_from_db": lambda qs, text: _one(qs).refresh_from_db(fields=[text]),
    "keyset cursor": lambda qs, text: qs.order_by("pages").keyset_page(2, after=text),
    "keyset cursor, backwards": lambda qs, text: qs.order_by("title").keyset_page(2, before=text),
    "explain, format": lambda qs, text: qs.explain(format=text),
    "explain, options": lambda qs, text: qs.explain(**{text: True}),
    "cte, column": lambda qs, text: run(qs.with_cte(qs.cte("c"), on={text: "id"})),
    "cte, join": lambda qs, text: run(qs.with_cte(qs.cte("c"), on={"pk": "id"}, join=text)),
    "top_n": lambda qs, text: run(qs.order_by("pk").top_n(1, per=text)),
    "reverse relation": lambda qs, text: run(Writer.objects.using(qs.db).filter(**{f"texts__{text}": 1})),
}
#: The text becomes the name of a column or a table of the query: refused, or quoted.
ALIASES: dict[str, Sink] = {
    "annotate": lambda qs, text: run(qs.annotate(**{text: F("pages") + 1})),
    "annotate, aggregate": lambda qs, text: run(qs.values("pages").annotate(**{text: Count("pk")})),
    "annotate, ordered": lambda qs, text: run(qs.annotate(**{text: F("pages") + 1}).order_by(text)),
    "annotate, filtered": lambda qs, text: run(qs.annotate(**{text: F("pages") + 1}).filter(**{text: 1})),
    "alias": lambda qs, text: run(qs.alias(**{text: F("pages") + 1}).order_by(f"-{text}")),
    "aggregate": lambda qs, text: qs.aggregate(**{text: Max("pages")}),
    "values": lambda qs, text: run(qs.values(**{text: F("pages") + 1})),
    "FilteredRelation": lambda qs, text: run(
        qs.annotate(**{text: FilteredRelation("writer", condition=Q(writer__name="Ann"))}).filter(
            **{f"{text}__name": "x"}
        )
    ),
    "extra, select": lambda qs, text: run(qs.extra(select={text: "1"})),
    "Collate": lambda qs, text: run(qs.order_by(Collate("title", text))),
    "values of a JSON key": lambda qs, text: run(qs.values_list(f"data__{text}", flat=True)),
    "cte": lambda qs, text: run(qs.with_cte(qs.cte(text), on={"pk": "id"})),
}
#: The text is data.
DATA: dict[str, Sink] = {
    "value": lambda qs, text: run(qs.filter(title=text)),
    "value of a pattern": lambda qs, text: run(qs.filter(title__icontains=text)),
    "values of a list": lambda qs, text: run(qs.filter(title__in=[text, "Text 1"])),
    "JSON key": lambda qs, text: run(qs.filter(**{f"data__{text}": 1})),
    "JSON key below": lambda qs, text: run(qs.filter(**{f"data__a__{text}__gt": 1})),
    "JSON key is null": lambda qs, text: run(qs.filter(**{f"data__{text}__isnull": True})),
    "JSON key in a list": lambda qs, text: run(qs.filter(**{f"data__{text}__in": [1, "x"]})),
    "JSON key contains": lambda qs, text: run(qs.filter(**{f"data__{text}__icontains": "x"})),
    "has_key": lambda qs, text: run(qs.filter(data__has_key=text)),
    "has_key below": lambda qs, text: run(qs.filter(**{f"data__{text}__has_key": text})),
    "has_keys": lambda qs, text: run(qs.filter(data__has_keys=["a", text])),
    "has_any_keys": lambda qs, text: run(qs.filter(data__has_any_keys=["q", text])),
    "KeyTransform": lambda qs, text: run(qs.annotate(a=KeyTransform(text, "data"))),
    "KeyTransform, nested": lambda qs, text: run(qs.annotate(a=KeyTransform("0", KeyTransform(text, "data")))),
    "KT": lambda qs, text: run(qs.annotate(a=KT(f"data__{text}")).order_by("a")),
    "order_by a JSON key": lambda qs, text: run(qs.order_by(f"data__{text}", "pk")),
    "F of a JSON key": lambda qs, text: run(qs.filter(pages=F(f"data__a__{text}"))),
    "JSON value": lambda qs, text: run(qs.filter(data={text: {text: text}})),
    "Value": lambda qs, text: run(qs.annotate(a=Value(text))),
    "RawSQL, parameter": lambda qs, text: run(qs.annotate(a=RawSQL("%s", [text]))),
    "extra, parameter": lambda qs, text: run(qs.extra(where=["title = %s"], params=[text])),
    "extra, parameter of select": lambda qs, text: run(qs.extra(select={"a": "%s"}, select_params=[text])),
    "raw, parameter": lambda qs, text: run(qs.raw("SELECT * FROM hostile_text WHERE title = %s", [text])),
    "sql_tags, value": lambda qs, text: run(qs.sql_tags(a=text)),
}


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
            assert not re.search("syntax error|SQL syntax|unrecognized token|unterminated|user-defined", str(exc)), (
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
