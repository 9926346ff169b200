"""Tags that make addresses: ``url`` and ``querystring``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fastjango.http import QueryDict
from fastjango.template.codegen.writer import CodeWriter, is_plain, knows_itself
from fastjango.template.exceptions import TemplateSyntaxError
from fastjango.template.nodes import Node
from fastjango.template.parser import kwarg_re
from fastjango.template.tags.registry import register
from fastjango.urls import NoReverseMatch, reverse
from fastjango.utils.html import conditional_escape

__all__ = ["URLNode", "querystring", "url"]


def _current_app(context: Any) -> Any:
    """Return the application namespace of the request."""
    request = getattr(context, "request", None)
    if request is None:
        return None
    try:
        return request.current_app
    except AttributeError:
        pass
    try:
        return request.resolver_match.namespace
    except AttributeError:
        return None


def make_url(view_name: Any, args: list[Any], kwargs: dict[str, Any], context: Any, autoescape: bool) -> Any:
    """Return the address of a view as it is shown."""
    address = reverse(view_name, args=args, kwargs=kwargs, current_app=_current_app(context))
    return conditional_escape(address) if autoescape else address


@knows_itself
class URLNode(Node):
    """``{% url "name" arg key=value as variable %}``."""

    child_nodelists = ()

    def __init__(self, view_name: Any, args: list[Any], kwargs: dict[str, Any], asvar: str | None) -> None:
        self.view_name = view_name
        self.args = args
        self.kwargs = kwargs
        self.asvar = asvar

    def __repr__(self) -> str:
        return (
            f"<{type(self).__qualname__} view_name='{self.view_name}' args={self.args!r} "
            f"kwargs={self.kwargs!r} as={self.asvar!r}>"
        )

    def render(self, context: Any) -> Any:
        """Return the address, or keep it; kept, one that does not exist is empty."""
        args = [arg.resolve(context) for arg in self.args]
        kwargs = {name: value.resolve(context) for name, value in self.kwargs.items()}
        view_name = self.view_name.resolve(context)
        if not self.asvar:
            return make_url(view_name, args, kwargs, context, context.autoescape)
        try:
            context[self.asvar] = reverse(view_name, args=args, kwargs=kwargs, current_app=_current_app(context))
        except NoReverseMatch:
            context[self.asvar] = ""
        return ""

    def _plain(self) -> bool:
        return all(is_plain(value) for value in (self.view_name, *self.args, *self.kwargs.values()))

    def compile(self, code: CodeWriter) -> None:
        """Write the call of ``reverse``."""
        if self.asvar or not self._plain():
            code.call_node(self)
            return
        args = [code.expression(arg) for arg in self.args]
        kwargs = [f"{name!r}: {code.expression(value)}" for name, value in self.kwargs.items()]
        view_name = code.expression(self.view_name)
        code.emit(
            f"{code.object(make_url)}({view_name}, [{', '.join(args)}], {{{', '.join(kwargs)}}}, "
            f"context, {code.autoescape})"
        )

    def context_writes(self) -> Iterable[str]:
        """Return the name the address is kept under."""
        return (self.asvar,) if self.asvar else ()

    def context_reads(self) -> bool:
        """Tell whether the arguments are looked up by the node itself."""
        return bool(self.asvar) or not self._plain()


@register.tag
def url(parser: Any, token: Any) -> URLNode:
    """Show the address of a view."""
    bits = token.split_contents()
    if len(bits) < 2:
        raise TemplateSyntaxError(f"'{bits[0]}' takes at least one argument, a URL pattern name.")
    view_name = parser.compile_filter(bits[1])
    asvar = None
    rest = bits[2:]
    if len(rest) >= 2 and rest[-2] == "as":
        asvar = rest[-1]
        rest = rest[:-2]
    args: list[Any] = []
    kwargs: dict[str, Any] = {}
    for bit in rest:
        match = kwarg_re.match(bit)
        if not match:
            raise TemplateSyntaxError("Malformed arguments to url tag")
        name, value = match.groups()
        if name:
            kwargs[name] = parser.compile_filter(value)
        else:
            args.append(parser.compile_filter(value))
    return URLNode(view_name, args, kwargs, asvar)


@register.simple_tag(name="querystring", takes_context=True)
def querystring(context: Any, query_dict: Any = None, **kwargs: Any) -> str:
    """
    Return the query string of the request, changed by *kwargs*; ``None`` takes a name out.

    Args:
        query_dict: Used instead of the query of the request.
    """
    given = context.request.GET if query_dict is None else query_dict
    params = QueryDict(mutable=True)
    for key, values in given.lists() if isinstance(given, QueryDict) else given.items():
        if isinstance(values, (list, tuple)):
            params.setlist(key, list(values))
        else:
            params[key] = values
    for key, value in kwargs.items():
        if value is None:
            params.pop(key, None)
        elif isinstance(value, Iterable) and not isinstance(value, str):
            params.setlist(key, list(value))
        else:
            params[key] = value
    if not params and not given:
        return ""
    return f"?{params.urlencode()}"
