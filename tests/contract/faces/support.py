"""What the tests of the faces share: a registry of their own, tables, a client."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from fastjango.apps.registry import Apps
from fastjango.db import connection


class Registry(Apps):
    """Models without an installed app."""

    def get_models(self, include_auto_created: bool = False, include_swapped: bool = False) -> list[Any]:
        """Return every declared model."""
        return [
            model
            for models_of_app in self.all_models.values()
            for model in models_of_app.values()
            if include_auto_created or not model._meta.auto_created
        ]


@contextmanager
def tables_of(registry: Apps) -> Iterator[None]:
    """Have the tables of every model of *registry* for the length of the block."""
    found = [model for model in registry.get_models() if not model._meta.proxy]
    with connection.schema_editor() as editor:
        for model in found:
            editor.create_model(model)
    try:
        yield
    finally:
        # MariaDB drops no table that another one still refers to.
        with connection.constraint_checks_disabled(), connection.schema_editor() as editor:
            for model in reversed(found):
                editor.delete_model(model)


class Client:
    """A client of an ASGI application; each request has an event loop of its own."""

    def __init__(self, app: Any) -> None:
        self.app = app

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Send one request."""

        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
                return await client.request(method, path, **options)

        return asyncio.run(send())

    def get(self, path: str, **options: Any) -> httpx.Response:
        """Send a GET."""
        return self.request("GET", path, **options)

    def post(self, path: str, json: Any = None, **options: Any) -> httpx.Response:
        """Send a POST."""
        return self.request("POST", path, json=json, **options)
