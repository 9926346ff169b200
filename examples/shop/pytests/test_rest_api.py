"""The REST API, in pytest's style."""

from typing import Any

import pytest
from accounts.models import User
from catalogue.models import Category, Product, Tag
from orders.models import Order

from fastjango.rest.authtoken.models import Token
from fastjango.rest.test import APIClient

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> User:
    return User.objects.create_user("staff", "staff@example.com", "secret", is_staff=True)


@pytest.fixture
def customer() -> User:
    return User.objects.create_user("ada", "ada@example.com", "secret")


@pytest.fixture
def pot() -> Product:
    tea = Category.objects.create(name="Tea", slug="tea")
    product = Product.objects.create(name="Pot", category=tea, price="19.90", stock=3)
    product.tags.add(Tag.objects.create(name="Gift", slug="gift"))
    return product


@pytest.fixture
def api() -> APIClient:
    return APIClient()


def client_of(user: User) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {Token.objects.create(user=user).key}")
    return client


def test_a_product_is_read_with_its_category_and_reviews(api: APIClient, pot: Product) -> None:
    data = api.get(f"/api/products/{pot.pk}/").json()

    assert data["category_detail"]["name"] == "Tea"
    assert (data["price"], data["tags"], data["reviews"], data["available"]) == ("19.90", ["gift"], [], True)


def test_the_list_is_paginated_searched_and_ordered(api: APIClient, pot: Product) -> None:
    for number in range(25):
        Product.objects.create(name=f"Cup {number:02}", category=pot.category, price=number + 1, stock=number)

    page = api.get("/api/products/").json()
    found = api.get("/api/products/?search=cup&ordering=-price&page=2").json()

    assert (page["count"], len(page["results"])) == (26, 20)
    assert page["next"] == "http://testserver/api/products/?page=2"
    assert [product["name"] for product in found["results"]] == ["Cup 04", "Cup 03", "Cup 02", "Cup 01", "Cup 00"]


@pytest.mark.parametrize("price", ["x", "NaN", "1e500", "\x00", "Infinity"])
def test_a_price_that_is_no_number_is_refused(api: APIClient, pot: Product, price: str) -> None:
    response = api.get("/api/products/", {"min_price": price})

    assert response.status_code == 400
    assert response.json() == {"min_price": ["A valid number is required."]}


def test_filters_narrow_the_list(api: APIClient, pot: Product) -> None:
    for query, count in (
        ("category=tea", 1),
        ("category=x", 0),
        ("tag=gift", 1),
        ("min_price=20", 0),
        ("max_price=20", 1),
    ):
        assert api.get(f"/api/products/?{query}").json()["count"] == count


def test_staff_makes_a_product(staff: User, pot: Product) -> None:
    data = {"name": "Cup", "price": "3.50", "category": "tea", "tags": ["gift"], "attributes": {"colour": "sand"}}

    response = client_of(staff).post("/api/products/", data, format="json")

    assert response.status_code == 201, response.content
    assert (response.json()["slug"], response.json()["creator"]) == ("cup", "staff")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"price": "-1"}, "price"),
        ({"price": "NaN"}, "price"),
        ({"price": 10**12}, "price"),
        ({"name": "nul\x00"}, "name"),
        ({"name": "!"}, "name"),
        ({"stock": 10**30}, "stock"),
        ({"category": "nowhere"}, "category"),
        ({"category": {"a": 1}}, "category"),
        ({"tags": "gift"}, "tags"),
        ({"status": "sold"}, "status"),
        ({"status": "retired", "stock": 1}, "status"),
    ],
)
def test_bad_products_are_refused_by_field(staff: User, pot: Product, change: dict[str, Any], field: str) -> None:
    data = {"name": "Cup", "price": "3.50", "category": "tea", **change}

    response = client_of(staff).post("/api/products/", data, format="json")

    assert response.status_code == 400
    assert list(response.json()) == [field]


def test_customers_and_strangers_do_not_write_products(api: APIClient, customer: User, pot: Product) -> None:
    assert api.post("/api/products/", {"name": "x"}).status_code == 403
    assert client_of(customer).delete(f"/api/products/{pot.pk}/").status_code == 403
    assert Product.objects.exists()


def test_staff_restocks(staff: User, pot: Product) -> None:
    client = client_of(staff)

    assert client.post(f"/api/products/{pot.pk}/restock/", {"quantity": 4}).json() == {"stock": 7}
    assert client.post(f"/api/products/{pot.pk}/restock/", {"quantity": 0}).status_code == 400


def test_the_token_is_given_for_the_password(api: APIClient, customer: User) -> None:
    answer = api.post("/api/token/", {"username": "ada", "password": "secret"})

    assert answer.json() == {"token": Token.objects.get(user=customer).key}
    assert api.post("/api/token/", {"username": "ada", "password": "x"}).status_code == 400


def test_an_order_is_placed_with_its_lines(customer: User, pot: Product) -> None:
    data = {"address": "1 Example Street", "lines": [{"product": str(pot.pk), "quantity": 2}]}

    response = client_of(customer).post("/api/orders/", data, format="json")

    assert response.status_code == 201, response.content
    assert response.json()["total"] == "39.80"
    assert response.json()["lines"] == [{"product": str(pot.pk), "name": "Pot", "quantity": 2, "unit_price": "19.90"}]
    pot.refresh_from_db()
    assert pot.stock == 1


def test_an_order_beyond_the_stock_is_refused(customer: User, pot: Product) -> None:
    data = {"address": "1 Example Street", "lines": [{"product": str(pot.pk), "quantity": 4}]}

    response = client_of(customer).post("/api/orders/", data, format="json")

    assert (response.status_code, Order.objects.count()) == (400, 0)


def test_a_review_is_written_once_and_only_changed_by_its_author(customer: User, staff: User, pot: Product) -> None:
    client = client_of(customer)
    data = {"product": str(pot.pk), "rating": 5, "text": "Good."}
    first = client.post("/api/reviews/", data)

    assert first.status_code == 201
    assert client.post("/api/reviews/", data).status_code == 400
    assert client_of(staff).patch(f"/api/reviews/{first.json()['id']}/", {"rating": 1}).status_code == 403
    assert client.patch(f"/api/reviews/{first.json()['id']}/", {"rating": 4}).json()["rating"] == 4


def test_the_root_lists_the_collections(api: APIClient) -> None:
    assert list(api.get("/api/").json()) == ["products", "categories", "tags", "reviews", "orders"]


def test_the_browsable_page_is_html(api: APIClient, pot: Product) -> None:
    response = api.get("/api/products/", headers={"accept": "text/html"})

    assert response.headers["Content-Type"].startswith("text/html")
    assert b"Product List" in response.content
