"""What can be wrong with a session."""

from __future__ import annotations

from fastjango.core.exceptions import BadRequest, SuspiciousOperation


class InvalidSessionKey(SuspiciousOperation):
    """The key has forbidden characters."""


class SuspiciousSession(SuspiciousOperation):
    """The session was tampered with."""


class SessionInterrupted(BadRequest):
    """The session was deleted while the request ran."""
