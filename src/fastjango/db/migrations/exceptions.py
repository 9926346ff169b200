"""
What can be wrong with migrations.

    Exception
      AmbiguityError  BadMigrationError  CircularDependencyError  InconsistentMigrationHistory  InvalidBasesError
      InvalidMigrationPlan
      IrreversibleError  MigrationChangedError  MigrationSchemaMissing (DatabaseError)  NodeNotFoundError (LookupError)
"""

from __future__ import annotations

from typing import Any

from fastjango.db import DatabaseError


class AmbiguityError(Exception):
    """A prefix fits more than one migration."""


class BadMigrationError(Exception):
    """A migration file is wrong."""


class CircularDependencyError(Exception):
    """Migrations depend on each other in a circle."""


class InconsistentMigrationHistory(Exception):
    """A migration is applied before one it depends on."""


class InvalidMigrationPlan(ValueError):
    """A plan goes forwards and backwards at once."""


class InvalidBasesError(ValueError):
    """A model's base cannot be found."""


class IrreversibleError(RuntimeError):
    """A migration cannot be taken back."""


class MigrationChangedError(RuntimeError):
    """A migration that stopped in its middle has other operations now."""


class MigrationSchemaMissing(DatabaseError):
    """The table of applied migrations cannot be made."""


class ValuesInUseError(RuntimeError):
    """Rows hold values that an enum will not have any more."""


class NodeNotFoundError(LookupError):
    """A dependency names a migration that does not exist."""

    def __init__(self, message: str, node: Any, origin: Any = None) -> None:
        self.message = message
        self.origin = origin
        self.node = node

    def __str__(self) -> str:
        return self.message

    def __repr__(self) -> str:
        return f"NodeNotFoundError({self.node!r})"
