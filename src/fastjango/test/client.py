"""
``Client``, ``AsyncClient`` and the request factories: talk to the project without a server.

``Client`` sends a ``WSGIRequest`` down the pipeline in this very thread and context, so a view sees what an open
``TestCase`` transaction has written. ``AsyncClient`` does the same with an ``ASGIRequest`` on the running loop.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from http.cookies import SimpleCookie
from importlib import import_module
from typing import Any
from urllib.parse import urljoin, urlsplit

from fastjango.conf import settings
from fastjango.core.signals import got_request_exception
from fastjango.db.bridge import bridge
from fastjango.http import HttpRequest
from fastjango.http import SimpleCookie as _SimpleCookie
from fastjango.test import signals
from fastjango.test.drive import (
    AsyncClientHandler,
    ClientHandler,
    aclosing_iterator_wrapper,
    closing_iterator_wrapper,
    conditional_content_removal,
)
from fastjango.test.environment import ContextList
from fastjango.test.factory import AsyncRequestFactory, RequestFactory
from fastjango.test.payload import (
    BOUNDARY,
    CONTENT_TYPE_RE,
    JSON_CONTENT_TYPE_RE,
    MULTIPART_CONTENT,
    FakePayload,
    encode_file,
    encode_multipart,
)
from fastjango.urls import resolve
from fastjango.utils.functional import SimpleLazyObject

__all__ = [
    "BOUNDARY", "CONTENT_TYPE_RE", "JSON_CONTENT_TYPE_RE", "MULTIPART_CONTENT", "REDIRECT_STATUS_CODES",
    "AsyncClient", "AsyncClientHandler", "AsyncRequestFactory", "Client", "ClientHandler", "ClientMixin",
    "FakePayload", "RedirectCycleError", "RequestFactory", "aclosing_iterator_wrapper", "closing_iterator_wrapper",
    "conditional_content_removal", "encode_file", "encode_multipart", "store_rendered_templates",
]  # fmt: skip

REDIRECT_STATUS_CODES = frozenset(
    [
        HTTPStatus.MOVED_PERMANENTLY,
        HTTPStatus.FOUND,
        HTTPStatus.SEE_OTHER,
        HTTPStatus.TEMPORARY_REDIRECT,
        HTTPStatus.PERMANENT_REDIRECT,
    ]
)
_METHOD_KEEPING = (HTTPStatus.TEMPORARY_REDIRECT, HTTPStatus.PERMANENT_REDIRECT)


class RedirectCycleError(Exception):
    """Following redirects came back to a page, or went on too long."""

    def __init__(self, message: str, last_response: Any) -> None:
        super().__init__(message)
        self.last_response = last_response
        self.redirect_chain = last_response.redirect_chain


def store_rendered_templates(
    store: dict[str, Any], signal: Any, sender: Any, template: Any, context: Any, **kwargs: Any
) -> None:
    """Keep each rendered template and a copy of its context."""
    store.setdefault("templates", []).append(template)
    if "context" not in store:
        store["context"] = ContextList()
    store["context"].append(_copied(context))


def _copied(context: Any) -> Any:
    from copy import copy

    return copy(context)


class ClientMixin:
    """What both clients share: session, login, JSON, exceptions."""

    cookies: SimpleCookie
    exc_info: Any
    extra: dict[str, Any] | None
    headers: dict[str, Any] | None

    def store_exc_info(self, **kwargs: Any) -> None:
        """Keep the exception that the pipeline reports."""
        self.exc_info = sys.exc_info()

    def check_exception(self, response: Any) -> None:
        """Raise what the view raised, unless the client was told not to."""
        response.exc_info = self.exc_info
        if self.exc_info:
            _, exc_value, _ = self.exc_info
            self.exc_info = None
            if self.raise_request_exception:  # type: ignore[attr-defined]
                raise exc_value

    @property
    def session(self) -> Any:
        """The client's session; made and saved when there is none."""
        engine = import_module(settings.SESSION_ENGINE)
        cookie = self.cookies.get(settings.SESSION_COOKIE_NAME)
        if cookie:
            return engine.SessionStore(cookie.value)
        session = engine.SessionStore()
        session.save()
        self.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
        return session

    async def asession(self) -> Any:
        """Return the session from async code."""
        return await bridge(lambda: self.session)

    def login(self, **credentials: Any) -> bool:
        """Log a user in as ``authenticate(**credentials)`` finds it; returns whether that worked."""
        from fastjango.contrib.auth import authenticate

        user = authenticate(**credentials)
        if user:
            self._login(user)
            return True
        return False

    async def alogin(self, **credentials: Any) -> bool:
        """Log in from async code."""
        return await bridge(partial(self.login, **credentials))

    def force_login(self, user: Any, backend: str | None = None) -> None:
        """Log *user* in without credentials."""
        user.backend = backend or self._get_backend()
        self._login(user, user.backend)

    async def aforce_login(self, user: Any, backend: str | None = None) -> None:
        """Log *user* in from async code."""
        await bridge(self.force_login, user, backend)

    def _get_backend(self) -> str | None:
        from fastjango.contrib.auth import load_backend

        for backend_path in settings.AUTHENTICATION_BACKENDS:
            if hasattr(load_backend(backend_path), "get_user"):
                return str(backend_path)
        return None

    def _login(self, user: Any, backend: str | None = None) -> None:
        from fastjango.contrib.auth import login

        request = HttpRequest()
        if self.session:
            request.session = self.session
        else:
            request.session = import_module(settings.SESSION_ENGINE).SessionStore()
        login(request, user, backend)
        request.session.save()
        name = settings.SESSION_COOKIE_NAME
        self.cookies[name] = request.session.session_key
        self.cookies[name].update(
            {
                "max-age": "",
                "path": "/",
                "domain": settings.SESSION_COOKIE_DOMAIN or "",
                "secure": settings.SESSION_COOKIE_SECURE or "",
                "expires": "",
            }
        )

    def logout(self) -> None:
        """Log out: session and cookies are gone."""
        from fastjango.contrib.auth import get_user, logout

        request = HttpRequest()
        if self.session:
            request.session = self.session
            request.user = get_user(request)
        else:
            request.session = import_module(settings.SESSION_ENGINE).SessionStore()
        logout(request)
        self.cookies = _SimpleCookie()

    async def alogout(self) -> None:
        """Log out from async code."""
        await bridge(self.logout)

    def _parse_json(self, response: Any, **extra: Any) -> Any:
        if not hasattr(response, "_json"):
            if not JSON_CONTENT_TYPE_RE.match(response.get("Content-Type") or ""):
                raise ValueError(f'Content-Type header is "{response.get("Content-Type")}", not "application/json"')
            response._json = json.loads(response.text if hasattr(response, "text") else response.content, **extra)
        return response._json

    def _follow_redirect(
        self,
        response: Any,
        *,
        data: Any = "",
        content_type: str = "",
        headers: Any = None,
        query_params: Any = None,
        **extra: Any,
    ) -> Any:
        """Request the page that *response* redirects to."""
        target = response.url
        response_url = urlsplit(target)
        redirect_chain = response.redirect_chain
        redirect_chain.append((target, response.status_code))
        if response_url.scheme:
            extra["wsgi.url_scheme"] = response_url.scheme
        if response_url.hostname:
            extra["SERVER_NAME"] = response_url.hostname
            extra["HTTP_HOST"] = response_url.hostname
        if response_url.port:
            extra["SERVER_PORT"] = str(response_url.port)
        path = response_url.path
        if not path and response_url.netloc:
            path = "/"
        # A relative target is resolved against the page that sent it.
        if not path.startswith("/"):
            path = urljoin(response.request["PATH_INFO"], path)
        query, method = response_url.query, "GET"
        if response.status_code in _METHOD_KEEPING:
            method = response.request["REQUEST_METHOD"]
            if method in ("GET", "HEAD"):
                query = response.request["QUERY_STRING"]
        return self.generic(  # type: ignore[attr-defined]
            method, path, data, content_type, headers=headers, follow=False, **{**extra, "QUERY_STRING": query}
        )

    def _ensure_redirects_not_cyclic(self, response: Any) -> None:
        chain = response.redirect_chain
        url = chain[-1][0] if chain else None
        if url in [seen for seen, _ in chain[:-1]]:
            raise RedirectCycleError("Redirect loop detected.", last_response=response)
        if len(chain) > 20:
            raise RedirectCycleError("Too many redirects.", last_response=response)


