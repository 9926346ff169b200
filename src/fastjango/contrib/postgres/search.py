"""Full text search and the similarity of texts.

``SearchVector`` is what is searched, ``SearchQuery`` what for, ``SearchRank`` how well it fits, ``SearchHeadline`` where;
``Trigram...`` compare texts by groups of three letters (extension ``pg_trgm``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self

from sqlalchemy import String

from fastjango.contrib.postgres.column_types import NamedType, ServerType
from fastjango.contrib.postgres.server_check import ServerCheckMixin
from fastjango.db.models import CharField, Expression, Field, FloatField, Func, Lookup, TextField, Value
from fastjango.db.models.expressions import CombinedExpression, register_combinable_fields
from fastjango.db.models.expressions.elements import Pieces, joined
from fastjango.db.models.functions import Cast
from fastjango.db.models.lookups.base import condition

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.types import TypeEngine

    from fastjango.db.models.expressions.elements import Clause
    from fastjango.db.models.types import ClauseContext

__all__ = [
    "CombinedSearchQuery",
    "CombinedSearchVector",
    "SearchConfig",
    "SearchHeadline",
    "SearchQuery",
    "SearchQueryCombinable",
    "SearchQueryField",
    "SearchRank",
    "SearchVector",
    "SearchVectorCombinable",
    "SearchVectorExact",
    "SearchVectorField",
    "TrigramBase",
    "TrigramDistance",
    "TrigramSimilarity",
    "TrigramStrictWordDistance",
    "TrigramStrictWordSimilarity",
    "TrigramWordBase",
    "TrigramWordDistance",
    "TrigramWordSimilarity",
]

_STRING = String()


class _ServerField(ServerCheckMixin, Field[Any, Any]):
    """A field of a type that Python has no counterpart of."""

    type_name: ClassVar[str]

    def db_type(self, connection: Any) -> str | None:
        """Return the name of the type."""
        return self.type_name

    def column_type(self) -> Any:
        """Return the type."""
        return ServerType(self.type_name)


class SearchVectorField(_ServerField):
    """The words of a document with their places, ready to be searched; fill it with a trigger or ``update()``."""

    type_name = "tsvector"


class SearchQueryField(_ServerField):
    """A search that has been read."""

    type_name = "tsquery"


class _WeightsField(_ServerField):
    """Four weights."""

    type_name = "float4[]"


def typed(expression: Any, type_text: str, ctx: ClauseContext) -> Clause:
    """
    Return an expression as a type of the server.

    A plain value is sent as that type itself: a cast of a text would keep the planner from using indexes.
    """
    if isinstance(expression, Value) and expression.value is not None:
        return ctx.bind(expression.value, expression.slot, None, None, NamedType(type_text))
    return Pieces("(", ctx.clause(expression), f")::{type_text}")


class SearchConfig(Expression):
    """The text search configuration: a name, or an expression that gives one."""

    def __init__(self, config: Any) -> None:
        super().__init__()
        self.config = config if hasattr(config, "resolve_expression") else Value(config)

    @classmethod
    def from_parameter(cls, config: Any) -> Any:
        """Return what was passed as ``config=``, as an expression; None stays None."""
        return config if config is None or isinstance(config, cls) else cls(config)

    def get_source_expressions(self) -> list[Any]:
        """Return the name."""
        return [self.config]

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        """Replace the name."""
        (self.config,) = exprs

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return the configuration."""
        return typed(self.config, "regconfig", ctx)


class SearchVectorExact(Lookup):
    """The vector matches a search."""

    lookup_name = "exact"
    plain_types = frozenset({str})

    def get_prep_lookup(self) -> Any:
        """Return the text of the search, or the expression that it is."""
        return str(self.rhs) if self.rhs_is_direct_value() else self.rhs

    def rhs_clause(
        self,
        ctx: ClauseContext,
        convert: Callable[[Any], Any] | None = None,
        type_: TypeEngine[Any] | None = None,
    ) -> Clause:
        """Return the search; a text is read with the configuration of the vector."""
        if isinstance(self.rhs, SearchQuery | CombinedSearchQuery):
            return ctx.clause(self.rhs)
        value = self.rhs
        if self.rhs_is_direct_value():
            value = Value(self.rhs)
            value.slot = self.rhs_slot
        return ctx.clause(SearchQuery(value, config=getattr(self.lhs, "config", None)))

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return the match."""
        return condition(self.lhs_clause(ctx), " @@ ", self.rhs_clause(ctx))


SearchVectorField.register_lookup(SearchVectorExact)


class SearchVectorCombinable:
    """Vectors are put together with ``+``."""

    ADD = "||"
    config: Any

    def _combine(self, other: Any, connector: str, reversed: bool) -> Any:  # noqa: A002 - Django's name
        if not isinstance(other, SearchVectorCombinable):
            raise TypeError(
                f"SearchVector can only be combined with other SearchVector instances, got {type(other).__name__}."
            )
        left, right = (other, self) if reversed else (self, other)
        return CombinedSearchVector(left, connector, right, self.config)


class SearchVector(SearchVectorCombinable, Func):
    """
    The words of some columns.

        SearchVector("title", weight="A") + SearchVector("body", weight="B")

    Args:
        config: The text search configuration; that of the database when missing.
        weight: "A" to "D": how much the words count in a rank.
    """

    function = "to_tsvector"
    output_field = SearchVectorField()

    def __init__(self, *expressions: Any, config: Any = None, weight: Any = None) -> None:
        super().__init__(*expressions)
        self.config = SearchConfig.from_parameter(config)
        self.weight = weight if weight is None or hasattr(weight, "resolve_expression") else Value(weight)

    def get_source_expressions(self) -> list[Any]:
        """Return the texts, then configuration and weight or None."""
        return [*super().get_source_expressions(), self.config, self.weight]

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        """Replace the texts, the configuration and the weight."""
        *texts, self.config, self.weight = exprs
        super().set_source_expressions(texts)

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return the vector; NULL counts as no words."""
        texts = joined([self._text(part, ctx) for part in self.source_expressions], " || ' ' || ")
        config: list[Any] = [] if self.config is None else [ctx.clause(self.config), ", "]
        vector = Pieces("to_tsvector(", *config, *texts, ")")
        if self.weight is None:
            return vector
        return Pieces("setweight(", vector, ", ", typed(self.weight, '"char"', ctx), ")")

    @staticmethod
    def _text(part: Any, ctx: ClauseContext) -> Clause:
        clause = ctx.clause(part)
        if not isinstance(part.output_field, CharField | TextField):
            clause = Pieces("(", clause, ")::text")
        return Pieces("COALESCE(", clause, ", '')")


