"""Door at Django's path; lives in ``detect/``."""

from __future__ import annotations

from fastjango.db.migrations.detect import MigrationAutodetector
from fastjango.db.migrations.detect.dependency import OperationDependency

__all__ = ["MigrationAutodetector", "OperationDependency"]
