"""What users may rely on in a response."""

from __future__ import annotations

import datetime as dt
import io
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import anyio
import pytest
from starlette.responses import Response

from fastjango.core.exceptions import DisallowedRedirect
from fastjango.http import (
    BadHeaderError,
    FileResponse,
    HttpResponse,
    HttpResponseNotModified,
    HttpResponseRedirect,
    JsonResponse,
    StreamingHttpResponse,
    parse_cookie,
)
from fastjango.http.stored import freeze_response, thaw_response

SCOPE: dict[str, Any] = {"type": "http", "asgi": {"spec_version": "2.4"}}


async def send_all(response: HttpResponse | StreamingHttpResponse) -> tuple[dict[str, Any], bytes]:
    """Return the start message and the joined body of a sent response."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.disconnect"}

    await response(SCOPE, receive, send)
    return sent[0], b"".join(message.get("body", b"") for message in sent[1:])


def test_response_is_one_of_starlettes() -> None:
    assert isinstance(HttpResponse(), Response)


def test_headers_ignore_case() -> None:
    response = HttpResponse(headers={"X-One": 1})
    del response["content-type"]

    assert response["x-one"] == "1"
    assert "Content-Type" not in response


@pytest.mark.parametrize("value", ["a\nb", "a\rb", b"a\nb", "a\0b", "†\nb"])
def test_line_breaks_in_headers_are_refused(value: str | bytes) -> None:
    with pytest.raises(BadHeaderError):
        HttpResponse()["X"] = value


def test_only_template_responses_have_render() -> None:
    assert not hasattr(HttpResponse(), "render")


def test_content_may_be_text_bytes_or_an_iterable() -> None:
    response = HttpResponse(iter(["ä", b"b", 1]))
    response.write("!")

    assert response.content == "äb1!".encode()
    assert response.text == "äb1!"


def test_status_must_be_an_http_status() -> None:
    with pytest.raises(ValueError, match="from 100 to 599"):
        HttpResponse(status=600)
    with pytest.raises(TypeError, match="must be an integer"):
        HttpResponse(status="x")


def test_cookie_with_a_moment_gets_max_age() -> None:
    response = HttpResponse()
    response.set_cookie("a", "b", expires=dt.datetime.now(tz=dt.UTC) + dt.timedelta(seconds=100), samesite="Lax")

    assert response.cookies["a"]["max-age"] == 100
    assert response.cookies["a"]["samesite"] == "Lax"


def test_partitioned_cookie_says_so() -> None:
    response = HttpResponse()
    response.set_cookie("a", "b", secure=True, partitioned=True)

    assert "Partitioned" in response.cookies["a"].output()


@pytest.mark.parametrize("target", ["javascript:alert(1)", "data:text/html,x", "http://x/" + "a" * 20000, "http://[x"])
def test_redirects_to_odd_targets_are_refused(target: str) -> None:
    with pytest.raises(DisallowedRedirect):
        HttpResponseRedirect(target)


def test_redirect_may_keep_the_method() -> None:
    assert HttpResponseRedirect("/x/", preserve_request=True).status_code == 307


def test_not_modified_has_no_content() -> None:
    response = HttpResponseNotModified()

    with pytest.raises(AttributeError):
        response.content = b"x"


def test_json_response_takes_only_dictionaries_unless_told() -> None:
    with pytest.raises(TypeError, match="safe parameter"):
        JsonResponse([1])
    assert JsonResponse([1], safe=False).content == b"[1]"


def test_fastapi_makes_responses_by_starlettes_names() -> None:
    response = HttpResponse("x", status_code=201, media_type="text/plain", background=None)
    response.headers.raw.append((b"set-cookie", b"a=1"))

    assert response.status_code == 201
    assert (b"set-cookie", b"a=1") in response.raw_headers


def test_stored_response_comes_back_the_same() -> None:
    response = HttpResponse(b"\xff\x00", status=200, content_type="image/x")
    response.set_cookie("a", "b", max_age=5)
    again = thaw_response(freeze_response(response))

    assert again.content == response.content
    assert again.raw_headers == response.raw_headers


@pytest.mark.anyio
async def test_sent_response_has_length_and_is_closed() -> None:
    response = HttpResponse("abc")
    start, body = await send_all(response)

    assert body == b"abc"
    assert (b"content-length", b"3") in start["headers"]
    assert response.closed


@pytest.mark.anyio
async def test_streams_are_sent_from_sync_and_async_iterators() -> None:
    async def numbers() -> AsyncIterator[str]:
        yield "1"
        yield "2"

    assert (await send_all(StreamingHttpResponse(iter(["1", b"2"]))))[1] == b"12"
    assert (await send_all(StreamingHttpResponse(numbers())))[1] == b"12"


@pytest.mark.anyio
async def test_file_response_is_named_measured_and_closed() -> None:
    file = io.BytesIO(b"x" * 100_000)
    file.name = "report.txt.gz"
    response = FileResponse(file, as_attachment=True)
    start, body = await send_all(response)
    headers = dict(start["headers"])

    assert len(body) == 100_000
    assert headers[b"content-length"] == b"100000"
    assert headers[b"content-type"] == b"application/gzip"
    assert headers[b"content-disposition"] == b'attachment; filename="report.txt.gz"'
    assert file.closed


def test_long_cookie_headers_are_read_in_linear_time() -> None:
    started = time.perf_counter()
    parse_cookie('a="' + "\\" * 200_000 + '"')
    parse_cookie(";" * 200_000)

    assert time.perf_counter() - started < 1


@pytest.mark.anyio
@pytest.mark.parametrize("spec_version", ["2.0", "2.4"])
async def test_error_of_a_stream_reaches_the_server_as_it_is(spec_version: str) -> None:
    def broken() -> Iterator[str]:
        yield "1"
        raise LookupError("gone")

    async def receive() -> Any:
        await anyio.sleep(60)

    async def send(message: Any) -> None:
        """Take it."""

    response = StreamingHttpResponse(broken())
    with pytest.raises(LookupError, match="gone"):
        await response({**SCOPE, "asgi": {"spec_version": spec_version}}, receive, send)
    assert response.closed
