"""System checks of the REST settings."""

from __future__ import annotations

from typing import Any

from fastjango.core.checks import Warning as CheckWarning
from fastjango.rest.settings import api_settings


def pagination_system_check(app_configs: Any, **kwargs: Any) -> list[Any]:
    """Warn of a page size without a pagination class."""
    if api_settings.PAGE_SIZE and not api_settings.DEFAULT_PAGINATION_CLASS:
        return [
            CheckWarning(
                "You have specified a default PAGE_SIZE pagination rest_framework setting, without specifying also a "
                "DEFAULT_PAGINATION_CLASS.",
                hint="The default for DEFAULT_PAGINATION_CLASS is None. In previous versions this was "
                "PageNumberPagination. If you wish to define PAGE_SIZE globally whilst defining pagination_class on a "
                "per-view basis you may silence this check.",
                id="rest_framework.W001",
            )
        ]
    return []
