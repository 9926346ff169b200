"""``connection.introspection`` for PostgreSQL, read from its catalogue."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

from fastjango.db.backends.base.introspection import BaseDatabaseIntrospection

FieldInfo = namedtuple(
    "FieldInfo",
    [
        "name",
        "type_code",
        "display_size",
        "internal_size",
        "precision",
        "scale",
        "null_ok",
        "default",
        "collation",
        "is_autofield",
        "comment",
    ],
)
TableInfo = namedtuple("TableInfo", ["name", "type", "comment"])

INTEGERS = {"BigIntegerField": "BigAutoField", "IntegerField": "AutoField", "SmallIntegerField": "SmallAutoField"}

TABLES = """
    SELECT c.relname,
        CASE WHEN c.relispartition THEN 'p' WHEN c.relkind IN ('m', 'v') THEN 'v' ELSE 't' END,
        obj_description(c.oid, 'pg_class')
    FROM pg_catalog.pg_class c
    WHERE c.relkind IN ('f', 'm', 'p', 'r', 'v') AND pg_catalog.pg_table_is_visible(c.oid)
        AND c.relnamespace NOT IN (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname IN ('pg_catalog', 'pg_toast'))
"""
COLUMNS = """
    SELECT a.attname, NOT (a.attnotnull OR (t.typtype = 'd' AND t.typnotnull)),
        pg_get_expr(d.adbin, d.adrelid), CASE WHEN a.attcollation = t.typcollation THEN NULL ELSE co.collname END,
        a.attidentity != '', col_description(a.attrelid, a.attnum)
    FROM pg_attribute a
    LEFT JOIN pg_attrdef d ON a.attrelid = d.adrelid AND a.attnum = d.adnum
    LEFT JOIN pg_collation co ON a.attcollation = co.oid
    JOIN pg_type t ON a.atttypid = t.oid
    JOIN pg_class c ON a.attrelid = c.oid
    WHERE c.relkind IN ('f', 'm', 'p', 'r', 'v') AND c.relname = %s AND a.attnum > 0 AND NOT a.attisdropped
        AND pg_catalog.pg_table_is_visible(c.oid)
"""
SEQUENCES = """
    SELECT s.relname, a.attname
    FROM pg_class s
    JOIN pg_depend d ON d.objid = s.oid AND d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
    JOIN pg_attribute a ON d.refobjid = a.attrelid AND d.refobjsubid = a.attnum
    JOIN pg_class t ON t.oid = d.refobjid AND t.relname = %s
    WHERE s.relkind = 'S' AND pg_catalog.pg_table_is_visible(t.oid)
"""
RELATIONS = """
    SELECT a1.attname, c2.relname, a2.attname
    FROM pg_constraint con
    LEFT JOIN pg_class c1 ON con.conrelid = c1.oid
    LEFT JOIN pg_class c2 ON con.confrelid = c2.oid
    LEFT JOIN pg_attribute a1 ON c1.oid = a1.attrelid AND a1.attnum = con.conkey[1]
    LEFT JOIN pg_attribute a2 ON c2.oid = a2.attrelid AND a2.attnum = con.confkey[1]
    WHERE c1.relname = %s AND con.contype = 'f' AND pg_catalog.pg_table_is_visible(c1.oid)
"""
CONSTRAINTS = """
    SELECT c.conname,
        array(SELECT attname FROM unnest(c.conkey) WITH ORDINALITY cols(colid, arridx)
              JOIN pg_attribute ca ON cols.colid = ca.attnum WHERE ca.attrelid = c.conrelid ORDER BY cols.arridx),
        c.contype,
        (SELECT fkc.relname || '.' || fka.attname FROM pg_attribute fka JOIN pg_class fkc ON fka.attrelid = fkc.oid
         WHERE fka.attrelid = c.confrelid AND fka.attnum = c.confkey[1]),
        cl.reloptions
    FROM pg_constraint c
    JOIN pg_class cl ON c.conrelid = cl.oid
    WHERE cl.relname = %s AND pg_catalog.pg_table_is_visible(cl.oid)
"""
INDEXES = """
    SELECT idx_name, array_agg(attname ORDER BY arridx), indisunique, indisprimary,
        array_agg(ordering ORDER BY arridx), amname, exprdef, options
    FROM (
        SELECT c2.relname AS idx_name, idx.*, attr.attname, am.amname,
            CASE WHEN idx.indexprs IS NOT NULL THEN pg_get_indexdef(idx.indexrelid) END AS exprdef,
            CASE am.amname WHEN 'btree' THEN CASE (opt & 1) WHEN 1 THEN 'DESC' ELSE 'ASC' END END AS ordering,
            c2.reloptions AS options
        FROM (SELECT * FROM pg_index i, unnest(i.indkey, i.indoption) WITH ORDINALITY koi(key, opt, arridx)) idx
        LEFT JOIN pg_class c ON idx.indrelid = c.oid
        LEFT JOIN pg_class c2 ON idx.indexrelid = c2.oid
        LEFT JOIN pg_am am ON c2.relam = am.oid
        LEFT JOIN pg_attribute attr ON attr.attrelid = c.oid AND attr.attnum = idx.key
        WHERE c.relname = %s AND pg_catalog.pg_table_is_visible(c.oid)
    ) s
    GROUP BY idx_name, indisunique, indisprimary, amname, exprdef, options
