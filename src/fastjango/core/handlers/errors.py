"""
The one place where an exception becomes a response.

Django-style views get HTML pages (the debug page under DEBUG, the ``handler404`` family otherwise); FastAPI routes get
JSON through ``api_exception_handlers``. Comes behind ``pipeline.py`` and before ``sending.py``.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from fastjango.conf import settings
from fastjango.core import signals
from fastjango.core.exceptions import (
    BadRequest,
    ObjectDoesNotExist,
    PermissionDenied,
    RequestAborted,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
    TooManyFilesSent,
    ValidationError,
)
from fastjango.core.handlers.guard import plain_500
from fastjango.core.handlers.loop import as_sync
from fastjango.db import DataError, IntegrityError
from fastjango.db.errors import PoolTimeout
from fastjango.http import Http404, HttpResponse, UnreadablePostError
from fastjango.http.coroutines import iscoroutinefunction
from fastjango.http.multipartparser import MultiPartParserError
from fastjango.http.problems import problems_of
from fastjango.urls import get_resolver, get_urlconf
from fastjango.utils.log import log_response
from fastjango.views import debug

security_logger = "fastjango.security"

#: So many characters of a text that was not valid are shown in the error of a FastAPI route.
ECHO_LENGTH = 1000
_ECHO_DEPTH = 20


def convert_exception_to_response(get_response: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """
    Wrap one layer of the pipeline: what it raises leaves it as a response.

    So the next middleware outwards always sees a response, never an exception.
    """
    if iscoroutinefunction(get_response):

        @wraps(get_response)
        async def inner_async(request: Any) -> Any:
            try:
                return await get_response(request)
            except Exception as exc:
                return response_for_exception(request, exc)

        return inner_async

    @wraps(get_response)
    def inner(request: Any) -> Any:
        try:
            return get_response(request)
        except Exception as exc:
            return response_for_exception(request, exc)

    return inner


def response_for_exception(request: Any, exc: Exception) -> Any:
    """Return the response that *exc* means; never raises but for SystemExit and, when asked to, under test."""
    if isinstance(exc, Http404):
        if settings.DEBUG:
            response = debug.technical_404_response(request, exc)
        else:
            response = get_exception_response(request, get_resolver(get_urlconf()), 404, exc)
    elif isinstance(exc, PermissionDenied):
        response = get_exception_response(request, get_resolver(get_urlconf()), 403, exc)
        log_response(
            f"Forbidden (Permission denied): {request.path}", response=response, request=request, exception=exc
        )
    elif isinstance(exc, MultiPartParserError):
        response = get_exception_response(request, get_resolver(get_urlconf()), 400, exc)
        log_response(
            f"Bad request (Unable to parse request body): {request.path}",
            response=response,
            request=request,
            exception=exc,
        )
    elif isinstance(exc, (BadRequest, DataError)):
        # A DataError is a value that the database refuses: the client sent it, the server did nothing wrong.
        if settings.DEBUG:
            response = debug.technical_500_response(request, *_exc_info(exc), status_code=400)
        else:
            response = get_exception_response(request, get_resolver(get_urlconf()), 400, exc)
        log_response(f"{exc}: {request.path}", response=response, request=request, exception=exc)
    elif isinstance(exc, SuspiciousOperation):
        response = _suspicious(request, exc)
    elif isinstance(exc, PoolTimeout):
        # Too many at once: no fault in the code, and later it may work.
        response = HttpResponse(
            "Service Unavailable", status=503, headers={"Retry-After": "1"}, content_type="text/plain"
        )
        log_response(f"{exc}: {request.path}", response=response, request=request, exception=exc)
    elif isinstance(exc, HTTPException):
        response = _http_exception(request, exc)
    else:
        signals.got_request_exception.send(sender=None, request=request)
        response = handle_uncaught_exception(request, get_resolver(get_urlconf()), _exc_info(exc))
        log_response(f"{response.reason_phrase}: {request.path}", response=response, request=request, exception=exc)
    if not getattr(response, "is_rendered", True) and callable(getattr(response, "render", None)):
        response = response.render()
    return response


def _exc_info(exc: BaseException) -> tuple[Any, Any, Any]:
    return type(exc), exc, exc.__traceback__


def _suspicious(request: Any, exc: SuspiciousOperation) -> Any:
    if isinstance(exc, (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)):
        # The rest of the form is not read again while the error is reported.
        request._mark_post_parse_error()
    # The logger's name carries the subclass: fastjango.security.DisallowedHost.
    logging.getLogger(f"{security_logger}.{exc.__class__.__name__}").error(
        str(exc), exc_info=exc, extra={"status_code": 400, "request": request}
    )
    if settings.DEBUG:
        return debug.technical_500_response(request, *_exc_info(exc), status_code=400)
    return get_exception_response(request, get_resolver(get_urlconf()), 400, exc)


def _http_exception(request: Any, exc: HTTPException) -> Any:
    if exc.status_code in (400, 403, 404, 500):
        response = get_exception_response(request, get_resolver(get_urlconf()), exc.status_code, exc)
    else:
        response = HttpResponse(str(exc.detail), status=exc.status_code, content_type="text/plain; charset=utf-8")
    for name, value in (exc.headers or {}).items():
        response[name] = value
    return response


def get_exception_response(request: Any, resolver: Any, status_code: int, exception: Exception) -> Any:
    """Call the URLconf's handler for *status_code*; its own failure becomes a 500."""
    try:
        callback = resolver.resolve_error_handler(status_code)
        if iscoroutinefunction(callback):
            callback = as_sync(callback)
        try:
            return callback(request, exception=exception)
        except (MultiPartParserError, BadRequest, SuspiciousOperation):
            # The page looked for its CSRF token in a form that cannot be read: it is taken for empty.
            request._mark_post_parse_error()
            return callback(request, exception=exception)
    except Exception:
        signals.got_request_exception.send(sender=None, request=request)
        return handle_uncaught_exception(request, resolver, sys.exc_info())