def _remember(client: Any, response: Any, request: Any, data: dict[str, Any], url_path: str) -> Any:
    response.client = client
    response.request = request
    response.templates = data.get("templates", [])
    response.context = data.get("context")
    response.json = partial(client._parse_json, response)
    urlconf = getattr(
        getattr(response, "wsgi_request", None) or getattr(response, "asgi_request", None), "urlconf", None
    )
    response.resolver_match = SimpleLazyObject(lambda: resolve(url_path, urlconf=urlconf))
    # One context is the context; several are a list of them.
    if response.context is not None and len(response.context) == 1:
        response.context = response.context[0]
    if response.cookies:
        client.cookies.update(response.cookies)
    return response


class Client(ClientMixin, RequestFactory):
    """
    A browser without a screen: keeps cookies, sends requests down the whole pipeline, tells which templates were used.

        client.force_login(user); response = client.get("/orders/"); response.context["orders"]
    """

    def __init__(
        self,
        enforce_csrf_checks: bool = False,
        raise_request_exception: bool = True,
        *,
        headers: Mapping[str, str] | None = None,
        query_params: Any = None,
        **defaults: Any,
    ) -> None:
        super().__init__(headers=headers, query_params=query_params, **defaults)
        self.handler = ClientHandler(enforce_csrf_checks)
        self.raise_request_exception = raise_request_exception
        self.exc_info = None
        self.extra = None
        self.headers = None

    def request(self, **request: Any) -> Any:
        """Send a request made from WSGI-style values and return the response, with what is known about it."""
        environ = self._base_environ(**request)
        data: dict[str, Any] = {}
        on_template_render = partial(store_rendered_templates, data)
        uid = f"template-render-{id(request)}"
        signals.template_rendered.connect(on_template_render, dispatch_uid=uid)
        exception_uid = f"request-exception-{id(request)}"
        got_request_exception.connect(self.store_exc_info, dispatch_uid=exception_uid)
        try:
            response = self.handler(environ)
        finally:
            signals.template_rendered.disconnect(dispatch_uid=uid)
            got_request_exception.disconnect(dispatch_uid=exception_uid)
        self.check_exception(response)
        return _remember(self, response, request, data, request.get("PATH_INFO", "/"))

    def generic(self, method: str, path: Any, data: Any = "", content_type: str | None = "application/octet-stream", secure: bool = False, *, headers: Any = None, query_params: Any = None, follow: bool = False, **extra: Any) -> Any:  # fmt: skip
        """Send a request; ``follow=True`` goes after redirects and keeps them in ``redirect_chain``."""
        self.extra, self.headers = extra, headers
        response = super().generic(
            method, path, data, content_type, secure, headers=headers, query_params=query_params, **extra
        )
        if not follow:
            return response
        response.redirect_chain = []
        while response.status_code in REDIRECT_STATUS_CODES:
            chain = response.redirect_chain
            previous = response
            if previous.status_code not in _METHOD_KEEPING:
                method, data, content_type = "GET", "", ""
            response = self._follow_redirect(
                previous, data=data, content_type=content_type or "", headers=headers, **_scheme(secure, extra)
            )
            response.redirect_chain = chain
            self._ensure_redirects_not_cyclic(response)
        self.extra, self.headers = None, None
        return response


