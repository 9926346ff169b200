"""
Logging: the default configuration, its filters and formatter, and one log line per failed response.

The handler that mails errors to the admins lives in `core/mail/log_handler.py`; its name here is a door.
"""

from __future__ import annotations

import importlib
import logging
import logging.config
from collections.abc import Callable
from typing import Any

from fastjango.conf import settings
from fastjango.utils.module_loading import import_string
from fastjango.utils.termcolors import color_style

request_logger = logging.getLogger("fastjango.request")

_HERE = "fastjango.utils.log"

DEFAULT_LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "require_debug_false": {"()": f"{_HERE}.RequireDebugFalse"},
        "require_debug_true": {"()": f"{_HERE}.RequireDebugTrue"},
    },
    "formatters": {
        "fastjango.server": {
            "()": f"{_HERE}.ServerFormatter",
            "format": "[{server_time}] {message}",
            "style": "{",
        },
    },
    "handlers": {
        "console": {
            "level": "INFO",
            "filters": ["require_debug_true"],
            "class": "logging.StreamHandler",
        },
        "fastjango.server": {
            "level": "INFO",
            "class": "logging.StreamHandler",
            "formatter": "fastjango.server",
        },
        "mail_admins": {
            "level": "ERROR",
            "filters": ["require_debug_false"],
            "class": f"{_HERE}.AdminEmailHandler",
        },
    },
    "loggers": {
        "fastjango": {"handlers": ["console", "mail_admins"], "level": "INFO"},
        "fastjango.server": {"handlers": ["fastjango.server"], "level": "INFO", "propagate": False},
        # SQLAlchemy tells of every connection that it drops.
        "fastjango.db.pool": {"level": "WARNING"},
    },
}


def configure_logging(logging_config: str | None, logging_settings: Any) -> None:
    """
    Set logging up: the defaults first, then the project's own.

    Args:
        logging_config: Dotted path of the function that takes *logging_settings*; None leaves logging alone.
    """
    if not logging_config:
        return
    configure: Callable[[Any], Any] = import_string(logging_config)
    logging.config.dictConfig(DEFAULT_LOGGING)
    if logging_settings:
        configure(logging_settings)


def is_server_told() -> bool:
    """
    Return whether the exception of a failed request goes on to the server, for its log, when the response is out.

    So it is where nothing else would show it: ``DEBUG`` is off, and no ``LOGGING`` and no handler of the root logger
    say where errors go. Handlers that a test runner or telemetry has put there are not asked.
    """
    if settings.DEBUG or settings.LOGGING or not settings.LOGGING_CONFIG:
        return False
    return not any(type(handler).__module__.partition(".")[0] == "logging" for handler in logging.root.handlers)


class CallbackFilter(logging.Filter):
    """A filter that lets a record pass when *callback* returns something true for it."""

    def __init__(self, callback: Callable[[logging.LogRecord], Any]) -> None:
        super().__init__()
        self.callback = callback

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether the record passes."""
        return bool(self.callback(record))


class RequireDebugFalse(logging.Filter):
    """Lets records pass in production."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether DEBUG is off."""
        return not settings.DEBUG


class RequireDebugTrue(logging.Filter):
    """Lets records pass during development."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether DEBUG is on."""
        return bool(settings.DEBUG)


class ServerFormatter(logging.Formatter):
    """Formats the development server's lines, coloured by status."""

    default_time_format = "%d/%b/%Y %H:%M:%S"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.style = color_style()
        super().__init__(*args, **kwargs)

    def format(self, record: logging.LogRecord) -> str:
        """Return the line for *record*."""
        text = record.msg
        status = getattr(record, "status_code", None)
        if status:
            paint = getattr(self.style, _style_of(status))
            text = paint(text)
        if self.uses_server_time() and not hasattr(record, "server_time"):
            record.server_time = self.formatTime(record, self.datefmt)
        record.msg = text
        return super().format(record)

    def uses_server_time(self) -> bool:
        """Return whether the format shows the time of the request."""
        return bool(self._fmt and "{server_time}" in self._fmt)


def _style_of(status: int) -> str:
    """Return the name of the style for a response status."""
    if status == 304:
        return "HTTP_NOT_MODIFIED"
    if status == 404:
        return "HTTP_NOT_FOUND"
    names = {1: "HTTP_INFO", 2: "HTTP_SUCCESS", 3: "HTTP_REDIRECT", 4: "HTTP_BAD_REQUEST"}
    return names.get(status // 100, "HTTP_SERVER_ERROR")


def _printable(value: Any) -> Any:
    """Return a text with control characters escaped, so that it cannot forge log lines."""
    return value.encode("unicode_escape").decode("ascii") if isinstance(value, str) else value


def log_response(
    message: str,
    *args: Any,
    response: Any = None,
    request: Any = None,
    logger: logging.Logger = request_logger,
    level: str | None = None,
    exception: BaseException | None = None,
) -> None:
    """
    Log a failed response once; 5xx as errors, 4xx as warnings.

    Args:
        args: Values for *message*; control characters in them are escaped.
    """
    if getattr(response, "_has_been_logged", False):
        return
    status: int = response.status_code
    if level is None:
        level = "error" if status >= 500 else "warning" if status >= 400 else "info"
    getattr(logger, level)(
        message,
        *(_printable(arg) for arg in args),
        extra={"status_code": status, "request": request},
        exc_info=exception,
    )
    response._has_been_logged = True


def __getattr__(name: str) -> Any:
    # Compatibility door: lives in fastjango.core.mail.log_handler.
    if name == "AdminEmailHandler":
        return importlib.import_module("fastjango.core.mail.log_handler").AdminEmailHandler
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
