"""
``FlatPage``: a URL, a title and a text, on one or several sites.
"""

from __future__ import annotations

from fastjango.contrib.sites.models import Site
from fastjango.db import models
from fastjango.urls import NoReverseMatch, get_script_prefix, reverse
from fastjango.utils.encoding import iri_to_uri
from fastjango.utils.module_loading import import_string
from fastjango.utils.translation import gettext_lazy as _

__all__ = ["FlatPage"]


class FlatPage(models.Model):
    """A page."""

    url = models.CharField(_("URL"), max_length=100, db_index=True)
    title = models.CharField(_("title"), max_length=200)
    content = models.TextField(_("content"), blank=True)
    enable_comments = models.BooleanField(_("enable comments"), default=False)
    template_name = models.CharField(
        _("template name"),
        max_length=70,
        blank=True,
        help_text=_(
            "Example: “flatpages/contact_page.html”. If this isn’t provided, the system will use "
            "“flatpages/default.html”."
        ),
    )
    registration_required = models.BooleanField(
        _("registration required"),
        help_text=_("If this is checked, only logged-in users will be able to view the page."),
        default=False,
    )
    sites = models.ManyToManyField(Site, verbose_name=_("sites"))

    class Meta:
        db_table = "django_flatpage"
        verbose_name = _("flat page")
        verbose_name_plural = _("flat pages")
        ordering = ["url"]

    def __str__(self) -> str:
        return f"{self.url} -- {self.title}"

    def get_absolute_url(self) -> str:
        """Return the page's URL: that of a pattern for flat pages, else the page's own."""
        # By its path: the view imports this model.
        flatpage = import_string("fastjango.contrib.flatpages.views.flatpage")
        for kwargs in ({"url": self.url.lstrip("/")}, {"url": self.url}):
            try:
                return str(reverse(flatpage, kwargs=kwargs))
            except NoReverseMatch:
                continue
        # The middleware finds it at its own URL.
        return str(iri_to_uri(get_script_prefix().rstrip("/") + self.url))
