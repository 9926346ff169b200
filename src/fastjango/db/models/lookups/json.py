"""JSON: paths into documents (``data__owner__name``) and lookups on them.

Keys are values, never SQL: on SQLite and MySQL they travel inside a path parameter that is
written by ``json_paths.py``, on PostgreSQL as parameters of the arrow operators.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import ARRAY, Integer, Text

from fastjango.db.errors import NotSupportedError
from fastjango.db.models.constants import LOOKUP_SEP
from fastjango.db.models.expressions import output
from fastjango.db.models.expressions.elements import Pieces, call, joined
from fastjango.db.models.expressions.output import lookup_of
from fastjango.db.models.expressions.shape import is_expression
from fastjango.db.models.lookups.base import BuiltinLookup, Lookup, PostgresOperatorLookup, Transform, condition
from fastjango.db.models.lookups.compare import (
    Exact,
    GreaterThan,
    GreaterThanOrEqual,
    LessThan,
    LessThanOrEqual,
    item_clause,
)
from fastjango.db.models.lookups.in_list import In
from fastjango.db.models.lookups.json_paths import (
    STRING,
    begins_with_hyphen,
    constant,
    has_no_path,
    json_path,
    key_text,
    like_text,
    mysql_key,
    mysql_place,
    mysql_walk,
    sqlite_key,
    sqlite_place,
    sqlite_walk,
)
from fastjango.db.models.lookups.null import IsNull
from fastjango.db.models.lookups.text import (
    EndsWith,
    IContains,
    IEndsWith,
    IExact,
    IRegex,
    IStartsWith,
    Regex,
    StartsWith,
)

if TYPE_CHECKING:
    from sqlalchemy.sql.elements import ClauseElement

    from fastjango.db.models.expressions.elements import Clause
    from fastjango.db.models.types import ClauseContext

_INTEGER = Integer()
_TEXT_ARRAY = ARRAY(Text())
_CONSTANTS = "('false','null','true')"


@lookup_of("JSONField")
class JSONExact(Exact):
    """The same document; None is JSON's null."""

    can_use_none_as_rhs = True
    plain_types = frozenset()

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return the comparison."""
        left = self.lhs_clause(ctx)
        right = self.rhs_clause(ctx)
        if ctx.vendor == "mysql" and self.rhs_is_direct_value():
            right = call("JSON_EXTRACT", right, Pieces("'$'"))
        return condition(left.self_group(), " = ", right)


class _Caseless:
    """Compares in lower case where the database's text in JSON has a case."""

    def lhs_clause(self: Any, ctx: ClauseContext) -> Clause:
        clause: Clause = super().lhs_clause(ctx)  # type: ignore[misc]
        return call("LOWER", clause) if ctx.vendor == "mysql" else clause

    def rhs_clause(self: Any, ctx: ClauseContext, *args: Any) -> Clause:
        clause: Clause = super().rhs_clause(ctx, *args)  # type: ignore[misc]
        return call("LOWER", clause) if ctx.vendor == "mysql" else clause

    def pattern_bind(self: Any, ctx: ClauseContext, convert: Callable[[Any], Any]) -> Clause:
        clause: Clause = super().pattern_bind(ctx, convert)  # type: ignore[misc]
        return call("LOWER", clause) if ctx.vendor == "mysql" else clause


@lookup_of("JSONField")
class JSONIContains(_Caseless, IContains):
    """The document's text has the value, without regard to case."""


@lookup_of("JSONField")
class DataContains(PostgresOperatorLookup):
    """The document has the given one in itself."""

    lookup_name = "contains"
    postgres_operator = "@>"

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return the operator; SQLite has none."""
        if not ctx.connection.features.supports_json_field_contains:
            raise NotSupportedError("contains lookup is not supported on this database backend.")
        if ctx.vendor == "mysql":
            return call("JSON_CONTAINS", self.lhs_clause(ctx), self.rhs_clause(ctx))
        return super().build_clause(ctx)


@lookup_of("JSONField")
class ContainedBy(PostgresOperatorLookup):
    """The document is within the given one."""

    lookup_name = "contained_by"
    postgres_operator = "<@"

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return the operator; SQLite has none."""
        if not ctx.connection.features.supports_json_field_contains:
            raise NotSupportedError("contained_by lookup is not supported on this database backend.")
        if ctx.vendor == "mysql":
            return call("JSON_CONTAINS", self.rhs_clause(ctx), self.lhs_clause(ctx))
        return super().build_clause(ctx)


