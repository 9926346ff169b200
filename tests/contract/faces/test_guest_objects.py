"""Guests are first-class: their own methods, enums, inheritance, keys, pages of the admin, services and schemas."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.contract.faces.test_guests import NAME, guest_database, make_project, run
from tests.fixtures.databases import VENDORS

MODELS = """
import datetime
import enum
import uuid
from decimal import Decimal

from sqlalchemy import Enum, ForeignKey, Numeric, String, Text, UniqueConstraint, func, text
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, mapped_column, relationship

from fastjango.db import models


class Base(DeclarativeBase):
    pass


class Stamped:
    made: Mapped[datetime.datetime] = mapped_column(server_default=func.now())
    changed: Mapped[datetime.datetime | None] = mapped_column(onupdate=lambda: datetime.datetime(2024, 5, 5))


class Kind(enum.Enum):
    BOLD = "b"
    SHY = "s"


class Hero(Stamped, Base):
    __tablename__ = "heroes_hero"
    id: Mapped[int] = mapped_column(primary_key=True)
    first: Mapped[str] = mapped_column(String(30))
    last: Mapped[str | None] = mapped_column(String(30))
    kind: Mapped[Kind] = mapped_column(default=Kind.SHY)
    rank: Mapped[str] = mapped_column(String(5), server_default="low")
    score: Mapped[int] = mapped_column(server_default=text("3"))
    fee: Mapped[Decimal | None] = mapped_column(Numeric(8, 2))
    # The team is declared below: classes may refer to each other in any order.
    team_id: Mapped[int | None] = mapped_column(ForeignKey("heroes_team.id"))
    team: Mapped["Team | None"] = relationship(back_populates="heroes", foreign_keys=[team_id])
    rival_id: Mapped[int | None] = mapped_column(ForeignKey("heroes_hero.id"))
    mentor_id: Mapped[int | None] = mapped_column(ForeignKey("heroes_mentor.id"))

    def greet(self, word="Hi"):
        return f"{word}, {self.full}"

    @hybrid_property
    def full(self):
        return self.first + " " + (self.last or "")

    @full.inplace.expression
    @classmethod
    def _full(cls):
        return cls.first + " " + func.coalesce(cls.last, "")

    @property
    def is_bold(self):
        return self.kind is Kind.BOLD

    @classmethod
    def named(cls, name):
        return cls.objects.filter(first=name)

    def __repr__(self):
        return f"<Hero {self.first}>"


class Team(Base):
    __tablename__ = "heroes_team"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(50), unique=True)
    captain_id: Mapped[int | None] = mapped_column(ForeignKey("heroes_hero.id", use_alter=True))
    heroes: Mapped[list[Hero]] = relationship(back_populates="team", foreign_keys=[Hero.team_id])
    captain: Mapped[Hero | None] = relationship(foreign_keys=[captain_id])

    def __str__(self):
        return self.name


class Mentor(models.Model):
    name = models.CharField(max_length=20)

    class Meta:
        db_table = "heroes_mentor"


class Mission(models.Model):
    title = models.CharField(max_length=20)
    leader = models.ForeignKey(Hero, models.CASCADE, related_name="missions")
    helpers = models.ManyToManyField(Hero, related_name="helps", blank=True)


class Seat(Base):
    __tablename__ = "heroes_seat"
    row: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    note: Mapped[str] = mapped_column(String(10), default="free")


class Card(MappedAsDataclass, Base):
    __tablename__ = "heroes_card"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid.uuid4, init=False)
    text: Mapped[str] = mapped_column(Text)
    copies: Mapped[int] = mapped_column(default=2)

    def upper(self):
        return self.text.upper()


class Ticket(Base):
    __tablename__ = "heroes_ticket"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    code: Mapped[str] = mapped_column(String(10), default=lambda: "made")


class Person(Base):
    __tablename__ = "heroes_person"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(20))
    type: Mapped[str] = mapped_column(String(10))
    __mapper_args__ = {"polymorphic_on": "type", "polymorphic_identity": "person"}

    def hello(self):
        return "person " + self.name


