"""What a type checker infers of ``EnumField``; checked by mypy and pyright, never run."""

from __future__ import annotations

import enum
from typing import Any, assert_type

from fastjango.db import models


class Status(models.TextChoices):
    DRAFT = "draft"
    PAID = "paid"


class Size(enum.StrEnum):
    SMALL = "s"
    LARGE = "l"


class Order(models.Model):
    status = models.EnumField(Status, default=Status.DRAFT)
    before = models.EnumField(Status, null=True, type_name="before")
    size = models.EnumField(Size, "how big", db_default=Size.SMALL)
    maybe_size = models.EnumField(enum=Size, null=True)
    word = models.EnumField(values=["a", "b"], type_name="words")


def values_are_members(order: Order) -> None:
    """Of the class that the field was given; of a nullable field also None."""
    assert_type(order.status, Status)
    assert_type(order.before, Status | None)
    assert_type(order.size, Size)
    assert_type(order.maybe_size, Size | None)


def words_without_a_class_are_not_known(order: Order) -> None:
    """Migrations write fields so."""
    known: Any = order.word
    order.word = known


def members_and_texts_are_taken(order: Order) -> None:
    """None where the column may be NULL."""
    order.status = Status.PAID
    order.status = "paid"
    order.before = None
    order.maybe_size = Size.LARGE


def what_the_column_does_not_take_is_an_error(order: Order) -> None:
    """None in a column that is not nullable, a number, a member of another class."""
    order.status = None  # type: ignore[assignment]
    order.size = 3  # type: ignore[assignment]
