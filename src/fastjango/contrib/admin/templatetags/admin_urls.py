"""Addresses in templates of the admin: names of pages, quoted keys, the list's filters kept along."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit, urlunsplit

from fastjango import template
from fastjango.contrib.admin.utils import quote
from fastjango.contrib.admin.widgets import IS_POPUP_VAR, TO_FIELD_VAR
from fastjango.urls import Resolver404, get_script_prefix, resolve
from fastjango.utils.http import urlencode

__all__ = ["add_preserved_filters", "admin_urlname", "admin_urlquote", "register"]

register = template.Library()


@register.filter
def admin_urlname(value: Any, arg: str) -> str:
    """Return the name of a page of a model's admin: ``opts|admin_urlname:"changelist"``."""
    return f"admin:{value.app_label}_{value.model_name}_{arg}"


@register.filter
def admin_urlquote(value: Any) -> Any:
    """Return a primary key as it stands in an address."""
    return quote(value)


@register.simple_tag(takes_context=True)
def add_preserved_filters(context: Any, url: str, popup: bool = False, to_field: str | None = None) -> str:
    """Return *url* with the filters that the list had, and with the marks of a popup."""
    opts = context.get("opts")
    preserved_filters = context.get("preserved_filters")
    preserved_qsl = context.get("preserved_qsl")
    parts = urlsplit(url)
    own = dict(parse_qsl(parts.query))
    merged: dict[str, Any] = {}
    if preserved_qsl:
        merged.update(preserved_qsl)
    if opts and preserved_filters:
        kept = dict(parse_qsl(preserved_filters))
        if _is_changelist(parts.path, opts):
            # The list takes its own filters as its parameters.
            kept = dict(parse_qsl(kept.get("_changelist_filters", "")))
        merged.update(kept)
    if popup:
        merged[IS_POPUP_VAR] = 1
    if to_field:
        merged[TO_FIELD_VAR] = to_field
    merged.update(own)
    return urlunsplit(parts._replace(query=urlencode(merged)))


def _is_changelist(path: str, opts: Any) -> bool:
    prefix = get_script_prefix()
    path = unquote(path)
    try:
        match = resolve("/" + path.removeprefix(prefix) if prefix != "/" else path)
    except Resolver404:
        return False
    name = f"{match.app_name}:{match.url_name}" if match.app_name else match.url_name
    return bool(name == f"admin:{opts.app_label}_{opts.model_name}_changelist")
