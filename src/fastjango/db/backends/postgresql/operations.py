"""``connection.ops`` for PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import psycopg

from fastjango.db.backends.base.operations import BaseDatabaseOperations
from fastjango.db.backends.postgresql import arrays
from fastjango.db.backends.postgresql.cursors import CopyStatement, FilledByClient
from fastjango.db.backends.postgresql.sql_parts import PostgresqlParts

EXPLAIN_OPTIONS = frozenset(
    [
        "ANALYZE",
        "BUFFERS",
        "COSTS",
        "GENERIC_PLAN",
        "MEMORY",
        "SETTINGS",
        "SERIALIZE",
        "SUMMARY",
        "TIMING",
        "VERBOSE",
        "WAL",
    ]
)


class DatabaseOperations(PostgresqlParts, BaseDatabaseOperations):
    """What is PostgreSQL's own outside of queries."""

    cast_char_field_without_max_length = "varchar"
    explain_prefix = "EXPLAIN"
    quote_character = '"'
    explain_options = EXPLAIN_OPTIONS
    cast_data_types = {"AutoField": "integer", "BigAutoField": "bigint", "SmallAutoField": "smallint"}

    def date_extract_sql(self, lookup_type: str, sql: str, params: Sequence[Any]) -> tuple[str, tuple[Any, ...]]:
        """Return SQL and parameters of a part of a date, for people's own transforms."""
        if not lookup_type.isidentifier():
            raise ValueError(f"Invalid lookup type: {lookup_type!r}")
        return f"EXTRACT({lookup_type.upper()} FROM {sql})", tuple(params)

    def column_arrays(self, fields: Sequence[Any], lines: Sequence[Sequence[Any]]) -> Any:
        """Return types and array texts of the columns; None when a field or a value has no such text."""
        kinds = arrays.columns_of(fields)
        if kinds is None:
            return None
        try:
            return [
                (kind, write(values)) for (kind, write), values in zip(kinds, zip(*lines, strict=True), strict=True)
            ]
        except arrays.Unfit:
            return None

    def copy_statement(self, table: str, columns: Sequence[str]) -> str:
        """Return the COPY that reads rows of *columns* from the client."""
        names = ", ".join(map(self.quote_name, columns))
        return CopyStatement(f"COPY {self.quote_name(table)} ({names}) FROM STDIN")

    def filled_by_client(self, sql: str) -> str:
        """Return *sql* as a text that the cursors fill in themselves."""
        return FilledByClient(sql)

    def max_name_length(self) -> int:
        """Return how long identifiers may be."""
        return 63

    def bulk_batch_size(self, fields: Sequence[Any], objs: Sequence[Any]) -> int:
        """Return how many of *objs* fit into one statement: the protocol counts parameters in 16 bits."""
        return min(len(objs), 65535 // max(len(fields), 1)) or 1

    def set_time_zone_sql(self) -> str:
        """Return the statement that sets the session's zone."""
        return "SELECT set_config('TimeZone', %s, false)"

    def tablespace_sql(self, tablespace: str, inline: bool = False) -> str:
        """Return the clause that puts an object into a tablespace."""
        name = self.quote_name(tablespace)
        return f"USING INDEX TABLESPACE {name}" if inline else f"TABLESPACE {name}"

    def sql_flush(
        self, style: Any, tables: Sequence[str], *, reset_sequences: bool = False, allow_cascade: bool = False
    ) -> list[str]:
        """Return one TRUNCATE."""
        if not tables:
            return []
        words = [
            style.SQL_KEYWORD("TRUNCATE"),
            ", ".join(style.SQL_FIELD(self.quote_name(table)) for table in tables),
        ]
        if reset_sequences:
            words.append(style.SQL_KEYWORD("RESTART IDENTITY"))
        if allow_cascade:
            words.append(style.SQL_KEYWORD("CASCADE"))
        return [f"{' '.join(words)};"]

    def sequence_reset_by_name_sql(self, style: Any, sequences: Iterable[Any]) -> list[str]:
        """Return statements that start sequences anew."""
        return [
            f"{style.SQL_KEYWORD('SELECT')} setval(pg_get_serial_sequence("
            f"'{self.quote_name(info['table'])}','{info['column'] or 'id'}'), 1, false);"
            for info in sequences
        ]

    def sequence_reset_sql(self, style: Any, model_list: Iterable[Any]) -> list[str]:
        """Return statements that set the sequences behind the largest keys."""
        statements = []
        for model in model_list:
            for field in model._meta.local_fields:
                if field.get_internal_type() not in {"AutoField", "BigAutoField", "SmallAutoField"}:
                    continue
                table, column = self.quote_name(model._meta.db_table), field.column
                quoted = self.quote_name(column)
                statements.append(
                    f"{style.SQL_KEYWORD('SELECT')} setval(pg_get_serial_sequence('{table}','{column}'), "
                    f"coalesce(max({quoted}), 1), max({quoted}) {style.SQL_KEYWORD('IS NOT')} null) "
                    f"{style.SQL_KEYWORD('FROM')} {table};"
                )
                break
        return statements

    def prepare_sql_script(self, sql: str) -> list[str]:
        """The server splits scripts itself."""
        return [sql]

    def explain_query_prefix(self, format: str | None = None, **options: Any) -> str:
        """Return EXPLAIN with its options."""
        given = {name.upper(): "true" if value else "false" for name, value in options.items()}
        unknown = set(given) - EXPLAIN_OPTIONS
        if unknown:
            super().explain_query_prefix(format, **dict.fromkeys(unknown))
        prefix = super().explain_query_prefix(format)
        if format:
            given["FORMAT"] = format.upper()
        if given:
            prefix += f" ({', '.join(f'{name} {value}' for name, value in given.items())})"
        return prefix

    def format_json_plan(self, plan: Any) -> str:
        """Return a plan that the driver has decoded as JSON text again."""
        return json.dumps(plan)

    def last_executed_query(self, cursor: Any, sql: Any, params: Any) -> str:
        """Return the statement with its parameters as literals."""
        if not params:
            return str(sql)
        # Not the cursor's own mogrify(): it would drop the rows that wait to be fetched.
        try:
            return str(psycopg.ClientCursor(cursor.connection).mogrify(sql, params))
        except (psycopg.Error, TypeError):
            return str(sql)

    def adapt_datefield_value(self, value: Any) -> Any:
        """The driver takes dates."""
        return value

    def adapt_datetimefield_value(self, value: Any) -> Any:
        """The driver takes moments."""
        return value

    def adapt_timefield_value(self, value: Any) -> Any:
        """The driver takes times of day."""
        return value

    def adapt_decimalfield_value(
        self, value: Any, max_digits: int | None = None, decimal_places: int | None = None
    ) -> Any:
        """The driver takes decimals."""
        return value

    def adapt_json_value(self, value: Any, encoder: Any) -> Any:
        """Return JSON text."""
        return json.dumps(value, cls=encoder)

    def no_limit_value(self) -> int | None:
        """An OFFSET needs no LIMIT."""
        return None

    def max_in_list_size(self) -> int | None:
        """There is no limit."""
        return None
