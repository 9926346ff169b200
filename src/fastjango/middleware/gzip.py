"""Compression of responses."""

from __future__ import annotations

import re
from typing import Any

from fastjango.http.caching import patch_vary_headers
from fastjango.utils.deprecation import MiddlewareMixin
from fastjango.utils.text import acompress_sequence, compress_sequence, compress_string

re_accepts_gzip = re.compile(r"\bgzip\b")
# Below this, the gzip header eats up what is saved.
MIN_BYTES = 200


class GZipMiddleware(MiddlewareMixin):
    """
    Compresses content for clients that take gzip.

    The length of the result is blurred by up to ``max_random_bytes``, against guessing secrets by size (BREACH;
    Source: "Heal the Breach", 2022).
    """

    max_random_bytes = 100

    def process_response(self, request: Any, response: Any) -> Any:
        """Compress, where it is worth while and allowed."""
        if not response.streaming and len(response.content) < MIN_BYTES:
            return response
        if response.has_header("Content-Encoding"):
            return response
        patch_vary_headers(response, ("Accept-Encoding",))
        if not re_accepts_gzip.search(request.META.get("HTTP_ACCEPT_ENCODING", "")):
            return response
        if response.streaming:
            compress: Any = acompress_sequence if response.is_async else compress_sequence
            response.streaming_content = compress(response.streaming_content, max_random_bytes=self.max_random_bytes)
            # Not known before it is sent.
            del response.headers["Content-Length"]
        else:
            compressed = compress_string(response.content, max_random_bytes=self.max_random_bytes)
            if len(compressed) >= len(response.content):
                return response
            response.content = compressed
            response.headers["Content-Length"] = str(len(response.content))
        # The bytes are others, the meaning is the same: that is a weak ETag.
        etag = response.get("ETag")
        if etag and etag.startswith('"'):
            response.headers["ETag"] = f"W/{etag}"
        response.headers["Content-Encoding"] = "gzip"
        return response


__all__ = ["GZipMiddleware", "re_accepts_gzip"]
