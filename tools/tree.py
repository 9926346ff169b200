"""
The size numbers of our own tree: files, median, p90 and longest file, longest function; ``--check`` refuses what is too big.

Limits: 600 lines a file, 60 lines a function (``STYLE.md`` A.4). ``tools/tree_exceptions.txt`` lists the debts that are
known, one path or ``path:function`` a line; a new one fails the check, and so does one that is paid but still listed.
"""

from __future__ import annotations

import argparse
import ast
import statistics
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "fastjango"
EXCEPTIONS = Path(__file__).resolve().parent / "tree_exceptions.txt"
MAX_FILE_LINES = 600
MAX_FUNCTION_LINES = 60


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Yield name and length in lines of every function in a file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def main() -> int:
    """Print the numbers; return 1 when ``--check`` finds something that is not listed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail for files and functions over the limits")
    arguments = parser.parse_args()
    sizes: dict[str, int] = {}
    longest: list[tuple[int, str]] = []
    for path in sorted(SOURCE.rglob("*.py")):
        name = path.relative_to(SOURCE).as_posix()
        sizes[name] = len(path.read_text(encoding="utf-8").splitlines())
        longest += [(length, f"{name}:{function}") for function, length in functions(path)]
    values = sorted(sizes.values())
    longest.sort(reverse=True)
    print(f"files {len(values)}, lines {sum(values)}, median {statistics.median(values):.0f}, "
          f"p90 {values[int(len(values) * 0.9)]}, max {values[-1]}")  # fmt: skip
    print(f"longest functions: {', '.join(f'{name} {length}' for length, name in longest[:3])}")
    known = {line.strip() for line in EXCEPTIONS.read_text().splitlines() if line.strip() and not line.startswith("#")}
    found = {name for name, lines in sizes.items() if lines > MAX_FILE_LINES}
    found |= {name for length, name in longest if length > MAX_FUNCTION_LINES}
    new, paid = sorted(found - known), sorted(known - found)
    for name in new:
        print(f"over the limit: {name}")
    for name in paid:
        print(f"no longer over the limit, take it out of {EXCEPTIONS.name}: {name}")
    return int(arguments.check and bool(new or paid))


if __name__ == "__main__":
    sys.exit(main())
