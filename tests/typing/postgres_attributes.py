"""What a type checker infers of the fields of contrib.postgres; checked by mypy and pyright, never run."""

from __future__ import annotations

import datetime as dt
import decimal
from typing import assert_type

from psycopg.types.range import Range

from fastjango.contrib.postgres.fields import (
    ArrayField,
    DateRangeField,
    DecimalRangeField,
    HStoreField,
    IntegerRangeField,
)
from fastjango.db import models


class Room(models.Model):
    tags = ArrayField(models.CharField(max_length=20))
    numbers = ArrayField(models.IntegerField(null=True), null=True)
    board = ArrayField(ArrayField(models.IntegerField()))
    extras = HStoreField()
    beds = IntegerRangeField()
    price = DecimalRangeField(default_bounds="[]")
    nights = DateRangeField(null=True)


def lists_have_the_type_of_their_items(room: Room) -> None:
    """Also where an item or the list may be None, and in several dimensions."""
    assert_type(room.tags, list[str])
    assert_type(room.numbers, list[int | None] | None)
    assert_type(room.board, list[list[int]])


def maps_and_ranges_have_theirs(room: Room) -> None:
    """A range is that of its bounds."""
    assert_type(room.extras, dict[str, str | None])
    assert_type(room.beds, Range[int])
    assert_type(room.price, Range[decimal.Decimal])
    assert_type(room.nights, Range[dt.date] | None)


def pairs_and_lists_may_be_assigned(room: Room) -> None:
    """As the constructor takes them."""
    room.tags = ["a"]
    room.beds = (1, None)
    room.extras = {"a": 1}