class CombinedSearchVector(SearchVectorCombinable, CombinedExpression):
    """The words of two vectors."""

    def __init__(self, lhs: Any, connector: str, rhs: Any, config: Any, output_field: Any = None) -> None:
        self.config = config
        super().__init__(lhs, connector, rhs, output_field)


class SearchQueryCombinable:
    """Searches are put together with ``&`` and ``|``."""

    BITAND = "&&"
    BITOR = "||"
    config: Any

    def _combine(self, other: Any, connector: str, reversed: bool) -> Any:  # noqa: A002 - Django's name
        if not isinstance(other, SearchQueryCombinable):
            raise TypeError(
                f"SearchQuery can only be combined with other SearchQuery instances, got {type(other).__name__}."
            )
        left, right = (other, self) if reversed else (self, other)
        return CombinedSearchQuery(left, connector, right, self.config)

    def __or__(self, other: Any) -> Any:
        return self._combine(other, self.BITOR, False)

    def __ror__(self, other: Any) -> Any:
        return self._combine(other, self.BITOR, True)

    def __and__(self, other: Any) -> Any:
        return self._combine(other, self.BITAND, False)

    def __rand__(self, other: Any) -> Any:
        return self._combine(other, self.BITAND, True)


class SearchQuery(SearchQueryCombinable, Func):
    """
    What to search for.

    Args:
        search_type: How the text is read: "plain" words, a "phrase", "raw" with the operators of PostgreSQL, or
            "websearch" as search engines do.
        invert: What does not match.
    """

    output_field = SearchQueryField()
    SEARCH_TYPES: ClassVar[dict[str, str]] = {
        "plain": "plainto_tsquery",
        "phrase": "phraseto_tsquery",
        "raw": "to_tsquery",
        "websearch": "websearch_to_tsquery",
    }

    def __init__(
        self,
        value: Any,
        output_field: Any = None,
        *,
        config: Any = None,
        invert: bool = False,
        search_type: str = "plain",
    ) -> None:
        self.function = self.SEARCH_TYPES.get(search_type)
        if self.function is None:
            raise ValueError(f"Unknown search_type argument '{search_type}'.")
        text = value if hasattr(value, "resolve_expression") else Value(value)
        self.config = SearchConfig.from_parameter(config)
        self.invert = invert
        super().__init__(text, output_field=output_field)

    def get_source_expressions(self) -> list[Any]:
        """Return the text, then the configuration or None."""
        return [*super().get_source_expressions(), self.config]

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        """Replace the text and the configuration."""
        *texts, self.config = exprs
        super().set_source_expressions(texts)

    def arguments(self, ctx: ClauseContext) -> list[Clause]:
        """Return the configuration, if there is one, and the text."""
        text = ctx.clause(self.source_expressions[0])
        return [text] if self.config is None else [ctx.clause(self.config), text]

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return the search, or its opposite."""
        clause = super().build_clause(ctx)
        return Pieces("!!(", clause, ")") if self.invert else clause

    def __invert__(self) -> Self:
        clone = self.copy()
        clone.invert = not self.invert
        return clone

    def __str__(self) -> str:
        shown = repr(self)
        return f"~{shown}" if self.invert else shown

    def __repr__(self) -> str:
        parts = [*([] if self.config is None else [self.config]), *self.source_expressions]
        return f"{type(self).__name__}({', '.join(map(str, parts))})"


class CombinedSearchQuery(SearchQueryCombinable, CombinedExpression):
    """Both of two searches, or either."""

    def __init__(self, lhs: Any, connector: str, rhs: Any, config: Any, output_field: Any = None) -> None:
        self.config = config
        super().__init__(lhs, connector, rhs, output_field)

    def __str__(self) -> str:
        return f"({super().__str__()})"


register_combinable_fields(SearchVectorField, SearchVectorCombinable.ADD, SearchVectorField, SearchVectorField)
for _connector in (SearchQueryCombinable.BITAND, SearchQueryCombinable.BITOR):
    register_combinable_fields(SearchQueryField, _connector, SearchQueryField, SearchQueryField)


def _as_expression(value: Any, make: Callable[[Any], Any]) -> Any:
    return value if hasattr(value, "resolve_expression") else make(value)


class SearchRank(Func):
    """
    How well a vector fits a search, as a float.

    Args:
        weights: What words of weight D, C, B and A count.
        normalization: How the length of the document counts: PostgreSQL's bits.
        cover_density: Whether it counts how near to one another the words stand.
    """

    function = "ts_rank"
    output_field = FloatField()

    def __init__(
        self,
        vector: Any,
        query: Any,
        weights: Any = None,
        normalization: Any = None,
        cover_density: bool = False,
    ) -> None:
        parts = [_as_expression(vector, SearchVector), _as_expression(query, SearchQuery)]
        if weights is not None:
            plain = not hasattr(weights, "resolve_expression")
            kind = _WeightsField()
            parts.insert(0, Value(list(weights), output_field=kind) if plain else Cast(weights, kind))
        if normalization is not None:
            parts.append(_as_expression(normalization, Value))
        if cover_density:
            self.function = "ts_rank_cd"
        super().__init__(*parts)


class SearchHeadline(Func):
    """
    The parts of a text that match a search, with marks around the words.

    Args:
        start_sel, stop_sel: The marks; not escaped in any way, and the text is not either.
        max_words, min_words, short_word: Lengths of the parts, and of words that are dropped at their ends.
        highlight_all: The whole text.
        max_fragments, fragment_delimiter: How many parts, and what stands between them.
    """

    function = "ts_headline"
    output_field = TextField()

    def __init__(
        self,
        expression: Any,
        query: Any,
        *,
        config: Any = None,
        start_sel: str | None = None,
        stop_sel: str | None = None,
        max_words: int | None = None,
        min_words: int | None = None,
        short_word: int | None = None,
        highlight_all: bool | None = None,
        max_fragments: int | None = None,
        fragment_delimiter: str | None = None,
    ) -> None:
        options = {
            "StartSel": start_sel,
            "StopSel": stop_sel,
            "MaxWords": max_words,
            "MinWords": min_words,
            "ShortWord": short_word,
            "HighlightAll": highlight_all,
            "MaxFragments": max_fragments,
            "FragmentDelimiter": fragment_delimiter,
        }
        self.options = {name: value for name, value in options.items() if value is not None}
        parts = [expression, _as_expression(query, SearchQuery)]
        if config is not None:
            parts.insert(0, SearchConfig.from_parameter(config))
        super().__init__(*parts)

    def arguments(self, ctx: ClauseContext) -> list[Clause]:
        """Return configuration, text and search, and the options as one text."""
        arguments = super().arguments(ctx)
        if self.options:
            text = ", ".join(f"{name}={_option(value)}" for name, value in self.options.items())
            arguments.append(ctx.bind(text, None, None, None, _STRING))
        return arguments


def _option(value: Any) -> str:
    """Return the value of an option as PostgreSQL reads it inside the text of all options."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    text = str(value).replace("\\", "\\\\").replace("'", "''")
    return f"'{text}'"


