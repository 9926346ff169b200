"""What MariaDB and MySQL can do."""

from __future__ import annotations

from functools import cached_property

from fastjango.db.backends.base.features import BaseDatabaseFeatures


class DatabaseFeatures(BaseDatabaseFeatures):
    """Feature flags of MariaDB and MySQL."""

    empty_fetchmany_value = ()
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
    supports_frame_range_fixed_distance = True
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
    can_rollback_ddl = False
    supports_explaining_query_execution = True
    supports_json_negative_indexing = False
    supports_any_value = False
    # The server does not tell that an index of an expression has a collation.
    collate_as_index_expression = True
    insert_test_table_with_defaults = "INSERT INTO {} () VALUES ()"
    test_now_utc_template = "UTC_TIMESTAMP(6)"
    test_collations = {
        "ci": "utf8mb4_general_ci",
        "cs": None,
        "non_default": "utf8mb4_esperanto_ci",
        "swedish_ci": "utf8mb4_swedish_ci",
        "virtual": "utf8mb4_esperanto_ci",
    }
    introspected_field_types = {
        **BaseDatabaseFeatures.introspected_field_types,
        "BinaryField": "TextField",
        "BooleanField": "IntegerField",
        "DurationField": "BigIntegerField",
        "GenericIPAddressField": "CharField",
    }
    create_test_procedure_without_params_sql = """
        CREATE PROCEDURE test_procedure ()
        BEGIN DECLARE v_i INTEGER; SET v_i = 1; END;"""
    create_test_procedure_with_int_param_sql = """
        CREATE PROCEDURE test_procedure (p_i INTEGER)
        BEGIN DECLARE v_i INTEGER; SET v_i = p_i; END;"""
    create_test_table_with_composite_primary_key = """
        CREATE TABLE test_table_composite_pk (
            column_1 INTEGER NOT NULL,
            column_2 INTEGER NOT NULL,
            PRIMARY KEY(column_1, column_2)
        )
    """

    def _since(self, mariadb: tuple[int, ...], mysql: tuple[int, ...] | None) -> bool:
        """Whether the server is of these versions or later; ``None``: never on MySQL."""
        if self.connection.mysql_is_mariadb:
            return bool(self.connection.mysql_version >= mariadb)
        return mysql is not None and bool(self.connection.mysql_version >= mysql)

    @property
    def minimum_database_version(self) -> tuple[int, ...]:  # type: ignore[override]  # a value in the base class
        """MariaDB 10.5, MySQL 8.0.11."""
        return (10, 5) if self.connection.mysql_is_mariadb else (8, 0, 11)

    @cached_property
    def supports_lateral(self) -> bool:  # type: ignore[override]  # a value in the base class
        """Whether derived tables may refer to the tables before them."""
        return not self.connection.mysql_is_mariadb and bool(self.connection.mysql_version >= (8, 0, 14))

    @cached_property
    def supports_transactions(self) -> bool:  # type: ignore[override]  # a value in the base class
        """Whether new tables get an engine with transactions."""
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT transactions FROM information_schema.engines WHERE support = 'DEFAULT'")
            row = cursor.fetchone()
        return row is not None and row[0] == "YES"

    @cached_property
    def allows_auto_pk_0(self) -> bool:  # type: ignore[override]  # a value in the base class
        """Zero means "the next number", unless the server was told otherwise."""
        return "NO_AUTO_VALUE_ON_ZERO" in self.connection.sql_mode

    @cached_property
    def allows_group_by_selected_pks(self) -> bool:  # type: ignore[override]  # a value in the base class
        """MySQL knows what a key decides; MariaDB only lets it pass where it does not look."""
        return not self.connection.mysql_is_mariadb or "ONLY_FULL_GROUP_BY" not in self.connection.sql_mode

    @cached_property
    def update_can_self_select(self) -> bool:  # type: ignore[override]  # a value in the base class
        """A table can be changed by what a subquery finds in it on MariaDB."""
        return self._since((10, 3, 2), None)

    @cached_property
    def has_native_uuid_field(self) -> bool:  # type: ignore[override]  # a value in the base class
        """MariaDB has UUID columns since 10.7."""
        return self._since((10, 7), None)

    @cached_property
    def has_select_for_update_of(self) -> bool:  # type: ignore[override]  # a value in the base class
        """``FOR UPDATE OF`` is MySQL's."""
        return not self.connection.mysql_is_mariadb

    @cached_property
    def has_select_for_update_skip_locked(self) -> bool:  # type: ignore[override]  # a value in the base class
        """``SKIP LOCKED``."""
        return self._since((10, 6), (8, 0, 1))

    @cached_property
    def can_rename_index(self) -> bool:  # type: ignore[override]  # a value in the base class
        """``RENAME INDEX``."""
        return self._since((10, 5, 2), (5, 7))

    @cached_property
    def supports_default_in_lead_lag(self) -> bool:  # type: ignore[override]  # a value in the base class
        """``LEAD`` and ``LAG`` take no default on MariaDB."""
        return not self.connection.mysql_is_mariadb

    @cached_property
    def has_zoneinfo_database(self) -> bool:  # type: ignore[override]  # a value in the base class
        """Whether the server's tables of time zones are filled."""
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT CONVERT_TZ('2001-01-01 01:00:00', 'UTC', 'UTC') IS NOT NULL")
            return bool(cursor.fetchone()[0])

    @cached_property
    def supported_explain_formats(self) -> set[str]:  # type: ignore[override]  # a value in the base class
        """The forms of an explained query."""
        formats = {"JSON", "TEXT", "TRADITIONAL"}
        return formats if self.connection.mysql_is_mariadb else {*formats, "TREE"}

    @property
    def can_return_columns_from_insert(self) -> bool:  # type: ignore[override]  # a value in the base class
        """MariaDB has RETURNING since 10.5; MySQL has not."""
        return bool(self.connection.mysql_is_mariadb)

    @property
    def can_return_rows_from_bulk_insert(self) -> bool:  # type: ignore[override]  # a value in the base class
        """As for single rows."""
        return self.can_return_columns_from_insert
