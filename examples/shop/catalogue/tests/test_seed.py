"""The seed command."""

from io import StringIO

from catalogue.models import Category, Product
from orders.models import Order

from fastjango.core.management import call_command
from fastjango.test import TestCase


class SeedTests(TestCase):
    """Sample data."""

    def test_running_it_twice_changes_nothing(self) -> None:
        call_command("seed", products=20, no_images=True, verbosity=0)
        first = [model.objects.count() for model in (Category, Product, Order)]

        call_command("seed", products=20, no_images=True, verbosity=0)

        self.assertEqual([model.objects.count() for model in (Category, Product, Order)], first)
        self.assertEqual(Product.objects.count(), 20)

    def test_it_says_what_the_shop_holds(self) -> None:
        out = StringIO()

        call_command("seed", products=3, no_images=True, stdout=out)

        self.assertIn("The shop holds 3 products", out.getvalue())
