"""The live test server hands out the files of ``STATIC_ROOT`` and ``MEDIA_ROOT``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

from fastjango.test.live import FolderFiles


async def behind(scope: Any, receive: Any, send: Any) -> None:
    """Stands for the application."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"application"})


def get(app: Any, address: str) -> httpx.Response:
    """Ask *app* for an address."""

    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
            return await client.get(address)

    return anyio.run(ask)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a file in it, and one beside it."""
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "a.css").write_text("a {}")
    (tmp_path / "secret.txt").write_text("secret")
    return tmp_path / "static"


def test_a_file_below_the_address_is_handed_out(folder: Path) -> None:
    response = get(FolderFiles(behind, "/static/", folder), "/static/a.css")

    assert (response.text, response.headers["content-type"].split(";")[0]) == ("a {}", "text/css")


@pytest.mark.parametrize("address", ["/static/nothing.css", "/static/%2e%2e/secret.txt", "/static/"])
def test_what_is_no_file_of_the_folder_is_not_found(folder: Path, address: str) -> None:
    assert get(FolderFiles(behind, "/static/", folder), address).status_code == 404


@pytest.mark.parametrize("url", ["/", "", None, "http://cdn.example/static/", "//cdn.example/"])
def test_other_addresses_belong_to_the_application(folder: Path, url: str | None) -> None:
    assert get(FolderFiles(behind, url, folder), "/static/a.css").text == "application"


def test_a_folder_that_is_not_set_serves_nothing() -> None:
    assert get(FolderFiles(behind, "/static/", None), "/static/a.css").text == "application"
