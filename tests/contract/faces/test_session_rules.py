"""What SQLAlchemy's documentation does with a session, done with models; on each database."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import delete, event, exc, func, insert, inspect, select, update
from sqlalchemy.ext.asyncio import AsyncAttrs
from sqlalchemy.orm import aliased, joinedload, load_only, selectinload, subqueryload, undefer, with_parent
from tests.contract.faces.support import Registry, tables_of

from fastjango.db import IntegrityError, connection, models, transaction
from fastjango.db.errors import ChildTaskError
from fastjango.db.sqlalchemy import async_session, session

registry = Registry()


class Shop(AsyncAttrs, models.Model):
    name = models.CharField(max_length=20, unique=True)
    rating = models.IntegerField(default=3)
    opened = models.DateTimeField(auto_now_add=True)
    goods: Any

    class Meta:
        apps = registry
        app_label = "face_rules"


class Good(models.Model):
    name = models.CharField(max_length=20)
    price = models.DecimalField(max_digits=6, decimal_places=2, default=1)
    shop = models.ForeignKey(Shop, models.CASCADE, related_name="goods")
    shop_id: Any

    class Meta:
        apps = registry
        app_label = "face_rules"


class Toy(Good):
    age = models.IntegerField(default=3)

    class Meta:
        apps = registry
        app_label = "face_rules"


class Cheap(Good):
    class Meta:
        apps = registry
        app_label = "face_rules"
        proxy = True

    def shout(self) -> str:
        return self.name.upper()


class Part(models.Model):
    name = models.CharField(max_length=20)
    parent = models.ForeignKey("self", models.CASCADE, null=True, related_name="children")
    children: Any

    class Meta:
        apps = registry
        app_label = "face_rules"


@pytest.fixture(autouse=True)
def tables(any_database: Any) -> Iterator[None]:
    with tables_of(registry):
        yield


@pytest.fixture
def shop() -> Any:
    found = Shop.objects.create(name="s")
    for name in "abc":
        Good.objects.create(name=name, shop=found)
    return found


def names(rows: Any) -> list[str]:
    return [row.name for row in rows]


def test_an_update_of_many_rows_returns_and_reaches_what_is_loaded(shop: Any) -> None:
    if connection.vendor == "mysql":
        pytest.skip("MariaDB has no UPDATE ... RETURNING")
    with session() as db:
        loaded = db.scalars(select(Good).order_by(Good.name)).all()
        statement = update(Good).where(Good.name < "c").values(name=Good.name + "!").returning(Good)
        changed = db.scalars(statement).all()
        db.commit()

        assert sorted(names(changed)) == ["a!", "b!"]
        assert names(loaded) == ["a!", "b!", "c"]
    assert Good.objects.filter(name__endswith="!").count() == 2


def test_a_delete_of_many_rows_removes_them_from_the_session(shop: Any) -> None:
    with session() as db:
        first = db.scalars(select(Good).where(Good.name == "a")).one()
        gone = db.scalars(delete(Good).where(Good.name.in_(["a", "b"])).returning(Good.name)).all()
        db.commit()

        assert sorted(gone) == ["a", "b"]
        assert first not in db
    assert names(Good.objects.all()) == ["c"]


def test_an_insert_of_many_rows_fills_in_defaults_and_returns_objects() -> None:
    with session() as db:
        rows: list[dict[str, Any]] = [{"name": "x"}, {"name": "y", "rating": 5}]
        made = db.scalars(insert(Shop).returning(Shop, sort_by_parameter_order=True), rows).all()
        db.commit()

    assert [(row.name, row.rating, row.opened is not None) for row in made] == [("x", 3, True), ("y", 5, True)]
    assert Shop.objects.get(name="x") == made[0]


def test_update_by_key_of_many_rows(shop: Any) -> None:
    keys = list(Good.objects.order_by("name").values_list("pk", flat=True))
    with session() as db:
        db.execute(update(Good), [{"id": key, "name": f"n{place}"} for place, key in enumerate(keys)])
        db.commit()

    assert names(Good.objects.order_by("name")) == ["n0", "n1", "n2"]


def test_inheritance_over_tables_is_read_and_written(shop: Any) -> None:
    with session() as db:
        db.add(Toy(name="bear", age=2, shop=db.get(Shop, shop.pk)))
        db.commit()
        toy = db.scalars(select(Toy).join(Toy.shop).where(Toy.name == "bear", Shop.name == "s")).one()
        toy.name, toy.age = "big bear", 4
        db.commit()
        assert type(db.scalars(select(Good).where(Good.name == "big bear")).one()) is Good
        db.delete(toy)
        db.commit()

    assert Toy.objects.count() == 0
    assert Good.objects.count() == 3


def test_a_proxy_is_an_entity_of_its_own(shop: Any) -> None:
    with session() as db:
        found = db.scalars(select(Cheap).where(Cheap.name == "a")).one()
        assert (type(found), found.shout(), found.shop.name) == (Cheap, "A", "s")
        db.add(Cheap(name="new", shop=found.shop))
        db.commit()

    assert Cheap.objects.get(name="new").shout() == "NEW"


def test_relations_to_the_model_itself(shop: Any) -> None:
    with session() as db:
        db.add(Part(name="root", children=[Part(name="leaf", children=[Part(name="bud")])]))
        db.commit()
        child = aliased(Part)
        rows = db.execute(select(Part.name, child.name).join(child, Part.children).order_by(Part.name)).all()
        root = db.scalars(select(Part).where(Part.parent == None).options(selectinload(Part.children))).one()  # noqa: E711

        assert [tuple(row) for row in rows] == [("leaf", "bud"), ("root", "leaf")]
        assert names(root.children[0].children) == ["bud"]


def test_loader_options_of_columns(shop: Any) -> None:
    with session() as db:
        found = db.scalars(select(Shop).options(load_only(Shop.name))).one()
        assert "rating" not in found.__dict__
        assert found.get_deferred_fields() == {"rating", "opened"}
        assert found.rating == 3
        again = db.scalars(select(Shop).options(undefer(Shop.opened), subqueryload(Shop.goods))).one()
        assert len(again.goods) == 3
        assert names(db.scalars(select(Good).where(with_parent(again, Shop.goods)).order_by(Good.name))) == [*"abc"]


def test_refresh_of_named_attributes_and_expire(shop: Any) -> None:
    with session() as db:
        found = db.scalars(select(Shop)).one()
        db.commit()
        Shop.objects.update(name="t", rating=9)
        db.refresh(found, ["rating"])
        assert (found.name, found.rating) == ("s", 9)
        db.expire(found, ["name"])
        assert found.name == "t"
        db.refresh(found, ["goods"])
        assert len(found.goods) == 3


def test_merge_takes_new_and_loaded_objects(shop: Any) -> None:
    with session() as db:
        merged = db.merge(Shop(id=shop.pk, name="merged"))
        new = db.merge(Shop(name="new"))
        db.commit()

        assert (merged.pk, new.pk is not None) == (shop.pk, True)
    assert {row.name for row in Shop.objects.all()} == {"merged", "new"}


def test_an_expunged_object_is_djangos_again(shop: Any) -> None:
    with session() as db:
        found = db.scalars(select(Shop).options(selectinload(Shop.goods))).one()
        db.expunge(found)
        found.name = "outside"
        db.commit()

    assert inspect(found).detached
    assert Shop.objects.get().name == "s"
    assert found.goods.filter(name="a").exists()
    found.save()
    assert Shop.objects.get().name == "outside"


def test_rows_are_locked_and_read_in_parts(shop: Any) -> None:
    with session() as db:
        locked = db.scalars(select(Shop).with_for_update()).one()
        parts = list(db.scalars(select(Good).order_by(Good.name).execution_options(yield_per=2)).partitions())

        assert locked.name == "s"
        assert [names(part) for part in parts] == [["a", "b"], ["c"]]


def test_a_nested_transaction_is_taken_back_alone() -> None:
    with session() as db, db.begin():
        db.add(Shop(name="kept"))
        with pytest.raises(exc.IntegrityError), db.begin_nested():
            db.add(Shop(name="kept"))
            db.flush()
        nested = db.begin_nested()
        db.add(Shop(name="lost"))
        nested.rollback()
        db.add(Shop(name="after"))

    assert {row.name for row in Shop.objects.all()} == {"kept", "after"}


def test_errors_inside_an_atomic_block_are_those_of_the_face() -> None:
    Shop.objects.create(name="s")
    with transaction.atomic(), session() as db:
        with pytest.raises(exc.IntegrityError), db.begin_nested():
            db.add(Shop(name="s"))
            db.flush()
        with pytest.raises(IntegrityError), transaction.atomic():
            Shop.objects.create(name="s")
        db.add(Shop(name="t"))
        db.commit()

    assert Shop.objects.count() == 2


def test_a_session_that_fails_inside_an_atomic_block_leaves_it_usable() -> None:
    Shop.objects.create(name="s")
    with transaction.atomic():
        with session() as db, pytest.raises(exc.IntegrityError):
            db.add(Shop(name="s"))
            db.commit()
        Shop.objects.create(name="t")
        with session() as db:
            assert db.scalar(select(func.count()).select_from(Shop)) == 2

    assert Shop.objects.count() == 2


def test_a_block_that_fails_takes_back_what_a_session_has_committed() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        with session() as db:
            db.add(Shop(name="s"))
            db.commit()
        raise ZeroDivisionError

    assert not Shop.objects.exists()


def test_events_of_mappers_attributes_and_sessions(shop: Any) -> None:
    told: list[str] = []

    def before(mapper: Any, connection: Any, target: Any) -> None:
        target.name = target.name.strip()

    def changed(target: Any, value: Any, old: Any, initiator: Any) -> None:
        told.append(f"{old}->{value}")

    def flushed(db: Any, context: Any) -> None:
        told.append("flush")

    event.listen(Good, "before_insert", before)
    event.listen(Shop.rating, "set", changed)
    try:
        with session() as db:
            event.listen(db, "after_flush", flushed)
            found = db.get(Shop, shop.pk)
            assert found is not None
            found.rating = 8
            db.add(Good(name=" padded ", shop=found))
            db.commit()
    finally:
        event.remove(Good, "before_insert", before)
        event.remove(Shop.rating, "set", changed)

    assert told == ["3->8", "flush"]
    assert Good.objects.filter(name="padded").exists()


def test_changes_of_an_object_are_known(shop: Any) -> None:
    with session() as db:
        found = db.get(Shop, shop.pk)
        assert found is not None
        found.rating = 7

        history = inspect(found).attrs.rating.history
        assert (history.added, history.deleted) == ([7], [3])
        assert found in db.dirty
        db.rollback()
        assert found.rating == 3


def test_the_identity_map_gives_the_same_object(shop: Any) -> None:
    with session() as db:
        found = db.get(Shop, shop.pk)
        assert db.scalars(select(Shop)).one() is found
        assert db.get_one(Shop, shop.pk) is found
        assert db.get(Shop, -1) is None
        with pytest.raises(exc.NoResultFound):
            db.get_one(Shop, -1)


def run(body: Any) -> Any:
    return asyncio.run(body())


def test_an_async_session_refreshes_and_awaits_attributes(shop: Any) -> None:
    async def body() -> list[str]:
        async with async_session() as db:
            found = (await db.scalars(select(Shop))).one()
            goods = await found.awaitable_attrs.goods
            await db.refresh(found, ["rating"])
            await db.run_sync(lambda sync: sync.refresh(found))
            async with db.begin_nested():
                db.add(Good(name="d", shop=found))
            stream = await db.stream_scalars(select(Good.name).order_by(Good.name))
            rows = [name async for name in stream]
            await db.commit()
            assert len(goods) in {3, 4}
            return rows

    assert run(body) == [*"abcd"]


def test_an_async_session_says_that_a_lazy_relation_has_to_be_awaited(shop: Any) -> None:
    async def body() -> None:
        async with async_session() as db:
            good = (await db.scalars(select(Good).limit(1))).one()
            with pytest.raises(exc.MissingGreenlet):
                assert good.shop.name

    run(body)


def test_a_child_task_does_not_take_part_in_the_transaction(shop: Any) -> None:
    async def child() -> int:
        async with async_session() as db:
            return await db.scalar(select(func.count()).select_from(Shop)) or 0

    async def body() -> tuple[int, int]:
        async with transaction.atomic():
            await Shop.objects.acreate(name="inside")
            async with async_session() as db:
                inside = await db.scalar(select(func.count()).select_from(Shop)) or 0
            with pytest.raises(ChildTaskError, match="belongs to another task"):
                await asyncio.create_task(child())
            outside = await asyncio.create_task(child(), context=contextvars.Context())
            transaction.set_rollback(True)
        return inside, outside

    assert run(body) == (2, 1)


def test_loops_in_several_threads_at_once(shop: Any) -> None:
    found: list[int] = []

    async def work() -> None:
        for _ in range(5):
            async with async_session() as db:
                rows = (await db.scalars(select(Good).options(joinedload(Good.shop)))).all()
                found.append(sum(row.shop.name == "s" for row in rows))

    async def body() -> None:
        await asyncio.gather(work(), work())

    threads = [threading.Thread(target=run, args=[body]) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == [3] * 30


def test_options_of_a_session_are_kept(shop: Any) -> None:
    with session(expire_on_commit=True, autoflush=False) as db:
        found = db.get(Shop, shop.pk)
        db.add(Shop(name="unflushed"))
        assert db.scalar(select(func.count()).select_from(Shop)) == 1
        db.commit()
        assert found is not None
        assert "name" not in found.__dict__
        assert found.name == "s"
    with session.begin() as db:
        db.add(Shop(name="begun"))
    assert Shop.objects.count() == 3
