"""Door at Django's path; lives in ``writer/serializer.py``."""

from __future__ import annotations

from fastjango.db.migrations.writer.serializer import BaseSerializer, Serializer, serializer_factory

__all__ = ["BaseSerializer", "Serializer", "serializer_factory"]
