"""``Model.objects.get(name=value)`` without a queryset gives what the queryset gives, and gives way to everything."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from decimal import Decimal
from typing import Any
from unittest import mock

import pytest

from fastjango.apps.registry import Apps
from fastjango.db import OperationalError, ProgrammingError, connection, models, transaction
from fastjango.db.errors import TransactionManagementError
from fastjango.db.execute import afetch_ready, change, fetch_ready
from fastjango.db.models.manager import BaseManager
from fastjango.db.models.query import single
from fastjango.db.models.signals import post_init
from fastjango.test.databases import CaptureQueriesContext
from fastjango.test.utils import override_settings

registry = Apps()


class OnlyNew(models.Manager["Thing"]):
    def get_queryset(self) -> Any:
        return super().get_queryset().filter(number__gt=1)


class Loud(models.QuerySet["Thing"]):
    def get(self, *args: Any, **kwargs: Any) -> Any:
        found = super().get(*args, **kwargs)
        found.name = found.name.upper()
        return found


class More(models.QuerySet["Thing"]):
    def named(self, name: str) -> Any:
        return self.get(name=name)


class Marked(models.CharField[str, str]):
    def from_db_value(self, value: str, expression: Any, connection: Any) -> str:
        return f"<{value}>"


class Thing(models.Model):
    name = models.CharField(max_length=20)
    number = models.IntegerField(default=0)
    price = models.DecimalField(max_digits=8, decimal_places=2, default=Decimal("1.50"))
    at = models.DateTimeField(null=True)

    objects: Any = models.Manager()
    fresh = OnlyNew()
    loud = Loud.as_manager()
    more = More.as_manager()

    class Meta:
        apps = registry
        app_label = "short_get_tests"


class Own(models.Model):
    name = models.CharField(max_length=20)
    objects: Any = models.Manager()

    class Meta:
        apps = registry
        app_label = "short_get_tests"

    @classmethod
    def from_db(cls, db: Any, field_names: Any, values: Any) -> Any:
        made: Any = super().from_db(db, field_names, values)
        made.same = Own.objects.filter(name=made.name).count()
        return made


class Wrapped(models.Model):
    word = Marked(max_length=20)
    objects: Any = models.Manager()

    class Meta:
        apps = registry
        app_label = "short_get_tests"


MODELS: Any = (Thing, Own, Wrapped)
MOMENT = dt.datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def rows(transactional_db: None) -> Iterator[None]:
    with connection.schema_editor() as editor:
        for model in MODELS:
            editor.create_model(model)
    Thing.objects.create(name="one", number=1, at=MOMENT)
    Thing.objects.create(name="two", number=2)
    Thing.objects.create(name="two", number=3)
    Own.objects.create(name="own")
    Wrapped.objects.create(word="w")
    learn(Thing.objects, Thing.more, Own.objects, Wrapped.objects)
    yield
    with connection.schema_editor() as editor:
        for model in MODELS:
            editor.delete_model(model)


def learn(*managers: Any) -> None:
    # One that this context has for itself, of the runner or of a log, is not used the short way.
    connection.close()
    for manager in managers:
        # PostgreSQL's driver prepares a statement at its sixth time.
        for _ in range(2 if connection.inline else 6):
            manager.get(pk=1)


@contextmanager
def short(times: int, without_bridge: int = 0) -> Iterator[None]:
    """Check how many of the calls inside were answered the short way, and how many of them without a bridge."""
    answered: list[bool] = []

    def spy(db: Any, sql: str, args: Any, waits: bool) -> Any:
        found = fetch(db, sql, args, waits)
        if found is not None:
            answered.append(not waits)
        return found

    async def aspy(db: Any, sql: str, args: Any) -> Any:
        found = await afetch(db, sql, args)
        if found is not None:
            answered.append(True)
        return found

    fetch, afetch = fetch_ready, afetch_ready
    with mock.patch.object(single, "fetch_ready", spy), mock.patch.object(single, "afetch_ready", aspy):
        yield
    assert (len(answered), sum(answered)) == (times, without_bridge)


def state_of(thing: Any) -> dict[str, Any]:
    state = dict(thing.__dict__)
    return {**state, "_state": dict(state["_state"].__dict__)}


def test_the_object_is_the_one_of_the_queryset() -> None:
    with short(1):
        found = Thing.objects.get(pk=1)

    assert state_of(found) == state_of(Thing.objects.all().get(pk=1))
    assert (found.at, found.price, found._state.db, found._state.adding) == (MOMENT, Decimal("1.50"), "default", False)
    assert type(found) is Thing


def test_none_and_several_raise_as_ever() -> None:
    Thing.objects.get(name="one")
    Thing.objects.get(name="one")

    with short(3):
        with pytest.raises(Thing.DoesNotExist, match=r"^Thing matching query does not exist\.$"):
            Thing.objects.get(pk=77)
        with pytest.raises(Thing.MultipleObjectsReturned, match=r"returned more than one Thing -- it returned 2!"):
            Thing.objects.get(name="two")
        Thing.objects.bulk_create([Thing(name="two") for _ in range(30)])
        with pytest.raises(Thing.MultipleObjectsReturned, match=r"it returned more than 20!"):
            Thing.objects.get(name="two")


def test_several_names_in_any_order() -> None:
    for _ in range(2):
        Thing.objects.get(name="two", number=3)
        Thing.objects.get(number=3, name="two")

    with short(2):
        assert Thing.objects.get(name="two", number=2).pk == 2
        assert Thing.objects.get(number=3, name="two").pk == 3


@pytest.mark.parametrize("value", ["1", 1.0, True, Decimal(1)])
def test_values_of_other_types_are_prepared(value: Any) -> None:
    for _ in range(3):
        assert Thing.objects.get(pk=value).name == "one"


@pytest.mark.parametrize("value", [2**70, -(2**70)])
def test_numbers_that_no_column_holds_match_nothing(value: int) -> None:
    with short(0), pytest.raises(Thing.DoesNotExist):
        Thing.objects.get(pk=value)


def test_bad_values_are_refused() -> None:
    with pytest.raises(ValueError, match="expected a number"):
        Thing.objects.get(pk="x")
    with pytest.raises(Thing.DoesNotExist):
        Thing.objects.get(pk=None)


def test_managers_and_querysets_with_something_of_their_own_are_asked() -> None:
    for manager in (Thing.fresh, Thing.loud):
        for _ in range(3):
            manager.get(pk=2)

    with short(0):
        with pytest.raises(Thing.DoesNotExist):
            Thing.fresh.get(pk=1)
        assert Thing.loud.get(pk=1).name == "ONE"
        assert Thing.objects.using("default").get(pk=1).name == "one"
        assert Thing.objects.db_manager("default").get(pk=1).name == "one"


def test_querysets_that_only_know_more_are_as_quick() -> None:
    with short(1):
        assert Thing.more.get(pk=1).name == "one"


def test_a_replaced_method_is_called() -> None:
    with short(0):
        with mock.patch.object(Thing.objects, "get_queryset") as replaced:
            Thing.objects.get(pk=1)
        assert replaced.called
        with mock.patch.object(BaseManager, "get_queryset") as replaced:
            Thing.objects.get(pk=1)
        assert replaced.called
        with mock.patch.object(models.QuerySet, "get") as replaced:
            Thing.objects.get(pk=1)
        assert replaced.called
    with short(1):
        Thing.objects.get(pk=1)


class Elsewhere:
    def db_for_read(self, model: Any, **hints: Any) -> str:
        return "elsewhere"


def test_routers_are_asked() -> None:
    with (
        override_settings(DATABASE_ROUTERS=[Elsewhere()]),
        short(0),
        pytest.raises(Exception, match="The connection 'elsewhere' doesn't exist"),
    ):
        Thing.objects.get(pk=1)


def test_statements_are_logged_wrapped_and_refused() -> None:
    seen: list[str] = []

    def wrapper(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        seen.append(sql)
        return execute(sql, params, many, context)

    with short(0):
        with CaptureQueriesContext(connection) as captured:
            Thing.objects.get(pk=1)
        with connection.execute_wrapper(wrapper):
            Thing.objects.get(pk=1)
        with override_settings(DEBUG=True):
            Thing.objects.get(pk=1)
        connection.forbid_queries("not here")
        try:
            with pytest.raises(RuntimeError, match="not here"):
                Thing.objects.get(pk=1)
        finally:
            connection.allow_queries()
    assert len(captured) == len(seen) == 1
    learn(Thing.objects)
    with short(1):
        Thing.objects.get(pk=1)


def test_a_transaction_sees_its_own_rows() -> None:
    with short(2), transaction.atomic():
        Thing.objects.filter(pk=1).update(name="changed")
        # The connection of the transaction has no cursor for reading yet, unless it was shelved with one.
        Thing.objects.order_by("pk").first()
        assert Thing.objects.get(pk=1).name == "changed"
        with transaction.atomic():
            assert Thing.objects.get(pk=1).name == "changed"
        transaction.set_rollback(True)
    assert Thing.objects.get(pk=1).name == "one"


def test_a_broken_transaction_refuses() -> None:
    with pytest.raises(TransactionManagementError), transaction.atomic():
        transaction.set_rollback(True)
        Thing.objects.get(pk=1)


def test_errors_are_ours_with_their_cause() -> None:
    with connection.schema_editor() as editor:
        editor.delete_model(Own)
    try:
        for context in (nullcontext(), transaction.atomic()):
            with pytest.raises((OperationalError, ProgrammingError), match="short_get_tests_own") as caught, context:
                Own.objects.get(pk=1)
            assert type(caught.value.__cause__).__module__.startswith(("sqlite3", "psycopg"))
    finally:
        with connection.schema_editor() as editor:
            editor.create_model(Own)


def test_receivers_of_the_init_signals_are_told_while_there_are_any() -> None:
    told: list[Any] = []

    def receiver(instance: Any, **kwargs: Any) -> None:
        told.append(instance)

    post_init.connect(receiver, sender=Thing)
    try:
        with short(1):
            found = Thing.objects.get(pk=1)
    finally:
        post_init.disconnect(receiver, sender=Thing)
    Thing.objects.get(pk=1)

    assert told == [found]


def test_a_connection_object_that_was_exchanged_is_not_used() -> None:
    from fastjango.db import connections

    before = connections["default"]
    other = before.copy()
    connections["default"] = other
    try:
        with short(0), mock.patch.object(single, "fetch_ready"):
            assert Thing.objects.get(pk=1).name == "one"
    finally:
        connections["default"] = before
        other.close_pool()


def test_methods_and_fields_of_users_run() -> None:
    with short(2):
        assert Own.objects.get(pk=1).same == 1
        assert Wrapped.objects.get(pk=1).word == "<w>"


def test_async_code_gets_the_same_without_a_bridge() -> None:
    async def read() -> list[Any]:
        return [await Thing.objects.aget(pk=1), await Own.objects.aget(pk=1), await Wrapped.objects.aget(pk=1)]

    with short(3, without_bridge=1):
        thing, own, wrapped = asyncio.run(read())

    assert (thing.name, own.same, wrapped.word) == ("one", 1, "<w>")


def test_an_awaitable_that_is_not_awaited_asks_nothing() -> None:
    with short(0):
        Thing.objects.aget(pk=1).close()


@pytest.mark.parametrize(
    ("stored", "read"),
    [
        ("2026-01-02 03:04:05", dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)),
        ("2026-01-02 03:04", dt.datetime(2026, 1, 2, 3, 4, tzinfo=dt.UTC)),
        ("2026-01-02T03:04:05.000678Z", MOMENT),
        ("2026-01-02 05:04:05.000678+02:00", MOMENT),
        ("2026-01-02", dt.datetime(2026, 1, 2, tzinfo=dt.UTC)),
        ("no moment", None),
    ],
)
def test_moments_of_any_form_are_read(stored: str, read: dt.datetime | None) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("other databases have a type for moments")
    change("default", f'UPDATE "{Thing._meta.db_table}" SET "at" = ? WHERE "id" = 1', (stored,))

    assert Thing.objects.get(pk=1).at == read
    assert Thing.objects.order_by("pk").first().at == read
    assert [thing.at for thing in Thing.objects.order_by("pk")] == [read, None, None]


def test_moments_follow_the_settings_of_the_moment() -> None:
    with override_settings(USE_TZ=False):
        assert Thing.objects.get(pk=1).at == MOMENT.replace(tzinfo=None)
    assert Thing.objects.get(pk=1).at == MOMENT


@pytest.mark.parametrize("manager", ["objects", "more"])
def test_a_first_filter_is_that_of_a_queryset(manager: str) -> None:
    managed = getattr(Thing, manager)
    for names in ({"name": "two"}, {"number__gte": 2, "name__in": ["two", "one"]}):
        managed.filter(**names)
        short, long = managed.filter(**names), managed.all().filter(**names)

        assert (type(short), short._db, short._binds) == (type(long), long._db, long._binds)
        assert short._shape is long._shape
        assert {thing.name for thing in short} == {"two"}


def test_a_first_filter_keeps_what_a_manager_or_queryset_changes() -> None:
    for _ in range(2):
        assert list(Thing.fresh.filter(name="one")) == []
        assert Thing.objects.db_manager("default").filter(name="one")._db == "default"
        assert type(Thing.loud.filter(name="one")) is Loud
        with mock.patch.object(models.QuerySet, "filter", lambda self, **kwargs: "patched"):
            assert Thing.objects.filter(name="one") == "patched"
