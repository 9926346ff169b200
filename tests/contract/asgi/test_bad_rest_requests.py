"""Bad input to a REST viewset is the client's error."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from tests.contract.asgi.conftest import MIDDLEWARE, browser
from tests.contract.asgi.test_bad_requests import BEYOND_BIGINT, DEEP, HUGE

from fastjango import FastJango
from fastjango.test import override_settings
from fastjango.urls import clear_url_caches

Request = tuple[str, str, dict[str, Any]]

PATHS = [
    f"/rest/books/{HUGE}/", f"/rest/books/{BEYOND_BIGINT}/", "/rest/books/a%00b/", "/rest/books/%ED%A0%80/",
    "/rest/books/NaN/", f"/rest/books/{'9' * 5000}/", "/rest/books/?search=a%00b", "/rest/books/?search=%ED%A0%80",
    "/rest/books/?ordering=%00", f"/rest/books/?limit={HUGE}&offset={HUGE}", "/rest/books/?limit=NaN&offset=-1",
    f"/rest/books/?limit={'9' * 5000}", "/rest/books/?format=%00", "/rest/books/?format=nonsense",
]  # fmt: skip
JSON = [
    b"{", b"", b"\xff\xfe", b"null", b"[]", b"1", b'"a"', b'{"title": "a\\u0000b"}', b'{"title": "\\ud800"}', b'{"pages": NaN}',
    b'{"title": "a", "pages": 1, "price": NaN, "author": 1}', b'{"title": "a", "pages": 1, "price": 1e400, "author": 1}',
    b'{"title": "a", "pages": 9223372036854775808, "price": 1, "author": 1}', b'{"author": 99999999999999999999999}',
    b'{"title": "a", "pages": 3000000000, "price": "1", "author": 1}', b'{"title": {"a": []}, "pages": [], "author": {}}',
    b'{"title": "a", "price": "1e999999999", "author": "\\u0000"}', b'{"\\ud800": 1}', DEEP.encode(), b"9" * 5000,
]  # fmt: skip


@pytest.fixture
def rest(database: str) -> Iterator[FastJango]:
    """The application with the viewset."""
    with override_settings(ROOT_URLCONF="tests.contract.asgi.rest_site", MIDDLEWARE=MIDDLEWARE, DEBUG=False):
        clear_url_caches()
        yield FastJango()


def failed(app: FastJango, requests: list[Request]) -> list[Request]:
    """Send the requests and return those that were answered with a 500."""

    async def main() -> list[Request]:
        async with browser(app) as client:
            return [
                request
                for request in requests
                if (await client.request(request[0], request[1], **request[2])).status_code >= 500
            ]

    return asyncio.run(main())


@pytest.mark.parametrize("method", ["GET", "DELETE", "OPTIONS"])
def test_path_and_query(rest: FastJango, method: str) -> None:
    assert failed(rest, [(method, url, {}) for url in PATHS]) == []


@pytest.mark.parametrize(
    ("method", "url"), [("POST", "/rest/books/"), ("PATCH", "/rest/books/1/"), ("PUT", "/rest/books/1/")]
)
def test_json(rest: FastJango, method: str, url: str) -> None:
    headers = {"Content-Type": "application/json"}

    assert failed(rest, [(method, url, {"content": content, "headers": headers}) for content in JSON]) == []


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_forms_and_unknown_types(rest: FastJango, method: str) -> None:
    bodies = [
        ("application/x-www-form-urlencoded", b"title=a%00b&pages=NaN&price=Infinity&author=1"),
        ("application/x-www-form-urlencoded", b"title=%ED%A0%80&pages=1&price=1&author=" + b"9" * 5000),
        ("multipart/form-data", b"no boundary"),
        ("multipart/form-data; boundary=x", b"--x\r\nbroken"),
        ("application/json; charset=nonsense", b"{}"),
        ("nonsense", b"title=a"),
        ("text/plain", b"title=a"),
    ]
    requests: list[Request] = [
        (method, url, {"content": content, "headers": {"Content-Type": kind}})
        for kind, content in bodies
        for url in ("/rest/books/", "/rest/books/1/")
    ]

    assert failed(rest, requests) == []


def test_a_good_request_is_answered(rest: FastJango) -> None:
    async def main() -> tuple[int, int, int]:
        async with browser(rest) as client:
            made = await client.post("/rest/books/", json={"title": "Second", "pages": 1, "price": "1.50", "author": 1})
            bad = await client.post(
                "/rest/books/", json={"title": "Second", "pages": "x", "price": "1.50", "author": 1}
            )
            return made.status_code, bad.status_code, (await client.get("/rest/books/?limit=1")).json()["count"]

    assert asyncio.run(main()) == (201, 400, 2)
