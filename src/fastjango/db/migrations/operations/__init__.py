"""
Steps of migrations: each changes the state, and the database in both directions.

``base.py`` what a step is, ``models.py`` ``options.py`` tables and their options, ``fields.py`` columns, ``enums.py`` values of enums,
``indexes.py`` indexes and constraints, ``special.py`` SQL, Python and steps that differ between state and database.
"""

from fastjango.db.migrations.operations.base import Operation
from fastjango.db.migrations.operations.enums import AlterEnumField
from fastjango.db.migrations.operations.fields import AddField, AlterField, RemoveField, RenameField
from fastjango.db.migrations.operations.indexes import (
    AddConstraint,
    AddIndex,
    AlterConstraint,
    IndexOperation,
    RemoveConstraint,
    RemoveIndex,
    RenameIndex,
)
from fastjango.db.migrations.operations.models import (
    CreateModel,
    DeleteModel,
    RenameModel,
)
from fastjango.db.migrations.operations.options import (
    AlterIndexTogether,
    AlterModelManagers,
    AlterModelOptions,
    AlterModelTable,
    AlterModelTableComment,
    AlterOrderWithRespectTo,
    AlterTogetherOptionOperation,
    AlterUniqueTogether,
    ModelOptionOperation,
)
from fastjango.db.migrations.operations.special import RunPython, RunSQL, SeparateDatabaseAndState

__all__ = [
    "AddConstraint", "AddField", "AddIndex", "AlterConstraint", "AlterEnumField", "AlterField", "AlterIndexTogether",
    "AlterModelManagers", "AlterModelOptions", "AlterModelTable", "AlterModelTableComment", "AlterOrderWithRespectTo",
    "AlterTogetherOptionOperation", "AlterUniqueTogether", "CreateModel", "DeleteModel", "IndexOperation",
    "ModelOptionOperation", "Operation", "RemoveConstraint", "RemoveField", "RemoveIndex",
    "RenameField", "RenameIndex", "RenameModel", "RunPython", "RunSQL", "SeparateDatabaseAndState",
]  # fmt: skip
