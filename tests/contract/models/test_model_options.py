"""``_meta``, rebuilding of fields, and validation."""

from __future__ import annotations

from typing import Any

import pytest
from tests.contract.models import shop_models

from fastjango.core.exceptions import FieldDoesNotExist, FieldError, ValidationError
from fastjango.db import models

# Attributes that fields add are not known to type checkers: the models are Any here.
Bundle: Any = shop_models.Bundle
Category: Any = shop_models.Category
Cheap: Any = shop_models.Cheap
Product: Any = shop_models.Product


def test_fields_are_found_by_name_attribute_and_reverse_name() -> None:
    opts = Category._meta

    assert opts.get_field("parent") is opts.get_field("parent_id")
    assert Product._meta.get_field("label").one_to_one
    with pytest.raises(FieldDoesNotExist, match="Category has no field named 'colour'"):
        opts.get_field("colour")


def test_lists_of_fields_refuse_changes() -> None:
    with pytest.raises(AttributeError, match="should never be mutated"):
        Category._meta.fields.append(None)


def test_a_child_lists_the_fields_of_its_parents() -> None:
    names = [field.name for field in Bundle._meta.fields]

    assert names[0] == "key"
    assert names[-2:] == ["product_ptr", "pieces"]
    assert Bundle._meta.get_path_to_parent(Product)[0].to_opts is Product._meta


def test_a_proxy_has_the_table_of_its_model() -> None:
    assert Cheap._meta.db_table == Product._meta.db_table
    assert Cheap._meta.table is Product._meta.table
    assert Cheap._meta.pk is Product._meta.pk


def test_fields_are_rebuilt_by_their_public_path() -> None:
    name, path, args, keywords = Product._meta.get_field("price").deconstruct()

    assert (name, path, args) == ("price", "fastjango.db.models.DecimalField", [])
    assert keywords == {"default": 0, "max_digits": 8, "decimal_places": 2}


def test_relations_are_rebuilt_by_the_name_of_the_model() -> None:
    _name, path, _args, keywords = Product._meta.get_field("category").deconstruct()

    assert path == "fastjango.db.models.ForeignKey"
    assert keywords["to"] == "model_tests.category"
    assert keywords["related_name"] == "products"


def test_a_field_of_a_concrete_parent_cannot_be_declared_again() -> None:
    with pytest.raises(FieldError, match="clashes with field of the same name from base class 'Product'"):

        class Twice(shop_models.Product):
            name = models.CharField(max_length=3)

            class Meta:
                apps = shop_models.registry
                app_label = "model_tests"


def test_unknown_options_are_named() -> None:
    with pytest.raises(TypeError, match="'class Meta' got invalid attribute"):

        class Odd(shop_models.Isolated):
            class Meta:
                apps = shop_models.registry
                app_label = "model_tests"
                colour = "red"


def test_full_clean_reports_all_fields_at_once() -> None:
    product = Product(name="", size="x", stock=-1)

    with pytest.raises(ValidationError) as caught:
        product.full_clean()

    assert set(caught.value.message_dict) == {"name", "size", "stock"}


def test_uniqueness_is_checked_in_the_database() -> None:
    Category.objects.create(name="Tools")

    with pytest.raises(ValidationError) as caught:
        Category(name="Tools").full_clean()

    assert caught.value.message_dict == {"name": ["Category with this Name already exists."]}


def test_fields_that_are_unique_together_are_named() -> None:
    Product.objects.create(name="Pen", size="s")

    with pytest.raises(ValidationError) as caught:
        Product(name="Pen", size="s").full_clean()

    assert caught.value.message_dict == {"__all__": ["Product with this Name and Size already exists."]}


def test_a_foreign_key_must_exist() -> None:
    with pytest.raises(ValidationError, match=r"category instance with id 99 is not a valid choice."):
        Product(name="Pen", category_id=99).full_clean()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (models.IntegerField(), "x"),
        (models.DecimalField(max_digits=3, decimal_places=1), "NaN"),
        (models.DateField(), "2024-13-01"),
        (models.DateTimeField(), "yesterday"),
        (models.UUIDField(), "123"),
        (models.BooleanField(), "maybe"),
        (models.DurationField(), "long"),
    ],
)
def test_wrong_values_are_validation_errors(field: Any, value: Any) -> None:
    with pytest.raises(ValidationError):
        field.clean(value, None)


def test_choices_may_be_functions_and_groups() -> None:
    field = models.CharField(max_length=2, choices=lambda: [("Group", [("a", "A")]), ("b", "B")])

    assert field.flatchoices == [("a", "A"), ("b", "B")]
    assert callable(field.deconstruct()[3]["choices"])
