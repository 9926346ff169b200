"""SQLAlchemy's ORM on models: sessions, both sides of relations, what a flush writes, statements."""

from __future__ import annotations

import asyncio
import copy
import datetime as dt
import pickle
import uuid
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import exc, func, insert, select
from sqlalchemy.orm import aliased, contains_eager, joinedload, raiseload, selectinload
from tests.contract.faces.support import Registry, tables_of

from fastjango.core.exceptions import FieldError
from fastjango.db import IntegrityError, models, transaction
from fastjango.db.models.signals import post_save
from fastjango.db.sqlalchemy import async_session, get_async_db, get_db, session
from fastjango.forms.models import model_to_dict

registry = Registry()


class Club(models.Model):
    name = models.CharField(max_length=20, unique=True)
    players: Any

    class Meta:
        apps = registry
        app_label = "face_sessions"


class Skill(models.Model):
    word = models.CharField(max_length=20)
    players: Any

    class Meta:
        apps = registry
        app_label = "face_sessions"


class Player(models.Model):
    key = models.UUIDField(primary_key=True, default=uuid.uuid4)
    name = models.CharField(max_length=20)
    level = models.IntegerField(default=3)
    note = models.CharField(max_length=20, blank=True)
    joined = models.DateTimeField(auto_now_add=True)
    changed = models.DateTimeField(auto_now=True)
    club = models.ForeignKey(Club, models.CASCADE, null=True, related_name="players")
    skills = models.ManyToManyField(Skill, related_name="players")
    club_id: Any
    badge: Any

    class Meta:
        apps = registry
        app_label = "face_sessions"


class Badge(models.Model):
    player = models.OneToOneField(Player, models.CASCADE)
    number = models.IntegerField()

    class Meta:
        apps = registry
        app_label = "face_sessions"


class Place(models.Model):
    pk = models.CompositePrimaryKey("row", "column")
    row = models.IntegerField()
    column = models.IntegerField()
    label = models.CharField(max_length=5, default="x")

    class Meta:
        apps = registry
        app_label = "face_sessions"


@pytest.fixture(autouse=True)
def tables(transactional_db: None) -> Iterator[None]:
    with tables_of(registry):
        yield


@pytest.fixture
def club() -> Any:
    found = Club.objects.create(name="c")
    for name in ("a", "b"):
        Player.objects.create(name=name, club=found)
    return found


def test_a_reverse_relation_is_a_collection_in_a_session_and_a_manager_outside(club: Any) -> None:
    with session() as db:
        found = db.scalars(select(Club)).one()
        names = [player.name for player in found.players]
        db.expunge_all()

    assert sorted(names) == ["a", "b"]
    assert sorted(player.name for player in found.players.all()) == ["a", "b"]
    assert found.players.filter(name="a").count() == 1


def test_related_names_take_part_in_joins_any_and_has(club: Any) -> None:
    with session() as db:
        joined = db.scalars(select(Club).join(Club.players).where(Player.name == "a")).all()
        some = db.scalars(select(Club).where(Club.players.any(Player.name == "b"))).all()
        has = db.scalars(select(Player).where(Player.club.has(Club.name == "c")).order_by(Player.name)).all()
        by_keys = db.execute(select(Player.name, Club.name).join(Club).order_by(Player.name)).all()

    assert joined == some == [club]
    assert [player.name for player in has] == ["a", "b"]
    assert by_keys == [("a", "c"), ("b", "c")]


def test_loader_options_work_along_every_relation(club: Any) -> None:
    Player.objects.get(name="a").skills.add(Skill.objects.create(word="s"))
    with session() as db:
        clubs = db.scalars(select(Club).options(selectinload(Club.players).selectinload(Player.skills))).all()
        players = db.scalars(select(Player).options(joinedload(Player.club)).order_by(Player.name)).all()
        rows = select(Player).join(Player.club).options(contains_eager(Player.club)).order_by(Player.name)
        eager = db.scalars(rows.execution_options(populate_existing=True)).all()

        assert [[skill.word for skill in player.skills] for player in players] == [["s"], []]
    assert {clubs[0], players[0].club, eager[1].club} == {club}


