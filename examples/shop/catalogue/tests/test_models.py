"""Categories and products."""

from decimal import Decimal

from catalogue.models import Category, Product, Tag

from fastjango.core.exceptions import ValidationError
from fastjango.db import IntegrityError, transaction
from fastjango.test import TestCase


class CatalogueTests(TestCase):
    """What the models promise."""

    @classmethod
    def setUpTestData(cls) -> None:
        cls.kitchen = Category.objects.create(name="Kitchen", slug="kitchen")
        cls.tea = Category.objects.create(name="Tea", slug="tea", parent=cls.kitchen)
        cls.pot = Product.objects.create(
            name="Tea pot", category=cls.tea, price="19.90", stock=3, attributes={"litres": 1.5}
        )

    def test_the_slug_is_made_from_the_name(self) -> None:
        self.assertEqual(self.pot.slug, "tea-pot")

    def test_two_products_of_one_name_have_different_slugs(self) -> None:
        other = Product.objects.create(name="Tea pot", category=self.tea, price=1)

        self.assertEqual(other.slug, "tea-pot-2")

    def test_a_name_without_letters_still_gets_a_slug(self) -> None:
        self.assertEqual(Product.objects.create(name="茶", category=self.tea, price=1).slug, "product")

    def test_a_product_comes_back_as_it_was_saved(self) -> None:
        found = Product.objects.get(pk=self.pot.pk)

        self.assertEqual((found.price, found.attributes), (Decimal("19.90"), {"litres": 1.5}))

    def test_attributes_can_be_searched(self) -> None:
        self.assertEqual(Product.objects.get(attributes__litres__gt=1), self.pot)

    def test_the_database_refuses_negative_prices(self) -> None:
        with self.assertRaises(IntegrityError), transaction.atomic():
            Product.objects.create(name="Gift", category=self.tea, price=-1)

    def test_validation_refuses_negative_prices_by_name(self) -> None:
        with self.assertRaises(ValidationError) as caught:
            Product(name="Gift", category=self.tea, price=-1).full_clean()

        self.assertIn("price", caught.exception.message_dict)

    def test_available_leaves_out_what_is_sold_out_or_retired(self) -> None:
        Product.objects.create(name="Gone", category=self.tea, price=1, stock=0)
        Product.objects.create(name="Old", category=self.tea, price=1, stock=9, status=Product.Status.RETIRED)

        self.assertQuerySetEqual(Product.objects.available(), [self.pot])

    def test_matching_looks_into_names_and_tags_and_finds_each_once(self) -> None:
        gift, extra = Tag.objects.create(name="Gift", slug="gift"), Tag.objects.create(name="tea", slug="tea")
        self.pot.tags.add(gift, extra)

        for text in ("TEA", "gift"):
            with self.subTest(text):
                self.assertQuerySetEqual(Product.objects.matching(text), [self.pot])

    def test_a_subtree_holds_all_levels(self) -> None:
        green = Category.objects.create(name="Green", slug="green", parent=self.tea)

        self.assertCountEqual(self.kitchen.subtree_ids(), [self.kitchen.pk, self.tea.pk, green.pk])
        self.assertEqual(green.ancestors, [self.kitchen, self.tea])
