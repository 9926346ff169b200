"""``View``, templates and redirects: what the other families are built from."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

from fastjango.core.exceptions import ImproperlyConfigured
from fastjango.http import (
    HttpResponse,
    HttpResponseGone,
    HttpResponseNotAllowed,
    HttpResponsePermanentRedirect,
    HttpResponseRedirect,
)
from fastjango.template.response import TemplateResponse
from fastjango.urls import reverse
from fastjango.utils.decorators import classonlymethod
from fastjango.utils.functional import classproperty
from fastjango.utils.log import log_response
from fastjango.utils.worlds import iscoroutinefunction, markcoroutinefunction

logger = logging.getLogger("fastjango.request")


class ContextMixin:
    """Makes the template's context from keyword arguments, ``extra_context`` and the view itself."""

    extra_context: Any = None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the context."""
        kwargs.setdefault("view", self)
        if self.extra_context is not None:
            kwargs.update(self.extra_context)
        return kwargs


def view_function(cls: Any, initkwargs: dict[str, Any]) -> Any:
    """
    Return a function that makes an instance of the view class *cls* for each request and lets it answer.

    Args:
        initkwargs: Attributes of the class to be set on every instance.
    Raises:
        TypeError: The class has no such attribute, or it is the name of an HTTP method.
    """
    for key in initkwargs:
        if key in cls.http_method_names:
            raise TypeError(f"The method name {key} is not accepted as a keyword argument to {cls.__name__}().")
        if not hasattr(cls, key):
            raise TypeError(
                f"{cls.__name__}() received an invalid keyword {key!r}. as_view only accepts arguments that are "
                "already attributes of the class."
            )

    def view(request: Any, *args: Any, **kwargs: Any) -> Any:
        self = cls(**initkwargs)
        self.setup(request, *args, **kwargs)
        if not hasattr(self, "request"):
            raise AttributeError(
                f"{cls.__name__} instance has no 'request' attribute. Did you override setup() and forget to call "
                "super()?"
            )
        return self.dispatch(request, *args, **kwargs)

    return view


class View:
    """
    Base of all class-based views: one method per HTTP method, one instance per request.

    The methods may be sync or ``async def``, but all of one kind.
    """

    http_method_names = ["get", "post", "put", "patch", "delete", "head", "options", "trace"]
    request: Any
    args: tuple[Any, ...]
    kwargs: dict[str, Any]

    def __init__(self, **kwargs: Any) -> None:
        for key, value in kwargs.items():
            setattr(self, key, value)

    @classproperty
    def view_is_async(cls: Any) -> bool:  # noqa: N805 - a property of the class
        """Whether the methods are coroutine functions; a mixture is an error."""
        kinds = {
            iscoroutinefunction(getattr(cls, name))
            for name in cls.http_method_names
            if name != "options" and hasattr(cls, name)
        }
        if len(kinds) > 1:
            raise ImproperlyConfigured(f"{cls.__qualname__} HTTP handlers must either be all sync or all async.")
        return kinds.pop() if kinds else False

    @classonlymethod
    def as_view(cls: Any, /, **initkwargs: Any) -> Callable[..., Any]:  # noqa: N805 - a method of the class only
        """
        Return the view function, which makes an instance for each request.

        Args:
            initkwargs: Attributes of the class to be set on every instance.
        Raises:
            TypeError: The class has no such attribute.
        """
        made: Any = view_function(cls, initkwargs)
        made.view_class = cls
        made.view_initkwargs = initkwargs
        # Name and place are of the class; annotations and marks of decorators are of dispatch().
        made.__doc__ = cls.__doc__
        made.__qualname__ = f"{cls.as_view.__qualname__}.<locals>.view"
        made.__module__ = cls.__module__
        made.__annotations__ = cls.dispatch.__annotations__
        made.__dict__.update(cls.dispatch.__dict__)
        if cls.view_is_async:
            markcoroutinefunction(made)
        done: Callable[..., Any] = made
        return done

    def setup(self, request: Any, *args: Any, **kwargs: Any) -> None:
        """Take what the request brings; the first thing that is called."""
        if hasattr(self, "get") and not hasattr(self, "head"):
            self.head = self.get  # pyright: ignore[reportAttributeAccessIssue]  # hasattr() says so
        self.request = request
        self.args = args
        self.kwargs = kwargs

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Call the method for this request's HTTP method."""
        name = request.method.lower()
        handler = self.http_method_not_allowed
        if name in self.http_method_names:
            handler = getattr(self, name, handler)
        return handler(request, *args, **kwargs)

    def http_method_not_allowed(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Answer 405."""
        response = HttpResponseNotAllowed(self._allowed_methods())
        log_response("Method Not Allowed (%s): %s", request.method, request.path, response=response, request=request)
        return _as_awaited(response) if self.view_is_async else response

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Answer OPTIONS with the methods there are."""
        response = HttpResponse()
        response.headers["Allow"] = ", ".join(self._allowed_methods())
        response.headers["Content-Length"] = "0"
        return _as_awaited(response) if self.view_is_async else response

    def _allowed_methods(self) -> list[str]:
        return [name.upper() for name in self.http_method_names if hasattr(self, name)]


async def _as_awaited(response: Any) -> Any:
    return response


class TemplateResponseMixin:
    """Answers with a template."""

    template_name: str | None = None
    template_engine: str | None = None
    response_class: Any = TemplateResponse
    content_type: str | None = None
    request: Any

    def render_to_response(self, context: Any, **response_kwargs: Any) -> Any:
        """Return the response; its template is rendered after the view."""
        response_kwargs.setdefault("content_type", self.content_type)
        return self.response_class(
            request=self.request,
            template=self.get_template_names(),
            context=context,
            using=self.template_engine,
            **response_kwargs,
        )

    def get_template_names(self) -> Sequence[str]:
        """Return the names of templates; the first that exists is taken."""
        if self.template_name is None:
            raise ImproperlyConfigured(
                "TemplateResponseMixin requires either a definition of 'template_name' or an implementation of "
                "'get_template_names()'"
            )
        return [self.template_name]


class TemplateView(TemplateResponseMixin, ContextMixin, View):
    """Shows a template; what the address captures is in its context."""

    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Answer with the template."""
        return self.render_to_response(self.get_context_data(**kwargs))


class RedirectView(View):
    """
    Redirects, or answers 410 where there is nowhere to go.

    Attributes:
        url: The target, with ``%(name)s`` for what the address captures.
        pattern_name: The pattern to reverse, with the same arguments.
        query_string: Whether the query goes along.
    """

    permanent = False
    url: str | None = None
    pattern_name: str | None = None
    query_string = False

    def get_redirect_url(self, *args: Any, **kwargs: Any) -> str | None:
        """Return where to."""
        if self.url:
            url = self.url % kwargs
        elif self.pattern_name:
            url = reverse(self.pattern_name, args=args, kwargs=kwargs)
        else:
            return None
        query = self.request.META.get("QUERY_STRING", "")
        return f"{url}?{query}" if query and self.query_string else url

    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Redirect."""
        url = self.get_redirect_url(*args, **kwargs)
        if url:
            return HttpResponsePermanentRedirect(url) if self.permanent else HttpResponseRedirect(url)
        response = HttpResponseGone()
        log_response("Gone: %s", request.path, response=response, request=request)
        return response

    def head(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Redirect."""
        return self.get(request, *args, **kwargs)

    def post(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Redirect."""
        return self.get(request, *args, **kwargs)

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Redirect."""
        return self.get(request, *args, **kwargs)

    def delete(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Redirect."""
        return self.get(request, *args, **kwargs)

    def put(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Redirect."""
        return self.get(request, *args, **kwargs)

    def patch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Redirect."""
        return self.get(request, *args, **kwargs)


__all__ = ["ContextMixin", "RedirectView", "TemplateResponseMixin", "TemplateView", "View"]