class HasKeyLookup(PostgresOperatorLookup):
    """Whether an object has keys."""

    logical_operator: ClassVar[str | None] = None

    def final_path(self, key: Any) -> str:
        """Return the path of the key itself: always a key of an object."""
        return f".{json.dumps(key)}"

    def _place(self) -> tuple[Any, list[Any]]:
        """Return the document and the keys that lead to the object."""
        if isinstance(self.lhs, KeyTransform):
            return self.lhs.source_and_keys()
        return self.lhs, []

    def _keys_of(self, key: Any) -> tuple[list[Any], Any]:
        """Return the keys before a wanted one, and its own."""
        *before, final = key.source_and_keys()[1] if isinstance(key, KeyTransform) else [key]
        return [*self._place()[1], *before], final

    def value_kind(self, value: Any) -> Hashable:
        """Return which of the keys have no path on SQLite, and which on MariaDB."""
        return tuple((has_no_path(key), begins_with_hyphen(key)) for key in self._wanted(value))

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return the test."""
        if ctx.vendor == "postgresql":
            return self._postgresql(ctx)
        document = ctx.clause(self._place()[0])
        test = self._in_mysql if ctx.vendor == "mysql" else self._in_sqlite
        tests = [test(ctx, document, position) for position in range(len(self._wanted(self.rhs)))]
        if not self.logical_operator:
            return tests[0]
        return condition("(", *joined(tests, self.logical_operator), ")")

    def _wanted(self, value: Any) -> Sequence[Any]:
        """Return the keys of a right side."""
        return [value]

    def _bound(self, ctx: ClauseContext, position: int, convert: Callable[[Any], Any]) -> Clause:
        """Return what *convert* makes of one of the keys."""
        return ctx.bind(self.rhs, self.rhs_slot, None, lambda value: convert(self._wanted(value)[position]), STRING)

    def _in_mysql(self, ctx: ClauseContext, document: Clause, position: int) -> Clause:
        before, final = self._keys_of(self._wanted(self.rhs)[position])
        document, rest = mysql_walk(ctx, document, before)
        root = json_path(rest)
        if begins_with_hyphen(final) and ctx.connection.mysql_is_mariadb:
            key = self._bound(ctx, position, lambda key: like_text(self._keys_of(key)[1]))
            return condition(mysql_key(document, constant(ctx, root), key), " IS NOT NULL")
        path = self._bound(ctx, position, lambda key: root + self.final_path(self._keys_of(key)[1]))
        return call("JSON_CONTAINS_PATH", document, Pieces("'one'"), path)

    def _in_sqlite(self, ctx: ClauseContext, document: Clause, position: int) -> Clause:
        before, final = self._keys_of(self._wanted(self.rhs)[position])
        if has_no_path(final):
            key = self._bound(ctx, position, lambda key: key_text(self._keys_of(key)[1]))
            kind = sqlite_key(ctx, document, before, key, "type")
        else:
            document, rest = sqlite_walk(ctx, document, before)
            root = json_path(rest)
            path = self._bound(ctx, position, lambda key: root + self.final_path(self._keys_of(key)[1]))
            kind = call("JSON_TYPE", document, path)
        return condition(kind, " IS NOT NULL")

    def _postgresql(self, ctx: ClauseContext) -> Clause:
        if isinstance(self.rhs, KeyTransform):
            *before, final = self.rhs.source_and_keys()[1]
            place = self.lhs
            for key in before:
                place = KeyTransform(key, place)
            left = ctx.clause(place)
            return condition(left, f" {self.postgres_operator} ", constant(ctx, str(final)))
        return condition(ctx.clause(self.lhs), f" {self.postgres_operator} ", self._postgresql_value(ctx))

    def _postgresql_value(self, ctx: ClauseContext) -> Clause:
        return ctx.bind(self.rhs, self.rhs_slot, None, str, STRING)


@lookup_of("JSONField")
class HasKey(HasKeyLookup):
    """Has the key."""

    lookup_name = "has_key"
    postgres_operator = "?"
    prepare_rhs = False


class HasKeyOrArrayIndex(HasKey):
    """Has the key, or a place of that number in an array."""

    def final_path(self, key: Any) -> str:
        """Return the path of a key or a number."""
        return json_path([key], include_root=False)


class _ManyKeys(HasKeyLookup):
    """Tests several keys."""

    def get_prep_lookup(self) -> Any:
        """Return the keys as text."""
        return [item if isinstance(item, KeyTransform) else str(item) for item in self.rhs]

    def _wanted(self, value: Any) -> Sequence[Any]:
        return value  # type: ignore[no-any-return]

    def _postgresql_value(self, ctx: ClauseContext) -> Clause:
        return ctx.bind(self.rhs, self.rhs_slot, None, list, _TEXT_ARRAY)


@lookup_of("JSONField")
class HasKeys(_ManyKeys):
    """Has all of the keys."""

    lookup_name = "has_keys"
    postgres_operator = "?&"
    logical_operator = " AND "


@lookup_of("JSONField")
class HasAnyKeys(_ManyKeys):
    """Has any of the keys."""

    lookup_name = "has_any_keys"
    postgres_operator = "?|"
    logical_operator = " OR "


class KeyTransform(Transform):
    """A value in a document."""

    postgres_operator: ClassVar[str] = "->"
    postgres_nested_operator: ClassVar[str] = "#>"

    def __init__(self, key_name: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.key_name = str(key_name)

    def source_and_keys(self) -> tuple[Any, list[Any]]:
        """Return the document and the keys from its root to this value."""
        keys = [self.key_name]
        previous = self.lhs
        while isinstance(previous, KeyTransform):
            keys.insert(0, previous.key_name)
            previous = previous.lhs
        return previous, keys

    def preprocess_lhs(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...], list[Any]]:
        """Return SQL and parameters of the document, and the keys."""
        source, keys = self.source_and_keys()
        sql, params = compiler.compile(source)
        return sql, tuple(params), keys

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return the value."""
        source, keys = self.source_and_keys()
        document = ctx.clause(source)
        if ctx.vendor == "postgresql":
            return self._postgresql(ctx, document, keys)
        if ctx.vendor == "mysql":
            return mysql_place(ctx, document, keys)
        # The value would be a number for true and false, and NULL for null.
        kind, value = sqlite_place(ctx, document, keys)
        return Pieces(
            "(CASE WHEN ",
            kind,
            f" IN {_CONSTANTS} THEN ",
            kind,
            " ELSE ",
            value,
            " END)",
        )

    def _postgresql(self, ctx: ClauseContext, document: Clause, keys: list[Any]) -> Clause:
        if len(keys) > 1:
            path: ClauseElement = ctx.bind([str(key) for key in keys], None, None, None, _TEXT_ARRAY)
            return Pieces("(", document, f" {self.postgres_nested_operator} ", path, ")")
        try:
            index = int(self.key_name)
        except ValueError:
            step = constant(ctx, self.key_name)
        else:
            step = ctx.bind(index, None, None, None, _INTEGER)
        return Pieces("(", document, f" {self.postgres_operator} ", step, ")")


