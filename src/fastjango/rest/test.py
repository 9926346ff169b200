"""
``APIRequestFactory``, ``APIClient``, ``RequestsClient`` and test cases with them.

A compatibility door: ``fastjango.test`` stands above this room in the layers, and only tests import this module.
"""

from __future__ import annotations

import io
from importlib import import_module
from typing import Any

from fastjango import test
from fastjango.conf import settings
from fastjango.core.exceptions import ImproperlyConfigured
from fastjango.core.handlers.wsgi import WSGIHandler
from fastjango.rest.compat import requests
from fastjango.rest.settings import api_settings
from fastjango.test.client import Client, ClientHandler, RequestFactory
from fastjango.urls import clear_url_caches
from fastjango.utils.encoding import force_bytes
from fastjango.utils.http import urlencode

# Without the library there is everything but ``RequestsClient``.
_HTTPAdapter: Any = object if requests is None else requests.adapters.HTTPAdapter
_Session: Any = object if requests is None else requests.Session


def force_authenticate(request: Any, user: Any = None, token: Any = None) -> None:
    """Have *request* count as that of *user*, whatever the authenticators say."""
    request._force_auth_user = user
    request._force_auth_token = token


class APIRequestFactory(RequestFactory):
    """Makes requests; ``format="json"`` encodes their data by a renderer of ``TEST_REQUEST_RENDERER_CLASSES``."""

    renderer_classes_list: Any = None
    default_format: Any = None

    def __init__(self, enforce_csrf_checks: bool = False, **defaults: Any) -> None:
        self.enforce_csrf_checks = enforce_csrf_checks
        classes = self.renderer_classes_list or api_settings.TEST_REQUEST_RENDERER_CLASSES
        self.renderer_classes = {cls.format: cls for cls in classes}
        self.default_format = self.default_format or api_settings.TEST_REQUEST_DEFAULT_FORMAT
        super().__init__(**defaults)

    def _encode_data(self, data: Any, format: str | None = None, content_type: str | None = None) -> tuple[Any, Any]:
        """Return the body and its type."""
        if data is None:
            return b"", content_type
        if not (format is None or content_type is None):
            raise AssertionError("You may not set both `format` and `content_type`.")
        if content_type:
            try:
                data = self._encode_json(data, content_type)
            except AttributeError:
                pass
            # Text as it is; everything else somebody has encoded already.
            return (data if isinstance(data, bytes) else force_bytes(data, settings.DEFAULT_CHARSET)), content_type
        format = format or self.default_format
        if format not in self.renderer_classes:
            raise AssertionError(
                f"Invalid format '{format}'. Available formats are {', '.join(repr(name) for name in self.renderer_classes)}. "
                "Set TEST_REQUEST_RENDERER_CLASSES to enable extra request formats."
            )
        renderer = self.renderer_classes[format]()
        body = renderer.render(data)
        content_type = renderer.media_type
        if renderer.charset:
            content_type = f"{content_type}; charset={renderer.charset}"
        if isinstance(body, str):
            body = body.encode(renderer.charset or "utf-8")
        return body, content_type

    def get(self, path: str, data: Any = None, **extra: Any) -> Any:
        """Make a GET request; *data* is the query, unless the address has one."""
        query = urlencode(data or {}, doseq=True)
        if not data and "?" in path:
            query = force_bytes(path.split("?")[1]).decode("iso-8859-1")
        extra.setdefault("QUERY_STRING", query)
        return self.generic("GET", path, **extra)

    def post(self, path: str, data: Any = None, format: Any = None, content_type: Any = None, **extra: Any) -> Any:
        """Make a POST request."""
        data, content_type = self._encode_data(data, format, content_type)
        return self.generic("POST", path, data, content_type, **extra)

    def put(self, path: str, data: Any = None, format: Any = None, content_type: Any = None, **extra: Any) -> Any:
        """Make a PUT request."""
        data, content_type = self._encode_data(data, format, content_type)
        return self.generic("PUT", path, data, content_type, **extra)

    def patch(self, path: str, data: Any = None, format: Any = None, content_type: Any = None, **extra: Any) -> Any:
        """Make a PATCH request."""
        data, content_type = self._encode_data(data, format, content_type)
        return self.generic("PATCH", path, data, content_type, **extra)

    def delete(self, path: str, data: Any = None, format: Any = None, content_type: Any = None, **extra: Any) -> Any:
        """Make a DELETE request."""
        data, content_type = self._encode_data(data, format, content_type)
        return self.generic("DELETE", path, data, content_type, **extra)

    def options(self, path: str, data: Any = None, format: Any = None, content_type: Any = None, **extra: Any) -> Any:
        """Make an OPTIONS request."""
        data, content_type = self._encode_data(data, format, content_type)
        return self.generic("OPTIONS", path, data, content_type, **extra)

    def generic(
        self,
        method: str,
        path: str,
        data: Any = "",
        content_type: Any = "application/octet-stream",
        secure: bool = False,
        **extra: Any,
    ) -> Any:
        """Make any request."""
        # Without a body nobody says what type it is.
        if content_type is not None:
            extra["CONTENT_TYPE"] = str(content_type)
        return super().generic(method, path, data, content_type or "", secure, **extra)

    def request(self, **kwargs: Any) -> Any:
        """Make the request from its environment."""
        request = super().request(**kwargs)
        request._dont_enforce_csrf_checks = not self.enforce_csrf_checks
        return request


