"""Bad input in path, query, form and JSON is the client's error, whatever kind of view it reaches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from fastjango.test import override_settings

Run = Callable[[Callable[[httpx.AsyncClient], Any]], Any]

#: These never reach the database.
only_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

HUGE = "9" * 30
BEYOND_BIGINT = str(2**63)
DEEP = "[" * 100_000 + "]" * 100_000


def statuses(run: Run, *requests: tuple[str, str, dict[str, Any]]) -> list[int]:
    """Send the requests and return their status codes."""

    async def scenario(client: httpx.AsyncClient) -> list[int]:
        return [(await client.request(method, url, **options)).status_code for method, url, options in requests]

    found: list[int] = run(scenario)
    return found


@pytest.mark.parametrize(
    "url",
    [
        f"/books/{HUGE}/",
        f"/books/{BEYOND_BIGINT}/",
        f"/books/{'9' * 5000}/",
        "/by-title/a%00b/",
        "/by-title/%ED%A0%80/",
        "/by-title/%FF%FE/",
        "/by-title/%/",
        "/%00",
        "/%ED%A0%80/",
        "//evil.example/",
        "/api/titles/a%00b",
        "/api/titles/%ED%A0%80",
        "/api/titles/%FF",
        f"/api/titles/a?pages={HUGE}",
        f"/api/titles/a?pages={'9' * 5000}",
        f"/api/titles/a?pages={BEYOND_BIGINT}",
        "/api/titles/a?pages=NaN",
        "/api/titles/a?pages=%00",
        "/search/?q=a%00b",
        "/search/?q=%ED%A0%80",
        "/search/?q=%FF%FE",
        "/search/?%00=%00&&==&q",
        "/search/?q=" + "%25_" * 50,
    ],
    ids=lambda url: url[:40],
)
def test_path_and_query(run: Run, url: str) -> None:
    assert statuses(run, ("GET", url, {}))[0] < 500


@pytest.mark.parametrize("key", [HUGE, BEYOND_BIGINT, "77"])
@pytest.mark.parametrize("url", ["/books/{}/", "/api/books/{}"])
def test_a_key_that_no_row_has_is_not_found(run: Run, url: str, key: str) -> None:
    assert statuses(run, ("GET", url.format(key), {})) == [404]


@pytest.mark.parametrize("url", ["/add/", "/api/form"])
@pytest.mark.parametrize(
    "content",
    [
        b"title=a%00b&pages=1&price=1",
        b"title=%ED%A0%80&pages=1&price=1",
        b"title=\xff\xfe&pages=1&price=1",
        b"title=a&pages=99999999999999999999999&price=1",
        b"title=a&pages=1&price=NaN",
        b"title=a&pages=1&price=1e999999999",
        b"title=a&pages=Infinity&price=sNaN",
        b"title=a&pages=" + b"9" * 5000 + b"&price=1",
        b"%%%&&&===",
        b"",
    ],
    ids=lambda content: content[:30].decode("latin-1"),
)
def test_urlencoded_forms(run: Run, url: str, content: bytes) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}

    assert statuses(run, ("POST", url, {"content": content, "headers": headers}))[0] < 500


@pytest.mark.parametrize("url", ["/add/", "/api/form"])
@pytest.mark.parametrize(
    ("content_type", "content"),
    [
        ("multipart/form-data", b"no boundary"),
        ("multipart/form-data; boundary=", b"--\r\n"),
        ("multipart/form-data; boundary=x", b"--x\r\nbroken"),
        ("multipart/form-data; boundary=x", b""),
        ("multipart/form-data; boundary=\xff", b"--x--"),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="title"\r\n\r\na\x00b\r\n--x--\r\n',
        ),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="title"; filename="../../a\x00b"\r\n\r\nx\r\n--x--\r\n',
        ),
        ("application/x-www-form-urlencoded; charset=nonsense", b"title=a"),
        ("application/x-www-form-urlencoded; charset=utf-16", b"title=a"),
        ("nonsense", b"title=a"),
        ("", b"title=a"),
    ],
)
@only_sqlite
def test_broken_forms(run: Run, url: str, content_type: str, content: bytes) -> None:
    headers = {"Content-Type": content_type.encode("latin-1")}

    assert statuses(run, ("POST", url, {"content": content, "headers": headers}))[0] < 500


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"",
        b"\xff\xfe",
        b"null",
        b"[]",
        b'"\\ud800"',
        b'{"title": "a\\u0000b"}',
        b'{"title": "\\ud800"}',
        b'{"title": "a", "pages": NaN}',
        b'{"title": "a", "pages": 1e400}',
        b'{"title": "a", "pages": 99999999999999999999999999}',
        b'{"title": "a", "pages": 9223372036854775808}',
        b'{"\\ud800": "a"}',
        b'{"title": {"\\ud800": [NaN]}}',
        b'{"title": ' + b"[" * 600 + b"]" * 600 + b"}",
        b'{"title": "' + b"x" * 100 + b'"}',
        DEEP.encode(),
        b"9" * 5000,
    ],
    ids=lambda content: content[:30].decode("latin-1"),
)
def test_json(run: Run, content: bytes) -> None:
    headers = {"Content-Type": "application/json"}

    assert statuses(run, ("POST", "/api/books", {"content": content, "headers": headers}))[0] < 500


def test_a_route_that_echoes_what_json_cannot_carry_does_not_fail(run: Run) -> None:
    options = {"content": b'{"number": NaN, "text": "a\\u0000b"}', "headers": {"Content-Type": "application/json"}}

    assert statuses(run, ("POST", "/api/echo", options)) == [200]


@pytest.mark.parametrize("url", ["/raw/", "/add/", "/api/anything", "/api/books", "/api/form"])
@only_sqlite
def test_a_body_over_the_limit_is_refused(run: Run, url: str) -> None:
    options = {"content": b"x" * 3000, "headers": {"Content-Type": "application/octet-stream"}}

    with override_settings(DATA_UPLOAD_MAX_BODY_SIZE=1000):
        assert statuses(run, ("POST", url, options)) in ([400], [413])


@only_sqlite
def test_a_large_body_is_refused_where_a_view_reads_it_whole(run: Run) -> None:
    options = {"content": b"x" * 3_000_000}

    assert statuses(run, ("POST", "/raw/", options)) == [400]


@pytest.mark.parametrize("url", ["/api/anything", "/api/books"])
@only_sqlite
def test_a_large_body_is_refused_where_a_route_reads_it_whole(run: Run, url: str) -> None:
    options = {"content": b"x" * 3_000_000, "headers": {"Content-Type": "application/json"}}

    assert statuses(run, ("POST", url, options))[0] in {400, 413}


@pytest.mark.parametrize("content_type", ["application/octet-stream", "multipart/form-data; boundary=x", "text/plain"])
@only_sqlite
def test_a_large_body_of_any_type_is_refused_where_a_route_has_a_body_parameter(run: Run, content_type: str) -> None:
    options = {"content": b"x" * 3_000_000, "headers": {"Content-Type": content_type}}

    assert statuses(run, ("POST", "/api/books", options)) == [413]


@only_sqlite
def test_an_error_does_not_send_a_file_back(run: Run) -> None:
    async def scenario(client: httpx.AsyncClient) -> str:
        return (await client.post("/api/form", files={"title": ("a.bin", b"y" * 2_000_000)})).text

    answer = run(scenario)

    assert "a.bin" in answer
    assert len(answer) < 2000


@only_sqlite
def test_an_error_cuts_a_long_text(run: Run) -> None:
    payload = {"title": "a", "pages": "z" * 100_000}

    async def scenario(client: httpx.AsyncClient) -> str:
        return (await client.post("/api/books", json=payload)).text

    assert len(run(scenario)) < 5000


@pytest.mark.parametrize(
    "content_type",
    ["multipart/form-data; boundary=", "multipart/form-data", "application/x-www-form-urlencoded; charset=utf-16"],
)
@only_sqlite
def test_an_error_page_does_not_stumble_over_a_broken_form(run: Run, content_type: str) -> None:
    options = {"content": b"x", "headers": {"Content-Type": content_type}}

    assert statuses(run, ("POST", "/nowhere/", options)) == [404]


@pytest.mark.parametrize("host", ["evil.example", "", "a b", "[::1", "..", "testserver\x7f", "\xff"])
@pytest.mark.parametrize("url", ["/search/", "/api/titles/a", "/nowhere/"])
@only_sqlite
def test_a_bad_host_is_refused(run: Run, url: str, host: str) -> None:
    assert statuses(run, ("GET", url, {"headers": {"Host": host.encode("latin-1")}})) == [400]


@pytest.mark.parametrize("url", ["/search/", "/api/titles/a"])
@only_sqlite
def test_two_hosts_are_refused(run: Run, url: str) -> None:
    headers = [("Host", "testserver"), ("Host", "evil.example")]

    assert statuses(run, ("GET", url, {"headers": headers})) == [400]


@pytest.mark.parametrize(
    "cookie", [b"sessionid=\x00", b"sessionid=" + b"x" * 4000, b"\xff\xfe=\xff", b";;;===", b'a="']
)
@pytest.mark.parametrize("url", ["/whoami/", "/api/me"])
@only_sqlite
def test_broken_cookies_are_ignored(run: Run, url: str, cookie: bytes) -> None:
    assert statuses(run, ("GET", url, {"headers": {"Cookie": cookie}})) == [200]


@pytest.mark.parametrize("method", ["PATCH", "TRACE", "NONSENSE", "OPTIONS", "HEAD"])
@pytest.mark.parametrize("url", ["/search/", "/api/titles/a", "/nowhere/"])
@only_sqlite
def test_methods_nobody_expects(run: Run, url: str, method: str) -> None:
    assert statuses(run, (method, url, {}))[0] < 500
