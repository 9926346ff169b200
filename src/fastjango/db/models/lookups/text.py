"""Text: ``contains``, ``startswith``, ``endswith``, ``iexact``, ``regex`` and their ``i`` forms.

What is equal without regard to case is the database's word, as in Django: SQLite's LIKE
folds ASCII only, PostgreSQL compares ``UPPER()`` of both sides.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import String, Text
from sqlalchemy import cast as sql_cast

from fastjango.db.models.expressions import adapter
from fastjango.db.models.expressions.elements import Pieces, call
from fastjango.db.models.expressions.output import lookup_of
from fastjango.db.models.lookups.base import BuiltinLookup, condition
from fastjango.db.models.lookups.compare import column_field

if TYPE_CHECKING:
    from sqlalchemy.sql.elements import ClauseElement

    from fastjango.db.models.expressions.elements import Clause
    from fastjango.db.models.types import ClauseContext

_TEXT = Text()
_STRING = String()


def escape_like(value: Any) -> str:
    """Return *value* as text in which LIKE sees no wildcards."""
    return str(value).replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")


def _anywhere(value: Any) -> str:
    return f"%{escape_like(value)}%"


def _beginning(value: Any) -> str:
    return f"{escape_like(value)}%"


def _ending(value: Any) -> str:
    return f"%{escape_like(value)}"


class TextLookup(BuiltinLookup):
    """A lookup that compares the left side as text."""

    prepare_rhs = False
    is_textual = True
    plain_types = frozenset({str})
    ignores_case: ClassVar[bool] = False

    def cast_lhs(self, clause: Clause, ctx: ClauseContext) -> Clause:
        """Return the left side as text, in upper case where case is ignored."""
        if ctx.vendor != "postgresql":
            return clause
        field = getattr(self.lhs, "output_field", None)
        kind = None if field is None else column_field(field).get_internal_type()
        if kind in {"GenericIPAddressField", "IPAddressField"}:
            clause = call("HOST", clause)
        else:
            clause = sql_cast(clause, _TEXT)
        return call("UPPER", clause) if self.ignores_case else clause

    def pattern_bind(self, ctx: ClauseContext, convert: Callable[[Any], Any]) -> Clause:
        """Return the parameter of a direct value."""
        return ctx.bind(self.rhs, self.rhs_slot, None, convert, _STRING)


class PatternLookup(TextLookup):
    """A lookup that is a LIKE pattern around the value."""

    param_pattern: ClassVar[str] = "%%%s%%"
    pattern: ClassVar[Callable[[Any], str]] = _anywhere

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return ``LIKE`` and the pattern."""
        return condition(self.lhs_clause(ctx).self_group(), *self._like(ctx, self._pattern_clause(ctx)))

    def _pattern_clause(self, ctx: ClauseContext) -> Clause:
        if self.rhs_is_direct_value() and not self.bilateral_transforms:
            return self.pattern_bind(ctx, type(self).pattern)
        return self._concatenated(ctx, self._escaped(self.rhs_clause(ctx), ctx))

    def _like(self, ctx: ClauseContext, pattern: ClauseElement) -> list[Any]:
        if ctx.vendor == "postgresql":
            return [" LIKE ", call("UPPER", pattern) if self.ignores_case else pattern]
        if ctx.vendor == "mysql":
            return [" LIKE " if self.ignores_case else " LIKE BINARY ", pattern]
        return [" LIKE ", pattern, r" ESCAPE '\'"]

    @staticmethod
    def _escaped(clause: ClauseElement, ctx: ClauseContext) -> ClauseElement:
        """Escape the wildcards in a value that only the database knows."""
        backslash = "\\" if ctx.vendor == "sqlite" else "\\\\"
        # Whether a backslash means itself in a plain literal is a setting of the server.
        quote = "E'" if ctx.vendor == "postgresql" else "'"
        for character in (backslash, "%", "_"):
            clause = Pieces("REPLACE(", clause, f", {quote}{character}', {quote}{backslash}{character}')")
        return clause

    def _concatenated(self, ctx: ClauseContext, clause: ClauseElement) -> Clause:
        before, after = ("'%'" if part else None for part in self.param_pattern.split("%s"))
        parts: list[Any] = [part for part in (before, clause, after) if part is not None]
        separator = ", " if ctx.vendor == "mysql" else " || "
        pieces: list[Any] = []
        for part in parts:
            pieces += [separator, part] if pieces else [part]
        return Pieces("CONCAT(" if ctx.vendor == "mysql" else "(", *pieces, ")")

    @adapter.native
    def process_rhs(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """Return the placeholder and the pattern."""
        return "%s", [self._pattern_clause(compiler.ctx)]

    @adapter.native
    def get_rhs_op(self, connection: Any, rhs: str) -> str:
        """Return the operator and the pattern."""
        if connection.vendor == "postgresql":
            return f"LIKE UPPER({rhs})" if self.ignores_case else f"LIKE {rhs}"
        if connection.vendor == "mysql":
            return f"LIKE {rhs}" if self.ignores_case else f"LIKE BINARY {rhs}"
        return rf"LIKE {rhs} ESCAPE '\'"


@lookup_of("Field")
class IExact(TextLookup):
    """Equal without regard to case."""

    lookup_name = "iexact"
    ignores_case = True

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return the comparison."""
        left = self.lhs_clause(ctx).self_group()
        direct = self.rhs_is_direct_value() and not self.bilateral_transforms
        if ctx.vendor == "postgresql":
            right = self.pattern_bind(ctx, str) if direct else self.rhs_clause(ctx)
            return condition(left, " = ", call("UPPER", right))
        right = self.pattern_bind(ctx, escape_like) if direct else self.rhs_clause(ctx)
        if ctx.vendor == "mysql":
            return condition(left, " LIKE ", right)
        return condition(left, " LIKE ", right, r" ESCAPE '\'")


@lookup_of("Field")
class Contains(PatternLookup):
    """Has the value somewhere."""

    lookup_name = "contains"


@lookup_of("Field")
class IContains(Contains):
    """Has the value somewhere, without regard to case."""

    lookup_name = "icontains"
    ignores_case = True


@lookup_of("Field")
class StartsWith(PatternLookup):
    """Begins with the value."""

    lookup_name = "startswith"
    param_pattern = "%s%%"
    pattern = _beginning


@lookup_of("Field")
class IStartsWith(StartsWith):
    """Begins with the value, without regard to case."""

    lookup_name = "istartswith"
    ignores_case = True


@lookup_of("Field")
class EndsWith(PatternLookup):
    """Ends with the value."""

    lookup_name = "endswith"
    param_pattern = "%%%s"
    pattern = _ending


@lookup_of("Field")
class IEndsWith(EndsWith):
    """Ends with the value, without regard to case."""

    lookup_name = "iendswith"
    ignores_case = True


def _ignoring_case(value: Any) -> str:
    return f"(?i){value}"


@lookup_of("Field")
class Regex(TextLookup):
    """Has a match of the regular expression, in the database's dialect of them."""

    lookup_name = "regex"

    def cast_lhs(self, clause: Clause, ctx: ClauseContext) -> Clause:
        """Return the left side as text."""
        return sql_cast(clause, _TEXT) if ctx.vendor == "postgresql" else clause

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return the match."""
        left = self.lhs_clause(ctx).self_group()
        direct = self.rhs_is_direct_value() and not self.bilateral_transforms
        if ctx.vendor == "postgresql":
            right = self.pattern_bind(ctx, str) if direct else self.rhs_clause(ctx)
            return condition(left, " ~* " if self.ignores_case else " ~ ", right)
        if ctx.vendor == "mysql":
            right = self.pattern_bind(ctx, str) if direct else self.rhs_clause(ctx)
            return condition(left, " REGEXP " if self.ignores_case else " REGEXP BINARY ", right)
        if direct:
            right = self.pattern_bind(ctx, _ignoring_case if self.ignores_case else str)
            return condition(left, " REGEXP ", right)
        flag = ["'(?i)' || "] if self.ignores_case else []
        return condition(left, " REGEXP ", *flag, self.rhs_clause(ctx))


@lookup_of("Field")
class IRegex(Regex):
    """Has a match of the regular expression, without regard to case."""

    lookup_name = "iregex"
    ignores_case = True


def _without_hyphens(convert: Callable[[Any], str]) -> Callable[[Any], str]:
    def converted(value: Any) -> str:
        return convert(str(value).replace("-", ""))

    return converted


class UUIDTextMixin:
    """Compares as text with UUIDs that are stored without hyphens."""

    def pattern_bind(self: Any, ctx: ClauseContext, convert: Callable[[Any], Any]) -> Clause:
        """Return the parameter without hyphens where the column has none."""
        if not ctx.connection.features.has_native_uuid_field:
            convert = _without_hyphens(convert)
        return super().pattern_bind(ctx, convert)  # type: ignore[misc,no-any-return]

    def rhs_clause(self: Any, ctx: ClauseContext, *args: Any) -> Clause:
        """Return an expression without hyphens where the column has none."""
        clause: Clause = super().rhs_clause(ctx, *args)  # type: ignore[misc]
        if self.rhs_is_direct_value() or ctx.connection.features.has_native_uuid_field:
            return clause
        return call("REPLACE", clause, Pieces("'-'"), Pieces("''"))


@lookup_of("UUIDField")
class UUIDIExact(UUIDTextMixin, IExact):
    """``iexact`` of a UUID."""


@lookup_of("UUIDField")
class UUIDContains(UUIDTextMixin, Contains):
    """``contains`` of a UUID."""


@lookup_of("UUIDField")
class UUIDIContains(UUIDTextMixin, IContains):
    """``icontains`` of a UUID."""


@lookup_of("UUIDField")
class UUIDStartsWith(UUIDTextMixin, StartsWith):
    """``startswith`` of a UUID."""


@lookup_of("UUIDField")
class UUIDIStartsWith(UUIDTextMixin, IStartsWith):
    """``istartswith`` of a UUID."""


@lookup_of("UUIDField")
class UUIDEndsWith(UUIDTextMixin, EndsWith):
    """``endswith`` of a UUID."""


@lookup_of("UUIDField")
class UUIDIEndsWith(UUIDTextMixin, IEndsWith):
    """``iendswith`` of a UUID."""


__all__ = [
    "Contains",
    "EndsWith",
    "IContains",
    "IEndsWith",
    "IExact",
    "IRegex",
    "IStartsWith",
    "PatternLookup",
    "Regex",
    "StartsWith",
    "TextLookup",
    "UUIDTextMixin",
    "escape_like",
]
