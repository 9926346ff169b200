"""Request headers: a mapping that ignores case, read from ``META`` or straight from the ASGI scope."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from fastjango.utils.datastructures import CaseInsensitiveMapping


class HttpHeaders(CaseInsensitiveMapping[Any]):
    """
    The headers of a request; names ignore case and may be written with underscores.

    Made from a WSGI-style environment: everything there that is not a header is left out.
    """

    HTTP_PREFIX = "HTTP_"
    # These two carry no prefix in a WSGI environment.
    UNPREFIXED_HEADERS = frozenset({"CONTENT_TYPE", "CONTENT_LENGTH"})

    def __init__(self, environ: Mapping[str, Any]) -> None:
        headers = {}
        for key, value in environ.items():
            name = self.parse_header_name(key)
            if name:
                headers[name] = value
        super().__init__(headers)

    @classmethod
    def from_raw(cls, pairs: Iterable[tuple[str, str]]) -> HttpHeaders:
        """Return headers from names and values that are joined and checked already."""
        made = cls.__new__(cls)
        CaseInsensitiveMapping.__init__(made, {name.replace("_", "-").title(): value for name, value in pairs})
        return made

    def __getitem__(self, key: str) -> Any:
        return super().__getitem__(key.replace("_", "-"))

    @classmethod
    def parse_header_name(cls, header: str) -> str | None:
        """Return ``X-Name`` for ``HTTP_X_NAME``, or ``None`` when *header* is no header."""
        if header.startswith(cls.HTTP_PREFIX):
            header = header.removeprefix(cls.HTTP_PREFIX)
        elif header not in cls.UNPREFIXED_HEADERS:
            return None
        return header.replace("_", "-").title()

    @classmethod
    def to_wsgi_name(cls, header: str) -> str:
        """Return ``HTTP_X_NAME`` for ``X-Name``."""
        name = header.replace("-", "_").upper()
        return name if name in cls.UNPREFIXED_HEADERS else f"{cls.HTTP_PREFIX}{name}"

    @classmethod
    def to_asgi_name(cls, header: str) -> str:
        """Return ``X-NAME`` for ``x_name``."""
        return header.replace("-", "_").upper()

    @classmethod
    def to_wsgi_names(cls, headers: Mapping[str, Any]) -> dict[str, Any]:
        """Return *headers* under their WSGI names."""
        return {cls.to_wsgi_name(name): value for name, value in headers.items()}

    @classmethod
    def to_asgi_names(cls, headers: Mapping[str, Any]) -> dict[str, Any]:
        """Return *headers* under the names a test client puts into a scope."""
        return {cls.to_asgi_name(name): value for name, value in headers.items()}


__all__ = ["HttpHeaders"]
