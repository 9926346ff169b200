"""
Functions that send mail, and their async twins, which wait in a worker thread.
"""

from __future__ import annotations

import importlib
from typing import Any

from fastjango.conf import settings
from fastjango.utils.module_loading import import_string
from fastjango.utils.worlds import in_thread


def get_connection(backend: str | None = None, fail_silently: bool = False, **kwds: Any) -> Any:
    """
    Return a backend that sends messages.

    Args:
        backend: Dotted path; ``EMAIL_BACKEND`` by default.
        fail_silently: Let errors of the transport pass.
        kwds: For the backend.
    """
    return import_string(backend or settings.EMAIL_BACKEND)(fail_silently=fail_silently, **kwds)


def _message_class(name: str) -> Any:
    # messages know how to send themselves, so this module is below theirs
    return getattr(importlib.import_module("fastjango.core.mail.message"), name)


def send_mail(
    subject: Any,
    message: Any,
    from_email: str | None,
    recipient_list: Any,
    fail_silently: bool = False,
    auth_user: str | None = None,
    auth_password: str | None = None,
    connection: Any = None,
    html_message: str | None = None,
) -> int:
    """
    Send one message to several recipients, who see one another.

    Returns how many messages went out.
    """
    connection = connection or get_connection(username=auth_user, password=auth_password, fail_silently=fail_silently)
    mail = _message_class("EmailMultiAlternatives")(subject, message, from_email, recipient_list, connection=connection)
    if html_message:
        mail.attach_alternative(html_message, "text/html")
    sent: int = mail.send()
    return sent


async def asend_mail(*args: Any, **kwargs: Any) -> int:
    """Send one message from async code; see ``send_mail``."""
    return await in_thread(send_mail, *args, **kwargs)


def send_mass_mail(
    datatuple: Any,
    fail_silently: bool = False,
    auth_user: str | None = None,
    auth_password: str | None = None,
    connection: Any = None,
) -> int:
    """
    Send several messages over one connection.

    Args:
        datatuple: ``(subject, message, from_email, recipient_list)`` for each.
    """
    connection = connection or get_connection(username=auth_user, password=auth_password, fail_silently=fail_silently)
    message_class = _message_class("EmailMessage")
    messages = [
        message_class(subject, message, sender, recipients, connection=connection)
        for subject, message, sender, recipients in datatuple
    ]
    sent: int = connection.send_messages(messages)
    return sent


async def asend_mass_mail(*args: Any, **kwargs: Any) -> int:
    """Send several messages from async code; see ``send_mass_mail``."""
    return await in_thread(send_mass_mail, *args, **kwargs)


def _send_server_message(
    setting_name: str, subject: Any, message: Any, html_message: str | None, fail_silently: bool, connection: Any
) -> None:
    """Send a message to the people that a setting lists."""
    people = getattr(settings, setting_name)
    if not people:
        return
    if not all(isinstance(person, list | tuple) and len(person) == 2 for person in people):
        raise ValueError(f"The {setting_name} setting must be a list of 2-tuples.")
    mail = _message_class("EmailMultiAlternatives")(
        f"{settings.EMAIL_SUBJECT_PREFIX}{subject}",
        message,
        settings.SERVER_EMAIL,
        [address for _, address in people],
        connection=connection,
    )
    if html_message:
        mail.attach_alternative(html_message, "text/html")
    mail.send(fail_silently=fail_silently)


def mail_admins(
    subject: Any,
    message: Any,
    fail_silently: bool = False,
    connection: Any = None,
    html_message: str | None = None,
) -> None:
    """Send a message to the people in ``ADMINS``."""
    _send_server_message("ADMINS", subject, message, html_message, fail_silently, connection)


async def amail_admins(*args: Any, **kwargs: Any) -> None:
    """Send a message to the people in ``ADMINS`` from async code."""
    await in_thread(mail_admins, *args, **kwargs)


def mail_managers(
    subject: Any,
    message: Any,
    fail_silently: bool = False,
    connection: Any = None,
    html_message: str | None = None,
) -> None:
    """Send a message to the people in ``MANAGERS``."""
    _send_server_message("MANAGERS", subject, message, html_message, fail_silently, connection)


async def amail_managers(*args: Any, **kwargs: Any) -> None:
    """Send a message to the people in ``MANAGERS`` from async code."""
    await in_thread(mail_managers, *args, **kwargs)
