"""Collections of many-to-many relations in sessions: symmetrical ones, ``through`` models, constructors."""

from __future__ import annotations

import asyncio
import datetime as dt
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import exc, select
from sqlalchemy.orm import selectinload
from tests.contract.faces.support import Registry, tables_of

from fastjango.db import models
from fastjango.db.sqlalchemy import async_session, session

registry = Registry()


class Person(models.Model):
    name = models.CharField(max_length=20)
    friends = models.ManyToManyField("self")
    follows = models.ManyToManyField("self", symmetrical=False, related_name="followers")
    peers = models.ManyToManyField("self", through="Peering")
    secrets = models.ManyToManyField("Group", related_name="+")
    followers: Any
    groups: Any
    teams: Any

    class Meta:
        apps = registry
        app_label = "face_members"


class Peering(models.Model):
    one = models.ForeignKey(Person, models.CASCADE, related_name="peerings")
    other = models.ForeignKey(Person, models.CASCADE, related_name="+")
    since = models.DateField(auto_now_add=True)

    class Meta:
        apps = registry
        app_label = "face_members"


class Group(models.Model):
    name = models.CharField(max_length=20)
    members = models.ManyToManyField(Person, through="Membership", related_name="groups")
    leaders = models.ManyToManyField(Person, through="Leadership", related_name="leads")
    membership_set: Any

    class Meta:
        apps = registry
        app_label = "face_members"


class Membership(models.Model):
    key = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person = models.ForeignKey(Person, models.CASCADE)
    group = models.ForeignKey(Group, models.CASCADE)
    role = models.CharField(max_length=10, default="guest")
    note = models.TextField()
    joined = models.DateTimeField(auto_now_add=True)

    class Meta:
        apps = registry
        app_label = "face_members"


class Leadership(models.Model):
    person = models.ForeignKey(Person, models.CASCADE)
    group = models.ForeignKey(Group, models.CASCADE)
    until = models.DateField()

    class Meta:
        apps = registry
        app_label = "face_members"


class Team(models.Model):
    name = models.CharField(max_length=20)
    fans = models.ManyToManyField(Person, related_name="teams")
    player_set: Any

    class Meta:
        apps = registry
        app_label = "face_members"


class Player(models.Model):
    name = models.CharField(max_length=20)
    team = models.ForeignKey(Team, models.CASCADE)

    class Meta:
        apps = registry
        app_label = "face_members"


@pytest.fixture(autouse=True)
def tables(transactional_db: None) -> Iterator[None]:
    with tables_of(registry):
        yield


def people(*names: str) -> list[Any]:
    return [Person.objects.create(name=name) for name in names]


def names(rows: Any) -> list[str]:
    return sorted(row.name for row in rows)


def test_a_symmetrical_member_has_a_row_in_each_direction() -> None:
    people("a", "b")
    with session() as db:
        a, b = db.scalars(select(Person).order_by(Person.name)).all()
        a.friends.append(b)
        assert names(b.friends) == ["a"]
        db.commit()

        assert (names(a.friends), names(b.friends)) == (["b"], ["a"])
    assert Person.friends.through.objects.count() == 2
    assert names(Person.objects.get(name="b").friends.all()) == ["a"]


def test_a_symmetrical_member_is_removed_in_each_direction() -> None:
    a, b, c = people("a", "b", "c")
    a.friends.add(b, c)
    with session() as db:
        found = db.scalars(select(Person).where(Person.name == "b")).one()
        found.friends = []
        db.commit()

    assert names(a.friends.all()) == ["c"]
    assert not b.friends.exists()


def test_a_person_may_be_their_own_friend_and_new_people_may_be_friends() -> None:
    with session() as db:
        a = Person(name="a")
        db.add(a)
        a.friends.append(a)
        a.friends.append(Person(name="b"))
        db.commit()

    assert names(Person.objects.get(name="a").friends.all()) == ["a", "b"]
    assert names(Person.objects.get(name="b").friends.all()) == ["a"]


def test_deleting_a_friend_deletes_both_rows_and_hidden_relations() -> None:
    a, b = people("a", "b")
    a.friends.add(b)
    a.follows.add(b)
    group = Group.objects.create(name="g")
    a.secrets.add(group)
    with session() as db:
        db.delete(db.get(Person, b.pk))
        db.delete(db.get(Group, group.pk))
        db.commit()

    assert names(Person.objects.all()) == ["a"]
    assert not (a.friends.exists() or a.follows.exists() or a.secrets.exists())


def test_followers_have_a_direction() -> None:
    a, _b = people("a", "b")
    with session() as db:
        found = db.scalars(select(Person).where(Person.name == "b")).one()
        found.followers.append(db.get_one(Person, a.pk))
        db.commit()

    assert names(a.follows.all()) == ["b"]
    assert not a.followers.exists()


def test_a_member_gets_its_row_of_a_through_model_with_defaults() -> None:
    a, _b = people("a", "b")
    Group.objects.create(name="g")
    with session() as db:
        group = db.scalars(select(Group)).one()
        group.members.append(db.get_one(Person, a.pk))
        group.members.append(Person(name="new"))
        db.commit()

        assert names(group.members) == ["a", "new"]
        assert [row.role for row in group.membership_set] == ["guest", "guest"]
    row = Membership.objects.get(person=a)
    assert (row.role, row.note, type(row.joined)) == ("guest", "", dt.datetime)