class KeyTextTransform(KeyTransform):
    """A value in a document, as text."""

    postgres_operator = "->>"
    postgres_nested_operator = "#>>"
    output_field = output.Output("TextField")

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return the value as text."""
        clause = super().build_clause(ctx)
        return call("JSON_UNQUOTE", clause) if ctx.vendor == "mysql" else clause

    def get_lookup(self, lookup_name: str) -> Any:
        """Return the lookup of that name; a text equals texts, not JSON."""
        return {"exact": Exact, "in": In}.get(lookup_name) or super().get_lookup(lookup_name)

    @classmethod
    def from_lookup(cls, lookup: str) -> Any:
        """
        Return the value at a path such as ``"data__owner__name"``.

        Raises:
            ValueError: The path has no key.
        """
        transform, *keys = lookup.split(LOOKUP_SEP)
        if not keys:
            raise ValueError("Lookup must contain key or index transforms.")
        result: Any = transform
        for key in keys:
            result = cls(key, result)
        return result


KT = KeyTextTransform.from_lookup


class KeyTransformFactory:
    """Makes the transform for a key that is no registered transform."""

    def __init__(self, key_name: str) -> None:
        self.key_name = key_name

    def __call__(self, *args: Any, **kwargs: Any) -> KeyTransform:
        return KeyTransform(self.key_name, *args, **kwargs)


class KeyTransformTextLookupMixin:
    """Compares the text of a value in a document."""

    def __init__(self, key_transform: Any, *args: Any, **kwargs: Any) -> None:
        if not isinstance(key_transform, KeyTransform):
            raise TypeError("Transform should be an instance of KeyTransform in order to use this lookup.")
        text = KeyTextTransform(key_transform.key_name, *key_transform.source_expressions, **key_transform.extra)
        super().__init__(text, *args, **kwargs)  # type: ignore[call-arg]


class KeyTransformIsNull(IsNull):
    """Whether a document lacks the key."""

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return the test; a key whose value is null is there."""
        if ctx.vendor != "sqlite":
            return super().build_clause(ctx)
        if not isinstance(self.rhs, bool):
            return super().build_clause(ctx)
        source, keys = self.lhs.source_and_keys()
        kind, _value = sqlite_place(ctx, ctx.clause(source), keys)
        return condition(kind, " IS NULL" if self.rhs else " IS NOT NULL")


