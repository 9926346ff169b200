"""Compression of single views."""

from __future__ import annotations

from fastjango.middleware.gzip import GZipMiddleware
from fastjango.utils.decorators import decorator_from_middleware

gzip_page = decorator_from_middleware(GZipMiddleware)
gzip_page.__doc__ = "Compress the response for clients that take gzip."

__all__ = ["gzip_page"]
