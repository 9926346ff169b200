"""
A walk through the program of the tutorial; run by ``test_tutorial.py``.

``python tutorial_walk.py stock FOLDER`` walks on FastAPI, ``settings`` on FastJango with URL patterns, middleware and apps;
each prints what clients saw, as JSON.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.websockets import WebSocketDisconnect as Disconnected
from tests.contract.asgi.tutorial import Settings, build, diary, get_settings

KEPT_HEADERS = (
    "content-type", "content-length", "content-encoding", "location", "www-authenticate", "x-error", "x-timed", "x-cat-dog",
    "x-process-time", "set-cookie", "allow", "access-control-allow-origin", "access-control-allow-credentials",
    "cache-control", "vary", "etag",
)  # fmt: skip


def walk(app: FastAPI) -> list[Any]:
    """Return what clients of the program see, step by step."""
    seen: list[Any] = []

    def say(label: str, response: Any) -> None:
        headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
        seen.append([label, response.status_code, headers, response.text, diary[:]])
        diary.clear()

    with TestClient(app, base_url="http://testserver", follow_redirects=False, raise_server_exceptions=False) as client:
        for method, url, options in steps():
            say(f"{method} {url}", client.request(method, url, **options))
            client.cookies.clear()
        app.dependency_overrides[get_settings] = lambda: Settings(app_name="Overridden")
        say("override", client.get("/info"))
        app.dependency_overrides.clear()
        seen.append(["sockets", *_walk_sockets(client), diary[:]])
        diary.clear()
    seen.append(["end", diary[:]])
    try:
        TestClient(app).get("/unicorns/crash")
    except RuntimeError as exc:
        seen.append(["raised", str(exc)])
    return seen


def steps() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield method, address and options of each request."""
    item = {"name": "Foo", "price": 3.5, "tags": ["b"], "image": {"url": "http://x.test/a.png", "name": "A"}}
    user = {"username": "u", "password": "p", "email": "u@example.com"}
    body = {"item": item, "user": user, "importance": 5, "starts": "2026-01-01T00:00:00Z", "after": "PT1H"}
    origin = {"origin": "https://front.test"}
    key = "/items/0b9d2a0e-9d3c-4b1f-8d0c-3a5d4c6b7a89"
    for url in (
        "/models/alexnet", "/models/other", "/files//home/x.txt", "/query/5?needy=yes&item-query=abc&numbers=1&numbers=2",
        "/query/0?needy=maybe&item-query=toolong", "/filter/?limit=10&tags=a&tags=b", "/filter/?tool=plumbus&limit=0",
        "/unicorns/yolo", "/unicorns/lost", "/unicorns/crash", "/unicorns/ok", "/vehicles/plane", "/vehicles/car", "/html",
        "/text", "/go", "/file", "/stream", "/stream-sync", "/events", "/cookie", "/empty", "/broken", "/any", "/state",
        "/db/x?q=bar", "/db/owner", "/db/missing", "/info", "/users/me/", "/basic", "/keys", "/timed", "/subapi/sub",
        "/subapi/fail", "/subapi/nothing", "/subapi/openapi.json", "/static/note.txt", "/static/none.txt", "/openapi.json",
        "/users/me", "/filter", "/nothing", "/html/",
    ):  # fmt: skip
        yield "GET", url, {}
    yield "GET", "/query/5?needy=1", {"headers": {"x-token": "a, b", "user-agent": "me", "cookie": "ads_id=7"}}
    yield "PUT", key, {"json": body}
    yield "PUT", key, {"json": {**body, "importance": 0, "item": {"name": "x"}}}
    yield "PUT", "/items/not-a-uuid", {"content": b"{not json", "headers": {"content-type": "application/json"}}
    yield "POST", "/items/", {"json": {"item": item}}
    yield "POST", "/items/", {"json": item}
    yield "POST", "/users/", {"json": user}
    yield "POST", "/users/", {"json": {**user, "email": "nobody"}}
    yield "POST", "/login/", {"data": {"username": "a", "password": "abc"}}
    yield "POST", "/login/", {"data": {"password": "a"}}
    files = {"file": ("a.txt", b"aaa"), "fileb": ("b.txt", b"bbb", "text/plain")}
    yield "POST", "/upload/", {"files": files, "data": {"token": "t"}}
    yield "POST", "/upload/", {"data": {"token": "t"}}
    yield "POST", "/uploads/", {"files": [("files", ("1.txt", b"1")), ("files", ("2.txt", b"2"))]}
    yield "POST", "/raw", {"content": b"x" * 200_000}
    yield "POST", "/any", {}
    yield "PATCH", "/any", {}
    yield "HEAD", "/html", {}
    yield "OPTIONS", "/html", {}
    yield "OPTIONS", "/html", {"headers": {**origin, "access-control-request-method": "GET"}}
    yield "GET", "/html", {"headers": origin}
    yield "GET", "/file", {"headers": {"range": "bytes=0-3"}}
    yield "POST", "/token", {"data": {"username": "u", "password": "secret", "scope": "me items"}}
    yield "POST", "/token", {"data": {"username": "u", "password": "wrong"}}
    for token in ("token-me", "token-all", "wrong"):
        yield "GET", "/users/me/items/", {"headers": {"authorization": f"Bearer {token}"}}
    yield "GET", "/basic", {"auth": ("stanley", "swordfish")}
    yield "GET", "/keys", {"headers": {"x-key": "k", "authorization": "Bearer t"}}
    yield "POST", "/v1/admin/update", {"headers": {"x-token": "fake-super-secret-token"}}
    yield "POST", "/v1/admin/update", {"headers": {"x-token": "wrong"}}
    yield "POST", "/v1/admin/update", {}


