"""
``connection.ops``: names, ranges, literals and value conversions of a database.

SQL of queries comes from SQLAlchemy's dialects; here is only what Django's API offers besides.
"""

from __future__ import annotations

import datetime as dt
import decimal
from collections.abc import Iterable, Sequence
from typing import Any

from fastjango.conf import settings
from fastjango.db.backends.base.sql_parts import SqlParts, required
from fastjango.db.errors import NotSupportedError
from fastjango.utils import timezone


class BaseDatabaseOperations(SqlParts):
    """What differs between databases outside of queries."""

    integer_field_ranges: dict[str, tuple[int | None, int | None]] = {
        "SmallIntegerField": (-32768, 32767),
        "IntegerField": (-2147483648, 2147483647),
        "BigIntegerField": (-9223372036854775808, 9223372036854775807),
        "PositiveBigIntegerField": (0, 9223372036854775807),
        "PositiveSmallIntegerField": (0, 32767),
        "PositiveIntegerField": (0, 2147483647),
        "SmallAutoField": (-32768, 32767),
        "AutoField": (-2147483648, 2147483647),
        "BigAutoField": (-9223372036854775808, 9223372036854775807),
    }
    set_operators = {"union": "UNION", "intersection": "INTERSECT", "difference": "EXCEPT"}
    cast_data_types: dict[str, str] = {}
    cast_char_field_without_max_length: str | None = None
    PRECEDING = "PRECEDING"
    FOLLOWING = "FOLLOWING"
    UNBOUNDED_PRECEDING = "UNBOUNDED PRECEDING"
    UNBOUNDED_FOLLOWING = "UNBOUNDED FOLLOWING"
    CURRENT_ROW = "CURRENT ROW"
    explain_prefix: str | None = None
    quote_character = ""

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    # --- names --------------------------------------------------------------------------------

    def quote_name(self, name: str) -> str:
        """Quote an identifier, once; one with a schema is two of them (``schema"."table``)."""
        if not self.quote_character:
            required("quote_name")
        mark = self.quote_character
        if name.startswith(mark) and name.endswith(mark) and len(name) > 1:
            name = name[1:-1].replace(mark * 2, mark)
        joint = f"{mark}.{mark}"
        return mark + joint.join(part.replace(mark, mark * 2) for part in name.split(joint)) + mark

    def max_name_length(self) -> int | None:
        """Return how long identifiers may be."""
        return None

    def tablespace_sql(self, tablespace: str, inline: bool = False) -> str:
        """Return the clause that puts an object into a tablespace."""
        return ""

    def _savepoint_name(self, sid: str) -> str:
        """Quote an id that people may have made up: a mark in it is doubled."""
        mark = self.quote_name("x")[0]
        return f"{mark}{sid.replace(mark, mark * 2)}{mark}"

    def savepoint_create_sql(self, sid: str) -> str:
        """Return the statement that makes a savepoint."""
        return f"SAVEPOINT {self._savepoint_name(sid)}"

    def savepoint_commit_sql(self, sid: str) -> str:
        """Return the statement that releases a savepoint."""
        return f"RELEASE SAVEPOINT {self._savepoint_name(sid)}"

    def savepoint_rollback_sql(self, sid: str) -> str:
        """Return the statement that goes back to a savepoint."""
        return f"ROLLBACK TO SAVEPOINT {self._savepoint_name(sid)}"

    def start_transaction_sql(self) -> str:
        """Return the statement that begins a transaction."""
        return "BEGIN;"

    def end_transaction_sql(self, success: bool = True) -> str:
        """Return the statement that ends a transaction."""
        return "COMMIT;" if success else "ROLLBACK;"

    # --- limits -------------------------------------------------------------------------------

    def bulk_batch_size(self, fields: Sequence[Any], objs: Sequence[Any]) -> int:
        """Return how many of *objs* fit into one statement."""
        return len(objs)

    def integer_field_range(self, internal_type: str) -> tuple[int | None, int | None]:
        """Return the smallest and largest value of an integer field type."""
        return self.integer_field_ranges[internal_type]

    def max_in_list_size(self) -> int | None:
        """Return how many entries ``IN (...)`` may have."""
        return None

    def pk_default_value(self) -> str:
        """Return the SQL word for a column's default."""
        return "DEFAULT"

    def no_limit_value(self) -> int | None:
        """Return the LIMIT that means none."""
        required("no_limit_value")

    def limit_offset_sql(self, low_mark: int | None, high_mark: int | None) -> str:
        """Return LIMIT and OFFSET for a slice."""
        offset = low_mark or 0
        limit = high_mark - offset if high_mark is not None else self.no_limit_value() if offset else None
        parts = (f"LIMIT {limit}" if limit is not None else "", f"OFFSET {offset}" if offset else "")
        return " ".join(part for part in parts if part)

    def force_no_ordering(self) -> list[Any]:
        """Return the ORDER BY that keeps the database from ordering by itself."""
        return []

    def autoinc_sql(self, table: str, column: str) -> Any:
        """Return statements that give a column its numbering, where that is separate."""
        return None

    # --- statements ---------------------------------------------------------------------------

    def sql_flush(
        self, style: Any, tables: Sequence[str], *, reset_sequences: bool = False, allow_cascade: bool = False
    ) -> list[str]:
        """Return statements that empty *tables*."""
        raise NotImplementedError("subclasses of BaseDatabaseOperations must provide an sql_flush() method")

    def execute_sql_flush(self, sql_list: Iterable[str]) -> None:
        """Run the statements of :meth:`sql_flush` in one transaction."""
        with self.connection.atomic(savepoint=self.connection.features.can_rollback_ddl):
            with self.connection.cursor() as cursor:
                for sql in sql_list:
                    cursor.execute(sql)

    def sequence_reset_by_name_sql(self, style: Any, sequences: Iterable[Any]) -> list[str]:
        """Return statements that start sequences anew."""
        return []

    def sequence_reset_sql(self, style: Any, model_list: Iterable[Any]) -> list[str]:
        """Return statements that set the sequences of models behind their largest keys."""
        return []

    def prepare_sql_script(self, sql: str) -> list[str]:
        """Split a script into its statements."""
        try:
            import sqlparse
        except ImportError as exc:
            raise ImproperlyConfiguredScript(
                "The sqlparse package is required if you don't split your SQL statements manually."
            ) from exc
        pieces = sqlparse.split(sql)
        return [sqlparse.format(piece, strip_comments=True) for piece in pieces if piece]

    def explain_query_prefix(self, format: str | None = None, **options: Any) -> str:
        """Return the words before a query that is to be explained."""
        if not self.explain_prefix:
            raise NotSupportedError("This backend does not support explaining query execution.")
        if format:
            supported = self.connection.features.supported_explain_formats
            normalized = format.upper()
            if normalized not in supported:
                message = f"{normalized} is not a recognized format."
                if supported:
                    message += f" Allowed formats: {', '.join(sorted(supported))}"
                else:
                    message += f" {self.connection.display_name} does not support any formats."
                raise ValueError(message)
        if options:
            raise ValueError(f"Unknown options: {', '.join(sorted(options.keys()))}")
        return self.explain_prefix

    def last_executed_query(self, cursor: Any, sql: Any, params: Any) -> str:
        """Return the statement with its parameters filled in, for people to read."""
        if isinstance(params, (list, tuple)):
            shown: Any = tuple(_readable(value) for value in params)
        elif params is None:
            shown = ()
        else:
            shown = {key: _readable(value) for key, value in params.items()}
        return f"QUERY = {sql!r} - PARAMS = {shown!r}"

    def last_insert_id(self, cursor: Any, table_name: str, pk_name: str) -> Any:
        """Return the key of the row that was inserted last."""
        return cursor.lastrowid

    def column_arrays(self, fields: Sequence[Any], lines: Sequence[Sequence[Any]]) -> Any:
        """
        Return types and values of whole columns, where rows can be inserted so: ``[(type, array), ...]``.

        None: the rows are to be written one by one.
        """
        return None

    def filled_by_client(self, sql: str) -> str:
        """Mark *sql* as a statement whose parameters the driver writes into the text, where it can choose."""
        return sql

    def process_clob(self, value: Any) -> Any:
        """Return the text of a large object."""
        return value

    # --- values -------------------------------------------------------------------------------

    def prep_for_like_query(self, x: Any) -> str:
        """Escape what has a meaning in LIKE patterns."""
        return str(x).replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")

    prep_for_iexact_query = prep_for_like_query

    def binary_placeholder_sql(self, value: Any) -> str:
        """Return the placeholder of a binary value."""
        return "%s"

    def adapt_unknown_value(self, value: Any) -> Any:
        """Convert a value of unknown field for the driver."""
        if isinstance(value, dt.datetime):
            return self.adapt_datetimefield_value(value)
        if isinstance(value, dt.date):
            return self.adapt_datefield_value(value)
        if isinstance(value, dt.time):
            return self.adapt_timefield_value(value)
        if isinstance(value, decimal.Decimal):
            return self.adapt_decimalfield_value(value)
        return value

    def adapt_integerfield_value(self, value: Any, internal_type: str | None) -> Any:
        """Convert an integer for the driver."""
        return value

    def adapt_datefield_value(self, value: Any) -> Any:
        """Convert a date for the driver."""
        return None if value is None else str(value)

    def adapt_datetimefield_value(self, value: Any) -> Any:
        """Convert a date-time for the driver."""
        return None if value is None else str(value)

    def adapt_timefield_value(self, value: Any) -> Any:
        """Convert a time for the driver; it may not have a zone."""
        if value is None or hasattr(value, "resolve_expression"):
            return value
        if timezone.is_aware(value):
            raise ValueError("Django does not support timezone-aware times.")
        return str(value)

    def adapt_decimalfield_value(
        self, value: Any, max_digits: int | None = None, decimal_places: int | None = None
    ) -> Any:
        """Convert a decimal for the driver."""
        return value

    def adapt_ipaddressfield_value(self, value: Any) -> Any:
        """Convert an address for the driver."""
        return value or None

    def adapt_json_value(self, value: Any, encoder: Any) -> str:
        """Convert a JSON value for the driver."""
        import json

        return json.dumps(value, cls=encoder)

    def year_lookup_bounds_for_date_field(self, value: int, iso_year: bool = False) -> list[Any]:
        """Return the first and last date of a year, for the driver."""
        if iso_year:
            first = dt.date.fromisocalendar(value, 1, 1)
            second = dt.date.fromisocalendar(value + 1, 1, 1) - dt.timedelta(days=1)
        else:
            first = dt.date(value, 1, 1)
            second = dt.date(value, 12, 31)
        return [self.adapt_datefield_value(first), self.adapt_datefield_value(second)]

    def year_lookup_bounds_for_datetime_field(self, value: int, iso_year: bool = False) -> list[Any]:
        """Return the first and last moment of a year in the current zone, for the driver."""
        if iso_year:
            first = dt.datetime.fromisocalendar(value, 1, 1)
            second = dt.datetime.fromisocalendar(value + 1, 1, 1) - dt.timedelta(microseconds=1)
        else:
            first = dt.datetime(value, 1, 1)
            second = dt.datetime(value, 12, 31, 23, 59, 59, 999999)
        if settings.USE_TZ:
            zone = timezone.get_current_timezone()
            first = timezone.make_aware(first, zone)
            second = timezone.make_aware(second, zone)
        return [self.adapt_datetimefield_value(first), self.adapt_datetimefield_value(second)]

    def validate_autopk_value(self, value: Any) -> Any:
        """Refuse automatic keys that the database cannot have."""
        return value

    def check_expression_support(self, expression: Any) -> None:
        """Raise ``NotSupportedError`` for an expression that the database cannot evaluate."""

    def conditional_expression_supported_in_where_clause(self, expression: Any) -> bool:
        """Whether a boolean expression can stand alone in WHERE."""
        return True

    def get_db_converters(self, expression: Any) -> list[Any]:
        """Return converters of the backend itself; ours are in the column types."""
        return []

    def set_time_zone_sql(self) -> str:
        """Return the statement that sets the session's zone; it has one parameter."""
        return ""


class ImproperlyConfiguredScript(Exception):
    """A script of several statements cannot be split without sqlparse."""


def _readable(value: Any) -> Any:
    """Return bytes as text where that is possible."""
    return value.decode(errors="replace") if isinstance(value, bytes) else value
