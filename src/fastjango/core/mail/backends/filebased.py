"""A backend that writes messages to files."""

from __future__ import annotations

import datetime as dt
import os
from typing import Any

from fastjango.conf import settings
from fastjango.core.exceptions import ImproperlyConfigured
from fastjango.core.mail.backends.console import EmailBackend as ConsoleEmailBackend


class EmailBackend(ConsoleEmailBackend):
    """
    Writes the messages of one connection to one file.

    Args:
        file_path: The folder; ``EMAIL_FILE_PATH`` by default.
    """

    def __init__(self, *args: Any, file_path: Any = None, **kwargs: Any) -> None:
        self._fname: str | None = None
        if file_path is None:
            file_path = getattr(settings, "EMAIL_FILE_PATH", None)
        self.file_path = os.path.abspath(file_path)
        try:
            os.makedirs(self.file_path, exist_ok=True)
        except FileExistsError:
            raise ImproperlyConfigured(
                f"Path for saving email messages exists, but is not a directory: {self.file_path}"
            ) from None
        except OSError as error:
            raise ImproperlyConfigured(
                f"Could not create directory for saving email messages: {self.file_path} ({error})"
            ) from error
        if not os.access(self.file_path, os.W_OK):
            raise ImproperlyConfigured(f"Could not write to directory: {self.file_path}")
        # The stream is opened with the first message.
        kwargs["stream"] = None
        super().__init__(*args, **kwargs)

    def write_message(self, message: Any) -> None:
        """Write one message and a line below it."""
        self.stream.write(message.message().as_bytes() + b"\n" + b"-" * 79 + b"\n")

    def _get_filename(self) -> str:
        """Return the file of this connection; the name is made once."""
        if self._fname is None:
            moment = dt.datetime.now().strftime("%Y%m%d-%H%M%S")  # noqa: DTZ005 - the reader's own clock
            self._fname = os.path.join(self.file_path, f"{moment}-{abs(id(self))}.log")
        return self._fname

    def open(self) -> bool:
        """Open the file."""
        if self.stream is not None:
            return False
        self.stream = open(self._get_filename(), "ab")
        return True

    def close(self) -> None:
        """Close the file."""
        try:
            if self.stream is not None:
                self.stream.close()
        finally:
            self.stream = None
