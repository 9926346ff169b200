"""Transactions: blocks, savepoints, hooks, durability, both kinds of ``with``."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from fastjango.db import IntegrityError, OperationalError
from fastjango.db.bridge import bridge, bridged
from fastjango.db.errors import ChildTaskError, DatabaseError, TransactionManagementError
from fastjango.db.execute import change, fetch
from fastjango.db.transaction import atomic, get_rollback, on_commit, set_autocommit, set_rollback


def names(alias: str = "memory") -> list[str]:
    table = "fj_t" if alias == "pg" else "t"
    return [name for (name,) in fetch(alias, f"SELECT name FROM {table} ORDER BY id")]


def add(name: str, alias: str = "memory") -> None:
    if alias == "pg":
        change("pg", "INSERT INTO fj_t (name) VALUES (%s)", (name,))
    else:
        change(alias, "INSERT INTO t (name) VALUES (?)", (name,))


def test_a_block_is_committed_at_its_end(memory: Any) -> None:
    with atomic(using="memory"):
        add("a")

    assert names() == ["a"]
    assert not memory.in_atomic_block


def test_an_exception_rolls_the_block_back(memory: Any) -> None:
    with pytest.raises(ValueError, match="stop"), atomic(using="memory"):
        add("a")
        raise ValueError("stop")

    assert names() == []


def test_an_inner_block_is_a_savepoint(memory: Any) -> None:
    with atomic(using="memory"):
        add("a")
        with pytest.raises(IntegrityError), atomic(using="memory"):
            add("b")
            add("a")
        add("c")

    assert names() == ["a", "c"]


def test_an_inner_block_without_savepoint_dooms_the_outer_one(memory: Any) -> None:
    with atomic(using="memory"):
        add("a")
        with pytest.raises(IntegrityError), atomic(using="memory", savepoint=False):
            add("a")
        with pytest.raises(TransactionManagementError, match="An error occurred in the current transaction"):
            add("b")

    assert names() == []


def test_set_rollback_rolls_back_without_an_exception(memory: Any) -> None:
    with atomic(using="memory"):
        add("a")
        set_rollback(True, using="memory")
        assert get_rollback(using="memory")

    assert names() == []


def test_a_durable_block_refuses_to_be_nested(memory: Any) -> None:
    with atomic(using="memory"), pytest.raises(RuntimeError, match="durable"), atomic(using="memory", durable=True):
        pass


def test_atomic_decorates_functions(memory: Any) -> None:
    @atomic(using="memory")
    def work(fail: bool) -> None:
        add("a")
        if fail:
            raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        work(fail=True)
    work(fail=False)

    assert names() == ["a"]


def test_on_commit_waits_for_the_commit_and_is_forgotten_with_its_savepoint(memory: Any) -> None:
    done: list[str] = []

    with atomic(using="memory"):
        on_commit(lambda: done.append("outer"), using="memory")
        with pytest.raises(ValueError, match="stop"), atomic(using="memory"):
            on_commit(lambda: done.append("lost"), using="memory")
            raise ValueError("stop")
        assert done == []

    assert done == ["outer"]


def test_a_robust_hook_does_not_keep_others_from_running(memory: Any, caplog: pytest.LogCaptureFixture) -> None:
    done: list[str] = []

    def broken() -> None:
        raise ValueError("hook")

    with atomic(using="memory"):
        on_commit(broken, using="memory", robust=True)
        on_commit(lambda: done.append("second"), using="memory")

    assert done == ["second"]
    assert "Error calling" in caplog.text


def test_on_commit_outside_a_block_runs_at_once(memory: Any) -> None:
    done: list[str] = []

    on_commit(lambda: done.append("now"), using="memory")

    assert done == ["now"]


def test_without_autocommit_the_transaction_is_ended_by_hand(memory: Any) -> None:
    set_autocommit(False, using="memory")
    add("a")
    memory.rollback()
    add("b")
    memory.commit()
    set_autocommit(True, using="memory")

    assert names() == ["b"]


def test_closing_the_connection_inside_a_block_loses_the_transaction(memory: Any) -> None:
    with atomic(using="memory"):
        add("a")
        memory.close()
        with pytest.raises(TransactionManagementError):
            add("b")

    assert names() == []


def test_one_block_object_can_be_nested_in_itself(memory: Any) -> None:
    block = atomic(using="memory")

    with block:
        add("a")
        with pytest.raises(ValueError, match="stop"), block:
            add("b")
            raise ValueError("stop")

    assert names() == ["a"]


def test_async_with_and_async_functions(memory: Any) -> None:
    @atomic(using="memory")
    async def work() -> None:
        add("b")
        await asyncio.sleep(0)

    async def main() -> None:
        async with atomic(using="memory"):
            await bridge(add, "a")
        await work()

    asyncio.run(_in_bridge(main))

    assert names() == ["a", "b"]


async def _in_bridge(function: Any) -> Any:
    return await bridged(function())


def test_a_child_task_cannot_use_the_open_transaction(memory: Any) -> None:
    async def child() -> list[str]:
        return await bridge(names)

    async def main() -> None:
        async with atomic(using="memory"):
            with pytest.raises(ChildTaskError, match="belongs to another task"):
                await asyncio.create_task(child())

    asyncio.run(main())


def test_a_task_that_was_there_before_the_block_has_its_own_connection(file: Any) -> None:
    async def child(started: asyncio.Event) -> list[str]:
        await started.wait()
        return await bridge(names, "file")

    async def main() -> list[str]:
        started = asyncio.Event()
        task = asyncio.create_task(child(started))
        await asyncio.sleep(0)
        async with atomic(using="file"):
            await bridge(add, "a", "file")
            started.set()
            return await task

    assert asyncio.run(main()) == []


def test_a_loop_run_inside_a_sync_block_sees_its_rows(memory: Any) -> None:
    with atomic(using="memory"):
        add("a")
        seen = asyncio.run(_seen())

    assert seen == ["a"]


async def _seen() -> list[str]:
    return await bridge(names)


def test_a_thread_has_a_transaction_of_its_own(file: Any) -> None:
    seen: list[list[str]] = []
    with atomic(using="file"):
        add("a", "file")
        thread = threading.Thread(target=lambda: seen.append(names("file")))
        thread.start()
        thread.join()

    assert seen == [[]]


def test_a_shared_connection_can_be_used_by_another_thread(file: Any) -> None:
    seen: list[list[str]] = []
    with atomic(using="file"):
        add("a", "file")
        file.inc_thread_sharing()
        try:
            thread = threading.Thread(target=lambda: seen.append(names("file")))
            thread.start()
            thread.join()
        finally:
            file.dec_thread_sharing()

    assert seen == [["a"]]


def test_writers_of_a_file_wait_for_each_other_without_blocking_the_loop(file: Any) -> None:
    ticks = 0

    async def ticker() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0.005)
            ticks += 1

    async def writer(name: str) -> None:
        async with atomic(using="file"):
            await bridge(add, name, "file")
            await asyncio.sleep(0.05)

    async def main() -> None:
        ticking = asyncio.create_task(ticker())
        await asyncio.gather(writer("a"), writer("b"), writer("c"))
        ticking.cancel()

    asyncio.run(main())

    assert sorted(names("file")) == ["a", "b", "c"]
    assert ticks > 10


def test_a_lock_that_stays_is_an_operational_error(file: Any) -> None:
    file.settings_dict["OPTIONS"]["timeout"] = 0.1
    file.close_pool()
    other = threading.Event()
    held = threading.Event()

    def hold() -> None:
        with atomic(using="file"):
            held.set()
            other.wait(5)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(5)
    try:
        with pytest.raises(OperationalError, match="database is locked"):
            add("a", "file")
    finally:
        other.set()
        thread.join()


def test_no_connection_is_left_open_after_a_block_that_fails(postgresql: Any) -> None:
    with pytest.raises(IntegrityError), atomic(using="pg"):
        add("a", "pg")
        add("a", "pg")

    assert names("pg") == []
    assert all(lease.raw.is_idle for lease in postgresql.pool.shelf)


def test_isolation_and_read_only_are_sent(postgresql: Any) -> None:
    with atomic(using="pg", isolation="serializable", read_only=True):
        level = fetch("pg", "SHOW transaction_isolation")
        with pytest.raises(DatabaseError, match="read-only"), atomic(using="pg"):
            add("a", "pg")

    assert level == [("serializable",)]


def test_a_decorated_function_is_repeated_after_a_serialization_failure(postgresql: Any) -> None:
    add("a", "pg")
    calls = 0

    @atomic(using="pg", isolation="repeatable read", retry=3)
    def rename() -> None:
        nonlocal calls
        calls += 1
        names("pg")
        if calls == 1:
            other = threading.Thread(target=change, args=("pg", "UPDATE fj_t SET name = 'b'"))
            other.start()
            other.join()
        change("pg", "UPDATE fj_t SET name = name || '!'")

    rename()

    assert calls == 2
    assert names("pg") == ["b!"]


def test_a_context_that_is_thrown_away_in_a_transaction_leaves_no_open_one(postgresql: Any) -> None:
    import contextvars
    import gc

    def abandon() -> None:
        set_autocommit(False, using="pg")
        add("a", "pg")

    contextvars.copy_context().run(abandon)
    gc.collect()

    assert names("pg") == []
    assert all(lease.raw.is_idle for lease in postgresql.pool.shelf)


def test_foreign_keys_that_are_off_stay_with_their_context(file: Any) -> None:
    seen: list[Any] = []
    assert file.disable_constraint_checking()
    try:
        thread = threading.Thread(target=lambda: seen.append(fetch("file", "PRAGMA foreign_keys")))
        thread.start()
        thread.join()
        assert fetch("file", "PRAGMA foreign_keys") == [(0,)]
    finally:
        file.enable_constraint_checking()

    assert seen == [[(1,)]]
    assert all(lease.raw.execute("PRAGMA foreign_keys").fetchone() == (1,) for lease in file.pool.shelf)
