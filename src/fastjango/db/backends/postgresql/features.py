"""What PostgreSQL can do."""

from __future__ import annotations

from functools import cached_property

from fastjango.db.backends.base.features import BaseDatabaseFeatures
from fastjango.db.errors import DataError


class DatabaseFeatures(BaseDatabaseFeatures):
    """Feature flags of PostgreSQL."""

    minimum_database_version = (14,)
    # Each page of a list would be a statement of its own to prepare.
    prefers_bound_offsets = True
    allows_group_by_selected_pks = True
    can_return_columns_from_insert = True
    can_return_rows_from_bulk_insert = True
    can_return_rows_from_update = True
    supports_copy = True
    has_real_datatype = True
    has_native_uuid_field = True
    has_native_duration_field = True
    has_native_json_field = True
    can_defer_constraint_checks = True
    has_select_for_update = True
    has_select_for_update_nowait = True
    has_select_for_update_of = True
    has_select_for_update_skip_locked = True
    has_select_for_no_key_update = True
    can_release_savepoints = True
    supports_comments = True
    supports_tablespaces = True
    supports_transactions = True
    can_introspect_materialized_views = True
    can_distinct_on_fields = True
    supports_lateral = True
    can_rollback_ddl = True
    schema_editor_uses_clientside_param_binding = True
    supports_combined_alters = True
    nulls_order_largest = True
    closed_cursor_error_class = Exception
    greatest_least_ignores_nulls = True
    can_clone_databases = True
    supports_temporal_subtraction = True
    supports_slicing_ordering_in_compound = True
    requires_casted_case_in_updates = True
    supports_over_clause = True
    supports_frame_exclusion = True
    only_supports_unbounded_with_preceding_and_following = True
    supports_aggregate_filter_clause = True
    supports_aggregate_order_by_clause = True
    supported_explain_formats = {"JSON", "TEXT", "XML", "YAML"}
    supports_explaining_query_execution = True
    supports_deferrable_unique_constraints = True
    has_json_operators = True
    json_key_contains_list_matching_requires_list = True
    supports_update_conflicts = True
    supports_update_conflicts_with_target = True
    supports_covering_indexes = True
    supports_stored_generated_columns = True
    supports_virtual_generated_columns = False
    can_rename_index = True
    supports_unlimited_charfield = True
    supports_no_precision_decimalfield = True
    has_bit_xor = True
    prohibits_null_characters_in_text_exception = (
        DataError,
        "PostgreSQL text fields cannot contain NUL (0x00) bytes",
    )
    insert_test_table_with_defaults = "INSERT INTO {} DEFAULT VALUES"
    test_now_utc_template = "STATEMENT_TIMESTAMP() AT TIME ZONE 'UTC'"
    test_collations = {
        "deterministic": "C",
        "non_default": "sv-x-icu",
        "swedish_ci": "sv-x-icu",
        "virtual": "sv-x-icu",
        "ci": None,
        "cs": None,
    }
    create_test_procedure_without_params_sql = """
        CREATE FUNCTION test_procedure () RETURNS void AS $$
        DECLARE V_I INTEGER;
        BEGIN V_I := 1; END;
        $$ LANGUAGE plpgsql;"""
    create_test_procedure_with_int_param_sql = """
        CREATE FUNCTION test_procedure (P_I INTEGER) RETURNS void AS $$
        DECLARE V_I INTEGER;
        BEGIN V_I := P_I; END;
        $$ LANGUAGE plpgsql;"""
    create_test_table_with_composite_primary_key = """
        CREATE TABLE test_table_composite_pk (
            column_1 INTEGER NOT NULL,
            column_2 INTEGER NOT NULL,
            PRIMARY KEY(column_1, column_2)
        )
    """

    @cached_property
    def introspected_field_types(self) -> dict[str, str]:  # type: ignore[override]  # a value in the base class
        """How introspection names the column types."""
        return {
            **BaseDatabaseFeatures.introspected_field_types,
            "PositiveBigIntegerField": "BigIntegerField",
            "PositiveIntegerField": "IntegerField",
            "PositiveSmallIntegerField": "SmallIntegerField",
        }

    @cached_property
    def pg_version(self) -> int:
        """The server's version as one number."""
        return int(self.connection.pg_version)

    @cached_property
    def is_postgresql_15(self) -> bool:
        """Whether the server is 15 or later."""
        return self.pg_version >= 150000

    @cached_property
    def is_postgresql_16(self) -> bool:
        """Whether the server is 16 or later."""
        return self.pg_version >= 160000

    @cached_property
    def is_postgresql_17(self) -> bool:
        """Whether the server is 17 or later."""
        return self.pg_version >= 170000

    @property
    def supports_nulls_distinct_unique_constraints(self) -> bool:  # type: ignore[override]  # a value in the base class
        """``NULLS [NOT] DISTINCT`` came with 15."""
        return self.is_postgresql_15

    @property
    def supports_any_value(self) -> bool:  # type: ignore[override]  # a value in the base class
        """``ANY_VALUE`` came with 16."""
        return self.is_postgresql_16

    @property
    def uses_server_side_binding(self) -> bool:
        """Whether user cursors bind on the server."""
        return bool(self.connection.settings_dict["OPTIONS"].get("server_side_binding"))