class Engineer(Person):
    __tablename__ = "heroes_engineer"
    id: Mapped[int] = mapped_column(ForeignKey("heroes_person.id"), primary_key=True)
    tool: Mapped[str] = mapped_column(String(20))
    __mapper_args__ = {"polymorphic_identity": "engineer"}

    def hello(self):
        return super().hello() + " with " + self.tool


class Clerk(Person):
    desk: Mapped[int | None]
    __mapper_args__ = {"polymorphic_identity": "clerk"}
"""

ADMIN = """
from fastjango.contrib import admin
from heroes.models import Card, Clerk, Engineer, Hero, Mission, Team


class HeroAdmin(admin.ModelAdmin):
    list_display = ["first", "full", "kind", "team", "is_bold"]
    list_filter = ["kind", "team"]
    search_fields = ["first", "team__name"]


admin.site.register(Hero, HeroAdmin)
admin.site.register([Card, Clerk, Engineer, Mission, Team])
"""

START = """
import fastjango
fastjango.setup()
import asyncio, datetime, json, uuid
from decimal import Decimal
from sqlalchemy import select
from fastjango.db.sqlalchemy import session
from heroes.models import Base, Card, Clerk, Engineer, Hero, Kind, Mentor, Mission, Person, Seat, Team, Ticket
"""


@pytest.fixture(scope="module", params=VENDORS)
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A project whose database is migrated, once for each kind of database."""
    with guest_database(request.param, f"{NAME}_objects") as conf:
        yield make_project(tmp_path_factory.mktemp("guests"), MODELS, conf, ADMIN)


@pytest.fixture
def project(made: Path, tmp_path: Path) -> Path:
    """A copy of the project; its tables are empty."""
    project = Path(shutil.copytree(made, tmp_path / "project"))
    if not (project / "db.sqlite3").exists():
        run(project, "-m", "fastjango", "flush", "--no-input", "--verbosity", "0")
    return project


def test_objects_of_a_queryset_are_the_classes_own(project: Path) -> None:
    program = (
        START
        + """
team = Team.objects.create(name="A")
hero = Hero.objects.create(first="Ada", last="L", kind=Kind.BOLD, team=team)
found = Hero.objects.get(full="Ada L") if False else Hero.objects.get(first="Ada")
assert isinstance(found, Hero) and type(found).__name__ == "Hero"
assert (found.greet(), found.full, found.is_bold, str(found)) == ("Hi, Ada L", "Ada L", True, "<Hero Ada>")
assert Hero.named("Ada").get() == found
assert found.kind is Kind.BOLD
assert list(Hero.objects.filter(kind=Kind.BOLD).values_list("kind", flat=True)) == [Kind.BOLD]
found.refresh_from_db()
assert (found.rank, found.score, found.changed) == ("low", 3, None) and found.made.year > 2000
found.first = "Eve"
found.save()
assert Hero.objects.get().changed == datetime.datetime(2024, 5, 5)
assert list(team.heroes.all()) == [found] and Team.objects.get(heroes__first="Eve").heroes.count() == 1
team.captain = found
team.save()
assert Team.objects.select_related("captain").get().captain.greet("Yo") == "Yo, Eve L"
assert Hero.objects.create(first="B").kind is Kind.SHY
card = Card.objects.create(text="abc")
assert (card.upper(), card.copies, type(card.id)) == ("ABC", 2, uuid.UUID)
ticket = Ticket.objects.create()
assert (type(ticket.pk), Ticket.objects.get().code) == (uuid.UUID, "made")
Ticket.objects.bulk_create([Ticket.objects.model(), Ticket.objects.model()])
assert {ticket.code for ticket in Ticket.objects.all()} == {"made"}
seat = Seat.objects.create(row=1, place=2)
assert Seat.objects.get(pk=(1, 2)).note == "free"
Seat.objects.filter(row=1).update(note="taken")
seat.delete()
assert not Seat.objects.exists()
"""
    )
    run(project, "-c", program)


