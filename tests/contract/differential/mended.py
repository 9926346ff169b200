"""
Django with single faults of it mended, for the question whether a difference is that fault and nothing else.

Where the frameworks differ, the program is asked of Django again with these patches: FastJango must then give the same. Django
is imported inside the functions alone, since they run in Django's process.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any
from unittest import mock

Mend = Callable[[], contextlib.AbstractContextManager[Any]]
_PATH = "django.db.models."


def _part(path: str) -> Any:
    """Return a class or module of Django."""
    module, _, name = path.rpartition(".")
    return getattr(import_module(f"django.{module}"), name)


@contextlib.contextmanager
def _outer_joins_of_xor() -> Iterator[None]:
    """Keep rows without a related row; let NULL be a condition that does not hold, on MariaDB as well."""
    where, sql = import_module(_PATH + "sql.where"), import_module(_PATH + "sql.query")
    features = type(import_module("django.db").connection.features)

    class Promoter(sql.JoinPromoter):  # type: ignore[misc,name-defined]  # a module that is found by name
        def update_join_types(self, query: Any) -> Any:
            if self.connector != where.XOR:
                return super().update_join_types(query)
            query.promote_joins(set(self.votes))
            return set()

    with mock.patch.object(sql, "JoinPromoter", Promoter), mock.patch.object(features, "supports_logical_xor", False):
        yield


@contextlib.contextmanager
def _joins_of_nothing() -> Iterator[None]:
    """Join no row where the condition of a FilteredRelation holds for none."""
    relation = _part("db.models.query_utils.FilteredRelation")
    empty = _part("core.exceptions.EmptyResultSet")
    before = relation.as_sql

    def as_sql(self: Any, compiler: Any, connection: Any) -> Any:
        try:
            return before(self, compiler, connection)
        except empty:
            return "1 = 0", []

    with mock.patch.object(relation, "as_sql", as_sql):
        yield


@contextlib.contextmanager
def _lists_with_expressions() -> Iterator[None]:
    """Leave NULL and numbers beyond 64 bits out of a list; prepare its values alone, also for keys of relations."""
    lookup = _part("db.models.lookups.In")
    related = _part("db.models.fields.related_lookups.RelatedIn")
    before, before_related = lookup.get_prep_lookup, related.get_prep_lookup

    def without(values: Any) -> Any:
        return [value for value in values if value is not None and not (type(value) is int and abs(value) >= 2**63)]

    def get_prep_lookup(self: Any) -> Any:
        if isinstance(self.rhs, (list, tuple)):
            self.rhs = without(self.rhs)
        return before(self)

    def get_prep_related(self: Any) -> Any:
        if isinstance(self.rhs, (list, tuple)) and any(hasattr(value, "resolve_expression") for value in self.rhs):
            return get_prep_lookup(self)
        return before_related(self)

    with (
        mock.patch.object(lookup, "get_prep_lookup", get_prep_lookup),
        mock.patch.object(related, "get_prep_lookup", get_prep_related),
    ):
        yield


@contextlib.contextmanager
def _ranges_of_large_numbers() -> Iterator[None]:
    """Let the bounds of a range end where numbers of 64 bits do."""
    lookup = _part("db.models.lookups.Range")
    before = lookup.get_prep_lookup

    def get_prep_lookup(self: Any) -> Any:
        found = before(self)
        if not isinstance(found, list):
            return found
        return [min(max(value, -(2**63)), 2**63 - 1) if type(value) is int else value for value in found]

    with mock.patch.object(lookup, "get_prep_lookup", get_prep_lookup):
        yield


@contextlib.contextmanager
def _literals_of_mariadb() -> Iterator[None]:
    """Read dates, times and moments that MariaDB gives as text, since they were sent as text."""
    operations = import_module("django.db.backends.mysql.operations").DatabaseOperations
    before, before_moment = operations.get_db_converters, operations.convert_datetimefield_value

    def moment(self: Any, value: Any, expression: Any, connection: Any) -> Any:
        read = dt.datetime.fromisoformat(value) if isinstance(value, str) else value
        return before_moment(self, read, expression, connection)

    def time(value: Any, expression: Any, connection: Any) -> Any:
        return dt.time.fromisoformat(value) if isinstance(value, str) else value

    def date(value: Any, expression: Any, connection: Any) -> Any:
        return dt.date.fromisoformat(value) if isinstance(value, str) else value

    converters = {"TimeField": [time], "DateField": [date]}

    def get_db_converters(self: Any, expression: Any) -> Any:
        return [*before(self, expression), *converters.get(expression.output_field.get_internal_type(), [])]

    with (
        mock.patch.object(operations, "get_db_converters", get_db_converters),
        mock.patch.object(operations, "convert_datetimefield_value", moment),
    ):
        yield


@contextlib.contextmanager
def _aggregates_of_sqlite() -> Iterator[None]:
    """Leave NULL out of deviations and variances, as other databases do, and give floats."""
    functions = import_module("django.db.backends.sqlite3._functions")
    with contextlib.ExitStack() as stack:
        for name, least in (("StdDevPop", 1), ("StdDevSamp", 2), ("VarPop", 1), ("VarSamp", 2)):
            kind = getattr(functions, name)

            def finalize(self: Any, before: Any = kind.finalize, least: int = least) -> float | None:
                values = [value for value in self if value is not None]
                return float(before(values)) if len(values) >= least else None

            stack.enter_context(mock.patch.object(kind, "finalize", finalize))
        yield


@contextlib.contextmanager
def _types_only_where_needed() -> Iterator[None]:
    """Let an expression of mixed types have the first of them, and an operation without a type be a float."""
    expression = _part("db.models.expressions.BaseExpression")
    combined = _part("db.models.expressions.CombinedExpression")
    error = _part("core.exceptions.FieldError")
    real = _part("db.models.FloatField")
    before, before_combined = expression._resolve_output_field, combined._resolve_output_field

    def resolve(self: Any) -> Any:
        try:
            return before(self)
        except error as exc:
            if "mixed types" not in str(exc):
                raise
            return next(source for source in self.get_source_fields() if source is not None)

    def resolve_combined(self: Any) -> Any:
        try:
            return before_combined(self)
        except error as exc:
            if "Cannot infer type" in str(exc):
                return real()
            raise

    with (
        mock.patch.object(expression, "_resolve_output_field", resolve),
        mock.patch.object(combined, "_resolve_output_field", resolve_combined),
    ):
        yield


@contextlib.contextmanager
def _years_of_no_date() -> Iterator[None]:
    """Compare the number where a year is none of the calendar's."""
    lookup = _part("db.models.lookups.YearLookup")
    before = lookup.as_sql

    def as_sql(self: Any, compiler: Any, connection: Any) -> Any:
        try:
            return before(self, compiler, connection)
        except (ValueError, OverflowError):
            self.rhs = min(max(self.rhs, 0), 10_000)
            return super(lookup, self).as_sql(compiler, connection)

    with mock.patch.object(lookup, "as_sql", as_sql):
        yield


