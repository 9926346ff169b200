"""Keys of expressions: what shapes the SQL is in them, user values are not."""

from __future__ import annotations

from typing import Any

import pytest

from fastjango.db.models import Case, F, Q, Value, When
from fastjango.db.models.expressions import RawSQL, RowRange, Window
from fastjango.db.models.expressions.shape import SlotCounter, Slotted, Uncacheable, constant_key
from fastjango.db.models.functions import Extract, Lower, RowNumber


def key(expression: Any) -> tuple[Any, list[Any]]:
    binds: list[Any] = []
    return expression.shape_into(binds), binds


def test_values_are_bound_and_not_part_of_the_key() -> None:
    assert key(Q(a=1, b="x")) == (key(Q(a=2, b="y"))[0], [1, "x"])


def test_none_has_a_key_of_its_own() -> None:
    assert key(Q(a=None))[0] != key(Q(a=1))[0]


def test_equal_values_of_different_types_do_not_share_a_key() -> None:
    assert len({constant_key(1), constant_key(True), constant_key("1")}) == 3
    assert key(F("a") + 1)[0] != key(F("a") + True)[0]


def test_the_value_of_isnull_shapes_the_sql() -> None:
    assert key(Q(a__isnull=True))[0] != key(Q(a__isnull=False))[0]


def test_connector_and_negation_are_in_the_key() -> None:
    trees = [Q(a=1) & Q(b=1), Q(a=1) | Q(b=1), Q(a=1) ^ Q(b=1), ~Q(a=1, b=1)]

    assert len({key(tree)[0] for tree in trees}) == 4


def test_slots_follow_the_order_of_the_binds() -> None:
    condition = Q(a=1) | ~Q(b=F("c") + 2, d=[3])

    binds = key(condition)[1]
    slotted = condition.with_slots(SlotCounter(10))

    inner = slotted.children[1]
    assert binds == [1, 2, [3]]
    assert isinstance(slotted.children[0][1], Slotted)
    assert slotted.children[0][1].slot == 10
    assert inner.children[0][1].rhs.slot == 11
    assert inner.children[1][1].slot == 12


def test_arguments_that_are_no_expressions_are_in_the_key() -> None:
    assert key(Extract("a", "year"))[0] != key(Extract("a", "month"))[0]
    assert key(Lower("a"))[0] == key(Lower("a"))[0]


def test_a_case_binds_its_values_in_order() -> None:
    case = Case(When(a=1, then=Value("x")), default=Value("y"))

    assert key(case)[1] == [1, "x", "y"]


def test_frames_are_part_of_the_key() -> None:
    first, second = (Window(RowNumber(), frame=RowRange(-n, 0)) for n in (1, 2))

    assert key(first)[0] != key(second)[0]


def test_the_text_of_raw_sql_is_in_its_key_and_its_parameters_are_bound() -> None:
    class Own(RawSQL):
        pass

    assert key(RawSQL("%s + 1", (1,))) == (key(RawSQL("%s + 1", (2,)))[0], [1])
    assert key(RawSQL("%s + 1", (1,)))[0] != key(RawSQL("%s + 2", (1,)))[0]
    with pytest.raises(Uncacheable):
        key(Own("1", ()))
