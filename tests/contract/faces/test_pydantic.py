"""A model as a Pydantic type: instances pass, mappings are checked, output is the columns."""

from __future__ import annotations

import datetime as dt
import decimal
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from fastjango.apps.registry import Apps
from fastjango.db import models

registry = Apps()


class Shelf(models.Model):
    name = models.CharField(max_length=10)

    class Meta:
        apps = registry
        app_label = "face_tests"


class Item(models.Model):
    class Kind(models.TextChoices):
        BOOK = "book"
        GAME = "game"

    title = models.CharField(max_length=5, help_text="What it is called")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.BOOK)
    price = models.DecimalField(max_digits=6, decimal_places=2)
    day = models.DateField(null=True, blank=True)
    shelf = models.ForeignKey(Shelf, models.CASCADE)
    password = models.CharField(max_length=10, blank=True)
    internal = models.IntegerField(default=0, editable=False)

    class Meta:
        apps = registry
        app_label = "face_tests"


adapter: TypeAdapter[Any] = TypeAdapter(Item)


def make(**changes: Any) -> Item:
    return Item(**{"title": "x", "price": decimal.Decimal("1.50"), "shelf_id": 3, **changes})


def test_an_instance_passes_as_it_is() -> None:
    item = make()

    assert adapter.validate_python(item) is item


def test_a_mapping_becomes_an_unsaved_instance() -> None:
    item = adapter.validate_python({"title": "x", "price": "2.5", "day": "2024-05-01", "shelf_id": "7"})

    assert (item.price, item.day, item.shelf_id, item.kind) == (
        decimal.Decimal("2.5"),
        dt.date(2024, 5, 1),
        7,
        "book",
    )
    assert item._state.adding


def test_output_is_the_columns_without_the_password() -> None:
    assert adapter.dump_python(make(), mode="json") == {
        "id": None,
        "title": "x",
        "kind": "book",
        "price": "1.50",
        "day": None,
        "shelf_id": 3,
        "internal": 0,
    }


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"title": "too long"}, "title"),
        ({"title": ""}, "title"),
        ({"kind": "other"}, "kind"),
        ({"price": "1.234"}, "price"),
        ({"price": "NaN"}, "price"),
        ({"shelf_id": None}, "shelf_id"),
        ({"day": "never"}, "day"),
    ],
)
def test_bad_values_are_reported_at_their_field(changes: dict[str, Any], place: str) -> None:
    with pytest.raises(ValidationError) as caught:
        adapter.validate_python({"title": "x", "price": "1", "shelf_id": 1, **changes})

    assert [error["loc"] for error in caught.value.errors()] == [(place,)]


def test_input_cannot_set_the_key_nor_what_is_not_editable() -> None:
    item = adapter.validate_python({"id": 5, "internal": 9, "title": "x", "price": "1", "shelf_id": 1})

    assert (item.id, item.internal) == (None, 0)


def test_schemas_have_a_name_and_descriptions() -> None:
    schema = TypeAdapter(list[Item]).json_schema()

    assert schema["items"] == {"$ref": "#/$defs/Item"}
    assert schema["$defs"]["Item"]["properties"]["title"]["description"] == "What it is called"
    assert schema["$defs"]["Item"]["required"] == ["title", "price", "shelf_id"]
