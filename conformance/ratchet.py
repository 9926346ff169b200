"""
Run chosen labels of Django's and DRF's own suites and compare the pass counts with ``floor.toml``.

    python conformance/ratchet.py                      # the labels that floor.toml marks for CI
    python conformance/ratchet.py --all                # every label that has a floor
    python conformance/ratchet.py --labels basic lookup
    python conformance/ratchet.py --milestone 1 --raise   # measure, and raise the floors that were passed

Fails when a label passes fewer tests than its floor. A floor only goes up by ``--raise``.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

HOME = Path(__file__).resolve().parent
ROOT = HOME.parent
FLOOR = HOME / "floor.toml"
HEADER = """\
# The number of tests that pass, per label: CI fails when one falls. Raised by `conformance/ratchet.py --raise`.
# `ci` names the labels that every CI run measures.
"""


def load() -> dict[str, Any]:
    """Return the floors, by suite."""
    return tomllib.loads(FLOOR.read_text()) if FLOOR.exists() else {}


def save(floors: dict[str, Any]) -> None:
    """Write the floors in order."""
    lines = [HEADER]
    ci = floors.get("ci", {})
    lines.append("[ci]")
    lines += [f"{suite} = {json.dumps(sorted(labels))}" for suite, labels in sorted(ci.items())]
    for suite in ("django", "drf"):
        lines += ["", f"[{suite}]", *(f"{label} = {count}" for label, count in sorted(floors.get(suite, {}).items()))]
    FLOOR.write_text("\n".join(lines) + "\n")


def measure(suite: str, selection: list[str], jobs: int) -> dict[str, int]:
    """Run labels of a suite and return how many tests pass in each."""
    with tempfile.TemporaryDirectory(prefix="ratchet-") as out:
        command = [sys.executable, str(HOME / "run.py"), "--package", "fastjango", "--path", str(ROOT / "src")]
        command += ["--suite", suite, "--jobs", str(jobs), "--out", out, *selection]
        subprocess.run(command, cwd=ROOT, check=False)
        results = json.loads((Path(out) / suite / "results.json").read_text())
    return {row["label"]: int(row["passed"]) for row in results["labels"]}


def main() -> int:
    """Measure, compare, and raise on request."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--suite", choices=("django", "drf"))
    parser.add_argument("--labels", nargs="+")
    parser.add_argument("--milestone")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--raise", action="store_true", dest="raise_floor")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    arguments = parser.parse_args()
    floors = load()
    fallen: list[str] = []
    for suite in [arguments.suite] if arguments.suite else ["django", "drf"]:
        if arguments.labels:
            selection = ["--labels", *arguments.labels]
        elif arguments.milestone:
            selection = ["--milestone", arguments.milestone]
        elif arguments.all:
            selection = ["--labels", *floors.get(suite, {})]
        else:
            selection = ["--labels", *floors.get("ci", {}).get(suite, [])]
        if selection == ["--labels"]:
            continue
        known = floors.setdefault(suite, {})
        for label, passed in measure(suite, selection, arguments.jobs).items():
            floor = known.get(label, 0)
            if passed < floor:
                fallen.append(f"{suite} {label}: {passed} pass, the floor is {floor}")
            elif passed > floor:
                print(f"{suite} {label}: {passed} pass, {passed - floor} above the floor")
                if arguments.raise_floor:
                    known[label] = passed
    if arguments.raise_floor:
        save(floors)
    for line in fallen:
        print(f"FALLEN: {line}", file=sys.stderr)
    print(f"conformance: {len(fallen)} labels below their floor")
    return int(bool(fallen))


if __name__ == "__main__":
    sys.exit(main())
