"""``startproject --alembic`` writes an environment in which Alembic's own commands work on the project's models."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    run(tmp_path, "fastjango", "startproject", "mysite", "--alembic")
    return tmp_path / "mysite"


def run(folder: Path, module: str, *arguments: str) -> str:
    environment = {key: value for key, value in os.environ.items() if key != "FASTJANGO_SETTINGS_MODULE"}
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=folder,
        env={**environment, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def revision(site: Path, name: str) -> str:
    run(site, "alembic", "revision", "--autogenerate", "-m", name)
    (file,) = (site / "alembic" / "versions").glob(f"*_{name}.py")
    return file.read_text()


def test_revisions_are_made_applied_and_taken_back(site: Path) -> None:
    first = revision(site, "first")
    run(site, "alembic", "upgrade", "head")
    second = revision(site, "second")
    run(site, "alembic", "upgrade", "head")
    run(site, "alembic", "downgrade", "-1")

    assert "op.create_table('auth_user'" in first
    assert "op." not in second.split("def upgrade")[1]
    assert "(head), second" in run(site, "alembic", "history")


def test_a_migrated_database_has_nothing_to_revise(site: Path) -> None:
    run(site, "fastjango", "migrate", "--settings", "mysite.settings", "--pythonpath", ".")

    assert "op." not in revision(site, "nothing").split("def upgrade")[1]
