"""bulk_create(method="copy"): PostgreSQL's COPY, and what it cannot do."""

from __future__ import annotations

import asyncio
import datetime as dt
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from tests.contract.db.bulk_models import FIELDS, FULL, TEXTS, Counted, Everything, Loud, Named

from fastjango.db import DataError, IntegrityError, NotSupportedError, transaction
from fastjango.db.execute import fetch
from fastjango.db.models import Value
from fastjango.db.models.functions import Upper
from fastjango.test.databases import CaptureQueriesContext


@pytest.fixture
def pg(postgresql: Any) -> Iterator[Any]:
    with postgresql.schema_editor() as editor:
        for model in (Everything, Counted, Named, Loud):
            editor.create_model(model)
    yield postgresql


def rows() -> list[Everything]:
    return [Everything(text=text, **(FULL if place % 2 else {})) for place, text in enumerate(TEXTS)]


def test_every_kind_of_value_arrives_and_the_objects_get_their_keys(pg: Any) -> None:
    sent = rows()

    with CaptureQueriesContext(pg) as captured:
        made = Everything.objects.using("pg").bulk_create(sent, method="copy")

    verbs = [query["sql"].removeprefix("8 times: ")[:6] for query in captured.captured_queries]
    assert verbs == ["BEGIN", "SELECT", 'COPY "', "COMMIT"]
    assert [obj.pk for obj in made] == list(range(1, len(TEXTS) + 1))
    assert not any(obj._state.adding for obj in made)
    found = Everything.objects.using("pg").order_by("pk").values_list(*FIELDS)
    assert [tuple(bytes(value) if isinstance(value, memoryview) else value for value in row) for row in found] == [
        tuple(getattr(obj, name) for name in FIELDS) for obj in sent
    ]


def test_the_sequence_goes_on_behind_the_copied_rows(pg: Any) -> None:
    manager = Everything.objects.using("pg")
    manager.bulk_create([Everything(text="a"), Everything(text="b")], method="copy")

    assert manager.create(text="c").pk == 3


def test_keys_that_are_there_are_kept(pg: Any) -> None:
    made = Named.objects.using("pg").bulk_create([Named(), Named(key=uuid.UUID(int=7))], method="copy")
    Everything.objects.using("pg").bulk_create([Everything(pk=70, text="a"), Everything(text="b")], method="copy")

    assert set(Named.objects.using("pg").values_list("key", flat=True)) == {obj.key for obj in made}
    assert list(Everything.objects.using("pg").order_by("pk").values_list("pk", "text")) == [(1, "b"), (70, "a")]


def test_what_the_database_computes_is_loaded_when_it_is_read(pg: Any) -> None:
    first, second = Counted.objects.using("pg").bulk_create([Counted(word="a"), Counted(word="b")], method="copy")

    assert first.made <= second.made
    assert (first.number, first.double) == (7, 14)
    assert abs(first.stamp - first.made) < dt.timedelta(minutes=1)
    assert second.number == 7


def test_batches_are_copies_of_their_own(pg: Any) -> None:
    with CaptureQueriesContext(pg) as captured:
        Everything.objects.using("pg").bulk_create(rows(), method="copy", batch_size=3)

    assert sum("COPY" in query["sql"] for query in captured.captured_queries) == 3
    assert Everything.objects.using("pg").count() == len(TEXTS)


def test_an_error_leaves_nothing_and_the_connection_goes_on(pg: Any) -> None:
    manager = Loud.objects.using("pg")
    with pytest.raises(IntegrityError):
        manager.bulk_create([Loud(word="a", number=1), Loud(word="b", number=1)], method="copy")
    with pytest.raises(DataError, match="too long"):
        manager.bulk_create([Loud(word="x" * 21)], method="copy")

    assert manager.count() == 0
    assert fetch("pg", "SELECT 1") == [(1,)]


def test_rows_belong_to_the_transaction_around_them(pg: Any) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic(using="pg"):
        Everything.objects.using("pg").bulk_create(rows(), method="copy")
        assert Everything.objects.using("pg").count() == len(TEXTS)
        raise ZeroDivisionError

    assert Everything.objects.using("pg").count() == 0


def test_expressions_conflicts_and_unknown_methods_are_refused(pg: Any) -> None:
    manager: Any = Everything.objects.using("pg")

    with pytest.raises(ValueError, match="got an expression") as caught:
        manager.bulk_create([Everything(text=Upper(Value("x")))], method="copy")
    assert "Fix: compute it in Python" in caught.value.__notes__[0]
    with pytest.raises(ValueError, match="got an expression"):
        Counted.objects.using("pg").bulk_create([Counted(word="a"), Counted(word="b", number=1)], method="copy")
    with pytest.raises(ValueError, match="cannot ignore or update"):
        manager.bulk_create([Everything(text="x")], ignore_conflicts=True, method="copy")
    with pytest.raises(ValueError, match="knows the methods"):
        manager.bulk_create([Everything(text="x")], method="load")


@pytest.mark.parametrize("database", ["memory", "mariadb"])
def test_other_databases_say_that_they_cannot(database: str, request: Any) -> None:
    alias = request.getfixturevalue(database).alias

    with pytest.raises(NotSupportedError, match="does not support bulk_create"):
        Everything.objects.using(alias).bulk_create([Everything(text="x")], method="copy")


def test_the_twin_copies_without_blocking_the_loop(pg: Any) -> None:
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            ticks += 1
            await asyncio.sleep(0)

    async def work() -> int:
        clock = asyncio.create_task(tick())
        manager = Everything.objects.using("pg")
        await manager.abulk_create([Everything(text="x" * 60) for _ in range(3000)], method="copy")
        clock.cancel()
        return await manager.acount()

    assert asyncio.run(work()) == 3000
    assert ticks > 3


def test_a_copy_that_is_cancelled_leaves_an_idle_connection(pg: Any) -> None:
    async def work() -> int:
        manager = Everything.objects.using("pg")
        objs = [Everything(text="x" * 60) for _ in range(20_000)]
        task = asyncio.create_task(manager.abulk_create(objs, method="copy"))
        # Some way into the rows.
        for _ in range(6):
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return await manager.acount()

    assert asyncio.run(work()) == 0
    stuck = (
        "SELECT count(*) FROM pg_stat_activity WHERE state <> 'idle' AND strpos(query, 'COPY') = 1"
        " AND application_name = current_setting('application_name')"
    )
    assert fetch("pg", stuck) == [(0,)]
