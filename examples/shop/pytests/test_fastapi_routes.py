"""API v2: FastAPI routes on the same models."""

import pytest
from accounts.models import User
from catalogue.models import Category, Product

from config.asgi import app
from fastjango.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def pot() -> Product:
    tea = Category.objects.create(name="Tea", slug="tea")
    return Product.objects.create(name="Pot", category=tea, price="19.90", stock=3)


def test_products_are_listed(client: Client, pot: Product) -> None:
    data = client.get("/api/v2/products").json()

    assert (data["count"], data["items"][0]["slug"], data["items"][0]["category"]) == (
        1,
        "pot",
        {"name": "Tea", "slug": "tea"},
    )


def test_a_limit_that_is_too_large_is_refused(client: Client) -> None:
    assert client.get("/api/v2/products?limit=1000").status_code == 422


def test_a_product_that_is_not_there_is_not_found(client: Client) -> None:
    response = client.get("/api/v2/products/nothing")

    assert (response.status_code, response.json()) == (404, {"detail": "No such product."})


def test_the_stock_changes_for_staff_only(client: Client, pot: Product) -> None:
    url, body = "/api/v2/products/pot/stock", {"quantity": -2, "reason": "broken"}
    assert client.post(url, body, content_type="application/json").status_code == 401

    client.force_login(User.objects.create_user("staff", "s@example.com", is_staff=True))
    answer = client.post(url, body, content_type="application/json")

    assert (answer.status_code, answer.json()["stock"]) == (200, 1)
    assert client.post(url, body, content_type="application/json").status_code == 409


def test_both_apis_are_in_the_api_docs() -> None:
    paths = app.openapi()["paths"]

    assert "/api/v2/products" in paths
    assert "/api/products/" in paths
