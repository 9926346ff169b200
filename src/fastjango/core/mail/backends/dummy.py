"""A backend that sends nothing."""

from __future__ import annotations

from typing import Any

from fastjango.core.mail.backends.base import BaseEmailBackend


class EmailBackend(BaseEmailBackend):
    """Counts messages and drops them."""

    def send_messages(self, email_messages: Any) -> int:
        """Return how many messages there are."""
        return len(list(email_messages))
