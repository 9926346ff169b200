"""FastAPI routes and Django-style views are one application: one middleware chain, one user, one session."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from tests.contract.asgi import site

from fastjango.contrib.auth import get_user_model

Run = Callable[[Callable[[httpx.AsyncClient], Any]], Any]


@pytest.fixture
def reader(database: str) -> Any:
    """A user whom the view ``log-in/`` logs in."""
    return get_user_model()._default_manager.create_user("reader", password="secret")


@pytest.mark.parametrize(
    ("url", "status"),
    [("/api/books/1", 200), ("/api/books/77", 404), ("/api/titles/a?pages=x", 422), ("/books/1/", 200)],
)
def test_django_style_middleware_sees_every_response(run: Run, url: str, status: int) -> None:
    response = run(lambda client: client.get(url))

    assert (response.status_code, response.headers["X-Stamp"]) == (status, str(status))


def test_background_tasks_run_after_the_response(run: Run) -> None:
    response = run(lambda client: client.get("/api/later"))

    assert response.json() == "ok"
    assert site.diary == ["answer", "task 1"]


def test_a_route_sees_the_user_of_the_session(run: Run, reader: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> list[str]:
        before = (await client.get("/api/me")).json()
        await client.get("/log-in/")
        return [before, (await client.get("/api/me")).json(), (await client.get("/whoami/")).text]

    assert run(scenario) == ["", "reader", "reader"]


def test_the_user_is_the_same_object_in_both_worlds(run: Run, reader: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        await client.get("/log-in/")
        await client.get("/api/me")

    run(scenario)

    assert site.seen["route"] is site.seen["request"].user


def test_csrf_is_enforced_for_a_route_that_a_cookie_authenticates(run: Run, reader: Any) -> None:
    async def scenario(client: httpx.AsyncClient) -> list[int]:
        anonymous = await client.post("/api/change")
        await client.get("/log-in/")
        forged = await client.post("/api/change")
        token = client.cookies["csrftoken"]
        honest = await client.post("/api/change", headers={"X-CSRFToken": token})
        return [anonymous.status_code, forged.status_code, honest.status_code]

    assert run(scenario) == [200, 403, 200]


def test_csrf_is_enforced_for_a_django_style_view(run: Run) -> None:
    assert run(lambda client: client.post("/protected/")).status_code == 403


def test_an_unknown_path_gets_the_404_of_the_project(run: Run) -> None:
    response = run(lambda client: client.get("/nowhere/at/all/"))

    assert response.status_code == 404
    assert "X-Stamp" in response.headers
