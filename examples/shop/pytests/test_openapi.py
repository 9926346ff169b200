"""``/openapi.json`` is valid, and what the API answers is what it says there: schemathesis asks every operation."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
from accounts.models import User
from catalogue.models import Category, Product, Review, Tag
from orders.services import place_order

from config.asgi import app
from fastjango.rest.authtoken.models import Token

schemathesis: Any = pytest.importorskip("schemathesis")
asgi: Any = pytest.importorskip("schemathesis.python.asgi")
builder: Any = pytest.importorskip("schemathesis.generation.hypothesis.builder")

pytestmark = pytest.mark.django_db(transaction=True)

# Two checks are not for this API. Data that fits the schema may still be refused: a name that is taken, a product that
# is sold out. And tokens are one way to be known to it, a session another.
NOT_ASKED = {"positive_data_acceptance", "ignored_auth"}


@pytest.fixture
def openapi(settings: Any) -> Iterator[Any]:
    """The document, over a shop with a little of everything, asked by staff."""
    settings.ALLOWED_HOSTS = ["*"]
    settings.PASSWORD_HASHERS = ["fastjango.contrib.auth.hashers.MD5PasswordHasher"]
    staff = User.objects.create_user("staff", "staff@example.com", "secret", is_staff=True)
    shelf = Category.objects.create(name="Tea", slug="tea")
    pot = Product.objects.create(name="Pot", category=shelf, price="19.90", stock=30)
    pot.tags.add(Tag.objects.create(name="Gift", slug="gift"))
    Review.objects.create(product=pot, author=staff, rating=5)
    place_order(customer=staff, wanted=[(pot, 1)], address="Here")
    schema = schemathesis.openapi.from_dict(app.openapi())
    schema.config.update(base_url="http://testserver")
    with asgi.get_client(app) as client:
        client.headers["Authorization"] = f"Token {Token.objects.create(user=staff).key}"
        schema.client = client
        yield schema


def is_no_address_of_ours(case: Any, response: Any) -> bool:
    """Whether no URL pattern has the address: keys have no dots. The project's own page says so then."""
    return response.status_code == 404 and any("." in str(value) for value in case.path_parameters.values())


def ask(schema: Any, examples: int, most: int) -> int:
    """Send at most so many requests to every operation, look at each answer, and return how many there were."""
    everything = schemathesis.checks.CHECKS.get_all()
    asked: Counter[str] = Counter()

    def one(case: Any) -> None:
        asked[case.operation.label] += 1
        if asked[case.operation.label] > most:
            return
        response = case.call(session=schema.client)
        if is_no_address_of_ours(case, response):
            return
        skipped = [check for check in everything if check.__name__ in NOT_ASKED]
        if {"limit", "offset", "page"} & set(case.query):
            # Paginators take what they cannot read, or an empty page, for not given.
            skipped += [check for check in everything if check.__name__ == "negative_data_rejection"]
        case.validate_response(response, excluded_checks=skipped)

    settings = hypothesis.settings(
        max_examples=examples, deadline=None, database=None, suppress_health_check=list(hypothesis.HealthCheck)
    )
    modes = [builder.HypothesisTestMode.COVERAGE, builder.HypothesisTestMode.FUZZING]
    config = builder.HypothesisTestConfig(project=schema.config, modes=modes, settings=settings, seed=1)
    for found in schema.get_all_operations():
        builder.create_test(operation=found.ok(), test_func=one, config=config)()
    return asked.total()


def test_the_document_is_valid() -> None:
    validator = pytest.importorskip("openapi_spec_validator")

    validator.validate(app.openapi())


def test_every_operation_answers_as_it_says(openapi: Any) -> None:
    assert ask(openapi, examples=2, most=40) > 500


@pytest.mark.slow
def test_every_operation_answers_as_it_says_whatever_is_asked(openapi: Any) -> None:
    assert ask(openapi, examples=100, most=10_000) > 3000
