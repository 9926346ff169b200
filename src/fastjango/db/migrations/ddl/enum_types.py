"""Types of ``EnumField`` on PostgreSQL: made with the first column, changed in place where that is possible, dropped with the last."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from fastjango.db.migrations.ddl.enums import (
    ValueChanges,
    case_sql,
    refuse_values,
    users_in_state,
    value_steps,
)
from fastjango.db.transaction import atomic

_LABELS = """
    SELECT e.enumlabel FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid
    WHERE t.typname = %s AND t.typnamespace::regnamespace::text = quote_ident(current_schema()) ORDER BY e.enumsortorder
"""
_TYPE = (
    "(SELECT oid FROM pg_type WHERE typname = %s AND typnamespace::regnamespace::text = quote_ident(current_schema()))"
)
_USED = f"""
    SELECT 1 FROM pg_depend WHERE refclassid = 'pg_type'::regclass AND deptype <> 'i'
    AND refobjid IN ({_TYPE}, (SELECT typarray FROM pg_type WHERE oid = {_TYPE})) LIMIT 1
"""
_COLUMNS = f"""
    SELECT a.attrelid::regclass::text, quote_ident(a.attname), a.atttypid <> t.oid, pg_get_expr(d.adbin, d.adrelid), a.attrelid, a.attnum
    FROM pg_type t JOIN pg_attribute a ON a.atttypid IN (t.oid, t.typarray)
    JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p') AND NOT c.relispartition
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE t.oid = {_TYPE} AND NOT a.attisdropped ORDER BY 1, 2
"""
# Partial and expression indexes, and checks, that name a column: their text holds the type.
_INDEXES = """
    SELECT DISTINCT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
    FROM pg_index i JOIN pg_depend p ON p.classid = 'pg_class'::regclass AND p.objid = i.indexrelid
        AND p.refclassid = 'pg_class'::regclass AND p.refobjid = i.indrelid AND p.refobjsubid = %s
    WHERE i.indrelid = %s AND (i.indpred IS NOT NULL OR i.indexprs IS NOT NULL)
        AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid)
"""
_CHECKS = """
    SELECT quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint
    WHERE conrelid = %s AND contype IN ('c', 'x') AND (%s = ANY(conkey) OR contype = 'x')
