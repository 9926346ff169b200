"""Plain SQLAlchemy classes in an app's ``models.py`` take part; Alembic sees the tables that migrations make."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.fixtures.databases import VENDORS, new_database, settings_of

ROOT = Path(__file__).resolve().parents[3]

NAME = f"fastjango_guests_tests_{os.getpid()}"

SETTINGS = """
SECRET_KEY = "x" * 50
DATABASES = {"default": DATABASE}
INSTALLED_APPS = [
    "heroes", "fastjango.contrib.admin", "fastjango.contrib.auth", "fastjango.contrib.contenttypes",
    "fastjango.contrib.messages", "fastjango.contrib.sessions",
]
MIDDLEWARE = [
    "fastjango.contrib.sessions.middleware.SessionMiddleware",
    "fastjango.contrib.auth.middleware.AuthenticationMiddleware",
    "fastjango.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [{
    "BACKEND": "fastjango.template.backends.django.DjangoTemplates",
    "APP_DIRS": True,
    "OPTIONS": {"context_processors": [
        "fastjango.template.context_processors.request",
        "fastjango.contrib.auth.context_processors.auth",
        "fastjango.contrib.messages.context_processors.messages",
    ]},
}]
ALLOWED_HOSTS = ["testserver"]
PASSWORD_HASHERS = ["fastjango.contrib.auth.hashers.MD5PasswordHasher"]
ROOT_URLCONF = "guest_urls"
STATIC_URL = "/static/"
DEFAULT_AUTO_FIELD = "fastjango.db.models.BigAutoField"
USE_TZ = False
"""

MODELS = """
import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from fastjango.db import models


class Base(DeclarativeBase):
    pass


class Team(Base):
    __tablename__ = "heroes_team"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(50), unique=True)
    founded: Mapped[datetime.datetime] = mapped_column(default=lambda: datetime.datetime(2024, 1, 1))
    heroes: Mapped[list["Hero"]] = relationship(back_populates="team")


class Hero(Base):
    __tablename__ = "heroes_hero"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(30), index=True)
    power: Mapped[float] = mapped_column(default=1.5)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("heroes_team.id"))
    team: Mapped[Team | None] = relationship(back_populates="heroes")


class Mission(models.Model):
    title = models.CharField(max_length=20, db_index=True)
    leader = models.ForeignKey(Hero, models.CASCADE, related_name="missions")
    helpers = models.ManyToManyField(Hero, related_name="helps")
    stars = models.PositiveSmallIntegerField(default=0)
    facts = models.JSONField(default=dict)

    class Meta:
        unique_together = [("title", "leader")]
"""

START = "import fastjango\nfastjango.setup()\nfrom heroes.models import Base, Hero, Mission, Team\n"


URLS = """
from fastjango.contrib import admin
from fastjango.urls import path

urlpatterns = [path("admin/", admin.site.urls)]
"""


@pytest.fixture(params=VENDORS)
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """A project with guests, migrated, once for each kind of database."""
    with guest_database(request.param) as conf:
        yield make_project(tmp_path, MODELS, conf)


@contextmanager
def guest_database(vendor: str, name: str = NAME) -> Iterator[dict[str, Any]]:
    """Give the settings of an empty database; SQLite's is a file of the project."""
    if vendor == "sqlite3":
        yield settings_of(vendor, "db.sqlite3")
        return
    with new_database(vendor, name) as conf:
        yield conf


def make_project(folder: Path, models: str, database: dict[str, Any], admin: str = "", more_settings: str = "") -> Path:
    """Write a project with one app of guests, and migrate it."""
    (folder / "heroes" / "migrations").mkdir(parents=True)
    for name in ("heroes", "heroes/migrations"):
        (folder / name / "__init__.py").touch()
    files = {
        "heroes/models.py": models,
        "heroes/admin.py": admin,
        "guest_settings.py": f"DATABASE = {database!r}\n{SETTINGS}{more_settings}",
        "guest_urls.py": URLS,
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    run(folder, "-m", "fastjango", "makemigrations", "heroes")
    run(folder, "-m", "fastjango", "migrate", "--verbosity", "0")
    return folder


def run(project: Path, *arguments: str) -> str:
    """Run Python in the project and return what it prints."""
    environment = {
        **os.environ,
        "FASTJANGO_SETTINGS_MODULE": "guest_settings",
        "PYTHONPATH": os.pathsep.join([str(project), str(ROOT / "src")]),
    }
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    return done.stdout


def test_guests_have_migrations_querysets_relations_and_schemas(project: Path) -> None:
    program = START + (
        "from sqlalchemy import select\n"
        "from fastjango.db.sqlalchemy import session\n"
        "from fastjango.rest import serializers\n"
        "from fastjango.schemas import ModelSchema\n"
        "team = Team.objects.create(name='A')\n"
        "hero = Hero.objects.create(name='H', team=team)\n"
        "mission = Mission.objects.create(title='m', leader=hero)\n"
        "assert (team.founded.year, hero.power) == (2024, 1.5)\n"
        "assert list(hero.missions.all()) == [mission] and mission.leader == hero\n"
        "assert Hero.objects.filter(team__name='A', missions__title='m').get() == hero\n"
        "with session() as db:\n"
        "    found = db.scalars(select(Hero)).one()\n"
        "    assert type(found) is Hero and found.team.name == 'A'\n"
        "    db.add(Hero(name='B', team=found.team))\n"
        "    db.commit()\n"
        "assert Hero.objects.count() == 2\n"
        "class Out(ModelSchema):\n"
        "    class Meta:\n"
        "        model = Hero\n"
        "        fields = ['name', 'team_id']\n"
        'assert Hero.objects.filter(name=\'B\').into(Out).json() == b\'[{"name":"B","team_id":1}]\'\n'
        "class HeroSerializer(serializers.ModelSerializer):\n"
        "    class Meta:\n"
        "        model = Hero\n"
        "        fields = '__all__'\n"
        "data = HeroSerializer(data={'name': 'Z', 'team': team.pk})\n"
        "assert data.is_valid(), data.errors\n"
        "assert data.save().pk == 3\n"
        "hero.delete()\n"
        "assert not Mission.objects.exists()\n"
    )

    assert "No changes detected" in run(project, "-m", "fastjango", "makemigrations", "--check")
    run(project, "-c", program)


def test_alembic_sees_no_difference_after_migrate(project: Path) -> None:
    program = START + (
        "from alembic.autogenerate import compare_metadata\n"
        "from alembic.migration import MigrationContext\n"
        "from fastjango.db import connection\n"
        "from fastjango.db.sqlalchemy import metadata\n"
        "assert metadata.tables['heroes_mission'] is Mission.__table__\n"
        "with connection.engine.connect() as db:\n"
        "    print(compare_metadata(MigrationContext.configure(db), metadata))\n"
    )

    assert run(project, "-c", program).strip() == "[]"
