"""Cached plans give the SQL, the parameters and the rows that a fresh compilation gives.

A seeded generator makes random querysets; each is asked once through the trie (warm with
other values) and once without it.
"""

from __future__ import annotations

import datetime as dt
import random
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from fastjango.contrib.auth.models import Group, Permission, User
from fastjango.contrib.contenttypes.models import ContentType
from fastjango.core.exceptions import EmptyResultSet
from fastjango.db.models import Case, CharField, Count, Exists, F, Max, OuterRef, Q, Subquery, Value, When
from fastjango.db.models.expressions.texts import Texts
from fastjango.db.models.lookups import Exact
from fastjango.db.models.query.shape import Trie

ROUNDS, FORMS = 120, 40


@pytest.fixture(autouse=True)
def rows(db: None) -> None:
    _fill()


def _fill(alias: str = "default") -> None:
    kinds = [ContentType.objects.using(alias).create(app_label=f"app{i % 3}", model=f"model{i}") for i in range(6)]
    permissions = [
        Permission.objects.using(alias).create(name=f"Can {i}", codename=f"code{i % 4}", content_type=kinds[i // 4 % 6])
        for i in range(18)
    ]
    groups = [Group.objects.using(alias).create(name=f"group{i}") for i in range(5)]
    for place, group in enumerate(groups):
        group.permissions.add(*permissions[place::5])
    for i in range(12):
        user = User.objects.using(alias).create(
            username=f"user{i}",
            first_name="Ada" if i % 3 else "",
            last_name=f"Name{i % 4}",
            is_staff=bool(i % 2),
            last_login=None if i % 4 else dt.datetime(2024, 1, i + 1, tzinfo=dt.UTC),
        )
        user.groups.add(*groups[: i % 4])
        user.user_permissions.add(permissions[i])


class Maker:
    """Makes one random queryset; the same *form* with other *values* has the same shape."""

    def __init__(self, form: int, values: int, alias: str = "default") -> None:
        self.form = random.Random(form)
        self.values = random.Random(values)
        self.alias = alias

    def queryset(self) -> Any:
        queryset: Any = User.objects.using(self.alias)
        for _ in range(self.form.randint(1, 4)):
            queryset = self.verb(queryset)
        if self.form.random() < 0.4:
            queryset = queryset.order_by(
                self.form.choice(["pk", "-username", "groups__name", "last_login", "?"[:0] or "id"])
            )
        if self.form.random() < 0.3:
            low = self.form.randint(0, 3)
            queryset = queryset.order_by("pk")[low : low + self.form.randint(1, 6)]
        return queryset

    def verb(self, queryset: Any) -> Any:
        choice = self.form.randint(0, 9)
        if choice <= 4:
            condition = self.condition(self.form.randint(0, 2))
            return queryset.filter(condition) if self.form.random() < 0.7 else queryset.exclude(condition)
        if choice == 5:
            # In any order, as people write them.
            return queryset.filter(**dict(self.leaf() for _ in range(self.form.randint(1, 4))))
        if choice == 6:
            return queryset.annotate(
                **{f"n{self.form.randint(0, 9)}": self.form.choice([Count("groups"), Max("user_permissions__id")])}
            )
        if choice == 7:
            return queryset.annotate(
                **{
                    f"m{self.form.randint(0, 9)}": Case(
                        When(self.condition(0), then=Value(self.text())), default=F("last_name")
                    )
                }
            )
        if choice == 8:
            inner = Group.objects.filter(user=OuterRef("pk"), name__contains=self.text())
            return queryset.filter(Exists(inner) if self.form.random() < 0.5 else ~Exists(inner))
        codes = Permission.objects.filter(user=OuterRef("pk")).values("codename")[:1]
        return queryset.annotate(**{f"s{self.form.randint(0, 9)}": Subquery(codes)})

    def condition(self, depth: int) -> Q:
        if depth == 0:
            name, value = self.leaf()
            condition = Q(**{name: value})
        else:
            condition = self.condition(depth - 1)
            for _ in range(self.form.randint(1, 2)):
                other = self.condition(depth - 1)
                kind = self.form.randint(0, 2)
                condition = (
                    (condition | other) if kind == 0 else (condition & other) if kind == 1 else (condition ^ other)
                )
        return ~condition if self.form.random() < 0.25 else condition

    def leaf(self) -> tuple[str, Any]:
        leaves: list[Callable[[], tuple[str, Any]]] = [
            lambda: ("username", self.text()),
            lambda: ("username__icontains", self.text()),
            lambda: ("last_name__startswith", self.text()),
            lambda: ("first_name__in", [self.text() for _ in range(self.values.randint(0, 5))]),
            lambda: ("pk__in", [self.number() for _ in range(self.values.randint(0, 40))]),
            lambda: ("pk", self.values.choice([self.number(), self.number(), 2**70, -(2**70)])),
            lambda: ("pk__gte", self.values.choice([self.number(), float(self.number()), True])),
            lambda: ("is_staff", self.values.random() < 0.5),
            lambda: ("last_login__isnull", self.values.random() < 0.5),
            lambda: ("last_login", self.values.choice([None, self.moment()])),
            lambda: ("last_login__year", self.values.choice([2023, 2024])),
            lambda: ("last_login__range", (self.moment(), self.moment())),
            lambda: ("groups__name", self.text()),
            lambda: ("groups__permissions__codename__in", [f"code{self.values.randint(0, 3)}" for _ in range(2)]),
            lambda: ("groups", self.values.choice([None, self.number()])),
            lambda: ("user_permissions__content_type__app_label", f"app{self.values.randint(0, 2)}"),
            lambda: ("first_name", F("last_name")),
            lambda: ("pk__in", Permission.objects.filter(content_type__model=f"model{self.number()}").values("user")),
            lambda: ("groups__in", Group.objects.filter(name__gt=self.text())),
            lambda: ("username__regex", self.values.choice(["user[0-3]", "^u"])),
        ]
        return self.form.choice(leaves)()

    def text(self) -> str:
        return self.values.choice(["user1", "group2", "Ada", "Name3", "", "%", "x' OR 1=1"])

    def number(self) -> int:
        return self.values.randint(-1, 14)

    def moment(self) -> dt.datetime:
        return dt.datetime(2024, 1, self.values.randint(1, 28), tzinfo=dt.UTC)


def written_out(sql: str, args: tuple[Any, ...]) -> tuple[str, tuple[Any, ...]]:
    """Return a statement whose limits are numbers, where PostgreSQL gets them as parameters."""
    limits = re.findall(r"(?:LIMIT|OFFSET) %s::BIGINT", sql)
    for value in args[len(args) - len(limits) :]:
        sql = re.sub(r"(LIMIT|OFFSET) %s::BIGINT", rf"\1 {value}", sql, count=1)
    return sql, args[: len(args) - len(limits)]


def said(queryset: Any) -> Any:
    """Return SQL and parameters of a queryset; None when it is certainly empty."""
    try:
        plan = queryset._shape.plan(queryset.db)
        return None if plan is None else written_out(plan.sql, plan.args(queryset._binds))
    except EmptyResultSet:
        return None


def shown(queryset: Any) -> Any:
    """Return what ``str(queryset.query)`` shows of a copy."""
    try:
        return queryset.all().query.sql_with_params()
    except EmptyResultSet:
        return None


def asked(form: int, values: int, alias: str = "default") -> tuple[Any, Any, Any]:
    try:
        queryset = Maker(form, values, alias).queryset()
        return said(queryset), shown(queryset), sorted(user.pk for user in queryset)
    except Exception as exc:  # both ways must fail in the same way
        return type(exc), str(exc), None


def compare(rounds: int, alias: str = "default") -> None:
    hits = 0
    for form in range(rounds):
        asked(form % FORMS, form * 7 + 1, alias)
        hits += form >= FORMS
        cached = asked(form % FORMS, form, alias)
        Trie.enabled = Texts.enabled = False
        try:
            fresh = asked(form % FORMS, form, alias)
        finally:
            Trie.enabled = Texts.enabled = True

        assert cached == fresh, f"form {form % FORMS}, values {form}"
    assert hits


def test_cached_and_fresh_plans_say_and_find_the_same() -> None:
    compare(ROUNDS)


def test_the_same_chain_with_other_values_walks_the_same_edges() -> None:
    first = User.objects.filter(username="a").exclude(groups__name="b").order_by("pk")[:5]
    second = User.objects.filter(username="c").exclude(groups__name="d").order_by("pk")[:5]

    assert first.shape is second.shape
    assert first.binds == ("a", "b")
    assert second.binds == ("c", "d")


def test_values_of_another_type_or_none_make_another_shape() -> None:
    assert User.objects.filter(last_name=None).shape is not User.objects.filter(last_name="x").shape
    assert User.objects.filter(last_login__isnull=True).shape is not User.objects.filter(last_login__isnull=False).shape


def test_a_full_trie_is_dropped_and_live_querysets_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fastjango.db.models.query.shape.NODE_LIMIT", 50)
    kept = User.objects.filter(username="user1")

    for number in range(120):
        User.objects.order_by(*["pk", "username", "last_name"][: number % 3 + 1])[: number + 1].exists()

    assert Trie.nodes <= 60
    assert kept.get().username == "user1"


def test_registering_a_lookup_begins_a_new_trie() -> None:
    class Same(Exact):
        lookup_name = "same"

    before = User.objects.filter(username="user1")
    CharField.register_lookup(Same)
    try:
        assert User.objects.filter(username="user1").shape is not before.shape
        assert User.objects.get(username__same="user1") == before.get()
    finally:
        CharField._unregister_lookup(Same)


def test_threads_share_plans_without_mixing_values() -> None:
    def ask(number: int) -> bool:
        return str(User.objects.filter(username=f"user{number % 12}").query).endswith(f"= user{number % 12}")

    with ThreadPoolExecutor(max_workers=4) as pool:
        assert all(pool.map(ask, range(200)))


def test_looking_at_the_query_shows_the_values_and_detaches_it() -> None:
    queryset = User.objects.filter(username="user1")

    assert queryset.query.where.children[0].rhs == "user1"
    queryset.query.where.children[0].rhs = "user2"
    assert [user.username for user in queryset] == ["user2"]
    assert [user.username for user in User.objects.filter(username="user1")] == ["user1"]
