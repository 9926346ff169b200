"""What MariaDB and MySQL can do."""

from __future__ import annotations

from fastjango.db.backends.base.features import BaseDatabaseFeatures


class DatabaseFeatures(BaseDatabaseFeatures):
    """Feature flags of MariaDB and MySQL."""

    minimum_database_version = None
    empty_fetchmany_value = ()
    allows_group_by_selected_pks = False
    related_fields_match_type = True
    allow_sliced_subqueries_with_in = False
    has_select_for_update = True
    has_select_for_update_nowait = True
    supports_forward_references = False
    supports_regex_backreferencing = False
    supports_date_lookup_using_string = False
    supports_timezones = False
    requires_explicit_null_ordering_when_grouping = True
    atomic_transactions = False
    can_clone_databases = True
    supports_comments = True
    supports_comments_inline = True
    supports_temporal_subtraction = True
    supports_slicing_ordering_in_compound = True
    supports_index_on_text_field = False
    supports_over_clause = True
    supports_partial_indexes = False
    supports_expression_indexes = False
    supports_index_column_ordering = True
    supports_order_by_nulls_modifier = False
    order_by_nulls_first = True
    supports_logical_xor = True
    supports_update_conflicts = True
    supports_update_conflicts_with_target = False
    supports_unspecified_pk = False
    supports_stored_generated_columns = True
    supports_virtual_generated_columns = True
    supports_deferrable_unique_constraints = False
    supports_default_keyword_in_bulk_insert = True
    delete_can_self_reference_subquery = False
    update_can_self_select = False
    can_rollback_ddl = False
    supports_explaining_query_execution = True
    supports_json_negative_indexing = False
    supports_any_value = False
    insert_test_table_with_defaults = "INSERT INTO {} () VALUES ()"
    test_now_utc_template = "UTC_TIMESTAMP(6)"

    @property
    def can_return_columns_from_insert(self) -> bool:  # type: ignore[override]  # a value in the base class
        """MariaDB has RETURNING since 10.5; MySQL has not."""
        return bool(self.connection.mysql_is_mariadb)

    @property
    def can_return_rows_from_bulk_insert(self) -> bool:  # type: ignore[override]  # a value in the base class
        """As for single rows."""
        return self.can_return_columns_from_insert