def _with(follow: bool, extra: dict[str, Any]) -> dict[str, Any]:
    return {**extra, "follow": True} if follow else extra


class ForceAuthClientHandler(ClientHandler):
    """Hands the forced user over to the request."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._force_user: Any = None
        self._force_token: Any = None
        super().__init__(*args, **kwargs)

    def get_response(self, request: Any) -> Any:
        """Answer the request as that of the forced user."""
        force_authenticate(request, self._force_user, self._force_token)
        return super().get_response(request)


class APIClient(APIRequestFactory, Client):
    """The test client for APIs: formats, ``credentials()`` and ``force_authenticate()``."""

    def __init__(self, enforce_csrf_checks: bool = False, **defaults: Any) -> None:
        super().__init__(**defaults)
        self.enforce_csrf_checks = enforce_csrf_checks
        self.handler = ForceAuthClientHandler(enforce_csrf_checks)
        self._credentials: dict[str, Any] = {}

    def credentials(self, **kwargs: Any) -> None:
        """Send these with every request from now on: ``HTTP_AUTHORIZATION="Token ..."``."""
        self._credentials = kwargs

    def force_authenticate(self, user: Any = None, token: Any = None) -> None:
        """Have all requests from now on count as those of *user*; none for nobody."""
        self.handler._force_user = user
        self.handler._force_token = token
        if user is None and token is None:
            # Nobody at all.
            self.logout()

    def request(self, **kwargs: Any) -> Any:
        """Send the request."""
        kwargs.update(self._credentials)
        return super().request(**kwargs)

    def get(self, path: str, data: Any = None, follow: bool = False, **extra: Any) -> Any:
        """Send a GET request."""
        return super().get(path, data=data, **_with(follow, extra))

    def post(
        self,
        path: str,
        data: Any = None,
        format: Any = None,
        content_type: Any = None,
        follow: bool = False,
        **extra: Any,
    ) -> Any:
        """Send a POST request."""
        return super().post(path, data, format, content_type, **_with(follow, extra))

    def put(
        self,
        path: str,
        data: Any = None,
        format: Any = None,
        content_type: Any = None,
        follow: bool = False,
        **extra: Any,
    ) -> Any:
        """Send a PUT request."""
        return super().put(path, data, format, content_type, **_with(follow, extra))

    def patch(
        self,
        path: str,
        data: Any = None,
        format: Any = None,
        content_type: Any = None,
        follow: bool = False,
        **extra: Any,
    ) -> Any:
        """Send a PATCH request."""
        return super().patch(path, data, format, content_type, **_with(follow, extra))

    def delete(
        self,
        path: str,
        data: Any = None,
        format: Any = None,
        content_type: Any = None,
        follow: bool = False,
        **extra: Any,
    ) -> Any:
        """Send a DELETE request."""
        return super().delete(path, data, format, content_type, **_with(follow, extra))

    def options(
        self,
        path: str,
        data: Any = None,
        format: Any = None,
        content_type: Any = None,
        follow: bool = False,
        **extra: Any,
    ) -> Any:
        """Send an OPTIONS request."""
        return super().options(path, data, format, content_type, **_with(follow, extra))

    def logout(self) -> None:
        """Forget session, credentials and the forced user."""
        self._credentials = {}
        self.handler._force_user = None
        self.handler._force_token = None
        if self.session:
            super().logout()


class DjangoTestAdapter(_HTTPAdapter):
    """Sends what ``requests`` makes down the pipeline in place of a socket."""

    def __init__(self) -> None:
        self.app = WSGIHandler()
        self.factory = RequestFactory()
        super().__init__()

    def _environ(self, request: Any) -> dict[str, Any]:
        kwargs: dict[str, Any] = {}
        url = request.url
        if url.startswith("https"):
            kwargs["wsgi.url_scheme"] = "https"
        for header, value in request.headers.items():
            name = header.upper().replace("-", "_")
            kwargs[name if name in ("CONTENT_LENGTH", "CONTENT_TYPE") else f"HTTP_{name}"] = value
        body: Any = request.body or b""
        if hasattr(body, "read"):
            body = body.read()
        made = self.factory.generic(request.method, url, force_bytes(body), **kwargs)
        environ: dict[str, Any] = made.environ
        return environ

    def send(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Answer the request."""
        raw: dict[str, Any] = {}

        def start_response(wsgi_status: str, wsgi_headers: list[tuple[str, str]], exc_info: Any = None) -> None:
            status, _, reason = wsgi_status.partition(" ")
            raw.update(status=int(status), reason=reason, headers=wsgi_headers)

        environ = self._environ(request)
        content = b"".join(self.app(environ, start_response))
        headers = import_module("urllib3").HTTPHeaderDict()
        for name, value in raw["headers"]:
            headers.add(name, value)
        raw_response = import_module("urllib3").HTTPResponse(
            body=io.BytesIO(content),
            headers=headers,
            status=raw["status"],
            reason=raw["reason"],
            preload_content=False,
            original_response=_Original(raw["headers"]),
        )
        return self.build_response(request, raw_response)

    def close(self) -> None:
        """Do nothing: there is no socket."""


