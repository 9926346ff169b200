"""Expressions of users that write SQL themselves: ``as_sql(compiler, connection)``.

``Shim`` is the compiler they are given. What ``compiler.compile(part)`` returns is text when
the part has no parameters, else a placeholder whose parameter is the compiled clause
itself; ``splice`` puts the clauses back where the placeholders stand.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import literal
from sqlalchemy.sql.elements import BindParameter, ClauseElement
from sqlalchemy.sql.selectable import SelectBase
from sqlalchemy.sql.visitors import iterate

from fastjango.db.models.expressions.elements import Pieces
from fastjango.db.models.expressions.shape import SCALARS, SlotCounter, Slotted, Uncacheable
from fastjango.db.models.expressions.texts import words_of

if TYPE_CHECKING:
    from fastjango.db.models.types import ClauseContext

_PLACEHOLDER = re.compile(r"%%|%s")


class Shim:
    """The ``compiler`` that user code sees in ``as_sql``."""

    def __init__(self, ctx: ClauseContext) -> None:
        self.ctx = ctx
        self.connection = ctx.connection
        self.using = ctx.alias
        self.query = getattr(ctx, "query", None)

    def compile(self, node: Any) -> tuple[str, list[Any]]:
        """Return SQL and parameters of a resolved expression."""
        return self.render(self.ctx.clause(node))

    def render(self, clause: ClauseElement) -> tuple[str, list[Any]]:
        """Return SQL and parameters of a clause."""
        for part in iterate(clause):
            if isinstance(part, BindParameter | SelectBase):
                return "%s", [clause]
        text = words_of(clause, self.connection)
        if not self.connection.dialect.identifier_preparer._double_percents:
            text = text.replace("%", "%%")
        return text, []

    def quote_name_unless_alias(self, name: str) -> str:
        """Return *name* quoted for this database."""
        return str(self.connection.ops.quote_name(name))

    def __call__(self, name: str) -> str:
        return self.quote_name_unless_alias(name)


def splice(ctx: ClauseContext, text: str, params: Sequence[Any]) -> Pieces:
    """Return the clause of user-written SQL whose ``%s`` stand for *params*."""
    pieces: list[str | ClauseElement] = []
    words = ""
    position = 0
    remaining = iter(params)
    for match in _PLACEHOLDER.finditer(text):
        words += text[position : match.start()]
        position = match.end()
        if match[0] == "%%":
            words += "%"
            continue
        try:
            param = next(remaining)
        except StopIteration:
            raise TypeError("not enough arguments for format string") from None
        pieces += [words, _parameter(ctx, param)]
        words = ""
    pieces.append(words + text[position:])
    if list(remaining):
        raise TypeError("not all arguments converted during string formatting")
    return Pieces(*pieces, atomic=False)


def _parameter(ctx: ClauseContext, param: Any) -> ClauseElement:
    if isinstance(param, ClauseElement):
        return param
    if isinstance(param, Slotted):
        return ctx.bind(param.value, param.slot)
    return ctx.bind(param, None)


def text_key(text: str, params: Any, binds: list[Any]) -> Hashable:
    """
    Return the key of SQL of the user's own; its parameters are appended to *binds*.

    Raises:
        Uncacheable: A parameter has no plain type, or there have been too many texts: they seem to be made of values.
    """
    if not isinstance(params, list | tuple):
        raise Uncacheable("parameters that are no list")
    kinds = tuple(map(_parameter_key, params))
    if text not in _texts:
        if len(_texts) >= OWN_TEXTS:
            raise Uncacheable("too many texts")
        _texts.add(text)
    binds.extend(params)
    return text, kinds


def _parameter_key(value: Any) -> Hashable:
    kind = type(value)
    if kind not in SCALARS:
        raise Uncacheable(f"{kind.__qualname__} as a parameter")
    # Its type in the statement may depend on the value: the size of a number, the zone of a moment.
    return kind, None if value is None else literal(value).type._static_cache_key


def slotted_params(params: Any, counter: SlotCounter) -> tuple[Slotted, ...]:
    """Return parameters that know their places; the order is that of ``text_key``."""
    return tuple([Slotted(param, counter.take()) for param in params])


OWN_TEXTS = 1000
"""So many texts of users have shapes."""
_texts: set[str] = set()


def writer_of(expression: Any, vendor: str) -> Any:
    """Return the user's ``as_<vendor>`` or ``as_sql`` method, or None when it is ours."""
    method = getattr(expression, f"as_{vendor}", None)
    if method is not None and not getattr(method, "is_native", False):
        return method
    method = getattr(expression, "as_sql", None)
    if method is not None and not getattr(method, "is_native", False):
        return method
    return None


def written_clause(expression: Any, ctx: ClauseContext) -> Any:
    """Return the clause that the user's own ``as_sql`` gives, or None when there is none."""
    method = writer_of(expression, ctx.vendor)
    if method is None:
        return None
    text, params = method(Shim(ctx), ctx.connection)
    return splice(ctx, text, params)


def has_writer(cls: Any) -> bool:
    """Whether the class brings its own SQL for any database."""
    known = _writing.get(cls)
    if known is None:
        methods = [getattr(cls, name, None) for name in _WRITERS]
        known = any(method is not None and not getattr(method, "is_native", False) for method in methods)
        _writing[cls] = known
    return known


_writing: dict[type[Any], bool] = {}  # one entry per class
_WRITERS = ("as_sql", "as_sqlite", "as_postgresql", "as_mysql", "as_oracle")


def native(function: Any) -> Any:
    """Mark an ``as_sql`` of ours, so that it is not taken for the user's."""
    function.is_native = True
    return function


__all__ = [
    "Shim",
    "has_writer",
    "native",
    "slotted_params",
    "splice",
    "text_key",
    "writer_of",
    "written_clause",
]
