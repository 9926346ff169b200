"""Time zones: ``{% localtime %}``, ``{% timezone %}``, ``{% get_current_timezone %}`` and filters."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterable
from datetime import UTC, datetime, tzinfo
from typing import Any

from fastjango.template import Library, Node, TemplateSyntaxError
from fastjango.template.codegen.writer import knows_itself
from fastjango.template.nodes import NodeList
from fastjango.utils import timezone

register = Library()

__all__ = [
    "GetCurrentTimezoneNode", "LocalTimeNode", "TimezoneNode", "datetimeobject", "do_timezone",
    "get_current_timezone_tag", "localtime", "localtime_tag", "register", "timezone_tag", "utc",
]  # fmt: skip


class datetimeobject(datetime):  # noqa: N801 - Django's name
    """A datetime that may have attributes; it is never converted to local time again."""


@register.filter
def localtime(value: Any) -> Any:
    """Return an aware datetime in the current zone; a naive one is taken to be in the default zone."""
    return do_timezone(value, timezone.get_current_timezone())


@register.filter
def utc(value: Any) -> Any:
    """Return an aware datetime in UTC."""
    return do_timezone(value, UTC)


@register.filter("timezone")
def do_timezone(value: Any, arg: Any) -> Any:
    """
    Return a datetime in the zone *arg* (an object or a name); nothing if either is none.

    A naive datetime is taken to be in the default zone.
    """
    if not isinstance(value, datetime):
        return ""
    try:
        if timezone.is_naive(value):
            value = timezone.make_aware(value, timezone.get_default_timezone())
    except Exception:  # a filter must not fail for what a zone does not know
        return ""
    if isinstance(arg, tzinfo):
        zone: tzinfo = arg
    elif isinstance(arg, str):
        try:
            zone = zoneinfo.ZoneInfo(arg)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError):
            return ""
    else:
        return ""
    moment = timezone.localtime(value, zone)
    result: Any = datetimeobject(
        moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second, moment.microsecond,
        moment.tzinfo, fold=moment.fold,
    )  # fmt: skip
    result.convert_to_local_time = False
    return result


@knows_itself
class LocalTimeNode(Node):
    """``{% localtime on %}``."""

    def __init__(self, nodelist: NodeList, use_tz: bool) -> None:
        self.nodelist = nodelist
        self.use_tz = use_tz

    def render(self, context: Any) -> Any:
        """Render the inside with or without conversion to local time."""
        before = context.use_tz
        context.use_tz = self.use_tz
        output = self.nodelist.render(context)
        context.use_tz = before
        return output

    def context_writes(self) -> Iterable[str]:
        """Return nothing."""
        return ()


@knows_itself
class TimezoneNode(Node):
    """``{% timezone "Europe/Paris" %}``."""

    def __init__(self, nodelist: NodeList, tz: Any) -> None:
        self.nodelist = nodelist
        self.tz = tz

    def render(self, context: Any) -> Any:
        """Render the inside in another zone."""
        with timezone.override(self.tz.resolve(context)):
            return self.nodelist.render(context)

    def context_writes(self) -> Iterable[str]:
        """Return nothing."""
        return ()


@knows_itself
class GetCurrentTimezoneNode(Node):
    """``{% get_current_timezone as name %}``."""

    child_nodelists = ()

    def __init__(self, variable: str) -> None:
        self.variable = variable

    def render(self, context: Any) -> str:
        """Keep the name of the current zone."""
        context[self.variable] = timezone.get_current_timezone_name()
        return ""

    def context_writes(self) -> Iterable[str]:
        """Return the name it is kept under."""
        return (self.variable,)


@register.tag("localtime")
def localtime_tag(parser: Any, token: Any) -> LocalTimeNode:
    """Switch conversion to local time on or off inside the tag."""
    bits = token.split_contents()
    if len(bits) > 2 or (len(bits) == 2 and bits[1] not in ("on", "off")):
        raise TemplateSyntaxError(f"{bits[0]!r} argument should be 'on' or 'off'")
    use_tz = len(bits) == 1 or bits[1] == "on"
    nodelist = parser.parse(("endlocaltime",))
    parser.delete_first_token()
    return LocalTimeNode(nodelist, use_tz)


@register.tag("timezone")
def timezone_tag(parser: Any, token: Any) -> TimezoneNode:
    """Use another zone inside the tag; ``None`` is the default zone."""
    bits = token.split_contents()
    if len(bits) != 2:
        raise TemplateSyntaxError(f"'{bits[0]}' takes one argument (timezone)")
    zone = parser.compile_filter(bits[1])
    nodelist = parser.parse(("endtimezone",))
    parser.delete_first_token()
    return TimezoneNode(nodelist, zone)


@register.tag("get_current_timezone")
def get_current_timezone_tag(parser: Any, token: Any) -> GetCurrentTimezoneNode:
    """Keep the name of the current zone under a name."""
    args = token.contents.split()
    if len(args) != 3 or args[1] != "as":
        raise TemplateSyntaxError(f"'get_current_timezone' requires 'as variable' (got {args!r})")
    return GetCurrentTimezoneNode(args[2])
