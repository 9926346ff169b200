"""What SQLite can do."""

from __future__ import annotations

import operator
import sqlite3
from functools import cached_property
from typing import Any

from fastjango.db.backends.base.features import BaseDatabaseFeatures

VERSION = sqlite3.sqlite_version_info


class DatabaseFeatures(BaseDatabaseFeatures):
    """Feature flags of SQLite."""

    minimum_database_version = (3, 31)
    test_db_allows_multiple_connections = False
    supports_unspecified_pk = True
    supports_timezones = False
    supports_transactions = True
    atomic_transactions = False
    can_rollback_ddl = True
    can_create_inline_fk = False
    requires_literal_defaults = True
    can_clone_databases = True
    supports_temporal_subtraction = True
    ignores_table_name_case = True
    supports_cast_with_precision = False
    time_cast_precision = 3
    can_release_savepoints = True
    has_case_insensitive_like = True
    supports_parentheses_in_compound = False
    can_defer_constraint_checks = True
    supports_over_clause = True
    supports_frame_range_fixed_distance = True
    supports_frame_exclusion = True
    supports_aggregate_filter_clause = True
    supports_aggregate_order_by_clause = VERSION >= (3, 44, 0)
    supports_aggregate_distinct_multiple_argument = False
    supports_any_value = True
    order_by_nulls_first = True
    supports_json_field_contains = False
    supports_update_conflicts = True
    supports_update_conflicts_with_target = True
    supports_stored_generated_columns = True
    supports_virtual_generated_columns = True
    supports_nullable_unique_constraints = True
    supports_default_keyword_in_insert = False
    supports_default_keyword_in_bulk_insert = False
    supports_unlimited_charfield = True
    supports_no_precision_decimalfield = True
    can_return_columns_from_insert = VERSION >= (3, 35)
    can_return_rows_from_bulk_insert = VERSION >= (3, 35)
    can_return_rows_from_update = VERSION >= (3, 35)
    can_alter_table_drop_column = VERSION >= (3, 35, 5)
    can_alter_table_rename_column = True
    supports_explaining_query_execution = True
    supports_json_negative_indexing = False
    supports_tuple_comparison_against_subquery = True
    supports_callproc_kwargs = False
    interprets_empty_strings_as_nulls = False
    supports_sequence_reset = True
    insert_test_table_with_defaults = 'INSERT INTO {} ("null") VALUES (1)'
    max_query_params = 999
    test_now_utc_template = "strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now')"
    test_collations = {
        "ci": "nocase",
        "cs": "binary",
        "non_default": "nocase",
        "virtual": "nocase",
    }
    create_test_table_with_composite_primary_key = """
        CREATE TABLE test_table_composite_pk (
            column_1 INTEGER NOT NULL,
            column_2 INTEGER NOT NULL,
            PRIMARY KEY(column_1, column_2)
        )
    """

    @cached_property
    def supports_atomic_references_rename(self) -> bool:  # type: ignore[override]  # a value in the base class
        """Whether renaming a table keeps references right inside a transaction."""
        return True

    @cached_property
    def supports_json_field(self) -> bool:  # type: ignore[override]  # a value in the base class
        """Whether the library has the JSON functions."""
        with self.connection.cursor() as cursor:
            try:
                cursor.execute('SELECT JSON(\'{"a": "b"}\')')
            except self.connection.Database.OperationalError:
                return False
        return True

    can_introspect_json_field = property(operator.attrgetter("supports_json_field"))
    has_json_object_function = property(operator.attrgetter("supports_json_field"))

    @cached_property
    def introspected_field_types(self) -> dict[str, str]:  # type: ignore[override]  # a value in the base class
        """How introspection names the column types."""
        return {
            **super().introspected_field_types,
            "BigAutoField": "AutoField",
            "DurationField": "BigIntegerField",
            "GenericIPAddressField": "CharField",
            "SmallAutoField": "AutoField",
        }

    @cached_property
    def max_variables(self) -> int:
        """How many parameters the library takes."""
        return 250_000 if VERSION >= (3, 32) else 999

    def __init__(self, connection: Any) -> None:
        super().__init__(connection)
