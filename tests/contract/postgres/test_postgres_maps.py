"""Maps of texts."""

from __future__ import annotations

from typing import Any

import pytest
from tests.contract.postgres.hotel_models import Maps

from fastjango.core.exceptions import ValidationError
from fastjango.db.models import Count, F

pytestmark = [pytest.mark.service("postgresql"), pytest.mark.usefixtures("rolled_back")]


def found(**condition: Any) -> list[int]:
    return [row.pk for row in Maps.objects.filter(**condition).order_by("pk")]


def test_a_map_comes_back_as_texts() -> None:
    made = Maps.objects.create(attributes={"colour": "red", "size": 5, "none": None, 'a"b': "\\"})

    made.refresh_from_db()

    assert made.attributes == {"colour": "red", "size": "5", "none": None, 'a"b': "\\"}


def test_keys_and_values_are_looked_up() -> None:
    red = Maps.objects.create(attributes={"colour": "red", "size": "5"})
    blue = Maps.objects.create(attributes={"colour": "blue"})

    assert found(attributes__colour="red") == [red.pk]
    assert found(attributes__colour__startswith="b") == [blue.pk]
    assert found(attributes__contains={"colour": "blue"}) == [blue.pk]
    assert found(attributes__contained_by={"colour": "blue", "x": "y"}) == [blue.pk]
    assert found(attributes__has_key="size") == [red.pk]
    assert found(attributes__has_keys=["size", "colour"]) == [red.pk]
    assert found(attributes__has_any_keys=["size", "x"]) == [red.pk]
    assert found(attributes__keys=["colour"]) == [blue.pk]
    assert found(attributes__values__contains=["5"]) == [red.pk]


def test_a_key_is_a_value_and_never_sql() -> None:
    Maps.objects.create(attributes={"colour": "red"})

    assert found(**{"attributes__x' = 'a') OR 1 = 1 OR ('d": "x"}) == []


def test_rows_are_grouped_by_a_key() -> None:
    Maps.objects.bulk_create([Maps(attributes={"c": name}) for name in ("a", "a", "b")])

    rows = Maps.objects.annotate(c=F("attributes__c")).values_list("c").annotate(n=Count("pk")).order_by("c")

    assert list(rows) == [("a", 2), ("b", 1)]


def test_values_must_be_texts() -> None:
    with pytest.raises(ValidationError, match="is not a string or null"):
        Maps(attributes={"size": 5}).clean_fields()
