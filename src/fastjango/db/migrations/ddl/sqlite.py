"""
SQLite: most changes of a table mean making it anew.

Foreign keys are switched off before the transaction begins: inside one the pragma does nothing, and dropping the old
table would then delete the rows that refer to it. They are checked before the commit.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any, Self

import sqlalchemy as sa
from alembic.ddl import base as alembic_ddl
from sqlalchemy.schema import CreateTable

from fastjango.apps.registry import Apps
from fastjango.db.migrations.ddl import references, tables
from fastjango.db.migrations.ddl.editor import BaseDatabaseSchemaEditor
from fastjango.db.migrations.ddl.enums import case_sql, changes_for, gone_condition, refuse_values
from fastjango.db.migrations.ddl.names import column_name
from fastjango.db.migrations.ddl.referring import foreign_keys_to
from fastjango.db.models.fields.composite import CompositePrimaryKey
from fastjango.db.models.table import split_table_name
from fastjango.db.transaction import atomic
from fastjango.db.utils import NotSupportedError


class DatabaseSchemaEditor(BaseDatabaseSchemaEditor):
    """Makes tables anew from the state, never from what the database reports."""

    sql_delete_table = "DROP TABLE %(table)s"

    def __enter__(self) -> Self:
        if not self.connection.disable_constraint_checking():
            raise NotSupportedError(
                "SQLite schema editor cannot be used while foreign key constraint checks are enabled. Make sure to "
                "disable them before entering a transaction.atomic() context because SQLite does not support disabling "
                "them in the middle of a multi-statement transaction."
            )
        return super().__enter__()

    def __exit__(self, exc_type: Any, exc: Any, tb: Any) -> None:
        try:
            if exc_type is None and not self.collect_sql:
                self.connection.check_constraints()
            super().__exit__(exc_type, exc, tb)
        finally:
            self.connection.enable_constraint_checking()

    def table_sql(self, model: Any) -> tuple[str, list[Any]]:
        """Return the CREATE TABLE statement; foreign keys stand in it."""
        return self.sql_of(CreateTable(tables.make_table(model, self.connection, foreign_keys=True))), []

    def _foreign_keys_sql(self, model: Any) -> list[str]:
        return []

    # ------------------------------------------------------------ making a table anew

    def _remake_table(
        self,
        model: Any,
        create_field: Any = None,
        delete_field: Any = None,
        alter_fields: list[tuple[Any, Any]] | None = None,
        change: Callable[[dict[str, Any]], None] | None = None,
    ) -> None:
        """
        Create the changed table under another name, copy the rows, drop the old one, rename the new one.

        Args:
            change: Changes the options of the new table (constraints, unique_together).
        """
        # A migration without a transaction must not lose the rows between the old table and the new one.
        with atomic(self.connection.alias):
            self._remake(model, create_field, delete_field, alter_fields, change)

    def _remake(
        self,
        model: Any,
        create_field: Any,
        delete_field: Any,
        alter_fields: list[tuple[Any, Any]] | None,
        change: Callable[[dict[str, Any]], None] | None,
    ) -> None:
        opts = model._meta
        kept = [field for field in opts.local_fields if field.concrete or references.is_reference(field)]
        body = {field.name: field.clone() if field.is_relation else field for field in kept}
        mapping = {
            field.column: self.quote_name(field.column)
            for field in opts.local_concrete_fields
            if not getattr(field, "generated", False)
        }
        renamed: dict[str, str] = {}
        for old_field, new_field in alter_fields or ():
            body = {
                (new_field.name if name == old_field.name else name): (new_field if name == old_field.name else field)
                for name, field in body.items()
            }
            body.setdefault(new_field.name, new_field)
            mapping.pop(old_field.column, None)
            renamed[old_field.name] = new_field.name
            if new_field.concrete and not getattr(new_field, "generated", False):
                mapping[new_field.column] = self._copied(old_field, new_field)
        if any(new.primary_key for _, new in alter_fields or ()):
            self._demote_old_key(body, mapping, [new for _, new in alter_fields or ()])
        if create_field is not None:
            if create_field.primary_key:
                self._demote_old_key(body, mapping, [create_field])
            body[create_field.name] = create_field
            text = self._initial(create_field) if create_field.concrete else None
            if text is not None:
                mapping[create_field.column] = text
        if delete_field is not None:
            body.pop(delete_field.name, None)
            mapping.pop(delete_field.column, None)
        if isinstance(opts.pk, CompositePrimaryKey):
            body[opts.pk.name] = CompositePrimaryKey(*[renamed.get(name, name) for name in opts.pk.field_names])
        options = self._options(opts, renamed, delete_field)
        if change is not None:
            change(options)
        new_model = self._temporary_model(model, body, options, opts.db_table)
        self._copy_over(model, new_model, mapping)
        self._restore_indexes(new_model)

    def _copied(self, old_field: Any, new_field: Any) -> str:
        column = case_sql(self, self.quote_name(old_field.column), changes_for(new_field).mapping)
        if old_field.null and not new_field.null:
            text = tables.db_default_sql(new_field, self.connection)
            if text is None:
                value = self._effective_default(new_field)
                text = "NULL" if value is None else tables.default_literal(value, new_field, self.connection)
            return f"coalesce({column}, {text})"
        return column

    def _initial(self, field: Any) -> str | None:
        if getattr(field, "generated", False) or field.has_db_default():
            return None
        value = self._effective_default(field)
        return "NULL" if value is None else tables.default_literal(value, field, self.connection)

    def _demote_old_key(self, body: dict[str, Any], mapping: dict[str, str], new_keys: list[Any]) -> None:
        for name, field in list(body.items()):
            if field.primary_key and field not in new_keys and not any(field.name == key.name for key in new_keys):
                demoted = field.clone() if field.is_relation else copy.copy(field)
                demoted.primary_key = False
                if getattr(field, "auto_created", False):
                    del body[name]
                    mapping.pop(field.column, None)
                else:
                    body[name] = demoted

    def _options(self, opts: Any, renamed: dict[str, str], delete_field: Any) -> dict[str, Any]:
        unique_together = [
            [renamed.get(name, name) for name in names]
            for names in opts.unique_together
            if delete_field is None or delete_field.name not in names
        ]
        index_together = [
            [renamed.get(name, name) for name in names]
            for names in getattr(opts, "index_together", ())
            if delete_field is None or delete_field.name not in names
        ]
        indexes = [copy.deepcopy(index) for index in opts.indexes]
        for index in indexes:
            index.fields = [
                ("-" if name.startswith("-") else "") + str(renamed.get(name.lstrip("-"), name.lstrip("-")))
                for name in index.fields
            ]
            index.fields_orders = [(renamed.get(name, name), order) for name, order in index.fields_orders]
        if delete_field is not None:
            indexes = [index for index in indexes if delete_field.name not in index.fields]
        return {
            "app_label": opts.app_label,
            "db_table": opts.db_table,
            "unique_together": unique_together,
            "index_together": index_together,
            "indexes": indexes,
            "constraints": list(opts.constraints),
        }

    def _temporary_model(self, model: Any, body: dict[str, Any], options: dict[str, Any], db_table: str) -> Any:
        registry = Apps()
        fields = {}
        for name, field in body.items():
            made = field if field.is_relation and getattr(field, "model", None) is None else copy.deepcopy(field)
            fields[name] = made
        index_together = options.pop("index_together", ())
        meta = type("Meta", (), {**options, "db_table": db_table, "apps": registry})
        attributes = {"Meta": meta, "__module__": model.__module__, **fields}
        from fastjango.db.models import Model

        made_model: Any = type(model._meta.object_name, (Model,), attributes)
        made_model._meta.index_together = index_together
        if not any(field.primary_key for field in body.values()):
            # The table has no key for a while: the one that a model always gets is not for the database.
            opts = made_model._meta
            opts.local_fields = [field for field in opts.local_fields if field.name in body]
            opts._expire_cache()
        # References go to the tables that exist, not to models of the temporary registry.
        for field in made_model._meta.local_fields:
            original = body.get(field.name)
            if field.remote_field and original is not None and original.remote_field:
                target = original.remote_field.model
                if isinstance(target, str) and "." in target:
                    # A field that was built anew knows its model by name only.
                    target = model._meta.apps.get_registered_model(*target.split("."))
                field.remote_field.model = made_model if target == model else target
        return made_model

    def _copy_over(self, model: Any, new_model: Any, mapping: dict[str, str]) -> None:
        old_table = model._meta.db_table
        _, bare = split_table_name(old_table)
        new_name = f"new__{bare}"
        table = tables.make_table(new_model, self.connection, name=new_name, foreign_keys=True)
        self.emit(CreateTable(table))
        columns = ", ".join(self.quote_name(column) for column in mapping)
        values = ", ".join(mapping.values())
        self.execute(
            f"INSERT INTO {self.quote_name(new_name)} ({columns}) SELECT {values} FROM {self.quote_name(old_table)}",
            None,
        )
        self._drop_table(model)
        self.emit(alembic_ddl.RenameTable(sa.sql.quoted_name(new_name, True), bare))

    def _restore_indexes(self, new_model: Any) -> None:
        for sql in self._model_indexes_sql(new_model):
            self.execute(sql, None)
        table = self.quote_name(split_table_name(new_model._meta.db_table)[1])
        # What was waiting for this table has just been done.
        self.deferred_sql = [sql for sql in self.deferred_sql if f" ON {table} " not in sql]

    # ------------------------------------------------------------ what means making it anew

    def add_field(self, model: Any, field: Any) -> None:
        """Add a column: in place where SQLite can, else by making the table anew."""
        if field.many_to_many and field.remote_field.through._meta.auto_created:
            self.create_model(field.remote_field.through)
        elif references.is_reference(field):
            self._remake_table(model, create_field=field)
        elif field.db_parameters(self.connection)["type"] is None:
            return
        elif (
            field.primary_key
            or field.unique
            or not field.null
            or field.remote_field
            or field.has_db_default()
            or getattr(field, "generated", False)
            or self._effective_default(field) is not None
            or field.db_parameters(self.connection)["check"]
        ):
            self._remake_table(model, create_field=field)
        else:
            super().add_field(model, field)

    def remove_field(self, model: Any, field: Any) -> None:
        """Drop a column: in place where nothing of the table mentions it, else by making the table anew."""
        if field.many_to_many:
            if field.remote_field.through._meta.auto_created:
                self.delete_model(field.remote_field.through)
        elif references.is_reference(field):
            self._remake_table(model, delete_field=field)
        elif field.db_parameters(self.connection)["type"] is not None:
            if self._stands_alone(model, field):
                super().remove_field(model, field)
            else:
                self._remake_table(model, delete_field=field)

    def _alter_reference(self, model: Any, old_field: Any, new_field: Any) -> None:
        self._remake_table(model, alter_fields=[(old_field, new_field)])

    def _stands_alone(self, model: Any, field: Any) -> bool:
        """Return whether neither an index nor a constraint nor a generated column can mention a column."""
        opts = model._meta
        return not (
            field.primary_key
            or field.unique
            or field.db_index
            or field.remote_field
            or field.db_parameters(self.connection)["check"]
            or opts.indexes
            or opts.constraints
            or any(field.name in names for names in (*opts.unique_together, *getattr(opts, "index_together", ())))
            or any(getattr(other, "generated", False) or references.is_reference(other) for other in opts.local_fields)
        )

    def _alter_field(
        self, model: Any, old_field: Any, new_field: Any, old_type: str, new_type: str, strict: bool = False
    ) -> None:
        if (
            old_field.column != new_field.column
            and self._same_but_for_name(old_field, new_field)
            and not (old_field.remote_field and old_field.db_constraint)
        ):
            # In place: checks and partial indexes are rewritten by SQLite itself.
            _, table = split_table_name(model._meta.db_table)
            self.emit(
                alembic_ddl.ColumnName(
                    table,
                    column_name(old_field.column),
                    column_name(new_field.column),
                )
            )
            old_quoted, new_quoted = self.quote_name(old_field.column), self.quote_name(new_field.column)
            quoted_table = self.quote_name(table)
            self.deferred_sql = [
                sql.replace(old_quoted, new_quoted) if quoted_table in sql else sql for sql in self.deferred_sql
            ]
            return
        quoted = self.quote_name(old_field.column)
        condition = gone_condition(self, quoted, old_field, new_field, changes_for(new_field).mapping)
        if condition is not None:
            refuse_values(self, self.quote_name(model._meta.db_table), quoted, condition)
        self._remake_table(model, alter_fields=[(old_field, new_field)])
        if old_field.unique and self._words_of_referring(old_field) != self._words_of_referring(new_field):
            self._remake_referring(model, new_field)

    def _words_of_referring(self, field: Any) -> tuple[Any, Any]:
        """Return type and collation of a column that refers to this one."""
        return field.rel_db_type(self.connection), field.db_parameters(self.connection).get("collation")

    def _remake_referring(self, model: Any, new_field: Any) -> None:
        """Make the tables anew whose foreign keys point to a column that has another type now."""
        seen = {model._meta.db_table}
        for related, _ in foreign_keys_to(new_field):
            if related._meta.db_table not in seen:
                seen.add(related._meta.db_table)
                self._remake_table(related)

    def _same_but_for_name(self, old_field: Any, new_field: Any) -> bool:
        _, old_path, old_args, old_kwargs = old_field.deconstruct()
        _, new_path, new_args, new_kwargs = new_field.deconstruct()
        for kwargs in (old_kwargs, new_kwargs):
            kwargs.pop("db_column", None)
            for attribute in old_field.non_db_attrs:
                kwargs.pop(attribute, None)
        return bool((old_path, old_args, old_kwargs) == (new_path, new_args, new_kwargs))

    def _alter_many_to_many(self, model: Any, old_field: Any, new_field: Any, strict: bool) -> None:
        old_through, new_through = old_field.remote_field.through, new_field.remote_field.through
        pairs = [
            (
                old_through._meta.get_field(old_field.m2m_reverse_field_name()),
                new_through._meta.get_field(new_field.m2m_reverse_field_name()),
            ),
            (
                old_through._meta.get_field(old_field.m2m_field_name()),
                new_through._meta.get_field(new_field.m2m_field_name()),
            ),
        ]
        if old_through._meta.db_table == new_through._meta.db_table:
            unique = [list(names) for names in new_through._meta.unique_together]
            self._remake_table(
                old_through, alter_fields=pairs, change=lambda options: options.update(unique_together=unique)
            )
            return
        # Another table with other columns: make it, and take the rows over.
        self.create_model(new_through)
        names = [(self.quote_name(old.column), self.quote_name(new.column)) for old, new in pairs]
        names.insert(0, (self.quote_name(old_through._meta.pk.column), self.quote_name(new_through._meta.pk.column)))
        old_columns, new_columns = (", ".join(columns) for columns in zip(*names, strict=True))
        self.execute(
            f"INSERT INTO {self.quote_name(new_through._meta.db_table)} ({new_columns}) "
            f"SELECT {old_columns} FROM {self.quote_name(old_through._meta.db_table)}",
            None,
        )
        self.delete_model(old_through)

    def alter_unique_together(self, model: Any, old_unique_together: Any, new_unique_together: Any) -> None:
        """Make the table anew with the new sets."""
        if {tuple(names) for names in old_unique_together} == {tuple(names) for names in new_unique_together}:
            return
        wanted = [list(names) for names in new_unique_together]
        self._remake_table(model, change=lambda options: options.update(unique_together=wanted))

    def add_constraint(self, model: Any, constraint: Any) -> None:
        """Add a constraint: an index in place, anything else by making the table anew."""
        if constraint.constraint_sql(model, self) is None:
            super().add_constraint(model, constraint)
            return

        def change(options: dict[str, Any]) -> None:
            if all(existing.name != constraint.name for existing in options["constraints"]):
                options["constraints"] = [*options["constraints"], constraint]

        self._remake_table(model, change=change)

    def remove_constraint(self, model: Any, constraint: Any) -> None:
        """Drop a constraint."""
        if constraint.constraint_sql(model, self) is None:
            super().remove_constraint(model, constraint)
            return

        def change(options: dict[str, Any]) -> None:
            options["constraints"] = [found for found in options["constraints"] if found.name != constraint.name]

        self._remake_table(model, change=change)
