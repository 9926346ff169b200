"""The catalogue in the admin."""

from accounts.models import User
from catalogue.models import Category, Product, Tag

from fastjango.test import TestCase
from fastjango.urls import reverse


class AdminTests(TestCase):
    """What staff does with products."""

    @classmethod
    def setUpTestData(cls) -> None:
        cls.admin = User.objects.create_superuser("admin", "admin@example.com", "secret")
        cls.tea = Category.objects.create(name="Tea", slug="tea")
        cls.tag = Tag.objects.create(name="Gift", slug="gift")
        cls.pot = Product.objects.create(name="Pot", category=cls.tea, price="19.90", stock=3)
        cls.cup = Product.objects.create(name="Cup", category=cls.tea, price="9.90", stock=0)

    def setUp(self) -> None:
        self.client.force_login(self.admin)

    def test_every_page_of_the_admin_answers(self) -> None:
        names = ["catalogue_product", "catalogue_category", "catalogue_tag", "accounts_user", "orders_order"]
        urls = [reverse(f"admin:{name}_{page}") for name in names for page in ("changelist", "add")]
        urls += [reverse("admin:index"), reverse("admin:catalogue_product_change", args=[self.pot.pk])]
        urls += [reverse("admin:accounts_user_change", args=[self.admin.pk])]
        urls += [reverse(f"admin:catalogue_product_{page}", args=[self.pot.pk]) for page in ("delete", "history")]
        for url in urls:
            with self.subTest(url):
                self.assertEqual(self.client.get(url).status_code, 200)

    def test_the_list_can_be_searched_filtered_and_sorted(self) -> None:
        url = reverse("admin:catalogue_product_changelist")

        self.assertContains(self.client.get(url, {"q": "pot"}), "1 result")
        self.assertContains(self.client.get(url, {"status__exact": "retired"}), "0 products")
        self.assertEqual([p.name for p in self.client.get(url, {"o": "3"}).context["cl"].result_list], ["Cup", "Pot"])

    def test_adding_remembers_the_creator_and_makes_the_slug(self) -> None:
        data = {
            "name": "Tea tin", "slug": "", "category": self.tea.pk, "status": "active", "price": "4.50", "stock": 7,
            "description": "", "attributes": "{}", "tags": [self.tag.pk], "creator": "",
            "reviews-TOTAL_FORMS": 0, "reviews-INITIAL_FORMS": 0,
        }  # fmt: skip

        response = self.client.post(reverse("admin:catalogue_product_add"), data)

        self.assertRedirects(response, reverse("admin:catalogue_product_changelist"))
        tin = Product.objects.get(slug="tea-tin")
        self.assertEqual((tin.creator, list(tin.tags.all())), (self.admin, [self.tag]))

    def test_prices_can_be_changed_in_the_list(self) -> None:
        data = {
            "form-TOTAL_FORMS": 2, "form-INITIAL_FORMS": 2, "_save": "Save",
            "form-0-id": self.cup.pk, "form-0-price": "8.00", "form-0-stock": 5,
            "form-1-id": self.pot.pk, "form-1-price": "19.90", "form-1-stock": 3,
        }  # fmt: skip

        response = self.client.post(reverse("admin:catalogue_product_changelist"), data, follow=True)

        self.assertContains(response, "1 product was changed successfully.")
        self.cup.refresh_from_db()
        self.assertEqual((str(self.cup.price), self.cup.stock), ("8.00", 5))

    def test_the_action_retires_products(self) -> None:
        data = {"action": "retire", "_selected_action": [self.pot.pk, self.cup.pk]}

        response = self.client.post(reverse("admin:catalogue_product_changelist"), data, follow=True)

        self.assertContains(response, "2 products were retired.")
        self.assertFalse(Product.objects.visible().exists())

    def test_deleting_asks_first(self) -> None:
        url = reverse("admin:catalogue_product_delete", args=[self.pot.pk])

        self.assertContains(self.client.get(url), "Are you sure")
        self.assertRedirects(self.client.post(url, {"post": "yes"}), reverse("admin:catalogue_product_changelist"))
        self.assertFalse(Product.objects.filter(pk=self.pot.pk).exists())

    def test_customers_have_no_access(self) -> None:
        self.client.force_login(User.objects.create_user("ada", "ada@example.com", "x"))

        self.assertRedirects(self.client.get("/admin/"), "/admin/login/?next=/admin/")
