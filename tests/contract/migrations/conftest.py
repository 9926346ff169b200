"""A project of its own in a folder, whose commands run as processes, on each database."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.fixtures.databases import VENDORS, new_database, sqlite_file

ROOT = Path(__file__).resolve().parents[3]

SETTINGS = """
SECRET_KEY = "tests-only"
USE_TZ = True
DEFAULT_AUTO_FIELD = "fastjango.db.models.BigAutoField"
INSTALLED_APPS = {apps!r}
DATABASES = {{"default": {database!r}}}
SILENCED_SYSTEM_CHECKS = ["models.W042"]
"""


class Project:
    """A folder with settings and apps; ``manage("migrate")`` runs a command in it as a process."""

    def __init__(self, folder: Path, database: dict[str, Any]) -> None:
        self.folder = folder
        self.database = database
        self.apps: list[str] = []
        self.more_settings = ""
        self.write_settings()

    @property
    def vendor(self) -> str:
        return str(self.database["ENGINE"].rsplit(".", 1)[1])

    def write_settings(self) -> None:
        text = SETTINGS.format(apps=self.apps, database=self.database) + self.more_settings
        (self.folder / "project_settings.py").write_text(text)

    def add_app(self, name: str, models: str = "", *, migrations: bool = True) -> None:
        package = self.folder / name
        package.mkdir()
        (package / "__init__.py").touch()
        if migrations:
            (package / "migrations").mkdir()
            (package / "migrations" / "__init__.py").touch()
        self.apps.append(name)
        self.write_settings()
        self.write_models(name, models)

    def write_models(self, app: str, text: str) -> None:
        (self.folder / app / "models.py").write_text(
            "from fastjango.db import models\n\n" + textwrap.dedent(text).lstrip("\n")
        )

    def write_migration(self, app: str, name: str, body: str) -> None:
        header = "from fastjango.db import migrations, models\n\n\n"
        (self.folder / app / "migrations" / f"{name}.py").write_text(header + textwrap.dedent(body).lstrip("\n"))

    def migrations(self, app: str) -> list[str]:
        return sorted(path.stem for path in (self.folder / app / "migrations").glob("0*.py"))

    def environment(self) -> dict[str, str]:
        path = os.pathsep.join([str(ROOT / "src"), str(self.folder)])
        settings = {"FASTJANGO_SETTINGS_MODULE": "project_settings", "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
        return {**os.environ, **settings}

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "fastjango", *arguments],
            cwd=self.folder,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def manage(self, *arguments: str, ok: bool = True) -> str:
        process = self.start(*arguments)
        output, _ = process.communicate(timeout=120)
        if ok:
            assert process.returncode == 0, output
        else:
            assert process.returncode != 0, output
        return output

    def python(self, code: str) -> str:
        """Run code with the project set up; what it prints comes back."""
        text = "import fastjango\nfastjango.setup()\nfrom fastjango.db import connection\n" + textwrap.dedent(code)
        done = subprocess.run(
            [sys.executable, "-c", text],
            cwd=self.folder,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def tables(self) -> set[str]:
        return set(self.python("print(*connection.introspection.table_names())").split())


NAME = f"fastjango_migrations_{os.getpid()}"


def make_project(vendor: str, folder: Path) -> Iterator[Project]:
    """Give an empty project on an empty database of that kind."""
    if vendor == "sqlite3":
        yield Project(folder, sqlite_file(folder / "db.sqlite3"))
        return
    with new_database(vendor, NAME) as database:
        yield Project(folder, database)


@pytest.fixture(params=VENDORS)
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Project]:
    """An empty project on an empty database, once for each kind of database."""
    yield from make_project(request.param, tmp_path)


@pytest.fixture
def sqlite_project(tmp_path: Path) -> Iterator[Project]:
    """An empty project on SQLite."""
    yield from make_project("sqlite3", tmp_path)


@pytest.fixture
def mysql_project(tmp_path: Path) -> Iterator[Project]:
    """An empty project on MariaDB or MySQL."""
    yield from make_project("mysql", tmp_path)


@pytest.fixture
def postgresql_project(tmp_path: Path) -> Iterator[Project]:
    """An empty project on PostgreSQL."""
    yield from make_project("postgresql", tmp_path)
