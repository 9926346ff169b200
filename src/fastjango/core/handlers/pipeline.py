"""
Middleware composed once around "resolve the URL, call the view", as one chain of plain calls.

The chain is sync code. Under ASGI it runs inside one bridge, so that a database call or an async view in it awaits;
under WSGI and in the sync test client it just runs. Receives a request from ``asgi.py``/``wsgi.py``, gives a response
to ``sending.py``; exceptions become responses in ``errors.py``.
"""

from __future__ import annotations

import inspect
import logging
import types
from collections.abc import Callable
from typing import Any

from fastjango.conf import settings
from fastjango.core import signals
from fastjango.core.exceptions import ImproperlyConfigured, MiddlewareNotUsed
from fastjango.core.handlers.errors import convert_exception_to_response
from fastjango.core.handlers.loop import as_sync, wait_for
from fastjango.core.handlers.placement import run_view
from fastjango.db import connections, transaction
from fastjango.db.bridge import bridge
from fastjango.http.coroutines import iscoroutinefunction, markcoroutinefunction
from fastjango.urls import Resolver404, get_resolver, set_urlconf
from fastjango.utils.log import log_response
from fastjango.utils.module_loading import import_string

logger = logging.getLogger("fastjango.request")

Fallback = Callable[[Any], Any]


