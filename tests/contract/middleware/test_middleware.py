"""What the middleware does to requests and responses."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from typing import Any

import pytest

from fastjango.core.cache import caches
from fastjango.http import HttpResponse
from fastjango.middleware.cache import CacheMiddleware
from fastjango.middleware.clickjacking import XFrameOptionsMiddleware
from fastjango.middleware.csrf import CsrfViewMiddleware, get_token
from fastjango.middleware.gzip import GZipMiddleware
from fastjango.middleware.http import ConditionalGetMiddleware
from fastjango.middleware.security import SecurityMiddleware
from fastjango.test import RequestFactory, override_settings
from fastjango.views.decorators.csrf import csrf_exempt

rf = RequestFactory()
Check = Callable[[Any], int]


def view(request: Any) -> HttpResponse:
    """Answer with a page."""
    return HttpResponse("page " * 100)


def csrf_status(request: Any, target: Any = view) -> int:
    """Return the status that the CSRF check gives to *request*."""
    middleware = CsrfViewMiddleware(target)
    middleware.process_request(request)
    refused = middleware.process_view(request, target, (), {})
    return 200 if refused is None else int(refused.status_code)


def with_token(method: str = "post", **extra: Any) -> Any:
    """Return a request with matching cookie and token."""
    first = rf.get("/")
    token = get_token(first)
    request = getattr(rf, method)("/", {"csrfmiddlewaretoken": token}, **extra)
    request.COOKIES["csrftoken"] = first.META["CSRF_COOKIE"]
    return request


def test_unsafe_request_needs_cookie_and_token() -> None:
    assert csrf_status(rf.get("/")) == 200
    assert csrf_status(rf.post("/")) == 403
    assert csrf_status(rf.post("/", b"{}", content_type="application/json")) == 403
    assert csrf_status(with_token()) == 200


def test_foreign_origin_is_refused_even_with_the_token() -> None:
    assert csrf_status(with_token(headers={"origin": "https://evil.test"})) == 403
    assert csrf_status(with_token(headers={"origin": "http://testserver"})) == 200


def test_trusted_origins_may_have_wildcards() -> None:
    with override_settings(CSRF_TRUSTED_ORIGINS=["https://*.example.com"]):
        assert csrf_status(with_token(headers={"origin": "https://a.example.com"})) == 200
        assert csrf_status(with_token(headers={"origin": "https://example.com.evil.test"})) == 403


def test_https_without_origin_needs_a_referer_of_this_host() -> None:
    assert csrf_status(with_token(secure=True)) == 403
    assert csrf_status(with_token(secure=True, headers={"referer": "https://testserver/x"})) == 200


@pytest.mark.parametrize("cookie", ["", "x", "\0" * 32, "ä" * 64, "a" * 32 + "!" * 32])
def test_odd_cookies_are_refused_not_errors(cookie: str) -> None:
    request = with_token()
    request.COOKIES["csrftoken"] = cookie

    assert csrf_status(request) == 403


def test_exempt_views_are_left_alone() -> None:
    assert csrf_status(rf.post("/"), csrf_exempt(view)) == 200


def test_tokens_differ_each_time_and_all_match() -> None:
    request = rf.get("/")

    assert get_token(request) != get_token(request)


def test_security_headers_are_set_and_do_not_replace_the_views() -> None:
    def own(request: Any) -> HttpResponse:
        return HttpResponse(headers={"Referrer-Policy": "origin"})

    response = SecurityMiddleware(own)(rf.get("/"))

    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "origin"


def test_frames_are_denied_by_default() -> None:
    assert XFrameOptionsMiddleware(view)(rf.get("/"))["X-Frame-Options"] == "DENY"


def test_compression_only_for_those_who_take_it() -> None:
    plain = GZipMiddleware(view)(rf.get("/"))
    packed = GZipMiddleware(view)(rf.get("/", headers={"accept-encoding": "gzip"}))

    assert "Content-Encoding" not in plain
    assert gzip.decompress(packed.content) == plain.content
    assert packed["Vary"] == "Accept-Encoding"


def test_page_that_the_client_has_is_not_sent_again() -> None:
    first = ConditionalGetMiddleware(view)(rf.get("/"))
    again = ConditionalGetMiddleware(view)(rf.get("/", headers={"if-none-match": first["ETag"]}))

    assert again.status_code == 304
    assert again.content == b""


@pytest.fixture
def calls() -> list[str]:
    """Clear the cache; return a list for the view to count in."""
    caches["default"].clear()
    return []


def cached(calls: list[str], **headers: str) -> Any:
    """Return a view behind the page cache."""

    def counted(request: Any) -> HttpResponse:
        calls.append(request.path)
        return HttpResponse(str(len(calls)), headers=headers)

    return CacheMiddleware(counted, page_timeout=60)


def test_page_cache_answers_the_second_time(calls: list[str]) -> None:
    middleware = cached(calls)

    assert [middleware(rf.get("/p/")).content for _ in range(2)] == [b"1", b"1"]
    assert middleware(rf.get("/p/?other")).content == b"2"


@pytest.mark.parametrize("header", ["private", "no-store", "NO-STORE", "Private, max-age=10"])
def test_page_cache_keeps_nothing_private(calls: list[str], header: str) -> None:
    middleware = cached(calls, **{"Cache-Control": header})

    assert [middleware(rf.get("/p/")).content for _ in range(2)] == [b"1", b"2"]


def test_page_cache_keeps_no_answer_to_authorization(calls: list[str]) -> None:
    middleware = cached(calls)
    middleware(rf.get("/p/", headers={"authorization": "Bearer x"}))

    assert middleware(rf.get("/p/")).content == b"2"


def test_page_cache_tells_a_missing_header_from_an_empty_one(calls: list[str]) -> None:
    middleware = cached(calls, Vary="X-Kind")

    assert middleware(rf.get("/p/")).content == b"1"
    assert middleware(rf.get("/p/", headers={"x-kind": ""})).content == b"2"
