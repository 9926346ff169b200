"""``{% cache %}``: keep a part of a page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fastjango.core.cache import InvalidCacheBackendError, caches
from fastjango.core.cache.utils import make_template_fragment_key
from fastjango.template import Library, Node, TemplateSyntaxError, VariableDoesNotExist
from fastjango.template.codegen.writer import knows_itself
from fastjango.template.nodes import NodeList

register = Library()

__all__ = ["CacheNode", "do_cache", "register"]


@knows_itself
class CacheNode(Node):
    """``{% cache 500 name vary_on using="alias" %}``."""

    def __init__(
        self, nodelist: NodeList, expire_time_var: Any, fragment_name: str, vary_on: list[Any], cache_name: Any
    ) -> None:
        self.nodelist = nodelist
        self.expire_time_var = expire_time_var
        self.fragment_name = fragment_name
        self.vary_on = vary_on
        self.cache_name = cache_name

    def render(self, context: Any) -> Any:
        """Return the kept part, or render and keep it."""
        expire_time = self._expire_time(context)
        cache = self._cache(context)
        key = make_template_fragment_key(self.fragment_name, [value.resolve(context) for value in self.vary_on])
        value = cache.get(key)
        if value is None:
            value = self.nodelist.render(context)
            cache.set(key, value, expire_time)
        return value

    def _expire_time(self, context: Any) -> int | None:
        try:
            expire_time = self.expire_time_var.resolve(context)
        except VariableDoesNotExist:
            raise TemplateSyntaxError(f'"cache" tag got an unknown variable: {self.expire_time_var.var!r}') from None
        if expire_time is None:
            return None
        try:
            return int(expire_time)
        except (ValueError, TypeError):
            raise TemplateSyntaxError(f'"cache" tag got a non-integer timeout value: {expire_time!r}') from None

    def _cache(self, context: Any) -> Any:
        if not self.cache_name:
            try:
                return caches["template_fragments"]
            except InvalidCacheBackendError:
                return caches["default"]
        try:
            name = self.cache_name.resolve(context)
        except VariableDoesNotExist:
            raise TemplateSyntaxError(f'"cache" tag got an unknown variable: {self.cache_name.var!r}') from None
        try:
            return caches[name]
        except InvalidCacheBackendError:
            raise TemplateSyntaxError(f"Invalid cache name specified for cache tag: {name!r}") from None

    def context_writes(self) -> Iterable[str]:
        """Return nothing of its own."""
        return ()


@register.tag("cache")
def do_cache(parser: Any, token: Any) -> CacheNode:
    """Keep a part of a page for some seconds; further arguments tell the versions of it apart."""
    nodelist = parser.parse(("endcache",))
    parser.delete_first_token()
    bits = token.split_contents()
    if len(bits) < 3:
        raise TemplateSyntaxError(f"'{bits[0]}' tag requires at least 2 arguments.")
    cache_name = None
    if len(bits) > 3 and bits[-1].startswith("using="):
        cache_name = parser.compile_filter(bits.pop()[len("using=") :])
    return CacheNode(
        nodelist,
        parser.compile_filter(bits[1]),
        bits[2],  # the name is no variable
        [parser.compile_filter(bit) for bit in bits[3:]],
        cache_name,
    )
