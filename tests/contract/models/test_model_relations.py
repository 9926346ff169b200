"""Foreign keys, one-to-one and many-to-many relations."""

from __future__ import annotations

from typing import Any

import pytest
from tests.contract.models import shop_models

from fastjango.db.models.signals import m2m_changed
from fastjango.db.transaction import atomic

# Attributes that fields add are not known to type checkers: the models are Any here.
Category: Any = shop_models.Category
Label: Any = shop_models.Label
Product: Any = shop_models.Product
Tag: Any = shop_models.Tag


def make_category(name: str = "Tools") -> Any:
    return Category.objects.create(name=name)


def test_assigning_an_object_stores_its_key() -> None:
    category = make_category()
    product = Product(name="Pen", category=category)

    assert product.category_id == category.pk
    assert product.category is category


def test_a_changed_key_forgets_the_object() -> None:
    first, second = make_category("A"), make_category("B")
    product = Product(name="Pen", category=first)

    product.category_id = second.pk

    assert product.category == second


def test_a_key_of_none_means_no_object() -> None:
    product = Product(name="Pen", category=make_category())

    product.category_id = None

    assert product.category is None


def test_an_object_of_another_model_is_refused() -> None:
    with pytest.raises(ValueError, match=r'"Product.category" must be a "Category" instance\.'):
        Product(name="Pen", category=Tag(word="a"))


def test_an_unsaved_object_may_be_assigned_but_not_saved() -> None:
    category = Category(name="Tools")
    product = Product(name="Pen", category=category)

    with pytest.raises(ValueError, match="unsaved related object 'category'"):
        product.save()
    category.save()
    product.save()

    assert product.category_id == category.pk


def test_the_reverse_manager_adds_creates_and_removes() -> None:
    category = make_category()
    pen = Product.objects.create(name="Pen")

    category.products.add(pen)
    ink = category.products.create(name="Ink")
    category.products.remove(pen)

    assert list(category.products.all()) == [ink]
    assert category.products.all()[0].category is category


def test_set_on_the_reverse_side_changes_the_rows() -> None:
    category = make_category()
    pen, ink = category.products.create(name="Pen"), Product.objects.create(name="Ink")

    category.products.set([ink])

    pen.refresh_from_db()
    assert pen.category_id is None
    assert list(category.products.all()) == [ink]


def test_direct_assignment_to_a_set_is_refused() -> None:
    with pytest.raises(TypeError, match=r"Use products.set\(\) instead."):
        make_category().products = []


def test_a_missing_one_to_one_object_is_an_attribute_error() -> None:
    product = Product.objects.create(name="Pen")

    assert not hasattr(product, "label")
    with pytest.raises(Label.DoesNotExist, match=r"Product has no label."):
        _ = product.label


def test_both_sides_of_a_one_to_one_relation_know_each_other() -> None:
    product = Product.objects.create(name="Pen")
    label = Label.objects.create(product=product, text="blue")

    assert product.label is label
    assert Label.objects.get().product.label.text == "blue"


def test_many_to_many_sets_and_signals() -> None:
    product = Product.objects.create(name="Pen")
    red, blue = Tag.objects.create(word="red"), Tag.objects.create(word="blue")
    told: list[Any] = []

    def listen(action: str, pk_set: Any, **kwargs: Any) -> None:
        told.append((action, pk_set))

    m2m_changed.connect(listen, sender=Product.tags.through)
    try:
        product.tags.set([red])
        product.tags.set([blue.pk])
    finally:
        m2m_changed.disconnect(listen, sender=Product.tags.through)

    assert list(product.tags.all()) == [blue]
    assert told == [
        ("pre_add", {red.pk}),
        ("post_add", {red.pk}),
        ("pre_remove", {red.pk}),
        ("post_remove", {red.pk}),
        ("pre_add", {blue.pk}),
        ("post_add", {blue.pk}),
    ]


def test_prefetched_sets_need_no_query_and_know_their_owner() -> None:
    category = make_category()
    pen = category.products.create(name="Pen")
    pen.tags.create(word="red")

    found = Category.objects.prefetch_related("products__tags").get()

    assert [tag.word for tag in found.products.all()[0].tags.all()] == ["red"]
    assert found.products.all()[0].category is found


def test_managers_of_unsaved_objects_are_refused() -> None:
    with pytest.raises(ValueError, match="needs to have a primary key value before this relationship can be used"):
        list(Category(name="x").products.all())


def test_a_relation_to_itself_has_two_directions() -> None:
    top = make_category("Top")
    below = Category.objects.create(name="Below", parent=top)

    assert below.parent == top
    assert list(top.children.all()) == [below]


def test_changes_roll_back_with_their_block() -> None:
    product = Product.objects.create(name="Pen")

    with pytest.raises(ZeroDivisionError), atomic():
        product.tags.create(word="red")
        raise ZeroDivisionError

    assert product.tags.count() == 0