class TrigramBase(Func):
    """A comparison of a column with a text."""

    output_field = FloatField()

    def __init__(self, expression: Any, string: Any, **extra: Any) -> None:
        super().__init__(expression, _as_expression(string, Value), **extra)


class TrigramWordBase(Func):
    """A comparison of a text with the words of a column."""

    output_field = FloatField()

    def __init__(self, string: Any, expression: Any, **extra: Any) -> None:
        super().__init__(_as_expression(string, Value), expression, **extra)


class TrigramSimilarity(TrigramBase):
    """How similar both texts are, from 0 to 1."""

    function = "SIMILARITY"


class TrigramDistance(TrigramBase):
    """How different both texts are, from 0 to 1."""

    function = ""
    arg_joiner = " <-> "


class TrigramWordDistance(TrigramWordBase):
    """How different the text is from the most similar part of the column."""

    function = ""
    arg_joiner = " <<-> "


class TrigramStrictWordDistance(TrigramWordBase):
    """How different the text is from the most similar whole words of the column."""

    function = ""
    arg_joiner = " <<<-> "


class TrigramWordSimilarity(TrigramWordBase):
    """How similar the text is to the most similar part of the column."""

    function = "WORD_SIMILARITY"


class TrigramStrictWordSimilarity(TrigramWordBase):
    """How similar the text is to the most similar whole words of the column."""

    function = "STRICT_WORD_SIMILARITY"