def test_both_worlds_have_the_same_objects_and_rows(project: Path) -> None:
    program = (
        START
        + """
hero = Hero.objects.create(first="Ada", kind=Kind.BOLD)
mission = Mission.objects.create(title="m", leader=hero)
with session() as db:
    own = db.scalars(select(Hero)).one()
    assert type(own) is Hero and hero == own and own.pk == hero.pk and own.kind is Kind.BOLD
    assert [m.title for m in own.missions] == ["m"]
    found = db.scalars(select(Mission).join(Mission.leader).where(Hero.full == "Ada ")).one()
    assert found.leader is own
    found.helpers.append(own)
    db.add(Hero(first="New", team=Team(name="T"), missions=[Mission(title="n")]))
    db.commit()
    Mission.objects.create(title="p", leader=own)
    mission.helpers.add(own)
assert Mission.objects.filter(leader__first="Ada").count() == 2
assert Hero.objects.get(missions__title="n").team.name == "T"
assert list(Hero.objects.get(first="Ada").helps.all()) == [mission]
with session() as db:
    twin = Hero.objects.get(first="Ada")
    db.add(twin)
    twin.last = "changed"
    db.commit()
    assert db.get(Hero, twin.pk) is twin
    twin.first = "Eve"
    twin.save()
    assert not db.dirty
assert Hero.objects.get(last="changed").first == "Eve"
with session() as db:
    made = Hero.objects.model(first="Made")
    db.add(made)
    db.commit()
    assert (made.kind, made._state.adding) == (Kind.SHY, False)
assert [h.first for h in Hero.objects.from_statement(select(Hero).where(Hero.full == "Made "))] == ["Made"]
assert Hero.objects.from_statement(select(Hero)).objects()[0].greet()
with session() as db:
    assert [h.first for h in db.scalars(Hero.objects.filter(first="Made").statement)] == ["Made"]
"""
    )
    run(project, "-c", program)


def test_inheritance_has_a_model_per_class(project: Path) -> None:
    program = (
        START
        + """
Engineer.objects.create(name="E", tool="saw")
Clerk.objects.create(name="C", desk=4)
Person.objects.create(name="P")
assert Engineer.objects.get().hello() == "person E with saw"
assert [c.name for c in Clerk.objects.all()] == ["C"]
assert sorted(Person.objects.values_list("name", "type")) == [("C", "clerk"), ("E", "engineer"), ("P", "person")]
with session() as db:
    kinds = {type(p).__name__: p.name for p in db.scalars(select(Person))}
    assert kinds == {"Engineer": "E", "Clerk": "C", "Person": "P"}
    db.add(Engineer(name="F", tool="axe"))
    db.add(Clerk(name="D", desk=5))
    db.commit()
assert Engineer.objects.filter(name="F", tool="axe").exists() and Clerk.objects.filter(desk=5).exists()
Engineer.objects.get(name="F").delete()
assert Person.objects.count() == 4
"""
    )
    run(project, "-c", program)


def test_the_admin_lists_adds_changes_and_deletes(project: Path) -> None:
    program = (
        START
        + """
from fastjango.contrib.auth.models import User
from fastjango.test import Client
User.objects.create_superuser("root", password="x")
client = Client()
assert client.login(username="root", password="x")
team = Team.objects.create(name="A-Team")
def post(path, **data):
    answer = client.post(path, data)
    assert answer.status_code == 302, answer.content.decode()
post("/admin/heroes/hero/add/", first="Ada", last="", kind="b", rank="low", score="3", fee="2.50", team=team.pk,
     rival="", mentor="", made_0="2024-01-01", made_1="10:00", changed_0="", changed_1="")
hero = Hero.objects.get()
assert (hero.kind, hero.fee, hero.team) == (Kind.BOLD, Decimal("2.50"), team)
page = client.get("/admin/heroes/hero/?kind__exact=b&q=team").content.decode()
assert "Ada" in page and "A-Team" in page and ">BOLD<" in page and "1 hero" in page, page
assert "0 heros" in client.get("/admin/heroes/hero/?kind__exact=s").content.decode()
page = client.get(f"/admin/heroes/hero/{hero.pk}/change/").content.decode()
assert '<option value="b" selected>' in page
post(f"/admin/heroes/hero/{hero.pk}/change/", first="Eve", last="L", kind="s", rank="low", score="3", fee="", team="",
     rival="", mentor="", made_0="2024-01-01", made_1="10:00", changed_0="", changed_1="")
hero.refresh_from_db()
assert (hero.first, hero.kind, hero.team) == ("Eve", Kind.SHY, None)
post("/admin/heroes/mission/add/", title="m", leader=hero.pk, helpers=[hero.pk])
assert Mission.objects.get().helpers.get() == hero
for path in ("card", "clerk", "engineer", "team"):
    assert client.get(f"/admin/heroes/{path}/").status_code == 200
    assert client.get(f"/admin/heroes/{path}/add/").status_code == 200
post("/admin/heroes/clerk/add/", name="C", type="", desk="3") if False else None
post(f"/admin/heroes/hero/{hero.pk}/delete/", post="yes")
assert not Hero.objects.exists() and not Mission.objects.exists()
"""
    )
    run(project, "-c", program)


