"""Building, comparing, saving, refreshing and copying instances."""

from __future__ import annotations

import copy
import datetime as dt
import decimal
import pickle
import uuid
from typing import Any

import pytest
from tests.contract.models import shop_models

from fastjango.db import DatabaseError, transaction
from fastjango.db.models.signals import post_save, pre_save

# Attributes that fields add are not known to type checkers: the models are Any here.
Bundle: Any = shop_models.Bundle
Category: Any = shop_models.Category
Cheap: Any = shop_models.Cheap
Product: Any = shop_models.Product
Tag: Any = shop_models.Tag


def test_defaults_fill_what_is_not_given() -> None:
    product = Product(name="Pen")

    assert product.price == 0
    assert product.data == {}
    assert isinstance(product.key, uuid.UUID)


def test_unknown_keyword_arguments_are_named() -> None:
    with pytest.raises(TypeError, match=r"Product\(\) got unexpected keyword arguments: 'colour', 'shape'"):
        Product(colour="red", shape="round")


def test_too_many_positional_arguments_are_refused() -> None:
    with pytest.raises(IndexError, match="Number of args exceeds number of fields"):
        Tag(1, "a", "b")


def test_values_come_back_as_they_were() -> None:
    moment = dt.datetime(2024, 5, 6, 7, 8, 9, 10, tzinfo=dt.UTC)
    product = Product.objects.create(
        name="Pen",
        price=decimal.Decimal("2.50"),
        data={"a": [1, None]},
        weight=dt.timedelta(days=1, microseconds=3),
        seen=moment,
    )

    found = Product.objects.get(pk=product.pk)

    assert found.price == decimal.Decimal("2.50")
    assert str(found.price) == "2.50"
    assert found.data == {"a": [1, None]}
    assert found.weight == dt.timedelta(days=1, microseconds=3)
    assert found.seen == moment
    assert found.key == product.key


def test_instances_are_equal_by_key_and_table() -> None:
    product = Product.objects.create(name="Pen")

    assert Cheap.objects.get(pk=product.pk) == product
    assert Product() != Product()
    assert hash(product) == hash(product.pk)


def test_an_unsaved_instance_has_no_hash() -> None:
    with pytest.raises(TypeError, match="Model instances without primary key value are unhashable"):
        hash(Tag(word="a"))


def test_update_fields_writes_only_these() -> None:
    tag = Tag.objects.create(word="a")
    product = Product.objects.create(name="Pen", stock=1)
    product.name, product.stock = "Pencil", 2

    product.save(update_fields=["stock"])

    found = Product.objects.get(pk=product.pk)
    assert (found.name, found.stock) == ("Pen", 2)
    assert tag.pk is not None


def test_update_fields_must_be_columns() -> None:
    product = Product.objects.create(name="Pen")

    with pytest.raises(ValueError, match="non-concrete fields: colour"):
        product.save(update_fields=["colour"])


def test_a_forced_update_without_a_row_fails() -> None:
    with pytest.raises(DatabaseError, match=r"Forced update did not affect any rows."), transaction.atomic():
        Product(name="Pen").save(force_update=True)


def test_deferred_columns_are_loaded_at_first_access() -> None:
    Product.objects.create(name="Pen", stock=3)

    product = Product.objects.only("name").get()

    assert "stock" in product.get_deferred_fields()
    assert product.stock == 3
    assert "stock" not in product.get_deferred_fields()


def test_refresh_takes_the_values_of_the_row() -> None:
    product = Product.objects.create(name="Pen")
    Product.objects.filter(pk=product.pk).update(name="Pencil")

    product.refresh_from_db(fields=["name"])

    assert product.name == "Pencil"


def test_signals_tell_what_was_saved() -> None:
    told: list[Any] = []

    def listen(sender: Any, instance: Any, **kwargs: Any) -> None:
        told.append((sender.__name__, kwargs.get("created")))

    pre_save.connect(listen, sender=Tag)
    post_save.connect(listen, sender=Tag)
    try:
        tag = Tag.objects.create(word="a")
        tag.save()
    finally:
        pre_save.disconnect(listen, sender=Tag)
        post_save.disconnect(listen, sender=Tag)

    assert told == [("Tag", None), ("Tag", True), ("Tag", None), ("Tag", False)]


def test_copies_do_not_share_their_cache() -> None:
    category = Category.objects.create(name="Tools")
    product = Product.objects.create(name="Pen", category=category)

    twin = copy.copy(product)
    twin.category = None

    assert product.category is category


def test_the_class_refuses_to_be_pickled_with_sqlalchemy_state() -> None:
    product = Product(name="Pen")

    state = product.__reduce__()[2]

    assert "_sa_instance_state" not in state
    assert pickle.dumps(state["name"])


def test_a_child_is_two_rows_with_one_key() -> None:
    bundle = Bundle.objects.create(name="Set", pieces=3)

    assert Product.objects.get(pk=bundle.pk).name == "Set"
    assert Product.objects.get(pk=bundle.pk).bundle == bundle
    assert bundle.product_ptr_id == bundle.key


def test_choices_have_a_display() -> None:
    assert Product(size="s").get_size_display() == "Small"
    assert Product(size="?").get_size_display() == "?"
