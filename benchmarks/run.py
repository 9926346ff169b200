"""
Runs the benchmark files of this folder one after the other: ``python benchmarks/run.py [name ...]``.

Each file is a script of its own, prints its table and fails below its target. The HTTP contestants in ``contestants/`` are
run by a load generator from outside and are not part of this. Exit code: the number of files that failed.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def benchmarks(wanted: list[str]) -> list[Path]:
    """Return the files to run: those named, or all."""
    files = [path for path in sorted(HERE.glob("*.py")) if path.name != "run.py"]
    if not wanted:
        return files
    known = {path.stem: path for path in files}
    unknown = [name for name in wanted if name not in known]
    if unknown:
        raise SystemExit(f"No benchmark {', '.join(unknown)}; there are: {', '.join(known)}.")
    return [known[name] for name in wanted]


def main() -> int:
    """Run them and return how many failed."""
    failed = []
    for path in benchmarks(sys.argv[1:]):
        print(f"== {path.stem}", flush=True)
        if subprocess.run([sys.executable, str(path)], check=False).returncode:
            failed.append(path.stem)
        print(flush=True)
    if failed:
        print(f"Failed: {', '.join(failed)}")
    return len(failed)


if __name__ == "__main__":
    sys.exit(main())
