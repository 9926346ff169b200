"""Every place of a queryset that takes a name, a key or a text, as a function of the text: for test_hostile_names.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.contract.query.hostile_models import Text, Writer

from fastjango.contrib.postgres.aggregates import ArrayAgg, StringAgg
from fastjango.contrib.postgres.search import SearchHeadline, SearchQuery, SearchRank, SearchVector
from fastjango.db.models import (
    Avg,
    Case,
    CharField,
    Count,
    DecimalField,
    Exists,
    F,
    FilteredRelation,
    Func,
    Max,
    OuterRef,
    Prefetch,
    Q,
    RowRange,
    Subquery,
    Value,
    When,
    Window,
)
from fastjango.db.models.expressions import RawSQL
from fastjango.db.models.fields.json import KT, KeyTransform
from fastjango.db.models.functions import (
    Cast,
    Collate,
    Concat,
    Extract,
    JSONObject,
    Lag,
    Left,
    Replace,
    RowNumber,
    Trunc,
)

Sink = Callable[[Any, str], Any]


def run(found: Any) -> Any:
    """Evaluate a queryset."""
    return list(found)


def as_int(text: str) -> Any:
    """Return a text where a number is expected: what a program does that hands a parameter on."""
    return text


def framed(start: Any = None, end: Any = None) -> Window:
    """Return a window over some rows before and after."""
    return Window(Max("pages"), order_by="pk", frame=RowRange(start=start, end=end))


def q_of(name: str, **more: Any) -> Q:
    names: dict[str, Any] = {name: 1, **more}
    return Q(**names)


def one(qs: Any) -> Any:
    return qs.order_by("pk").first()


#: The text is the name of something that is not there: nothing may be sent that contains it.
NAMES: dict[str, Sink] = {
    "filter": lambda qs, text: run(qs.filter(**{text: 1})),
    "filter below a field": lambda qs, text: run(qs.filter(**{f"title__{text}": "x"})),
    "filter below a relation": lambda qs, text: run(qs.filter(**{f"writer__{text}": "x"})),
    "filter below a part of a date": lambda qs, text: run(qs.filter(**{f"at__year__{text}": 1})),
    "exclude": lambda qs, text: run(qs.exclude(**{text: 1})),
    "get": lambda qs, text: qs.get(**{text: 1}),
    "Q": lambda qs, text: run(qs.filter(Q(title="x") | ~q_of(text))),
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
        qs.filter(q_of("title", title="x", pages=1, _connector=text))
    ),
    "connector of filter": lambda qs, text: run(qs.filter(title="x", pages=1, _connector=text)),
    "connector of exclude": lambda qs, text: run(qs.exclude(**{"title": "x", "_connector": text})),
    "negation of filter": lambda qs, text: run(qs.filter(title="x", _negated=text)),
    "connector of complex_filter": lambda qs, text: run(qs.complex_filter({"title": "x", "_connector": text})),
    "FilteredRelation": lambda qs, text: run(qs.annotate(a=FilteredRelation(text)).filter(a__name="x")),
    "FilteredRelation's condition": lambda qs, text: run(
        qs.annotate(a=FilteredRelation("writer", condition=q_of(f"writer__{text}"))).filter(a__name="x")
    ),
    "OuterRef": lambda qs, text: run(qs.filter(Exists(Writer.objects.using(qs.db).filter(pk=OuterRef(text))))),
    "Subquery": lambda qs, text: run(qs.annotate(a=Subquery(Writer.objects.using(qs.db).values(text)[:1]))),
    "Window, order": lambda qs, text: run(qs.annotate(a=Window(RowNumber(), order_by=text))),
    "Window, partition": lambda qs, text: run(qs.annotate(a=Window(RowNumber(), partition_by=text))),
    "Count with a filter": lambda qs, text: run(qs.annotate(a=Count("pk", filter=q_of(text)))),
    "using": lambda qs, text: run(qs.using(text)),
    "select_for_update": lambda qs, text: run(qs.select_for_update(of=(text,))),
    "create": lambda qs, text: qs.create(**{text: 1}),
    "update": lambda qs, text: qs.update(**{text: 1}),
    "update_or_create": lambda qs, text: qs.update_or_create(title="new", defaults={text: 1}),
    "get_or_create": lambda qs, text: qs.get_or_create(**{text: 1}),
    "bulk_update": lambda qs, text: qs.bulk_update([one(qs)], [text]),
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
    "save": lambda qs, text: one(qs).save(update_fields=[text]),
    "refresh_from_db": lambda qs, text: one(qs).refresh_from_db(fields=[text]),
    "keyset cursor": lambda qs, text: qs.order_by("pages").keyset_page(2, after=text),
    "keyset cursor, backwards": lambda qs, text: qs.order_by("title").keyset_page(2, before=text),
    "explain, format": lambda qs, text: qs.explain(format=text),
    "explain, options": lambda qs, text: qs.explain(**{text: True}),
    "cte, column": lambda qs, text: run(qs.with_cte(qs.cte("c"), on={text: "id"})),
    "cte, join": lambda qs, text: run(qs.with_cte(qs.cte("c"), on={"pk": "id"}, join=text)),
    "top_n": lambda qs, text: run(qs.order_by("pk").top_n(1, per=text)),
    "reverse relation": lambda qs, text: run(Writer.objects.using(qs.db).filter(**{f"texts__{text}": 1})),
    "F in order_by": lambda qs, text: run(qs.order_by(F(text).desc(nulls_last=True))),
    "F in order_by, below a relation": lambda qs, text: run(qs.order_by(F(f"writer__{text}").asc())),
    "values_list of a transform": lambda qs, text: run(qs.values_list(f"title__{text}")),
    "values_list of a part of a date": lambda qs, text: run(qs.values_list(f"at__year__{text}", flat=True)),
    "values of a transform in F": lambda qs, text: run(qs.values(a=F(f"day__{text}"))),
    "order_by a transform": lambda qs, text: run(qs.order_by(f"title__{text}")),
    "order_by of a union": lambda qs, text: run(qs.values("title").union(qs.values("title")).order_by(text)),
    "distinct": lambda qs, text: run(qs.distinct(text)),
    "Prefetch, below": lambda qs, text: run(qs.prefetch_related(Prefetch("writer", Writer.objects.order_by(text)))),
    "Window, start of a frame": lambda qs, text: run(qs.annotate(a=framed(start=text))),
    "Window, end of a frame": lambda qs, text: run(qs.annotate(a=framed(end=text))),
    "update below a relation": lambda qs, text: qs.update(**{f"writer__{text}": 1}),
    "CharField of Cast, length": lambda qs, text: run(qs.annotate(a=Cast("title", CharField(max_length=as_int(text))))),
    "DecimalField of Cast, digits": lambda qs, text: run(
        qs.annotate(a=Cast("pages", DecimalField(max_digits=as_int(text), decimal_places=0)))
    ),
    "DecimalField of Cast, places": lambda qs, text: run(
        qs.annotate(a=Cast("pages", DecimalField(max_digits=5, decimal_places=as_int(text))))
    ),
    "select_related below a relation": lambda qs, text: run(qs.select_related(f"writer__{text}")),
    "only below a relation": lambda qs, text: run(qs.select_related("writer").only(f"writer__{text}")),
    "in_bulk of values": lambda qs, text: qs.in_bulk(field_name=f"writer__{text}"),
    "filter against a window": lambda qs, text: run(
        qs.annotate(a=Window(RowNumber(), order_by="pk")).filter(**{f"a__{text}": 1})
    ),
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
    "extra, order_by": lambda qs, text: run(qs.extra(order_by=[text])),
    "extra, tables": lambda qs, text: run(qs.extra(tables=[text])),
    "CharField of Cast, collation": lambda qs, text: run(
        qs.annotate(a=Cast("title", CharField(max_length=9, db_collation=text)))
    ),
    "annotate a FilteredRelation, selected": lambda qs, text: run(
        qs.annotate(**{text: FilteredRelation("writer")}).select_related(text)
    ),
    "values_list with a name": lambda qs, text: run(
        qs.annotate(**{text: F("pages")}).values_list("title", text, named=True)
    ),
    "union, name": lambda qs, text: run(
        qs.values(**{text: F("pages")}).union(qs.values(**{text: F("pk")})).order_by(text)
    ),
    "group, name": lambda qs, text: run(
        qs.values(**{text: F("pages")}).annotate(n=Count("pk")).filter(n__gt=0).order_by(text)
    ),
    "window, name": lambda qs, text: run(qs.annotate(**{text: Window(RowNumber(), order_by="pk")}).filter(**{text: 1})),
    "count over a name": lambda qs, text: qs.annotate(**{text: Max("writer__texts__pages")}).filter(pages=1).count(),
    "column of a cte": lambda qs, text: run(qs.with_cte(qs.values(**{text: F("pk")}).cte("c"), on={"pk": text})),
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
    "Prefetch, to_attr": lambda qs, text: run(
        Writer.objects.using(qs.db).prefetch_related(Prefetch("texts", qs.all(), to_attr=text))
    ),
    "raw, translations": lambda qs, text: run(
        qs.raw("SELECT id, title AS other FROM hostile_text", translations={text: "title", "other": text})
    ),
    "Func, extra": lambda qs, text: run(qs.annotate(a=Func(F("title"), function="LOWER", **{text: text}))),
    "JSONObject, key": lambda qs, text: run(qs.annotate(a=JSONObject(**{text: "title"}))),
    "JSONObject, value": lambda qs, text: run(qs.annotate(a=JSONObject(key=Value(text)))),
    "Left, length": lambda qs, text: run(qs.annotate(a=Left("title", Value(text)))),
    "Lag, offset": lambda qs, text: run(qs.annotate(a=Window(Lag("pages", offset=as_int(text)), order_by="pk"))),
    "Lag, default": lambda qs, text: run(qs.annotate(a=Window(Lag("title", default=Value(text)), order_by="pk"))),
    "aggregate, default": lambda qs, text: qs.aggregate(a=Max("title", default=text)),
    "Case": lambda qs, text: run(qs.annotate(a=Case(When(title=text, then=Value(text)), default=Value(text)))),
    "Replace": lambda qs, text: run(qs.annotate(a=Replace("title", Value(text), Value(text)))),
    "values of Concat": lambda qs, text: run(qs.values_list(Concat("title", Value(text)))),
    "update": lambda qs, text: qs.filter(pages=0).update(title=text[:40]),
    "bulk_create": lambda qs, text: qs.bulk_create([Text(title=text[:40], writer_id=1)], ignore_conflicts=True),
}
#: The text is data of what PostgreSQL alone has.
POSTGRESQL: dict[str, Sink] = {
    "SearchVector, config": lambda qs, text: run(qs.annotate(a=SearchVector("title", config=text))),
    "SearchVector, weight": lambda qs, text: run(qs.annotate(a=SearchVector("title", weight=text))),
    "SearchQuery": lambda qs, text: run(qs.annotate(a=SearchVector("title")).filter(a=SearchQuery(text))),
    "SearchQuery, raw": lambda qs, text: run(
        qs.annotate(a=SearchVector("title")).filter(a=SearchQuery(text, search_type="raw"))
    ),
    "SearchQuery, type": lambda qs, text: run(
        qs.annotate(a=SearchVector("title")).filter(a=SearchQuery("x", search_type=text))
    ),
    "SearchQuery, config": lambda qs, text: run(
        qs.annotate(a=SearchVector("title")).filter(a=SearchQuery("x", config=text))
    ),
    "SearchHeadline": lambda qs, text: run(
        qs.annotate(a=SearchHeadline("title", SearchQuery("x"), config=text, start_sel=text, fragment_delimiter=text))
    ),
    "SearchRank, weights": lambda qs, text: run(
        qs.annotate(a=SearchRank(SearchVector("title"), SearchQuery("x"), weights=[text]))
    ),
    "search": lambda qs, text: run(qs.filter(title__search=text)),
    "StringAgg, delimiter": lambda qs, text: qs.aggregate(a=StringAgg("title", delimiter=text)),
    "StringAgg, order": lambda qs, text: qs.aggregate(a=StringAgg("title", delimiter=",", order_by=text)),
    "ArrayAgg, order": lambda qs, text: qs.aggregate(a=ArrayAgg("title", order_by=[f"-{text}"])),
    "ArrayAgg, default": lambda qs, text: qs.aggregate(a=ArrayAgg("title", default=Value([text]))),
}
