"""``connection.ops`` for MariaDB and MySQL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from fastjango.conf import settings
from fastjango.db.backends.base.operations import BaseDatabaseOperations
from fastjango.db.backends.mysql.sql_parts import MysqlParts
from fastjango.utils import timezone


class DatabaseOperations(MysqlParts, BaseDatabaseOperations):
    """What is MySQL's own outside of queries."""

    quote_character = "`"
    explain_prefix = "EXPLAIN"
    cast_char_field_without_max_length = "char"
    cast_data_types = {
        "AutoField": "signed integer",
        "BigAutoField": "signed integer",
        "BooleanField": "signed integer",
        "SmallAutoField": "signed integer",
        "CharField": "char(%(max_length)s)",
        "DecimalField": "decimal(%(max_digits)s, %(decimal_places)s)",
        "DurationField": "signed integer",
        "TextField": "char",
        "IntegerField": "signed integer",
        "BigIntegerField": "signed integer",
        "SmallIntegerField": "signed integer",
        "PositiveBigIntegerField": "unsigned integer",
        "PositiveIntegerField": "unsigned integer",
        "PositiveSmallIntegerField": "unsigned integer",
    }
    integer_field_ranges = {
        **BaseDatabaseOperations.integer_field_ranges,
        "PositiveSmallIntegerField": (0, 65535),
        "PositiveIntegerField": (0, 4294967295),
        "PositiveBigIntegerField": (0, 18446744073709551615),
    }

    def quote_name(self, name: str) -> str:
        """Quote an identifier, once; double quotes around it are taken for ours: on these servers they are those of a text."""
        if len(name) > 2 and name[0] == name[-1] == '"':
            name = name[1:-1]
        return super().quote_name(name)

    def max_name_length(self) -> int | None:
        """Return how long identifiers may be."""
        return 64

    def no_limit_value(self) -> int | None:
        """Return the LIMIT that means none."""
        return 18446744073709551615

    def sql_flush(
        self, style: Any, tables: Sequence[str], *, reset_sequences: bool = False, allow_cascade: bool = False
    ) -> list[str]:
        """Return statements that empty *tables* without looking at foreign keys."""
        if not tables:
            return []
        verb = "TRUNCATE" if reset_sequences else "DELETE FROM"
        return [
            "SET FOREIGN_KEY_CHECKS = 0;",
            *(f"{style.SQL_KEYWORD(verb)} {style.SQL_FIELD(self.quote_name(table))};" for table in tables),
            "SET FOREIGN_KEY_CHECKS = 1;",
        ]

    def sequence_reset_by_name_sql(self, style: Any, sequences: Iterable[Any]) -> list[str]:
        """Return statements that start the numbering of tables anew."""
        return [
            f"{style.SQL_KEYWORD('ALTER')} {style.SQL_KEYWORD('TABLE')} "
            f"{style.SQL_TABLE(self.quote_name(info['table']))} AUTO_INCREMENT = 1;"
            for info in sequences
        ]

    def explain_query_prefix(self, format: str | None = None, **options: Any) -> str:
        """Return the words before a query that is to be explained; ``analyze=True`` runs it."""
        mariadb = self.connection.mysql_is_mariadb
        if format and format.upper() == "TEXT":
            format = "TRADITIONAL"
        elif not format and not mariadb:
            format = "TREE"
        analyze = options.pop("analyze", False)
        prefix = super().explain_query_prefix(format, **options)
        if analyze:
            prefix = "ANALYZE" if mariadb else f"{prefix} ANALYZE"
        if format and (mariadb or not analyze):
            prefix += f" FORMAT={format.upper()}"
        return prefix

    def validate_autopk_value(self, value: Any) -> Any:
        """Zero means "the next number" to the server."""
        if value == 0 and not self.connection.features.allows_auto_pk_0:
            raise ValueError("The database backend does not accept 0 as a value for AutoField.")
        return value

    def adapt_datetimefield_value(self, value: Any) -> Any:
        """Return the text that is stored for a moment: in the database's zone, without it."""
        if value is None or hasattr(value, "resolve_expression"):
            return value
        if timezone.is_aware(value):
            if not settings.USE_TZ:
                raise ValueError("MySQL backend does not support timezone-aware datetimes when USE_TZ is False.")
            value = timezone.make_naive(value, self.connection.timezone)
        return str(value)

    def last_executed_query(self, cursor: Any, sql: Any, params: Any) -> str:
        """Return the statement as the driver sent it."""
        sent = getattr(cursor, "_executed", None)
        if sent is None:
            return str(sql)
        return sent.decode(errors="replace") if isinstance(sent, bytes) else str(sent)
