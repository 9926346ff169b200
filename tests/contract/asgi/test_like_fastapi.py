"""With URL patterns and middleware, FastAPI's routes behave as in a plain FastAPI application."""

from __future__ import annotations

import html
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import anyio
import httpx
import pytest
from fastapi import APIRouter, Body, HTTPException, Request, WebSocket
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.routing import Match
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketDisconnect

from fastjango import FastJango
from fastjango.core.exceptions import ValidationError
from fastjango.http import HttpResponse
from fastjango.test import override_settings
from fastjango.urls import clear_url_caches, path

MIDDLEWARE = ["fastjango.middleware.common.CommonMiddleware", "fastjango.middleware.security.SecurityMiddleware"]


def page(request: Any) -> HttpResponse:
    return HttpResponse("a page")


def own_500(request: Any) -> HttpResponse:
    return HttpResponse("ours", status=500)


urls: Any = ModuleType("like_fastapi_urls")
urls.urlpatterns = [path("page/", page)]
urls_with_500: Any = ModuleType("like_fastapi_urls_500")
urls_with_500.urlpatterns = [path("page/", page)]
urls_with_500.handler500 = own_500


@pytest.fixture(autouse=True)
def project() -> Iterator[None]:
    """A project with URL patterns and middleware."""
    changed = override_settings(
        ROOT_URLCONF=urls, MIDDLEWARE=MIDDLEWARE, DEBUG=False, ALLOWED_HOSTS=["*"], API_DOCS=True
    )
    with changed:
        clear_url_caches()
        yield


def client_of(app: Any, **options: Any) -> TestClient:
    return TestClient(app, base_url="http://shop.test", **options)


def failing() -> None:
    raise RuntimeError("on purpose")


def test_a_route_that_fails_answers_in_plain_text_and_pages_as_the_urlconf_says() -> None:
    app = FastJango()
    app.get("/fail")(failing)

    answer = client_of(app, raise_server_exceptions=False).get("/fail")
    with override_settings(ROOT_URLCONF=urls_with_500):
        ours = client_of(app, raise_server_exceptions=False).get("/fail")

    assert (answer.status_code, answer.text) == (500, "Internal Server Error")
    assert (ours.status_code, ours.text) == (500, "ours")


def test_the_applications_own_handler_of_exceptions_answers_and_the_exception_is_raised_on() -> None:
    app = FastJango(exception_handlers={Exception: lambda request, exc: JSONResponse({"what": str(exc)}, 500)})
    app.get("/fail")(failing)

    answer = client_of(app, raise_server_exceptions=False).get("/fail")

    assert (answer.status_code, answer.json()) == (500, {"what": "on purpose"})
    with pytest.raises(RuntimeError, match="on purpose"):
        client_of(app).get("/fail")


def test_the_applications_own_handler_of_404_answers_for_paths_that_nobody_has() -> None:
    app = FastJango(exception_handlers={404: lambda request, exc: JSONResponse({"no": request.url.path}, 404)})
    other = FastJango(exception_handlers={StarletteHTTPException: lambda request, exc: JSONResponse("no", 404)})

    assert client_of(app).get("/nothing").json() == {"no": "/nothing"}
    assert client_of(other).get("/nothing").json() == "no"
    assert client_of(app).get("/page/").text == "a page"
    assert "<h1>Not Found</h1>" in client_of(FastJango()).get("/nothing").text


def test_without_url_patterns_a_path_that_nobody_has_is_answered_as_fastapi_does() -> None:
    with override_settings(ROOT_URLCONF=None):
        app = FastJango()

        assert client_of(app).get("/nothing").json() == {"detail": "Not Found"}


def test_a_body_over_the_applications_limit_is_refused() -> None:
    app = FastJango(max_body_size=10)

    @app.post("/echo")
    async def echo(text: str = Body()) -> str:
        return text

    client = client_of(app)
    assert client.post("/echo", json="short").json() == "short"
    assert client.post("/echo", json="longer than that").status_code == 413


def test_a_route_may_match_by_its_own_rules() -> None:
    class Tenant(APIRoute):
        def matches(self, scope: Scope) -> tuple[Match, Scope]:
            match, child = super().matches(scope)
            return (match if (b"x-tenant", b"a") in scope["headers"] else Match.NONE), child

    router = APIRouter(route_class=Tenant)
    router.get("/of-a")(lambda: "a")
    app = FastJango()
    app.include_router(router, prefix="/api")

    assert client_of(app).get("/api/of-a", headers={"X-Tenant": "a"}).json() == "a"
    assert client_of(app).get("/api/of-a").status_code == 404


def test_a_missing_slash_is_redirected_to_the_whole_address() -> None:
    app = FastJango()
    app.get("/items/")(lambda: "items")

    answer = client_of(app, follow_redirects=False).get("/items?page=2")

    assert (answer.status_code, answer.headers["location"]) == (307, "http://shop.test/items/?page=2")


def test_a_socket_that_nobody_has_is_closed() -> None:
    app = FastJango()

    @app.websocket("/there")
    async def there(socket: WebSocket) -> None:
        await socket.accept()
        await socket.close()

    with pytest.raises(WebSocketDisconnect) as closed, client_of(app).websocket_connect("/nothing"):
        pass
    assert closed.value.code == 1000


