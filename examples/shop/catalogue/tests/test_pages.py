"""The pages of the catalogue."""

from accounts.models import User
from catalogue.models import Category, Product, Review

from fastjango.test import TestCase


class PageTests(TestCase):
    """List, search, category, product, review."""

    @classmethod
    def setUpTestData(cls) -> None:
        cls.kitchen = Category.objects.create(name="Kitchen", slug="kitchen")
        cls.tea = Category.objects.create(name="Tea", slug="tea", parent=cls.kitchen)
        cls.desk = Category.objects.create(name="Desk", slug="desk")
        for number in range(15):
            Product.objects.create(name=f"Mug {number:02}", category=cls.tea, price=10 + number, stock=number)
        cls.lamp = Product.objects.create(name="Lamp <one>", category=cls.desk, price=80, stock=4)
        cls.user = User.objects.create_user("ada", "ada@example.com", "correct horse")

    def names(self, url: str) -> list[str]:
        response = self.client.get(url)
        self.assertEqual(response.status_code, 200)
        return [product.name for product in response.context["products"]]

    def test_the_list_has_twelve_products_to_a_page(self) -> None:
        self.assertEqual(len(self.names("/")), 12)
        self.assertEqual(self.names("/?page=2"), ["Mug 11", "Mug 12", "Mug 13", "Mug 14"])

    def test_links_to_other_pages_keep_the_search(self) -> None:
        self.assertContains(self.client.get("/?q=mug"), 'href="?q=mug&amp;page=2"')

    def test_a_page_that_is_not_there_is_not_found(self) -> None:
        for page in ("0", "99", "x", "\x00"):
            with self.subTest(page):
                self.assertEqual(self.client.get("/", {"page": page}).status_code, 404)

    def test_the_filters_narrow_the_list(self) -> None:
        self.assertEqual(self.names("/?low=23"), ["Lamp <one>", "Mug 13", "Mug 14"])
        self.assertEqual(self.names("/?high=11&in_stock=on"), ["Mug 01"])
        self.assertEqual(self.names("/?sort=-price&low=23")[0], "Lamp <one>")

    def test_a_bad_filter_is_explained(self) -> None:
        self.assertContains(self.client.get("/?low=5&high=3"), "The lowest price is above the highest.")
        self.assertContains(self.client.get("/?low=NaN"), "Enter a number.")

    def test_a_category_shows_what_is_below_it(self) -> None:
        response = self.client.get("/category/kitchen/")

        self.assertContains(response, "15 products")
        self.assertNotContains(response, "Lamp")
        self.assertEqual(self.client.get("/category/nowhere/").status_code, 404)

    def test_names_are_escaped(self) -> None:
        self.assertContains(self.client.get("/product/lamp-one/"), "<h1>Lamp &lt;one&gt;</h1>", html=False)

    def test_the_list_takes_the_same_number_of_queries_whatever_its_length(self) -> None:
        with self.assertNumQueries(3):
            self.client.get("/")
        with self.assertNumQueries(3):
            self.client.get("/?page=2")

    def test_retired_products_have_no_page(self) -> None:
        Product.objects.filter(pk=self.lamp.pk).update(status="retired")

        self.assertEqual(self.client.get("/product/lamp-one/").status_code, 404)

    def test_a_review_replaces_the_earlier_one(self) -> None:
        self.client.force_login(self.user)
        for rating in (2, 5):
            response = self.client.post("/product/lamp-one/review/", {"rating": rating, "text": "Bright."})
            self.assertRedirects(response, "/product/lamp-one/")

        self.assertEqual(list(Review.objects.values_list("rating", flat=True)), [5])

    def test_a_review_of_six_stars_is_refused(self) -> None:
        self.client.force_login(self.user)

        response = self.client.post("/product/lamp-one/review/", {"rating": 6}, follow=True)

        self.assertContains(response, "Ensure this value is less than or equal to 5.")
        self.assertFalse(Review.objects.exists())

    def test_reviewing_needs_a_login(self) -> None:
        response = self.client.post("/product/lamp-one/review/", {"rating": 5})

        self.assertRedirects(response, "/accounts/login/?next=/product/lamp-one/review/")

    def test_forms_are_refused_without_a_token(self) -> None:
        client = self.client_class(enforce_csrf_checks=True)

        self.assertEqual(client.post("/cart/add/lamp-one/", {"quantity": 1}).status_code, 403)
