"""
Handlers that answer requests for static files themselves and pass on all others; for development and tests.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlparse
from urllib.request import url2pathname

from fastjango.conf import settings
from fastjango.contrib.staticfiles import utils
from fastjango.contrib.staticfiles.views import serve
from fastjango.core.handlers.asgi import ASGIHandler
from fastjango.core.handlers.exception import response_for_exception
from fastjango.core.handlers.wsgi import WSGIHandler, get_path_info
from fastjango.http import Http404

__all__ = ["ASGIStaticFilesHandler", "StaticFilesHandler", "StaticFilesHandlerMixin"]


class StaticFilesHandlerMixin:
    """What both handlers do: tell which requests are for static files, and serve them."""

    # Tells other handlers not to add static files once more.
    handles_files = True
    base_url: Any

    def load_middleware(self, *args: Any, **kwargs: Any) -> None:
        """Load nothing: the application behind has its middleware."""

    def get_base_url(self) -> str:
        """Return ``STATIC_URL``, checked."""
        utils.check_settings()
        url: str = settings.STATIC_URL
        return url

    def _should_handle(self, path: str) -> bool:
        return path.startswith(self.base_url.path) and not self.base_url.netloc

    def file_path(self, url: str) -> str:
        """Return the file's relative path for a request's path."""
        return url2pathname(url.removeprefix(self.base_url.path))

    def serve(self, request: Any) -> Any:
        """Return the response with the file. Raises ``Http404``."""
        return serve(request, self.file_path(request.path), insecure=True)

    def get_response(self, request: Any) -> Any:
        """Return the response with the file, or the 404 page."""
        try:
            return self.serve(request)
        except Http404 as problem:
            return response_for_exception(request, problem)

    async def get_response_async(self, request: Any) -> Any:
        """Return the response with the file, or the 404 page."""
        return self.get_response(request)


class StaticFilesHandler(StaticFilesHandlerMixin, WSGIHandler):
    """A WSGI application that serves static files in front of *application*."""

    def __init__(self, application: Any) -> None:
        self.application = application
        self.base_url = urlparse(self.get_base_url())
        super().__init__()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        if not self._should_handle(get_path_info(environ)):
            return self.application(environ, start_response)
        return super().__call__(environ, start_response)


class ASGIStaticFilesHandler(StaticFilesHandlerMixin, ASGIHandler):
    """An ASGI application that serves static files in front of *application*."""

    def __init__(self, application: Any) -> None:
        self.application = application
        self.base_url = urlparse(self.get_base_url())
        super().__init__()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> Any:
        if scope["type"] == "http" and self._should_handle(scope["path"]):
            return await super().__call__(scope, receive, send)
        return await self.application(scope, receive, send)