class Pipeline:
    """
    The chain of one application.

    Attributes:
        fallback: Asked for a view when no URL pattern matches; the application answers with its FastAPI routes.
        first: Asked before the URL patterns; answers only for paths that none of them could have.
        receives_all: Whether the body of a GET is received although no header announces one; there is a limit for it.
        asgi_middleware: Classes of ``MIDDLEWARE`` that are pure ASGI middleware; they wrap the outside.
    """

    _view_middleware: list[Callable[..., Any]]
    _template_response_middleware: list[Callable[..., Any]]
    _exception_middleware: list[Callable[..., Any]]
    _middleware_chain: Callable[[Any], Any] | None = None
    fallback: Fallback | None = None
    first: Fallback | None = None
    receives_all = False

    def __init__(self, fallback: Fallback | None = None) -> None:
        if fallback is not None:
            self.fallback = fallback
        self.asgi_middleware: list[Any] = []

    def load_middleware(self, is_async: bool = False) -> None:
        """Compose the chain from ``MIDDLEWARE``; called once, after ``setup()``."""
        self._view_middleware = []
        self._template_response_middleware = []
        self._exception_middleware = []
        self.asgi_middleware = []
        handler: Callable[[Any], Any] = convert_exception_to_response(self._get_response)
        for path in reversed(settings.MIDDLEWARE):
            factory = import_string(path)
            if is_pure_asgi(factory):
                self.asgi_middleware.insert(0, factory)
                continue
            made = self._make_middleware(path, factory, handler)
            if made is None:
                continue
            instance, sync_face = made
            self._collect_hooks(instance)
            handler = convert_exception_to_response(sync_face)
        # Set last: a chain that exists is complete.
        self._middleware_chain = handler

    def _make_middleware(self, path: str, factory: Any, handler: Callable[[Any], Any]) -> tuple[Any, Any] | None:
        can_sync = getattr(factory, "sync_capable", True)
        can_async = getattr(factory, "async_capable", False)
        if not can_sync and not can_async:
            raise RuntimeError(f"Middleware {path} must have at least one of sync_capable/async_capable set to True.")
        try:
            instance = factory(handler if can_sync else _async_face(handler))
        except MiddlewareNotUsed as exc:
            if settings.DEBUG:
                if str(exc):
                    logger.debug("MiddlewareNotUsed(%r): %s", path, exc)
                else:
                    logger.debug("MiddlewareNotUsed: %r", path)
            return None
        if instance is None:
            raise ImproperlyConfigured(f"Middleware factory {path} returned None.")
        is_coroutine = iscoroutinefunction(instance) or iscoroutinefunction(getattr(instance, "__call__", None))  # noqa: B004
        return instance, as_sync(instance) if is_coroutine and not can_sync else instance

    def _collect_hooks(self, instance: Any) -> None:
        if hasattr(instance, "process_view"):
            self._view_middleware.insert(0, _sync(instance.process_view))
        if hasattr(instance, "process_template_response"):
            self._template_response_middleware.append(_sync(instance.process_template_response))
        if hasattr(instance, "process_exception"):
            self._exception_middleware.append(_sync(instance.process_exception))

    # ------------------------------------------------------------ a request

    def begin_and_respond(self, request: Any) -> Any:
        """Send ``request_started``, then the request through the chain: one bridge for both."""
        signals.request_started.send(sender=type(self), scope=request.scope)
        return self.get_response(request)

    def get_response(self, request: Any) -> Any:
        """Send *request* through the chain and return the response."""
        if self._middleware_chain is None:
            self.load_middleware()
        set_urlconf(settings.ROOT_URLCONF)
        response = self._middleware_chain(request)  # type: ignore[misc]  # load_middleware has just set it
        response._resource_closers.append(request.close)
        if response.status_code >= 400:
            log_response("%s: %s", response.reason_phrase, request.path, response=response, request=request)
        return response

    async def get_response_async(self, request: Any) -> Any:
        """Send *request* through the chain inside a bridge."""
        return await bridge(self.get_response, request)

    def resolve_request(self, request: Any) -> Any:
        """
        Find the view; sets ``request.resolver_match``.

        Raises:
            Resolver404: Neither a URL pattern nor a route of the application matches.
        """
        match: Any
        if self.first is not None and (match := self.first(request)) is not None:
            request.resolver_match = match
            return match
        if hasattr(request, "urlconf"):
            set_urlconf(request.urlconf)
            resolver = get_resolver(request.urlconf)
        else:
            resolver = get_resolver()
        try:
            match = resolver.resolve(request.path_info)
        except Resolver404:
            match = self.fallback(request) if self.fallback is not None else None
            if match is None:
                raise
        request.resolver_match = match
        return match

    def _get_response(self, request: Any) -> Any:
        callback, callback_args, callback_kwargs = self.resolve_request(request)
        response: Any = None
        for hook in self._view_middleware:
            response = hook(request, callback, callback_args, callback_kwargs)
            if response is not None:
                break
        if response is None:
            view = self.make_view_atomic(callback)
            try:
                response = run_view(view, request, callback_args, callback_kwargs)
            except Exception as exc:
                response = self.process_exception_by_middleware(exc, request)
                if response is None:
                    raise
        self.check_response(response, callback)
        if callable(getattr(response, "render", None)):
            response = self._finish_template_response(request, response, callback)
        return response

    def _finish_template_response(self, request: Any, response: Any, callback: Any) -> Any:
        for hook in self._template_response_middleware:
            response = hook(request, response)
            # An async hook stands behind a function that waits for it.
            original = getattr(hook, "__wrapped__", hook)
            owner = getattr(original, "__self__", original).__class__.__name__
            self.check_response(response, hook, name=f"{owner}.process_template_response")
        try:
            return wait_for(response.render()) if iscoroutinefunction(response.render) else response.render()
        except Exception as exc:
            handled = self.process_exception_by_middleware(exc, request)
            if handled is None:
                raise
            return handled

    def process_exception_by_middleware(self, exception: Exception, request: Any) -> Any:
        """Return the first response that a ``process_exception`` hook gives, or None."""
        for hook in self._exception_middleware:
            response = hook(request, exception)
            if response is not None:
                return response
        return None

    def check_response(self, response: Any, callback: Any, name: str | None = None) -> None:
        """
        Refuse what is no response.

        Raises:
            ValueError: A view or a hook returned None or a coroutine nobody awaited.
        """
        if response is not None and not inspect.iscoroutine(response):
            return
        if not name:
            if isinstance(callback, types.FunctionType):
                name = f"The view {callback.__module__}.{callback.__name__}"
            else:
                name = f"The view {callback.__module__}.{callback.__class__.__name__}.__call__"
        if response is None:
            raise ValueError(f"{name} didn't return an HttpResponse object. It returned None instead.")
        response.close()
        raise ValueError(
            f"{name} didn't return an HttpResponse object. It returned an unawaited coroutine instead. You may need "
            "to add an 'await' into your view."
        )

    def make_view_atomic(self, view: Callable[..., Any]) -> Callable[..., Any]:
        """Wrap *view* in a transaction for each database with ``ATOMIC_REQUESTS``."""
        non_atomic = getattr(view, "_non_atomic_requests", ())
        for alias, options in connections.settings.items():
            if options.get("ATOMIC_REQUESTS") and alias not in non_atomic:
                view = transaction.atomic(using=alias)(view)
        return view


def is_pure_asgi(factory: Any) -> bool:
    """Return whether *factory* is an ASGI middleware class: its instances are called with scope, receive and send."""
    if not isinstance(factory, type) or "__call__" not in dir(factory):
        return False
    try:
        parameters = list(inspect.signature(factory.__call__).parameters)
    except (TypeError, ValueError):
        return False
    return parameters[1:4] == ["scope", "receive", "send"]


def _async_face(handler: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return what an async-only middleware gets as ``get_response``."""

    async def get_response(request: Any) -> Any:
        return await bridge(handler, request)

    return markcoroutinefunction(get_response)


def _sync(hook: Callable[..., Any]) -> Callable[..., Any]:
    if not iscoroutinefunction(hook):
        return hook
    face = as_sync(hook)
    face.__wrapped__ = hook  # type: ignore[attr-defined]  # for messages that name the hook
    return face
