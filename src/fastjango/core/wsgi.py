"""``get_wsgi_application()``, as projects' ``wsgi.py`` files call it."""

from __future__ import annotations

import fastjango
from fastjango.core.handlers.wsgi import WSGIHandler


def get_wsgi_application() -> WSGIHandler:
    """Set the project up and return a WSGI application; it blocks, and has neither WebSockets nor streams of events."""
    fastjango.setup(set_prefix=False)
    return WSGIHandler()
