"""
The views of site maps: one of the URLs, one of the site maps.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any

from fastjango.contrib.sites.shortcuts import get_current_site
from fastjango.core.paginator import EmptyPage, PageNotAnInteger
from fastjango.http import Http404
from fastjango.template.response import TemplateResponse
from fastjango.urls import reverse
from fastjango.utils import timezone
from fastjango.utils.http import http_date

__all__ = ["SitemapIndexItem", "index", "sitemap", "x_robots_tag"]


@dataclass
class SitemapIndexItem:
    """One site map in the index."""

    location: str
    last_mod: Any = None


def x_robots_tag(func: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate a view so that search engines do not list the site map itself."""

    @wraps(func)
    def inner(request: Any, *args: Any, **kwargs: Any) -> Any:
        response = func(request, *args, **kwargs)
        response.headers["X-Robots-Tag"] = "noindex, noodp, noarchive"
        return response

    return inner


def _as_aware(change: Any) -> dt.datetime:
    """Return a date or date-time as an aware date-time."""
    moment = change if isinstance(change, dt.datetime) else dt.datetime.combine(change, dt.time.min)
    return timezone.make_aware(moment, dt.UTC) if timezone.is_naive(moment) else moment


def _last_modified(changes: Iterable[Any]) -> dict[str, str] | None:
    """Return the header with the latest change, ``None`` when one is not known."""
    known = list(changes)
    if not known or None in known:
        return None
    return {"Last-Modified": http_date(max(map(_as_aware, known)).timestamp())}


@x_robots_tag
def index(
    request: Any,
    sitemaps: Mapping[str, Any],
    template_name: str = "sitemap_index.xml",
    content_type: str = "application/xml",
    sitemap_url_name: str = "fastjango.contrib.sitemaps.views.sitemap",
) -> TemplateResponse:
    """Return the list of all site maps and their pages."""
    site = get_current_site(request)
    entries, changes = [], []
    for section, given in sitemaps.items():
        chosen: Any = given() if callable(given) else given
        protocol = request.scheme if chosen.protocol is None else chosen.protocol
        url = f"{protocol}://{site.domain}{reverse(sitemap_url_name, kwargs={'section': section})}"
        change = chosen.get_latest_lastmod()
        changes.append(change)
        entries.append(SitemapIndexItem(url, change))
        entries += [SitemapIndexItem(f"{url}?p={page}", change) for page in range(2, chosen.paginator.num_pages + 1)]
    return TemplateResponse(
        request,
        template_name,
        {"sitemaps": entries},
        content_type=content_type,
        headers=_last_modified(changes),
    )


@x_robots_tag
def sitemap(
    request: Any,
    sitemaps: Mapping[str, Any],
    section: str | None = None,
    template_name: str = "sitemap.xml",
    content_type: str = "application/xml",
) -> TemplateResponse:
    """Return the URLs of one section, or of all. Raises ``Http404`` for a section or page that is not there."""
    if section is not None and section not in sitemaps:
        raise Http404(f"No sitemap available for section: {section!r}")
    chosen = list(sitemaps.values()) if section is None else [sitemaps[section]]
    site, page = get_current_site(request), request.GET.get("p", 1)
    entries, changes = [], []
    for given in chosen:
        one: Any = given() if callable(given) else given
        try:
            entries += one.get_urls(page=page, site=site, protocol=request.scheme)
        except EmptyPage as problem:
            raise Http404(f"Page {page} empty") from problem
        except PageNotAnInteger as problem:
            raise Http404(f"No page '{page}'") from problem
        changes.append(getattr(one, "latest_lastmod", None))
    return TemplateResponse(
        request,
        template_name,
        {"urlset": entries},
        content_type=content_type,
        headers=_last_modified(changes),
    )
