"""``class Api`` of a model holds for every schema made of it, and for what a router lets be asked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from tests.contract.faces.support import Client, Registry, tables_of
from tests.fixtures.databases import default_database, sqlite_file

from fastjango.db import models
from fastjango.schemas import ModelSchema, Partial
from fastjango.services import crud_router

registry = Registry()


class Ware(models.Model):
    title = models.CharField(max_length=20)
    cost = models.IntegerField(default=0)
    pin = models.CharField(max_length=4, blank=True)
    rank = models.IntegerField(default=1)
    password = models.CharField(max_length=9, blank=True)

    class Api:
        exclude = ("cost",)
        write_only = ("pin",)
        read_only = ("rank",)

    class Meta:
        apps = registry
        app_label = "face_api"


class Mark(models.Model):
    name = models.CharField(max_length=9)

    class Api:
        read_only = ("goods",)

    class Meta:
        apps = registry
        app_label = "face_api"


class Goods(models.Model):
    title = models.CharField(max_length=20)
    marks = models.ManyToManyField(Mark, related_name="goods")
    free = models.ManyToManyField(Mark, related_name="free_goods", blank=True)
    fixed = models.ManyToManyField(Mark, related_name="+", editable=False)

    class Api:
        read_only = ("marks",)

    class Meta:
        apps = registry
        app_label = "face_api"


class GoodsOut(ModelSchema):
    class Meta:
        model = Goods


class MarkOut(ModelSchema):
    class Meta:
        model = Mark
        fields = ["name", "goods", "free_goods"]


class WareOut(ModelSchema):
    class Meta:
        model = Ware


class Slip(ModelSchema):
    class Meta:
        model = Ware
        fields = ["id", "title"]


@pytest.fixture(autouse=True)
def tables(tmp_path: Path) -> Iterator[None]:
    with default_database(sqlite_file(tmp_path / "db.sqlite3")), tables_of(registry):
        yield


def test_schemas_leave_out_what_the_model_leaves_out_unless_it_is_named() -> None:
    assert list(WareOut.model_fields) == ["id", "title", "rank"]
    assert list(Ware.schema(mode="output").model_fields) == ["id", "title", "rank"]
    assert list(Ware.schema(mode="input").model_fields) == ["title", "pin", "password"]
    assert list(Ware.schema(fields=["title", "cost", "pin"]).model_fields) == ["title", "cost", "pin"]


def test_what_is_read_only_is_shown_and_never_set() -> None:
    ware = Ware.objects.create(title="a")

    Partial[WareOut](title="b", rank=9).update(ware)

    ware.refresh_from_db()
    assert (ware.title, ware.rank) == ("b", 1)
    properties: dict[str, Any] = WareOut.model_json_schema(mode="validation")["properties"]
    assert properties["rank"]["readOnly"] is True


def test_a_relation_to_many_that_is_read_only_is_shown_and_never_set() -> None:
    mark, other = Mark.objects.create(name="a"), Mark.objects.create(name="b")
    goods = Goods.objects.create(title="x")
    goods.marks.add(mark)

    GoodsOut(title="y", marks=[other.pk], free=[other.pk], fixed=[other.pk]).update(goods)

    assert GoodsOut.model_validate(goods).model_dump(exclude={"id"}) == {
        **{"title": "y", "marks": [mark.pk], "free": [other.pk], "fixed": []}
    }
    properties: dict[str, Any] = GoodsOut.model_json_schema(mode="validation")["properties"]
    assert [name for name, said in properties.items() if said.get("readOnly")] == ["id", "marks", "fixed"]


def test_the_other_side_of_a_relation_is_read_only_too() -> None:
    mark = Mark.objects.create(name="a")
    goods = Goods.objects.create(title="x")

    MarkOut(name="b", goods=[goods.pk], free_goods=[goods.pk]).update(mark)

    assert not Goods.objects.filter(marks=mark).exists()
    assert Goods.objects.get(free=mark) == goods


def test_a_router_does_not_set_a_relation_to_many_that_is_read_only() -> None:
    mark = Mark.objects.create(name="a")
    app = FastAPI()
    app.include_router(crud_router(Goods, schema=GoodsOut), prefix="/goods")
    client = Client(app)

    made = client.post("/goods", json={"title": "x", "marks": [mark.pk], "free": [mark.pk]})

    assert made.status_code == 201, made.text
    assert (made.json()["marks"], made.json()["free"]) == ([], [mark.pk])


@pytest.mark.parametrize(
    ("schema", "shown"), [(None, {"id", "title", "rank"}), (Slip, {"id", "title"})], ids=["default", "named"]
)
def test_a_router_filters_and_orders_by_what_it_puts_out(schema: Any, shown: set[str]) -> None:
    app = FastAPI()
    app.include_router(crud_router(Ware, schema=schema), prefix="/wares")
    client = Client(app)
    made = client.post("/wares", json={"title": "a", "cost": 7, "pin": "1234", "rank": 5})

    asked = client.get("/openapi.json").json()["paths"]["/wares"]["get"]["parameters"]
    assert made.status_code == 201 and set(made.json()) == shown
    assert {parameter["name"] for parameter in asked} == {"page", "page_size", "order_by"} | shown
    assert client.get("/wares?order_by=cost").status_code == 422
    ware = Ware.objects.get()
    assert (ware.cost, ware.pin, ware.rank) == (0, "1234", 1)