def _scheme(secure: bool, extra: dict[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in extra.items() if key != "QUERY_STRING"}
    if secure:
        kept.setdefault("wsgi.url_scheme", "https")
    return kept


class AsyncClient(ClientMixin, AsyncRequestFactory):
    """The same browser for async code: every method is awaited."""

    def __init__(
        self,
        enforce_csrf_checks: bool = False,
        raise_request_exception: bool = True,
        *,
        headers: Mapping[str, str] | None = None,
        query_params: Any = None,
        **defaults: Any,
    ) -> None:
        super().__init__(query_params=query_params, **defaults)
        if headers:
            self.defaults.update({name.replace("_", "-"): value for name, value in headers.items()})
        self.handler = AsyncClientHandler(enforce_csrf_checks)
        self.raise_request_exception = raise_request_exception
        self.exc_info = None
        self.extra = None
        self.headers = None

    def request(self, **request: Any) -> Any:
        """Send a request made from scope values; returns an awaitable of the response."""
        return self._request(**request)

    async def _request(self, **request: Any) -> Any:
        follow = request.pop("follow", False)
        scope = AsyncRequestFactory._base_scope(self, **request)
        scope["_body_file"] = request.get("_body_file")
        data: dict[str, Any] = {}
        on_template_render = partial(store_rendered_templates, data)
        uid = f"template-render-{id(request)}"
        signals.template_rendered.connect(on_template_render, dispatch_uid=uid)
        exception_uid = f"request-exception-{id(request)}"
        got_request_exception.connect(self.store_exc_info, dispatch_uid=exception_uid)
        try:
            response = await self.handler(scope)
        finally:
            signals.template_rendered.disconnect(dispatch_uid=uid)
            got_request_exception.disconnect(dispatch_uid=exception_uid)
        self.check_exception(response)
        described = {**request, "PATH_INFO": request["path"], "REQUEST_METHOD": request["method"]}
        response = _remember(self, response, described, data, request["path"])
        return await self._follow(response, request) if follow else response

    async def _follow(self, response: Any, request: dict[str, Any]) -> Any:
        response.redirect_chain = []
        while response.status_code in REDIRECT_STATUS_CODES:
            chain = response.redirect_chain
            target = urlsplit(response.url)
            chain.append((response.url, response.status_code))
            path = target.path or "/"
            if not path.startswith("/"):
                path = urljoin(response.request["PATH_INFO"], path)
            keep = response.status_code in _METHOD_KEEPING
            method = response.request["REQUEST_METHOD"] if keep else "GET"
            body = request.get("_body_file") if keep else None
            if body is not None:
                body._content.seek(0)
                body = FakePayload(body._content.read())
            content_type = dict(request["headers"]).get(b"content-type", b"").decode() if keep else ""
            response = await AsyncRequestFactory.generic(
                self, method, path, body._content.getvalue() if body is not None else "", content_type,
                secure=target.scheme == "https", QUERY_STRING=target.query,
            )  # fmt: skip
            response.redirect_chain = chain
            self._ensure_redirects_not_cyclic(response)
        return response

    def _query_request(
        self, method: str, path: Any, data: Any, secure: bool, headers: Any, query_params: Any, extra: dict[str, Any]
    ) -> Any:
        return super()._query_request(method, path, data, secure, headers, query_params, extra)
