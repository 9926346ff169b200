"""
``program/``, a FastAPI program as the documentation of FastAPI and SQLAlchemy writes it, under a real server.

Its tables are used at the same time through REST viewsets and the admin; on SQLite and PostgreSQL.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.fixtures.databases import new_database
from websockets.asyncio.client import connect

ROOT = Path(__file__).resolve().parents[3]
SETUP = """
import fastjango
fastjango.setup()
from fastjango.contrib.auth.models import User
from fastjango.core.management import call_command
call_command("migrate", run_syncdb=True, verbosity=0)
User.objects.create_superuser("root", "root@example.com", "pw")
"""


class Server:
    """The program in a process of its own."""

    def __init__(self, folder: Path, database: dict[str, Any]) -> None:
        self.note = folder / "note.txt"
        self.environment = {
            **os.environ,
            "FASTJANGO_SETTINGS_MODULE": "tests.contract.faces.program.settings",
            "PROGRAM_DATABASE": json.dumps(database),
            "PROGRAM_NOTE": str(self.note),
            "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
        }
        subprocess.run([sys.executable, "-c", SETUP], env=self.environment, check=True, timeout=120)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.log = folder / "server.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "uvicorn",
                    "tests.contract.faces.program.main:app",
                    "--port",
                    str(self.port),
                    "--log-level",
                    "warning",
                ],
                env=self.environment,
                cwd=ROOT,
                stdout=log,
                stderr=log,
            )
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=20)
        for _ in range(600):  # a busy machine takes its time
            try:
                self.client.get("/health")
                return
            except httpx.ConnectError:
                assert self.process.poll() is None, self.log.read_text()
                time.sleep(0.1)
        raise AssertionError(self.log.read_text())

    def stop(self) -> str:
        """Stop the server as an operator does; returns what it has logged."""
        self.client.close()
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=20)
        return self.log.read_text()

    def call(self, method: str, path: str, status: int = 200, **options: Any) -> httpx.Response:
        """Send a request that has to be answered with *status*."""
        answer = self.client.request(method, path, **options)
        assert answer.status_code == status, f"{answer.status_code} {answer.text}\n{self.log.read_text()}"
        return answer


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.service("postgresql"))])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("program")
    if request.param == "sqlite":
        found = Server(folder, {"ENGINE": "fastjango.db.backends.sqlite3", "NAME": str(folder / "db.sqlite3")})
        yield found
        found.stop()
        return
    with new_database("postgresql", f"fastjango_faces_program_{os.getpid()}", POOL={"size": 5, "timeout": 5}) as conf:
        found = Server(folder, conf)
        yield found
        found.stop()


@pytest.fixture(scope="module")
def token(server: Server) -> dict[str, str]:
    """The header of somebody who has logged in."""
    data = {"username": "ada", "password": "lovelace"}
    assert server.call("POST", "/users", 201, json=data).json()["username"] == "ada"
    assert server.call("POST", "/users", 409, json=data).json() == {"detail": "This name is taken"}
    found = server.call("POST", "/token", data=data).json()
    assert found["token_type"] == "bearer"
    return {"Authorization": f"Bearer {found['access_token']}"}


def add(server: Server, token: dict[str, str], title: str, **data: Any) -> Any:
    body = {"title": title, "price": "5.00", "category": "tools", **data}
    return server.call("POST", "/products/", 201, json=body, headers=token).json()


def test_tokens_are_asked_for_and_checked(server: Server, token: dict[str, str]) -> None:
    assert server.call("GET", "/users/me", headers=token).json()["username"] == "ada"
    for header in ({}, {"Authorization": "Bearer wrong"}):
        refused = server.call("GET", "/users/me", 401, headers=header)
        assert refused.headers["www-authenticate"] == "Bearer"
    wrong = server.call("POST", "/token", 401, data={"username": "ada", "password": "no"})
    assert wrong.json() == {"detail": "Incorrect username or password"}


def test_products_are_written_and_read_through_sqlalchemy(server: Server, token: dict[str, str]) -> None:
    made = add(server, token, "hammer", tags=["steel", "wood"])
    assert made["category"]["name"] == "tools"
    assert [tag["word"] for tag in made["tags"]] == ["steel", "wood"]

    changed = server.call("PATCH", f"/products/{made['id']}", json={"price": "9.50"}, headers=token).json()
    assert (changed["price"], changed["title"]) == ("9.50", "hammer")
    saw = add(server, token, "saw", price="2.00", tags=["steel"])
    assert saw["category"] == made["category"]

    titles = [row["title"] for row in server.call("GET", "/products/?tag=wood").json()]
    cheap = [row["title"] for row in server.call("GET", "/products/?max_price=3").json()]
    assert (titles, "saw" in cheap, "hammer" in cheap) == (["hammer"], True, False)
    assert server.call("GET", "/stats").json()["tools"] >= 2

    server.call("DELETE", f"/products/{saw['id']}", 204, headers=token)
    assert server.call("GET", f"/products/{saw['id']}", 404).json() == {"detail": "Product not found"}
    errors = server.call("POST", "/products/", 422, json={"title": "x", "price": -1}, headers=token).json()["detail"]
    assert {error["loc"][-1] for error in errors} == {"price", "category"}


def test_an_error_takes_back_what_the_endpoint_has_written(server: Server, token: dict[str, str]) -> None:
    made = add(server, token, "drill", price="4.00")

    assert server.call("POST", "/products/raise/1").json()["changed"] >= 1
    assert server.call("POST", "/products/raise/500", 418).json() == {"message": "too dear"}

    assert server.call("GET", f"/products/{made['id']}").json()["price"] == "5.00"


def test_viewsets_and_the_program_see_the_same_rows(server: Server, token: dict[str, str]) -> None:
    made = add(server, token, "lathe")
    root = ("root", "pw")

    assert made["id"] in [row["id"] for row in server.call("GET", "/rest/products/").json()]
    server.call("PATCH", f"/rest/products/{made['id']}/", 401, json={"title": "x"})
    server.call("PATCH", f"/rest/products/{made['id']}/", json={"title": "big lathe"}, auth=root)
    body = {"title": "by rest", "price": "1.00", "category": made["category"]["id"], "tags": []}
    other = server.call("POST", "/rest/products/", 201, json=body, auth=root).json()

    assert server.call("GET", f"/products/{made['id']}").json()["title"] == "big lathe"
    assert server.call("GET", f"/products/{other['id']}").json()["category"] == made["category"]
    paths = server.call("GET", "/openapi.json").json()["paths"]
    assert {"/products/", "/rest/products/", "/token"} <= set(paths)


def test_the_admin_and_the_program_see_the_same_rows(server: Server, token: dict[str, str]) -> None:
    made = add(server, token, "anvil")
    with httpx.Client(base_url=server.client.base_url, timeout=20) as browser:

        def form(path: str, **data: Any) -> httpx.Response:
            page = browser.get(path)
            assert page.status_code == 200, page.text
            found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)
            assert found is not None
            answer = browser.post(path, data={"csrfmiddlewaretoken": found[1], **data})
            assert answer.status_code == 302, answer.text
            return answer

        form("/admin/login/?next=/admin/", username="root", password="pw")
        page = browser.get("/admin/program/product/?q=anvil")
        assert "anvil" in page.text
        assert "x-process-time" in page.headers
        data = {"title": "by admin", "price": "3.00", "is_active": "on", "category": made["category"]["id"]}
        form("/admin/program/product/add/", **data)
        form(f"/admin/program/product/{made['id']}/delete/", post="yes")

    titles = [row["title"] for row in server.call("GET", "/products/").json()]
    assert "by admin" in titles
    assert "anvil" not in titles


def test_sockets_of_a_room_hear_each_other_and_the_routes(server: Server, token: dict[str, str]) -> None:
    address = f"ws://127.0.0.1:{server.port}/ws/"

    async def talk() -> list[Any]:
        async with connect(address + "shop") as one, connect(address + "shop") as two, connect(address + "far") as far:
            await one.send("hello")
            heard = [await asyncio.wait_for(peer.recv(), 10) for peer in (one, two)]
            await two.send("again")
            heard += [await asyncio.wait_for(peer.recv(), 10) for peer in (one, two)]
            await asyncio.to_thread(add, server, token, "bellows")
            heard += [await asyncio.wait_for(peer.recv(), 10) for peer in (one, two)]
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(far.recv(), 0.2)
            return heard

    heard = asyncio.run(talk())

    assert heard == ["1: hello"] * 2 + ["2: again"] * 2 + ["ada added bellows"] * 2
    assert server.call("GET", "/messages/shop").json() == ["hello", "again"]


def test_a_background_task_writes_after_the_answer(server: Server) -> None:
    assert server.call("POST", "/notify/later", 202).json() == {"message": "sent in the background"}

    for _ in range(100):
        if server.call("GET", "/messages/tasks").json() == ["later"]:
            break
        time.sleep(0.05)
    else:
        raise AssertionError("the task has written nothing")


def test_files_events_middleware_and_lifespan(server: Server, token: dict[str, str]) -> None:
    add(server, token, "tongs")
    sent = server.call("POST", "/upload", files={"file": ("a.txt", b"x" * 100_000)})
    assert sent.json() == {"name": "a.txt", "size": 100_000}
    with server.client.stream("GET", "/events") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        lines = [line for line in stream.iter_lines() if line]
    assert "data: tongs" in lines
    for path in ("/health", "/rest/products/", "/products/", "/nothing"):
        assert float(server.client.get(path).headers["x-process-time"]) > 0
    assert server.call("GET", "/health").json() == {"categories": 0, "answer": 42}


def test_many_requests_at_once(server: Server, token: dict[str, str]) -> None:
    async def all_at_once() -> list[int]:
        async with httpx.AsyncClient(base_url=server.client.base_url, timeout=60) as client:
            body = {"price": "1.00", "category": "tools", "tags": []}
            calls = [
                client.post("/products/", json={"title": f"many {number}", **body}, headers=token)
                for number in range(10)
            ]
            calls += [client.get(path) for path in ("/products/", "/rest/products/", "/stats") for _ in range(10)]
            return [answer.status_code for answer in await asyncio.gather(*calls)]

    assert set(asyncio.run(all_at_once())) == {200, 201}
    titles = [row["title"] for row in server.call("GET", "/products/?limit=100").json()]
    assert {f"many {number}" for number in range(10)} <= set(titles)


def test_the_server_stops_with_its_lifespan_and_without_a_word(server: Server) -> None:
    """The last test of the module: it stops the server."""
    logged = server.stop()

    assert server.note.read_text() == "stopped"
    assert logged == ""
