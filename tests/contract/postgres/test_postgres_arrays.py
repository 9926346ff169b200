"""Lists in columns."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from psycopg.types.range import Range
from tests.contract.postgres.hotel_models import Isolated, Lists

from fastjango.contrib.postgres.expressions import ArraySubquery
from fastjango.contrib.postgres.fields import ArrayField
from fastjango.core import checks, serializers
from fastjango.core.exceptions import ValidationError
from fastjango.db import DataError, models
from fastjango.db.models import F, Value
from fastjango.db.transaction import atomic

pytestmark = [pytest.mark.service("postgresql"), pytest.mark.usefixtures("rolled_back")]


def found(**condition: Any) -> list[int]:
    return [row.pk for row in Lists.objects.filter(**condition).order_by("pk")]


def test_a_list_comes_back_as_it_was_saved() -> None:
    moment = dt.datetime(2024, 2, 29, 12, 30, tzinfo=dt.UTC)
    values = {
        "tags": ["a", "", 'b"c', "d,e"],
        "numbers": [1, None, 2**31 - 1],
        "board": [[1, 2], [3, 4]],
        "moments": [moment],
        "documents": [{"a": [1, None]}, "text", 3],
        "periods": [Range(dt.date(2024, 1, 1), dt.date(2024, 2, 1))],
        "ids": [uuid.UUID(int=7)],
        "maps": [{"a": "1", "b": None}, {}],
    }

    made = Lists.objects.create(**values)

    fresh = Lists.objects.get(pk=made.pk)
    assert {name: getattr(fresh, name) for name in values} == values


def test_empty_and_null_are_different() -> None:
    empty, null = Lists.objects.create(numbers=[]), Lists.objects.create(numbers=None)

    assert (found(numbers=[]), found(numbers=None)) == ([empty.pk], [null.pk])
    assert (found(numbers__len=0), found(numbers__len__isnull=True)) == ([empty.pk], [null.pk])


def test_lookups_compare_sets_of_items() -> None:
    ab, bc = Lists.objects.create(tags=["a", "b"]), Lists.objects.create(tags=["b", "c"])

    assert found(tags__contains=["b"]) == [ab.pk, bc.pk]
    assert found(tags__contained_by=["a", "b", "x"]) == [ab.pk]
    assert found(tags__overlap=["c", "d"]) == [bc.pk]
    assert found(tags__in=[["a", "b"], ["x"]]) == [ab.pk]
    assert found(tags__gt=["a", "z"]) == [bc.pk]


def test_places_count_from_zero_as_in_python() -> None:
    one = Lists.objects.create(tags=["a", "b", "c"], board=[[1, 2], [3, 4]])

    assert found(tags__0="a", tags__2="c", board__1__0=3) == [one.pk]
    assert found(tags__0_2=["a", "b"]) == [one.pk]
    assert found(tags__7="a") == []


def test_expressions_slice_and_index() -> None:
    Lists.objects.create(tags=["a", "b", "c"])

    row = Lists.objects.values_list(F("tags")[1:], F("tags")[0], "tags__len").get()

    assert row == (["b", "c"], ["a"], 3)


def test_a_list_may_hold_expressions() -> None:
    one = Lists.objects.create(numbers=[5, 1], tags=["a"])

    assert found(numbers__contains=[F("pk") * 0 + 5, 1]) == [one.pk]
    assert found(tags=[Value("a")]) == [one.pk]


def test_overlap_takes_the_rows_of_a_queryset() -> None:
    one, _ = Lists.objects.create(numbers=[1, 2]), Lists.objects.create(numbers=[3])

    assert found(numbers__overlap=Lists.objects.filter(pk=one.pk).values("numbers")) == [one.pk]


def test_a_subquery_gives_one_list_in_its_order() -> None:
    Lists.objects.bulk_create([Lists(tags=[name]) for name in "bac"])

    names = ArraySubquery(Lists.objects.order_by("-tags__0").values("tags__0"))

    assert Lists.objects.annotate(names=names).values("names")[0] == {"names": ["c", "b", "a"]}


def test_an_item_that_is_too_long_is_refused_and_never_cut_off() -> None:
    with pytest.raises(DataError), atomic():
        Lists.objects.create(tags=["too long"])

    Lists.objects.create(tags=["too l"])
    assert found(tags__contains=["too long"]) == []


def test_updates_in_bulk_keep_the_types() -> None:
    rows = Lists.objects.bulk_create([Lists(tags=["a"]), Lists(tags=["b"], ids=[uuid.UUID(int=1)])])
    rows[0].tags, rows[1].tags, rows[1].ids = [], ["x", "y"], None

    Lists.objects.bulk_update(rows, ["tags", "ids"])
    Lists.objects.filter(pk=rows[0].pk).update(numbers=[1, 2])

    assert [(row.tags, row.ids, row.numbers) for row in Lists.objects.order_by("pk")] == [
        ([], None, [1, 2]),
        (["x", "y"], None, None),
    ]


def test_validation_names_the_item() -> None:
    with pytest.raises(ValidationError) as caught:
        Lists(tags=["ok", "too long"], numbers=[1, 2, 3, 4], board=[[1], [2, 3]]).clean_fields()

    messages = caught.value.message_dict
    assert messages["tags"] == [
        "Item 2 in the array did not validate: Ensure this value has at most 5 characters (it has 8)."
    ]
    assert messages["numbers"] == ["List contains 4 items, it should contain no more than 3."]
    assert messages["board"] == ["Nested arrays must have the same length."]


def test_checks_look_at_the_base_field() -> None:
    class Wrong(Isolated):
        related = ArrayField(models.ForeignKey(Lists, models.CASCADE))
        untold = ArrayField(models.DecimalField(), default=[])

    numbers = [one.id for name in ("related", "untold") for one in Wrong._meta.get_field(name).check()]
    assert numbers == ["postgres.E002", "fields.E010", "postgres.E001"]
    assert all(isinstance(one, checks.CheckMessage) for one in Wrong._meta.get_field("untold").check())


def test_a_serializer_writes_and_reads_the_items() -> None:
    moment = dt.datetime(2024, 2, 29, 12, 30, tzinfo=dt.UTC)
    made = Lists.objects.create(tags=["a"], moments=[moment], ids=[uuid.UUID(int=7)])

    field = Lists._meta.get_field("moments")
    text = field.value_to_string(made)

    assert field.to_python(text) == [moment]
    assert '"tags": "[\\"a\\"]"' in serializers.serialize("json", [made])


def test_a_new_column_takes_the_empty_list_for_old_rows(rolled_back: Any) -> None:
    made = Lists.objects.create()
    field = ArrayField(models.DateField(), default=list)
    field.set_attributes_from_name("days")
    field.model = Lists

    with rolled_back.schema_editor() as editor:
        editor.add_field(Lists, field)

    with rolled_back.cursor() as cursor:
        cursor.execute("SELECT days FROM hotel_lists WHERE id = %s", [made.pk])
        assert cursor.fetchone() == ([],)


def test_a_migration_gets_the_constructor() -> None:
    name, path, args, kwargs = Lists._meta.get_field("numbers").deconstruct()

    assert (name, path, args) == ("numbers", "fastjango.contrib.postgres.fields.ArrayField", [])
    assert (kwargs["size"], kwargs["null"], type(kwargs["base_field"])) == (3, True, models.IntegerField)
