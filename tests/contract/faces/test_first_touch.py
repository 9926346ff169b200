"""The faces of a model may be touched first in any order: what each of them does is the same."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]

PROGRAM = '''
import json, sys
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
apps.get_models = lambda *args, **kwargs: [Shelf, Item]
with connection.schema_editor() as editor:
    editor.create_model(Shelf)
    editor.create_model(Item)
SHELF = Shelf.objects.create(name="s")
Item.objects.create(title="first", shelf=SHELF)
for name in sys.argv[1:]:
    STEPS[name]()
'''

STEPS = ("fastapi_first", "pydantic", "schema", "attribute", "select", "instance", "django")
# Every step comes first once, and every pair of steps stands in both orders.
TURNS = [STEPS[place:] + STEPS[:place] for place in range(len(STEPS))]
ORDERS = [*TURNS, STEPS[::-1]]


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: "-".join(order[:2]))
def test_every_order_of_first_touch_works(order: tuple[str, ...]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *order], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
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
