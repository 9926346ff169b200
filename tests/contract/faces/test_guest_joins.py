"""Joins along a foreign key alone, where no ``relationship()`` names it: between guests, and with Django-style models."""

from __future__ import annotations

from pathlib import Path

from tests.contract.faces.test_guests import guest_database, make_project, run

MODELS = """
from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from fastjango.db import models


class Base(DeclarativeBase):
    pass


class Team(Base):
    __tablename__ = "heroes_team"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(20))


class City(models.Model):
    name = models.CharField(max_length=20)


class Hero(Base):
    __tablename__ = "heroes_hero"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(20))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("heroes_team.id"))
    city_id: Mapped[int | None] = mapped_column(ForeignKey("heroes_city.id"))


class Mission(models.Model):
    title = models.CharField(max_length=20)
    leader = models.ForeignKey(Hero, models.CASCADE)
    helpers = models.ManyToManyField(Hero, related_name="helps")
"""

PROGRAM = """
import warnings
warnings.simplefilter("error")
import fastjango
fastjango.setup()
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import select
from sqlalchemy.orm import aliased
from fastjango.db import connection
from fastjango.db.sqlalchemy import metadata, session
from heroes.models import City, Hero, Mission, Team
hero = Hero.objects.create(name="H", team=Team.objects.create(name="T"), city=City.objects.create(name="C"))
Mission.objects.create(title="m", leader=hero).helpers.add(hero)
other = aliased(Hero)
statements = [
    select(Hero).join(Team), select(Team).join(Hero),
    select(Mission).join(Hero), select(Hero).join(Mission), select(Mission).outerjoin(Hero),
    select(Hero).join(City), select(City).join(Hero),
    select(Mission).join(other).where(other.name == "H"),
    select(Team).join(Hero).join(Mission).where(Mission.title == "m"),
    select(Hero.name).join_from(Mission, Hero),
    select(Mission).join(Hero).filter_by(name="H"),
    select(Mission.__table__.join(Hero.__table__)),
    select(Mission.helpers.property.secondary.join(Hero.__table__)),
]
with session() as db:
    for statement in statements:
        assert len(db.execute(statement).all()) == 1, str(statement)
assert [table.name for table in metadata.sorted_tables if table.name == "heroes_hero"] == ["heroes_hero"]
with connection.engine.connect() as db:
    assert compare_metadata(MigrationContext.configure(db), metadata) == []
"""


def test_a_foreign_key_is_enough_to_join(tmp_path: Path) -> None:
    with guest_database("sqlite3") as conf:
        run(make_project(tmp_path, MODELS, conf), "-c", PROGRAM)
