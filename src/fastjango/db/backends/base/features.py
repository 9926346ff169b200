"""
``connection.features``: what a database can do, by Django's names.

The values of this class are those of a plain SQL database; each backend states its differences. ``skipUnlessDBFeature``
of test suites and the ORM read them.
"""

from __future__ import annotations

from typing import Any


class BaseDatabaseFeatures:
    """Feature flags of a database."""

    minimum_database_version: tuple[int, ...] | None = None
    # Whether an offset is better sent as a parameter than written into the statement.
    prefers_bound_offsets = False
    gis_enabled = False

    # --- values and types ---------------------------------------------------------------------
    allows_group_by_lob = True
    allows_group_by_select_index = True
    allows_group_by_selected_pks = False
    allow_sliced_subqueries_with_in = True
    bare_select_suffix = ""
    can_return_columns_from_insert = False
    can_return_rows_from_bulk_insert = False
    can_return_rows_from_update = False
    supports_copy = False
    connection_persists_old_columns = False
    empty_fetchmany_value: Any = []
    greatest_least_ignores_nulls = False
    has_bulk_insert = True
    has_case_insensitive_like = False
    has_native_duration_field = False
    has_native_json_field = False
    has_native_uuid_field = False
    has_real_datatype = False
    has_zoneinfo_database = True
    implied_column_null = False
    indexes_foreign_keys = True
    interprets_empty_strings_as_nulls = False
    max_query_params: int | None = None
    nulls_order_largest = False
    order_by_nulls_first = False
    requires_literal_defaults = False
    driver_supports_timedelta_args = False
    rounds_to_even = False
    supports_lateral = False
    supports_nullable_unique_constraints = True
    supports_partially_nullable_unique_constraints = True
    supports_microsecond_precision = True
    supports_temporal_subtraction = False
    supports_timezones = True
    supports_unspecified_pk = False
    truncates_names = False
    unlimited_varchar = False
    time_cast_precision = 6
    test_db_allows_multiple_connections = True
    uses_savepoints = True
    # Autocommit is always on when no block is open.
    autocommits_when_autocommit_is_off = False
    atomic_transactions = True
    can_rollback_ddl = False
    can_release_savepoints = True
    supports_transactions = True
    supports_atomic_references_rename = True

    # --- queries ------------------------------------------------------------------------------
    can_clone_databases = False
    can_distinct_on_fields = False
    can_use_chunked_reads = True
    closed_cursor_error_class: Any = Exception
    combine_set_queries = True
    delete_can_self_reference_subquery = True
    update_can_self_select = True
    ignores_table_name_case = False
    for_update_after_from = False
    has_select_for_update = False
    has_select_for_update_nowait = False
    has_select_for_update_of = False
    has_select_for_no_key_update = False
    has_select_for_update_skip_locked = False
    select_for_update_of_column = False
    supports_select_for_update_with_limit = True
    only_supports_unbounded_with_preceding_and_following = False
    supports_over_clause = False
    supports_frame_range_fixed_distance = False
    supports_frame_exclusion = False
    supports_default_in_lead_lag = True
    supports_aggregate_filter_clause = False
    supports_aggregate_distinct_multiple_argument = True
    supports_aggregate_order_by_clause = False
    supports_boolean_expr_in_select_clause = True
    supports_comparing_boolean_expr = True
    supports_combined_alters = False
    supports_distinct_subqueries = True
    supports_explaining_query_execution = False
    supported_explain_formats: set[str] = set()
    supports_order_by_nulls_modifier = True
    supports_parentheses_in_compound = True
    supports_select_difference = True
    supports_select_intersection = True
    supports_select_union = True
    supports_slicing_ordering_in_compound = False
    supports_sequence_reset = True
    supports_subqueries_in_group_by = True
    supports_tuple_comparison_against_subquery = True
    supports_tuple_lookups = True
    supports_update_conflicts = False
    supports_update_conflicts_with_target = False
    supports_ignore_conflicts = True
    supports_default_keyword_in_insert = True
    supports_default_keyword_in_bulk_insert = True
    supports_any_value = False
    supports_order_by_is_nulls = True
    supports_paramstyle_pyformat = True
    supports_regex_backreferencing = True
    supports_covering_indexes = False
    supports_unlimited_charfield = False
    supports_collation_on_charfield = True
    supports_collation_on_textfield = True
    supports_non_deterministic_collations = True
    supports_callproc_kwargs = False
    supports_date_lookup_using_string = True
    supports_logical_xor = False
    supports_cast_with_precision = True
    supports_primitives_in_json_field = True
    supports_json_field = True
    supports_json_field_contains = True
    json_key_contains_list_matching_requires_list = False
    has_json_object_function = True
    supports_json_negative_indexing = True
    prohibits_null_characters_in_text_exception: tuple[type[Exception], str] | None = None
    prefers_count_one = False

    # --- schema -------------------------------------------------------------------------------
    can_create_inline_fk = True
    can_defer_constraint_checks = False
    can_introspect_default = True
    can_introspect_foreign_keys = True
    can_introspect_json_field = True
    can_introspect_check_constraints = True
    can_introspect_materialized_views = False
    can_rename_index = False
    allows_auto_pk_0 = True
    allows_multiple_constraints_on_same_fields = True
    ignores_unnecessary_order_by_in_subqueries = True
    enforces_foreign_key_constraints = True
    requires_sqlparse_for_splitting = False
    supports_column_check_constraints = True
    supports_table_check_constraints = True
    supports_deferrable_unique_constraints = False
    supports_expression_defaults = True
    supports_expression_indexes = True
    supports_foreign_keys = True
    supports_forward_references = True
    supports_functions_in_partial_indexes = True
    supports_index_column_ordering = True
    supports_index_on_text_field = True
    supports_inline_foreign_keys = True
    supports_nulls_distinct_unique_constraints = False
    supports_on_delete_db_cascade = True
    supports_partial_indexes = True
    related_fields_match_type = False
    supports_comments = False
    supports_comments_inline = False
    supports_expression_indexes_in_constraints = True
    supports_stored_generated_columns = False
    supports_virtual_generated_columns = False
    supports_tablespaces = False
    supports_unique_constraints = True
    supports_boolean_expr_in_where = True
    schema_editor_uses_clientside_param_binding = False
    create_test_procedure_without_params_sql: str | None = None
    create_test_procedure_with_int_param_sql: str | None = None
    create_test_table_with_composite_primary_key: str | None = None
    supports_composite_primary_keys = True
    insert_test_table_with_defaults: str | None = None
    test_now_utc_template: str | None = None
    test_collations: dict[str, str | None] = {
        "ci": None,
        "cs": None,
        "non_default": None,
        "swedish_ci": None,
        "virtual": None,
    }
    # How introspection names the column types, where they differ from the field's name.
    introspected_field_types: dict[str, str] = {
        "AutoField": "AutoField",
        "BigAutoField": "BigAutoField",
        "BigIntegerField": "BigIntegerField",
        "BinaryField": "BinaryField",
        "BooleanField": "BooleanField",
        "CharField": "CharField",
        "DurationField": "DurationField",
        "GenericIPAddressField": "GenericIPAddressField",
        "IntegerField": "IntegerField",
        "PositiveBigIntegerField": "PositiveBigIntegerField",
        "PositiveIntegerField": "PositiveIntegerField",
        "PositiveSmallIntegerField": "PositiveSmallIntegerField",
        "SmallAutoField": "SmallAutoField",
        "SmallIntegerField": "SmallIntegerField",
        "TimeField": "TimeField",
    }
    # Tests of a foreign suite that cannot hold here: {reason: {dotted test name}}.
    django_test_expected_failures: set[str] = set()
    django_test_skips: dict[str, set[str]] = {}

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    def allows_group_by_selected_pks_on_model(self, model: Any) -> bool:
        """Whether grouping *model* by its key alone is enough."""
        return self.allows_group_by_selected_pks and bool(model._meta.managed)
