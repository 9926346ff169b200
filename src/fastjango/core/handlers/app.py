"""
``FastJango``: a FastAPI application whose requests go through the pipeline.

URL patterns are looked at first; where none matches, FastAPI's routes are: those of routers inside ``urlpatterns`` and
those of the application itself. WebSockets and lifespan are FastAPI's. ``asgi.py`` of a project makes one of these.
"""

from __future__ import annotations

import functools
from asyncio import _get_running_loop
from collections.abc import MutableMapping, Sequence
from contextlib import AsyncExitStack
from typing import Any
from urllib.parse import urlsplit

from fastapi import FastAPI
from fastapi.exception_handlers import http_exception_handler
from fastapi.openapi.utils import get_openapi
from fastapi.telemetry._asgi import ExceptionTelemetryMiddleware
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.errors import ServerErrorMiddleware
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

import fastjango
from fastjango.apps import apps
from fastjango.conf import are_configured, settings
from fastjango.core.handlers import docs, params
from fastjango.core.handlers.asgi import ASGIRequest
from fastjango.core.handlers.base import BaseHandler
from fastjango.core.handlers.contributors import openapi_contributors
from fastjango.core.handlers.direct import respond_directly
from fastjango.core.handlers.errors import api_exception_handlers
from fastjango.core.handlers.guard import guarded, plain_500
from fastjango.core.handlers.loop import wait_for
from fastjango.core.handlers.memory import settle
from fastjango.core.handlers.monitor import LoopMonitor
from fastjango.core.handlers.mount import respond
from fastjango.core.handlers.plain import BridgedApp, is_bare
from fastjango.core.handlers.routers import (
    FoundRoute,
    NoRoute,
    has_rivals,
    last_resort,
    limits_bodies,
    mounted_router,
    no_route,
    route_table,
)
from fastjango.core.handlers.sending import serve
from fastjango.db.bridge import bridged
from fastjango.http import parse_cookie
from fastjango.http.coroutines import iscoroutinefunction
from fastjango.http.hosts import split_domain_port, validate_host
from fastjango.urls import ResolverMatch, get_urlconf
from fastjango.utils.http import is_same_domain
from fastjango.utils.module_loading import import_string

NO_URLS = "fastjango.core.handlers.no_urls"


