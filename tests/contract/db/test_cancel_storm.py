"""Ten thousand operations of every kind, many of them cancelled: no connection is lost, no transaction is half done."""

from __future__ import annotations

import asyncio
import contextlib
import random
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import anyio
import pytest
from tests.contract.db.cancelling import SERVERS, Server, assert_whole, routed, serving, visit

from fastjango import FastJango
from fastjango.apps.registry import Apps
from fastjango.db import DatabaseError, models
from fastjango.db.bridge import bridge
from fastjango.db.models import F, Prefetch, Sum
from fastjango.db.transaction import atomic, on_commit
from fastjango.http import HttpResponse, StreamingHttpResponse
from fastjango.urls import path

OPERATIONS = 10_000
AT_ONCE = 25
POOL = 4
registry = Apps()


class Account(models.Model):
    balance = models.IntegerField()

    class Meta:
        app_label = "cancel_storm"
        apps = registry


class Entry(models.Model):
    """Half of a transfer: every transfer has two, whose amounts are each other's opposite."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="entries")
    amount = models.IntegerField()
    pair = models.BigIntegerField()

    class Meta:
        app_label = "cancel_storm"
        apps = registry


registry.ready = True
registry.get_models = lambda *args, **kwargs: [Account, Entry]  # type: ignore[method-assign]
for _model in (Account, Entry):
    _model._meta._expire_cache()
ACCOUNTS = 10


@pytest.fixture(params=SERVERS)
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    with serving(request.param, request) as made:
        made.wrapper.settings_dict["POOL"] = {"size": POOL, "timeout": 60}
        made.wrapper.close_pool()
        with made.wrapper.schema_editor() as editor:
            editor.create_model(Account)
            editor.create_model(Entry)
        Account.objects.using(made.alias).bulk_create(Account(balance=1000) for _ in range(ACCOUNTS))
        yield made
        with made.wrapper.schema_editor() as editor:
            editor.delete_model(Entry)
            editor.delete_model(Account)


class Work:
    """The kinds of operations on one database."""

    def __init__(self, server: Server) -> None:
        self.alias = server.alias
        self.wrapper = server.wrapper
        self.chance = random.Random(20_26)
        self.pairs = iter(range(10**9))
        self.hooks = 0
        self.kinds: list[Callable[[], Any]] = [
            self.transfer,
            self.transfer,
            self.transfer_in_blocks,
            self.transfer_that_fails,
            self.in_bulk,
            self.reads,
            self.prefetches,
            self.iterated,
            self.by_cursor,
            self.left_open,
        ]

    def accounts(self) -> Any:
        return Account.objects.using(self.alias)

    def entries(self) -> Any:
        return Entry.objects.using(self.alias)

    def two(self) -> list[int]:
        """Return two keys, the smaller first, so that locks are taken in one order."""
        return sorted(self.chance.sample(range(1, ACCOUNTS + 1), 2))

    def move(self, first: int, second: int) -> None:
        amount, pair = self.chance.randint(1, 9), next(self.pairs)
        self.accounts().filter(pk=first).update(balance=F("balance") - amount)
        self.entries().create(account_id=first, amount=-amount, pair=pair)
        self.accounts().filter(pk=second).update(balance=F("balance") + amount)
        self.entries().create(account_id=second, amount=amount, pair=pair)

    def transfer(self) -> None:
        with atomic(using=self.alias):
            self.move(*self.two())
            on_commit(self.hook, using=self.alias)

    def hook(self) -> None:
        self.hooks += 1

    def transfer_in_blocks(self) -> None:
        first, second = self.two()
        with atomic(using=self.alias):
            with contextlib.suppress(LookupError), atomic(using=self.alias):
                self.move(first, second)
                raise LookupError
            with atomic(using=self.alias):
                self.move(first, second)

    def transfer_that_fails(self) -> None:
        with contextlib.suppress(LookupError), atomic(using=self.alias):
            self.move(*self.two())
            raise LookupError

    def in_bulk(self) -> None:
        first, second = self.two()
        pair = next(self.pairs)
        with atomic(using=self.alias):
            found = {
                account.pk: account for account in self.accounts().select_for_update().filter(pk__in=[first, second])
            }
            found[first].balance -= 3
            found[second].balance += 3
            self.accounts().bulk_update(found.values(), ["balance"])
            self.entries().bulk_create(
                [Entry(account_id=first, amount=-3, pair=pair), Entry(account_id=second, amount=3, pair=pair)]
            )

    def reads(self) -> None:
        self.accounts().get(pk=self.two()[0])
        list(self.entries().select_related("account").filter(amount__gt=0).order_by("-pk")[:10])
        self.entries().aggregate(Sum("amount"))

    def prefetches(self) -> None:
        recent = Prefetch("entries", queryset=self.entries().order_by("-pk")[:5], to_attr="recent")
        list(self.accounts().prefetch_related(recent))

    def iterated(self) -> None:
        for number, _ in enumerate(self.entries().order_by("pk").iterator(chunk_size=7)):
            if number > 40:
                break

    def by_cursor(self) -> None:
        with self.wrapper.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM cancel_storm_account WHERE balance > %s", [0])
            cursor.fetchone()

    def left_open(self) -> None:
        """What nobody should do: a transaction begun by hand that nobody ends."""
        with self.wrapper.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("UPDATE cancel_storm_account SET balance = 0 WHERE id = 1")

    async def streamed(self) -> None:
        number = 0
        async for _ in self.entries().order_by("pk").aiterator(chunk_size=5):
            number += 1
            if number > 20:
                break

    async def one(self) -> None:
        """Run one operation, perhaps cut short in one of three ways."""
        kind = self.chance.choice(self.kinds)
        patience = self.chance.choice([0, 0.001, 0.003, 0.01, 0.03, 60, 60, 60])
        work = self.streamed() if self.chance.random() < 0.1 else bridge(kind)
        with contextlib.suppress(TimeoutError, asyncio.CancelledError):
            way = self.chance.randint(0, 2)
            if way == 0:
                async with asyncio.timeout(patience):
                    await work
            elif way == 1:
                with anyio.move_on_after(patience):
                    await work
            else:
                task = asyncio.create_task(work)
                asyncio.get_running_loop().call_later(patience, task.cancel)
                await task


def assert_books_balance(server: Server) -> None:
    """Assert that every transfer happened whole or not at all."""
    accounts = Account.objects.using(server.alias)
    entries = Entry.objects.using(server.alias)
    assert accounts.aggregate(total=Sum("balance"))["total"] == 1000 * ACCOUNTS
    assert (entries.aggregate(total=Sum("amount"))["total"] or 0) == 0
    halves = entries.values("pair").annotate(number=models.Count("pk"), total=Sum("amount"))
    assert not halves.exclude(number=2, total=0).exists()
    for account in accounts.annotate(moved=Sum("entries__amount")).values("balance", "moved"):
        assert account["balance"] == 1000 + (account["moved"] or 0)


@pytest.mark.slow
def test_ten_thousand_mixed_operations_with_random_cancellations(server: Server) -> None:
    work = Work(server)

    async def main() -> int:
        for _ in range(OPERATIONS // AT_ONCE):
            # A place in the trie or a plan is no excuse for a dead lock: all of them must end.
            async with asyncio.timeout(60):
                await asyncio.gather(*(work.one() for _ in range(AT_ONCE)))
        return await bridge(server.settled)

    busy = asyncio.run(main())

    assert busy == 0
    assert_whole(server.wrapper)
    assert server.connected() <= POOL
    assert_books_balance(server)
    assert work.hooks > OPERATIONS / 100


def test_a_stream_that_nobody_reads_to_its_end_gives_its_connection_back_at_once(server: Server) -> None:
    Entry.objects.using(server.alias).bulk_create(Entry(account_id=1, amount=0, pair=0) for _ in range(40))
    _work.append(Work(server))
    kept: list[Any] = []

    async def main(app: FastJango) -> int:
        for _ in range(POOL * 2):
            task = asyncio.create_task(visit(app, "/rows/", 0.04, pause=0.01))
            # Whoever keeps the task keeps its error, and with it the frames that were left.
            kept.append(task)
            await task
            await asyncio.sleep(0)
        return await bridge(server.settled)

    with routed(__name__) as app:
        busy = asyncio.run(asyncio.wait_for(main(app), 30))
    _work.pop()

    assert busy == 0
    assert_whole(server.wrapper)


@pytest.mark.slow
def test_threads_and_tasks_share_a_small_pool(server: Server) -> None:
    server.wrapper.settings_dict["POOL"] = {"size": 2, "timeout": 60}
    server.wrapper.close_pool()
    work = Work(server)
    done = [0, 0]
    errors: list[BaseException] = []
    stop = threading.Event()

    def thread() -> None:
        try:
            while not stop.is_set():
                work.transfer_in_blocks()
                work.reads()
                done[0] += 1
        except DatabaseError as exc:
            errors.append(exc)

    async def task() -> None:
        while not stop.is_set():
            await bridge(work.transfer_in_blocks)
            await bridge(work.prefetches)
            done[1] += 1

    async def main() -> None:
        asyncio.get_running_loop().call_later(4, stop.set)
        async with asyncio.timeout(60):
            await asyncio.gather(*(task() for _ in range(8)))

    threads = [threading.Thread(target=thread) for _ in range(6)]
    for one in threads:
        one.start()
    try:
        asyncio.run(main())
    finally:
        stop.set()
        for one in threads:
            one.join(60)

    assert errors == []
    assert min(done) > 10
    assert_whole(server.wrapper)
    assert_books_balance(server)


# --- requests whose clients go away --------------------------------------------------------------

_work: list[Work] = []


def page(request: Any) -> HttpResponse:
    work = _work[-1]
    work.chance.choice(work.kinds)()
    return HttpResponse("done")


def rows_as_text(request: Any) -> StreamingHttpResponse:
    entries = _work[-1].entries()

    async def lines() -> AsyncIterator[str]:
        async for entry in entries.order_by("pk").aiterator(chunk_size=5):
            yield f"{entry.pk}\n"
            await asyncio.sleep(0)

    return StreamingHttpResponse(lines())


urlpatterns = [path("page/", page), path("rows/", rows_as_text)]


@pytest.mark.slow
def test_requests_whose_clients_go_away_leave_no_connection_behind(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fastjango.core.handlers.sending.WATCH_AFTER_SECONDS", 0.01)
    work = Work(server)
    _work.append(work)

    async def main(app: FastJango) -> int:
        for _ in range(40):
            async with asyncio.timeout(60):
                urls = work.chance.choices(["/page/", "/page/", "/rows/", "/route"], k=AT_ONCE)
                patience = [work.chance.choice([0.001, 0.01, 0.03, 0.06, 0.1, 30]) for _ in urls]
                await asyncio.gather(*(visit(app, *pair) for pair in zip(urls, patience, strict=True)))
        return await bridge(server.settled)

    with routed(__name__) as app:

        @app.post("/route")
        async def route() -> int:
            work.transfer()
            await asyncio.sleep(0.01)
            return int(work.accounts().count())

        busy = asyncio.run(main(app))
    _work.pop()

    assert busy == 0
    assert_whole(server.wrapper)
    assert server.connected() <= POOL
    assert_books_balance(server)


def test_a_hundred_operations_with_random_cancellations(server: Server) -> None:
    work = Work(server)

    async def main() -> int:
        for _ in range(6):
            await asyncio.gather(*(work.one() for _ in range(AT_ONCE)))
        return await bridge(server.settled)

    busy = asyncio.run(asyncio.wait_for(main(), 60))

    assert busy == 0
    assert_whole(server.wrapper)
    assert_books_balance(server)
