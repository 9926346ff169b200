"""
Many programs on both frameworks: `python -m tests.contract.differential.fuzz --seeds 0 5000 [--depth 3] [--database postgresql]`.

Prints each program on which they differ without a reason, as small as it can be made.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from tests.contract.differential import servers
from tests.contract.differential.differences import reason
from tests.contract.differential.generate import program, variant
from tests.contract.differential.mended import MENDS
from tests.contract.differential.pair import SIDES, Pair, agree, fill, raised, shrink
from tests.contract.differential.source import source

Database = dict[str, Any]


def programs(seeds: Iterable[int], depth: int = 2) -> Iterator[dict[str, Any]]:
    """Yield the program of each seed, and the same with other values, which finds its plan made."""
    for seed in seeds:
        made = program(seed, depth)
        yield made
        yield variant(made)


def sqlite_databases(folder: Path) -> dict[str, Database]:
    """Let Django fill a SQLite file; return a copy of it for each side."""
    first = folder / "django.sqlite3"
    fill({"ENGINE": "sqlite3", "NAME": str(first)})
    shutil.copy(first, folder / "fastjango.sqlite3")
    return {side: {"ENGINE": "sqlite3", "NAME": str(folder / f"{side}.sqlite3")} for side in SIDES}


@contextlib.contextmanager
def databases_of(kind: str) -> Iterator[dict[str, Database]]:
    """Make and fill the databases of both sides; remove them afterwards."""
    if kind == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield sqlite_databases(Path(folder))
        return
    prefix = f"{servers.PREFIX}_{os.getpid()}"
    made = getattr(servers, f"{kind}_databases")(prefix)
    try:
        yield made
    finally:
        getattr(servers, f"drop_{kind}")(made)


class Run:
    """A run over many programs."""

    def __init__(self, pair: Pair, report: Callable[[str], None] = print) -> None:
        self.pair = pair
        self.report = report
        self.count = 0
        self.accepted: Counter[str] = Counter()
        self.differing: list[tuple[str, dict[str, Any], Any, Any]] = []
        self.raised: Counter[str] = Counter()
        self.findings: list[str] = []

    def run(self, todo: Iterable[dict[str, Any]]) -> None:
        """Compare both sides on each program."""
        for made in todo:
            self.count += 1
            expected, given = self.pair.run(made)
            if name := raised(expected):
                self.raised[name] += 1
            if agree(expected, given):
                continue
            if text := self.reason(made, expected, given):
                self.accepted[text] += 1
                self.differing.append((text, made, expected, given))
                continue
            finding = self.describe(made)
            self.findings.append(finding)
            self.report(finding)

    def reason(self, made: dict[str, Any], expected: Any, given: Any) -> str | None:
        """Return why the results may differ: a fault of Django's without which it agrees, or a rule."""
        repaired = self.pair.mended(made, list(MENDS))
        if agree(repaired, given):
            single = (text for text in MENDS if agree(self.pair.mended(made, [text]), given))
            return next(single, "several of Django's faults at once")
        return reason(made, repaired, given)

    def describe(self, made: dict[str, Any]) -> str:
        """Return the smallest program that differs like *made*, and both results."""
        small = shrink(self.pair, made)
        results = [
            f"{side}: {json.dumps(result)[:400]}" for side, result in zip(SIDES, self.pair.run(small), strict=True)
        ]
        variation = " (variant)" if made.get("variant") else ""
        return "\n".join([f"seed {made['seed']}{variation}", source(small), *results])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", nargs=2, type=int, default=(0, 1000))
    parser.add_argument("--depth", type=int, default=2)
    parser.add_argument("--database", choices=["sqlite", "postgresql", "mariadb"], default="sqlite")
    parser.add_argument("--keep", help="a file for the accepted differences, one JSON line each")
    options = parser.parse_args()
    with databases_of(options.database) as databases:
        pair = Pair(databases)
        run = Run(pair, lambda text: print(text, flush=True))
        run.run(programs(range(*options.seeds), options.depth))
        pair.close()
    print(f"{run.count} programs, {sum(run.raised.values())} raise on both, {len(run.findings)} findings")
    for text, count in run.accepted.most_common():
        print(f"{count:6} {text}")
    if options.keep:
        Path(options.keep).write_text("".join(f"{json.dumps(each)}\n" for each in run.differing))
    return bool(run.findings)


if __name__ == "__main__":
    sys.exit(main())
