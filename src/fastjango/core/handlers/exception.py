"""Door at Django's path; lives in ``errors.py``."""

from __future__ import annotations

from fastjango.core.handlers.errors import (
    convert_exception_to_response,
    get_exception_response,
    handle_uncaught_exception,
    response_for_exception,
)

__all__ = [
    "convert_exception_to_response", "get_exception_response", "handle_uncaught_exception", "response_for_exception",
]  # fmt: skip
