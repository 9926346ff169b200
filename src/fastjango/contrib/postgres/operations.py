"""Steps of migrations for PostgreSQL: extensions, collations, indexes without locks, constraints in two steps."""

from __future__ import annotations

from typing import Any, ClassVar

from fastjango.contrib.postgres.signals import get_citext_oids, get_hstore_oids, register_type_handlers
from fastjango.db import NotSupportedError, router
from fastjango.db.migrations import AddConstraint, AddIndex, RemoveIndex
from fastjango.db.migrations.operations.base import Operation, OperationCategory
from fastjango.db.models import CheckConstraint

__all__ = [
    "AddConstraintNotValid",
    "AddIndexConcurrently",
    "BloomExtension",
    "BtreeGinExtension",
    "BtreeGistExtension",
    "CITextExtension",
    "CreateCollation",
    "CreateExtension",
    "CryptoExtension",
    "HStoreExtension",
    "RemoveCollation",
    "RemoveIndexConcurrently",
    "TrigramExtension",
    "UnaccentExtension",
    "ValidateConstraint",
]


class _ServerOperation(Operation):
    """A step that concerns the server and no model."""

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Leave the state."""

    def _is_for(self, schema_editor: Any, app_label: str) -> bool:
        connection = schema_editor.connection
        return connection.vendor == "postgresql" and bool(
            router.allow_migrate(connection.alias, app_label, **getattr(self, "hints", {}))
        )


class CreateExtension(_ServerOperation):
    """
    Creates an extension of the server, if it is not there.

    Args:
        hints: For the routers.
    """

    category = OperationCategory.ADDITION

    def __init__(self, name: str, hints: dict[str, Any] | None = None) -> None:
        self.name = name
        self.hints = hints or {}

    def extension_exists(self, schema_editor: Any, extension: str) -> bool:
        """Return whether the database has the extension. Queries: 1."""
        with schema_editor.connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_extension WHERE extname = %s", [extension])
            return bool(cursor.fetchone())

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Create the extension; from now on connections know its types. Queries: 4 at most."""
        if not self._is_for(schema_editor, app_label):
            return
        if not self.extension_exists(schema_editor, self.name):
            schema_editor.execute(f"CREATE EXTENSION IF NOT EXISTS {schema_editor.quote_name(self.name)}")
        _forget_types()
        # A later step may use the types over the connection of this one.
        register_type_handlers(schema_editor.connection)
        schema_editor.connection.pool.retire()

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Drop the extension. Queries: 2 at most."""
        if not self._is_for(schema_editor, app_label):
            return
        if self.extension_exists(schema_editor, self.name):
            schema_editor.execute(f"DROP EXTENSION IF EXISTS {schema_editor.quote_name(self.name)}")
        _forget_types()

    def describe(self) -> str:
        """Return one line on what the step does."""
        return f"Creates extension {self.name}"

    @property
    def migration_name_fragment(self) -> str:
        """What the step adds to the name of a migration."""
        return f"create_extension_{self.name}"


def _forget_types() -> None:
    get_hstore_oids.cache_clear()
    get_citext_oids.cache_clear()


class _NamedExtension(CreateExtension):
    """An extension with a class of its own."""

    extension: ClassVar[str]

    def __init__(self, hints: dict[str, Any] | None = None) -> None:
        super().__init__(self.extension, hints)


class BloomExtension(_NamedExtension):
    """Creates ``bloom``: index signatures of many columns."""

    extension = "bloom"


class BtreeGinExtension(_NamedExtension):
    """Creates ``btree_gin``: GIN indexes of ordinary columns."""

    extension = "btree_gin"


class BtreeGistExtension(_NamedExtension):
    """Creates ``btree_gist``: GiST indexes of ordinary columns."""

    extension = "btree_gist"


class CITextExtension(_NamedExtension):
    """Creates ``citext``: text without regard to case."""

    extension = "citext"


class CryptoExtension(_NamedExtension):
    """Creates ``pgcrypto``: digests and encryption."""

    extension = "pgcrypto"


class HStoreExtension(_NamedExtension):
    """Creates ``hstore``: maps of texts."""

    extension = "hstore"


class TrigramExtension(_NamedExtension):
    """Creates ``pg_trgm``: similarity of texts."""

    extension = "pg_trgm"


class UnaccentExtension(_NamedExtension):
    """Creates ``unaccent``: text without accents."""

    extension = "unaccent"


class NotInTransactionMixin:
    """Refuses to run inside a transaction."""

    def _ensure_not_in_transaction(self, schema_editor: Any) -> None:
        if schema_editor.connection.in_atomic_block:
            raise NotSupportedError(
                f"The {type(self).__name__} operation cannot be executed inside a transaction "
                "(set atomic = False on the migration)."
            )


class _ConcurrentIndex(NotInTransactionMixin):
    """Creates and drops the index of a step without locking the table."""

    def _change(self: Any, verb: str, app_label: str, schema_editor: Any, state: Any) -> None:
        self._ensure_not_in_transaction(schema_editor)
        model = state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            index = self._index_in(state, app_label)
            getattr(schema_editor, verb)(model, index, concurrently=True)


class AddIndexConcurrently(_ConcurrentIndex, AddIndex):
    """Creates an index while the table stays open for writes; the migration must not be atomic."""

    atomic = False
    category = OperationCategory.ADDITION

    def _index_in(self, state: Any, app_label: str) -> Any:
        return self.index

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Create the index. Queries: 1."""
        self._change("add_index", app_label, schema_editor, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Drop the index. Queries: 1."""
        self._change("remove_index", app_label, schema_editor, from_state)

    def describe(self) -> str:
        """Return one line on what the step does."""
        fields = ", ".join(self.index.fields)
        return f"Concurrently create index {self.index.name} on field(s) {fields} of model {self.model_name}"


class RemoveIndexConcurrently(_ConcurrentIndex, RemoveIndex):
    """Drops an index while the table stays open for writes; the migration must not be atomic."""

    atomic = False
    category = OperationCategory.REMOVAL

    def _index_in(self, state: Any, app_label: str) -> Any:
        return state.models[app_label, self.model_name_lower].get_index_by_name(self.name)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Drop the index. Queries: 1."""
        self._change("remove_index", app_label, schema_editor, from_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Create the index again. Queries: 1."""
        self._change("add_index", app_label, schema_editor, to_state)

    def describe(self) -> str:
        """Return one line on what the step does."""
        return f"Concurrently remove index {self.name} from {self.model_name}"


class CollationOperation(_ServerOperation):
    """
    A step about a collation.

    Args:
        locale: What the provider calls it, for example "de_DE.utf8" or "und-u-ks-level2".
        provider: "libc" or "icu".
        deterministic: False: texts may be equal though their bytes differ; "icu" alone can.
    """

    def __init__(self, name: str, locale: str, *, provider: str = "libc", deterministic: bool = True) -> None:
        self.name = name
        self.locale = locale
        self.provider = provider
        self.deterministic = deterministic

    def deconstruct(self) -> tuple[str, Any, dict[str, Any]]:
        """Return class name and arguments."""
        kwargs: dict[str, Any] = {"name": self.name, "locale": self.locale}
        if self.provider and self.provider != "libc":
            kwargs["provider"] = self.provider
        if self.deterministic is False:
            kwargs["deterministic"] = False
        return type(self).__qualname__, [], kwargs

    def create_collation(self, schema_editor: Any) -> None:
        """Create the collation. Queries: 1."""
        quote = schema_editor.quote_name
        options = [f"locale={quote(self.locale)}"]
        if self.provider != "libc":
            options.append(f"provider={quote(self.provider)}")
        if self.deterministic is False:
            options.append("deterministic=false")
        schema_editor.execute(f"CREATE COLLATION {quote(self.name)} ({', '.join(options)})")

    def remove_collation(self, schema_editor: Any) -> None:
        """Drop the collation. Queries: 1."""
        schema_editor.execute(f"DROP COLLATION {schema_editor.quote_name(self.name)}")


class CreateCollation(CollationOperation):
    """Creates a collation."""

    category = OperationCategory.ADDITION

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Create the collation."""
        if self._is_for(schema_editor, app_label):
            self.create_collation(schema_editor)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Drop the collation."""
        if self._is_for(schema_editor, app_label):
            self.remove_collation(schema_editor)

    def describe(self) -> str:
        """Return one line on what the step does."""
        return f"Create collation {self.name}"

    @property
    def migration_name_fragment(self) -> str:
        """What the step adds to the name of a migration."""
        return f"create_collation_{self.name.lower()}"

    def reduce(self, operation: Any, app_label: str) -> Any:
        """Nothing is left of a collation that is removed later."""
        if isinstance(operation, RemoveCollation) and self.name == operation.name:
            return []
        return super().reduce(operation, app_label)


class RemoveCollation(CollationOperation):
    """Drops a collation."""

    category = OperationCategory.REMOVAL

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Drop the collation."""
        if self._is_for(schema_editor, app_label):
            self.remove_collation(schema_editor)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Create the collation again."""
        if self._is_for(schema_editor, app_label):
            self.create_collation(schema_editor)

    def describe(self) -> str:
        """Return one line on what the step does."""
        return f"Remove collation {self.name}"

    @property
    def migration_name_fragment(self) -> str:
        """What the step adds to the name of a migration."""
        return f"remove_collation_{self.name.lower()}"


class AddConstraintNotValid(AddConstraint):
    """Adds a check that holds for new rows only; ``ValidateConstraint`` looks at the old ones, without locking."""

    category = OperationCategory.ADDITION

    def __init__(self, model_name: str, constraint: Any) -> None:
        if not isinstance(constraint, CheckConstraint):
            raise TypeError("AddConstraintNotValid.constraint must be a check constraint.")
        super().__init__(model_name, constraint)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Add the constraint. Queries: 1."""
        model = from_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            sql = self.constraint.create_sql(model, schema_editor)
            if sql:
                schema_editor.execute(f"{sql} NOT VALID", params=None)

    def describe(self) -> str:
        """Return one line on what the step does."""
        return f"Create not valid constraint {self.constraint.name} on model {self.model_name}"

    @property
    def migration_name_fragment(self) -> str:
        """What the step adds to the name of a migration."""
        return f"{super().migration_name_fragment}_not_valid"


class ValidateConstraint(Operation):
    """Checks the old rows against a constraint that was added without."""

    category = OperationCategory.ALTERATION

    def __init__(self, model_name: str, name: str) -> None:
        self.model_name = model_name
        self.name = name

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Leave the state."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Validate the constraint. Queries: 1."""
        model = from_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            table, name = schema_editor.quote_name(model._meta.db_table), schema_editor.quote_name(self.name)
            schema_editor.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Nothing: a constraint cannot become invalid again."""

    def describe(self) -> str:
        """Return one line on what the step does."""
        return f"Validate constraint {self.name} on model {self.model_name}"

    @property
    def migration_name_fragment(self) -> str:
        """What the step adds to the name of a migration."""
        return f"{self.model_name.lower()}_validate_{self.name.lower()}"

    def deconstruct(self) -> tuple[str, Any, dict[str, Any]]:
        """Return class name and arguments."""
        return type(self).__name__, [], {"model_name": self.model_name, "name": self.name}
