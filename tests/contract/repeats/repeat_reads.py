"""Every kind of question that the ORM knows; the number goes into the values of each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from tests.contract.repeats import repeat_models

from fastjango.db import connection
from fastjango.db.models import (
    Avg,
    BooleanField,
    Case,
    CharField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    FilteredRelation,
    Func,
    IntegerField,
    Lookup,
    Max,
    Min,
    OuterRef,
    Prefetch,
    Q,
    StdDev,
    Subquery,
    Sum,
    Transform,
    Value,
    Variance,
    When,
    Window,
)
from fastjango.db.models.expressions import RawSQL, RowRange, ValueRange
from fastjango.db.models.fields.json import KT
from fastjango.db.models.fields.tuple_lookups import Tuple, TupleExact, TupleIn
from fastjango.db.models.functions import (
    Cast,
    Coalesce,
    Concat,
    ExtractYear,
    Greatest,
    JSONObject,
    Lag,
    Length,
    Lower,
    NullIf,
    Rank,
    Round,
    RowNumber,
    Substr,
    TruncMonth,
    Upper,
)
from fastjango.db.models.lookups import GreaterThan

Author: Any = repeat_models.Author
Book: Any = repeat_models.Book
Genre: Any = repeat_models.Genre
Line: Any = repeat_models.Line
Place: Any = repeat_models.Place
Restaurant: Any = repeat_models.Restaurant
Tag: Any = repeat_models.Tag

Ask = Callable[[int], Any]
TABLE: str = Book._meta.db_table


def costing(x: int) -> Any:
    return Book.objects.filter(price__gt=x)


def named(x: int) -> Any:
    return Book.objects.filter(title=f"T{x}")


def moment(x: int) -> dt.datetime:
    return dt.datetime(2024, 1 + x % 6, 1, 12, tzinfo=dt.UTC)


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


# -- SQL of users


class Doubled(Func):
    """A class with its own template only."""

    template = "(2 * %(expressions)s)"
    output_field = IntegerField()


class Plus(Func):
    """Writes its own SQL: the argument of its constructor is a parameter."""

    output_field = IntegerField()

    def __init__(self, expression: Any, by: int) -> None:
        super().__init__(expression)
        self.by = by

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        sql, params = compiler.compile(self.source_expressions[0])
        return f"({sql} + %s)", [*params, self.by]


class Shouted(Func):
    """Writes its own SQL on each database, by that of its base class."""

    function = "UPPER"
    output_field = CharField()

    def as_vendor(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return super().as_sql(compiler, connection, template="CONCAT(%(function)s(%(expressions)s), '!')", **extra)

    as_postgresql = as_mysql = as_vendor

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return super().as_sql(compiler, connection, template="(%(function)s(%(expressions)s) || '!')", **extra)


class Other(Lookup):
    """The lookup of Django's documentation."""

    lookup_name = "other"

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        lhs, lhs_params = self.process_lhs(compiler, connection)
        rhs, rhs_params = self.process_rhs(compiler, connection)
        return f"{lhs} <> {rhs}", [*lhs_params, *rhs_params]


class Absolute(Transform):
    """A transform with a function."""

    lookup_name = "absolute"
    function = "ABS"


class Negative(Transform):
    """A transform that writes its own SQL."""

    lookup_name = "negative"
    output_field = IntegerField()

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        sql, params = compiler.compile(self.lhs)
        return f"(-{sql})", params


LOOKUPS: list[Any] = [Other, Absolute, Negative]


def register() -> None:
    """Give integers the lookups above."""
    for lookup in LOOKUPS:
        IntegerField.register_lookup(lookup)


def unregister() -> None:
    """Take them away again."""
    for lookup in LOOKUPS:
        IntegerField._unregister_lookup(lookup)