@contextlib.contextmanager
def _date_arithmetic_of_sqlite() -> Iterator[None]:
    """Take a date for its first moment, and a float for microseconds."""
    functions = import_module("django.db.backends.sqlite3._functions")
    before, before_delta = functions.typecast_timestamp, functions._sqlite_prepare_dtdelta_param

    def typecast(text: Any) -> Any:
        found = before(text)
        return dt.datetime.combine(found, dt.time()) if type(found) is dt.date else found

    def prepare(connector: str, value: Any) -> Any:
        if connector in "+-" and isinstance(value, float):
            return dt.timedelta(microseconds=value)
        with mock.patch.object(functions, "typecast_timestamp", before):
            return before_delta(connector, value)

    with (
        mock.patch.object(functions, "typecast_timestamp", typecast),
        mock.patch.object(functions, "_sqlite_prepare_dtdelta_param", prepare),
    ):
        yield


@contextlib.contextmanager
def _aggregates_of_no_row() -> Iterator[None]:
    """Let an aggregate whose filter no row meets be empty by itself, and not empty the ones beside it."""
    aggregate, value = _part("db.models.Aggregate"), _part("db.models.Value")
    empty = _part("core.exceptions.EmptyResultSet")
    before = aggregate.as_sql

    def as_sql(self: Any, compiler: Any, connection: Any, **extra: Any) -> Any:
        try:
            return before(self, compiler, connection, **extra)
        except empty:
            return compiler.compile(value(self.empty_result_set_value, output_field=self.output_field))

    with mock.patch.object(aggregate, "as_sql", as_sql):
        yield


@contextlib.contextmanager
def _json_of_expressions() -> Iterator[None]:
    """Take what SQLite has read from JSON already as it is."""
    field = _part("db.models.JSONField")
    before = field.from_db_value

    def from_db_value(self: Any, value: Any, expression: Any, connection: Any) -> Any:
        is_text = isinstance(value, (str, bytes, bytearray, type(None)))
        return before(self, value, expression, connection) if is_text else value

    with mock.patch.object(field, "from_db_value", from_db_value):
        yield


