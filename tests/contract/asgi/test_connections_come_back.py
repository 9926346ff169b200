"""After an exception, a cancelled request or a timeout no connection is out, and none is in a transaction."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from tests.contract.asgi import site

Run = Callable[[Callable[[httpx.AsyncClient], Any]], Any]
only_postgresql = pytest.mark.parametrize(
    "database", [pytest.param("postgresql", marks=pytest.mark.service("postgresql"))], indirect=True
)


async def cancelled_when_hanging(client: httpx.AsyncClient, url: str) -> None:
    """Start a request and cancel it when the endpoint says that it hangs."""
    task = asyncio.create_task(client.get(url))
    async with asyncio.timeout(5):
        while "hanging" not in site.diary:
            await asyncio.sleep(0.01)
    await asyncio.sleep(0.05)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


def test_after_an_answer(run: Run, pool_is_clean: Callable[[], bool]) -> None:
    run(lambda client: client.get("/api/books/1"))

    assert pool_is_clean()


def test_after_an_exception_inside_a_transaction(run: Run, pool_is_clean: Callable[[], bool]) -> None:
    response = run(lambda client: client.get("/api/fail"))

    assert response.status_code == 500
    assert pool_is_clean()
    assert not site.Author.objects.filter(name="lost").exists()


def test_after_a_cancelled_request(run: Run, pool_is_clean: Callable[[], bool]) -> None:
    run(lambda client: cancelled_when_hanging(client, "/api/hang"))

    assert pool_is_clean()
    assert not site.Author.objects.filter(name="lost").exists()


def test_after_a_timeout_inside_the_endpoint(run: Run, pool_is_clean: Callable[[], bool]) -> None:
    response = run(lambda client: client.get("/api/timeout"))

    assert response.json() == "late"
    assert pool_is_clean()
    assert not site.Author.objects.filter(name="lost").exists()


@only_postgresql
def test_after_a_request_cancelled_during_a_statement(run: Run, pool_is_clean: Callable[[], bool]) -> None:
    run(lambda client: cancelled_when_hanging(client, "/api/sleep-in-transaction"))

    assert pool_is_clean()
    assert not site.Author.objects.filter(name="lost").exists()


@pytest.mark.parametrize("url", ["/busy/", "/api/busy"])
def test_a_full_pool_is_answered_with_503(run: Run, url: str) -> None:
    response = run(lambda client: client.get(url))

    assert (response.status_code, response.headers["Retry-After"]) == (503, "1")


def test_after_many_requests_of_every_kind_at_once(run: Run, pool_is_clean: Callable[[], bool]) -> None:
    async def scenario(client: httpx.AsyncClient) -> list[int]:
        urls = ["/api/fail", "/api/timeout", "/api/books/1", "/books/1/"] * 4
        responses = await asyncio.gather(*(client.get(url) for url in urls))
        return sorted({response.status_code for response in responses})

    assert run(scenario) == [200, 500]
    assert pool_is_clean()
