"""A site without a database: name and domain are the request's host."""

from __future__ import annotations

from typing import Any


class RequestSite:
    """Looks like a ``Site``."""

    def __init__(self, request: Any) -> None:
        self.domain = self.name = request.get_host()

    def __str__(self) -> str:
        return str(self.domain)

    def save(self, force_insert: bool = False, force_update: bool = False) -> None:
        """Refuse."""
        raise NotImplementedError("RequestSite cannot be saved.")

    def delete(self) -> None:
        """Refuse."""
        raise NotImplementedError("RequestSite cannot be deleted.")
