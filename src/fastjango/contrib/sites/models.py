"""
``Site``: a domain and a name; the current one is found by ``SITE_ID`` or by the request's host.
"""

from __future__ import annotations

import string
from typing import Any

from fastjango.conf import settings
from fastjango.core.exceptions import ImproperlyConfigured, ValidationError
from fastjango.db import models
from fastjango.db.models.signals import pre_delete, pre_save
from fastjango.http.hosts import split_domain_port
from fastjango.utils.translation import gettext_lazy as _

__all__ = ["SITE_CACHE", "Site", "SiteManager", "clear_site_cache"]

# Sites by primary key and by host; as large as the table at most, since only hosts with a row are kept.
SITE_CACHE: dict[Any, Any] = {}


def _simple_domain_name_validator(value: str) -> None:
    """Raise ``ValidationError`` for white space in a domain."""
    if any(character in string.whitespace for character in value or ""):
        raise ValidationError(_("The domain name cannot contain any spaces or tabs."), code="invalid")


class SiteManager(models.Manager[Any]):
    """Finds the current site; remembers every site that it found."""

    use_in_migrations = True

    def get_current(self, request: Any = None) -> Any:
        """
        Return the current site: that of ``settings.SITE_ID``, else that of the request's host.

        Raises:
            ImproperlyConfigured: There is neither a setting nor a request.
            Site.DoesNotExist: There is no such row.
        Queries: 1, none for a site that was found before.
        """
        if site_id := getattr(settings, "SITE_ID", ""):
            return self._get_site_by_id(site_id)
        if request:
            return self._get_site_by_request(request)
        raise ImproperlyConfigured(
            'You\'re using the Django "sites framework" without having set the SITE_ID setting. Create a site in '
            "your database and set the SITE_ID setting or pass a request to Site.objects.get_current() to fix this "
            "error."
        )

    def _get_site_by_id(self, site_id: Any) -> Any:
        if site_id not in SITE_CACHE:
            SITE_CACHE[site_id] = self.get(pk=site_id)
        return SITE_CACHE[site_id]

    def _get_site_by_request(self, request: Any) -> Any:
        host = request.get_host()
        try:
            return self._get_site_by_host(host)
        except self.model.DoesNotExist:
            # Without the port, where the row has none.
            domain, _port = split_domain_port(host)
            return self._get_site_by_host(domain)

    def _get_site_by_host(self, host: str) -> Any:
        if host not in SITE_CACHE:
            site = self.get(domain__iexact=host)
            if len(SITE_CACHE) >= 10_000:
                # Hosts differ in case: a client could make up any number of them.
                SITE_CACHE.clear()
            SITE_CACHE[host] = site
        return SITE_CACHE[host]

    def clear_cache(self) -> None:
        """Forget every site."""
        SITE_CACHE.clear()

    def get_by_natural_key(self, domain: str) -> Any:
        """Return the site of a domain. Queries: 1."""
        return self.get(domain=domain)


class Site(models.Model):
    """A web site."""

    domain = models.CharField(_("domain name"), max_length=100, validators=[_simple_domain_name_validator], unique=True)
    name = models.CharField(_("display name"), max_length=50)

    objects = SiteManager()

    class Meta:
        db_table = "django_site"
        verbose_name = _("site")
        verbose_name_plural = _("sites")
        ordering = ["domain"]

    def __str__(self) -> str:
        return str(self.domain)

    def natural_key(self) -> tuple[Any, ...]:
        """Return what identifies the site in fixtures."""
        return (self.domain,)


def clear_site_cache(sender: Any, **kwargs: Any) -> None:
    """Forget a site that is about to change or go."""
    instance = kwargs["instance"]
    SITE_CACHE.pop(instance.pk, None)
    try:
        stored = Site.objects.using(kwargs["using"]).get(pk=instance.pk)
    except Site.DoesNotExist:
        return
    SITE_CACHE.pop(stored.domain, None)


pre_save.connect(clear_site_cache, sender=Site)
pre_delete.connect(clear_site_cache, sender=Site)
