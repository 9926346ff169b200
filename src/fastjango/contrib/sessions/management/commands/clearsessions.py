"""``clearsessions``: remove the sessions that have ended."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from fastjango.conf import settings
from fastjango.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    """Remove them; run it every night."""

    help = "Can be run as a cronjob or directly to clean out expired sessions when the backend supports it."

    def handle(self, **options: Any) -> None:
        """Ask the backend."""
        engine = import_module(settings.SESSION_ENGINE)
        try:
            engine.SessionStore.clear_expired()
        except NotImplementedError:
            raise CommandError(
                f"Session engine '{settings.SESSION_ENGINE}' doesn't support clearing expired sessions."
            ) from None
