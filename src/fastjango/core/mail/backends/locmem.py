"""A backend that keeps messages in ``mail.outbox``, for tests."""

from __future__ import annotations

import copy
from typing import Any

from fastjango.core import mail
from fastjango.core.mail.backends.base import BaseEmailBackend


class EmailBackend(BaseEmailBackend):
    """Keeps copies of messages."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not hasattr(mail, "outbox"):
            mail.outbox = []

    def send_messages(self, messages: Any) -> int:
        """Put messages into the outbox; bad headers are refused as with a real transport."""
        count = 0
        for message in messages:
            message.message()
            mail.outbox.append(copy.deepcopy(message))
            count += 1
        return count