def _at(position: int) -> Callable[[Any], Any]:
    return lambda rows: rows[position]


def _is_constant(value: Any) -> bool:
    return value is None or isinstance(value, bool)


def _extracted(ctx: ClauseContext, clause: ClauseElement, value: Any) -> ClauseElement:
    """Return a JSON parameter as ``KeyTransform`` shows values: constants as their names."""
    if ctx.vendor == "mysql" or (ctx.vendor == "sqlite" and not _is_constant(value)):
        return call("JSON_EXTRACT", clause, Pieces("'$'"))
    return clause


class KeyTransformExact(JSONExact):
    """A value in a document equals the given one."""

    def value_kind(self, value: Any) -> Hashable:
        """Return whether the value is null, true or false."""
        return _is_constant(value)

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return the comparison."""
        right: ClauseElement = self.rhs_clause(ctx)
        if self.rhs_is_direct_value():
            right = _extracted(ctx, right, self.rhs)
        return condition(self.lhs_clause(ctx), " = ", right)


class KeyTransformIn(In):
    """A value in a document is one of the given ones."""

    def _distinct(self, values: list[Any]) -> list[Any]:
        return [value for value in values if value is not None]

    def value_kind(self, value: Any) -> Hashable:
        """Return which of the values are true or false."""
        return tuple(map(_is_constant, value))

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return ``IN`` and the list; with expressions in it MariaDB compares texts."""
        if ctx.vendor != "mysql" or not self.rhs_is_direct_value() or not any(map(is_expression, self.rhs)):
            return super().build_clause(ctx)
        clauses: list[ClauseElement] = []
        for item in self.rhs:
            clause = item_clause(self, ctx, item)
            if not is_expression(item):
                clause = call("JSON_EXTRACT", clause, Pieces("'$'"))
            clauses.append(call("JSON_UNQUOTE", clause) if ctx.connection.mysql_is_mariadb else clause)
        return condition(self.lhs_clause(ctx).self_group(), " IN (", *joined(clauses, ", "), ")")

    def _in_values(self, ctx: ClauseContext, left: ClauseElement, count: int) -> Clause:
        clauses = []
        for position, value in enumerate(self.rhs):
            bound = ctx.bind(self.rhs, self.rhs_slot, self.bind_field, _at(position))
            clause = _extracted(ctx, bound, value)
            if ctx.vendor == "mysql" and ctx.connection.mysql_is_mariadb:
                clause = call("JSON_UNQUOTE", clause)
            clauses.append(clause)
        return condition(left, " IN (", *joined(clauses, ", "), ")")


