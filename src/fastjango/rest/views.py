"""
``APIView``: negotiation, authentication, permissions and throttles around the handlers of HTTP methods.

Handlers may be sync or ``async def``, also mixed. What they raise becomes a response in ``exception_handler()``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from types import CoroutineType
from typing import Any, NoReturn
from weakref import ref

from fastjango.conf import settings
from fastjango.core.exceptions import PermissionDenied
from fastjango.core.handlers.loop import wait_for
from fastjango.db import DataError, connections
from fastjango.db.bridge import bridge
from fastjango.db.models.query import QuerySet
from fastjango.http import Http404, HttpResponseBase
from fastjango.http.caching import patch_vary_headers
from fastjango.http.coroutines import iscoroutinefunction, markcoroutinefunction
from fastjango.rest import exceptions, status
from fastjango.rest.inspector import DefaultSchema
from fastjango.rest.page_data import plain
from fastjango.rest.request import Request
from fastjango.rest.response import Response
from fastjango.rest.settings import FromSettings, api_settings
from fastjango.rest.utils import formatting
from fastjango.utils.encoding import smart_str
from fastjango.views.decorators.csrf import csrf_exempt
from fastjango.views.generic import View
from fastjango.views.generic.base import view_function

_comma = re.compile(r"\s*,\s*")


def get_view_name(view: Any) -> str:
    """Return the name of a view, as the browsable page shows it: its own, or one made from its class."""
    name = getattr(view, "name", None)
    if name is not None:
        given: str = name
        return given
    name = formatting.remove_trailing_string(type(view).__name__, "View")
    name = formatting.remove_trailing_string(name, "ViewSet")
    name = formatting.camelcase_to_spaces(name)
    suffix = getattr(view, "suffix", None)
    return f"{name} {suffix}" if suffix else name


def get_view_description(view: Any, html: bool = False) -> str:
    """Return the description of a view: its own, or its class's docstring; as HTML on request."""
    description = getattr(view, "description", None)
    if description is None:
        description = type(view).__doc__ or ""
    text = formatting.dedent(smart_str(description))
    return formatting.markup_description(text) if html else text


def set_rollback() -> None:
    """Have the transaction of this request, where there is one, rolled back."""
    for connection in connections.all(initialized_only=True):
        if connection.settings_dict["ATOMIC_REQUESTS"] and connection.in_atomic_block:
            connection.set_rollback(True)


def exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Return the response for an exception of a view; ``None`` for those that nobody expected."""
    if isinstance(exc, Http404):
        exc = exceptions.NotFound(*exc.args)
    elif isinstance(exc, PermissionDenied):
        exc = exceptions.PermissionDenied(*exc.args)
    elif isinstance(exc, DataError):
        # A value that no field has refused and the column cannot hold: what the driver says stays with us.
        exc = exceptions.ParseError("A value is out of range or malformed.")
    if not isinstance(exc, exceptions.APIException):
        return None
    headers = {}
    if getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = exc.auth_header  # type: ignore[attr-defined]  # set in handle_exception()
    if getattr(exc, "wait", None):
        headers["Retry-After"] = str(int(exc.wait))  # type: ignore[attr-defined]  # Throttled has it
    data = exc.detail if isinstance(exc.detail, list | dict) else {"detail": exc.detail}
    set_rollback()
    return Response(data, status=exc.status_code, headers=headers)


def _refuse_evaluation() -> NoReturn:
    raise RuntimeError(
        "Do not evaluate the `.queryset` attribute directly, as the result will be cached and reused between requests. Use "
        "`.all()` or call `.get_queryset()` instead."
    )


def finish_view(cls: Any, view: Callable[..., Any], handlers: list[str]) -> Any:
    """Return *view* exempt from the CSRF check; a coroutine function where all *handlers* are."""
    if isinstance(getattr(cls, "queryset", None), QuerySet):
        cls.queryset._fetch_all = _refuse_evaluation
    # Who may come in is for the permissions to say, not for LoginRequiredMiddleware.
    view.login_required = False  # type: ignore[attr-defined]  # read by the middleware
    found = [getattr(cls, name) for name in handlers if hasattr(cls, name)]
    if not found or not all(iscoroutinefunction(handler) for handler in found):
        # Sessions check CSRF themselves, in the authenticator.
        return csrf_exempt(view)
    return markcoroutinefunction(csrf_exempt(_AsyncFace(view)))


class _ParserContext:
    """Asks a view for its parser context, without holding the view: it holds the request."""

    __slots__ = ("_request", "_view")

    def __init__(self, view: Any, request: Any) -> None:
        self._view = ref(view)
        self._request = request

    def __call__(self) -> dict[str, Any] | None:
        view = self._view()
        found: dict[str, Any] | None = None if view is None else view.get_parser_context(self._request)
        return found


class _AsyncFace:
    """A view of async handlers: awaited by whoever calls it, its own sync steps in the bridge."""

    def __init__(self, view: Any) -> None:
        self.__dict__.update(view.__dict__)
        self.__wrapped__ = view
        self.__name__ = view.__name__
        self.__qualname__ = view.__qualname__
        self.__module__ = view.__module__
        self.__doc__ = view.__doc__

    async def __call__(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        return await bridge(self.__wrapped__, request, *args, **kwargs)


class APIView(View):
    """
    Base of all API views.

    Attributes:
        renderer_classes, parser_classes, authentication_classes, throttle_classes, permission_classes,
        content_negotiation_class, metadata_class, versioning_class: Policies; the settings' unless given.
    """

    renderer_classes: Any = FromSettings("DEFAULT_RENDERER_CLASSES")
    parser_classes: Any = FromSettings("DEFAULT_PARSER_CLASSES")
    authentication_classes: Any = FromSettings("DEFAULT_AUTHENTICATION_CLASSES")
    throttle_classes: Any = FromSettings("DEFAULT_THROTTLE_CLASSES")
    permission_classes: Any = FromSettings("DEFAULT_PERMISSION_CLASSES")
    content_negotiation_class: Any = FromSettings("DEFAULT_CONTENT_NEGOTIATION_CLASS")
    metadata_class: Any = FromSettings("DEFAULT_METADATA_CLASS")
    versioning_class: Any = FromSettings("DEFAULT_VERSIONING_CLASS")
    #: So that a view can be given other settings.
    settings: Any = api_settings
    schema: Any = DefaultSchema()
    headers: dict[str, Any]
    format_kwarg: Any = None

    @classmethod
    def as_view(cls: Any, **initkwargs: Any) -> Callable[..., Any]:
        """Return the view function; it knows its class as ``cls`` and its arguments as ``initkwargs``."""
        made = view_function(cls, initkwargs)
        made.cls = made.view_class = cls
        made.initkwargs = made.view_initkwargs = initkwargs
        made.__doc__ = cls.__doc__
        made.__name__ = cls.__name__
        made.__qualname__ = cls.__qualname__
        made.__module__ = cls.__module__
        made.__dict__.update(cls.dispatch.__dict__)
        done: Callable[..., Any] = finish_view(cls, made, [name for name in cls.http_method_names if name != "options"])
        return done

    @property
    def response(self) -> Any:
        """
        The response, once there is one.

        It is held weakly: response, renderer context and view in a ring would wait for the garbage collector.
        """
        found = self.__dict__.get("_response")
        if found is None:
            raise AttributeError(f"'{type(self).__name__}' object has no attribute 'response'")
        return found() if isinstance(found, ref) else found

    @response.setter
    def response(self, value: Any) -> None:
        self._response = value

    # ------------------------------------------------------------ policies

    @property
    def allowed_methods(self) -> list[str]:
        """The methods that have a handler."""
        return self._allowed_methods()

    @property
    def default_response_headers(self) -> dict[str, str]:
        """The headers that every response gets."""
        headers = {"Allow": ", ".join(self.allowed_methods)}
        if len(self.renderer_classes) > 1:
            headers["Vary"] = "Accept"
        return headers

    def http_method_not_allowed(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Refuse the method."""
        raise exceptions.MethodNotAllowed(request.method)

    def permission_denied(self, request: Any, message: Any = None, code: str | None = None) -> NoReturn:
        """Refuse: by asking for credentials where none were given."""
        if request.authenticators and not request.successful_authenticator:
            raise exceptions.NotAuthenticated
        raise exceptions.PermissionDenied(detail=message, code=code)

    def throttled(self, request: Any, wait: float | None) -> NoReturn:
        """Refuse for *wait* seconds."""
        raise exceptions.Throttled(wait)

    def get_authenticate_header(self, request: Any) -> str | None:
        """Return the challenge for 401 answers, that of the first authenticator."""
        authenticators = self.get_authenticators()
        return authenticators[0].authenticate_header(request) if authenticators else None

    @plain
    def get_parser_context(self, http_request: Any) -> dict[str, Any]:
        """Return what parsers get."""
        return {"view": self, "args": getattr(self, "args", ()), "kwargs": getattr(self, "kwargs", {})}

    def get_renderer_context(self) -> dict[str, Any]:
        """Return what renderers get."""
        return {
            "view": self,
            "args": getattr(self, "args", ()),
            "kwargs": getattr(self, "kwargs", {}),
            "request": getattr(self, "request", None),
        }

    def get_exception_handler_context(self) -> dict[str, Any]:
        """Return what the exception handler gets."""
        return {
            "view": self,
            "args": getattr(self, "args", ()),
            "kwargs": getattr(self, "kwargs", {}),
            "request": getattr(self, "request", None),
        }

    def get_view_name(self) -> str:
        """Return the name that the browsable page shows."""
        name: str = self.settings.VIEW_NAME_FUNCTION(self)
        return name

    def get_view_description(self, html: bool = False) -> str:
        """Return the description that the browsable page and ``OPTIONS`` show."""
        description: str = self.settings.VIEW_DESCRIPTION_FUNCTION(self, html)
        return description

    def get_format_suffix(self, **kwargs: Any) -> str | None:
        """Return the suffix of the address."""
        return kwargs.get(self.settings.FORMAT_SUFFIX_KWARG) if self.settings.FORMAT_SUFFIX_KWARG else None

    def get_renderers(self) -> list[Any]:
        """Return the renderers of this view."""
        return [renderer() for renderer in self.renderer_classes]

    def get_parsers(self) -> list[Any]:
        """Return the parsers of this view."""
        return [parser() for parser in self.parser_classes]

    def get_authenticators(self) -> list[Any]:
        """Return the authenticators of this view."""
        return [authenticator() for authenticator in self.authentication_classes]

    def get_permissions(self) -> list[Any]:
        """Return the permissions that this view asks for."""
        return [permission() for permission in self.permission_classes]

    def get_throttles(self) -> list[Any]:
        """Return the throttles of this view."""
        return [throttle() for throttle in self.throttle_classes]

    def get_content_negotiator(self) -> Any:
        """Return the negotiator, made once."""
        if "_negotiator" not in self.__dict__:
            self._negotiator = self.content_negotiation_class()
        return self._negotiator

    def get_exception_handler(self) -> Callable[..., Any]:
        """Return the function that turns exceptions into responses."""
        handler: Callable[..., Any] = self.settings.EXCEPTION_HANDLER
        return handler

    # ------------------------------------------------------------ steps before the handler

    def perform_content_negotiation(self, request: Any, force: bool = False) -> tuple[Any, str]:
        """Return renderer and media type; with *force* the first renderer where nothing fits."""
        renderers = self.get_renderers()
        try:
            chosen: tuple[Any, str] = self.get_content_negotiator().select_renderer(
                request, renderers, self.format_kwarg
            )
        except Exception:
            if force:
                return renderers[0], renderers[0].media_type
            raise
        return chosen

    def perform_authentication(self, request: Any) -> None:
        """Find out who asks."""
        request.user  # noqa: B018 - asking runs the authenticators

    def check_permissions(self, request: Any) -> None:
        """Refuse the request unless all permissions are there."""
        for permission in self.get_permissions():
            if not permission.has_permission(request, self):
                self.permission_denied(
                    request, message=getattr(permission, "message", None), code=getattr(permission, "code", None)
                )

    def check_object_permissions(self, request: Any, obj: Any) -> None:
        """Refuse the request unless all permissions on the object are there."""
        for permission in self.get_permissions():
            if not permission.has_object_permission(request, self, obj):
                self.permission_denied(
                    request, message=getattr(permission, "message", None), code=getattr(permission, "code", None)
                )

    def check_throttles(self, request: Any) -> None:
        """Refuse the request when there were too many; all throttles count it."""
        waits = [throttle.wait() for throttle in self.get_throttles() if not throttle.allow_request(request, self)]
        if waits:
            self.throttled(request, max((wait for wait in waits if wait is not None), default=None))

    def determine_version(self, request: Any, *args: Any, **kwargs: Any) -> tuple[Any, Any]:
        """Return version and scheme of the request."""
        if self.versioning_class is None:
            return None, None
        scheme = self.versioning_class()
        return scheme.determine_version(request, *args, **kwargs), scheme

    def initialize_request(self, request: Any, *args: Any, **kwargs: Any) -> Request:
        """Return the API request around the core request."""
        is_late = hasattr(type(self).get_parser_context, "_is_plain")
        made = Request(
            request,
            parsers=self.get_parsers(),
            authenticators=self.get_authenticators(),
            negotiator=self.get_content_negotiator(),
            parser_context=None if is_late else self.get_parser_context(request),
        )
        if is_late:
            made._late_context = _ParserContext(self, request)
        return made

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        """Do all that comes before the handler."""
        self.format_kwarg = self.get_format_suffix(**kwargs)
        request.accepted_renderer, request.accepted_media_type = self.perform_content_negotiation(request)
        request.version, request.versioning_scheme = self.determine_version(request, *args, **kwargs)
        self.perform_authentication(request)
        self.check_permissions(request)
        self.check_throttles(request)

    # ------------------------------------------------------------ after the handler

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Give the response its renderer and headers."""
        if not isinstance(response, HttpResponseBase):
            raise AssertionError(
                "Expected a `Response`, `HttpResponse` or `StreamingHttpResponse` to be returned from the view, but received a "
                f"`{type(response)}`"
            )
        if isinstance(response, Response):
            if not getattr(request, "accepted_renderer", None):
                chosen = self.perform_content_negotiation(request, force=True)
                request.accepted_renderer, request.accepted_media_type = chosen
            response.accepted_renderer = request.accepted_renderer
            response.accepted_media_type = request.accepted_media_type
            response.renderer_context = self.get_renderer_context()
        vary = self.headers.pop("Vary", None)
        if vary is not None:
            patch_vary_headers(response, _comma.split(vary.strip()))
        for key, value in self.headers.items():
            response[key] = value
        return response

    def handle_exception(self, exc: Exception) -> Any:
        """Return the response for an exception, or raise it again."""
        if isinstance(exc, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
            header = self.get_authenticate_header(self.request)
            if header:
                exc.auth_header = header  # type: ignore[union-attr]  # read by the exception handler
            else:
                # Without a challenge 401 would be against the rules.
                exc.status_code = status.HTTP_403_FORBIDDEN
        response = self.get_exception_handler()(exc, self.get_exception_handler_context())
        if response is None:
            self.raise_uncaught_exception(exc)
        response.exception = True
        return response

    def raise_uncaught_exception(self, exc: Exception) -> NoReturn:
        """Raise; debug pages come as text where the client is no browser."""
        if settings.DEBUG:
            kind = getattr(getattr(self.request, "accepted_renderer", None), "format", None)
            self.request.force_plaintext_errors(kind not in ("html", "api", "admin"))
        raise exc

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Run the steps, the handler and the end; all exceptions become responses."""
        self.args = args
        self.kwargs = kwargs
        request = self.initialize_request(request, *args, **kwargs)
        self.request = request
        self.headers = self.default_response_headers
        try:
            self.initial(request, *args, **kwargs)
            name = request.method.lower()
            if name in self.http_method_names:
                handler = getattr(self, name, self.http_method_not_allowed)
            else:
                handler = self.http_method_not_allowed
            response = handler(request, *args, **kwargs)
            if response.__class__ is CoroutineType:
                response = wait_for(response)
        except Exception as exc:  # noqa: BLE001 - one place for all of them
            response = self.handle_exception(exc)
        response = self.finalize_response(request, response, *args, **kwargs)
        if type(self).response is APIView.response:
            self._response = ref(response)
        else:
            self.response = response
        return response

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Answer what the view is and takes."""
        if self.metadata_class is None:
            return self.http_method_not_allowed(request, *args, **kwargs)
        return Response(self.metadata_class().determine_metadata(request, self), status=status.HTTP_200_OK)


__all__ = [
    "APIView",
    "exception_handler",
    "get_view_description",
    "get_view_name",
    "set_rollback",
]
