"""Python in the documentation is Python; the README's application runs."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
BLOCK = re.compile(r"^([ ]*)```python\n(.*?)^\1```", re.DOTALL | re.MULTILINE)

REQUESTS = """
import asyncio, httpx
from bookshop import app

async def main():
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        made = await client.post("/rest/books/", json={"title": "First", "price": "3.50"})
        page = await client.get("/")
        cheap = await client.get("/api/cheap")
        openapi = await client.get("/openapi.json")
        docs = await client.get("/docs")
        print(made.status_code, page.text, cheap.json(), docs.status_code, sorted(openapi.json()["paths"]))

asyncio.run(main())
"""


def blocks(page: Path) -> list[str]:
    """Return the Python blocks of a page."""
    return [textwrap.dedent(code) for _, code in BLOCK.findall(page.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_python_blocks_compile(page: Path) -> None:
    for code in blocks(page):
        compile(code, str(page.relative_to(ROOT)), "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)


def test_the_readme_application_runs(tmp_path: Path) -> None:
    (tmp_path / "bookshop.py").write_text(blocks(ROOT / "README.md")[0], encoding="utf-8")
    (tmp_path / "requests_to_it.py").write_text(REQUESTS, encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if not name.endswith("SETTINGS_MODULE")}

    done = subprocess.run(
        [sys.executable, "requests_to_it.py"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("201 First [{"), done.stdout
    assert "'/api/cheap'" in done.stdout
    assert "'/rest/books/'" in done.stdout