def test_raiseload_raises(club: Any) -> None:
    with session() as db:
        player = db.scalars(select(Player).options(raiseload(Player.club))).first()

        with pytest.raises(exc.InvalidRequestError):
            assert player is not None and player.club


def test_aliases_join_by_relationship(club: Any) -> None:
    other = aliased(Club)
    with session() as db:
        names = db.scalars(select(Player.name).join(other, Player.club).where(other.name == "c")).all()

    assert sorted(names) == ["a", "b"]


def test_a_flush_fills_in_what_save_would(club: Any) -> None:
    with session() as db:
        player = Player(name="n", club=club)
        db.add(player)
        db.commit()
        before = player.changed
        player.name = "m"
        db.commit()

    assert isinstance(player.key, uuid.UUID)
    assert (player.level, player.note, player.club_id) == (3, "", club.pk)
    assert isinstance(player.joined, dt.datetime)
    assert player.changed > before
    assert (player._state.adding, player._state.db) == (False, "default")


def test_objects_are_added_with_what_they_refer_to() -> None:
    with session() as db:
        db.add(Player(name="n", club=Club(name="new")))
        db.commit()

    assert Player.objects.get().club == Club.objects.get(name="new")


def test_a_collection_is_written(club: Any) -> None:
    with session() as db:
        found = db.get(Club, club.pk)
        assert found is not None
        found.players.append(Player(name="z"))
        found.players[0].skills.append(Skill(word="w"))
        db.commit()

    assert Player.objects.filter(club=club).count() == 3
    assert Skill.objects.get().players.count() == 1


def test_assigning_a_foreign_key_sets_its_column_at_once(club: Any) -> None:
    other = Club.objects.create(name="o")
    with session() as db:
        player = db.scalars(select(Player)).first()
        assert player is not None
        player.club = db.get(Club, other.pk)

        assert player.club_id == other.pk


def test_deleting_follows_on_delete(club: Any) -> None:
    with session() as db:
        db.delete(db.get(Club, club.pk))
        db.commit()

    assert not Player.objects.exists()


def test_one_to_one_has_both_sides(club: Any) -> None:
    player = Player.objects.get(name="a")
    Badge.objects.create(player=player, number=7)
    with session() as db:
        found = db.scalars(select(Player).options(joinedload(Player.badge)).where(Player.name == "a")).one()

        assert found.badge.number == 7
    assert found.badge.number == 7


def test_composite_keys() -> None:
    Place.objects.create(row=1, column=2)
    with session() as db:
        found = db.get(Place, (1, 2))
        assert found is not None
        found.label = "y"
        db.commit()

    assert Place.objects.get(pk=(1, 2)).label == "y"


def test_merge_refresh_and_expunge(club: Any) -> None:
    club.name = "merged"
    with session() as db:
        merged = db.merge(club)
        db.commit()
        Club.objects.filter(pk=club.pk).update(name="again")
        db.refresh(merged)
        db.expunge(merged)

    assert (merged.name, merged._state.adding) == ("again", False)


def test_bulk_statements_and_functions() -> None:
    with session() as db:
        db.execute(insert(Player), [{"name": "x"}, {"name": "y"}])
        db.commit()

        assert db.scalar(select(func.count()).select_from(Player).where(Player.level == 3)) == 2


def test_errors_are_those_of_the_face(club: Any) -> None:
    with session() as db, pytest.raises(exc.IntegrityError):
        db.add(Club(name="c"))
        db.flush()
    with pytest.raises(IntegrityError):
        Club.objects.create(name="c")


def test_sessions_do_not_expire_on_commit(club: Any) -> None:
    with session() as db:
        found = db.scalars(select(Club)).one()
        db.commit()

        assert found.__dict__["name"] == "c"


def test_a_session_works_inside_an_atomic_block() -> None:
    with transaction.atomic():
        Club.objects.create(name="django")
        with session() as db:
            db.add(Club(name="session"))
            db.commit()
            seen = db.scalars(select(Club.name).order_by(Club.name)).all()
        count = Club.objects.count()
        transaction.set_rollback(True)

    assert (list(seen), count) == (["django", "session"], 2)
    assert not Club.objects.exists()


