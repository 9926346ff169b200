"""A live server for tests that serves the static files of every app without collecting them first."""

from __future__ import annotations

from fastjango.contrib.staticfiles.handlers import ASGIStaticFilesHandler
from fastjango.test.testcases import LiveServerTestCase

__all__ = ["StaticLiveServerTestCase"]


class StaticLiveServerTestCase(LiveServerTestCase):
    """``LiveServerTestCase`` that finds static files as ``runserver`` does."""

    static_handler = ASGIStaticFilesHandler