def test_the_other_side_of_a_through_model_is_written_as_well() -> None:
    a, _ = people("a", "b")
    group = Group.objects.create(name="g")
    with session() as db:
        person = db.scalars(select(Person).options(selectinload(Person.groups)).where(Person.name == "a")).one()
        found = db.scalars(select(Group).options(selectinload(Group.members))).one()
        person.groups.append(found)
        assert names(found.members) == ["a"]
        db.commit()

    assert names(group.members.all()) == ["a"]
    assert names(a.groups.all()) == ["g"]


def test_a_member_that_is_removed_loses_its_rows() -> None:
    a, b = people("a", "b")
    group = Group.objects.create(name="g")
    group.members.add(a, b)
    group.members.through.objects.create(person=a, group=group, role="twice")
    with session() as db:
        found = db.scalars(select(Group)).one()
        found.members = [db.get(Person, b.pk)]
        db.commit()
        assert names(found.members) == ["b"]

    assert names(group.members.all()) == ["b"]


def test_a_member_that_comes_and_goes_before_the_flush_leaves_nothing() -> None:
    a, _ = people("a", "b")
    Group.objects.create(name="g")
    with session() as db:
        found = db.scalars(select(Group)).one()
        person = db.get_one(Person, a.pk)
        found.members.append(person)
        found.members.remove(person)
        db.commit()

    assert not Membership.objects.exists()


def test_a_rolled_back_removal_removes_nothing() -> None:
    a, _ = people("a", "b")
    group = Group.objects.create(name="g")
    group.members.add(a)
    with session() as db:
        found = db.scalars(select(Group)).one()
        found.members.clear()
        db.rollback()
        db.add(Person(name="c"))
        db.commit()

    assert names(group.members.all()) == ["a"]


def test_a_symmetrical_through_model_gets_both_rows() -> None:
    a, b = people("a", "b")
    with session() as db:
        found = db.get(Person, a.pk)
        assert found is not None
        found.peers.append(db.get_one(Person, b.pk))
        db.commit()

    assert (names(a.peers.all()), names(b.peers.all())) == (["b"], ["a"])


def test_a_through_model_that_needs_more_says_how_to_write_it() -> None:
    a, _ = people("a", "b")
    Group.objects.create(name="g")
    with session() as db:
        found = db.scalars(select(Group)).one()
        with pytest.raises(exc.InvalidRequestError, match="Leadership needs a value for 'until'") as caught:
            found.leaders.append(db.get_one(Person, a.pk))

    assert "add Leadership(group=..., person=..., until=...) to the session" in "".join(caught.value.__notes__)


def test_deleting_an_object_with_members_deletes_their_rows_once() -> None:
    a, b = people("a", "b")
    group = Group.objects.create(name="g")
    group.members.add(a, b)
    with session() as db:
        found = db.scalars(select(Group).options(selectinload(Group.members))).one()
        db.delete(found)
        db.commit()

    assert not (Group.objects.exists() or Membership.objects.exists())
    assert Person.objects.count() == 2


def test_collections_are_given_to_the_constructor() -> None:
    with session() as db:
        team = Team(name="t", player_set=[Player(name="p")], fans=[Person(name="f")])
        db.add(team)
        db.add(Group(name="g", members=[Person(name="m")]))
        db.commit()

    assert names(Team.objects.get().player_set.all()) == ["p"]
    assert names(Team.objects.get().fans.all()) == ["f"]
    assert names(Group.objects.get().members.all()) == ["m"]


def test_a_new_object_takes_members_before_it_is_added() -> None:
    with session() as db:
        team = Team(name="t")
        team.player_set.append(Player(name="p"))
        team.fans.extend([Person(name="f"), Person(name="g")])
        assert (len(team.fans), names(team.player_set)) == (2, ["p"])
        db.add(team)
        db.commit()

    assert names(Team.objects.get().player_set.all()) == ["p"]
    assert names(Team.objects.get().fans.all()) == ["f", "g"]


def test_django_refuses_to_save_members_that_only_a_session_writes() -> None:
    team = Team(name="t", player_set=[Player(name="p")])

    with pytest.raises(TypeError, match="Direct assignment to the reverse side of a related set is prohibited"):
        team.save()
    assert not Team.objects.exists()


def test_a_wrong_name_in_the_constructor_is_refused() -> None:
    with pytest.raises(TypeError, match=r"Team\(\) got unexpected keyword arguments: 'players'"):
        Team(players=[])


def test_members_are_written_by_asynchronous_sessions() -> None:
    async def body() -> None:
        async with async_session() as db:
            a = Person(name="a", friends=[Person(name="b")])
            db.add(a)
            db.add(Group(name="g", members=[a]))
            await db.commit()
            group = (await db.scalars(select(Group).options(selectinload(Group.members)))).one()
            group.members.remove(a)
            await db.commit()

    asyncio.run(body())

    assert names(Person.objects.get(name="b").friends.all()) == ["a"]
    assert Group.objects.count() == 1
    assert not Membership.objects.exists()
