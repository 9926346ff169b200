"""Two processes, one for each framework, that get the same programs; and the smallest program that still differs."""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
SIDES = ("django", "fastjango")


class Side:
    """One framework on one database."""

    def __init__(self, side: str, database: dict[str, Any]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.contract.differential.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment(side, database),
            cwd=ROOT,
            text=True,
        )

    def send(self, program: dict[str, Any]) -> None:
        assert self.process.stdin is not None
        print(json.dumps(program), file=self.process.stdin, flush=True)

    def receive(self) -> Any:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"The process ended with {self.process.wait()}.")
        return json.loads(line)

    def close(self) -> None:
        """End the process; it fails if it imported the other framework."""
        self.process.communicate()
        if self.process.returncode:
            raise RuntimeError(f"The process ended with {self.process.returncode}.")


class Pair:
    """Both frameworks."""

    def __init__(self, databases: dict[str, dict[str, Any]]) -> None:
        self.sides = [Side(side, databases[side]) for side in SIDES]

    def run(self, program: dict[str, Any]) -> tuple[Any, Any]:
        """Return Django's result and FastJango's."""
        for side in self.sides:
            side.send(program)
        expected, given = (side.receive() for side in self.sides)
        return expected, given

    def mended(self, program: dict[str, Any], names: list[str]) -> Any:
        """Return what Django would say without these faults of it."""
        self.sides[0].send({**program, "mended": names})
        return self.sides[0].receive()

    def close(self) -> None:
        for side in self.sides:
            side.close()


def environment(side: str, database: dict[str, Any]) -> dict[str, str]:
    """Return the environment of a child."""
    return {
        **os.environ,
        "DIFFERENTIAL_SIDE": side,
        "DIFFERENTIAL_DATABASE": json.dumps(database),
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")]),
    }


def fill(database: dict[str, Any]) -> None:
    """Let Django make the tables and rows in *database*."""
    command = [sys.executable, "-m", "tests.contract.differential.child", "--fill"]
    subprocess.run(command, env=environment("django", database), cwd=ROOT, check=True)


def raised(result: Any) -> str | None:
    """Return the name of the exception that a program ended with."""
    return result[1] if isinstance(result, list) and len(result) == 4 and result[0] == "raises" else None


def agree(expected: Any, given: Any) -> bool:
    """Tell whether two results are the same; of exceptions the class counts, which may be a subclass."""
    return expected == given or (raised(expected) is not None and raised(given) is not None and expected[1] in given[3])


def shrink(pair: Pair, program: dict[str, Any]) -> dict[str, Any]:
    """Return a small program on which the frameworks differ in the same way."""
    wanted = [raised(result) for result in pair.run(program)]
    smaller = True
    while smaller:
        smaller = False
        for candidate in _candidates(program):
            results = pair.run(candidate)
            if not agree(*results) and [raised(result) for result in results] == wanted:
                program, smaller = candidate, True
                break
    return program


def _candidates(program: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield programs with one thing left out, the biggest first."""
    for path, choices in _cuts(program, []):
        for choice in choices:
            candidate = copy.deepcopy(program)
            if not path:
                continue
            place: Any = candidate
            for key in path[:-1]:
                place = place[key]
            place[path[-1]] = choice
            yield candidate


def _cuts(node: Any, path: list[Any]) -> Iterator[tuple[list[Any], list[Any]]]:
    """Yield places and what may stand there instead."""
    if isinstance(node, dict):
        if path and "model" not in node:
            yield path, [{key: part for key, part in node.items() if key != left_out} for left_out in node]
        for key, part in node.items():
            yield from _cuts(part, [*path, key])
    elif isinstance(node, list):
        tagged = bool(node) and isinstance(node[0], str)
        if tagged:
            yield path, list(_inner(node[1:]))
            if node[0] == "q" and node[2]:
                yield path, [["q", node[1], False, node[3]]]
        else:
            yield path, [node[:at] + node[at + 1 :] for at in range(len(node))]
        for at, part in enumerate(node):
            yield from _cuts(part, [*path, at])


def _inner(node: Any) -> Iterator[Any]:
    """Yield the nearest nodes inside."""
    if isinstance(node, dict):
        if "model" in node:
            return
        for part in node.values():
            yield from _inner(part)
    elif isinstance(node, list):
        if node and isinstance(node[0], str) and node[0] in ("q", "call", "op", "method", "not", "query"):
            yield node
        else:
            for part in node:
                yield from _inner(part)


__all__ = ["SIDES", "Pair", "agree", "fill", "raised", "shrink"]
