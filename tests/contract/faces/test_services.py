"""``ModelSchema``, ``Partial``, ``CRUDService`` and ``crud_router``: writing with schemas, over HTTP and without."""

from __future__ import annotations

import asyncio
import decimal
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from pydantic import BaseModel, ValidationError, field_validator
from tests.contract.faces.support import Client, Registry, tables_of

from fastjango.core.exceptions import FieldError, ImproperlyConfigured
from fastjango.core.exceptions import ValidationError as ModelValidationError
from fastjango.db import models
from fastjango.schemas import ModelSchema, Partial
from fastjango.services import CRUDService, crud_router

registry = Registry()


class Brand(models.Model):
    name = models.CharField(max_length=20, unique=True)

    class Meta:
        apps = registry
        app_label = "face_services"


class Word(models.Model):
    text = models.CharField(max_length=20)

    class Meta:
        apps = registry
        app_label = "face_services"


class Shoe(models.Model):
    class Size(models.IntegerChoices):
        SMALL = 38
        BIG = 45

    title = models.CharField(max_length=20, help_text="What it is called")
    price = models.DecimalField(max_digits=6, decimal_places=2, default=decimal.Decimal(1))
    size = models.IntegerField(choices=Size.choices, default=Size.SMALL)
    made = models.DateTimeField(auto_now_add=True)
    hidden = models.IntegerField(default=0, editable=False)
    password = models.CharField(max_length=20, blank=True)
    brand = models.ForeignKey(Brand, models.PROTECT, related_name="shoes")
    words = models.ManyToManyField(Word, blank=True)

    class Meta:
        apps = registry
        app_label = "face_services"


class BrandIn(ModelSchema):
    class Meta:
        model = Brand
        fields = ["name"]


class ShoeIn(ModelSchema):
    class Meta:
        model = Shoe
        fields = ["title", "price", "size", "brand", "words"]

    @field_validator("title")
    @classmethod
    def not_shouted(cls, value: str) -> str:
        if value.isupper():
            raise ValueError("no shouting")
        return value


class ShoeWithBrand(ModelSchema):
    brand: BrandIn

    class Meta:
        model = Shoe
        exclude = ["words"]


class PlainIn(BaseModel):
    title: str
    brand: int


@pytest.fixture(autouse=True)
def tables(transactional_db: None) -> Iterator[None]:
    with tables_of(registry):
        yield


@pytest.fixture
def brand() -> Any:
    return Brand.objects.create(name="b")


# ------------------------------------------------------------ schemas


def test_a_schema_says_what_the_model_says() -> None:
    schema = ShoeIn.model_json_schema()["properties"]

    assert schema["title"]["maxLength"] == 20
    assert schema["title"]["description"] == "What it is called"
    assert schema["size"]["enum"] == [38, 45]
    assert schema["size"]["default"] == 38


def test_passwords_are_put_out_only_where_they_are_named() -> None:
    assert "password" not in Shoe.schema().model_fields
    assert "password" in Shoe.schema(fields=["password"]).model_fields


def test_input_has_no_keys_and_no_stamps() -> None:
    names = set(Shoe.schema(mode="input").model_fields)

    assert names == {"title", "price", "size", "password", "brand_id", "words"}


def test_the_same_arguments_give_the_same_class() -> None:
    assert Shoe.schema(depth=1) is Shoe.schema(depth=1)
    assert Shoe.schema(depth=1) is not Shoe.schema()
    assert Shoe.schema(name="ShoeCard").__name__ == "ShoeCard"


def test_depth_nests_relations() -> None:
    schema = Shoe.schema(depth=1).model_json_schema(mode="serialization")

    assert schema["properties"]["brand"] == {"$ref": "#/$defs/BrandOut"}
    assert schema["properties"]["words"]["items"] == {"$ref": "#/$defs/WordOut"}


def test_an_unknown_name_is_refused_with_the_choices() -> None:
    with pytest.raises(FieldError, match=r"Choices are: .*title"):
        Shoe.schema(fields=["titel"])
    with pytest.raises(ImproperlyConfigured, match="needs a model"):

        class Nothing(ModelSchema):
            class Meta:
                fields = ["title"]


def test_own_validators_run() -> None:
    with pytest.raises(ValidationError, match="no shouting"):
        ShoeIn(title="LOUD", brand_id=1)


def test_a_partial_schema_sets_what_was_sent(brand: Any) -> None:
    shoe = Shoe.objects.create(title="t", brand=brand, size=45)
    patch = Partial[ShoeIn].model_validate({"title": "u"})

    patch.update(shoe)

    shoe.refresh_from_db()
    assert (shoe.title, shoe.size) == ("u", 45)
    assert Partial[ShoeIn] is Partial[ShoeIn]
    with pytest.raises(ValidationError):
        Partial[ShoeIn].model_validate({"title": None})


def test_nested_schemas_write_related_rows() -> None:
    made = ShoeWithBrand.model_validate({"title": "t", "brand": {"name": "new"}}).create()

    assert Shoe.objects.get(pk=made.pk).brand.name == "new"


