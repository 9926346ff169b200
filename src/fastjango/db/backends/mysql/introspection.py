"""``connection.introspection`` for MariaDB and MySQL, read from ``information_schema``."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

from pymysql.constants import FIELD_TYPE

from fastjango.db.backends.base.introspection import BaseDatabaseIntrospection, quoted_words

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
        "extra",
        "is_unsigned",
        "has_json_constraint",
        "comment",
        "data_type",
    ],
)
TableInfo = namedtuple("TableInfo", ["name", "type", "comment"])

# The table's own collation is nothing that its column has said.
COLUMNS = """
    SELECT c.column_name, c.column_default, NULLIF(c.collation_name, t.table_collation), c.extra,
        c.column_type LIKE '%% unsigned', c.column_comment, c.data_type, c.numeric_precision, c.numeric_scale,
        c.character_maximum_length, c.is_nullable
    FROM information_schema.columns AS c
    LEFT JOIN information_schema.tables AS t ON t.table_name = c.table_name AND t.table_schema = c.table_schema
    WHERE c.table_name = %s AND c.table_schema = DATABASE() ORDER BY c.ordinal_position
"""
KEYS = """
    SELECT kc.constraint_name, kc.column_name,
        IF(kc.referenced_table_schema = DATABASE(), kc.referenced_table_name, NULL),
        kc.referenced_column_name, c.constraint_type
    FROM information_schema.key_column_usage AS kc
    JOIN information_schema.table_constraints AS c ON kc.table_schema = c.table_schema
        AND c.constraint_name = kc.constraint_name AND c.table_name = kc.table_name
    WHERE kc.table_schema = DATABASE() AND kc.table_name = %s ORDER BY kc.ordinal_position
"""
# Keys that lead to another database are nobody's relation here.
RELATIONS = """
    SELECT column_name, referenced_column_name, referenced_table_name
    FROM information_schema.key_column_usage
    WHERE table_name = %s AND table_schema = DATABASE() AND referenced_table_schema = DATABASE()
"""
CHECKS = """
    SELECT constraint_name, check_clause FROM information_schema.check_constraints
    WHERE constraint_schema = DATABASE() AND table_name = %s
"""
ENUMS = """
    SELECT column_name, column_type FROM information_schema.columns
    WHERE table_name = %s AND table_schema = DATABASE() AND data_type = 'enum'
