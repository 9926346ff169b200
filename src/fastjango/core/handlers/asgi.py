"""``ASGIRequest``, and Django's names for the ASGI entry: ``ASGIHandler`` and ``get_asgi_application``."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import IO, Any

import fastjango
from fastjango.core.handlers import base
from fastjango.core.handlers.sending import serve
from fastjango.http import HttpRequest


class ASGIRequest(HttpRequest):
    """A request over an ASGI scope, with its body received already."""

    def __init__(self, scope: MutableMapping[str, Any], body_file: bytes | IO[bytes] | None = None) -> None:
        self._set_scope(scope, body_file)


class ASGIHandler(base.BaseHandler):
    """An ASGI application of the URL patterns alone; ``FastJango`` adds FastAPI's routes, lifespan and WebSockets."""

    request_class = ASGIRequest

    def __init__(self) -> None:
        super().__init__()
        self.load_middleware(is_async=True)

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            raise ValueError(f"FastJango can only handle ASGI/HTTP connections, not {scope['type']}.")
        await serve(self, scope, receive, send)

    async def send_response(self, response: Any, send: Any) -> None:
        """Send *response*."""
        from fastjango.core.handlers.sending import send_response

        await send_response(response, send)


def get_asgi_application() -> ASGIHandler:
    """Set FastJango up and return the ASGI application of the URL patterns."""
    fastjango.setup(set_prefix=False)
    return ASGIHandler()
