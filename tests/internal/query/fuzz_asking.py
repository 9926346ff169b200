"""What is asked of a random queryset, and everything that can be seen of the answer."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from typing import Any

from tests.internal.query.fuzz_maker import Maker, Plus
from tests.internal.query.fuzz_models import Volume

from fastjango.core.exceptions import EmptyResultSet
from fastjango.db import connections, models, transaction
from fastjango.db.models import Avg, Count, F, Max, Sum
from fastjango.db.models.expressions import RawSQL
from fastjango.db.models.expressions.texts import Texts
from fastjango.db.models.query.shape import Trie
from fastjango.utils import timezone

Sent = list[tuple[str, Any]]
ZONES = [None, None, "Asia/Kolkata", "America/New_York"]
ADDRESS = re.compile(r"0x[0-9a-f]+")


class Recorder:
    """An execute wrapper that notes what is sent."""

    def __init__(self) -> None:
        self.sent: Sent = []

    def __call__(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        self.sent.append(written_out(str(sql), tuple(params or ())))
        return execute(sql, params, many, context)


def written_out(sql: str, args: tuple[Any, ...]) -> tuple[str, Any]:
    """Return a statement whose limits are numbers, where they are sent as parameters to spare plans."""
    limits = re.findall(r"(?:LIMIT|OFFSET) (?:%s(?:::BIGINT)?|\?)", sql)
    if "UNION" in sql or "(SELECT" in sql.split(" LIMIT ")[-1]:
        return sql, args
    for value in args[len(args) - len(limits) :]:
        sql = re.sub(r"(LIMIT|OFFSET) (?:%s(?:::BIGINT)?|\?)", rf"\1 {value}", sql, count=1)
    return sql, [(type(value), value) for value in args[: len(args) - len(limits)]]


def said(queryset: Any) -> Any:
    """Return SQL and parameters of a queryset; None when it is certainly empty."""
    try:
        plan = queryset._shape.plan(queryset.db)
        return None if plan is None else written_out(plan.sql, plan.args(queryset._binds))
    except EmptyResultSet:
        return None


def seen(row: Any, depth: int = 0) -> Any:
    """Return all that a result carries, in a form that can be compared."""
    if isinstance(row, models.Model):
        values = {name: value for name, value in row.__dict__.items() if not name.startswith("_")}
        related = {} if depth > 2 else {name: seen(value, depth + 1) for name, value in row._state.fields_cache.items()}
        caches = getattr(row, "_prefetched_objects_cache", {})
        fetched = {name: sorted(item.pk for item in found) for name, found in caches.items()}
        return type(row).__name__, repr(sorted(values.items())), related, fetched
    return repr(row)


def listed(rows: Any) -> Any:
    """Return what the rows carry, in an order that does not depend on the plan of the server."""
    return sorted(repr(seen(row)) for row in rows)


def _rolled_back(alias: str, ask: Callable[[], Any]) -> Any:
    with transaction.atomic(using=alias):
        found = ask()
        transaction.set_rollback(True, using=alias)
    return found


def terminals(maker: Maker, queryset: Any) -> list[Callable[[], Any]]:
    """Return the ways of asking."""
    of, alias = maker.values, maker.alias
    if maker.is_combined:
        return [
            lambda: [seen(row) for row in queryset],
            queryset.count,
            queryset.exists,
            lambda: seen(queryset.first()),
        ]
    return [
        *[lambda: listed(queryset)] * 6,
        lambda: [seen(row) for row in queryset.order_by("pk")],
        queryset.count,
        queryset.exists,
        lambda: seen(queryset.first()),
        lambda: seen(queryset.last()),
        lambda: seen(queryset.get(pk=of.number())),
        lambda: seen(queryset.latest("printed", "pk")),
        lambda: seen(queryset.earliest("pages", "pk")),
        lambda: queryset.aggregate(a=Sum("pages"), b=Count("pk"), c=Max("price")),
        lambda: queryset.aggregate(a=Avg("pages") + of.number()),
        lambda: {key: seen(value) for key, value in queryset.in_bulk([of.number() for _ in range(4)]).items()},
        lambda: listed(queryset.iterator(chunk_size=3)),
        lambda: queryset.contains(Volume(pk=of.random.randint(1, 5))),
        lambda: seen(queryset[of.random.randint(0, 9)]),
        lambda: _rolled_back(alias, lambda: queryset.update(pages=F("pages") + of.number(), title=str(of.text()))),
        lambda: _rolled_back(alias, lambda: queryset.filter(pk=of.number()).delete()),
        lambda: _rolled_back(alias, lambda: queryset.update(pages=Plus("pages", of.number()), size=RawSQL("%s", (1,)))),
        lambda: _rolled_back(alias, lambda: maker.with_expression(queryset).update(pages=F("pages") + of.number())),
        lambda: _rolled_back(alias, lambda: maker.with_expression(queryset).delete()),
        lambda: _rolled_back(alias, lambda: listed(queryset.select_for_update(of=("self",)))),
        lambda: list(queryset.values_list("pk", flat=True).order_by("pk")[1:4]),
    ]


def asked(form: int, values: int, alias: str, record: bool = True) -> Any:
    """Make a queryset, ask it, and return what was sent and what came back, or how it failed."""
    recorder = Recorder()
    wrapper = connections[alias]
    zone = random.Random(values).choice(ZONES)
    try:
        if zone is not None:
            timezone.activate(zone)
        maker = Maker(form, values, alias)
        queryset = maker.queryset()
        plan = said(queryset)
        ask = maker.form.choice(terminals(maker, queryset))
        if record:
            with wrapper.execute_wrapper(recorder):
                answer = ask()
        else:
            answer = ask()
        return plan, recorder.sent, answer
    except Exception as exc:  # with and without the cache it must fail in the same way
        return type(exc), ADDRESS.sub("", str(exc))
    finally:
        timezone.deactivate()


def uncached(form: int, values: int, alias: str, record: bool = True) -> Any:
    """The same without anything that is kept."""
    Texts.enabled = False
    try:
        return by_structure(form, values, alias, record)
    finally:
        Texts.enabled = True


def by_structure(form: int, values: int, alias: str, record: bool = True) -> Any:
    """The same without the trie: every statement is built, its text is found by its structure."""
    Trie.enabled = False
    try:
        return asked(form, values, alias, record)
    finally:
        Trie.enabled = True
