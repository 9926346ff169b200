"""``get_asgi_application()``, as projects' ``asgi.py`` files call it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import fastjango

if TYPE_CHECKING:
    from fastjango.core.handlers.app import FastJango


def get_asgi_application() -> FastJango:
    """Set the project up and return its application, which is a FastAPI application too."""
    fastjango.setup(set_prefix=False)
    return fastjango.FastJango()
