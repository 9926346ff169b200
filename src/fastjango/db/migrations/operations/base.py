"""``Operation``: the base of all steps."""

from __future__ import annotations

import enum
from typing import Any, ClassVar, Self

from fastjango.db import router


class OperationCategory(str, enum.Enum):
    """The sign in front of a step in ``makemigrations``'s output."""

    ADDITION = "+"
    REMOVAL = "-"
    ALTERATION = "~"
    PYTHON = "p"
    SQL = "s"
    MIXED = "?"


class Operation:
    """A step. Its constructor's arguments are kept, so that it can be written into a file."""

    reversible: ClassVar[bool] = True
    reduces_to_sql: ClassVar[bool] = True
    atomic: Any = False
    elidable: Any = False
    serialization_expand_args: ClassVar[list[str]] = []
    category: ClassVar[OperationCategory | None] = None
    _constructor_args: tuple[tuple[Any, ...], dict[str, Any]]

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        self = object.__new__(cls)
        self._constructor_args = (args, kwargs)
        return self

    def __replace__(self, /, **changes: Any) -> Self:
        args, kwargs = self._constructor_args
        return type(self)(*args, **{**kwargs, **changes})

    def deconstruct(self) -> tuple[str, Any, dict[str, Any]]:
        """Return class name and arguments."""
        return (self.__class__.__name__, self._constructor_args[0], self._constructor_args[1])

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Change the state."""
        raise NotImplementedError("subclasses of Operation must provide a state_forwards() method")

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Change the database."""
        raise NotImplementedError("subclasses of Operation must provide a database_forwards() method")

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Change the database back."""
        raise NotImplementedError("subclasses of Operation must provide a database_backwards() method")

    def describe(self) -> str:
        """Return one line on what the step does."""
        return f"{self.__class__.__name__}: {self._constructor_args}"

    def formatted_description(self) -> str:
        """Return that line with the sign of the step's category."""
        category = self.category or OperationCategory.MIXED
        return f"{category.value} {self.describe()}"

    @property
    def migration_name_fragment(self) -> str | None:
        """What the step adds to the name of a migration; None where it has nothing to say."""
        return None

    def references_model(self, name: str, app_label: str) -> bool:
        """Return whether the step has to do with a model. True is the safe answer."""
        return True

    def references_field(self, model_name: str, name: str, app_label: str) -> bool:
        """Return whether the step has to do with a field. True is the safe answer."""
        return self.references_model(model_name, app_label)

    def allow_migrate_model(self, connection_alias: str, model: Any) -> bool:
        """Return whether a model's table belongs into a database."""
        return bool(model._meta.can_migrate(connection_alias)) and bool(
            router.allow_migrate_model(connection_alias, model)
        )

    def reduce(self, operation: Any, app_label: str) -> Any:
        """
        Return what this step and a later one are together: a list of steps, True when the later one may go in front of
        this one, False when neither.
        """
        if self.elidable:
            return [operation]
        if operation.elidable:
            return [self]
        return False

    def __repr__(self) -> str:
        args, kwargs = self._constructor_args
        parts = [*map(str, args), *("{}={}".format(*item) for item in kwargs.items())]
        return "<{} {}>".format(self.__class__.__name__, " ".join(parts))
