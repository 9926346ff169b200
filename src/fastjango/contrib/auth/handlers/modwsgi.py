"""Apache asks the users and groups of a project, through mod_wsgi's ``WSGIAuthUserScript`` and ``WSGIAuthGroupScript``."""

from __future__ import annotations

from typing import Any

from fastjango import db
from fastjango.contrib import auth

__all__ = ["check_password", "groups_for_user"]


def _active_user(username: str) -> Any:
    """Return the user of that name, or None; ``False`` when it may not log in."""
    model = auth.get_user_model()
    try:
        user: Any = model._default_manager.get_by_natural_key(username)
    except model.DoesNotExist:
        return None
    return user if user.is_active else False


def check_password(environ: Any, username: str, password: str) -> bool | None:
    """Return whether the password is right; ``None`` says that there is no such user. Queries: 1."""
    # Apache keeps its process: each question is like a request of its own.
    db.reset_queries()
    try:
        user = _active_user(username)
        if user is None:
            return None
        return bool(user and user.check_password(password))
    finally:
        db.close_old_connections()


def groups_for_user(environ: Any, username: str) -> list[bytes]:
    """Return the names of the groups that a user is in. Queries: 2."""
    db.reset_queries()
    try:
        user = _active_user(username)
        # A user model of one's own need not have groups.
        groups = getattr(user, "groups", None) if user else None
        return [name.encode() for name in groups.values_list("name", flat=True)] if groups is not None else []
    finally:
        db.close_old_connections()
