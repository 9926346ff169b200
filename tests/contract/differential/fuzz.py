"""
Many programs on both frameworks: `python -m tests.contract.differential.fuzz --seeds 0 5000 [--depth 3] [--database postgresql]`.

Prints each program on which they differ without a reason, as small as it can be made.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from tests.contract.differential.differences import reason
from tests.contract.differential.generate import program, variant
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


def postgresql_databases(folder: Path) -> dict[str, Database]:
    """Let Django fill a database on the server; return a copy of it for each side."""
    from tests.contract.differential import servers

    return servers.postgresql_databases()


def drop_postgresql(databases: dict[str, Database]) -> None:
    """Remove the databases from the server."""
    from tests.contract.differential import servers

    servers.drop_postgresql(databases)


class Run:
    """A run over many programs."""

    def __init__(self, pair: Pair, report: Callable[[str], None] = print) -> None:
        self.pair = pair
        self.report = report
        self.count = 0
        self.accepted: Counter[str] = Counter()
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
            if text := reason(made, expected, given):
                self.accepted[text] += 1
                continue
            finding = self.describe(made)
            self.findings.append(finding)
            self.report(finding)

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
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        make = sqlite_databases if options.database == "sqlite" else postgresql_databases
        databases = make(Path(folder))
        try:
            pair = Pair(databases)
            run = Run(pair)
            run.run(programs(range(*options.seeds), options.depth))
            pair.close()
        finally:
            if options.database == "postgresql":
                drop_postgresql(databases)
    print(f"{run.count} programs, {sum(run.raised.values())} raise on both, {len(run.findings)} findings")
    for text, count in run.accepted.most_common():
        print(f"{count:6} {text}")
    return bool(run.findings)


if __name__ == "__main__":
    sys.exit(main())
