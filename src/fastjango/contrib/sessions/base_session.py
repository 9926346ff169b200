"""The abstract model of database sessions, for apps with a table of their own."""

from __future__ import annotations

from typing import Any

from fastjango.db import models
from fastjango.utils.translation import gettext_lazy as _


class BaseSessionManager(models.Manager):  # type: ignore[type-arg,unused-ignore]
    """Saves sessions by key."""

    def encode(self, session_dict: dict[str, Any]) -> str:
        """Return the data as signed text."""
        encoded: str = self.model.get_session_store_class()().encode(session_dict)
        return encoded

    def save(self, session_key: str, session_dict: dict[str, Any], expire_date: Any) -> Any:
        """Save the data under a key; no data deletes it."""
        session = self.model(session_key, self.encode(session_dict), expire_date)
        if session_dict:
            session.save()
        else:
            session.delete()
        return session


class AbstractBaseSession(models.Model):
    """Key, data and end of a session."""

    session_key = models.CharField(_("session key"), max_length=40, primary_key=True)
    session_data = models.TextField(_("session data"))
    expire_date = models.DateTimeField(_("expire date"), db_index=True)

    objects = BaseSessionManager()

    class Meta:
        abstract = True
        verbose_name = _("session")
        verbose_name_plural = _("sessions")

    def __str__(self) -> str:
        return self.session_key

    @classmethod
    def get_session_store_class(cls) -> Any:
        """Return the backend."""
        raise NotImplementedError

    def get_decoded(self) -> dict[str, Any]:
        """Return the data."""
        decoded: dict[str, Any] = self.get_session_store_class()().decode(self.session_data)
        return decoded
