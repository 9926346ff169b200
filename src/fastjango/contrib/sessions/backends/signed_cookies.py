"""Sessions in the cookie itself: signed, not secret, never larger than 4 KB."""

from __future__ import annotations

from typing import Any

from fastjango.contrib.sessions.backends.base import SessionBase
from fastjango.core import signing


class SessionStore(SessionBase):
    """The key is the data."""

    def load(self) -> dict[str, Any]:
        """Return the data of the cookie; a wrong signature gives a new session."""
        try:
            return dict(
                signing.loads(
                    self.session_key or "",
                    serializer=self.serializer,
                    # An old cookie is refused even if the browser kept it.
                    max_age=self.get_session_cookie_age(),
                    salt="django.contrib.sessions.backends.signed_cookies",
                )
            )
        except Exception:
            self.create()
        return {}

    def create(self) -> None:
        """Make the cookie be set."""
        self.modified = True

    def save(self, must_create: bool = False) -> None:
        """Make the data the key."""
        self._session_key = self._get_session_key_of_data()
        self.modified = True

    def exists(self, session_key: str | None = None) -> bool:
        """Return False: data cannot be taken."""
        return False

    async def aexists(self, session_key: str | None = None) -> bool:
        """Return False: data cannot be taken."""
        return self.exists(session_key)

    def delete(self, session_key: str | None = None) -> None:
        """Empty the cookie."""
        self._session_key = ""
        self._session_cache = {}
        self.modified = True

    def cycle_key(self) -> None:
        """Save: new data makes a new key."""
        self.save()

    def _get_session_key_of_data(self) -> str:
        return signing.dumps(
            self._session,
            compress=True,
            salt="django.contrib.sessions.backends.signed_cookies",
            serializer=self.serializer,
        )

    @classmethod
    def clear_expired(cls) -> None:
        """Do nothing: browsers keep the cookies."""
