"""
The view of a flat page.
"""

from __future__ import annotations

from typing import Any

from fastjango.conf import settings
from fastjango.contrib.auth.views import redirect_to_login
from fastjango.contrib.flatpages.models import FlatPage
from fastjango.contrib.sites.shortcuts import get_current_site
from fastjango.http import Http404, HttpResponse, HttpResponsePermanentRedirect
from fastjango.shortcuts import get_object_or_404
from fastjango.template import loader
from fastjango.utils.safestring import mark_safe
from fastjango.views.decorators.csrf import csrf_protect

__all__ = ["DEFAULT_TEMPLATE", "flatpage", "render_flatpage"]

DEFAULT_TEMPLATE = "flatpages/default.html"


def flatpage(request: Any, url: str) -> Any:
    """
    Return the page at *url* on the current site.

    Raises:
        Http404: There is none; with ``APPEND_SLASH`` one with a slash behind is redirected to.
    Queries: 1 or 2.
    """
    if not url.startswith("/"):
        url = f"/{url}"
    site_id = get_current_site(request).id
    try:
        page = get_object_or_404(FlatPage, url=url, sites=site_id)
    except Http404:
        if url.endswith("/") or not settings.APPEND_SLASH:
            raise
        get_object_or_404(FlatPage, url=f"{url}/", sites=site_id)
        return HttpResponsePermanentRedirect(f"{request.path}/")
    return render_flatpage(request, page)


@csrf_protect
def render_flatpage(request: Any, f: Any) -> Any:
    """Return the page *f*, or the login page when it asks for a login."""
    if f.registration_required and not request.user.is_authenticated:
        return redirect_to_login(request.path)
    names = (f.template_name, DEFAULT_TEMPLATE) if f.template_name else (DEFAULT_TEMPLATE,)
    template = loader.select_template(names)
    # Who writes pages writes HTML: an editor of flat pages is trusted with it.
    f.title = mark_safe(f.title)
    f.content = mark_safe(f.content)
    return HttpResponse(template.render({"flatpage": f}, request))
