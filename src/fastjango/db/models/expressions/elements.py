"""The SQLAlchemy elements that expressions are made of where SQLAlchemy has none.

``Pieces`` is a row of fixed words and compiled clauses; user values never become words.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any

from sqlalchemy import Boolean, Function, case, null
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import operators
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import BinaryExpression, ClauseElement, ColumnElement, Grouping
from sqlalchemy.types import NullType, TypeEngine

from fastjango.db.models.expressions.texts import Keyed

Clause = ColumnElement[Any]
Type = TypeEngine[Any]

BOOLEAN = Boolean()

# SQLAlchemy writes these only for functions of its own with types of its own.
_GUARDED = frozenset(
    {"phraseto_tsquery", "plainto_tsquery", "to_tsquery", "to_tsvector", "ts_headline", "websearch_to_tsquery"}
)


class Pieces(Keyed, ColumnElement[Any]):
    """Words and clauses in a row, such as ``CAST(`` clause `` AS NUMERIC)``."""

    __visit_name__ = "fastjango_pieces"
    inherit_cache = False

    def __init__(self, *pieces: str | ClauseElement, type_: Type | None = None, atomic: bool = True) -> None:
        self.pieces = pieces
        self.type = type_ or NullType()
        self.atomic = atomic

    def self_group(self, against: Any = None) -> Any:
        """Put parentheses around anything that is not closed in itself."""
        if self.atomic or against is None:
            return self
        return Grouping(self)

    def structure(self, keys: Callable[[Any], Hashable]) -> Hashable:
        """Return the words and the structure of the clauses."""
        return keys(self.type), tuple([piece if isinstance(piece, str) else keys(piece) for piece in self.pieces])

    def get_children(self, **kw: Any) -> Iterable[Any]:
        """Return the clauses among the pieces."""
        return [piece for piece in self.pieces if not isinstance(piece, str)]

    def _copy_internals(self, clone: Callable[..., Any] = lambda c, **kw: c, **kw: Any) -> None:
        self.pieces = tuple(piece if isinstance(piece, str) else clone(piece, **kw) for piece in self.pieces)

    @property
    def _from_objects(self) -> list[Any]:
        return [origin for child in self.get_children() for origin in child._from_objects]


@compiles(Pieces)
def _compile_pieces(element: Pieces, compiler: SQLCompiler, **kw: Any) -> str:
    kw.pop("add_to_result_map", None)
    words: Any = compiler.escape_literal_column
    return "".join(
        words(piece) if isinstance(piece, str) else compiler.process(piece, **kw) for piece in element.pieces
    )


def call(name: str, *args: ClauseElement, type_: Type | None = None) -> Clause:
    """Return a call of the SQL function *name*."""
    if name.lower() in _GUARDED:
        return Pieces(f"{name}(", *joined(args, ", "), ")", type_=type_)
    return Function(name, *args, type_=type_ or NullType())


def joined(clauses: Sequence[ClauseElement], separator: str) -> list[str | ClauseElement]:
    """Return the clauses with *separator* between them, as pieces."""
    pieces: list[str | ClauseElement] = []
    for clause in clauses:
        if pieces:
            pieces.append(separator)
        pieces.append(clause)
    return pieces


def binary(left: Clause, operator: Any, right: Clause, type_: Type | None = None) -> Clause:
    """Return ``left operator right`` without SQLAlchemy's coercions."""
    return BinaryExpression(left, right, operator, type_=type_ or NullType())


def comparison(left: Clause, operator: Any, right: Clause) -> Clause:
    """Return a comparison of two clauses."""
    return BinaryExpression(left, right, operator, type_=BOOLEAN)


def infix(left: ClauseElement, word: str, right: ClauseElement, type_: Type | None = None) -> Clause:
    """Return ``(left word right)`` for an operator that SQLAlchemy does not know."""
    return Pieces("(", left, f" {word} ", right, ")", type_=type_)


def negation(clause: ClauseElement) -> Clause:
    """Return ``NOT (clause)``, whatever its type."""
    return Pieces("NOT (", clause, ")", type_=BOOLEAN)


def is_null(clause: Clause, negated: bool = False) -> Clause:
    """Return ``clause IS [NOT] NULL``."""
    return BinaryExpression(clause, null(), operators.is_not if negated else operators.is_, type_=BOOLEAN)


def true_clause(ctx: Any) -> Clause:
    """Return a condition that every row meets."""
    return Pieces("1 = 1" if ctx.vendor != "postgresql" else "TRUE", type_=BOOLEAN, atomic=False)


def as_value(condition: Clause) -> Clause:
    """Return a condition as 1 or 0, for databases that cannot select conditions."""
    return case((condition, True), else_=False)


__all__ = [
    "BOOLEAN",
    "Clause",
    "Pieces",
    "as_value",
    "binary",
    "call",
    "comparison",
    "infix",
    "is_null",
    "joined",
    "negation",
    "true_clause",
]
