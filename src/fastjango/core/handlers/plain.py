"""
``FastJango()`` as a plain FastAPI application: without settings, or with settings that name neither URL patterns nor
middleware.

The stack is FastAPI's own. Each request runs inside a bridge, so that sync database calls in it are awaited.
"""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from fastjango.conf import settings
from fastjango.db.bridge import bridged


def is_bare() -> bool:
    """Whether the settings leave requests to the application alone."""
    return not getattr(settings, "ROOT_URLCONF", None) and not settings.MIDDLEWARE


class BridgedApp:
    """An ASGI application that runs inside a bridge."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await bridged(self._run(scope, receive, send))

    async def _run(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)