@contextlib.contextmanager
def _exists_without_rows() -> Iterator[None]:
    """Know before asking that EXISTS finds nothing."""
    exists, subquery = _part("db.models.Exists"), _part("db.models.Subquery")
    with mock.patch.object(exists, "as_sql", subquery.as_sql):
        yield


@contextlib.contextmanager
def _orders_by_constants() -> Iterator[None]:
    """Leave constants out of ORDER BY, where a number would be a place in the list of columns."""
    compiler, value = _part("db.models.sql.compiler.SQLCompiler"), _part("db.models.Value")
    before = compiler.get_order_by

    def get_order_by(self: Any) -> Any:
        return [found for found in before(self) if not isinstance(getattr(found[0], "expression", None), value)]

    with mock.patch.object(compiler, "get_order_by", get_order_by):
        yield


@contextlib.contextmanager
def _rows_of_sliced_unions() -> Iterator[None]:
    """Look for a row of a slice of a union among its rows, not among equal constants."""
    query = _part("db.models.sql.Query")
    before = query.exists

    def exists(self: Any, limit: bool = True) -> Any:
        if self.combinator != "union" or not self.is_sliced:
            return before(self, limit)
        found = self.clone()
        for part in found.combined_queries:
            part.clear_ordering(force=False)
        found.clear_ordering(force=True)
        return found

    with mock.patch.object(query, "exists", exists):
        yield


@contextlib.contextmanager
def _aliases_as_annotations() -> Iterator[None]:
    """Select what alias() names: in an aggregate over windows SQLite takes the name of a missing column for a text."""
    queryset = _part("db.models.QuerySet")
    before = queryset.aggregate

    def aggregate(self: Any, *args: Any, **kwargs: Any) -> Any:
        known = self.query.annotations
        if any(getattr(each, "contains_over_clause", False) for each in known.values()):
            self = self._chain()
            self.query.set_annotation_mask(known)
        return before(self, *args, **kwargs)

    with mock.patch.object(queryset, "aggregate", aggregate):
        yield


MENDS: dict[str, Mend] = {
    "exists() of a slice of a union: Django counts one constant instead of the rows": _rows_of_sliced_unions,
    "alias() in a condition of an aggregate over windows: Django does not select it": _aliases_as_annotations,
    "XOR over relations: Django leaves joins inner and loses rows; on MariaDB it gives NULL": _outer_joins_of_xor,
    "FilteredRelation whose condition no row meets: Django drops all rows instead of joining none": _joins_of_nothing,
    "a list with expressions: Django sends NULL (NOT IN finds nothing), numbers beyond 64 bits (an error), "
    "and takes expressions for keys of relations (an error)": _lists_with_expressions,
    "a range of numbers beyond 64 bits: Django raises, though no row can be there": _ranges_of_large_numbers,
    "dates, times and moments as values on MariaDB: Django reads their text as it is, or fails": _literals_of_mariadb,
    "STDDEV and VARIANCE on SQLite: Django fails on NULL and on large numbers": _aggregates_of_sqlite,
    "mixed types: Django asks expressions for their type also where nothing depends on it": _types_only_where_needed,
    "a year that no date has: Django cannot make a date of it": _years_of_no_date,
    "date arithmetic on SQLite: Django's functions refuse their own texts, and floats": _date_arithmetic_of_sqlite,
    "an aggregate over a slice whose filter no row meets: Django gives nothing for all of them": _aggregates_of_no_row,
    "an expression over keys of JSON on SQLite: Django reads numbers as JSON text": _json_of_expressions,
    "EXISTS without rows: Django asks the database, whose answer has another type than what is known": _exists_without_rows,
    "order_by(Value(3)): PostgreSQL takes Django's number for a place in the list of columns": _orders_by_constants,
}
# Whose module of the backend is not there elsewhere.
ONLY_ON = {name: "mysql" for name, mend in MENDS.items() if mend is _literals_of_mariadb}


@contextlib.contextmanager
def mended(names: list[str]) -> Iterator[None]:
    """Run Django with these faults mended."""
    vendor = import_module("django.db").connection.vendor if names else ""
    with contextlib.ExitStack() as stack:
        for name in names:
            if name not in ONLY_ON or ONLY_ON[name] == vendor:
                stack.enter_context(MENDS[name]())
        yield


__all__ = ["MENDS", "mended"]