CONDITIONS: dict[str, Ask] = {
    "get": lambda x: Book.objects.get(pk=x % 3 + 1),
    "get by several": lambda x: Author.objects.filter(name="Ann", age__gt=x).first(),
    "filter, order, slice": lambda x: list(costing(x).filter(title__gt=f"{x}").order_by("-price")[:3]),
    "offset": lambda x: list(costing(x - 20).order_by("pk")[2:4]),
    "Q": lambda x: list(Book.objects.filter(Q(title=f"{x}") | ~Q(price=x) & Q(author__name__startswith=f"{x}"))),
    "Q xor": lambda x: list(Book.objects.filter(Q(pages__gt=x) ^ Q(title__gt=f"T{x}") ^ Q(pk=x))),
    "text and ranges": lambda x: list(
        Book.objects.filter(title__icontains=f"{x}", title__iregex="i", price__range=(x, x + 20), editor__isnull=True)
    ),
    "parts of dates": lambda x: list(
        Book.objects.filter(sold__year__gte=2020 + x % 3, sold__date__gt=moment(x).date(), sold__hour__lt=x + 3)
    ),
    "exclude": lambda x: list(Book.objects.exclude(title=f"T{x}", pages__gt=x)),
    "exclude over many rows": lambda x: list(Book.objects.exclude(genres__word=f"{x}")),
    "complex_filter": lambda x: list(Book.objects.complex_filter({"pages__gt": x})),
    "in a list": lambda x: list(Book.objects.filter(pk__in=[x, x + 1, x + 2])),
    "in a long list": lambda x: list(Book.objects.filter(pk__in=[*range(x, x + 60)])),
    "in a list with expressions": lambda x: list(Book.objects.filter(pages__in=[F("pk") + x, x, x * 3, F("price")])),
    "in a list of expressions": lambda x: list(Book.objects.filter(pages__in=[F("pk") * x, Value(x)])),
    "excluded from a list with expressions": lambda x: list(Book.objects.exclude(pages__in=[F("pk") * 2, x])),
    "a range of expressions": lambda x: list(Book.objects.filter(pages__range=(F("pk") + x, F("price") * x))),
    "a range with an expression": lambda x: list(Book.objects.filter(pages__range=(x - 5, F("price") * x))),
    "in a queryset": lambda x: list(Book.objects.filter(author__in=Author.objects.filter(age__gt=x))),
    "in values": lambda x: list(Book.objects.filter(author_id__in=Author.objects.filter(age__gt=x).values("pk"))),
    "in a slice": lambda x: (
        list(Book.objects.filter(author__in=Author.objects.filter(age__gt=x)[:1]))
        if connection.vendor != "mysql"
        else None
    ),
    "by an object": lambda x: list(Book.objects.filter(author=Author.objects.first())),
    "by objects": lambda x: list(Book.objects.filter(author__in=list(Author.objects.all()), pages__gt=x)),
    "JSON path": lambda x: list(Book.objects.filter(data__a=x, data__b__c__0__gt=x - 3)),
    "JSON contains": lambda x: (
        list(Book.objects.filter(data__contains={"a": x})) if connection.vendor != "sqlite" else None
    ),
    "JSON keys": lambda x: list(Book.objects.filter(data__has_key="a", data__b__has_any_keys=["c", "d"], pages__gt=x)),
    "JSON in": lambda x: list(Book.objects.filter(data__a__in=[x, x + 1])),
    "composite key": lambda x: list(Line.objects.filter(pk=(x, 1))),
    "composite keys": lambda x: list(Line.objects.filter(pk__in=[(x, 0), (x + 1, 1)])),
    "composite key beyond": lambda x: list(Line.objects.filter(pk__gt=(x, 0))),
    "tuple": lambda x: list(Book.objects.filter(TupleExact(Tuple(F("pages"), F("title")), (x * 3, f"T{x}")))),
    "tuples": lambda x: list(Book.objects.filter(TupleIn(Tuple(F("pages"), F("id")), [(x * 3, x), (3, 1)]))),
    "a lookup as an expression": lambda x: list(Book.objects.filter(GreaterThan(F("pages"), x))),
    "lookups in annotations": lambda x: [
        book.dear for book in Book.objects.annotate(dear=GreaterThan(F("pages"), x)).order_by("pk")
    ],
    "lookups of a custom field's class": lambda x: list(Book.objects.filter(pages__absolute__gt=x)),
    "an expression as a condition": lambda x: list(
        Book.objects.filter(ExpressionWrapper(Q(pages__gt=x), output_field=BooleanField()))
    ),
    "Exists": lambda x: list(Author.objects.filter(Exists(Book.objects.filter(author=OuterRef("pk"), price__gt=x)))),
    "not Exists": lambda x: list(Author.objects.filter(~Exists(Book.objects.filter(author=OuterRef("pk"), price=x)))),
    "nested OuterRef": lambda x: list(
        Author.objects.filter(
            Exists(
                Book.objects.filter(
                    Exists(Line.objects.filter(book=OuterRef("pk"), text=OuterRef(OuterRef("name")), number=x)),
                    author=OuterRef("pk"),
                )
            )
        )
    ),
    "parents' fields": lambda x: list(Restaurant.objects.filter(seats__gt=x, stars__lt=x, name__contains="R")),
    "generic relation": lambda x: list(Book.objects.filter(tags__word=f"t{x}")),
}