"""


class DatabaseIntrospection(BaseDatabaseIntrospection):
    """Questions about a MariaDB or MySQL schema."""

    data_types_reverse: dict[Any, str] = {
        FIELD_TYPE.BLOB: "TextField",
        FIELD_TYPE.STRING: "CharField",
        FIELD_TYPE.VAR_STRING: "CharField",
        FIELD_TYPE.VARCHAR: "CharField",
        FIELD_TYPE.NEWDECIMAL: "DecimalField",
        FIELD_TYPE.DECIMAL: "DecimalField",
        FIELD_TYPE.DATE: "DateField",
        FIELD_TYPE.DATETIME: "DateTimeField",
        FIELD_TYPE.TIMESTAMP: "DateTimeField",
        FIELD_TYPE.DOUBLE: "FloatField",
        FIELD_TYPE.FLOAT: "FloatField",
        FIELD_TYPE.INT24: "IntegerField",
        FIELD_TYPE.LONG: "IntegerField",
        FIELD_TYPE.LONGLONG: "BigIntegerField",
        FIELD_TYPE.SHORT: "SmallIntegerField",
        FIELD_TYPE.TINY: "IntegerField",
        FIELD_TYPE.TIME: "TimeField",
        FIELD_TYPE.JSON: "JSONField",
        FIELD_TYPE.LONG_BLOB: "TextField",
    }

    def get_field_type(self, data_type: Any, description: Any) -> Any:
        """Return the name of the field class for a column."""
        if description.data_type == "uuid":
            return "UUIDField"
        field_type = super().get_field_type(data_type, description)
        if "auto_increment" in description.extra:
            return {
                "IntegerField": "AutoField",
                "BigIntegerField": "BigAutoField",
                "SmallIntegerField": "SmallAutoField",
            }.get(field_type, field_type)
        if description.is_unsigned:
            return f"Positive{field_type}" if field_type.endswith("IntegerField") else field_type
        return "JSONField" if description.has_json_constraint else field_type

    def get_table_list(self, cursor: Any) -> list[Any]:
        """Return tables and views."""
        cursor.execute(
            "SELECT table_name, table_type, table_comment FROM information_schema.tables "
            "WHERE table_schema = DATABASE()"
        )
        kinds = {"BASE TABLE": "t", "VIEW": "v"}
        return [TableInfo(name, kinds.get(kind), comment) for name, kind, comment in cursor.fetchall()]

    def get_table_description(self, cursor: Any, table_name: str) -> list[Any]:
        """Return the columns of a table."""
        cursor.execute(CHECKS, [table_name])
        clauses = " ".join(str(clause).lower() for _, clause in cursor.fetchall())
        cursor.execute(COLUMNS, [table_name])
        columns = {row[0]: row for row in cursor.fetchall()}
        cursor.execute(f"SELECT * FROM {self.connection.ops.quote_name(table_name)} LIMIT 1")
        described = []
        for line in cursor.description:
            row = columns[line[0]]
            default = None if row[1] in {None, "NULL"} else row[1]
            described.append(
                FieldInfo(
                    line[0],
                    line[1],
                    row[9],
                    row[9],
                    row[7],
                    row[8],
                    row[10] == "YES",
                    default,
                    row[2],
                    row[3],
                    bool(row[4]),
                    f"json_valid(`{line[0].lower()}`)" in clauses,
                    row[5],
                    row[6],
                )
            )
        return described

    def get_enums(self, cursor: Any, table_name: str) -> dict[str, dict[str, Any]]:
        """Return the columns of enum types; a name for the type is made up."""
        cursor.execute(ENUMS, [table_name])
        return {
            column: {"values": quoted_words(column_type), "type_name": f"{table_name}_{column}"}
            for column, column_type in cursor.fetchall()
        }

    def get_sequences(self, cursor: Any, table_name: str, table_fields: Any = ()) -> list[dict[str, Any]]:
        """Return the numbered column of a table."""
        for info in self.get_table_description(cursor, table_name):
            if "auto_increment" in info.extra:
                return [{"table": table_name, "column": info.name}]
        return []

    def get_relations(self, cursor: Any, table_name: str) -> dict[str, tuple[str, str]]:
        """Return the foreign keys: ``{column: (other column, other table)}``."""
        cursor.execute(RELATIONS, [table_name])
        return {column: (other_column, other) for column, other_column, other in cursor.fetchall()}

    def get_storage_engine(self, cursor: Any, table_name: str) -> str:
        """Return the name of the table's engine; the default one's for a table that is not there."""
        cursor.execute(
            "SELECT engine FROM information_schema.tables WHERE table_name = %s AND table_schema = DATABASE()",
            [table_name],
        )
        row = cursor.fetchone()
        if row is None:
            cursor.execute("SELECT engine FROM information_schema.engines WHERE support = 'DEFAULT'")
            row = cursor.fetchone()
        return str(row[0])

    def get_constraints(self, cursor: Any, table_name: str) -> dict[str, dict[str, Any]]:
        """Return constraints and indexes by name."""
        found: dict[str, dict[str, Any]] = {}
        cursor.execute(KEYS, [table_name])
        for name, column, other, other_column, kind in cursor.fetchall():
            entry = found.setdefault(
                name,
                {
                    "columns": [],
                    "primary_key": kind == "PRIMARY KEY",
                    "unique": kind in {"PRIMARY KEY", "UNIQUE"},
                    "index": False,
                    "check": False,
                    "foreign_key": (other, other_column) if other else None,
                },
            )
            entry["columns"].append(column)
        cursor.execute(CHECKS, [table_name])
        known = {info.name for info in self.get_table_description(cursor, table_name)}
        cursor.execute(CHECKS, [table_name])
        for name, clause in cursor.fetchall():
            found[name] = {
                "columns": sorted(column for column in known if f"`{column}`" in str(clause)),
                "primary_key": False,
                "unique": False,
                "index": False,
                "check": True,
                "foreign_key": None,
            }
        cursor.execute(f"SHOW INDEX FROM {self.connection.ops.quote_name(table_name)}")
        for row in cursor.fetchall():
            unique, name, column, order, kind = not row[1], row[2], row[4], row[5], row[10]
            entry = found.setdefault(
                name,
                {
                    "columns": [],
                    "primary_key": False,
                    "unique": unique,
                    "check": False,
                    "foreign_key": None,
                },
            )
            entry["index"] = True
            entry["type"] = "idx" if kind == "BTREE" else kind.lower()
            entry.setdefault("orders", []).append("DESC" if order == "D" else "ASC")
            if column not in entry["columns"]:
                entry["columns"].append(column)
        return found
