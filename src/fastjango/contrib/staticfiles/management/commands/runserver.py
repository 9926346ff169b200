"""
``runserver`` with the static files of every app in front of the project.
"""

from __future__ import annotations

from typing import Any

from fastjango.conf import settings
from fastjango.contrib.staticfiles.handlers import ASGIStaticFilesHandler, StaticFilesHandler
from fastjango.core.handlers.wsgi import get_wsgi_application
from fastjango.core.management.commands.runserver import Command as RunserverCommand

__all__ = ["Command"]


def _is_wanted(options: dict[str, Any]) -> bool:
    """Tell whether static files are to be served: with ``DEBUG`` or ``--insecure``, not with ``--nostatic``."""
    return bool(options["use_static_handler"] and (settings.DEBUG or options["insecure_serving"]))


class Command(RunserverCommand):
    """Serve the project and its static files on this machine."""

    help = "Starts a lightweight web server for development and also serves static files."

    def get_application(self, **options: Any) -> Any:
        """Return the ASGI application behind the static files."""
        application = super().get_application(**options)
        return ASGIStaticFilesHandler(application) if _is_wanted(options) else application

    def get_handler(self, *args: Any, **options: Any) -> Any:
        """Return the WSGI application behind the static files."""
        application = get_wsgi_application()
        return StaticFilesHandler(application) if _is_wanted(options) else application
