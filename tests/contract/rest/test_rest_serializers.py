"""What serializers promise: output ready for JSON, messages by field, one reader for many objects."""

from __future__ import annotations

from typing import Any

import pytest

from fastjango.rest import serializers
from fastjango.rest.renderers import JSONRenderer


class PriceSerializer(serializers.Serializer):
    """A small serializer."""

    name = serializers.CharField(max_length=5)
    price = serializers.DecimalField(max_digits=6, decimal_places=2)
    doubled = serializers.SerializerMethodField()

    def get_doubled(self, obj: Any) -> Any:
        """Return twice the price."""
        return 2 * (obj["price"] if isinstance(obj, dict) else obj.price)


class Item:
    """Something to be serialized."""

    name = "knife"
    price = 3


def test_objects_and_mappings_read_alike() -> None:
    expected = {"name": "knife", "price": "3.00", "doubled": 6}

    assert PriceSerializer(Item()).data == expected
    assert PriceSerializer([{"name": "knife", "price": 3}, Item()], many=True).data == [expected, expected]


def test_fields_taken_away_on_the_object_stay_away() -> None:
    serializer = PriceSerializer(Item())
    del serializer.fields["price"]

    assert serializer.data == {"name": "knife", "doubled": 6}
    assert "price" in PriceSerializer(Item()).data


def test_errors_are_by_field() -> None:
    serializer = PriceSerializer(data={"name": "a knife", "price": "x"})

    assert not serializer.is_valid()
    assert serializer.errors == {
        "name": ["Ensure this field has no more than 5 characters."],
        "price": ["A valid number is required."],
    }


@pytest.mark.parametrize("value", ["a\x00b", "\ud800"])
def test_text_that_no_column_holds_is_refused(value: str) -> None:
    assert not PriceSerializer(data={"name": value, "price": 1}).is_valid()


def test_json_is_compact_and_unicode_and_refuses_nan() -> None:
    renderer = JSONRenderer()

    assert renderer.render({"a": "é", "b": [1, None]}) == '{"a":"é","b":[1,null]}'.encode()
    with pytest.raises(ValueError, match="Out of range"):
        renderer.render({"a": float("nan")})