def test_what_nobody_may_set_is_not_set(brand: Any) -> None:
    sent = {"id": 77, "made": "2001-01-01T00:00:00Z", "hidden": 5, "title": "t", "brand_id": brand.pk}

    made = Shoe.schema(exclude=["words"], mode="input").model_validate(sent).create()

    assert (made.pk == 77, made.made.year == 2001, made.hidden) == (False, False, 0)


# ------------------------------------------------------------ services


class ShoeService(CRUDService[Shoe, ShoeIn, Partial[ShoeIn]]):
    """Shoes."""


def test_a_service_creates_reads_changes_and_deletes(brand: Any) -> None:
    shoes = ShoeService()
    word = Word.objects.create(text="w")
    made = shoes.create(ShoeIn.model_validate({"title": "t", "brand": brand.pk, "words": [word.pk]}))

    assert shoes.get(made.pk) == made
    assert list(made.words.all()) == [word]
    assert shoes.update(made.pk, {"title": "u"}).title == "u"
    assert shoes.list(filters={"title": "u"}, order_by="-title", page=1, page_size=5) == [made]
    shoes.delete(made)
    assert shoes.count() == 0


def test_a_service_has_asynchronous_twins(brand: Any) -> None:
    async def body() -> list[str]:
        shoes = CRUDService[Shoe, PlainIn, PlainIn]()
        made = await shoes.acreate(PlainIn(title="t", brand=brand.pk))
        await shoes.aupdate(made, {"title": "u"})
        return [shoe.title for shoe in await shoes.alist()]

    assert asyncio.run(body()) == ["u"]


def test_a_service_validates(brand: Any) -> None:
    with pytest.raises(ModelValidationError):
        CRUDService(Brand).create({"name": "b"})


# ------------------------------------------------------------ routes


@pytest.fixture
def client() -> Client:
    app = FastAPI()
    app.include_router(crud_router(Shoe), prefix="/shoes")
    app.include_router(crud_router(Brand, prefix="/brands"))
    return Client(app)


def test_the_routes_of_a_model(client: Client, brand: Any) -> None:
    made = client.post("/shoes", json={"title": "t", "price": "1.5", "brand_id": brand.pk})
    pk = made.json()["id"]

    assert (made.status_code, made.json()["size"]) == (201, 38)
    assert client.get(f"/shoes/{pk}").json() == made.json()
    assert client.request("PATCH", f"/shoes/{pk}", json={"size": 45}).json()["size"] == 45
    listed = client.get("/shoes", params={"size": 45, "order_by": "-title", "page_size": 5})
    assert ([row["id"] for row in listed.json()], listed.headers["x-total-count"]) == ([pk], "1")
    assert client.get("/shoes", params={"title": "other"}).json() == []
    assert client.request("DELETE", f"/shoes/{pk}").status_code == 204
    assert client.get(f"/shoes/{pk}").status_code == 404


def test_what_is_wrong_is_said(client: Client, brand: Any) -> None:
    missing = client.post("/shoes", json={"title": "t", "brand_id": 999})
    words = client.post("/shoes", json={"title": "t", "brand_id": brand.pk, "words": [55]})
    twice = client.post("/brands", json={"name": "b"})
    client.post("/shoes", json={"title": "t", "brand_id": brand.pk})

    assert (missing.status_code, missing.json()["detail"][0]["loc"]) == (422, ["body", "brand"])
    assert (words.status_code, words.json()["detail"][0]["loc"]) == (422, ["body", "words"])
    assert (twice.status_code, twice.json()["detail"][0]["loc"]) == (422, ["body", "name"])
    assert client.request("DELETE", f"/brands/{brand.pk}").status_code == 409
    assert client.get("/shoes", params={"order_by": "nothing"}).status_code == 422
    assert client.get(f"/shoes/{10**30}").status_code == 404


def test_the_routes_are_described(client: Client) -> None:
    document = client.get("/openapi.json").json()

    assert document["paths"]["/shoes"]["get"]["operationId"].startswith("list_shoe")
    assert {"ShoeIn", "ShoeOut", "PartialShoeIn"} <= set(document["components"]["schemas"])


class NestedShoe(ModelSchema):
    brand: BrandIn

    class Meta:
        model = Shoe
        fields = ["title", "brand"]


def test_a_nested_object_of_a_partial_schema_is_partial_too(brand: Any) -> None:
    shoe = Shoe.objects.create(title="t", brand=brand)

    Partial[NestedShoe].model_validate({"brand": {}}).update(shoe)
    Partial[NestedShoe].model_validate({"brand": {"name": "new"}}).update(shoe)

    assert (Shoe.objects.get().title, Brand.objects.get().name) == ("t", "new")


def test_what_is_wrong_in_a_nested_object_says_where(brand: Any) -> None:
    with pytest.raises(ModelValidationError) as caught:
        NestedShoe.model_validate({"title": "t", "brand": {"name": brand.name}}).create()

    assert list(caught.value.message_dict) == ["brand.name"]
