"""What users may rely on in a request."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from fastjango.core.exceptions import BadRequest, DisallowedHost, RequestDataTooBig, TooManyFieldsSent
from fastjango.core.signing import BadSignature
from fastjango.http import HttpRequest, HttpResponse, QueryDict, RawPostDataException, parse_cookie
from fastjango.http.body import receive_body
from fastjango.test import override_settings


def make_request(
    method: str = "GET",
    path: str = "/",
    query: bytes = b"",
    headers: list[tuple[bytes, bytes]] | None = None,
    body: bytes = b"",
    **scope: Any,
) -> HttpRequest:
    """Return a request over an ASGI scope."""
    request = HttpRequest.__new__(HttpRequest)
    request._set_scope(
        {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": query,
            "headers": [(b"host", b"testserver")] if headers is None else headers,
            "server": ("testserver", 80),
            "client": ("10.0.0.1", 1234),
            **scope,
        },
        body,
    )
    return request


def test_bare_request_is_empty_and_can_be_filled() -> None:
    request = HttpRequest()
    request.META["SERVER_NAME"] = "x"
    request.POST = QueryDict("a=1")

    assert (request.method, request.path, dict(request.GET)) == (None, "", {})
    assert request.POST["a"] == "1"
    assert repr(request) == "<HttpRequest>"


def test_headers_ignore_case_and_leave_out_names_with_underscores() -> None:
    request = make_request(headers=[(b"x-real-ip", b"1.1.1.1"), (b"x_real_ip", b"6.6.6.6")])

    assert request.headers["X-REAL-IP"] == "1.1.1.1"
    assert request.META["HTTP_X_REAL_IP"] == "1.1.1.1"


def test_repeated_headers_are_joined() -> None:
    request = make_request(headers=[(b"cookie", b"a=1"), (b"cookie", b"b=2"), (b"accept", b"x/y"), (b"accept", b"z/w")])

    assert request.COOKIES == {"a": "1", "b": "2"}
    assert request.headers["accept"] == "x/y,z/w"


def test_two_host_headers_are_refused() -> None:
    request = make_request(headers=[(b"host", b"testserver"), (b"host", b"evil.test")])

    with pytest.raises(DisallowedHost):
        request.get_host()


def test_absolute_uri_keeps_path_and_query() -> None:
    request = make_request(path="/bücher/", query=b"q=%C3%A4")

    assert request.build_absolute_uri() == "http://testserver/b%C3%BCcher/?q=%C3%A4"
    assert request.build_absolute_uri("next") == "http://testserver/b%C3%BCcher/next"


def test_form_is_read_from_the_body() -> None:
    form = [(b"content-type", b"application/x-www-form-urlencoded")]
    request = make_request("POST", headers=form, body=b"a=1&a=2&b=%C3%A4")

    assert request.POST.getlist("a") == ["1", "2"]
    assert request.POST["b"] == "ä"
    assert request.body == b"a=1&a=2&b=%C3%A4"


def test_form_in_another_charset_is_refused() -> None:
    form = [(b"content-type", b"application/x-www-form-urlencoded; charset=latin-1")]
    request = make_request("POST", headers=form, body=b"a=1")

    with pytest.raises(BadRequest):
        request.POST  # noqa: B018 - reading it is the test


def test_body_cannot_be_asked_for_after_it_was_streamed() -> None:
    request = make_request("POST", body=b"abc")
    request.read(1)

    with pytest.raises(RawPostDataException):
        request.body  # noqa: B018 - reading it is the test


def test_body_over_the_limit_is_refused_by_what_arrives() -> None:
    request = make_request("POST", headers=[(b"content-length", b"1")], body=b"x" * 11)

    with override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=10), pytest.raises(RequestDataTooBig):
        request.body  # noqa: B018 - reading it is the test


def test_too_many_fields_are_refused() -> None:
    with override_settings(DATA_UPLOAD_MAX_NUMBER_FIELDS=2), pytest.raises(TooManyFieldsSent):
        make_request(query=b"a=1&b=2&c=3").GET  # noqa: B018 - reading it is the test


@pytest.mark.parametrize("query", [b"a=%00", b"a=%ED%A0%80", b"a=\xff", b"%"])
def test_no_query_string_is_an_error(query: bytes) -> None:
    request = make_request(query=query)

    assert isinstance(request.GET.urlencode(), str)
    assert request.get_full_path().startswith("/?")


def test_multipart_gives_fields_and_files() -> None:
    body = (
        b'--b\r\nContent-Disposition: form-data; name="title"\r\n\r\nHello\r\n'
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="../../etc/x.txt"\r\n'
        b"Content-Type: text/plain\r\n\r\ndata\r\n--b--\r\n"
    )
    headers = [(b"content-type", b"multipart/form-data; boundary=b")]
    request = make_request("POST", headers=headers, body=body)

    assert request.POST["title"] == "Hello"
    assert request.FILES["file"].name == "x.txt"
    assert request.FILES["file"].read() == b"data"


def test_preferred_type_follows_quality_and_exactness() -> None:
    request = make_request(headers=[(b"accept", b"text/*;q=0.3, text/html;q=0.7, application/json")])

    assert request.get_preferred_type(["text/html", "application/json"]) == "application/json"
    assert request.get_preferred_type(["text/plain", "text/html"]) == "text/html"
    assert request.accepts("image/png") is False


def test_copies_do_not_share_what_is_in_them() -> None:
    request = make_request()
    request.session = {}
    other = copy.deepcopy(request)
    request.session["a"] = 1

    assert other.session == {}


def test_cookies_are_read_as_browsers_send_them() -> None:
    assert parse_cookie('a=1; b="x\\"y"; =v; flag; a=2') == {"a": "2", "b": 'x"y', "": "flag"}


def test_signed_cookies_do_not_pass_for_one_another() -> None:

    response = HttpResponse()
    response.set_signed_cookie("a", "v", salt="bc")
    request = HttpRequest()
    request.COOKIES["ab"] = response.cookies["a"].value

    with pytest.raises(BadSignature):
        request.get_signed_cookie("ab", salt="c")


@pytest.mark.anyio
async def test_body_is_received_in_pieces_up_to_a_limit() -> None:
    pieces = [{"type": "http.request", "body": b"x" * 6, "more_body": True}] * 3

    async def receive() -> Any:
        return pieces.pop()

    with pytest.raises(RequestDataTooBig):
        await receive_body(receive, max_bytes=10)


@pytest.mark.parametrize("charset", [b"base64", b"rot13", b"undefined", b"punycode", b"idna", b"x" * 9999, b"\0"])
def test_only_encodings_of_text_may_be_named_by_a_client(charset: bytes) -> None:
    request = make_request("POST", query=b"a=%ff", headers=[(b"content-type", b"text/plain; charset=" + charset)])

    assert request.encoding is None
    assert request.accepts("text/html") is True
    assert request.GET["a"] == "\ufffd"


def test_lone_surrogates_in_a_path_are_replaced() -> None:
    assert make_request(path="/a\ud800/").get_full_path() == "/a%3F/"


@pytest.mark.parametrize("accept", [b"text/html; a*=nope''x", b"text/html;q=nan", b"," * 5000, b"x" * 20000])
def test_no_accept_header_is_an_error(accept: bytes) -> None:
    request = make_request(headers=[(b"accept", accept)])

    assert request.get_preferred_type(["image/png"]) is None
