"""``inspectdb``: write models for the tables of a database."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from fastjango.core.management.base import BaseCommand, CommandError, CommandParser
from fastjango.db import DEFAULT_DB_ALIAS, connections
from fastjango.db.models.constants import LOOKUP_SEP

HEADER = """\
# Models written by inspectdb, a start to be put right by hand:
#   * Put the models into an order in which each one follows those it refers to.
#   * Look that every model has one field (or CompositePrimaryKey) that is its primary key.
#   * Say what shall happen on deletion: on_delete of each ForeignKey and OneToOneField.
#   * Remove `managed = False` where migrations shall make, change and delete the table.
# Models and fields may be renamed; leave db_table and db_column as they are."""

GUESSED_DECIMAL = "max_digits and decimal_places have been guessed, as this database handles decimal fields as float"


@dataclass
class Table:
    """What the database says about one table."""

    name: str
    relations: dict[str, tuple[str, str]]
    constraints: dict[str, Any]
    primary_key: list[str]
    columns: list[Any]
    kind: str = "t"
    comment: str | None = None
    enums: dict[str, dict[str, Any]] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)
    """Column name -> field name, filled while the fields are written."""

    def __post_init__(self) -> None:
        keys = [one["columns"] for one in self.constraints.values() if one["foreign_key"]]
        alone = {columns[0] for columns in keys if len(columns) == 1}
        shared = {column for columns in keys if len(columns) > 1 for column in columns} - alone
        self.targets = {column: target for column, (target, _table) in self.relations.items()}
        self.relations = {column: target for column, target in self.relations.items() if column not in shared}

    @property
    def wide_keys(self) -> list[tuple[list[str], str]]:
        """The foreign keys over several columns: these, and the other table."""
        return [
            (one["columns"], one["foreign_key"][0])
            for one in self.constraints.values()
            if one["foreign_key"] and len(one["columns"]) > 1
        ]

    @property
    def unique_columns(self) -> set[str]:
        """The columns that are unique on their own."""
        return {
            constraint["columns"][0]
            for constraint in self.constraints.values()
            if constraint["unique"] and len(constraint["columns"]) == 1 and constraint["columns"][0] is not None
        }


