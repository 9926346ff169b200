"""Errors in the log, mailed to the admins with the page that DEBUG would have shown."""

from __future__ import annotations

import logging
from copy import copy
from typing import Any

from fastjango.conf import settings
from fastjango.core import mail
from fastjango.utils.module_loading import import_string


class AdminEmailHandler(logging.Handler):
    """
    Mails log records to the people in ``ADMINS``.

    Args:
        include_html: Attach the error page as HTML; it may hold private data.
        email_backend: Dotted path; ``EMAIL_BACKEND`` by default.
        reporter_class: Dotted path; ``DEFAULT_EXCEPTION_REPORTER`` by default.
    """

    def __init__(
        self, include_html: bool = False, email_backend: str | None = None, reporter_class: str | None = None
    ) -> None:
        super().__init__()
        self.include_html = include_html
        self.email_backend = email_backend
        self._reporter_path = reporter_class

    @property
    def reporter_class(self) -> Any:
        """The class that describes an exception; loaded with the first error, not with the settings."""
        return import_string(self._reporter_path or settings.DEFAULT_EXCEPTION_REPORTER)

    def emit(self, record: logging.LogRecord) -> None:
        """Mail a record."""
        # Not worked out for nobody, unless a subclass sends it elsewhere.
        if not settings.ADMINS and type(self).send_mail is AdminEmailHandler.send_mail:
            return
        request, subject = self._request_and_subject(record)
        # The traceback is in the report; the record is formatted without it.
        plain = copy(record)
        plain.exc_info = None
        plain.exc_text = None
        exc_info: tuple[Any, Any, Any] = record.exc_info or (None, record.getMessage(), None)
        reporter = self.reporter_class(request, *exc_info, is_email=True)
        message = f"{self.format(plain)}\n\n{reporter.get_traceback_text()}"
        html_message = reporter.get_traceback_html() if self.include_html else None
        self.send_mail(self.format_subject(subject), message, fail_silently=True, html_message=html_message)

    def _request_and_subject(self, record: logging.LogRecord) -> tuple[Any, str]:
        try:
            request = record.request  # type: ignore[attr-defined]
            origin = "internal" if request.META.get("REMOTE_ADDR") in settings.INTERNAL_IPS else "EXTERNAL"
            return request, f"{record.levelname} ({origin} IP): {record.getMessage()}"
        except Exception:  # noqa: BLE001 - an odd record must be mailed all the same
            return None, f"{record.levelname}: {record.getMessage()}"

    def send_mail(self, subject: str, message: str, *args: Any, **kwargs: Any) -> None:
        """Send the mail."""
        kwargs["connection"] = self.connection()
        mail.mail_admins(subject, message, *args, **kwargs)

    def connection(self) -> Any:
        """Return the backend."""
        return mail.get_connection(backend=self.email_backend, fail_silently=True)

    def format_subject(self, subject: str) -> str:
        """Return the subject on one line."""
        return subject.replace("\n", "\\n").replace("\r", "\\r")