class KeyTransformIExact(_Caseless, KeyTransformTextLookupMixin, IExact):
    """``iexact`` of a value in a document."""


class KeyTransformIContains(_Caseless, KeyTransformTextLookupMixin, IContains):
    """``icontains`` of a value in a document."""


class KeyTransformStartsWith(KeyTransformTextLookupMixin, StartsWith):
    """``startswith`` of a value in a document."""


class KeyTransformIStartsWith(_Caseless, KeyTransformTextLookupMixin, IStartsWith):
    """``istartswith`` of a value in a document."""


class KeyTransformEndsWith(KeyTransformTextLookupMixin, EndsWith):
    """``endswith`` of a value in a document."""


class KeyTransformIEndsWith(_Caseless, KeyTransformTextLookupMixin, IEndsWith):
    """``iendswith`` of a value in a document."""


class KeyTransformRegex(KeyTransformTextLookupMixin, Regex):
    """``regex`` of a value in a document."""


class KeyTransformIRegex(_Caseless, KeyTransformTextLookupMixin, IRegex):
    """``iregex`` of a value in a document."""


class _KeyOrder(BuiltinLookup):
    """Order of values in documents: numbers and texts as such where JSON has no order."""

    sign: ClassVar[str]

    def value_kind(self, value: Any) -> Hashable:
        """Return the type, which decides on the type of the parameter."""
        return type(value).__name__ if isinstance(value, int | float | str) else ()

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return the comparison."""
        right: ClauseElement
        if ctx.vendor != "postgresql" and self.rhs_is_direct_value():
            if isinstance(self.rhs, int | float | str):
                right = ctx.bind(self.rhs, self.rhs_slot)
            else:
                right = ctx.bind(self.rhs, self.rhs_slot, self.bind_field)
        else:
            right = self.rhs_clause(ctx)
            if self.rhs_is_direct_value():
                right = _extracted(ctx, right, self.rhs)
        return condition(self.lhs_clause(ctx), f" {self.sign} ", right)


class KeyTransformLt(_KeyOrder, LessThan):
    """``lt`` of a value in a document."""


class KeyTransformLte(_KeyOrder, LessThanOrEqual):
    """``lte`` of a value in a document."""


class KeyTransformGt(_KeyOrder, GreaterThan):
    """``gt`` of a value in a document."""


class KeyTransformGte(_KeyOrder, GreaterThanOrEqual):
    """``gte`` of a value in a document."""


_KEY_LOOKUPS: tuple[type[Lookup], ...] = (
    KeyTransformIn,
    KeyTransformExact,
    KeyTransformIExact,
    KeyTransformIsNull,
    KeyTransformIContains,
    KeyTransformStartsWith,
    KeyTransformIStartsWith,
    KeyTransformEndsWith,
    KeyTransformIEndsWith,
    KeyTransformRegex,
    KeyTransformIRegex,
    KeyTransformLt,
    KeyTransformLte,
    KeyTransformGt,
    KeyTransformGte,
)
for _lookup in _KEY_LOOKUPS:
    KeyTransform.register_lookup(_lookup)

__all__ = [
    "KT",
    "ContainedBy",
    "DataContains",
    "HasAnyKeys",
    "HasKey",
    "HasKeyOrArrayIndex",
    "HasKeys",
    "JSONExact",
    "KeyTextTransform",
    "KeyTransform",
    "KeyTransformExact",
    "KeyTransformFactory",
    "KeyTransformIExact",
    "KeyTransformIn",
    "KeyTransformIsNull",
    "KeyTransformTextLookupMixin",
    "json_path",
]
