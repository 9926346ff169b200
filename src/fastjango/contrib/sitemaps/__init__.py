"""
Site maps for search engines: which pages there are and how often they change.

``sitemap.py`` Sitemap; ``generic.py`` one for a queryset; ``views.py`` the XML.
"""

from fastjango.contrib.sitemaps.generic import GenericSitemap
from fastjango.contrib.sitemaps.sitemap import Sitemap

__all__ = ["GenericSitemap", "Sitemap"]
