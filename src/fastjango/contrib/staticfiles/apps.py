"""
The app of static files: registers its checks and fills the slot of ``{% static %}``.
"""

from __future__ import annotations

from fastjango.apps import AppConfig
from fastjango.contrib.staticfiles.checks import check_finders, check_storages
from fastjango.contrib.staticfiles.storage import static_file_url
from fastjango.core import checks
from fastjango.template.static_url import set_static_url
from fastjango.utils.translation import gettext_lazy as _

__all__ = ["StaticFilesConfig"]


class StaticFilesConfig(AppConfig):
    """Static files; ``ignore_patterns`` are names that collectstatic passes over."""

    name = "fastjango.contrib.staticfiles"
    verbose_name = _("Static Files")
    ignore_patterns = ["CVS", ".*", "*~"]

    def ready(self) -> None:
        """Register the checks, and tell templates where files are."""
        set_static_url(static_file_url)
        checks.register(check_finders, checks.Tags.staticfiles)
        checks.register(check_storages, checks.Tags.staticfiles)