def run(body: Callable[[], Awaitable[Any]]) -> Any:
    """Run *body* in an event loop of its own."""
    return asyncio.run(body())  # type: ignore[arg-type]  # a coroutine function


def test_async_sessions_work_in_one_loop_after_the_other(club: Any) -> None:
    async def body() -> list[str]:
        async with async_session() as db:
            chosen = select(Club).where(Club.name == "c").options(selectinload(Club.players))
            found = (await db.scalars(chosen)).one()
            db.add(Club(name=uuid.uuid4().hex[:10]))
            await db.commit()
            await Club.objects.filter(name="c").aupdate(name="c")
            rows = await db.scalars(select(Player.name).order_by(Player.name))
            assert len(found.players) == 2
            return list(rows)

    assert [run(body), run(body)] == [["a", "b"], ["a", "b"]]
    assert Club.objects.count() == 3


def test_an_async_session_shares_an_atomic_block() -> None:
    async def body() -> int:
        async with transaction.atomic():
            await Club.objects.acreate(name="django")
            async with async_session() as db:
                db.add(Club(name="session"))
                await db.commit()
            count = await Club.objects.acount()
            transaction.set_rollback(True)
        return count

    assert run(body) == 2
    assert not Club.objects.exists()


def test_dependencies_commit_or_roll_back() -> None:
    source = get_db()
    next(source).add(Club(name="kept"))
    with pytest.raises(StopIteration):
        next(source)
    broken = get_db()
    next(broken).add(Club(name="lost"))
    with pytest.raises(ZeroDivisionError):
        broken.throw(ZeroDivisionError)  # type: ignore[attr-defined]

    assert [club.name for club in Club.objects.all()] == ["kept"]


def test_the_async_dependency_commits() -> None:
    async def body() -> None:
        async for db in get_async_db():
            db.add(Club(name="kept"))

    run(body)

    assert Club.objects.get().name == "kept"


def test_the_statement_of_a_queryset_gives_entities(club: Any) -> None:
    chosen = Player.objects.filter(club__name="c", level__gte=3).order_by("-name")
    with session() as db:
        names = [player.name for player in db.scalars(chosen.statement)]
        limited = db.scalars(chosen.statement.where(Player.name == "a").limit(1)).one()
        rows: Any = db.execute(Club.objects.annotate(n=models.Count("players")).statement).all()
        counted = [(row[0].name, row[1]) for row in rows]
        columns = db.execute(chosen.values("name").statement).all()

    assert names == ["b", "a"]
    assert limited.name == "a"
    assert counted == [("c", 2)]
    assert [tuple(row) for row in columns] == [("b",), ("a",)]


def test_a_statement_gives_instances(club: Any) -> None:
    found = Player.objects.from_statement(select(Player).where(Player.name == "a"))

    assert [(player.name, player._state.db) for player in found] == [("a", "default")]
    assert found[0].club.name == "c"


def test_copies_and_pickles_leave_the_session_behind(club: Any) -> None:
    with session() as db:
        found = db.scalars(select(Club).options(selectinload(Club.players))).one()
        twin = copy.copy(found)
        again = pickle.loads(pickle.dumps(found))

        assert found == twin == again
        assert {found, twin, again} == {club}
        assert not {"_sa_instance_state", "players"} & set(vars(twin))
        assert model_to_dict(found) == {"id": club.pk, "name": "c"}
        twin.name = "changed"
        assert not db.dirty
    assert again.players.count() == 2


def test_django_may_save_and_refresh_what_a_session_has_loaded(club: Any) -> None:
    seen: list[str] = []

    def receiver(**kwargs: Any) -> None:
        seen.append("saved")

    post_save.connect(receiver, sender=Club)
    try:
        with session() as db:
            found = db.scalars(select(Club)).one()
            db.rollback()  # its connection is another one: no lock is kept
            found.name = "n"
            found.save()
            Club.objects.update(name="m")
            found.refresh_from_db()
            db.commit()
    finally:
        post_save.disconnect(receiver, sender=Club)

    assert (found.name, Club.objects.get().name, seen) == ("m", "m", ["saved"])


def test_a_model_has_a_table() -> None:
    assert Player.__table__.name == "face_sessions_player"
    with pytest.raises(FieldError):
        Player.objects.filter(nothing=1)
