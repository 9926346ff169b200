"""What few querysets have is inherited by their copies, belongs to no other, and survives the ways of copying."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from fastjango.apps.registry import Apps
from fastjango.core.exceptions import ValidationError
from fastjango.db import connection, models
from fastjango.db.models.query.iterables import ModelIterable, ValuesListIterable
from fastjango.db.models.query.shape import root
from fastjango.db.models.query.state import COMMON, Rare

registry = Apps()


class Tuples(models.QuerySet["Box"]):
    _iterable_class: Any = ValuesListIterable


class Free(models.QuerySet["Box"]):
    """Makes an ordinary attribute of what stands in the rare state."""

    _fetch_mode: Any = None

    def told(self, what: Any) -> Any:
        clone = self._chain()
        clone._fetch_mode = what
        return clone


class Box(models.Model):
    name = models.CharField(max_length=20)
    number = models.IntegerField(default=0)
    price = models.DecimalField(max_digits=8, decimal_places=2, null=True)

    objects: Any = models.Manager()
    tuples: Any = Tuples.as_manager()
    free: Any = Free.as_manager()

    class Meta:
        apps = registry
        app_label = "rare_state_tests"

    def __reduce__(self) -> Any:
        # The registry of these tests is not the one that unpickling asks.
        return (str, (self.name,))


@pytest.fixture(autouse=True)
def boxes(transactional_db: None) -> Iterator[None]:
    with connection.schema_editor() as editor:
        editor.create_model(Box)
    for number in range(3):
        Box.objects.create(name=str(number), number=number, price=Decimal(number))
    yield
    with connection.schema_editor() as editor:
        editor.delete_model(Box)


def test_copies_share_what_is_rare_until_one_is_changed() -> None:
    plain = Box.objects.filter(number__gte=0)
    other = plain.using("default").values_list("name", flat=True)
    assert plain._rare is COMMON
    assert (plain._db, plain._fields, plain._iterable_class) == (None, None, ModelIterable)
    later = other.filter(number=1).order_by("name")[:5]
    assert later._rare is other._rare
    assert (later._db, later._fields, list(later)) == ("default", ("name",), ["1"])
    later._add_hints(instance=1)
    assert (other._hints, later._hints, COMMON.hints) == ({}, {"instance": 1}, {})


def test_setting_what_it_is_already_copies_nothing() -> None:
    queryset = Box.objects.all()
    queryset._for_write = False
    queryset._db = None
    assert queryset._rare is COMMON
    queryset._for_write = True
    assert queryset._rare is not COMMON
    assert COMMON.for_write is False


def test_nothing_has_changed_the_common_state() -> None:
    fresh = Rare()
    assert {name: getattr(COMMON, name) for name in Rare.__slots__} == {
        name: getattr(fresh, name) for name in Rare.__slots__
    }


def test_a_subclass_may_say_otherwise_on_its_class() -> None:
    assert Box.tuples.filter(number=1).order_by("pk")._iterable_class is ValuesListIterable
    assert [row[1] for row in Box.tuples.filter(number__lt=2).order_by("number")] == ["0", "1"]


def test_an_ordinary_attribute_of_a_subclass_is_inherited() -> None:
    told = Box.free.all().told("something")
    assert told.filter(number=1).exclude(name="x").order_by("name")[:3]._fetch_mode == "something"
    assert Box.free.all()._fetch_mode is None


@pytest.mark.parametrize("again", [copy.deepcopy, lambda queryset: queryset.all()], ids=["deepcopy", "all"])
def test_ways_of_copying_keep_it(again: Any) -> None:
    queryset = Box.objects.using("default").values("name").filter(number=2)
    found = again(queryset)
    assert (found._db, found._fields, list(found)) == ("default", ("name",), [{"name": "2"}])


def test_a_pickle_keeps_it() -> None:
    queryset = Box.objects.using("default").values_list("name", flat=True).order_by("name")
    state = pickle.loads(pickle.dumps(queryset.__getstate__()["_rare"]))
    assert (state.db, state.fields) == ("default", ("name",))


CHANGING: list[tuple[dict[str, Any], list[int]]] = [
    ({"number": 1, "name__in": ["0", "1"]}, [1]),
    ({"number": "1", "name__in": ["1"]}, [1]),
    ({"number": True, "name__in": ["1", "2", "0"]}, [1]),
    ({"number": 2, "name__in": ("2",)}, [2]),
    ({"number": 2**70, "name__in": ["2"]}, []),
    ({"number": 0, "name__in": [0, "0"]}, [0]),
    ({"number": 1, "name__in": []}, []),
    ({"number": models.F("number"), "name__in": ["0", "2"]}, [0, 2]),
]


def test_the_same_names_with_values_of_other_types() -> None:
    for _ in range(3):
        for conditions, numbers in CHANGING + CHANGING[::-1]:
            for start in (Box.objects, Box.objects.exclude(number=-1)):
                found = start.filter(**conditions).order_by("number").values_list("number", flat=True)
                assert list(found) == numbers, conditions
    assert ("number", "name__in") in root(Box).leads


@pytest.mark.parametrize(("value", "error"), [(None, ValueError), (Decimal("NaN"), ValidationError)])
def test_what_is_refused_is_refused_again(value: Any, error: type[Exception]) -> None:
    for _ in range(3):
        with pytest.raises(error):
            list(Box.objects.filter(price__gte=value))
        found = Box.objects.filter(price__gte=Decimal(2)).values_list("number", flat=True)
        assert list(found) == [2]
