"""
``GenericSitemap``: a site map of a queryset.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastjango.contrib.sitemaps.sitemap import Sitemap

__all__ = ["GenericSitemap"]


class GenericSitemap(Sitemap):
    """
    The objects of a queryset.

    Args:
        info_dict: ``queryset`` and, if there is one, ``date_field`` with the last change.
    """

    priority: Any = None
    changefreq: Any = None

    def __init__(
        self, info_dict: Mapping[str, Any], priority: Any = None, changefreq: Any = None, protocol: str | None = None
    ) -> None:
        self.queryset = info_dict["queryset"]
        self.date_field = info_dict.get("date_field")
        self.priority = self.priority or priority
        self.changefreq = self.changefreq or changefreq
        self.protocol = self.protocol or protocol

    def items(self) -> Any:
        """Return the objects, asked for anew."""
        return self.queryset.filter()

    def lastmod(self, item: Any) -> Any:
        """Return the last change of an object, ``None`` without a date field."""
        return getattr(item, self.date_field) if self.date_field else None

    def get_latest_lastmod(self) -> Any:
        """Return the latest change. Queries: 1 with a date field."""
        if not self.date_field:
            return None
        return self.queryset.order_by(f"-{self.date_field}").values_list(self.date_field, flat=True).first()