def handle_uncaught_exception(request: Any, resolver: Any, exc_info: tuple[Any, Any, Any]) -> Any:
    """
    Return the 500 response: the debug page under DEBUG, else what ``handler500`` gives.

    A FastAPI route is answered for by the application's own handler, else in plain text, unless the URLconf has a
    ``handler500``.
    """
    if settings.DEBUG_PROPAGATE_EXCEPTIONS:
        raise exc_info[1]
    # For Starlette's test client, which raises what the application raised (sending.py).
    request.__dict__["_uncaught"] = exc_info[1]
    route_handler = request.__dict__.get("_route_failed")
    if route_handler is not None and (route_handler is not plain_500 or not settings.DEBUG):
        if route_handler is not plain_500 or not hasattr(resolver.urlconf_module, "handler500"):
            return _answer_of(route_handler, request, exc_info[1])
    if settings.DEBUG:
        return debug.technical_500_response(request, *exc_info)
    callback = resolver.resolve_error_handler(500)
    if iscoroutinefunction(callback):
        callback = as_sync(callback)
    return callback(request)


def _answer_of(handler: Callable[..., Any], request: Any, exc: BaseException | None) -> Any:
    """Return what a handler of the application gives for an exception of a FastAPI route."""
    given = Request(request.scope)
    made = as_sync(handler)(given, exc) if iscoroutinefunction(handler) else handler(given, exc)
    return HttpResponse.from_message(made.status_code, made.raw_headers, made.body)


# ---------------------------------------------------------------- FastAPI routes


def _json(status_code: int, detail: Any) -> JSONResponse:
    return JSONResponse({"detail": detail}, status_code=status_code)


async def _not_found(request: Any, exc: Exception) -> JSONResponse:
    return _json(404, str(exc) or "Not Found")


async def _forbidden(request: Any, exc: Exception) -> JSONResponse:
    return _json(403, str(exc) or "Forbidden")


async def _bad_request(request: Any, exc: Exception) -> JSONResponse:
    return _json(400, "Bad Request" if isinstance(exc, (DataError, SuspiciousOperation)) else str(exc) or "Bad Request")


async def _too_large(request: Any, exc: Exception) -> JSONResponse:
    return _json(413, "Request body too large.")


async def _conflict(request: Any, exc: Exception) -> JSONResponse:
    return _json(409, "The change conflicts with existing data.")


async def _busy(request: Any, exc: Exception) -> JSONResponse:
    return JSONResponse({"detail": "Service Unavailable"}, status_code=503, headers={"Retry-After": "1"})


async def _invalid(request: Any, exc: Exception) -> JSONResponse:
    return _json(422, problems_of(cast("ValidationError", exc)))


async def _no_object(request: Any, exc: Exception) -> JSONResponse:
    return _json(404, "Not Found")


async def _unprocessable(request: Any, exc: Exception) -> JSONResponse:
    """FastAPI's answer; what the client sent is left out where JSON cannot carry it (NaN, lone surrogates, depth)."""
    problems: Any = exc.errors() if isinstance(exc, RequestValidationError) else []
    problems = [{**one, "input": _echo(one["input"])} if "input" in one else one for one in problems]
    try:
        return _json(422, jsonable_encoder(problems))
    except (ValueError, RecursionError):
        known = [
            {"type": problem["type"], "msg": problem["msg"], "loc": _plain(problem["loc"])} for problem in problems
        ]
        return _json(422, known)


def _echo(given: Any, depth: int = 0) -> Any:
    """Return what an error shows of the input: no content of files, no text without end."""
    if isinstance(given, UploadFile):
        return {"filename": given.filename, "content_type": given.content_type, "size": given.size}
    if isinstance(given, (str, bytes)) and len(given) > ECHO_LENGTH:
        text = given[:ECHO_LENGTH]
        return (text if isinstance(text, str) else text.decode(errors="replace")) + "…"
    if depth > _ECHO_DEPTH:
        return given
    if isinstance(given, dict):
        return {key: _echo(value, depth + 1) for key, value in given.items()}
    if isinstance(given, list):
        return [_echo(value, depth + 1) for value in given]
    return given


def _plain(location: Any) -> list[Any]:
    return [ascii(part)[1:-1] if isinstance(part, str) and not part.isprintable() else part for part in location]


def api_exception_handlers() -> dict[Any, Any]:
    """Return what a FastAPI route answers to our exceptions; an application may override each of them."""
    return {
        Http404: _not_found,
        ObjectDoesNotExist: _no_object,
        RequestValidationError: _unprocessable,
        PermissionDenied: _forbidden,
        RequestDataTooBig: _too_large,
        SuspiciousOperation: _bad_request,
        BadRequest: _bad_request,
        DataError: _bad_request,
        UnreadablePostError: _bad_request,
        RequestAborted: _bad_request,
        IntegrityError: _conflict,
        PoolTimeout: _busy,
        ValidationError: _invalid,
    }
