"""What no database can do."""

from fastjango.db.backends.dummy.base import DummyDatabaseFeatures

__all__ = ["DummyDatabaseFeatures"]