class FastJango(FastAPI):
    """
    The application object: ``app = FastJango()``.

    Takes FastAPI's arguments. Settings come from the settings module; ``setup()`` runs if it has not. Where no settings
    are configured, or they name neither URL patterns nor middleware, it is a plain ``FastAPI`` (``plain.py``).
    The API docs are served when ``DEBUG`` or ``API_DOCS`` is on, or when their URLs are given here.
    """

    request_class = ASGIRequest
    _nested: ASGIApp | None = None

    def __init__(self, **kwargs: Any) -> None:
        has_settings = are_configured()
        if has_settings and not apps.ready:
            fastjango.setup()
        self.is_plain = not has_settings or is_bare()
        if self.is_plain:
            super().__init__(**kwargs)
            return
        params.install()
        if not getattr(settings, "ROOT_URLCONF", None):
            # Settings without URL patterns: the application's own routes are all there is.
            settings.ROOT_URLCONF = NO_URLS
        wanted = settings.DEBUG or settings.API_DOCS
        self._page_urls = {
            "docs_url": kwargs.pop("docs_url", "/docs" if wanted else None),
            "redoc_url": kwargs.pop("redoc_url", "/redoc" if wanted else None),
        }
        given = any(self._page_urls.values())
        kwargs.setdefault("openapi_url", "/openapi.json" if wanted or given else None)
        kwargs.setdefault("title", settings.API_TITLE)
        kwargs["exception_handlers"] = {**api_exception_handlers(), **(kwargs.get("exception_handlers") or {})}
        super().__init__(docs_url=None, redoc_url=None, **kwargs)
        self.router.default = no_route
        self.pipeline = AppPipeline(self)
        self._add_docs()

    def _add_docs(self) -> None:
        if not self.openapi_url:
            return
        for name, template in (("docs_url", docs.SWAGGER), ("redoc_url", docs.REDOC)):
            url = self._page_urls[name]
            if url:
                docs.install(self, template, url, self.openapi_url, settings.CSRF_COOKIE_NAME)

    # ------------------------------------------------------------ ASGI

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer; an application that is mounted in another one has FastAPI's own stack, the pipeline is the outer one's."""
        if "fastjango.request" not in scope or scope["type"] != "http" or self.is_plain:
            await super().__call__(scope, receive, send)
            return
        if self._nested is None:
            self._nested = super().build_middleware_stack()
        scope["app"] = self
        scope["fastjango.nested"] = True
        if self.root_path:
            scope["root_path"] = self.root_path
        await self._nested(scope, receive, send)

    def build_middleware_stack(self) -> ASGIApp:
        """Compose ASGI middleware around the pipeline (HTTP) and the router (WebSocket, lifespan)."""
        if self.is_plain:
            plain = super().build_middleware_stack()
            # Without settings there is no database to wait for.
            return BridgedApp(plain) if are_configured() else plain
        self.pipeline.prepare()
        sockets: ASGIApp = self._serve_socket
        handlers = {key: value for key, value in self.exception_handlers.items() if key not in (500, Exception)}
        sockets = ExceptionMiddleware(sockets, handlers=handlers, debug=self.debug)
        inner = functools.partial(self._dispatch, sockets)
        stack: ASGIApp = inner
        asgi_classes = [Middleware(factory) for factory in self.pipeline.asgi_middleware]
        for entry in reversed([*self.user_middleware, *asgi_classes]):
            factory, args, kwargs = entry
            stack = factory(stack, *args, **kwargs)
        if self.user_middleware or asgi_classes:
            handler = self.pipeline.error_handler
            stack = ServerErrorMiddleware(
                ExceptionTelemetryMiddleware(stack),
                handler=None if handler is None else functools.partial(answer_once, handler),
                debug=settings.DEBUG,
            )
        return stack

    async def _dispatch(self, sockets: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        kind = scope["type"]
        if kind == "http":
            await serve(self.pipeline, scope, receive, send)
        elif kind == "websocket":
            await sockets(scope, receive, send)
        else:
            await self._serve_lifespan(scope, receive, send)

    async def _serve_lifespan(self, scope: Scope, receive: Receive, send: Send) -> None:
        monitor: LoopMonitor | None = None

        async def watched(message: MutableMapping[str, Any]) -> None:
            nonlocal monitor
            if message["type"] == "lifespan.startup.complete":
                settle()
                if settings.DEBUG and _get_running_loop() is not None:
                    monitor = LoopMonitor()
                    monitor.start()
            await send(message)

        try:
            await self.router(scope, receive, watched)
        finally:
            if monitor is not None:
                monitor.stop()

    async def _serve_socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not _socket_allowed(scope):
            raise HTTPException(status_code=403)
        for router in (mounted_router(settings.ROOT_URLCONF, self), self.router):
            try:
                await bridged(router(scope, receive, send))
            except NoRoute:
                continue
            return
        await WebSocketClose()(scope, receive, send)

    # ------------------------------------------------------------ OpenAPI

    def openapi(self) -> dict[str, Any]:
        """Return the OpenAPI document: FastAPI's routes, routers in ``urlpatterns`` and REST viewsets."""
        if self.is_plain:
            return super().openapi()
        routes_version = self.router._get_routes_version()
        if self.openapi_schema and self._openapi_routes_version == routes_version:
            return self.openapi_schema
        routes = [*self.routes, *mounted_router(settings.ROOT_URLCONF, self).routes]
        schema = get_openapi(
            title=self.title,
            version=self.version,
            openapi_version=self.openapi_version,
            summary=self.summary,
            description=self.description,
            terms_of_service=self.terms_of_service,
            contact=self.contact,
            license_info=self.license_info,
            routes=routes,
            webhooks=self.webhooks.routes,
            tags=self.openapi_tags,
            servers=self.servers,
            separate_input_output_schemas=self.separate_input_output_schemas,
            external_docs=self.openapi_external_docs,
        )
        for contribute in openapi_contributors:
            paths, components = contribute(self)
            for path, operations in paths.items():
                schema.setdefault("paths", {}).setdefault(path, {}).update(operations)
            for kind, entries in components.items():
                target = schema.setdefault("components", {}).setdefault(kind, {})
                for name, entry in entries.items():
                    target.setdefault(name, entry)
        self.openapi_schema = schema
        self._openapi_routes_version = routes_version
        return schema


