"""
Migrations: what a database needs to follow the models.

``state/`` models as values, ``operations/`` steps between states, ``ddl/`` steps as statements, ``detect/`` steps found by
comparing states, ``writer/`` steps as files, ``loader.py`` ``graph.py`` ``executor.py`` ``recorder.py`` files applied.
"""

from fastjango.db.migrations.migration import Migration, swappable_dependency
from fastjango.db.migrations.operations import (
    AddConstraint,
    AddField,
    AddIndex,
    AlterConstraint,
    AlterEnumField,
    AlterField,
    AlterIndexTogether,
    AlterModelManagers,
    AlterModelOptions,
    AlterModelTable,
    AlterModelTableComment,
    AlterOrderWithRespectTo,
    AlterUniqueTogether,
    CreateModel,
    DeleteModel,
    RemoveConstraint,
    RemoveField,
    RemoveIndex,
    RenameField,
    RenameIndex,
    RenameModel,
    RunPython,
    RunSQL,
    SeparateDatabaseAndState,
)

__all__ = [
    "AddConstraint", "AddField", "AddIndex", "AlterConstraint", "AlterEnumField", "AlterField", "AlterIndexTogether",
    "AlterModelManagers", "AlterModelOptions", "AlterModelTable", "AlterModelTableComment", "AlterOrderWithRespectTo",
    "AlterUniqueTogether", "CreateModel", "DeleteModel", "Migration", "RemoveConstraint", "RemoveField", "RemoveIndex",
    "RenameField", "RenameIndex", "RenameModel", "RunPython", "RunSQL", "SeparateDatabaseAndState",
    "swappable_dependency",
]  # fmt: skip
