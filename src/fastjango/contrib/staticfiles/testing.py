"""
A live server for tests that serves static files without collecting them first.
"""

from __future__ import annotations

from fastjango.contrib.staticfiles.handlers import ASGIStaticFilesHandler
from fastjango.test import LiveServerTestCase

__all__ = ["StaticLiveServerTestCase"]


class StaticLiveServerTestCase(LiveServerTestCase):
    """``LiveServerTestCase`` that finds the static files of every app."""

    static_handler = ASGIStaticFilesHandler