class AppPipeline(BaseHandler):
    """The pipeline of a ``FastJango`` application: its fallback are the FastAPI routes."""

    request_class = ASGIRequest

    def __init__(self, app: FastJango) -> None:
        super().__init__()
        self.app = app
        self.fallback = self._find_route
        self.first = self._find_first
        self._handlers: tuple[dict[Any, Any], dict[Any, Any]] | None = None
        # The project's handler of exceptions that nobody else handles.
        self.error_handler: Any = None
        self._answers_unknown_paths = False

    def prepare(self) -> None:
        """Compose the chain and sort the exception handlers; called once."""
        if self._middleware_chain is None:
            self.load_middleware(is_async=True)
        by_class: dict[Any, Any] = {}
        by_status: dict[Any, Any] = {}
        for key, handler in self.app.exception_handlers.items():
            if key in (500, Exception):
                self.error_handler = handler
            else:
                (by_status if isinstance(key, int) else by_class)[key] = handler
        self._handlers = (by_class, by_status)
        routers = (self.app.router, mounted_router(settings.ROOT_URLCONF, self.app))
        self.receives_all = self.app.max_body_size is not None or any(map(limits_bodies, routers))
        # A handler of the project's own is for paths that nobody has, too.
        own = by_status.get(404) or by_class.get(HTTPException)
        self._answers_unknown_paths = own is not None and own is not http_exception_handler

    def _find_first(self, request: Any) -> Any:
        """Return the route's match where no URL pattern could have the path, so that the patterns need not be asked."""
        urlconf = getattr(request, "urlconf", None) or settings.ROOT_URLCONF
        return None if has_rivals(urlconf, request.path_info) else self._find_route(request)

    def _find_route(self, request: Any) -> Any:
        """Return a match whose view runs the FastAPI route for this path, or None when no route has it."""
        urlconf = getattr(request, "urlconf", None) or get_urlconf() or settings.ROOT_URLCONF
        scope = request_scope(request)
        for router in (mounted_router(urlconf, self.app), self.app.router):
            if router.routes:
                found = route_table(router).find_or_redirect(request, scope)
                if found is not None:
                    view = _RouteView(self, found, request)
                    return ResolverMatch(view, (), {}, route=scope["path"])
        app = last_resort(self.app.router)
        if app is None and (self._answers_unknown_paths or urlconf == NO_URLS):
            app = nobody_has_it
        if app is not None:
            view = _RouteView(self, app, request)
            return ResolverMatch(view, (), {}, route=scope["path"])
        return None


class _RouteView:
    """
    The view of a FastAPI route, as process_view hooks see it.

    ``csrf_exempt`` holds for requests without a session cookie: nobody can forge what carries no ambient credentials.
    """

    _runs_in_thread = False
    is_sync_view = True
    __name__ = __qualname__ = "fastapi_route"

    def __init__(self, pipeline: AppPipeline, route: Any, request: Any) -> None:
        self.pipeline = pipeline
        self.route = route
        # Not the request, which has this view in its match: nobody would free such a ring at once.
        self._headers = request_scope(request)["headers"]

    @property
    def csrf_exempt(self) -> bool:
        """Whether nothing is to be checked; asked by the CSRF middleware, where there is one."""
        name = settings.SESSION_COOKIE_NAME
        return not any(
            header == b"cookie" and name in parse_cookie(value.decode("latin-1")) for header, value in self._headers
        )

    def __call__(self, request: Any) -> Any:
        return wait_for(self._run(request))

    async def _run(self, request: Any) -> Any:
        scope = request.scope
        if self.pipeline._handlers is None:
            self.pipeline.prepare()
        scope["app"] = self.pipeline.app
        scope.setdefault("router", self.pipeline.app.router)
        scope["starlette.exception_handlers"] = self.pipeline._handlers
        scope.setdefault("root_path", "")
        # One user, one session in both worlds.
        known = request.__dict__
        if "user" in known:
            scope["user"] = known["user"]
        if "session" in known:
            scope["session"] = known["session"]
        scope.setdefault("state", {})
        scope["fastjango.request"] = request
        # Asked by errors.py, should the route fail.
        request.__dict__["_route_failed"] = self.pipeline.error_handler or plain_500
        may_be_direct = type(self.route) is FoundRoute and self.pipeline.app.max_body_size is None
        handler = self.route.direct(scope) if may_be_direct else None
        if handler is not None:
            return await respond_directly(handler, request, scope, self.route.reads_whole)
        return await respond(guarded(self.route, self.pipeline.app.max_body_size), request, scope)


