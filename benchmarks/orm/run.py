"""
Runs the ORM microbenchmark with FastJango in it: ``python benchmarks/orm/run.py FOLDER [its options]``.

FOLDER holds the microbenchmark (``orm_bench.py``, ``data.py``) and runs with an interpreter that has the other
libraries. Each library is measured in a process of its own, by the same clock.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
FOLDER = "ORM_BENCH_FOLDER"
NAMES = {"fastjango": "sync", "fastjango-async": "async"}


def main() -> None:
    """Add FastJango to the microbenchmark and run it."""
    # A child of the microbenchmark is started without it.
    folder = Path(os.environ.get(FOLDER) or sys.argv.pop(1)).resolve()
    os.environ[FOLDER] = str(folder)
    sys.path[:0] = [str(folder), str(HERE), str(HERE.parents[1] / "src")]
    import contestant
    import orm_bench as bench  # type: ignore[import-not-found]  # pyright: ignore[reportMissingImports]

    for name, kind in NAMES.items():
        bench.LIBS[name] = (kind, ["sqlite", "postgres"])
    original = bench.child

    def child(name: str, db: str, reps: int, target: float) -> Any:
        if name in NAMES:
            # The harness looks a library up by a name of its own; ours takes the place of one of the same kind.
            stand_in = "raw-sqlite3" if NAMES[name] == "sync" else "raw-aiosqlite"
            bench.LIBS[stand_in] = bench.LIBS[name]
            if NAMES[name] == "sync":
                bench.raw_sqlite3 = lambda: contestant.sync(bench, db)
            else:
                bench.raw_aiosqlite = lambda: contestant.asynchronous(bench, db)
            return original(stand_in, db, reps, target)
        return original(name, db, reps, target)

    bench.child = child
    # Children are started by file name: they have to come through here as well.
    bench.__file__ = str(HERE / "run.py")
    bench.main()


if __name__ == "__main__":
    main()
