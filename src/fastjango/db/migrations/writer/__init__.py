"""
Migrations as files.

``file.py`` the file, ``operation.py`` one operation, ``serializer.py`` every value that may stand in one.
"""

from fastjango.db.migrations.writer.file import MIGRATION_HEADER_TEMPLATE, MIGRATION_TEMPLATE, MigrationWriter
from fastjango.db.migrations.writer.operation import OperationWriter

__all__ = ["MIGRATION_HEADER_TEMPLATE", "MIGRATION_TEMPLATE", "MigrationWriter", "OperationWriter"]
