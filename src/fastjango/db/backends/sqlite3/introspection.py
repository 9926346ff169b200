"""``connection.introspection`` for SQLite, read from its pragmas and from ``sqlite_master``."""

from __future__ import annotations

import re
from collections import namedtuple
from typing import Any

from fastjango.db.backends.base.introspection import BaseDatabaseIntrospection, TableInfo, quoted_words
from fastjango.db.errors import DatabaseError

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
        "pk",
        "has_json_constraint",
    ],
)

_SIZE = re.compile(r"^\s*(?:n?(?:var)?char|character varying)\s*\(\s*(\d+)\s*\)\s*$", re.IGNORECASE)
_NAMED = re.compile(r'CONSTRAINT\s+("(?:[^"]|"")+"|\[[^\]]+\]|`[^`]+`|\w+)\s+(UNIQUE|CHECK)\b', re.IGNORECASE)
# The whole check of an EnumField.
_LISTED = re.compile(r"""CHECK\s*\(("(?:[^"]|"")+") IN \(((?:'(?:[^']|'')*'(?:, )?)+)\)\)""")


def get_field_size(name: str) -> int | None:
    """Return the length in ``varchar(30)``, or ``None``."""
    match = _SIZE.match(name)
    return int(match[1]) if match else None


class FlexibleFieldLookupDict:
    """Column type -> field class, whatever the type's length and case."""

    def __init__(self, types: dict[str, str]) -> None:
        self.base_data_types_reverse = types

    def __getitem__(self, key: str) -> str:
        """Return the field class."""
        return self.base_data_types_reverse[key.lower().split("(", 1)[0].strip()]


