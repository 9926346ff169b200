"""
``Sitemap``: a list of objects and what to say of each: location, last change, frequency, priority.
"""

from __future__ import annotations

from typing import Any

from fastjango.apps import apps
from fastjango.conf import settings
from fastjango.core import paginator
from fastjango.core.exceptions import ImproperlyConfigured
from fastjango.utils import translation

__all__ = ["Sitemap"]


class Sitemap:
    """
    Subclass it and give ``items()``; ``location``, ``lastmod``, ``changefreq`` and ``priority`` are values or methods.

    Attributes:
        limit: URLs per page; the protocol of search engines allows no more than 50,000.
        i18n: Give every item once per language.
        alternates: Name the other languages with every URL.
        x_default: Name the URL without a language, too.
    """

    limit = 50_000
    protocol: str | None = None
    i18n = False
    languages: Any = None
    alternates = False
    x_default = False

    def _get(self, name: str, item: Any, default: Any = None) -> Any:
        try:
            attribute = getattr(self, name)
        except AttributeError:
            return default
        if not callable(attribute):
            return attribute
        # With languages an item is a pair, of which methods see the object.
        return attribute(item[0] if self.i18n else item)

    def get_languages_for_item(self, item: Any) -> list[str]:
        """Return the codes of the languages that *item* exists in."""
        return self._languages()

    def _languages(self) -> list[str]:
        return list(self.languages) if self.languages is not None else [code for code, _name in settings.LANGUAGES]

    def _items(self) -> Any:
        if not self.i18n:
            return self.items()
        return [(item, code) for item in self.items() for code in self.get_languages_for_item(item)]

    def _location(self, item: Any, force_lang_code: str | None = None) -> Any:
        if not self.i18n:
            return self._get("location", item)
        with translation.override(force_lang_code or item[1]):
            return self._get("location", item)

    @property
    def paginator(self) -> paginator.Paginator:
        """The items in pages."""
        return paginator.Paginator(self._items(), self.limit)

    def items(self) -> Any:
        """Return the objects."""
        return []

    def location(self, item: Any) -> Any:
        """Return the path of an object's page."""
        return item.get_absolute_url()

    def get_protocol(self, protocol: str | None = None) -> str:
        """Return the protocol of the URLs: the map's own, else the request's."""
        return self.protocol or protocol or "https"

    def get_domain(self, site: Any = None) -> str:
        """Return the domain of the URLs. Raises ``ImproperlyConfigured`` when nobody knows it."""
        if site is None and apps.is_installed("fastjango.contrib.sites"):
            sites = apps.get_model("sites.Site")
            try:
                site = sites.objects.get_current()
            except sites.DoesNotExist:
                site = None
        if site is None:
            raise ImproperlyConfigured(
                "To use sitemaps, either enable the sites framework or pass a Site/RequestSite object in your view."
            )
        domain: str = site.domain
        return domain

    def get_urls(self, page: Any = 1, site: Any = None, protocol: str | None = None) -> list[dict[str, Any]]:
        """Return the entries of one page."""
        return self._urls(page, self.get_protocol(protocol), self.get_domain(site))

    def get_latest_lastmod(self) -> Any:
        """Return the latest change of any object, ``None`` when it is not known of all."""
        lastmod: Any = getattr(self, "lastmod", None)
        if not callable(lastmod):
            return lastmod
        changes: list[Any] = [lastmod(item) for item in self.items()]
        try:
            return max(changes, default=None)
        except TypeError:
            return None

    def _urls(self, page: Any, protocol: str, domain: str) -> list[dict[str, Any]]:
        base = f"{protocol}://{domain}"
        entries = []
        for item in self.paginator.page(page).object_list:
            priority = self._get("priority", item)
            entries.append(
                {
                    "item": item,
                    "location": f"{base}{self._location(item)}",
                    "lastmod": self._get("lastmod", item),
                    "changefreq": self._get("changefreq", item),
                    "priority": "" if priority is None else str(priority),
                    "alternates": self._alternates(item, base) if self.i18n and self.alternates else [],
                }
            )
        changes = [entry["lastmod"] for entry in entries]
        if changes and None not in changes:
            self.latest_lastmod = max(changes)
        return entries

    def _alternates(self, item: Any, base: str) -> list[dict[str, str]]:
        codes = self.get_languages_for_item(item[0])
        found = [{"location": f"{base}{self._location(item, code)}", "lang_code": code} for code in codes]
        code = settings.LANGUAGE_CODE
        if self.x_default and code in codes:
            location = f"{base}{self._location(item, code)}".replace(f"/{code}/", "/", 1)
            found.append({"location": location, "lang_code": "x-default"})
        return found
