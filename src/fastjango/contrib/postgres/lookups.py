"""Lookups by operators that only PostgreSQL has; fields register them, ``apps.py`` those of text."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from sqlalchemy import ARRAY, String, Text

from fastjango.contrib.postgres.search import SearchVector, SearchVectorExact, SearchVectorField
from fastjango.db.models import Transform
from fastjango.db.models.expressions.elements import Pieces
from fastjango.db.models.lookups import PostgresOperatorLookup
from fastjango.db.models.lookups.base import is_query
from fastjango.db.models.lookups.compare import plain_types_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.types import TypeEngine

    from fastjango.db.models.expressions.elements import Clause
    from fastjango.db.models.types import ClauseContext

__all__ = [
    "ContainedBy",
    "DataContains",
    "HasAnyKeys",
    "HasKey",
    "HasKeys",
    "Overlap",
    "SearchLookup",
    "TrigramSimilar",
    "TrigramStrictWordSimilar",
    "TrigramWordSimilar",
    "Unaccent",
]

_TEXT = String()
_TEXT_ARRAY = ARRAY(Text())


class DataContains(PostgresOperatorLookup):
    """The left side has the right one in itself."""

    lookup_name = "contains"
    postgres_operator = "@>"


class ContainedBy(PostgresOperatorLookup):
    """The left side is within the right one."""

    lookup_name = "contained_by"
    postgres_operator = "<@"


class Overlap(PostgresOperatorLookup):
    """Both sides have something in common."""

    lookup_name = "overlap"
    postgres_operator = "&&"

    def rhs_clause(
        self,
        ctx: ClauseContext,
        convert: Callable[[Any], Any] | None = None,
        type_: TypeEngine[Any] | None = None,
    ) -> Clause:
        """Return the right side; the rows of an inner query become one array."""
        if is_query(self.rhs):
            return Pieces("ARRAY(", ctx.subquery(self.rhs), ")")
        return super().rhs_clause(ctx, convert, type_)


class HasKey(PostgresOperatorLookup):
    """Has the key."""

    lookup_name = "has_key"
    postgres_operator = "?"
    prepare_rhs = False

    def rhs_clause(
        self,
        ctx: ClauseContext,
        convert: Callable[[Any], Any] | None = None,
        type_: TypeEngine[Any] | None = None,
    ) -> Clause:
        """Return the key as text."""
        return super().rhs_clause(ctx, str, _TEXT)


class HasKeys(PostgresOperatorLookup):
    """Has all of the keys."""

    lookup_name = "has_keys"
    postgres_operator = "?&"

    def get_prep_lookup(self) -> Any:
        """Return the keys as texts."""
        return [str(item) for item in self.rhs]

    def rhs_clause(
        self,
        ctx: ClauseContext,
        convert: Callable[[Any], Any] | None = None,
        type_: TypeEngine[Any] | None = None,
    ) -> Clause:
        """Return the keys as an array of texts."""
        return super().rhs_clause(ctx, list, _TEXT_ARRAY)


class HasAnyKeys(HasKeys):
    """Has any of the keys."""

    lookup_name = "has_any_keys"
    postgres_operator = "?|"


class Unaccent(Transform):
    """The text without accents, on both sides of a lookup."""

    bilateral = True
    lookup_name = "unaccent"
    function = "UNACCENT"


class SearchLookup(SearchVectorExact):
    """The words of a text match a search."""

    lookup_name = "search"

    def lhs_clause(self, ctx: ClauseContext) -> Clause:
        """Return the left side as a vector, with the configuration of the query if that has one."""
        if isinstance(self.lhs.output_field, SearchVectorField):
            return super().lhs_clause(ctx)
        return ctx.clause(SearchVector(self.lhs, config=getattr(self.rhs, "config", None)))


class _TextOperator(PostgresOperatorLookup):
    """A comparison of texts."""

    def _plain_types(self) -> frozenset[type[Any]]:
        return plain_types_of(self.bind_field)

    plain_types = cached_property(_plain_types)


class TrigramSimilar(_TextOperator):
    """As similar as ``pg_trgm.similarity_threshold`` asks for."""

    lookup_name = "trigram_similar"
    postgres_operator = "%%"


class TrigramWordSimilar(_TextOperator):
    """Has a part of words that is similar."""

    lookup_name = "trigram_word_similar"
    postgres_operator = "%%>"


class TrigramStrictWordSimilar(_TextOperator):
    """Has whole words that are similar."""

    lookup_name = "trigram_strict_word_similar"
    postgres_operator = "%%>>"
