"""The pages of FastAPI's tutorial as one program: its clients see the same on FastAPI and on FastJango with settings."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]


def walk(kind: str, folder: Path) -> list[Any]:
    """Return what the clients of the program on *kind* saw; a process of its own, so that nothing of ours is in FastAPI."""
    environment = {name: value for name, value in os.environ.items() if not name.endswith("SETTINGS_MODULE")}
    # Sets of methods are put out in the order of their hashes.
    environment |= {"PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]), "PYTHONHASHSEED": "0"}
    command = [sys.executable, str(Path(__file__).with_name("tutorial_walk.py")), kind, str(folder)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    seen: list[Any] = json.loads(done.stdout)
    return seen


def test_clients_of_the_tutorials_program_see_the_same(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("some text in a file\n")

    expected, seen = walk("stock", tmp_path), walk("settings", tmp_path)

    for step in seen:
        if step[0] in {"GET /unicorns/crash", "GET /broken"}:
            # Middleware sees the answer to an exception here; in FastAPI it is made outside of all middleware.
            assert step[2].pop("x-process-time") == "measured"
            assert step[2].pop("vary") == "Origin"
    assert len(seen) > 70
    for ours, theirs in zip(seen, expected, strict=True):
        assert ours == theirs