def test_an_asgi_middleware_may_refuse_the_body_while_it_comes() -> None:
    class Refusing:
        def __init__(self, app: ASGIApp) -> None:
            self.app = app

        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            async def limited() -> Message:
                await receive()
                raise HTTPException(422, {"code": 999}, {"X-Why": "size"})

            await self.app(scope, limited if scope["type"] == "http" else receive, send)

    app = FastJango()
    app.add_middleware(Refusing)
    app.post("/echo")(lambda text=Body(): text)

    answer = client_of(app).post("/echo", json="text")

    assert (answer.status_code, answer.json(), answer.headers["x-why"]) == (422, {"detail": {"code": 999}}, "size")


def test_the_docs_page_has_the_applications_options() -> None:
    app = FastJango(swagger_ui_parameters={"deepLinking": False}, swagger_ui_init_oauth={"clientId": "shop"})

    text = html.unescape(client_of(app).get("/docs").text)

    assert '"deepLinking": false' in text
    assert '{"clientId": "shop"}' in text
    assert '"oauth2RedirectUrl": "/docs/oauth2-redirect"' in text
    assert "swaggerUIRedirectOauth2" in client_of(app).get("/docs/oauth2-redirect").text


def test_a_server_without_a_port_has_the_usual_one() -> None:
    """Behind a socket file; a request without Host."""
    app = FastJango()
    app.get("/here")(lambda: "here")

    async def through_middleware(scope: Scope, receive: Receive, send: Send) -> None:
        scope["server"] = ("shop.test", None)
        scope["headers"] = [one for one in scope["headers"] if one[0] != b"host"]
        await app(scope, receive, send)

    assert client_of(through_middleware).get("/here").json() == "here"


def test_a_query_string_that_is_no_text_is_refused() -> None:
    app = FastJango()
    app.get("/here")(lambda: "here")

    async def with_raw_query(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, "query_string": b"q=\xff"} if scope["type"] == "http" else scope, receive, send)

    assert client_of(with_raw_query).get("/here").status_code == 400


def test_a_socket_without_a_host_is_served_where_any_host_will_do() -> None:
    app = FastJango()

    @app.websocket("/socket")
    async def socket(websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.close()

    said: list[str] = []

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        said.append(message["type"])

    scope: Scope = {"type": "websocket", "path": "/socket", "query_string": b"", "headers": [], "scheme": "ws"}
    anyio.run(app, dict(scope), receive, send)
    with override_settings(ALLOWED_HOSTS=["shop.test"]):
        anyio.run(app, dict(scope), receive, send)

    assert said.count("websocket.accept") == 1
    assert said[0] == "websocket.accept"


@pytest.mark.parametrize("limited", ["app", "router", "route"])
def test_a_body_that_no_header_announces_is_received_where_there_is_a_limit(limited: str) -> None:
    limits: dict[str, Any] = {
        name: {"max_body_size": 4} if name == limited else {} for name in ("app", "router", "route")
    }
    app = FastJango(**limits["app"])
    router = APIRouter(**limits["router"])

    @router.get("/", **limits["route"])
    async def echo(request: Request) -> str:
        return (await request.body()).decode()

    app.include_router(router, prefix="/echo")

    async def parts(text: bytes) -> AsyncIterator[bytes]:
        yield text

    async def main() -> list[tuple[int, str]]:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://shop.test") as client:
            answers = []
            for text in (b"1234", b"12345"):
                request = client.build_request("GET", "/echo/", content=parts(text))
                del request.headers["transfer-encoding"]
                answer = await client.send(request)
                answers.append((answer.status_code, answer.text))
            return answers

    (status, text), (refused, _) = anyio.run(main)

    assert (status, text, refused) == (200, '"1234"', 413)


def test_a_file_that_a_group_cancels_before_it_starts_is_refused_and_no_500(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("hello")
    router = APIRouter()
    router.frontend("/", directory=tmp_path)
    app = FastJango()
    app.include_router(router, prefix="/empty", max_body_size=0)
    app.include_router(router, prefix="/small", max_body_size=10)

    async def main() -> list[int]:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://shop.test") as client:
            urls = ("/empty/index.html", "/small/index.html")
            return [(await client.request("GET", url, content=b"x")).status_code for url in urls]

    assert anyio.run(main) == [413, 200]


def test_an_answer_without_content_has_no_content_length() -> None:
    app = FastJango()
    app.delete("/thing", status_code=204)(lambda: None)

    answer = client_of(app).delete("/thing")

    assert answer.status_code == 204
    assert "content-length" not in answer.headers


def test_what_a_model_refuses_is_told_in_the_form_that_the_schema_names() -> None:
    app = FastJango()

    @app.get("/refused")
    def refused(by_field: bool) -> None:
        raise ValidationError({"name": ["Too long."], "__all__": ["No."]} if by_field else ["One.", "Two."])

    fields = client_of(app).get("/refused?by_field=1")
    whole = client_of(app).get("/refused?by_field=0")

    assert (fields.status_code, whole.status_code) == (422, 422)
    assert fields.json()["detail"] == [
        {"type": "value_error", "loc": ["body", "name"], "msg": "Too long."},
        {"type": "value_error", "loc": ["body"], "msg": "No."},
    ]
    assert [one["msg"] for one in whole.json()["detail"]] == ["One.", "Two."]
