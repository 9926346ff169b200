"""A backend that prints messages."""

from __future__ import annotations

import sys
import threading
from typing import Any

from fastjango.core.mail.backends.base import BaseEmailBackend


class EmailBackend(BaseEmailBackend):
    """Writes messages to a stream, the standard output by default."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.stream: Any = kwargs.pop("stream", sys.stdout)
        self._lock = threading.RLock()
        super().__init__(*args, **kwargs)

    def write_message(self, message: Any) -> None:
        """Write one message and a line below it."""
        mime = message.message()
        charset = mime.get_charset().get_output_charset() if mime.get_charset() else "utf-8"
        self.stream.write(f"{mime.as_bytes().decode(charset)}\n{'-' * 79}\n")

    def send_messages(self, email_messages: Any) -> Any:
        """Write messages and return how many there were."""
        if not email_messages:
            return None
        count = 0
        with self._lock:
            try:
                is_new = self.open()
                for message in email_messages:
                    self.write_message(message)
                    self.stream.flush()
                    count += 1
                if is_new:
                    self.close()
            except Exception:
                if not self.fail_silently:
                    raise
        return count
