"""The changes that operations consist of, as values."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Kind(enum.Enum):
    """One thing that is done to a table."""

    CREATE_TABLE = "create table"
    DROP_TABLE = "drop table"
    RENAME_TABLE = "rename table"
    ADD_COLUMN = "add column"
    ADD_FILLED_COLUMN = "add column whose values are computed row by row"
    DROP_COLUMN = "drop column"
    RENAME_COLUMN = "rename column"
    WIDEN_TYPE = "widen type"
    CHANGE_TYPE = "change type"
    ADD_VALUE = "add a value to an enum"
    RENAME_VALUE = "rename a value of an enum"
    REBUILD_ENUM = "make an enum anew"
    SET_NOT_NULL = "set not null"
    DROP_NOT_NULL = "drop not null"
    SET_DEFAULT = "set default"
    BUILD_INDEX = "build index"
    BUILD_INDEX_CONCURRENTLY = "build index concurrently"
    DROP_INDEX = "drop index"
    DROP_INDEX_CONCURRENTLY = "drop index concurrently"
    RENAME_INDEX = "rename index"
    ADD_UNIQUE = "add unique constraint"
    ADD_CHECK = "add check"
    ADD_CHECK_NOT_VALID = "add check without looking at rows"
    ADD_EXCLUSION = "add exclusion constraint"
    ADD_FOREIGN_KEY = "add foreign key"
    VALIDATE = "validate constraint"
    DROP_CONSTRAINT = "drop constraint"
    OWN_CODE = "own code"
    UNKNOWN = "unknown operation"


class Length(enum.Enum):
    """How long a lock is held."""

    MOMENT = "for a moment"
    READ = "while all rows are read"
    BUILD = "while the index is built"
    REWRITE = "while the table is rewritten"


@dataclass(frozen=True)
class Cost:
    """
    What a database does for one kind of change.

    Args:
        lock: Its name of the lock; empty for none.
        blocks: What others cannot do meanwhile: ``"reads and writes"``, ``"writes"`` or nothing.
    """

    lock: str
    blocks: str = ""
    length: Length = Length.MOMENT

    @property
    def rewrites(self) -> bool:
        """Whether every row is written again."""
        return self.length is Length.REWRITE

    @property
    def hurts(self) -> bool:
        """Whether others wait for as long as the table is big."""
        return bool(self.blocks) and self.length is not Length.MOMENT


@dataclass(frozen=True)
class Change:
    """
    One change of one table.

    Args:
        breaks: Why code of the release before fails beside it; empty when it does not.
        advice: How to write it so that nothing waits and nothing fails; empty when it is fine as it is.
    """

    kind: Kind
    table: str
    breaks: str = ""
    advice: str = ""