class DatabaseIntrospection(BaseDatabaseIntrospection):
    """Questions about a SQLite schema."""

    data_types_reverse: Any = FlexibleFieldLookupDict(
        {
            "bool": "BooleanField",
            "boolean": "BooleanField",
            "smallint": "SmallIntegerField",
            "smallint unsigned": "PositiveSmallIntegerField",
            "smallinteger": "SmallIntegerField",
            "int": "IntegerField",
            "integer": "IntegerField",
            "bigint": "BigIntegerField",
            "bigint unsigned": "PositiveBigIntegerField",
            "integer unsigned": "PositiveIntegerField",
            "decimal": "DecimalField",
            "real": "FloatField",
            "text": "TextField",
            "char": "CharField",
            "varchar": "CharField",
            "blob": "BinaryField",
            "date": "DateField",
            "datetime": "DateTimeField",
            "time": "TimeField",
            # What other libraries write.
            "character varying": "CharField",
            "double": "FloatField",
            "double precision": "FloatField",
            "float": "FloatField",
            "json": "JSONField",
            "numeric": "DecimalField",
            "nvarchar": "CharField",
            "timestamp": "DateTimeField",
            "tinyint": "SmallIntegerField",
        }
    )

    def get_field_type(self, data_type: Any, description: Any) -> Any:
        """Return the name of the field class for a column."""
        field_type = super().get_field_type(data_type, description)
        if description.pk and field_type in {"BigIntegerField", "IntegerField", "SmallIntegerField"}:
            return "AutoField"
        if description.has_json_constraint:
            return "JSONField"
        return field_type

    def get_table_list(self, cursor: Any) -> list[Any]:
        """Return tables and views."""
        cursor.execute(
            "SELECT name, type FROM sqlite_master "
            "WHERE type IN ('table', 'view') AND name != 'sqlite_sequence' ORDER BY name"
        )
        return [TableInfo(name, kind[0]) for name, kind in cursor.fetchall()]

    def get_table_description(self, cursor: Any, table_name: str) -> list[Any]:
        """Return the columns of a table, hidden generated ones too."""
        columns = cursor.execute(
            'SELECT name, type, "notnull", dflt_value, pk, hidden FROM pragma_table_xinfo(%s)', (table_name,)
        ).fetchall()
        if not columns:
            raise DatabaseError(f"Table {table_name} does not exist (empty pragma).")
        sql = self._table_sql(cursor, table_name)
        json_columns = {
            name
            for name, *_ in columns
            if re.search(rf'json_valid\s*\(\s*"?{re.escape(name)}"?\s*\)', sql, re.IGNORECASE)
        }
        collations = self._collations(sql)
        keys = sum(pk > 0 for *_, pk, _hidden in columns)
        return [
            FieldInfo(
                name,
                data_type,
                get_field_size(data_type),
                get_field_size(data_type),
                *self._precision(data_type),
                not notnull,
                default,
                collations.get(name),
                pk == keys == 1,
                name in json_columns,
            )
            for name, data_type, notnull, default, pk, hidden in columns
            if hidden in {0, 2, 3}
        ]

    @staticmethod
    def _precision(data_type: str) -> tuple[int | None, int | None]:
        match = re.match(r"^\s*(?:decimal|numeric)\s*\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\)", data_type, re.IGNORECASE)
        if match is None:
            return None, None
        return int(match[1]), int(match[2]) if match[2] else None

    @staticmethod
    def _collations(sql: str) -> dict[str, str]:
        """Return the collation of each column that names one."""
        found: dict[str, str] = {}
        for part in _split_columns(sql):
            words = re.match(r'\s*("(?:[^"]|"")+"|\[[^\]]+\]|`[^`]+`|\w+)', part)
            collation = re.search(r'\bCOLLATE\s+"?(\w+)"?', part, re.IGNORECASE)
            if words and collation:
                found[_unquote(words[1])] = collation[1]
        return found

    def _table_sql(self, cursor: Any, table_name: str) -> str:
        row = cursor.execute(
            "SELECT sql FROM sqlite_master WHERE type IN ('table', 'view') AND name = %s", (table_name,)
        ).fetchone()
        return row[0] if row and row[0] else ""

    def get_enums(self, cursor: Any, table_name: str) -> dict[str, dict[str, Any]]:
        """Return the columns whose check lists words; a name for the type is made up."""
        return {
            _unquote(column): {"values": quoted_words(words), "type_name": f"{table_name}_{_unquote(column)}"}
            for column, words in _LISTED.findall(self._table_sql(cursor, table_name))
        }

    def get_sequences(self, cursor: Any, table_name: str, table_fields: Any = ()) -> list[dict[str, Any]]:
        """Return the automatic key of a table."""
        pk = self.get_primary_key_column(cursor, table_name)
        return [{"table": table_name, "column": pk}]

    def get_relations(self, cursor: Any, table_name: str) -> dict[str, tuple[str, str]]:
        """Return the foreign keys: ``{column: (other column, other table)}``."""
        rows = cursor.execute('SELECT "from", "to", "table" FROM pragma_foreign_key_list(%s)', (table_name,)).fetchall()
        relations: dict[str, tuple[str, str]] = {}
        for column, target, other in rows:
            if target is None:
                target = self.get_primary_key_column(cursor, other)
            relations[column] = (str(target), other)
        return relations

    def get_primary_key_columns(self, cursor: Any, table_name: str) -> list[str] | None:
        """Return the columns of the primary key, in its order."""
        rows = cursor.execute(
            "SELECT name FROM pragma_table_info(%s) WHERE pk > 0 ORDER BY pk", (table_name,)
        ).fetchall()
        return [name for (name,) in rows]

    def get_constraints(self, cursor: Any, table_name: str) -> dict[str, dict[str, Any]]:
        """Return constraints and indexes by name."""
        found: dict[str, dict[str, Any]] = {}
        sql = self._table_sql(cursor, table_name)
        columns = {info.name for info in self.get_table_description(cursor, table_name)}
        found.update(self._table_constraints(sql, columns))
        rows = cursor.execute('SELECT name, "unique", origin FROM pragma_index_list(%s)', (table_name,)).fetchall()
        for index, unique, origin in rows:
            self._add_index(cursor, found, index, bool(unique), origin)
        primary = self.get_primary_key_columns(cursor, table_name)
        if primary:
            found["__primary__"] = _constraint(columns=primary, primary_key=True)
        foreign = cursor.execute(
            'SELECT id, "from", "to", "table" FROM pragma_foreign_key_list(%s) ORDER BY id, seq', (table_name,)
        ).fetchall()
        for number, column, target, other in foreign:
            target = target or self.get_primary_key_column(cursor, other)
            entry = found.setdefault(f"fk_{number}", _constraint(foreign_key=(other, target)))
            entry["columns"].append(column)
        return found

    def _add_index(self, cursor: Any, found: dict[str, dict[str, Any]], index: str, unique: bool, origin: str) -> None:
        """Add one index, unless a constraint of the table's text already stands for it."""
        details = cursor.execute(
            'SELECT name, "desc" FROM pragma_index_xinfo(%s) WHERE key = 1 ORDER BY seqno', (index,)
        ).fetchall()
        names = [name for name, _ in details]
        if origin == "pk":
            return
        if origin == "u":
            for constraint in found.values():
                if constraint["unique"] and constraint["columns"] == names:
                    return
            found[index] = _constraint(columns=names, unique=True, index=True, type="idx")
            found[index]["orders"] = ["DESC" if desc else "ASC" for _, desc in details]
            return
        # Parts that are expressions have no name: None.
        found[index] = _constraint(columns=names, unique=unique, index=True, type="idx")
        found[index]["orders"] = ["DESC" if desc else "ASC" for _, desc in details]

    @staticmethod
    def _table_constraints(sql: str, columns: set[str]) -> dict[str, dict[str, Any]]:
        """Return UNIQUE and CHECK constraints from the CREATE TABLE text."""
        found: dict[str, dict[str, Any]] = {}
        unnamed = 0
        for part in _split_columns(sql):
            word = re.match(r'\s*("(?:[^"]|"")+"|\[[^\]]+\]|`[^`]+`|\w+)', part)
            first = _unquote(word[1]) if word else ""
            is_column = first in columns and not re.match(r"\s*(CONSTRAINT|UNIQUE|CHECK)\b", part, re.IGNORECASE)
            named = _NAMED.search(part)
            for kind, body in _clauses(part):
                if named is not None and named[2].upper() == kind:
                    name = _unquote(named[1])
                else:
                    unnamed += 1
                    name = f"__unnamed_constraint_{unnamed}__"
                if kind == "UNIQUE":
                    names = [first] if is_column else [_unquote(piece) for piece in _split_top(body)]
                    found[name] = _constraint(columns=names, unique=True)
                else:
                    used = [token for token in _identifiers(body) if token in columns]
                    found[name] = _constraint(columns=list(dict.fromkeys(used)), check=True)
        return found