def _walk_sockets(client: TestClient) -> list[Any]:
    said: list[Any] = []
    calls: list[tuple[str, dict[str, Any]]] = [
        ("/items/5/ws?token=t&q=3", {"subprotocols": ["chat"]}),
        ("/items/5/ws", {"cookies": {"session": "s"}}),
        ("/items/5/ws", {}),
        ("/items/x/ws?token=t", {}),
        ("/nowhere", {}),
    ]
    for url, options in calls:
        try:
            with client.websocket_connect(url, **options) as socket:
                said.append([socket.receive_json(), socket.accepted_subprotocol])
                socket.send_text("hello")
                said.append(socket.receive_text())
        except Disconnected as exc:
            said.append([url, exc.code, exc.reason])
        except Exception as exc:  # noqa: BLE001 - what a client sees
            said.append([url, type(exc).__name__, str(exc)])
    return said


def make(kind: str) -> type[FastAPI]:
    """Return the class of the application; for ``settings`` in a project with URL patterns, middleware and apps."""
    if kind == "stock":
        return FastAPI
    import fastjango
    from fastjango.conf import settings

    settings.configure(
        ROOT_URLCONF="tests.contract.asgi.tutorial_urls",
        SECRET_KEY="tutorial",
        ALLOWED_HOSTS=["testserver"],
        MIDDLEWARE=[
            "fastjango.middleware.security.SecurityMiddleware",
            "fastjango.contrib.sessions.middleware.SessionMiddleware",
            "fastjango.middleware.common.CommonMiddleware",
            "fastjango.middleware.csrf.CsrfViewMiddleware",
            "fastjango.contrib.auth.middleware.AuthenticationMiddleware",
            "fastjango.contrib.messages.middleware.MessageMiddleware",
            "fastjango.middleware.clickjacking.XFrameOptionsMiddleware",
        ],
        INSTALLED_APPS=[
            f"fastjango.contrib.{name}" for name in ("auth", "contenttypes", "sessions", "messages", "staticfiles")
        ],
        DATABASES={"default": {"ENGINE": "fastjango.db.backends.sqlite3", "NAME": ":memory:"}},
    )
    fastjango.setup()
    return fastjango.FastJango


def main(kind: str, folder: str) -> None:
    """Print what the clients of the program on *kind* saw."""
    print(json.dumps(walk(build(make(kind), folder))))


if __name__ == "__main__":
    main(*sys.argv[1:])
