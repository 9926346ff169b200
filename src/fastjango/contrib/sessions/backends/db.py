"""Sessions in the database."""

from __future__ import annotations

import logging
from typing import Any

from fastjango.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from fastjango.core.exceptions import SuspiciousOperation
from fastjango.db import DatabaseError, IntegrityError, router, transaction
from fastjango.db.bridge import bridge
from fastjango.utils import timezone
from fastjango.utils.functional import cached_property


class SessionStore(SessionBase):
    """One row per session."""

    @classmethod
    def get_model_class(cls) -> Any:
        """Return the model; a subclass may have its own."""
        # The app may not be installed, and is not loaded yet when settings are read.
        from fastjango.contrib.sessions.models import Session

        return Session

    @cached_property
    def model(self) -> Any:
        """The model."""
        return self.get_model_class()

    def _get_session_from_db(self) -> Any:
        try:
            return self.model.objects.get(session_key=self.session_key, expire_date__gt=timezone.now())
        except (self.model.DoesNotExist, SuspiciousOperation) as exc:
            if isinstance(exc, SuspiciousOperation):
                logging.getLogger(f"fastjango.security.{exc.__class__.__name__}").warning(str(exc))
            self._session_key = None
            return None

    async def _aget_session_from_db(self) -> Any:
        return await bridge(self._get_session_from_db)

    def load(self) -> dict[str, Any]:
        """Return the data. Queries: 1."""
        row = self._get_session_from_db()
        return self.decode(row.session_data) if row else {}

    def exists(self, session_key: str) -> bool:
        """Return whether a key is taken. Queries: 1."""
        return bool(self.model.objects.filter(session_key=session_key).exists())

    def create(self) -> None:
        """Insert a row under a new key."""
        while True:
            self._session_key = self._get_new_session_key()
            try:
                self.save(must_create=True)
            except CreateError:
                # Somebody was faster with the same key.
                continue
            self.modified = True
            return

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        """Return the row for *data*; a subclass may add columns."""
        return self.model(
            session_key=self._get_or_create_session_key(),
            session_data=self.encode(data),
            expire_date=self.get_expiry_date(),
        )

    async def acreate_model_instance(self, data: dict[str, Any]) -> Any:
        """Return the row for *data*."""
        return await bridge(self.create_model_instance, data)

    def save(self, must_create: bool = False) -> None:
        """
        Save the row. Queries: 1.

        Raises:
            CreateError: The key is taken, and *must_create* is on.
            UpdateError: The row is gone.
        """
        if self.session_key is None:
            self.create()
            return
        row = self.create_model_instance(self._get_session(no_load=must_create))
        using = router.db_for_write(self.model, instance=row)
        try:
            with transaction.atomic(using=using):
                row.save(force_insert=must_create, force_update=not must_create, using=using)
        except IntegrityError:
            if must_create:
                raise CreateError from None
            raise
        except DatabaseError:
            if not must_create:
                raise UpdateError from None
            raise

    def delete(self, session_key: str | None = None) -> None:
        """Delete the row. Queries: 1."""
        if session_key is None:
            if self.session_key is None:
                return
            session_key = self.session_key
        self.model.objects.filter(session_key=session_key).delete()

    @classmethod
    def clear_expired(cls) -> None:
        """Delete the rows that have ended."""
        cls.get_model_class().objects.filter(expire_date__lt=timezone.now()).delete()
