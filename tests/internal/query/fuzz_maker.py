"""
Makes random querysets: the *form* decides which verbs, the *values* which values.

Two querysets of the same form and other values walk the same edges of the trie, as long as the values are of the same
kinds; the kinds change with the values too, so that they often do not.
"""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from tests.internal.query.fuzz_models import BOOKS, PEOPLE, Colour, House, Label, Person, Review, Size, Volume, moment

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
    Max,
    Min,
    OuterRef,
    Q,
    Subquery,
    Sum,
    Value,
    When,
    Window,
)
from fastjango.db.models.expressions import RawSQL
from fastjango.db.models.functions import (
    Coalesce,
    Concat,
    ExtractMonth,
    Greatest,
    Length,
    Lower,
    NullIf,
    RowNumber,
    Substr,
    TruncDate,
    TruncMonth,
    Upper,
)
from fastjango.utils.functional import SimpleLazyObject, lazystr
from fastjango.utils.safestring import mark_safe

TEXTS = ["Volume 1", "Volume", "Person 2", "red", "", "%", "_", "x' OR 1=1 --", "a\\b", "ß", "House 1", "it's"]
ZONES = [dt.UTC, dt.timezone(dt.timedelta(hours=5, minutes=30)), dt.timezone(dt.timedelta(hours=-8))]


class Plus(Func):
    """SQL of a user's own, with a parameter of its own; what it adds to is compiled by us."""

    output_field = IntegerField()

    def __init__(self, expression: Any, by: int) -> None:
        super().__init__(expression)
        self.by = by

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        sql, params = compiler.compile(self.source_expressions[0])
        # Small numbers are in the text.
        if self.by < 3:
            return f"({sql} + {self.by})", params
        return f"({sql} + %s)", [*params, self.by]


class Shouted(Func):
    """SQL of a user's own by that of its base class, on one database only."""

    function = "UPPER"
    output_field = CharField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return super().as_sql(compiler, connection, template="(%(function)s(%(expressions)s) || '%%')", **extra)


