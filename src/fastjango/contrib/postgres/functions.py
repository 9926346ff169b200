"""Functions that only PostgreSQL has."""

from __future__ import annotations

from fastjango.db.models import DateTimeField, Func, UUIDField

__all__ = ["RandomUUID", "TransactionNow"]


class RandomUUID(Func):
    """A new random UUID of version 4, for each row."""

    template = "GEN_RANDOM_UUID()"
    output_field = UUIDField()


class TransactionNow(Func):
    """When the transaction began."""

    template = "CURRENT_TIMESTAMP"
    output_field = DateTimeField()