class _Original:
    """What the cookie jar of ``requests`` looks at."""

    def __init__(self, headers: list[tuple[str, str]]) -> None:
        email_message = import_module("email.message").Message()
        for name, value in headers:
            email_message[name] = value
        self.msg = email_message
        self.closed = True

    def isclosed(self) -> bool:
        """Return True."""
        return True

    def close(self) -> None:
        """Do nothing."""


class RequestsClient(_Session):
    """``requests.Session`` that talks to the project without a server."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if requests is None:
            raise ImproperlyConfigured("requests must be installed in order to use RequestsClient.")
        super().__init__(*args, **kwargs)
        adapter = DjangoTestAdapter()
        self.mount("http://", adapter)
        self.mount("https://", adapter)

    def request(self, method: Any, url: Any, *args: Any, **kwargs: Any) -> Any:
        """Send a request; the address must be a whole one."""
        if not str(url).startswith("http"):
            raise ValueError(f'Missing "http:" or "https:". Use a fully qualified URL, eg "http://testserver{url}"')
        return super().request(method, url, *args, **kwargs)


class APITransactionTestCase(test.TransactionTestCase):
    """A transaction test case with an ``APIClient``."""

    client_class = APIClient
    client: APIClient


class APITestCase(test.TestCase):
    """A test case with an ``APIClient``."""

    client_class = APIClient
    client: APIClient


class APISimpleTestCase(test.SimpleTestCase):
    """A test case without database, with an ``APIClient``."""

    client_class = APIClient
    client: APIClient


class APILiveServerTestCase(test.LiveServerTestCase):
    """A live server test case with an ``APIClient``."""

    client_class = APIClient
    client: APIClient


def cleanup_url_patterns(cls: Any) -> None:
    """Give the module of a test class its URL patterns back."""
    if hasattr(cls, "_module_urlpatterns"):
        cls._module.urlpatterns = cls._module_urlpatterns
    else:
        del cls._module.urlpatterns


class URLPatternsTestCase(test.SimpleTestCase):
    """A test case whose ``urlpatterns`` are the project's."""

    @classmethod
    def setUpClass(cls) -> None:
        """Make the URL patterns those of the class."""
        cls._module: Any = import_module(cls.__module__)
        cls._override: Any = test.override_settings(ROOT_URLCONF=cls.__module__)
        if hasattr(cls._module, "urlpatterns"):
            cls._module_urlpatterns = cls._module.urlpatterns
        cls._module.urlpatterns = getattr(cls, "urlpatterns")
        cls._override.enable()
        clear_url_caches()
        cls.addClassCleanup(cls._override.disable)
        cls.addClassCleanup(cleanup_url_patterns, cls)
        super().setUpClass()


__all__ = [
    "APIClient",
    "APILiveServerTestCase",
    "APIRequestFactory",
    "APISimpleTestCase",
    "APITestCase",
    "APITransactionTestCase",
    "DjangoTestAdapter",
    "ForceAuthClientHandler",
    "RequestsClient",
    "URLPatternsTestCase",
    "force_authenticate",
]