"""


class Column(NamedTuple):
    """A column of the type; names are quoted."""

    table: str
    name: str
    is_array: bool
    default: str | None
    table_oid: int
    number: int


class EnumTypes:
    """
    The enum types of one database.

    Args:
        editor: The schema editor; it sends, or collects.
    """

    def __init__(self, editor: Any) -> None:
        self.editor = editor
        self.collected: set[str] = set()
        # Values that were added in the transaction at work: PostgreSQL does not let it use them.
        self.fresh: dict[str, set[str]] = {}

    def _rows(self, sql: str, parameters: Sequence[Any]) -> list[Any]:
        with self.editor.connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return list(cursor.fetchall())

    def labels(self, name: str) -> list[str] | None:
        """Return the values of a type of the live database; None where there is no such type. Queries: 1."""
        return [row[0] for row in self._rows(_LABELS, [name])] or None

    def users(self, name: str) -> list[Column]:
        """Return the columns of a type. Queries: 1."""
        return [Column(*row) for row in self._rows(_COLUMNS, [name])]

    def _listed(self, values: Sequence[str]) -> str:
        return ", ".join(map(self.editor.quote_value, values))

    def _create(self, name: str, values: Sequence[str]) -> None:
        self.editor.execute(f"CREATE TYPE {self.editor.quote_name(name)} AS ENUM ({self._listed(values)})", None)

    def ensure(self, enum: Any, model: Any, fields: Collection[Any]) -> None:
        """Make the type of a new column unless it is there; values that it does not have yet are added."""
        name = enum.type_name
        if self.editor.collect_sql:
            if name not in self.collected and not users_in_state(model, name, without=fields):
                self._create(name, enum.values)
            self.collected.add(name)
            return
        current = self.labels(name)
        if current is None:
            self._create(name, enum.values)
        else:
            # Values that are too many go with the operation that says what becomes of them.
            more = any(value not in current for value in enum.values)
            kept = [value for value in current if value not in enum.values]
            wanted = [*enum.values, *kept] if more else current
            self.alter(name, current, wanted, ValueChanges(), [one.db_default for one in fields])

    def drop_unused(self, enum: Any, model: Any, fields: Collection[Any]) -> None:
        """Drop the type unless something still has it; *fields* are gone."""
        name = enum.type_name
        if self.editor.collect_sql:
            used = bool(users_in_state(model, name, without=fields))
        else:
            used = self.labels(name) is None or bool(self._rows(_USED, [name, name]))
        if not used:
            self.editor.execute(f"DROP TYPE {self.editor.quote_name(name)}", None)

    def rename(self, old: str, new: str) -> None:
        """Rename a type."""
        quote = self.editor.quote_name
        self.editor.execute(f"ALTER TYPE {quote(old)} RENAME TO {quote(new)}", None)

    # ------------------------------------------------------------ values

    def change_values(self, old: Any, new: Any, changes: ValueChanges, needed: Collection[Any]) -> None:
        """
        Give the type of two fields the values of the new one.

        Args:
            needed: Values that the same transaction uses, as defaults: they are usable at once in a new type only.

        Raises:
            ValuesInUseError: Rows have a value that goes, and nothing is said of it.
        """
        current = list(old.values) if self.editor.collect_sql else self.labels(new.type_name)
        if current is None:
            self._create(new.type_name, new.values)
        else:
            self.alter(new.type_name, current, list(new.values), changes, needed)

    def alter(
        self, name: str, current: list[str], wanted: list[str], changes: ValueChanges, needed: Collection[Any]
    ) -> None:
        """Rename and add values in place; make the type anew where that is not enough."""
        steps = value_steps(current, wanted, changes.renamed)
        type_name, quote = self.editor.quote_name(name), self.editor.quote_value
        for old, new in steps.renames:
            self.editor.execute(f"ALTER TYPE {type_name} RENAME VALUE {quote(old)} TO {quote(new)}", None)
        fresh = self.fresh.get(name, set()) | {value for value, _, _ in steps.additions}
        if not (self.editor.atomic_migration or self.editor.connection.in_atomic_block):
            fresh = set()
        used = any(isinstance(value, str) and value in fresh for value in needed)
        # What follows on the way back may be a check that names a value which comes back here.
        if steps.rebuild or used or (fresh and steps.additions and self.editor.takes_back_more):
            renames = dict(steps.renames)
            mapping = {old: new for old, new in changes.mapping.items() if old not in renames}
            self._rebuild(name, [renames.get(value, value) for value in current], wanted, mapping)
            self.fresh.pop(name, None)
            return
        self.fresh[name] = fresh
        for value, side, other in steps.additions:
            self.editor.execute(f"ALTER TYPE {type_name} ADD VALUE {quote(value)} {side} {quote(other)}", None)

    def _rebuild(self, name: str, current: list[str], wanted: list[str], mapping: dict[str, str | None]) -> None:
        """Make the type anew under its name, and let all columns of it follow."""
        gone = [value for value in current if value not in wanted and value not in mapping]
        # One that was killed in its middle must leave a type behind.
        with atomic(self.editor.connection.alias):
            columns = self.users(name)
            for column in columns:
                self._refuse(column, gone)
            waiting = self._take_off(columns)
            old_name = f"{name[:58]}__old"
            self.rename(name, old_name)
            self._create(name, wanted)
            for column in columns:
                self._follow(column, name, mapping, gone)
            self.editor.execute(f"DROP TYPE {self.editor.quote_name(old_name)}", None)
            for sql in waiting:
                self.editor.execute(sql, None)

    def _refuse(self, column: Column, gone: list[str]) -> None:
        if not gone:
            return
        text = "item" if column.is_array else column.name
        refuse_values(self.editor, column.table, column.name, f"{text} IN ({self._listed(gone)})", text)

    def _take_off(self, columns: list[Column]) -> list[str]:
        """Drop indexes and checks that name the type; returns the statements that put them on again."""
        indexes: dict[str, str] = {}
        checks: dict[tuple[str, str], str] = {}
        for column in columns:
            indexes.update(self._rows(_INDEXES, [column.number, column.table_oid]))
            for constraint, definition in self._rows(_CHECKS, [column.table_oid, column.number]):
                checks[column.table, constraint] = definition
        for table, constraint in checks:
            self.editor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}", None)
        for index in indexes:
            self.editor.execute(f"DROP INDEX {index}", None)
        added = [f"ALTER TABLE {table} ADD CONSTRAINT {name} {text}" for (table, name), text in checks.items()]
        return [*indexes.values(), *added]

    def _follow(self, column: Column, name: str, mapping: dict[str, str | None], gone: list[str]) -> None:
        table, own, type_name = column.table, column.name, self.editor.quote_name(name)
        alter = f"ALTER TABLE {table} ALTER COLUMN {own}"
        if column.default is not None:
            self.editor.execute(f"{alter} DROP DEFAULT", None)
        using = value_sql(self.editor, own, mapping, is_array=column.is_array)
        brackets = "[]" if column.is_array else ""
        self.editor.execute(f"{alter} TYPE {type_name}{brackets} USING ({using})::{type_name}{brackets}", None)
        default = column.default
        for old, new in mapping.items():
            if default is not None and new is not None:
                default = default.replace(f"{self.editor.quote_value(old)}::", f"{self.editor.quote_value(new)}::")
        lost = [*gone, *(old for old, new in mapping.items() if new is None)]
        if default is not None and not any(f"{self.editor.quote_value(value)}::" in default for value in lost):
            self.editor.execute(f"{alter} SET DEFAULT {default}", None)


def value_sql(editor: Any, column: str, mapping: dict[str, str | None], *, is_array: bool) -> str:
    """Return a quoted column as text, or as an array of texts, with values of *mapping* replaced."""
    if not is_array:
        return case_sql(editor, f"{column}::text", mapping)
    text = f"{column}::text[]"
    for old, new in mapping.items():
        text = f"array_replace({text}, {editor.quote_value(old)}, {editor.quote_value(new)})"
    return text


__all__ = ["EnumTypes", "value_sql"]