class Values:
    """The random values."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def number(self) -> int:
        return self.random.randint(-1, BOOKS + 2)

    def text(self) -> Any:
        text = self.random.choice(TEXTS)
        kind = self.random.randint(0, 9)
        return lazystr(text) if kind == 0 else mark_safe(text) if kind == 1 else text

    def any_number(self) -> Any:
        number = self.number()
        kinds: list[Callable[[], Any]] = [
            *(lambda: number,) * 24,
            lambda: float(number),
            lambda: number > 3,
            lambda: str(number),
            lambda: Decimal(number),
            lambda: 2**70,
            lambda: -(2**70),
            lambda: SimpleLazyObject(lambda: number),
            *(lambda: self.random.choice(list(Size)), lambda: number > 3) * 2,
            lambda: None,
        ]
        return self.random.choice(kinds)()

    def price(self) -> Any:
        return self.random.choice([Decimal("3.50"), "7.50", 5, 4.5, Decimal("0"), Decimal("99999.99"), None])

    def moment(self) -> dt.datetime:
        return moment(self.random.randint(0, BOOKS)).astimezone(self.random.choice(ZONES))

    def day(self) -> dt.date:
        return moment(self.random.randint(0, BOOKS)).date()

    def list_of(self, make: Callable[[], Any]) -> Any:
        length = self.random.choice([0, 1, 1, 2, 3, 3, 4, 5, 7, 8, 9, 16, 17, 33, 70, 130])
        items = [make() for _ in range(length)]
        kind = self.random.randint(0, 9)
        if kind == 0:
            return tuple(items)
        if kind == 1:
            return iter(items)
        if kind == 2:
            return set(items)
        if kind == 3:
            return [*items, None]
        return items

    def json(self) -> Any:
        return self.random.choice([None, 1, "text", True, [1, 2], {"a": 1}, {"a": None}, 1.5, "x", Value("x")])


class Maker:
    """One random queryset, and what is asked of it."""

    def __init__(self, form: int, values: int, alias: str) -> None:
        self.form = random.Random(form)
        self.values = Values(values)
        self.alias = alias
        self.names: list[str] = []
        self.is_combined = False

    def base(self, model: Any) -> Any:
        return model._default_manager.using(self.alias)

    def pick(self, *choices: Any) -> Any:
        return self.form.choice(choices)

    def chance(self, share: float) -> bool:
        return self.form.random() < share

    # -- the queryset

    def queryset(self) -> Any:
        queryset = self.base(Volume)
        for _ in range(self.form.randint(1, 4)):
            queryset = self.verb(queryset)
        if self.chance(0.15):
            queryset = self.combined(queryset)
        if self.is_combined:
            return queryset
        if self.chance(0.3):
            queryset = self.columns(queryset)
        elif self.chance(0.3):
            queryset = self.loaded(queryset)
        if self.chance(0.5):
            queryset = queryset.order_by(*self.order(), "pk")
            if self.chance(0.5):
                low = self.pick(None, 0, 1, 3)
                # Pages of a list are values, not form.
                low = low and low + self.values.random.randint(0, 3)
                queryset = queryset[low : (low or 0) + self.form.randint(0, 6)]
        return queryset

    def verb(self, queryset: Any) -> Any:
        verbs = [self.filtered] * 6 + [
            self.by_names,
            self.by_names,
            self.annotated,
            self.annotated,
            self.aliased,
            self.with_exists,
            self.with_subquery,
            self.with_window,
            self.with_relation,
            self.changed,
            self.with_own_sql,
            self.with_expression,
            self.with_twins,
        ]
        return self.form.choice(verbs)(queryset)

    def filtered(self, queryset: Any) -> Any:
        condition = self.condition(self.form.randint(0, 2))
        return queryset.filter(condition) if self.chance(0.7) else queryset.exclude(condition)

    def by_names(self, queryset: Any) -> Any:
        chosen = dict(self.leaf() for _ in range(self.form.randint(1, 3)))
        return queryset.filter(**chosen) if self.chance(0.8) else queryset.exclude(**chosen)

    def annotated(self, queryset: Any) -> Any:
        name = self.new_name()
        queryset = queryset.annotate(**{name: self.expression()})
        if self.chance(0.4):
            queryset = queryset.filter(**{f"{name}__{self.pick('isnull', 'gte', 'exact')}": self.of_annotation()})
        return queryset

    def aliased(self, queryset: Any) -> Any:
        name = self.new_name()
        return queryset.alias(**{name: self.number()}).filter(**{f"{name}__lt": self.values.number()})

    def with_exists(self, queryset: Any) -> Any:
        inner = self.base(Review).filter(volume=OuterRef("pk"), **dict([self.review_leaf()]))
        if self.chance(0.3):
            inner = inner.filter(text=OuterRef("title"))
        found = Exists(inner) if self.chance(0.6) else ~Exists(inner)
        if self.chance(0.5):
            return queryset.filter(found)
        name = self.new_name()
        return queryset.annotate(**{name: found}).filter(**{name: self.values.number() > 2})

    def with_subquery(self, queryset: Any) -> Any:
        inner = self.base(Review).filter(volume=OuterRef("pk"), **dict([self.review_leaf()]))
        inner = inner.order_by("-stars", "pk").values(self.pick("stars", "text", "at"))[: self.pick(1, 1, 1)]
        return queryset.annotate(**{self.new_name(): Subquery(inner)})

    def with_window(self, queryset: Any) -> Any:
        name = self.new_name()
        function = self.pick(RowNumber, lambda: Sum("pages"), lambda: Count("pk"))()
        window = Window(function, partition_by=self.pick(None, "author", F("size")), order_by=["pages", "pk"])
        queryset = queryset.annotate(**{name: window})
        return queryset.filter(**{f"{name}__lte": self.values.number()}) if self.chance(0.5) else queryset

    def with_relation(self, queryset: Any) -> Any:
        name = self.new_name()
        relation = FilteredRelation("reviews", condition=Q(reviews__stars__gte=self.values.number()))
        return queryset.annotate(**{name: relation}).filter(**{f"{name}__stars__lt": self.values.number()})

    def with_own_sql(self, queryset: Any) -> Any:
        of = self.values
        name = self.new_name()
        table = Volume._meta.db_table
        verbs: list[Callable[[], Any]] = [
            lambda: queryset.annotate(**{name: RawSQL(f"{table}.pages + %s", (of.number(),))}),
            lambda: queryset.annotate(**{name: RawSQL("%s", (of.random.choice([1, 2**40, "x", 1.5]),))}),
            lambda: queryset.filter(pages__gt=RawSQL("%s + %s", (of.number(), of.number()))),
            lambda: queryset.filter(RawSQL(f"{table}.pages > %s", (of.number(),), output_field=BooleanField())),
            lambda: queryset.filter(pages__in=[RawSQL("%s", (of.number(),)), F("size") * of.number(), of.number()]),
            lambda: queryset.exclude(pages__in=[F("size"), of.any_number(), of.number()]),
            lambda: queryset.filter(pages__range=(of.number(), F("size") * of.number())),
            lambda: queryset.annotate(**{name: Plus("pages", of.number())}).filter(**{f"{name}__gte": of.number()}),
            lambda: queryset.annotate(**{name: Plus(F("pages") + of.number(), of.number())}),
            lambda: queryset.annotate(**{name: Shouted(Concat("title", Value(str(of.text()))))}),
            lambda: queryset.annotate(**{name: Sum(Plus("reviews__stars", of.number()), default=of.number())}),
            lambda: queryset.order_by(Plus("pages", of.number()).desc(), "pk"),
            lambda: queryset.extra(where=[f"{table}.pages > %s", "1 = 1"], params=[of.number()]),
            lambda: queryset.extra(select={name: f"{table}.pages + %s"}, select_params=[of.number()]),
            lambda: queryset.filter(pk__in=self.base(Volume).extra(where=["pages < %s"], params=[of.number()])),
        ]
        return self.form.choice(verbs)()

    def with_twins(self, queryset: Any) -> Any:
        """Say the same twice, with values that are sometimes equal."""
        first, second = self.values.random.choice([(1, 1), (1, 2), (2, 2), (2, 1)])
        make: Any = self.pick(
            lambda value: F("pages") * value,
            lambda value: Coalesce("price", Value(Decimal(value))),
            lambda value: RawSQL(f"{Volume._meta.db_table}.pages * %s", (value,)),
            lambda value: Case(When(pages__gt=value * 10, then=Value(value)), default=Value(0)),
        )
        name = self.new_name()
        queryset = queryset.annotate(**{name: make(first)})
        if self.chance(0.5):
            queryset = queryset.annotate(**{self.new_name(): Count("reviews")})
        return queryset.order_by(make(second) if self.chance(0.5) else make(second).desc(), "pk")

    def with_expression(self, queryset: Any) -> Any:
        """Join a common table expression."""
        name = self.new_name()
        part = (
            self.base(Volume)
            .filter(**dict([self.leaf()]))
            .order_by()
            .values("id", half=F("pages") + self.values.number())
        )
        found = part.distinct().cte(f"c_{name}")
        queryset = queryset.with_cte(found, on={"pk": "id"}, join=self.pick("inner", "left"))
        return queryset.annotate(**{name: found.col.half}) if self.chance(0.5) else queryset

    def changed(self, queryset: Any) -> Any:
        verbs: list[Callable[[], Any]] = [
            queryset.distinct,
            queryset.reverse,
            queryset.all,
            lambda: queryset.order_by(*self.order()),
            lambda: queryset.complex_filter({"pages": self.values.number()}),
            lambda: queryset.extra(where=["pages > %s"], params=[self.values.number()]),
            queryset.none,
        ]
        return self.form.choice(verbs[:-1] if self.chance(0.8) else verbs)()

    def combined(self, queryset: Any) -> Any:
        other = self.filtered(self.base(Volume))
        kind = self.form.randint(0, 6)
        if kind == 0:
            return queryset & other
        if kind == 1:
            return queryset | other
        if kind == 2:
            return queryset ^ other
        self.is_combined = True
        first = self.filtered(self.base(Volume)).values_list("pk", "title")
        second = other.values_list("pk", self.pick("title", "colour"))
        verb = {3: "union", 4: "intersection", 5: "difference"}.get(kind, "union")
        return getattr(first, verb)(second, **({"all": True} if kind == 6 else {})).order_by("pk")[: self.pick(None, 3)]

    def columns(self, queryset: Any) -> Any:
        names = self.form.sample(["title", "pages", "author__name", "editor__house__city", "printed", "data"], 2)
        kind = self.form.randint(0, 4)
        if kind == 0:
            return queryset.values(*names, **{self.new_name(): self.expression()})
        if kind == 1:
            return queryset.values_list(*names, self.expression())
        if kind == 2:
            return queryset.values_list("pages", flat=True)
        if kind == 3:
            return queryset.values("author").annotate(**{self.new_name(): self.number()}).order_by("author")
        return queryset.values_list(*names, named=True)

    def loaded(self, queryset: Any) -> Any:
        verbs: list[Callable[[], Any]] = [
            lambda: queryset.select_related("author", "editor__house"),
            lambda: queryset.select_related("author__boss"),
            lambda: queryset.prefetch_related("labels", "reviews"),
            lambda: queryset.only("title", "author__name").select_related("author"),
            lambda: queryset.defer("data", "key"),
            lambda: queryset.datetimes("printed", self.pick("month", "day", "hour"), tzinfo=self.pick(*ZONES)),
        ]
        return self.form.choice(verbs)()

    def order(self) -> list[Any]:
        orders: list[Any] = [
            "title",
            "-pages",
            "author__name",
            "author",
            "editor__house__city",
            F("price").desc(nulls_last=True),
            Lower("title").asc(),
            Case(When(pages__gt=self.values.number(), then=Value(1)), default=Value(0)),
            Coalesce("price", Value(Decimal(1))).desc(),
            *self.names,
        ]
        return self.form.sample(orders, self.form.randint(1, 2))

    def new_name(self) -> str:
        name = f"x{len(self.names)}"
        self.names.append(name)
        return name

    # -- conditions

    def condition(self, depth: int) -> Any:
        if depth == 0:
            if self.chance(0.1):
                return self.pick(
                    Exists(self.base(Review).filter(volume=OuterRef("pk"), stars=self.values.number())),
                    ExpressionWrapper(Q(pages__gt=self.values.number()), output_field=BooleanField()),
                    Q(pk__gt=self.values.number(), title=self.values.text()),
                    Q(),
                )
            return Q(**dict([self.leaf()])) if self.chance(0.9) else ~Q(**dict([self.leaf()]))
        condition = self.condition(depth - 1)
        for _ in range(self.form.randint(1, 2)):
            other = self.condition(depth - 1)
            kind = self.form.randint(0, 2)
            condition = (condition | other) if kind == 0 else (condition & other) if kind == 1 else (condition ^ other)
        return ~condition if self.chance(0.25) else condition

    def leaf(self) -> tuple[str, Any]:
        of = self.values
        families: list[Callable[[], tuple[str, Any]]] = [
            self.text_leaf,
            self.text_leaf,
            self.number_leaf,
            self.number_leaf,
            self.time_leaf,
            self.relation_leaf,
            self.relation_leaf,
            self.json_leaf,
            self.other_leaf,
            lambda: ("active", of.random.choice([True, False, 1, 0])),
        ]
        return self.form.choice(families)()

    def text_leaf(self) -> tuple[str, Any]:
        name = self.pick("title", "colour", "author__name", "reviews__text")
        lookup = self.pick("", "__iexact", "__contains", "__icontains", "__startswith", "__iendswith", "__gt", "__in")
        if lookup == "__in":
            return name + lookup, self.values.list_of(self.values.text)
        if name == "colour" and not lookup:
            return name, self.values.random.choice([*Colour, "red", "green"])
        if self.chance(0.1):
            return name, F(self.pick("title", "author__name"))
        return name + lookup, self.values.text()

    def number_leaf(self) -> tuple[str, Any]:
        of = self.values
        name = self.pick("pk", "pages", "size", "reviews__stars", "author_id", "labels__weight")
        lookup = self.pick("", "", "__gt", "__lte", "__in", "__in", "__range", "__isnull")
        if lookup == "__in":
            return name + lookup, of.list_of(lambda: of.random.choice([of.number(), of.number(), of.any_number()]))
        if lookup == "__range":
            return name + lookup, self.pick((of.number(), of.number()), [of.number(), of.number()])
        if lookup == "__isnull":
            return name + lookup, of.random.random() < 0.5
        if self.chance(0.15):
            return name + lookup, F("size") + of.number()
        return name + lookup, of.any_number()

    def time_leaf(self) -> tuple[str, Any]:
        of = self.values
        leaves: list[Callable[[], tuple[str, Any]]] = [
            lambda: (self.pick("printed", "printed__gte", "reviews__at__lt"), of.random.choice([of.moment(), None])),
            lambda: ("printed__range", (of.moment(), of.moment())),
            lambda: (
                self.pick("printed__year", "printed__year__gte", "author__born__year"),
                of.random.choice([2023, 1981]),
            ),
            lambda: ("printed__date", of.day()),
            lambda: (self.pick("printed__month", "printed__day__in"), self.pick(12, 12)),
            lambda: ("printed__hour__gt", of.number()),
            lambda: ("author__born", of.random.choice([of.day(), "1981-02-28", of.moment(), None])),
            lambda: ("author__house__founded__lt", of.day()),
            lambda: ("length__gte", dt.timedelta(hours=of.number())),
        ]
        name, value = self.form.choice(leaves)()
        return name, [value, of.number()] if name.endswith("__in") else value

    def relation_leaf(self) -> tuple[str, Any]:
        of = self.values
        people = self.base(Person).filter(
            name__gt=of.text(), **({"score__lt": of.number()} if self.chance(0.5) else {})
        )
        leaves: list[Callable[[], tuple[str, Any]]] = [
            lambda: ("author", of.random.choice([of.number(), Person(pk=of.random.randint(1, PEOPLE)), None])),
            lambda: ("editor", of.random.choice([None, None, of.number()])),
            lambda: ("author__in", people),
            lambda: ("author__in", people.values("pk")),
            lambda: ("author__name__in", people.values_list("name", flat=True)),
            lambda: ("author__in", [Person(pk=of.random.randint(1, PEOPLE)) for _ in range(of.random.randint(0, 3))]),
            lambda: ("author__house__name", of.text()),
            lambda: ("author__boss__staff__name", of.text()),
            lambda: ("labels", of.random.choice([Label(pk=of.random.randint(1, 4)), of.number(), None])),
            lambda: ("labels__word__in", of.list_of(of.text)),
            lambda: ("labels__in", self.base(Label).filter(weight__gte=of.number())),
            lambda: ("reviews__isnull", of.random.random() < 0.5),
            lambda: ("pages", self.base(Review).filter(stars=of.number()).order_by("pk").values("stars")[:1]),
            lambda: ("author__house", self.base(House).filter(pk=of.number())[:1]),
        ]
        return self.form.choice(leaves)()

    def json_leaf(self) -> tuple[str, Any]:
        of = self.values
        name = self.pick("data", "data__a", "data__b__c__0", "data__0", "data__isnull", "data__has_key", "data__a__gt")
        if name == "data__isnull":
            return name, of.random.random() < 0.5
        if name == "data__has_key":
            return name, of.random.choice(["a", "b", "it's", "0"])
        if name == "data__a__gt":
            return name, of.number()
        return name, of.json()

    def other_leaf(self) -> tuple[str, Any]:
        of = self.values
        leaves: list[Callable[[], tuple[str, Any]]] = [
            lambda: (self.pick("price", "price__gt", "price__lte"), of.price()),
            lambda: ("price__in", of.list_of(of.price)),
            lambda: ("key", of.random.choice([uuid.UUID(int=3), str(uuid.UUID(int=4)), uuid.UUID(int=5).hex])),
            lambda: ("key__in", [uuid.UUID(int=of.random.randint(0, BOOKS)) for _ in range(of.random.randint(0, 5))]),
            lambda: ("blob", of.random.choice([bytes([3, 0, 255]), b"", None])),
            lambda: ("title__regex", of.random.choice(["[1-3]$", "^V", "."])),
            lambda: ("title__length__gt" if self.chance(0) else "title__gte", of.text()),
        ]
        return self.form.choice(leaves)()

    def review_leaf(self) -> tuple[str, Any]:
        of = self.values
        leaves: list[Callable[[], tuple[str, Any]]] = [
            lambda: ("stars__gte", of.number()),
            lambda: ("stars__in", of.list_of(of.number)),
            lambda: ("at__lt", of.moment()),
            lambda: ("text", of.text()),
        ]
        return self.form.choice(leaves)()

    # -- expressions

    def of_annotation(self) -> Any:
        return self.values.random.choice([True, False]) if self.chance(0.3) else self.values.number()

    def number(self) -> Any:
        of = self.values
        numbers: list[Callable[[], Any]] = [
            lambda: Count("reviews"),
            lambda: Count("labels", distinct=True),
            lambda: Count("reviews", filter=Q(reviews__stars__gt=of.number())),
            lambda: Sum("reviews__stars", default=of.number()),
            lambda: Max("labels__weight"),
            lambda: Min("reviews__stars") + of.number(),
            lambda: Avg("pages"),
        ]
        return self.form.choice(numbers)()

    def expression(self) -> Any:
        of = self.values
        expressions: list[Callable[[], Any]] = [
            self.number,
            lambda: Upper("title"),
            lambda: Length(Concat("title", Value(str(of.text())))),
            lambda: Coalesce("price", Value(Decimal("1.00"))),
            lambda: Case(
                When(self.condition(0), then=Value(str(of.text()))), default=F("title"), output_field=CharField()
            ),
            lambda: Case(
                When(self.condition(1), then=Value(of.number())), default=Value(0), output_field=IntegerField()
            ),
            lambda: ExpressionWrapper(F("pages") * of.number() + F("size"), output_field=IntegerField()),
            lambda: ExtractMonth("printed", tzinfo=self.pick(None, *ZONES)),
            lambda: TruncMonth("printed", tzinfo=self.pick(None, *ZONES)),
            lambda: TruncDate("printed"),
            lambda: Value(of.random.choice([1, True, "x", 1.5])),
            lambda: Greatest("pages", Value(of.number())),
            lambda: NullIf("title", Value(str(of.text()))),
            lambda: Substr("title", self.pick(1, 2), of.random.randint(1, 4)),
            lambda: F("author__name"),
            lambda: F("data__a"),
        ]
        return self.form.choice(expressions)()
