"""Sync-style database code in an ``async def`` endpoint awaits: the loop goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from tests.contract.asgi import site

from fastjango.db import connection

Run = Callable[[Callable[[httpx.AsyncClient], Any]], Any]


async def ticks_during(request: Any, interval_seconds: float = 0.01) -> tuple[Any, int, float]:
    """Await *request* beside a ticking task; return the response, the ticks and the longest pause in seconds."""
    loop = asyncio.get_running_loop()
    ticks, longest = 0, 0.0

    async def tick() -> None:
        nonlocal ticks, longest
        last = loop.time()
        while True:
            await asyncio.sleep(interval_seconds)
            now = loop.time()
            longest, last, ticks = max(longest, now - last), now, ticks + 1

    ticker = asyncio.create_task(tick())
    try:
        response = await request
    finally:
        ticker.cancel()
    return response, ticks, longest


def test_plain_get_and_lazy_relation_work_in_an_async_endpoint(run: Run) -> None:
    response = run(lambda client: client.get("/api/books/1"))

    assert response.status_code == 200
    assert response.json() == {"title": "First", "author": "renamed"}


def test_save_with_signal_receivers_works_in_an_async_endpoint(run: Run) -> None:
    response = run(lambda client: client.post("/api/books", json={"title": "Second", "pages": 3}))

    assert response.json() == {"id": 2, "author": "renamed"}
    assert site.diary == ["signal"]


def test_django_style_view_reads_a_lazy_relation(run: Run) -> None:
    response = run(lambda client: client.get("/books/1/"))

    assert response.text == "First by renamed"


@pytest.mark.parametrize(
    "database", [pytest.param("postgresql", marks=pytest.mark.service("postgresql"))], indirect=True
)
def test_the_loop_ticks_while_the_server_works(run: Run) -> None:
    response, ticks, longest = run(lambda client: ticks_during(client.get("/api/sleep")))

    assert response.json() == "slept"
    assert ticks > 15
    assert longest < 0.2


@pytest.mark.parametrize(
    "database", [pytest.param("postgresql", marks=pytest.mark.service("postgresql"))], indirect=True
)
@pytest.mark.parametrize(
    ("method", "url", "lock"),
    [
        ("GET", "/api/books/1", "LOCK TABLE asgi_site_book IN ACCESS EXCLUSIVE MODE"),
        ("GET", "/api/books/1", "LOCK TABLE asgi_site_author IN ACCESS EXCLUSIVE MODE"),
        ("POST", "/api/books", "LOCK TABLE asgi_site_book IN ACCESS EXCLUSIVE MODE"),
    ],
    ids=["get", "lazy relation", "save with receivers"],
)
def test_the_loop_ticks_while_an_endpoint_waits_for_a_lock(run: Run, method: str, url: str, lock: str) -> None:
    import psycopg

    conf = connection.settings_dict

    async def scenario(client: httpx.AsyncClient) -> Any:
        other = await psycopg.AsyncConnection.connect(
            dbname=conf["NAME"], host=conf["HOST"], user=conf["USER"], password=conf["PASSWORD"]
        )
        async with other:
            await other.execute(lock.encode())
            body = {"json": {"title": "Second"}} if method == "POST" else {}
            waiting = asyncio.create_task(ticks_during(client.request(method, url, **body)))  # type: ignore[arg-type]
            await asyncio.sleep(0.3)
            blocked = not waiting.done()
            await other.rollback()
            return blocked, *(await waiting)

    blocked, response, ticks, longest = run(scenario)

    assert blocked
    assert response.status_code == 200
    assert ticks > 10
    assert longest < 0.2


def test_requests_in_parallel_share_a_small_pool(run: Run) -> None:
    async def scenario(client: httpx.AsyncClient) -> list[int]:
        responses = await asyncio.gather(*(client.get("/api/books/1") for _ in range(20)))
        return [response.status_code for response in responses]

    assert run(scenario) == [200] * 20
