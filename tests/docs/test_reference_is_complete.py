"""Error codes, settings and commands are documented; changelog fragments are well-formed."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KINDS = {"added", "changed", "fixed", "removed", "deprecated"}


def codes_in_use() -> Iterator[tuple[str, str]]:
    """Yield each ``code=`` that is given to ``fix(...)``, with its file."""
    for path in (ROOT / "src").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if "fix(" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "fix":
                for keyword in node.keywords:
                    if keyword.arg == "code" and isinstance(keyword.value, ast.Constant):
                        yield str(keyword.value.value), str(path.relative_to(ROOT))


def test_every_error_code_has_an_entry_and_every_entry_a_code() -> None:
    used = dict(codes_in_use())
    lines = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8").splitlines()
    entries = {line.removeprefix("## ") for line in lines if line.startswith("## ")}

    assert {code: path for code, path in used.items() if code not in entries} == {}
    assert sorted(entries - set(used)) == []


def test_generated_pages_say_what_the_code_says() -> None:
    done = subprocess.run(
        [sys.executable, "tools/reference.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_changelog_fragments_have_a_kind_and_a_text() -> None:
    for path in (ROOT / "changelog.d").glob("*"):
        name, _, kind = path.stem.rpartition(".")
        assert name, path.name
        assert path.suffix == ".md", path.name
        assert kind in KINDS, path.name
        assert path.read_text(encoding="utf-8").strip(), path.name
