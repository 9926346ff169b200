"""
FastJango beside the raw driver in one process, in turns: ``python benchmarks/orm/paired.py FOLDER [--db postgres] [--seconds 20]``.

FOLDER holds the microbenchmark (``orm_bench.py``), whose operations these are. On a machine that swings, two processes one
after the other measure the machine; here each operation of ours runs a few milliseconds after that of the driver, hundreds
of times. Printed are the quickest turns, what nine of ten take longer than, and the ratio of the quickest. On SQLite also
what a query costs until its node in the trie and its binds are known.
"""

from __future__ import annotations

import argparse
import inspect
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
TURN = 0.003
"""Seconds of one turn, so that most are not interrupted."""
OPERATIONS = ("get_pk", "filter20", "rows1000", "join1000", "bulk1000")


class Side:
    """One operation of one library and what its turns took, in microseconds per call."""

    def __init__(self, call: Callable[[], Any]) -> None:
        self.call = call
        self.calls = 1
        self.times: list[float] = []

    def turn(self) -> float:
        """Run it some times and return what one took."""
        began = time.perf_counter()
        for _ in range(self.calls):
            self.call()
        return (time.perf_counter() - began) / self.calls * 1e6

    async def aturn(self) -> float:
        """See ``turn``; what the call gives is awaited."""
        began = time.perf_counter()
        for _ in range(self.calls):
            await self.call()
        return (time.perf_counter() - began) / self.calls * 1e6

    def prepare(self, times: list[float]) -> None:
        """Note how many calls fill a turn."""
        self.calls = max(1, int(TURN / (min(times) / 1e6)))

    @property
    def quickest(self) -> float:
        """The quickest turn."""
        return min(self.times)

    @property
    def decile(self) -> float:
        """What nine of ten turns take longer than."""
        return sorted(self.times)[len(self.times) // 10]


Pairs = dict[str, list[Side]]


def in_turns(pairs: Pairs, seconds: float) -> None:
    """Run all sides one after the other until the time is over."""
    sides = [side for pair in pairs.values() for side in pair]
    for side in sides:
        # Plans are made on the way.
        side.prepare([side.turn() for _ in range(12)])
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        for side in sides:
            side.times.append(side.turn())


async def ain_turns(pairs: Pairs, seconds: float) -> None:
    """See ``in_turns``."""
    sides = [side for pair in pairs.values() for side in pair]
    for side in sides:
        side.prepare([await side.aturn() for _ in range(12)])
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        for side in sides:
            side.times.append(await side.aturn())


def keys(model: Any) -> dict[str, Callable[[], Any]]:
    """Return queries of one, two and five conditions, which are built and keyed but not run."""
    objects, price = model.objects, Decimal("10.00")
    return {
        "key, 1 condition": lambda: objects.filter(id=3),
        "key, 2, order, slice": lambda: objects.filter(is_active=True, price__gte=price).order_by("-price")[:20],
        "key, 5, order, slice": lambda: objects.filter(
            is_active=True, price__gte=price, stock__lt=400, category_id__in=[1, 2, 3], name__icontains="a"
        ).order_by("-price")[:20],
    }


def pairs_of(theirs: dict[str, Any], ours: dict[str, Any]) -> Pairs:
    """Return the operations of both, side by side."""
    return {name: [Side(theirs[name]), Side(ours[name])] for name in OPERATIONS}


def show(title: str, pairs: Pairs) -> None:
    """Print the table of one kind of code."""
    print(f"\n{title:22}{'driver':>10}{'ours':>10}{'ratio':>8}   (quickest; one in ten: driver, ours)")
    for name, (driver, own) in pairs.items():
        print(
            f"{name:22}{driver.quickest:>10.1f}{own.quickest:>10.1f}{own.quickest / driver.quickest:>8.2f}"
            f"   {driver.decile:.1f} {own.decile:.1f}"
        )


def measure(bench: Any, contestant: Any, db: str, seconds: float) -> None:
    """Measure sync code against the sync driver, and on SQLite the keys of queries."""
    driver = {"sqlite": "raw_sqlite3", "postgres": "raw_psycopg3"}[db]
    pairs = pairs_of(getattr(bench, driver)(), contestant.sync(bench, db))
    in_turns(pairs, seconds)
    show(f"sync, {driver}", pairs)
    if db == "sqlite":
        built = {name: [Side(call)] for name, call in keys(contestant.prepare(bench, db)).items()}
        in_turns(built, seconds / 3)
        print(f"\n{'':22}{'us':>10}   (quickest; one in ten)")
        for name, (side,) in built.items():
            print(f"{name:22}{side.quickest:>10.2f}   {side.decile:.2f}")


async def ameasure(bench: Any, contestant: Any, db: str, seconds: float) -> None:
    """Measure async code against the async driver."""
    driver = {"sqlite": "raw_aiosqlite", "postgres": "raw_asyncpg"}[db]
    theirs = await getattr(bench, driver)()
    pairs = pairs_of(theirs, await contestant.asynchronous(bench, db))
    await ain_turns(pairs, seconds)
    show(f"async, {driver}", pairs)
    closing = theirs["close"]()
    if inspect.isawaitable(closing):
        await closing


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description="FastJango beside the raw driver, in turns")
    parser.add_argument("folder", type=Path, help="where orm_bench.py is")
    parser.add_argument("--db", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--seconds", type=float, default=20, help="of each table")
    options = parser.parse_args()
    sys.path[:0] = [str(options.folder.resolve()), str(HERE), str(HERE.parents[1] / "src")]
    import contestant
    import orm_bench as bench  # type: ignore[import-not-found]  # pyright: ignore[reportMissingImports]
    import uvloop

    bench.data.SQLITE_PATH = bench.SQLITE
    bench.data.seed(options.db)
    measure(bench, contestant, options.db, options.seconds)
    bench.data.seed(options.db)
    uvloop.run(ameasure(bench, contestant, options.db, options.seconds))


if __name__ == "__main__":
    main()
