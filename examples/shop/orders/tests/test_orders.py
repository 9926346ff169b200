"""Cart, checkout and orders."""

from decimal import Decimal

from accounts.models import User
from catalogue.models import Category, Product
from orders.models import Order
from orders.services import CheckoutError, cancel_order, order_placed, order_total, place_order

from fastjango.core import mail
from fastjango.test import TestCase


class OrderCase(TestCase):
    """A customer and two products."""

    @classmethod
    def setUpTestData(cls) -> None:
        tea = Category.objects.create(name="Tea", slug="tea")
        cls.pot = Product.objects.create(name="Pot", category=tea, price="19.90", stock=3)
        cls.cup = Product.objects.create(name="Cup", category=tea, price="9.95", stock=10)
        cls.user = User.objects.create_user("ada", "ada@example.com", "correct horse")


class CheckoutTests(OrderCase):
    """The services."""

    def test_an_order_takes_its_products_out_of_the_stock(self) -> None:
        order = place_order(self.user, [(self.pot, 1), (self.cup, 4)], "1 Example Street")

        self.assertEqual(order_total(order), Decimal("59.70"))
        self.assertEqual(Order.objects.with_totals().get().pieces, 5)
        self.cup.refresh_from_db()
        self.assertEqual(self.cup.stock, 6)

    def test_an_order_that_fails_changes_nothing(self) -> None:
        with self.assertRaisesMessage(CheckoutError, "There is not enough of “Pot” in stock."):
            place_order(self.user, [(self.cup, 4), (self.pot, 4)], "1 Example Street")

        self.cup.refresh_from_db()
        self.assertEqual(self.cup.stock, 10)
        self.assertFalse(Order.objects.exists())

    def test_mail_and_signal_come_after_the_commit(self) -> None:
        heard = []
        receiver = lambda order, **kwargs: heard.append(order)  # noqa: E731
        order_placed.connect(receiver)
        self.addCleanup(order_placed.disconnect, receiver)

        with self.captureOnCommitCallbacks() as callbacks:
            order = place_order(self.user, [(self.cup, 1)], "1 Example Street")
        self.assertEqual((heard, mail.outbox), ([], []))
        for callback in callbacks:
            callback()

        self.assertEqual(heard, [order])
        self.assertEqual(mail.outbox[0].to, ["ada@example.com"])

    def test_cancelling_puts_the_products_back_once(self) -> None:
        order = place_order(self.user, [(self.cup, 4)], "1 Example Street")

        cancel_order(order)
        with self.assertRaises(CheckoutError):
            cancel_order(order)

        self.cup.refresh_from_db()
        self.assertEqual(self.cup.stock, 10)

    def test_an_order_without_lines_costs_nothing(self) -> None:
        order = Order.objects.create(customer=self.user, address="x")

        self.assertEqual(order_total(order), 0)


class OrderPageTests(OrderCase):
    """The pages."""

    def test_from_the_product_to_the_order(self) -> None:
        self.client.force_login(self.user)
        self.client.post("/cart/add/cup/", {"quantity": 2})
        self.assertContains(self.client.get("/cart/"), "€ 19.90")

        response = self.client.post("/checkout/", {"address": "1 Example Street", "accept": "on"}, follow=True)

        self.assertContains(response, "Thank you! Your order is placed.")
        self.assertRedirects(response, Order.objects.get().get_absolute_url())
        self.assertNotIn("cup", self.client.get("/cart/").content.decode().lower().replace("cup of", ""))

    def test_the_cart_survives_logging_in(self) -> None:
        self.client.post("/cart/add/cup/", {"quantity": 2})
        self.client.post("/accounts/login/", {"username": "ada", "password": "correct horse"})

        self.assertContains(self.client.get("/cart/"), "€ 19.90")

    def test_quantities_in_the_cart_can_be_changed(self) -> None:
        self.client.post("/cart/add/cup/", {"quantity": 2})
        self.client.post("/cart/change/cup/", {"quantity": 5})
        self.assertContains(self.client.get("/cart/"), "€ 49.75")

        self.client.post("/cart/change/cup/", {"quantity": 0})
        self.assertContains(self.client.get("/cart/"), "It is empty")

    def test_silly_quantities_are_refused(self) -> None:
        for quantity in ("-1", "1e9", "NaN", "99999999999999999999", "", "\x00"):
            with self.subTest(quantity):
                response = self.client.post("/cart/add/cup/", {"quantity": quantity}, follow=True)
                self.assertContains(response, "That is not a quantity we can send.")

    def test_after_adding_nobody_is_sent_to_another_host(self) -> None:
        response = self.client.post("/cart/add/cup/", {"quantity": 1, "next": "https://evil.example/"})

        self.assertRedirects(response, "/cart/")

    def test_the_checkout_explains_what_is_missing(self) -> None:
        self.client.force_login(self.user)

        response = self.client.post("/checkout/", {"address": ""})

        self.assertContains(response, "This field is required.")
        self.assertContains(response, "Please accept the terms.")

    def test_an_empty_cart_cannot_be_ordered(self) -> None:
        self.client.force_login(self.user)

        response = self.client.post("/checkout/", {"address": "x", "accept": "on"})

        self.assertContains(response, "Your cart is empty.")

    def test_orders_of_others_are_not_found(self) -> None:
        order = place_order(User.objects.create_user("bob", "bob@example.com"), [(self.cup, 1)], "x")
        self.client.force_login(self.user)

        self.assertEqual(self.client.get(order.get_absolute_url()).status_code, 404)
        self.assertEqual(self.client.post(f"/orders/{order.pk}/cancel/").status_code, 404)

    def test_a_key_beyond_the_column_is_not_found(self) -> None:
        self.client.force_login(self.user)

        self.assertEqual(self.client.get(f"/orders/{10**30}/").status_code, 404)

    def test_orders_can_be_cancelled_on_their_page(self) -> None:
        order = place_order(self.user, [(self.cup, 1)], "x")
        self.client.force_login(self.user)

        response = self.client.post(f"/orders/{order.pk}/cancel/", follow=True)

        self.assertContains(response, f"Order {order.pk} is cancelled.")
