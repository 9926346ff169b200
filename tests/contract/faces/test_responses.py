"""What a FastAPI route makes of models and querysets: columns and queries are chosen by the response model."""

from __future__ import annotations

import decimal
import json
from collections.abc import Iterator
from typing import Any, Literal

import pytest
from fastapi import APIRouter, FastAPI
from pydantic import BaseModel, ConfigDict, computed_field
from tests.contract.faces.support import Client, Registry, tables_of

from fastjango.db import connection, models
from fastjango.db.models.faces.schema_class import ModelSchema
from fastjango.test.utils import CaptureQueriesContext

registry = Registry()


class Maker(models.Model):
    name = models.CharField(max_length=20)

    class Meta:
        apps = registry
        app_label = "face_responses"


class Label(models.Model):
    word = models.CharField(max_length=20)

    class Meta:
        apps = registry
        app_label = "face_responses"


class Toy(models.Model):
    title = models.CharField(max_length=20)
    price = models.DecimalField(max_digits=6, decimal_places=2)
    made = models.DateTimeField(auto_now_add=True)
    maker = models.ForeignKey(Maker, models.CASCADE, related_name="toys")
    twin = models.ForeignKey("self", models.CASCADE, null=True, blank=True)
    labels = models.ManyToManyField(Label)
    password = models.CharField(max_length=10, blank=True)

    class Meta:
        apps = registry
        app_label = "face_responses"

    @property
    def shout(self) -> str:
        """The title, loudly."""
        return self.title.upper()


class MakerOut(ModelSchema):
    class Meta:
        model = Maker


class ToyOut(ModelSchema):
    maker: MakerOut

    class Meta:
        model = Toy
        fields = ["id", "title", "price", "maker"]


