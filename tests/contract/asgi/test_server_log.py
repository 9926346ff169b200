"""Where the exception of a failed request can be read: in the server's log, unless the project says where errors go."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import anyio
import httpx
import pytest

from fastjango import FastJango
from fastjango.core.handlers.wsgi import get_wsgi_application
from fastjango.http import HttpResponse
from fastjango.test import override_settings
from fastjango.urls import clear_url_caches, path
from fastjango.utils.log import DEFAULT_LOGGING


def failing_view(request: Any) -> HttpResponse:
    raise RuntimeError("a view")


urls: Any = ModuleType("server_log_urls")
urls.urlpatterns = [path("view/", failing_view)]


@pytest.fixture(autouse=True)
def project(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A project in production that says nothing of logging; pytest's own handlers stay."""
    monkeypatch.setattr(logging.root, "handlers", [h for h in logging.root.handlers if "pytest" in type(h).__module__])
    with override_settings(
        ROOT_URLCONF=urls,
        MIDDLEWARE=["fastjango.middleware.common.CommonMiddleware"],
        DEBUG=False,
        ALLOWED_HOSTS=["*"],
        LOGGING={},
    ):
        clear_url_caches()
        yield


@pytest.fixture
def app() -> FastJango:
    """An application with a route that fails."""
    app = FastJango()

    @app.get("/route")
    async def route() -> None:
        raise RuntimeError("a route")

    return app


def get(app: Any, url: str, *, raises: bool = True) -> httpx.Response:
    async def main() -> httpx.Response:
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=raises)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            return await client.get(url)

    return anyio.run(main)


@pytest.mark.parametrize(("url", "text"), [("/view/", "a view"), ("/route", "a route")])
def test_the_server_gets_the_exception_when_the_whole_answer_is_out(app: FastJango, url: str, text: str) -> None:
    with pytest.raises(RuntimeError, match=text):
        get(app, url)

    answer = get(app, url, raises=False)
    assert answer.status_code == 500
    assert int(answer.headers["content-length"]) == len(answer.content) > 0


@pytest.mark.parametrize("changed", [{"DEBUG": True}, {"LOGGING": DEFAULT_LOGGING}, {"LOGGING_CONFIG": None}])
@pytest.mark.parametrize("url", ["/view/", "/route"])
def test_it_does_not_where_logging_shows_the_exception(app: FastJango, url: str, changed: dict[str, Any]) -> None:
    with override_settings(**changed):
        assert get(app, url).status_code == 500


def test_it_does_not_where_the_root_logger_has_a_handler(app: FastJango) -> None:
    shown = io.StringIO()
    handler = logging.StreamHandler(shown)
    logging.root.addHandler(handler)
    try:
        assert get(app, "/route").status_code == 500
    finally:
        logging.root.removeHandler(handler)

    assert shown.getvalue().count("RuntimeError: a route") == 1


def test_the_applications_handler_of_exceptions_is_asked_once() -> None:
    asked: list[Exception] = []
    app = FastJango()

    @app.exception_handler(Exception)
    async def handler(request: Any, exc: Exception) -> Any:
        asked.append(exc)
        return HttpResponse("handled", status=500)

    @app.middleware("http")
    async def middleware(request: Any, call_next: Any) -> Any:
        return await call_next(request)

    @app.get("/route")
    async def route() -> None:
        raise RuntimeError("a route")

    answer = get(app, "/route", raises=False)
    with pytest.raises(RuntimeError, match="a route"):
        get(app, "/route")

    assert (answer.status_code, answer.text) == (500, "handled")
    assert len(asked) == 2


def test_a_wsgi_server_shows_it_on_standard_error() -> None:
    application = get_wsgi_application()
    records: list[logging.LogRecord] = []
    logger = logging.getLogger("fastjango.server")
    handler = logging.Handler()
    handler.emit = records.append  # type: ignore[method-assign,assignment]
    logger.addHandler(handler)
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/view/", "wsgi.input": io.BytesIO(), "wsgi.url_scheme": "http"}
    environ |= {"SERVER_NAME": "testserver", "SERVER_PORT": "80"}
    statuses: list[str] = []
    try:
        for changed in ({}, {"LOGGING": DEFAULT_LOGGING}):
            with override_settings(**changed):
                b"".join(application(dict(environ), lambda status, headers: statuses.append(status)))
    finally:
        logger.removeHandler(handler)

    assert statuses == ["500 Internal Server Error"] * 2
    assert [record.getMessage() for record in records] == ["Internal Server Error: /view/"]
    assert isinstance(records[0].exc_info[1], RuntimeError)  # type: ignore[index]  # a failure has one
