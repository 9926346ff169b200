"""Views, decorators and error pages."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from fastjango.core.exceptions import ImproperlyConfigured, SuspiciousFileOperation
from fastjango.http import Http404, HttpResponse
from fastjango.shortcuts import redirect, resolve_url
from fastjango.test import RequestFactory, override_settings
from fastjango.urls import NoReverseMatch
from fastjango.utils.safestring import mark_safe
from fastjango.utils.worlds import iscoroutinefunction
from fastjango.views import View
from fastjango.views.debug import ExceptionReporter, technical_500_response
from fastjango.views.decorators.cache import never_cache
from fastjango.views.decorators.debug import sensitive_variables
from fastjango.views.decorators.http import require_GET
from fastjango.views.decorators.vary import vary_on_headers
from fastjango.views.generic import RedirectView
from fastjango.views.static import serve

rf = RequestFactory()


class Hello(View):
    """Says hello."""

    greeting = "hello"

    def get(self, request: Any) -> HttpResponse:
        """Answer."""
        return HttpResponse(self.greeting)


class AsyncHello(View):
    """Says hello later."""

    async def get(self, request: Any) -> HttpResponse:
        """Answer."""
        return HttpResponse("hello")


def test_view_answers_head_options_and_refuses_the_rest() -> None:
    view = Hello.as_view(greeting="hi")

    assert view(rf.get("/")).content == b"hi"
    assert view(rf.head("/")).status_code == 200
    assert view(rf.options("/"))["Allow"] == "GET, HEAD, OPTIONS"
    assert view(rf.post("/")).status_code == 405


def test_as_view_takes_only_attributes_of_the_class() -> None:
    with pytest.raises(TypeError, match="received an invalid keyword 'nothing'"):
        Hello.as_view(nothing=1)


@pytest.mark.anyio
async def test_async_view_is_a_coroutine_function() -> None:
    view = AsyncHello.as_view()

    assert iscoroutinefunction(view)
    assert (await view(rf.get("/"))).content == b"hello"
    assert (await view(rf.post("/"))).status_code == 405


def test_mixture_of_sync_and_async_methods_is_refused() -> None:
    class Mixed(AsyncHello):
        def post(self, request: Any) -> HttpResponse:
            return HttpResponse()

    with pytest.raises(ImproperlyConfigured, match="all sync or all async"):
        Mixed.as_view()


@pytest.mark.anyio
async def test_decorators_work_on_async_views() -> None:
    @require_GET
    @never_cache
    @vary_on_headers("X-A", "Cookie")
    async def view(request: Any) -> HttpResponse:
        return HttpResponse()

    response = await view(rf.get("/"))

    assert "no-store" in response["Cache-Control"]
    assert response["Vary"] == "X-A, Cookie"
    assert (await view(rf.post("/"))).status_code == 405


def test_redirect_view_fills_in_what_the_address_captures() -> None:
    view = RedirectView.as_view(url="/new/%(pk)s/", query_string=True)

    assert view(rf.get("/?a=1"), pk=3).url == "/new/3/?a=1"
    assert RedirectView.as_view()(rf.get("/")).status_code == 410


def test_redirect_takes_objects_addresses_and_names() -> None:
    class Thing:
        def get_absolute_url(self) -> str:
            return "/thing/"

    assert resolve_url(Thing()) == "/thing/"
    assert redirect("/x/", permanent=True).status_code == 301
    with pytest.raises(NoReverseMatch):
        resolve_url("no-such-name")


def test_static_files_are_served_from_below_their_folder_only(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("text")

    assert b"".join(serve(rf.get("/"), "a.txt", document_root=tmp_path)) == b"text"
    for path in ("nothing.txt", "", "a\0b", "x" * 5000):
        with pytest.raises(Http404):
            serve(rf.get("/"), path, document_root=tmp_path)
    # Dots are taken out before the name is joined.
    with pytest.raises((Http404, SuspiciousFileOperation)):
        serve(rf.get("/"), "../../etc/passwd", document_root=tmp_path)


def error_of(function: Any) -> Any:
    """Return what *function* raises, as ``sys.exc_info()``."""
    try:
        function()
    except Exception:  # noqa: BLE001 - the test wants whatever comes
        return sys.exc_info()
    raise AssertionError("nothing was raised")


@sensitive_variables("card")
def pay() -> None:
    """Fail with a secret at hand."""
    card = "4111"
    amount = "12.50"
    raise ValueError(mark_safe("<b>declined</b>"), len(card), len(amount))


def test_error_page_escapes_what_calls_itself_safe() -> None:
    html = ExceptionReporter(rf.get("/"), *error_of(pay)).get_traceback_html()

    assert "<b>declined</b>" not in html
    assert "&lt;b&gt;declined&lt;/b&gt;" in html


def test_sensitive_variables_are_hidden_without_debug() -> None:
    with override_settings(DEBUG=False):
        html = ExceptionReporter(rf.get("/"), *error_of(pay)).get_traceback_html()

    assert "&#x27;12.50&#x27;" in html
    assert "&#x27;4111&#x27;" not in html


def test_error_page_loads_nothing_from_elsewhere() -> None:
    html = ExceptionReporter(rf.get("/"), *error_of(pay)).get_traceback_html()

    assert "src=" not in html
    assert "<link" not in html


def test_error_report_comes_as_page_text_or_json() -> None:
    error = error_of(pay)
    page = technical_500_response(rf.get("/", headers={"accept": "text/html"}), *error)
    text = technical_500_response(rf.get("/", headers={"accept": "application/json"}), *error)
    data = technical_500_response(rf.get("/", headers={"accept": "application/problem+json"}), *error)

    assert page["Content-Type"].startswith("text/html")
    assert text["Content-Type"] == "text/plain; charset=utf-8"
    assert json.loads(data.content)["type"] == "ValueError"
    assert json.loads(data.content)["frames"][-1]["function"] == "pay"
