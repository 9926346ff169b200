"""The table of database sessions."""

from __future__ import annotations

from typing import Any

from fastjango.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from fastjango.utils.module_loading import import_string


class SessionManager(BaseSessionManager):
    """The manager of sessions."""

    use_in_migrations = True


class Session(AbstractBaseSession):
    """A session. Rows of visitors who went away stay until ``clearsessions`` removes them."""

    objects = SessionManager()

    @classmethod
    def get_session_store_class(cls) -> Any:
        """Return the backend."""
        return import_string("fastjango.contrib.sessions.backends.db.SessionStore")

    class Meta(AbstractBaseSession.Meta):
        db_table = "django_session"
