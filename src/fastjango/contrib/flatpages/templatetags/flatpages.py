"""
``{% load flatpages %}``: lists of flat pages in templates.
"""

from __future__ import annotations

from typing import Any

from fastjango import template
from fastjango.conf import settings
from fastjango.contrib.flatpages.models import FlatPage
from fastjango.contrib.sites.shortcuts import get_current_site

__all__ = ["FlatpageNode", "get_flatpages", "register"]

register = template.Library()


class FlatpageNode(template.Node):
    """Puts the pages that a user may see into a variable."""

    def __init__(self, context_name: str, starts_with: str | None = None, user: str | None = None) -> None:
        self.context_name = context_name
        self.starts_with = template.Variable(starts_with) if starts_with else None
        self.user = template.Variable(user) if user else None

    def render(self, context: Any) -> str:
        """Set the variable; show nothing."""
        site_id = get_current_site(context["request"]).pk if "request" in context else settings.SITE_ID
        pages = FlatPage.objects.filter(sites__id=site_id)
        if self.starts_with:
            pages = pages.filter(url__startswith=self.starts_with.resolve(context))
        if not (self.user and self.user.resolve(context).is_authenticated):
            pages = pages.filter(registration_required=False)
        context[self.context_name] = pages
        return ""


@register.tag
def get_flatpages(parser: Any, token: Any) -> FlatpageNode:
    """
    Put flat pages into a variable.

    ``{% get_flatpages ['/about/'] [for user] as pages %}``: those of the current site whose URLs begin with
    the text, and that the user may see; without a user those that need no login.
    """
    words = token.split_contents()
    error = template.TemplateSyntaxError(
        f"{words[0]} expects a syntax of {words[0]} ['url_starts_with'] [for user] as context_name"
    )
    if not 3 <= len(words) <= 6 or words[-2] != "as":
        raise error
    options = words[1:-2]
    prefix = options.pop(0) if len(options) in (1, 3) else None
    if options and (len(options) != 2 or options[0] != "for"):
        raise error
    return FlatpageNode(words[-1], starts_with=prefix, user=options[1] if options else None)