class LabelWord(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    word: str


class ToyCard(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    title: str
    labels: list[LabelWord]
    twin: ToyTitle | None


class ToyTitle(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    title: str


class MakerPage(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    name: str
    toys: list[ToyTitle]


class Shouted(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    shout: str
    maker: MakerOut


class Page(BaseModel):
    count: int
    results: list[ToyOut]


ToyCard.model_rebuild()


@pytest.fixture(autouse=True)
def tables(transactional_db: None) -> Iterator[None]:
    with tables_of(registry):
        yield


@pytest.fixture
def toys() -> list[Any]:
    maker = Maker.objects.create(name="m")
    first = Toy.objects.create(title="a", price=decimal.Decimal("1.50"), maker=maker, password="x")
    second = Toy.objects.create(title="b", price=2, maker=maker, twin=first)
    second.labels.set([Label.objects.create(word="w"), Label.objects.create(word="v")])
    return [first, second]


def queries(schema: Any, queryset: Any) -> tuple[Any, int]:
    """Return the JSON of the rows and how many queries it took."""
    with CaptureQueriesContext(connection) as context:
        written = json.loads(queryset.into(schema).json())
    return written, len(context)


def test_a_nested_object_is_joined(toys: list[Any]) -> None:
    written, count = queries(ToyOut, Toy.objects.order_by("id"))

    assert written[0] == {
        "id": toys[0].pk,
        "title": "a",
        "price": "1.50",
        "maker": {"id": toys[0].maker_id, "name": "m"},
    }
    assert count == 1


def test_parents_with_children_take_two_queries(toys: list[Any]) -> None:
    assert queries(MakerPage, Maker.objects.all()) == ([{"name": "m", "toys": [{"title": "a"}, {"title": "b"}]}], 2)


def test_lists_of_many_to_many_and_empty_relations(toys: list[Any]) -> None:
    written, count = queries(ToyCard, Toy.objects.order_by("id"))

    assert written == [
        {"title": "a", "labels": [], "twin": None},
        {"title": "b", "labels": [{"word": "w"}, {"word": "v"}], "twin": {"title": "a"}},
    ]
    assert count == 2


def test_a_property_takes_instances_with_their_relations(toys: list[Any]) -> None:
    written, count = queries(Shouted, Toy.objects.order_by("id"))

    assert [row["shout"] for row in written] == ["A", "B"]
    assert count == 1


@pytest.mark.parametrize("schema", [ToyOut, ToyCard, MakerPage, Shouted])
def test_rows_are_written_as_instances_are(schema: Any, toys: list[Any]) -> None:
    queryset: Any = Maker.objects.all() if schema is MakerPage else Toy.objects.order_by("id")

    from_instances = [schema.model_validate(instance).model_dump_json() for instance in queryset]

    assert json.loads(queryset.into(schema).json()) == [json.loads(text) for text in from_instances]
    assert [item.model_dump_json() for item in queryset.into(schema)] == from_instances


class Tagged(ModelSchema):
    """What the model does not have is the schema's default; labels by their keys."""

    kind: Literal["toy"] = "toy"

    class Meta:
        model = Toy
        fields = ["title", "labels"]


class Loud(Tagged):
    """A property: takes instances."""

    shout: str


def test_a_default_of_the_schema_needs_no_instances(toys: list[Any]) -> None:
    with CaptureQueriesContext(connection) as queries:
        rows = [row.model_dump() for row in Toy.objects.order_by("id").into(Tagged)]

    assert [(row["title"], row["kind"], len(row["labels"])) for row in rows] == [("a", "toy", 0), ("b", "toy", 2)]
    assert len(queries) == 2


def test_instances_have_the_keys_of_a_relation_prefetched(toys: list[Any]) -> None:
    with CaptureQueriesContext(connection) as queries:
        rows = [row.model_dump() for row in Toy.objects.order_by("id").into(Loud)]

    assert [(row["shout"], len(row["labels"])) for row in rows] == [("A", 0), ("B", 2)]
    assert len(queries) == 2


def test_own_validators_and_computed_fields_run(toys: list[Any]) -> None:
    class Loud(ToyTitle):
        @computed_field  # type: ignore[prop-decorator]
        @property
        def twice(self) -> str:
            return self.title * 2

    assert json.loads(Toy.objects.order_by("id").into(Loud).json())[0] == {"title": "a", "twice": "aa"}


def test_an_annotation_is_a_field(toys: list[Any]) -> None:
    class Counted(BaseModel):
        title: str
        n: int

    rows = Toy.objects.annotate(n=models.Count("labels")).order_by("id").into(Counted)

    assert [(row.title, row.n) for row in rows] == [("a", 0), ("b", 2)]


def make_app() -> Client:
    router = APIRouter()

    @router.get("/models")
    async def all_toys() -> list[Toy]:
        return Toy.objects.order_by("id")  # type: ignore[return-value]

    @router.get("/schemas", response_model=list[ToyOut])
    def listed() -> Any:
        return Toy.objects.order_by("id")

    @router.get("/page", response_model=Page)
    async def page() -> Any:
        return {"count": 2, "results": Toy.objects.order_by("id")}

    @router.get("/untyped")
    async def untyped() -> Any:
        return {"rows": Toy.objects.order_by("id"), "one": await Maker.objects.aget()}

    @router.get("/dicts", response_model=list[Toy])
    async def dicts() -> Any:
        return Toy.objects.order_by("id").values()

    @router.get("/named", response_model=Toy, response_model_include={"id", "title"})
    async def named() -> Any:
        return await Toy.objects.order_by("id").afirst()

    @router.get("/without", response_model=list[Toy], response_model_exclude={"__all__": {"title", "price"}})
    async def without() -> Any:
        return Toy.objects.order_by("id")

    @router.post("/toys", response_model=Toy)
    async def create(payload: Toy) -> Any:
        await payload.asave()
        return payload

    app = FastAPI()
    app.include_router(router)
    return Client(app)


def test_routes_return_querysets_of_models(toys: list[Any]) -> None:
    rows = make_app().get("/models").json()

    assert [sorted(row) for row in rows] == [["id", "made", "maker_id", "price", "title", "twin_id"]] * 2


def test_routes_return_querysets_by_schema_alone_and_inside_a_page(toys: list[Any]) -> None:
    client = make_app()

    rows = client.get("/schemas").json()

    assert rows[1]["maker"]["name"] == "m"
    assert client.get("/page").json() == {"count": 2, "results": rows}


def test_routes_without_a_response_model_know_instances(toys: list[Any]) -> None:
    body = make_app().get("/untyped").json()

    assert body["one"] == {"id": toys[0].maker_id, "name": "m"}
    assert "password" not in body["rows"][0]


def test_dictionaries_may_stand_for_a_model_in_a_response(toys: list[Any]) -> None:
    rows = make_app().get("/dicts").json()

    assert rows[0]["id"] == toys[0].pk
    assert "password" not in rows[0]


def test_a_model_as_a_parameter_is_the_body(toys: list[Any]) -> None:
    client = make_app()

    answer = client.post("/toys", json={"id": 99, "title": "c", "price": "3", "maker": toys[0].maker_id})

    assert (answer.status_code, answer.json()["maker_id"]) == (200, toys[0].maker_id)
    assert answer.json()["id"] != 99
    assert client.post("/toys", json={"title": "c"}).status_code == 422


def test_a_route_names_the_columns_of_a_model_that_it_puts_out(toys: list[Any]) -> None:
    client = make_app()

    assert client.get("/named").json() == {"id": toys[0].pk, "title": "a"}
    assert [sorted(row) for row in client.get("/without").json()] == [["id", "made", "maker_id", "twin_id"]] * 2