class Command(BaseCommand):
    """Print the source of a models module."""

    help = "Introspects the database tables in the given database and outputs a Django model module."
    requires_system_checks: Any = []
    stealth_options = ("table_name_filter",)
    db_module = "fastjango.db"

    def add_arguments(self, parser: CommandParser) -> None:
        """Choose tables and the database."""
        parser.add_argument("table", nargs="*", type=str, help="Selects what tables or views should be introspected.")
        parser.add_argument(
            "--database",
            default=DEFAULT_DB_ALIAS,
            choices=tuple(connections),
            help='Nominates a database to introspect. Defaults to using the "default" database.',
        )
        parser.add_argument(
            "--include-partitions", action="store_true", help="Also output models for partition tables."
        )
        parser.add_argument("--include-views", action="store_true", help="Also output models for database views.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the module."""
        try:
            for line in self.handle_inspection(options):
                self.stdout.write(line)
        except NotImplementedError as exc:
            raise CommandError(
                "Database inspection isn't supported for the currently selected database backend."
            ) from exc

    def handle_inspection(self, options: dict[str, Any]) -> Iterator[str]:
        """Yield the lines of the module."""
        connection = connections[options["database"]]
        wanted = options.get("table_name_filter")
        yield HEADER
        yield f"from {self.db_module} import models"
        known: list[str] = []
        with connection.cursor() as cursor:
            infos = connection.introspection.get_table_list(cursor)
            kinds = {"t"}
            kinds |= {"p"} if options["include_partitions"] else set()
            kinds |= {"v"} if options["include_views"] else set()
            infos_by_name = {info.name: info for info in infos}
            names = options["table"] or sorted(info.name for info in infos if info.type in kinds)
            for name in names:
                if callable(wanted) and not wanted(name):
                    continue
                try:
                    table = self.read_table(connection, cursor, name, infos_by_name.get(name))
                except Exception as exc:  # noqa: BLE001 - one table that cannot be read is said and left out
                    yield f"# Unable to inspect table '{name}'"
                    yield f"# The error was: {exc}"
                    continue
                yield ""
                yield ""
                yield f"class {self.model_name(name)}(models.Model):"
                known.append(self.model_name(name))
                yield from self.get_fields(connection, cursor, table, known)
                yield from self.get_meta(
                    name, table.constraints, table.fields, table.kind == "v", table.kind == "p", table.comment
                )

    def read_table(self, connection: Any, cursor: Any, name: str, info: Any) -> Table:
        """Return what the database says about a table; what it cannot say is left out."""
        introspection = connection.introspection
        try:
            relations = introspection.get_relations(cursor, name)
        except NotImplementedError:
            relations = {}
        try:
            constraints = introspection.get_constraints(cursor, name)
        except NotImplementedError:
            constraints = {}
        return Table(
            name=name,
            relations=relations,
            constraints=constraints,
            primary_key=introspection.get_primary_key_columns(cursor, name) or [],
            columns=introspection.get_table_description(cursor, name),
            kind=info.type if info else "t",
            enums=introspection.get_enums(cursor, name),
            comment=(getattr(info, "comment", None) or None) if connection.features.supports_comments else None,
        )

    # -- fields

    def get_fields(self, connection: Any, cursor: Any, table: Table, known: list[str]) -> Iterator[str]:
        """Yield a line for each field."""
        used_names: list[str] = []
        used_relations: set[str] = set()
        lines: list[str] = []
        for row in table.columns:
            is_relation = row.name in table.relations
            name, params, notes = self.normalize_col_name(row.name, used_names, is_relation)
            used_names.append(name)
            table.fields[row.name] = name
            if table.primary_key == [row.name]:
                params["primary_key"] = True
            elif row.name in table.unique_columns:
                params["unique"] = True
            if is_relation:
                call = self._relation(connection, cursor, table, row.name, name, params, known, used_relations)
            else:
                remarks: list[str]
                if row.name in table.enums:
                    field_type, more, remarks = "EnumField", table.enums[row.name], []
                else:
                    field_type, more, remarks = self.get_field_type(connection, table.name, row)
                params.update(more)
                notes.extend(remarks)
                if name == "id" and field_type == "AutoField" and params == {"primary_key": True}:
                    # Every model has such a key of itself.
                    continue
                call = field_type if "." in field_type else f"models.{field_type}"
                call += "("
            if row.null_ok and not params.get("primary_key"):
                params["blank"] = True
                params["null"] = True
            if connection.features.supports_comments and getattr(row, "comment", None):
                params["db_comment"] = row.comment
            arguments = ", ".join(f"{option}={value!r}" for option, value in params.items())
            between = ", " if arguments and not call.endswith("(") else ""
            remark = f"  # {' '.join(notes)}" if notes else ""
            lines.append(f"    {name} = {call}{between}{arguments}){remark}")
        if len(table.primary_key) > 1:
            parts = ", ".join(repr(table.fields[column]) for column in table.primary_key)
            yield f"    pk = models.CompositePrimaryKey({parts})"
        yield from lines
        for columns, target in table.wide_keys:
            yield self._wide_relation(connection, cursor, table, columns, target, used_names)

    def _wide_relation(
        self, connection: Any, cursor: Any, table: Table, columns: list[str], target: str, used_names: list[str]
    ) -> str:
        """Return the line of a foreign key over several columns."""
        name, _, _ = self.normalize_col_name(target, used_names, is_relation=False)
        used_names.append(name)
        own = tuple(table.fields[column] for column in columns)
        key = connection.introspection.get_primary_key_columns(cursor, target) or []
        # Databases may tell the target of the first column only.
        told = [table.targets.get(column) for column in columns]
        options = f"from_fields={own!r}"
        if len(key) != len(columns) or any(one not in (None, part) for one, part in zip(told, key, strict=True)):
            if None in told:
                return f"    # A foreign key to {target!r} over {own!r} could not be introspected."
            options += f", to_fields={tuple(told)!r}"
        model = "self" if target == table.name else self.model_name(target)
        return f"    {name} = models.CompositeForeignKey({model!r}, models.DO_NOTHING, {options})"

    def _relation(
        self,
        connection: Any,
        cursor: Any,
        table: Table,
        column: str,
        name: str,
        params: dict[str, Any],
        known: list[str],
        used: set[str],
    ) -> str:
        """Return the beginning of a relation's call; *params* gets its options."""
        target_column, target_table = table.relations[column]
        unique = params.pop("unique", False) or params.get("primary_key")
        kind = "OneToOneField" if unique else "ForeignKey"
        model = "self" if target_table == table.name else self.model_name(target_table)
        if target_column and target_column != connection.introspection.get_primary_key_column(cursor, target_table):
            params["to_field"] = target_column
        if model in used:
            own = self.model_name(table.name).lower()
            params["related_name"] = f"{own}_{name}_set"
        used.add(model)
        # A model further down has no name yet.
        target = model if model in known and model != "self" else repr(model)
        return f"models.{kind}({target}, models.DO_NOTHING"

    def get_field_type(self, connection: Any, table_name: str, row: Any) -> tuple[str, dict[str, Any], list[str]]:
        """Return the name of a column's field class, its options and remarks about them."""
        params: dict[str, Any] = {}
        notes: list[str] = []
        try:
            field_type = connection.introspection.get_field_type(row.type_code, row)
        except KeyError:
            field_type = "TextField"
            notes.append("This field type is a guess.")
        if isinstance(field_type, tuple):
            field_type, more = field_type
            params.update(more)
        if field_type == "CharField" and row.display_size and int(row.display_size) > 0:
            params["max_length"] = int(row.display_size)
        if field_type in {"CharField", "TextField"} and row.collation:
            params["db_collation"] = row.collation
        if field_type == "DecimalField":
            if row.precision is None or row.scale is None:
                notes.append(GUESSED_DECIMAL)
            params["max_digits"] = row.precision if row.precision is not None else 10
            params["decimal_places"] = row.scale if row.scale is not None else 5
        return field_type, params, notes

    # -- names

    def normalize_table_name(self, table_name: str) -> str:
        """Return the model's name for a table."""
        return re.sub(r"[^a-zA-Z0-9]", "", table_name.title())

    def model_name(self, table_name: str) -> str:
        """Return the model's name; one that Python would not take gets a word in front."""
        name = self.normalize_table_name(table_name)
        return name if name.isidentifier() and not keyword.iskeyword(name) else f"Model{name}"

    def normalize_col_name(
        self, col_name: str, used_column_names: list[str], is_relation: bool
    ) -> tuple[str, dict[str, Any], list[str]]:
        """
        Return a field name for a column, the options it makes necessary, and remarks.

        Args:
            used_column_names: Names that the model's other fields have already.
        """
        notes: list[str] = []
        name = col_name.lower()
        if name != col_name:
            notes.append("Field name made lowercase.")
        without_id = is_relation and name.endswith("_id") and len(name) > len("_id")
        if without_id:
            name = name.removesuffix("_id")
        plain = re.sub(r"\W", "_", name)
        if plain != name:
            notes.append("Field renamed to remove unsuitable characters.")
        # Two underscores are the separator of lookups.
        name = re.sub("_{2,}", "_", plain)
        if LOOKUP_SEP in col_name:
            notes.append("Field renamed because it contained more than one '_' in a row.")
        if name.startswith("_"):
            name = f"field{name}"
            notes.append("Field renamed because it started with '_'.")
        if name.endswith("_"):
            name = f"{name}field"
            notes.append("Field renamed because it ended with '_'.")
        if keyword.iskeyword(name):
            name += "_field"
            notes.append("Field renamed because it was a Python reserved word.")
        if name[:1].isdigit():
            name = f"number_{name}"
            notes.append("Field renamed because it wasn't a valid Python identifier.")
        if name in used_column_names:
            number = 0
            while f"{name}_{number}" in used_column_names:
                number += 1
            name = f"{name}_{number}"
            notes.append("Field renamed because of name conflict.")
        column = f"{name}_id" if is_relation else name
        params = {"db_column": col_name} if column != col_name else {}
        return name, params, notes

    # -- Meta

    def get_meta(
        self,
        table_name: str,
        constraints: dict[str, Any],
        column_to_field_name: dict[str, str],
        is_view: bool,
        is_partition: bool,
        comment: str | None,
    ) -> list[str]:
        """Return the lines of the class ``Meta``."""
        together: list[tuple[str, ...]] = []
        unreadable = False
        for constraint in constraints.values():
            if not constraint["unique"] or constraint["primary_key"]:
                continue
            columns = constraint["columns"]
            if None in columns:
                unreadable = True
            elif len(columns) > 1:
                together.append(tuple(column_to_field_name[column] for column in columns))
        origin = "  # Created from a view." if is_view else "  # Created from a partition." if is_partition else ""
        lines = [""]
        if unreadable:
            lines.append("    # A unique constraint could not be introspected.")
        lines += ["    class Meta:", f"        managed = False{origin}", f"        db_table = {table_name!r}"]
        if together:
            listed = ", ".join(f"({', '.join(map(repr, names))})" for names in together)
            lines.append(f"        unique_together = ({listed},)")
        if comment:
            lines.append(f"        db_table_comment = {comment!r}")
        return lines


__all__ = ["Command"]