def _constraint(**values: Any) -> dict[str, Any]:
    """Return a constraint's description with Django's keys."""
    return {
        "columns": [],
        "primary_key": False,
        "unique": False,
        "foreign_key": None,
        "check": False,
        "index": False,
        **values,
    }


def _unquote(name: str) -> str:
    """Return an identifier without its quotes."""
    name = name.strip()
    if len(name) > 1 and name[0] in '"`[' and name[-1] in '"`]':
        return name[1:-1].replace('""', '"')
    return name


def _split_top(text: str) -> list[str]:
    """Split at commas that are not inside brackets or quotes."""
    parts: list[str] = []
    depth, quote, start = 0, "", 0
    for position, char in enumerate(text):
        if quote:
            if char == quote:
                quote = ""
        elif char in "'\"`":
            quote = char
        elif char == "(":
            depth += 1
        elif char == ")":
            depth -= 1
        elif char == "," and depth == 0:
            parts.append(text[start:position])
            start = position + 1
    parts.append(text[start:])
    return parts


def _split_columns(sql: str) -> list[str]:
    """Return the column and constraint definitions of a CREATE TABLE."""
    begin, end = sql.find("("), sql.rfind(")")
    return _split_top(sql[begin + 1 : end]) if 0 <= begin < end else []


def _body(text: str, position: int) -> str:
    """Return what stands inside the bracket that opens at or after *position*."""
    begin = text.find("(", position)
    if begin < 0:
        return ""
    depth, quote = 0, ""
    for index in range(begin, len(text)):
        char = text[index]
        if quote:
            if char == quote:
                quote = ""
        elif char in "'\"`":
            quote = char
        elif char == "(":
            depth += 1
        elif char == ")":
            depth -= 1
            if depth == 0:
                return text[begin + 1 : index]
    return ""


def _clauses(part: str) -> list[tuple[str, str]]:
    """Return ``("UNIQUE" | "CHECK", body)`` for the clauses of one definition."""
    plain = re.sub(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"", lambda match: "_" * len(match[0]), part)
    return [
        (match[1].upper(), _body(part, match.end()))
        for match in re.finditer(r"\b(UNIQUE|CHECK)\b", plain, re.IGNORECASE)
        if plain.count("(", 0, match.start()) == plain.count(")", 0, match.start())
    ]


def _identifiers(text: str) -> list[str]:
    """Return the identifiers of an expression, quoted or not, without texts."""
    without_texts = re.sub(r"'(?:[^']|'')*'", " ", text)
    return [_unquote(token) for token in re.findall(r'"(?:[^"]|"")+"|`[^`]+`|\w+', without_texts)]


__all__ = ["DatabaseIntrospection", "FieldInfo", "FlexibleFieldLookupDict", "get_field_size"]
