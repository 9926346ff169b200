"""``QuerySet.query`` before anybody looks into it: the shape that it comes from, and its values.

Most code wants the text of a query and nothing else. The text belongs to the shape and is compiled once; the whole query,
with the values in their places, is made when something else of it is touched.
"""

from __future__ import annotations

from typing import Any, Protocol

from fastjango.db.connections import connections
from fastjango.db.engines import DEFAULT_DB_ALIAS

from .plan import SelectPlan, compile_select
from .query import Query

TEXT = ("text", DEFAULT_DB_ALIAS)


class Origin(Protocol):
    """What keeps a query without values, and the plans made from it."""

    query: Any
    plans: dict[Any, Any]


class KeptQuery(Query):
    """A query that becomes a plain ``Query`` at the first look into it."""

    def __init__(self, origin: Origin, binds: tuple[Any, ...]) -> None:
        # Not through __setattr__, which is a look into it.
        object.__getattribute__(self, "__dict__")["_kept"] = (origin, binds)

    def sql_with_params(self) -> tuple[str, tuple[Any, ...]]:
        """Return SQL with ``%s`` and the parameters."""
        kept: tuple[Origin, tuple[Any, ...]] = object.__getattribute__(self, "__dict__")["_kept"]
        origin, binds = kept
        plan = _text_plan(origin)
        return plan.sql, tuple(plan.args(binds))

    def __getattribute__(self, name: str) -> Any:
        if name == "sql_with_params":
            return object.__getattribute__(self, name)
        _open(self)
        return getattr(self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        _open(self)
        setattr(self, name, value)

    def __delattr__(self, name: str) -> None:
        _open(self)
        delattr(self, name)


def _text_plan(origin: Origin) -> SelectPlan:
    connection = connections[DEFAULT_DB_ALIAS]
    found = origin.plans.get(TEXT)
    if found is not None and found[0] is connection:
        return found[1]  # type: ignore[no-any-return]
    plan = compile_select(origin.query, connection, None, "format", kept=True)
    if plan.cacheable:
        origin.plans[TEXT] = (connection, plan)
    return plan


def _open(query: Any) -> None:
    """Put the state of the whole query into *query*, once."""
    state = object.__getattribute__(query, "__dict__")
    kept = state.get("_kept")
    if kept is None:
        return
    origin, binds = kept
    whole = origin.query.with_binds(binds)
    state.update(whole.__dict__)
    object.__setattr__(query, "__class__", type(whole))
    state.pop("_kept", None)


__all__ = ["KeptQuery"]
