"""Objects of a session that Django saves, deletes and refreshes: nothing is written twice, nothing is forgotten."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event, inspect, select
from tests.contract.faces.support import Registry, tables_of

from fastjango.db import connection, models, transaction
from fastjango.db.models.signals import post_delete, post_save
from fastjango.db.sqlalchemy import session
from fastjango.db.transaction import TransactionManagementError
from fastjango.forms.models import model_to_dict, modelform_factory

registry = Registry()


class House(models.Model):
    street = models.CharField(max_length=20)
    number = models.IntegerField(default=1)
    changed = models.DateTimeField(auto_now=True)
    rooms: Any

    class Meta:
        apps = registry
        app_label = "face_crossing"


class Room(models.Model):
    name = models.CharField(max_length=20)
    house = models.ForeignKey(House, models.CASCADE, related_name="rooms")
    house_id: Any

    class Meta:
        apps = registry
        app_label = "face_crossing"


class Villa(House):
    pool = models.BooleanField(default=False)

    class Meta:
        apps = registry
        app_label = "face_crossing"


class Street(models.Model):
    name = models.CharField(max_length=20)
    houses = models.ManyToManyField(House, related_name="streets", blank=True)

    class Meta:
        apps = registry
        app_label = "face_crossing"


@pytest.fixture(autouse=True)
def tables(any_database: Any) -> Iterator[None]:
    with tables_of(registry), warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


@pytest.fixture
def written(any_database: Any) -> Iterator[list[str]]:
    """The statements that sessions send and that write."""
    found: list[str] = []

    def before(conn: Any, cursor: Any, statement: str, *args: Any) -> None:
        if not statement.startswith(("SELECT", "BEGIN")):
            found.append(statement)

    inspect(House)
    event.listen(connection.engine, "before_cursor_execute", before)
    yield found
    event.remove(connection.engine, "before_cursor_execute", before)


def test_what_django_has_saved_is_not_written_again(written: list[str]) -> None:
    House.objects.create(street="a")
    with session() as db:
        found = db.scalars(select(House)).one()
        db.commit()
        found.street = "b"
        found.save()

        assert not db.dirty
        db.commit()
    assert written == []
    assert House.objects.get().street == "b"


def test_only_what_was_saved_counts_as_written() -> None:
    House.objects.create(street="a")
    with session() as db:
        found = db.scalars(select(House)).one()
        db.commit()
        found.street, found.number = "b", 7
        found.save(update_fields=["street"])

        assert House.objects.get().number == 1
        assert found in db.dirty
        db.commit()
    assert (House.objects.get().street, House.objects.get().number) == ("b", 7)


def test_a_new_object_of_a_session_that_django_saves_is_inserted_once(written: list[str]) -> None:
    with session() as db:
        house = House(street="a")
        db.add(house)
        house.save()

        assert not db.new
        db.commit()
        assert db.get(House, house.pk) is house
        house.street = "b"
        db.commit()
    assert [statement.split()[0] for statement in written] == ["UPDATE"]
    assert House.objects.get().street == "b"


def test_an_object_that_django_has_saved_is_persistent_for_the_next_session() -> None:
    with session() as db:
        house = House(street="a")
        db.add(house)
        db.expunge(house)
    house.save()
    with session() as db:
        db.add(house)
        house.street = "b"
        db.commit()

    assert House.objects.get().street == "b"


def test_a_relation_that_django_has_saved_is_not_written_again(written: list[str]) -> None:
    one, other = House.objects.create(street="a"), House.objects.create(street="b")
    Room.objects.create(name="r", house=one)
    with session() as db:
        room = db.scalars(select(Room)).one()
        target = db.get(House, other.pk)
        db.commit()
        assert target is not None
        room.house = target
        room.save()
        db.commit()

        assert room.house is target
    assert written == []
    assert Room.objects.get().house_id == other.pk


def test_what_django_has_refreshed_is_not_written_again(written: list[str]) -> None:
    House.objects.create(street="a")
    with session() as db:
        found = db.scalars(select(House)).one()
        db.commit()
        found.number = 5
        House.objects.update(street="b")
        found.refresh_from_db()
        db.commit()

        assert (found.street, found.number) == ("b", 1)
    assert written == []


def test_an_object_that_django_deletes_leaves_its_session(written: list[str]) -> None:
    House.objects.create(street="a")
    told: list[Any] = []

    def receiver(instance: Any, **kwargs: Any) -> None:
        told.append(instance)

    post_delete.connect(receiver, sender=House)
    with session() as db:
        found = db.scalars(select(House)).one()
        found.street = "b"
        db.rollback()
        found.street = "c"
        key = found.pk
        found.delete()
        post_delete.disconnect(receiver, sender=House)

        assert found not in db
        db.commit()
        assert db.get(House, key) is None
    assert (written, told, found.pk) == ([], [found], None)


def test_what_is_deleted_with_an_object_leaves_the_session_as_well() -> None:
    house = House.objects.create(street="a")
    Room.objects.create(name="r", house=house)
    told: list[Any] = []

    def receiver(instance: Any, **kwargs: Any) -> None:
        told.append(instance)

    post_delete.connect(receiver, sender=Room)
    with session() as db:
        room = db.scalars(select(Room)).one()
        found = room.house
        db.commit()
        found.delete()
        post_delete.disconnect(receiver, sender=Room)
        room.name = "changed"

        assert found not in db and room not in db
        db.commit()
    assert len(told) == 1
    assert not Room.objects.exists()


def test_a_deleted_object_may_be_saved_again() -> None:
    House.objects.create(street="a")
    with session() as db:
        found = db.scalars(select(House)).one()
        db.commit()
        found.delete()
    found.save()

    assert House.objects.get() == found


def test_inheritance_is_saved_and_deleted() -> None:
    Villa.objects.create(street="a", pool=True)
    with session() as db:
        found = db.scalars(select(Villa)).one()
        db.commit()
        found.street, found.pool = "b", False
        found.save()
        assert not db.dirty
        found.delete()
        db.commit()

    assert not House.objects.exists()


def test_django_does_not_wait_for_a_lock_of_the_session() -> None:
    House.objects.create(street="a")
    with session() as db:
        found = db.scalars(select(House)).one()
        found.street = "b"
        db.flush()
        with pytest.raises(TransactionManagementError, match="written by a session whose transaction is still open"):
            found.save()
        db.commit()
        found.save()

    assert House.objects.get().street == "b"


def test_inside_an_atomic_block_both_write_the_same_row() -> None:
    told: list[bool] = []

    def receiver(created: bool, **kwargs: Any) -> None:
        told.append(created)

    post_save.connect(receiver, sender=House)
    try:
        with transaction.atomic(), session() as db:
            house = House(street="a")
            db.add(house)
            db.flush()
            house.street = "b"
            house.save()
            house.number = 9
            db.commit()
            assert House.objects.get().number == 9
            house.delete()
            db.commit()
    finally:
        post_save.disconnect(receiver, sender=House)

    assert told == [False]
    assert not House.objects.exists()


def test_a_form_reads_and_writes_the_collections_of_an_object_of_a_session() -> None:
    first, second = House.objects.create(street="a"), House.objects.create(street="b")
    Street.objects.create(name="s").houses.add(first)
    form_class = modelform_factory(Street, fields=["name", "houses"])

    with transaction.atomic(), session() as db:
        found = db.scalars(select(Street)).one()
        assert model_to_dict(found) == {"id": found.pk, "name": "s", "houses": [first]}
        form = form_class({"name": "t", "houses": [second.pk]}, instance=found)
        assert form.is_valid(), form.errors
        form.save()
        assert [house.street for house in found.houses] == ["b"]
        db.commit()

    assert list(Street.objects.get(name="t").houses.all()) == [second]