async def answer_once(handler: Any, request: Any, exc: Exception) -> Any:
    """Let the project's *handler* answer for *exc*, unless it has answered already, inside the pipeline."""
    if "fastjango.answered" in request.scope:
        return await plain_500(request, exc)
    return (
        await handler(request, exc) if iscoroutinefunction(handler) else await run_in_threadpool(handler, request, exc)
    )


async def nobody_has_it(scope: Scope, receive: Receive, send: Send) -> None:
    """The application of paths that nobody has."""
    raise HTTPException(404)


def request_scope(request: Any) -> MutableMapping[str, Any]:
    """Return the request's ASGI scope; one is made for a request that came by WSGI or from the sync client."""
    scope: MutableMapping[str, Any] | None = request.scope
    if scope is None:
        scope = request.scope = _scope_of(request)
    return scope


def _scope_of(request: Any) -> dict[str, Any]:
    meta = request.META
    headers = [
        (name[5:].replace("_", "-").lower().encode("latin-1"), str(value).encode("latin-1"))
        for name, value in meta.items()
        if name.startswith("HTTP_")
    ]
    headers += [
        (name.replace("_", "-").lower().encode("latin-1"), str(meta[name]).encode("latin-1"))
        for name in ("CONTENT_TYPE", "CONTENT_LENGTH")
        if meta.get(name)
    ]
    if "HTTP_HOST" not in meta:
        headers.append((b"host", request._get_raw_host().encode("latin-1")))
    files = AsyncExitStack()
    request.__dict__.setdefault("_after_response", []).append(files.aclose)
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": request.scheme,
        "path": request.path_info,
        "raw_path": request.path_info.encode(),
        "query_string": str(meta.get("QUERY_STRING", "")).encode("latin-1"),
        "root_path": "",
        "headers": headers,
        "client": (meta.get("REMOTE_ADDR", "127.0.0.1"), 0),
        "server": (meta.get("SERVER_NAME", "testserver"), int(meta.get("SERVER_PORT") or 80)),
        "fastapi_middleware_astack": files,
    }


def _socket_allowed(scope: Scope) -> bool:
    """Check Host, and Origin where a browser sent one: a page of another site must not open our sockets."""
    hosts = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
    if not hosts and "*" in settings.ALLOWED_HOSTS:
        # Any host will do: as for a request, the server's address stands for it.
        hosts = [(scope.get("server") or ("unknown",))[0]]
    origins = [value.decode("latin-1") for name, value in scope["headers"] if name == b"origin"]
    if len(hosts) != 1 or len(origins) > 1:
        return False
    allowed: Sequence[str] = settings.ALLOWED_HOSTS
    if settings.DEBUG and not allowed:
        allowed = [".localhost", "127.0.0.1", "[::1]"]
    domain, _ = split_domain_port(hosts[0])
    if not domain or not validate_host(domain, list(allowed)):
        return False
    return not origins or _origin_allowed(origins[0], hosts[0])


def _origin_allowed(origin: str, host: str) -> bool:
    if origin in settings.CSRF_TRUSTED_ORIGINS:
        return True
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    if not parts.netloc:
        return False
    if parts.netloc == host:
        return True
    wildcards = [urlsplit(trusted) for trusted in settings.CSRF_TRUSTED_ORIGINS if "*" in trusted]
    return any(
        parts.scheme == trusted.scheme and is_same_domain(parts.netloc, trusted.netloc.lstrip("*"))
        for trusted in wildcards
    )


_default_app: FastJango | None = None


def default_application() -> FastJango:
    """
    Return the project's application: what ``ASGI_APPLICATION`` names, or a plain ``FastJango()``.

    The development server, the test client and the live test server use it.
    """
    if settings.ASGI_APPLICATION:
        app: FastJango = import_string(settings.ASGI_APPLICATION)
        return app
    global _default_app
    if _default_app is None:
        _default_app = FastJango()
    return _default_app