def test_forms_serializers_schemas_and_routers_work(project: Path) -> None:
    program = (
        START
        + """
from fastapi.testclient import TestClient
from fastjango import FastJango
from fastjango.forms import ModelForm
from fastjango.rest import serializers
from fastjango.schemas import ModelSchema
from fastjango.services import crud_router
team = Team.objects.create(name="A")
class HeroForm(ModelForm):
    class Meta:
        model = Hero
        fields = ["first", "kind", "team"]
form = HeroForm({"first": "Ada", "kind": "b", "team": team.pk})
assert form.is_valid(), form.errors
hero = form.save()
assert (hero.kind, hero.greet()) == (Kind.BOLD, "Hi, Ada ")
assert HeroForm(instance=hero).initial["kind"] == "b"
assert "kind" in HeroForm({"first": "x", "kind": "NO"}).errors
class HeroSerializer(serializers.ModelSerializer):
    full = serializers.CharField(read_only=True)
    class Meta:
        model = Hero
        fields = ["id", "first", "kind", "team", "full"]
assert HeroSerializer(hero).data == {"id": hero.pk, "first": "Ada", "kind": "b", "team": team.pk, "full": "Ada "}
data = HeroSerializer(data={"first": "B", "kind": "s", "team": None})
assert data.is_valid(), data.errors
assert data.save().kind is Kind.SHY
wrong = HeroSerializer(data={"first": "B", "kind": "x"})
assert not wrong.is_valid() and list(wrong.errors) == ["kind"]
class Out(ModelSchema):
    class Meta:
        model = Hero
        fields = ["first", "kind"]
assert json.loads(Hero.objects.filter(first="Ada").into(Out).json()) == [{"first": "Ada", "kind": "b"}]
assert json.loads(Out.model_validate(hero).model_dump_json()) == {"first": "Ada", "kind": "b"}
app = FastJango()
app.include_router(crud_router(Hero), prefix="/heroes")
@app.get("/own")
def own() -> list[Out]:
    with session() as db:
        return db.scalars(select(Hero).order_by(Hero.first)).all()
client = TestClient(app)
made = client.post("/heroes", json={"first": "C", "kind": "b", "team_id": team.pk})
assert made.status_code == 201, made.text
key = made.json()["id"]
assert made.json()["kind"] == "b" and Hero.objects.get(pk=key).kind is Kind.BOLD
assert client.patch(f"/heroes/{key}", json={"kind": "s"}).json()["kind"] == "s"
assert [row["first"] for row in client.get("/heroes?order_by=-first").json()] == ["C", "B", "Ada"]
assert client.delete(f"/heroes/{key}").status_code == 204
assert client.get("/own").json() == [{"first": "Ada", "kind": "b"}, {"first": "B", "kind": "s"}]
"""
    )
    run(project, "-c", program)


def test_migrations_know_every_guest_and_alembic_sees_no_difference(project: Path) -> None:
    assert "No changes detected" in run(project, "-m", "fastjango", "makemigrations", "--check")
    program = (
        START
        + """
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from fastjango.db import connection
from fastjango.db.sqlalchemy import metadata
with connection.engine.connect() as db:
    print(compare_metadata(MigrationContext.configure(db), metadata))
"""
    )
    assert run(project, "-c", program).strip() == "[]"
