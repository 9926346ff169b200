"""What is asked: the state of a query, without any way to say it.

``QuerySpec`` holds the state and copies it; the files above it in this room add the
verbs (``joins.py``, ``names.py``, ``filters.py``, ``selecting.py``, ``summary.py``,
``combine.py``) up to ``Query`` in ``query.py``. A spec that hangs on a shape
node is never changed again: every verb works on a clone.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Self

from .where import AND, NothingNode, WhereNode

if TYPE_CHECKING:
    from .datastructures import BaseTable

Names = tuple[str, ...]


class QuerySpec:
    """The state of one query over *model*."""

    is_query = True
    resolved = False
    alias_prefix = "T"
    empty_result_set_value: Any = None
    # The first place of the inner query that is being resolved against this one.
    inner_slots = 0
    # What a query seldom has: a lock, a plan to be told, tags, named queries in front of it, the first rows of each group.
    select_for_update = False
    select_for_update_nowait = False
    select_for_update_skip_locked = False
    select_for_update_of: Names = ()
    select_for_no_key_update = False
    explain_info: Any = None
    # What the statement says of itself in a comment; None: what the setting says.
    statement_tags: tuple[tuple[str, str], ...] | None = None
    ctes: tuple[Any, ...] = ()
    top: Any = None

    def __init__(self, model: Any, alias_cols: bool = True) -> None:
        self.model = model
        # Tables: alias -> BaseTable or Join, in the order of the FROM list.
        self.alias_map: dict[str, BaseTable] = {}
        self.alias_refcount: dict[str, int] = {}
        self.table_map: dict[str, list[str]] = {}
        self.alias_cols = alias_cols
        self.external_aliases: dict[str, bool] = {}
        self.used_aliases: set[str] = set()
        self.filter_is_sticky = False
        self.subq_aliases: frozenset[str] = frozenset([self.alias_prefix])
        self.subquery = False
        self._filtered_relations: dict[str, Any] = {}
        # Columns
        self.default_cols = True
        self.select: tuple[Any, ...] = ()
        self.select_related: Any = False
        self.max_depth = 5
        self.annotations: dict[str, Any] = {}
        self.annotation_select_mask: list[str] | None = None
        self._annotation_select_cache: dict[str, Any] | None = None
        self.extra: dict[str, tuple[str, list[Any]]] = {}
        self.extra_select_mask: set[str] | None = None
        self._extra_select_cache: dict[str, Any] | None = None
        self.extra_tables: Names = ()
        self.values_select: Names = ()
        self.selected: dict[str, Any] | None = None
        self.deferred_loading: tuple[frozenset[str], bool] = (frozenset(), True)
        # Conditions
        self.where = WhereNode()
        self.group_by: Any = None
        # Order and limits
        self.default_ordering = True
        self.standard_ordering = True
        self.order_by: tuple[Any, ...] = ()
        self.extra_order_by: Names = ()
        self.low_mark = 0
        self.high_mark: int | None = None
        self.limit_slots: tuple[int | None, int | None] = (None, None)
        self.distinct = False
        self.distinct_fields: Names = ()
        # Set operations
        self.combinator: str | None = None
        self.combinator_all = False
        self.combined_queries: tuple[Any, ...] = ()
        # Places of user values: the first one of an inner query, and the lookups that
        # took a place while the last filter was built.
        self.slot_base = 0
        self.slotted_lookups: list[tuple[int, Any, Any]] = []
        # A value stands in the query itself, not in the binds.
        self.uncacheable = False
        # What an UPDATE of the rows sets: resolved expressions, None for plain values.
        self.new_values: tuple[Any, ...] = ()

    # -- copies

    def clone(self) -> Self:
        """Return a copy that may be changed without touching this one."""
        clone = type(self).__new__(type(self))
        state = clone.__dict__
        state.update(self.__dict__)
        for name in ("alias_map", "alias_refcount", "annotations", "external_aliases", "_filtered_relations"):
            state[name] = state[name].copy()
        state["table_map"] = {table: list(aliases) for table, aliases in self.table_map.items()}
        state["where"] = self.where.clone()
        state["extra"] = self.extra.copy()
        state["slotted_lookups"] = []
        if self.annotation_select_mask is not None:
            state["annotation_select_mask"] = list(self.annotation_select_mask)
        if self.extra_select_mask is not None:
            state["extra_select_mask"] = set(self.extra_select_mask)
        if self.selected is not None:
            state["selected"] = self.selected.copy()
        if self.select_related and self.select_related is not True:
            state["select_related"] = copy.deepcopy(self.select_related)
        if self.combined_queries:
            state["combined_queries"] = tuple(query.clone() for query in self.combined_queries)
        state["_annotation_select_cache"] = None
        state["_extra_select_cache"] = None
        state["used_aliases"] = set(self.used_aliases)
        return clone

    def chain(self, klass: type[Any] | None = None) -> Any:
        """Return a copy for the next verb, optionally as another class of query."""
        clone = self.clone()
        if klass is not None and type(clone) is not klass:
            clone.__class__ = klass
        if not clone.filter_is_sticky:
            clone.used_aliases = set()
        clone.filter_is_sticky = False
        return clone

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        clone = self.clone()
        memo[id(self)] = clone
        return clone

    def get_meta(self) -> Any:
        """The options of the model, or None when the query has no model."""
        return self.model._meta if self.model is not None else None

    # -- looks

    @property
    def has_select_fields(self) -> bool:
        """Whether columns were chosen, instead of the model's own."""
        return bool(self.select or (not self.default_cols and (self.annotation_select_mask or self.extra_select_mask)))

    @property
    def is_sliced(self) -> bool:
        """Whether there is a limit or an offset, or one per group."""
        return self.low_mark != 0 or self.high_mark is not None or self.top is not None

    def has_limit_one(self) -> bool:
        """Tell whether at most one row is asked for."""
        return self.high_mark is not None and self.high_mark - self.low_mark == 1

    def can_filter(self) -> bool:
        """Tell whether conditions may still be added (not after a slice)."""
        return not self.is_sliced

    def is_empty(self) -> bool:
        """Tell whether there can be no result (``none()``)."""
        return any(isinstance(child, NothingNode) for child in self.where.children)

    def set_empty(self) -> None:
        """Make this a query without results."""
        self.where.add(NothingNode(), AND)
        for query in self.combined_queries:
            query.set_empty()

    @property
    def annotation_select(self) -> dict[str, Any]:
        """The annotations that are columns of the result."""
        if self.annotation_select_mask is None:
            return self.annotations
        if self._annotation_select_cache is None:
            annotations = self.annotations
            self._annotation_select_cache = {
                name: annotations[name] for name in self.annotation_select_mask if name in annotations
            }
        return self._annotation_select_cache

    @property
    def extra_select(self) -> dict[str, Any]:
        """The columns of ``extra(select=...)`` that are part of the result."""
        if self.extra_select_mask is None:
            return self.extra
        if self._extra_select_cache is None:
            mask = self.extra_select_mask
            self._extra_select_cache = {name: value for name, value in self.extra.items() if name in mask}
        return self._extra_select_cache

    # -- limits

    def set_limits(self, low: int | None = None, high: int | None = None) -> None:
        """Narrow the result to rows *low* to *high* of what it is now."""
        if high is not None:
            limit = self.low_mark + high
            self.high_mark = min(self.high_mark, limit) if self.high_mark is not None else limit
        if low is not None:
            start = self.low_mark + low
            self.low_mark = min(self.high_mark, start) if self.high_mark is not None else start
        if self.low_mark == self.high_mark:
            self.set_empty()

    def clear_limits(self) -> None:
        """Ask for all rows again."""
        self.low_mark, self.high_mark = 0, None
        self.limit_slots = (None, None)

    def clear_where(self) -> None:
        """Drop every condition."""
        self.where = WhereNode()


__all__ = ["QuerySpec"]
