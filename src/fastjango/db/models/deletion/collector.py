"""Collects what a deletion takes with it, then deletes."""

from __future__ import annotations

from typing import Any


class Collector:
    """Collects and deletes objects; the whole of it is still to come."""

    def __init__(self, using: str, origin: Any = None) -> None:
        self.using = using
        self.origin = origin

    def collect(self, objs: Any, **options: Any) -> None:
        """Collect *objs* and what depends on them."""
        raise NotImplementedError("Deleting with on_delete actions is not available yet.")

    def delete(self) -> tuple[int, dict[str, int]]:
        """Delete what was collected."""
        raise NotImplementedError("Deleting with on_delete actions is not available yet.")
