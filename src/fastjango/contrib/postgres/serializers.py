"""Ranges in migration files."""

from __future__ import annotations

from fastjango.db.migrations.writer.serializer import BaseSerializer

__all__ = ["RangeSerializer"]


class RangeSerializer(BaseSerializer):
    """Writes a range of the driver as its constructor."""

    def serialize(self) -> tuple[str, set[str]]:
        """Return code and imports."""
        module = type(self.value).__module__
        return f"{module}.{self.value!r}", {f"import {module}"}
