"""The faces of a model may be touched first in any order: what each of them does is the same."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies

ROOT = Path(__file__).resolve().parents[3]

PROGRAM = '''
import copy, json, pickle, sys, threading
from fastjango.conf import settings
settings.configure(DATABASES={"default": {"ENGINE": "fastjango.db.backends.sqlite3", "NAME": ":memory:"}}, USE_TZ=True)
STEPS = {}

def step(fn):
    STEPS[fn.__name__] = fn
    return fn

@step
def fastapi_first():
    """FastAPI is imported, and a route declared with it, before or after everything else."""
    from fastapi import APIRouter

    router = APIRouter()

    @router.post("/")
    def create(payload: Item) -> list[Item]: ...

    route = router.routes[0]
    assert route.body_field is not None and not route.dependant.query_params

@step
def pydantic():
    from pydantic import TypeAdapter

    adapter = TypeAdapter(Item)
    found = adapter.validate_python({"title": "p", "shelf": SHELF.pk})
    assert found.shelf_id == SHELF.pk and found._state.adding
    assert adapter.dump_python(found)["title"] == "p"

@step
def schema():
    from fastjango.schemas import ModelSchema

    class Out(ModelSchema):
        class Meta:
            model = Item

    assert json.loads(Item.objects.filter(title="first").into(Out).json())[0]["title"] == "first"

@step
def attribute():
    from sqlalchemy.orm import Session

    assert str(Item.title == "x")
    assert Item.title.field.name == "title"

@step
def select():
    from sqlalchemy import select
    from fastjango.db.sqlalchemy import session

    with session() as db:
        assert db.scalars(select(Item).where(Item.title == "first")).one().shelf.name == "s"
        assert [item.title for item in db.get(Shelf, SHELF.pk).items] == ["first"]

@step
def instance():
    from fastjango.db.sqlalchemy import session

    found = Item.objects.get(title="first")
    with session() as db:
        db.add(found)
        found.title = "first"
        db.commit()
    assert found.shelf.name == "s"

@step
def collection():
    """Members in the constructor, and of a new object, before anything is mapped or after."""
    from fastjango.db.sqlalchemy import session

    with session() as db:
        new = Shelf(name="new", items=[Item(title="one")])
        db.add(new)
        db.commit()
        assert [item.title for item in new.items] == ["one"]
        db.delete(new)
        db.commit()

@step
def copies():
    """Copies, pickles, equality and hashes of instances that are older or younger than the mapping."""
    for found in (OLD, Item.objects.get(title="first")):
        for twin in (copy.copy(found), copy.deepcopy(found), pickle.loads(pickle.dumps(found))):
            assert twin == found and hash(twin) == hash(found) and len({twin, found}) == 1
            assert "_sa_instance_state" not in vars(twin) and twin.shelf == SHELF
        assert found in Item.objects.all() and found in list(SHELF.items.all())
    assert Item(title="x") != Item(title="x")

@step
def older():
    """An instance that is older than the mapping goes through a session, and is saved afterwards."""
    from fastjango.db.sqlalchemy import session

    with session() as db:
        db.add(OLD)
        assert OLD in db and OLD.shelf.name == "s"
        OLD.title = "first"
        db.commit()
    OLD.title = "first"
    OLD.save()
    OLD.refresh_from_db()
    assert Item.objects.get(title="first") == OLD

@step
def threads():
    """Several threads touch the faces at the same time."""
    failed = []
    start = threading.Barrier(6)

    def touch(number):
        try:
            start.wait(20)
            if number % 3 == 0:
                from sqlalchemy import inspect

                assert inspect(Item).relationships.shelf is not None
            elif number % 3 == 1:
                import sqlalchemy.orm

                assert "shelf" in str(Item.shelf_id == 1)
            else:
                from pydantic import TypeAdapter

                TypeAdapter(Item).json_schema()
        except BaseException as exc:
            failed.append(repr(exc))

    running = [threading.Thread(target=touch, args=[number]) for number in range(6)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    assert not failed, failed

@step
def django():
    made = Item.objects.create(title="d", shelf=SHELF)
    made.title = "e"
    made.save()
    assert SHELF.items.get(title="e").shelf == SHELF
    assert made == Item.objects.select_related("shelf").get(pk=made.pk)
    made.delete()

if sys.argv[1] == "fastapi_first":
    import fastapi
import fastjango
fastjango.setup()
from fastjango.apps import apps
from fastjango.db import connection, models

class Shelf(models.Model):
    name = models.CharField(max_length=10)
    class Meta:
        app_label = "orders"

class Item(models.Model):
    title = models.CharField(max_length=10)
    shelf = models.ForeignKey(Shelf, models.CASCADE, related_name="items")
    class Meta:
        app_label = "orders"

quiet = [name for name in ("sqlalchemy.orm", "fastapi") if name in sys.modules and sys.argv[1] != "fastapi_first"]
assert not quiet, quiet
apps.get_model = lambda label, name=None, require_ready=True: {"shelf": Shelf, "item": Item}[name.lower()]
apps.get_models = lambda *args, **kwargs: [Shelf, Item]
with connection.schema_editor() as editor:
    editor.create_model(Shelf)
    editor.create_model(Item)
SHELF = Shelf.objects.create(name="s")
OLD = Item.objects.create(title="first", shelf=SHELF)
for name in sys.argv[1:]:
    STEPS[name]()
'''

STEPS = (
    "fastapi_first",
    "pydantic",
    "schema",
    "attribute",
    "select",
    "instance",
    "collection",
    "copies",
    "older",
    "threads",
    "django",
)
# Every step comes first once, and every pair of steps stands in both orders.
TURNS = [STEPS[place:] + STEPS[:place] for place in range(len(STEPS))]
ORDERS = [*TURNS, STEPS[::-1]]


def run(order: Sequence[str]) -> None:
    """Touch the faces in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *order], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, f"{order}: {done.stderr[-2000:]}"


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: "-".join(order[:2]))
def test_every_order_of_first_touch_works(order: tuple[str, ...]) -> None:
    run(order)


@settings(max_examples=5, deadline=None)
@given(strategies.permutations(STEPS))
def test_any_order_of_first_touch_works(order: list[str]) -> None:
    run(order)


def test_finders_of_modules_stay_where_other_threads_walk_along_them() -> None:
    """A finder that goes from ``sys.meta_path`` hides the next one from a thread that is importing something else."""
    program = PROGRAM.split("quiet = ")[0] + (
        "before = list(sys.meta_path)\n"
        "import fastapi, sqladmin, sqlalchemy.orm\n"
        "gone = [finder for finder in before if finder not in sys.meta_path]\n"
        "assert not gone, gone\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", program, "django"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )

    assert done.returncode == 0, done.stderr[-2000:]


def test_a_process_that_touches_no_face_imports_none() -> None:
    program = PROGRAM.split("quiet = ")[0] + (
        "loaded = [name for name in sys.modules if name.startswith(('fastjango.db.models.faces', 'fastjango.schemas', "
        "'fastjango.services', 'fastjango.db.sqlalchemy', 'sqlalchemy.orm', 'pydantic', 'fastapi', 'alembic'))]\n"
        "assert not loaded, loaded[:5]\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", program, "django"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )

    assert done.returncode == 0, done.stderr[-2000:]
