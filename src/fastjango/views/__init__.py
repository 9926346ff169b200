"""
Views: ``View`` and the generic families, decorators, error pages, static files, languages.

    generic/      one file per family
    decorators/   one file per topic
    debug/        the error page of DEBUG
    defaults.py   the pages for 400, 403, 404, 500
"""

from __future__ import annotations

from fastjango.views.generic.base import View

__all__ = ["View"]
