"""
The texts of statements that no shape keeps, kept by their structure.

A shape knows its statement without building it. What has no shape (SQL that a user's ``as_sql`` writes, a query that was
changed by hand) is built each time, so that code of users is asked each time; but its text is compiled once: two statements
of the same structure differ in the values of their parameters only. The structure is what SQLAlchemy's own cache of
statements goes by; elements of ours say what they add to it (``Keyed``).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, ClassVar, NamedTuple

from sqlalchemy.sql.cache_key import NO_CACHE
from sqlalchemy.sql.visitors import anon_map
from sqlalchemy.types import TypeEngine
from sqlalchemy.util import LRUCache

TEXT_LIMIT = 500
"""So many texts are kept per database; those that were not asked for the longest are dropped first."""

Structure = tuple[Hashable, list[Any]]


class _Walk(anon_map):
    """SQLAlchemy's notes on its way through a statement. Only on this way our elements have a key."""


class Keyed:
    """
    A clause of ours that says what of it is in the text.

    SQLAlchemy's own cache gets no key: in its sessions the same elements hold values.
    """

    def structure(self, keys: Callable[[Any], Hashable]) -> Hashable:
        """Return everything that the text depends on; *keys* gives that of a clause or a type inside."""
        raise NotImplementedError

    def _gen_cache_key(self, walk: Any, parameters: list[Any]) -> Any:
        if not isinstance(walk, _Walk):
            walk[NO_CACHE] = True
            return None
        number, known = walk.get_anon(self)
        if known:
            return number, type(self)

        def keys(part: Any) -> Hashable:
            if isinstance(part, TypeEngine):
                return _type_key(part, walk)
            key: Hashable = part._gen_cache_key(walk, parameters)
            return key

        return number, type(self), self.structure(keys)


def _type_key(type_: Any, walk: Any) -> Hashable:
    key: Hashable = type_._static_cache_key
    if _has_none(key):
        walk[NO_CACHE] = True
    return key


def _has_none(key: Any) -> bool:
    """Tell whether a type, or one inside of it, has no key."""
    return key is NO_CACHE or (isinstance(key, tuple) and any(map(_has_none, key)))


def structure_of(parts: Sequence[Any]) -> Structure | None:
    """Return the structure of clauses that make one text, and their parameters; None where a part of them has none."""
    walk = _Walk()
    parameters: list[Any] = []
    key: Hashable = tuple([part._gen_cache_key(walk, parameters) for part in parts])
    for parameter in parameters:
        # SQLAlchemy looks at the outermost type only.
        _type_key(parameter.type, walk)
    if NO_CACHE in walk:
        return None
    try:
        hash(key)
    except TypeError:
        return None
    return key, parameters


class Text(NamedTuple):
    """A compiled text; each of its parameters by name and by its place among those of the structure."""

    sql: str
    names: tuple[str, ...]
    places: tuple[int, ...]


class Texts:
    """The kept texts of one database."""

    enabled = True
    """Whether texts are kept; tests compare with what is compiled each time."""

    _newest: ClassVar[object] = object()

    def __init__(self) -> None:
        self.kept: LRUCache[Hashable, Any] = LRUCache(TEXT_LIMIT)
        self.made_in = Texts._newest

    @classmethod
    def of(cls, connection: Any) -> Texts:
        """Return those of a connection."""
        state = connection.__dict__
        texts: Texts | None = state.get("_texts")
        if texts is None or texts.made_in is not cls._newest:
            texts = state["_texts"] = cls()
        return texts

    @classmethod
    def drop(cls) -> None:
        """Forget every text, of all databases; called when plans are dropped."""
        cls._newest = object()


def statement_text(
    statement: Any, connection: Any, dialect: Any, structure: Structure | None
) -> tuple[str, tuple[str, ...], list[Any]]:
    """
    Return the text of a statement, the names of its parameters in their order, and the parameters.

    Args:
        structure: By which the text is kept; None: it is compiled now.
    """
    if structure is None or not Texts.enabled:
        compiled = _compile(statement, dialect)
        return str(compiled), *_parameters(compiled)
    texts = Texts.of(connection)
    key = (dialect.paramstyle, structure[0])
    kept: Text | None = texts.kept.get(key)
    if kept is not None:
        return kept.sql, kept.names, [structure[1][place] for place in kept.places]
    compiled = _compile(statement, dialect)
    sql = str(compiled)
    names, parameters = _parameters(compiled)
    places = _places(parameters, structure[1])
    if places is not None and not compiled.post_compile_params:
        texts.kept[key] = Text(sql, names, places)
    return sql, names, parameters


def _compile(statement: Any, dialect: Any) -> Any:
    return statement.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})


def _parameters(compiled: Any) -> tuple[tuple[str, ...], list[Any]]:
    names = tuple(compiled.positiontup or ())
    return names, [compiled.binds[name] for name in names]


def _places(parameters: Sequence[Any], known: Sequence[Any]) -> tuple[int, ...] | None:
    """Return where the parameters stand among those of the structure; None when one of them is not there."""
    # The very objects: SQLAlchemy makes copies of those that get another type in the statement.
    by_object = {id(parameter): place for place, parameter in enumerate(known)}
    places = [by_object.get(id(parameter)) for parameter in parameters]
    return None if None in places else tuple(places)  # type: ignore[arg-type]


def words_of(clause: Any, connection: Any) -> str:
    """Return the text of a clause without parameters."""
    structure = structure_of([clause]) if Texts.enabled else None
    if structure is None:
        return str(clause.compile(dialect=connection.dialect))
    texts = Texts.of(connection)
    key = ("words", structure[0])
    kept: str | None = texts.kept.get(key)
    if kept is None:
        kept = texts.kept[key] = str(clause.compile(dialect=connection.dialect))
    return kept


__all__ = ["Keyed", "Structure", "Text", "Texts", "statement_text", "structure_of", "words_of"]
