"""Model(...): values by place and by name, whatever the fields are called and however the class was changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.schema import CreateTable
from tests.contract.models import shop_models

from fastjango.apps.registry import Apps
from fastjango.db import connection, models
from fastjango.db.execute import change
from fastjango.db.models.signals import post_init, pre_init
from fastjango.db.models.state import DEFERRED

Category: Any = shop_models.Category
Product: Any = shop_models.Product


class Isolated(models.Model):
    class Meta:
        abstract = True
        apps = Apps()
        app_label = "construct_tests"


def made(name: str, /, **members: Any) -> Any:
    """Return a model class with these members, in a registry of its own."""
    meta = type("Meta", (), {"app_label": "construct_tests", "apps": Apps()})
    return type(name, (models.Model,), {"__module__": __name__, "Meta": meta, **members})


@contextmanager
def table_of(model: Any) -> Iterator[None]:
    """A table for *model*."""
    change("default", str(CreateTable(model._meta.table).compile(dialect=connection.dialect)))
    try:
        yield
    finally:
        change("default", f'DROP TABLE "{model._meta.db_table}"')


def test_a_relation_takes_an_object_or_a_key() -> None:
    category = Category.objects.create(name="Pens")

    by_object, by_key = Product(category=category), Product(category_id=category.pk)

    assert by_object.category_id == by_key.category_id == category.pk
    assert by_object._meta.get_field("category").is_cached(by_object)
    assert by_key.category == category


def test_of_object_and_key_together_the_key_is_stored_last() -> None:
    first, second = Category.objects.create(name="Pens"), Category.objects.create(name="Ink")

    product = Product(category=first, category_id=second.pk)

    assert product.category_id == second.pk
    assert product.category == second


def test_places_and_names_can_be_mixed_but_not_said_twice() -> None:
    assert (lambda made: (made.pk, made.name, made.parent_id))(Category(3, name="Pens")) == (3, "Pens", None)
    with pytest.raises(TypeError, match=r"Category\(\) got both positional and keyword arguments for field 'name'."):
        Category(3, "Pens", name="Ink")


def test_pk_and_properties_are_names_too() -> None:
    model = made(
        "Priced",
        net=models.IntegerField(),
        gross=property(lambda self: self.net * 2, lambda self, value: setattr(self, "net", value // 2)),
    )

    priced = model(pk=5, gross=20)

    assert (priced.id, priced.net, priced.gross) == (5, 10, 20)
    with pytest.raises(TypeError, match=r"Priced\(\) got unexpected keyword arguments: 'colour'"):
        model(net=1, colour="red")


def test_deferred_values_are_not_stored() -> None:
    category = Category(name=DEFERRED, parent_id=DEFERRED, pk=1)

    assert category.get_deferred_fields() == {"name", "parent_id"}
    assert Category(parent=DEFERRED).get_deferred_fields() == {"parent_id"}


def test_functions_give_each_instance_a_default_of_its_own() -> None:
    first, second = Product(name="a"), Product(name="b")

    assert first.data is not second.data
    assert first.key != second.key
    assert Product(data=[1]).data == [1]


def test_fields_may_have_any_name() -> None:
    names = (
        "self",
        "cls",
        "args",
        "kwargs",
        "fill",
        "opts",
        "objs",
        "made",
        "now",
        "timezone",
        "slow",
        "write",
        "v0",
        "MISSING",
    )
    model = made("Odd", **{name: models.IntegerField(default=place) for place, name in enumerate(names)})
    model.add_to_class("class", models.IntegerField(default=-1))
    odd = model(**{"self": 70, "v0": 71, "class": 72})

    assert (odd.self, odd.v0, getattr(odd, "class"), odd.cls, odd.MISSING) == (70, 71, 72, 1, 13)
    with table_of(model):
        odd.save()
        model.objects.bulk_create([model(now=5), model(**{"class": 6})])
        assert list(model.objects.order_by("pk").values_list("self", "now", "class", "timezone")) == [
            (70, 8, 72, 9),
            (0, 5, -1, 9),
            (0, 8, 6, 9),
        ]


def test_a_field_that_comes_later_is_known() -> None:
    model = made("Growing", name=models.CharField(max_length=5))
    assert model(name="a").name == "a"

    model.add_to_class("size", models.IntegerField(default=3))

    assert (model(name="a").size, model(size=4).size) == (3, 4)


def test_a_property_over_a_field_is_asked() -> None:
    class Base(Isolated):
        name = models.CharField(max_length=5)

    def store(self: Any, value: str) -> None:
        self.__dict__["name"] = value.upper()

    # As people do it who normalize what is assigned.
    Base.name = property(lambda self: self.__dict__["name"], store)  # type: ignore[assignment]

    assert Base(name="a").name == "A"


def test_a_constructor_of_ones_own_calls_ours() -> None:
    class Mixin:
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            self.mixed = True
            super().__init__(*args, **kwargs)

    class Named(Isolated, Mixin):
        name = models.CharField(max_length=5)

        def __init__(self, *args: Any, shout: bool = False, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            if shout:
                self.name = self.name.upper()

    named = Named(name="a", shout=True)

    assert (named.name, named.mixed) == ("A", True)


def test_receivers_see_what_is_given_and_the_finished_object() -> None:
    seen: list[Any] = []

    def before(sender: Any, args: Any, kwargs: dict[str, Any], **more: Any) -> None:
        kwargs["name"] = kwargs["name"].title()
        seen.append(args)

    def after(sender: Any, instance: Any, **more: Any) -> None:
        seen.append(instance.name)

    pre_init.connect(before, sender=Category)
    post_init.connect(after, sender=Category)
    try:
        category = Category(name="pens")
    finally:
        pre_init.disconnect(before, sender=Category)
        post_init.disconnect(after, sender=Category)

    assert category.name == "Pens"
    assert seen == [(), "Pens"]


def test_moments_of_one_object_are_one_moment() -> None:
    model = made(
        "Stamped",
        made=models.DateTimeField(auto_now_add=True),
        changed=models.DateTimeField(auto_now=True),
        day=models.DateField(auto_now_add=True),
        price=models.DecimalField(max_digits=5, decimal_places=2, default=Decimal(1)),
    )
    with table_of(model):
        first, second = model.objects.bulk_create([model(), model()])
        alone = model.objects.create()

        assert first.made == first.changed <= second.made == second.changed
        assert alone.made == alone.changed
        assert isinstance(alone.day, dt.date)
        stored = model.objects.order_by("pk").values_list("made", "changed", "price")
        assert list(stored) == [(obj.made, obj.changed, Decimal("1.00")) for obj in (first, second, alone)]