COLUMNS: dict[str, Ask] = {
    "annotate": lambda x: [
        (author.n, author.later)
        for author in Author.objects.annotate(n=Count("books", filter=Q(books__price__gt=x)), later=F("age") + x)
    ],
    "alias": lambda x: list(Author.objects.alias(n=Count("books")).filter(n__gte=x - 10).order_by("n", "name")),
    "group": lambda x: list(Author.objects.order_by().values("age").annotate(n=Count("books")).filter(n__gt=x - 10)),
    "aggregates with expressions for none": lambda x: list(
        Author.objects.annotate(
            a=Sum("books__pages", default=Value(x)), b=Max("books__pages", default=F("age") + x)
        ).values_list("a", "b")
    ),
    "aggregates": lambda x: list(
        Author.objects.annotate(
            a=Sum("books__pages", default=x), b=Min("books__price"), c=Max("books__title"), d=Avg("books__pages")
        ).values_list("a", "b", "c", "d")
    ),
    "statistics": lambda x: costing(x).aggregate(a=StdDev("pages"), b=Variance("pages")),
    "case": lambda x: list(
        Book.objects.annotate(k=Case(When(price__gt=x, then=Value(f"{x}")), default=Value("z"))).values_list("k")
    ),
    "case of many": lambda x: list(
        Book.objects.annotate(
            k=Case(
                When(Q(pages__in=[x, x + 3]) & ~Q(title=f"T{x}"), then=F("pages") * x),
                When(Exists(Line.objects.filter(book=OuterRef("pk"), number=x)), then=Value(x)),
                default=Value(0),
                output_field=IntegerField(),
            )
        )
        .order_by("pk")
        .values_list("k")
    ),
    "functions": lambda x: list(
        Book.objects.annotate(s=Substr("title", 1, x), c=Concat("title", Value(f"{x}"))).values_list("s", "c")
    ),
    "more functions": lambda x: list(
        Book.objects.annotate(
            a=Coalesce(NullIf("title", Value(f"T{x}")), Value("none")),
            b=Greatest("pages", Value(x)),
            c=Cast("pages", CharField()),
            d=Round("price", 1),
            e=Length(Upper("title")) + x,
            f=Lower("title"),
        )
        .order_by("pk")
        .values_list("a", "b", "c", "d", "e", "f")
    ),
    "dates in functions": lambda x: list(
        Book.objects.annotate(m=TruncMonth("sold"), y=ExtractYear("sold") + x).order_by("pk").values_list("m", "y")
    ),
    "JSONObject": lambda x: list(
        Book.objects.annotate(o=JSONObject(t="title", n=F("pages") + x)).order_by("pk").values_list("o")
    ),
    "JSON in columns": lambda x: list(Book.objects.order_by("pk").values_list("data__a", KT("data__b__c__0"))),
    "window": lambda x: list(
        Book.objects.annotate(r=Window(RowNumber(), partition_by="author", order_by="price")).filter(r__lt=x + 5)
    ),
    "window with a frame": lambda x: list(
        Book.objects.annotate(
            s=Window(Sum("pages"), partition_by="author", order_by="pk", frame=RowRange(start=-1, end=0)),
            t=Window(Sum("pages"), order_by="pk", frame=ValueRange()),
            r=Window(Rank(), order_by=F("price").desc()),
            p=Window(Lag("pages"), order_by="pk"),
        )
        .order_by("pk")
        .values_list("s", "t", "r", "p")
    ),
    "Subquery": lambda x: [
        author.title
        for author in Author.objects.annotate(
            title=Subquery(costing(x).filter(author=OuterRef("pk")).order_by("title").values("title")[:1])
        )
    ],
    "values": lambda x: list(costing(x).order_by("pk").values("title", "author__name")),
    "values with expressions": lambda x: list(costing(x).order_by("pk").values("title", n=F("pages") + x)),
    "values_list": lambda x: list(costing(x).order_by("pk").values_list("title", flat=True)),
    "values_list, named": lambda x: list(costing(x).order_by("pk").values_list("title", F("pages") + x, named=True)),
    "distinct values": lambda x: list(costing(x).values("price").distinct().order_by("price")),
    "distinct on": lambda x: (
        list(costing(x).order_by("author_id", "pk").distinct("author_id"))
        if connection.vendor == "postgresql"
        else None
    ),
    "expressions in the order": lambda x: list(costing(x).order_by(F("price").desc(nulls_last=True), Lower("title"))),
    "values in the order": lambda x: list(Book.objects.order_by(Case(When(pages__gt=x, then=0), default=1), "pk")),
    "random order": lambda x: len(costing(x).order_by("?")),
    "reverse": lambda x: list(costing(x).order_by("pk").reverse()),
    "dates": lambda x: list(Author.objects.filter(pk__gt=x - 10).dates("born", "year")),
    "datetimes": lambda x: list(costing(x).datetimes("sold", "month", order="DESC")),
    "defer": lambda x: [book.title for book in costing(x - 100).order_by("pk").defer("title")],
    "only": lambda x: [book.title for book in costing(x).order_by("pk").only("title")],
    "select_related": lambda x: [
        (b.author.name, b.editor) for b in costing(x).order_by("pk").select_related("author", "editor")
    ],
    "multi-table inheritance": lambda x: [r.place_ptr.name for r in Restaurant.objects.filter(stars__gt=x % 3)],
    "FilteredRelation": lambda x: list(
        Author.objects.annotate(dear=FilteredRelation("books", condition=Q(books__price__gt=x)))
        .filter(dear__title__gt=f"{x}")
        .order_by("pk", "dear__pk")
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
    "top_n": lambda x: list(costing(x).order_by("-pages").top_n(2, per="author")),
}

RESULTS: dict[str, Ask] = {
    "in_bulk": lambda x: Book.objects.in_bulk([x, x + 1]),
    "in_bulk of names": lambda x: Author.objects.in_bulk(["Ann", f"{x}"], field_name="name"),
    "count": lambda x: costing(x).count(),
    "count distinct": lambda x: costing(x).distinct().count(),
    "count a slice": lambda x: costing(x)[:5].count(),
    "exists": lambda x: costing(x).exists(),
    "contains": lambda x: costing(x).contains(Book.objects.first()),
    "first and last": lambda x: (costing(x).first(), costing(x).last()),
    "earliest and latest": lambda x: (costing(x - 100).latest("sold", "pk"), costing(x - 100).earliest("pk")),
    "one by its number": lambda x: Book.objects.filter(pages__gt=-x).order_by("pk")[2],
    "aggregate": lambda x: costing(x).aggregate(n=Count("pk"), s=Sum("price"), m=Avg("price", filter=Q(price__gt=x))),
    "aggregate by expressions": lambda x: costing(x).aggregate(n=Sum(F("pages") * x) + Count("pk")),
    "aggregate annotations": lambda x: (
        Author.objects.annotate(n=Count("books")).filter(n__gte=x - 50).aggregate(Sum("n"))
    ),
    "prefetch_related": lambda x: [
        [list(book.genres.all()) for book in author.books.all()]
        for author in Author.objects.prefetch_related("books__genres").filter(age__gt=x - 100)
    ],
    "Prefetch": lambda x: [
        author.cheap
        for author in Author.objects.prefetch_related(Prefetch("books", costing(x).order_by("pk"), to_attr="cheap"))
    ],
    "sliced Prefetch": lambda x: [
        author.two
        for author in Author.objects.prefetch_related(Prefetch("books", Book.objects.order_by("pk")[:2], to_attr="two"))
    ],
    "related managers": lambda x: [
        list(author.books.filter(price__gt=x).order_by("pk")) for author in Author.objects.all()
    ],
    "many to many": lambda x: [list(book.genres.order_by("pk")) for book in Book.objects.order_by("pk")],
    "generic relations": lambda x: [list(book.tags.filter(word__gt=f"{x}")) for book in Book.objects.all()[:2]],
    "relations of objects": lambda x: [book.author.name for book in Book.objects.order_by("pk")],
    "refresh_from_db": lambda x: Book.objects.first().refresh_from_db(),
    "iterator": lambda x: list(costing(x).order_by("pk").iterator()),
    "iterator in chunks": lambda x: list(costing(x).order_by("pk").prefetch_related("genres").iterator(chunk_size=2)),
    "explain": lambda x: bool(costing(x).explain()),
    "lock": lambda x: list(
        costing(x).order_by("pk").select_for_update(of=("self",) if connection.vendor == "postgresql" else ())
    ),
    "keyset_page": lambda x: list(costing(x - 100).keyset_page(2, after=costing(x - 100).keyset_page(2).next)),
    "text": lambda x: str(costing(x).query),
    "none": lambda x: list(costing(x).none()),
    "tags": lambda x: list(costing(x).order_by("pk").sql_tags(view="list")),
    "union": lambda x: sorted(costing(x).union(named(x)), key=lambda book: book.pk),
    "union in order": lambda x: list(costing(x).union(named(x), all=True).order_by("title")[:2]),
    "union of columns": lambda x: sorted(
        costing(x).values_list("title").union(Author.objects.filter(age__gt=x).order_by().values_list("name"))
    ),
    "union of unions": lambda x: sorted(
        costing(x).values_list("pk").union(named(x).values_list("pk").union(costing(x - 20).values_list("pk")))
    ),
    "count a union": lambda x: costing(x).union(named(x)).count(),
    "exists in a union": lambda x: costing(x).union(named(x)).exists(),
    "in a union": lambda x: list(Book.objects.filter(pk__in=costing(x).union(named(x)).values("pk")).order_by("pk")),
    "intersection": lambda x: list(costing(x).intersection(Book.objects.filter(pk__gte=x)).order_by("pk")),
    "difference": lambda x: list(costing(x).difference(Book.objects.filter(pk__gte=x)).order_by("pk")),
    "querysets: or": lambda x: list(named(x) | costing(x).filter(author__age__gt=x)),
    "querysets: and": lambda x: list(costing(x) & Book.objects.filter(author__books__price__gt=x)),
    "querysets: xor": lambda x: list(costing(x) ^ Book.objects.filter(pk__gte=x)),
    "slices merged": lambda x: list(costing(x).order_by("pk")[:2] | named(x)) if connection.vendor != "mysql" else None,
    "raw": lambda x: list(Book.objects.raw(f"SELECT * FROM {TABLE} WHERE price > %s ORDER BY id", [x])),
}

OWN_SQL: dict[str, Ask] = {
    "extra where": lambda x: list(Book.objects.extra(where=[f"{TABLE}.price > %s"], params=[x]).order_by("pk")),
    "extra select": lambda x: [
        book.half
        for book in Book.objects.filter(pages__gt=x)
        .extra(select={"half": "pages + %s"}, select_params=[x])
        .order_by("pk")
    ],
    "extra order": lambda x: list(
        Book.objects.extra(select={"half": "pages + 1"}, order_by=["-half"]).filter(pk__gt=x)
    ),
    "extra tables": lambda x: list(
        Book.objects.extra(tables=[Author._meta.db_table], where=[f"{Author._meta.db_table}.age > %s"], params=[x])
        .filter(pages__gt=x)
        .order_by("pk")
    ),
    "extra values": lambda x: list(
        Book.objects.extra(select={"half": "pages + %s"}, select_params=[x]).order_by("pk").values("half", "title")
    ),
    "extra, counted": lambda x: Book.objects.extra(where=["pages > %s"], params=[x]).count(),
    "extra, existing": lambda x: Book.objects.extra(where=["pages > %s"], params=[x]).exists(),
    "extra inside": lambda x: list(Book.objects.filter(pk__in=Book.objects.extra(where=["pages > %s"], params=[x]))),
    "RawSQL": lambda x: [book.n for book in Book.objects.annotate(n=RawSQL("pages + %s", (x,))).order_by("pk")],
    "RawSQL in a condition": lambda x: list(Book.objects.filter(pages__gt=RawSQL("SELECT %s", (x,))).order_by("pk")),
    "RawSQL in a list": lambda x: list(
        Book.objects.filter(pages__in=[RawSQL("%s + 0", (x,)), 3, x + 100]).order_by("pk")
    ),
    "RawSQL as a condition": lambda x: list(
        Book.objects.filter(RawSQL("pages > %s", (x,), output_field=BooleanField())).order_by("pk")
    ),
    "RawSQL in the order": lambda x: list(Book.objects.order_by(RawSQL("pages + %s", (x,)).desc(), "pk")),
    "RawSQL in a function": lambda x: list(
        Book.objects.annotate(n=Coalesce(RawSQL("pages + %s", (x,), output_field=IntegerField()), Value(x)))
        .order_by("pk")
        .values_list("n", flat=True)
    ),
    "RawSQL in an aggregate": lambda x: Book.objects.aggregate(
        n=Sum(RawSQL("pages + %s", (x,)), output_field=IntegerField())
    ),
    "RawSQL in a subquery": lambda x: list(
        Author.objects.filter(
            Exists(Book.objects.annotate(n=RawSQL("pages", ())).filter(author=OuterRef("pk"), n__gt=x))
        )
    ),
    "a class with a template": lambda x: list(
        Book.objects.annotate(n=Doubled("pages") + x).order_by("pk").values_list("n", flat=True)
    ),
    "a function by its name": lambda x: list(
        Book.objects.annotate(n=Func(F("pages"), Value(x), function="COALESCE")).order_by("pk").values_list("n")
    ),
    "as_sql": lambda x: list(Book.objects.annotate(n=Plus("pages", x)).order_by("pk").values_list("n", flat=True)),
    "as_sql over expressions": lambda x: list(
        Book.objects.annotate(n=Plus(F("pages") + x, x)).filter(n__gt=x).order_by("pk").values_list("n", flat=True)
    ),
    "as_sql in an aggregate": lambda x: costing(x).aggregate(n=Sum(Plus("pages", x))),
    "as_sql in the order": lambda x: list(costing(x).order_by(Plus("pages", x).desc(), "pk")),
    "as_vendor": lambda x: list(
        costing(x).annotate(n=Shouted(Concat("title", Value(f"{x}")))).order_by("pk").values_list("n", flat=True)
    ),
    "a lookup's as_sql": lambda x: list(Book.objects.filter(pages__other=x).order_by("pk")),
    "a lookup's as_sql, excluded": lambda x: list(Book.objects.exclude(pages__other=x * 3).order_by("pk")),
    "a transform's as_sql": lambda x: list(Book.objects.filter(pages__negative__lt=-x).order_by("pk")),
    "a changed query": lambda x: list(_changed(costing(x)).order_by("pk")),
}


def _changed(queryset: Any) -> Any:
    """Change a query by hand, as some libraries do."""
    queryset.query.add_q(Q(pages__gt=1))
    return queryset


READS: dict[str, Ask] = {**CONDITIONS, **COLUMNS, **RESULTS, **OWN_SQL}
__all__ = ["READS", "register", "unregister"]