"""
ENUMS = """
    SELECT a.attname, array_agg(e.enumlabel::text ORDER BY e.enumsortorder), t.typname
    FROM pg_attribute a
    JOIN pg_type t ON t.oid = a.atttypid
    JOIN pg_enum e ON e.enumtypid = t.oid
    JOIN pg_class c ON c.oid = a.attrelid
    WHERE c.relname = %s AND pg_catalog.pg_table_is_visible(c.oid) AND NOT a.attisdropped GROUP BY a.attname, t.typname
"""


class DatabaseIntrospection(BaseDatabaseIntrospection):
    """Questions about a PostgreSQL schema."""

    data_types_reverse: dict[Any, str] = {
        16: "BooleanField",
        17: "BinaryField",
        20: "BigIntegerField",
        21: "SmallIntegerField",
        23: "IntegerField",
        25: "TextField",
        700: "FloatField",
        701: "FloatField",
        869: "GenericIPAddressField",
        1042: "CharField",
        1043: "CharField",
        1082: "DateField",
        1083: "TimeField",
        1114: "DateTimeField",
        1184: "DateTimeField",
        1186: "DurationField",
        1266: "TimeField",
        1700: "DecimalField",
        2950: "UUIDField",
        3802: "JSONField",
    }
    ignored_tables: list[str] = []
    on_delete_types = {"a": "NO ACTION", "c": "CASCADE", "d": "SET DEFAULT", "n": "SET NULL", "r": "RESTRICT"}

    def get_field_type(self, data_type: Any, description: Any) -> Any:
        """Return the name of the field class for a column."""
        field_type = super().get_field_type(data_type, description)
        if description.is_autofield or (description.default and "nextval" in description.default):
            return INTEGERS.get(field_type, field_type)
        return field_type

    def get_table_list(self, cursor: Any) -> list[Any]:
        """Return tables, partitions and views."""
        cursor.execute(TABLES)
        return [TableInfo(*row) for row in cursor.fetchall() if row[0] not in self.ignored_tables]

    def get_table_description(self, cursor: Any, table_name: str) -> list[Any]:
        """Return the columns of a table."""
        cursor.execute(COLUMNS, [table_name])
        columns = {row[0]: row[1:] for row in cursor.fetchall()}
        cursor.execute(f"SELECT * FROM {self.connection.ops.quote_name(table_name)} LIMIT 1")
        return [
            FieldInfo(
                line.name,
                line.type_code,
                # The driver knows no size of a column's content.
                line.display_size if line.internal_size is None else line.internal_size,
                line.internal_size if line.internal_size is not None else line.display_size,
                line.precision,
                line.scale,
                *columns[line.name],
            )
            for line in cursor.description
        ]

    def get_enums(self, cursor: Any, table_name: str) -> dict[str, dict[str, Any]]:
        """Return the columns of enum types."""
        cursor.execute(ENUMS, [table_name])
        return {column: {"values": values, "type_name": name} for column, values, name in cursor.fetchall()}

    def get_sequences(self, cursor: Any, table_name: str, table_fields: Any = ()) -> list[dict[str, Any]]:
        """Return the sequences of a table, serial and identity."""
        cursor.execute(SEQUENCES, [table_name])
        return [{"name": row[0], "table": table_name, "column": row[1]} for row in cursor.fetchall()]

    def get_relations(self, cursor: Any, table_name: str) -> dict[str, tuple[str, str]]:
        """Return the foreign keys: ``{column: (other column, other table)}``."""
        cursor.execute(RELATIONS, [table_name])
        return {column: (target, other) for column, other, target in cursor.fetchall()}

    def get_constraints(self, cursor: Any, table_name: str) -> dict[str, dict[str, Any]]:
        """Return constraints and indexes by name."""
        found: dict[str, dict[str, Any]] = {}
        cursor.execute(CONSTRAINTS, [table_name])
        for name, columns, kind, target, options in cursor.fetchall():
            found[name] = {
                "columns": columns,
                "primary_key": kind == "p",
                "unique": kind in {"p", "u"},
                "foreign_key": tuple(target.split(".", 1)) if kind == "f" else None,
                "check": kind == "c",
                "index": False,
                "definition": None,
                "options": options,
            }
        cursor.execute(INDEXES, [table_name])
        for name, columns, unique, primary, orders, kind, definition, options in cursor.fetchall():
            if name in found:
                continue
            # An index with a name or options of BTreeIndex is one of that class.
            plain = kind == "btree" and not name.endswith("_btree") and options is None
            found[name] = {
                "columns": columns if columns != [None] else [],
                "orders": orders if any(orders) else [],
                "primary_key": primary,
                "unique": unique,
                "foreign_key": None,
                "check": False,
                "index": True,
                "type": "idx" if plain else kind,
                "definition": definition,
                "options": options,
            }
        return found
