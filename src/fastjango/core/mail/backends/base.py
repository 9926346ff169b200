"""Base of mail backends."""

from __future__ import annotations

from typing import Any, Self


class BaseEmailBackend:
    """
    Sends messages; also a context manager that keeps the connection open.

    Args:
        fail_silently: Let errors of the transport pass.
    """

    def __init__(self, fail_silently: bool = False, **kwargs: Any) -> None:
        self.fail_silently = fail_silently

    def open(self) -> Any:
        """Open a connection; True when a new one was made, None when that failed silently."""

    def close(self) -> None:
        """Close the connection."""

    def __enter__(self) -> Self:
        try:
            self.open()
        except Exception:
            self.close()
            raise
        return self

    def __exit__(self, exc_type: Any, exc_value: Any, traceback: Any) -> None:
        self.close()

    def send_messages(self, email_messages: Any) -> Any:
        """Send messages and return how many went out."""
        raise NotImplementedError("subclasses of BaseEmailBackend must override send_messages() method")
