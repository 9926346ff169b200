"""What every queryset is: a shape, binds, a database, and results once they were asked for.

``QuerySetCore`` holds the state, copies it, reads the results and behaves like a sequence.
The verbs are in ``chain.py`` (which queryset next), ``reads.py`` and ``writes.py``.
"""

from __future__ import annotations

import copy
import warnings
from collections.abc import AsyncIterator, Generator, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Self, TypeVar, cast, overload

from fastjango.db import DJANGO_VERSION_PICKLE_KEY, router
from fastjango.db.bridge import bridge
from fastjango.db.connections import connections
from fastjango.db.errors import NotSupportedError
from fastjango.db.models.expressions.shape import queryset_key
from fastjango.db.models.sql.kept_query import KeptQuery
from fastjango.utils.version import get_version

from .iterables import ValuesIterable
from .prefetch import prefetch_related_objects
from .shape import Binds, Shape, detached, root, sliced
from .state import COMMON, RARE_NAMES, Rare, rare

M = TypeVar("M")

MAX_GET_RESULTS = 21
REPR_OUTPUT_SIZE = 20
#: No table has more rows, and no database takes a larger number for LIMIT and OFFSET.
LAST_ROW = 2**63 - 1
_MAKES_COPIES = ("__init__", "_clone", "_chain", *RARE_NAMES)
_new: Any = object.__new__


class QuerySetCore(Generic[M]):
    """The state of a lazy query."""

    if not TYPE_CHECKING:

        def __class_getitem__(cls, *args: Any, **kwargs: Any) -> Any:
            # The parameter is for type checkers only.
            return cls

    if TYPE_CHECKING:
        _db: str | None
        _hints: dict[str, Any]
        _for_write: bool
        _prefetch_related_lookups: tuple[Any, ...]
        _known_related_objects: dict[Any, dict[Any, Any]]
        _iterable_class: Any
        _fields: tuple[Any, ...] | None
        _fetch_mode: Any
    else:
        _db = rare("db")
        _hints = rare("hints")
        _for_write = rare("for_write")
        _prefetch_related_lookups = rare("prefetch_related_lookups")
        _known_related_objects = rare("known_related_objects")
        _iterable_class = rare("iterable_class")
        _fields = rare("fields")
        _fetch_mode = rare("fetch_mode")

    # The rest stands on the class while it is at its default.
    _rare: Rare = COMMON
    _query: Any = None
    _result_cache: list[Any] | None = None
    _sticky_filter = False
    _prefetch_done = False
    _defer_next_filter = False
    _deferred_filter: Any = None
    _plain: ClassVar[bool] = True
    model: Any

    def __init__(self, model: Any = None, query: Any = None, using: str | None = None, hints: Any = None) -> None:
        self.model = model
        self._rare = COMMON
        if using is not None:
            self._db = using
        if hints:
            self._hints = hints
        self._binds: Binds = ()
        if query is None:
            self._shape: Shape = root(model)
        else:
            self._query = query
            self._shape = detached(query)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        # A subclass with its own way of being made or copied is made and copied that way.
        cls._plain = all(getattr(cls, name) is getattr(QuerySetCore, name) for name in _MAKES_COPIES)
        if not cls._plain:
            cls._derive = cls._derive_by_chain  # type: ignore[method-assign]

    # -- the query

    @property
    def query(self) -> Any:
        """The query with its values, to look at or to change; a changed query is not cached."""
        if self._query is None:
            shape = self._shape
            # A text has limits in it, also where a plan gets them as parameters.
            if shape.interned and self._result_cache is None and shape.query.limit_slots == (None, None):
                self._query = KeptQuery(shape, self._binds)
            else:
                self._query = shape.query.with_binds(self._binds)
                if self._result_cache is not None:
                    # It ran: its first table is known.
                    self._query.get_initial_alias()
            self._shape = Shape(self.model, self._query, interned=False)
            self._binds = ()
        return self._query

    @query.setter
    def query(self, value: Any) -> None:
        """Set the query; it is asked as it is."""
        if value.values_select:
            self._iterable_class = ValuesIterable
        self._query = value
        self._shape = detached(value)
        self._binds = ()

    @property
    def shape(self) -> Shape:
        """The node in the trie of shapes."""
        return self._shape

    @property
    def binds(self) -> Binds:
        """The user's values, in the order of their places in the shape."""
        return self._binds

    def slotted_query(self, first_slot: int) -> Any:
        """Return the query for use inside another one whose binds hold ours from *first_slot* on."""
        query = self._shape.query.clone()
        query.slot_base = first_slot
        query._db = self._db
        return query

    def peek_query(self) -> Any:
        """Return a copy of the query with its values; this queryset stays cached."""
        if self._query is not None:
            return self._query.clone()
        return self._shape.query.with_binds(self._binds)

    def shape_into(self, binds: list[Any]) -> Any:
        """Return the key of this queryset inside another query; its binds are appended."""
        return queryset_key(self, binds)

    def with_slots(self, counter: Any) -> Any:
        """Return the query with places in the binds of the query around it."""
        return self.slotted_query(counter.take(len(self._binds)))

    shape_into.queryset_only = True  # type: ignore[attr-defined]
    with_slots.queryset_only = True  # type: ignore[attr-defined]
    slotted_query.queryset_only = True  # type: ignore[attr-defined]
    peek_query.queryset_only = True  # type: ignore[attr-defined]

    def resolve_expression(self, *args: Any, **kwargs: Any) -> Any:
        """Return the query, as the right side of a lookup inside another one."""
        query = self.peek_query().resolve_expression(*args, **kwargs)
        query._db = self._db
        return query

    resolve_expression.queryset_only = True  # type: ignore[attr-defined]

    @property
    def db(self) -> str:
        """The alias this queryset reads from (or writes to)."""
        state = self._rare
        if state.db is not None:
            return state.db
        if state.for_write:
            return router.db_for_write(self.model, **state.hints)
        return router.db_for_read(self.model, **state.hints)

    @property
    def ordered(self) -> bool:
        """Whether the order of the results is certain."""
        query = self._shape.query
        if query.is_empty():
            return True
        if query.extra_order_by or query.order_by:
            return True
        return bool(
            query.default_ordering
            and query.get_meta().ordering
            # A default ordering says nothing about groups.
            and not query.group_by
        )

    # -- copies

    def _derive(self, shape: Shape, binds: Binds) -> Self:
        """Return a copy that asks what *shape* asks."""
        clone: Self = _new(type(self))
        clone.model = self.model
        clone._rare = self._rare
        clone._shape = shape
        clone._binds = binds
        return clone

    def _derive_by_chain(self, shape: Shape, binds: Binds) -> Self:
        """Return the same, made the way that a subclass makes its copies."""
        clone = self._chain()
        clone._query = None
        clone._shape = shape
        clone._binds = binds
        return clone

    def _clone(self) -> Self:
        """Return a copy with the same question."""
        clone = self.__class__(model=self.model, using=self._db, hints=self._hints)
        clone._sticky_filter = self._sticky_filter
        clone._rare = self._rare
        for name in RARE_NAMES:
            if name in self.__dict__:
                # The attribute of a subclass that has made it an ordinary one.
                clone.__dict__[name] = self.__dict__[name]
        if self._query is not None:
            clone._query = self._query.chain()
            clone._shape = detached(clone._query)
            clone._binds = self._binds
        else:
            clone._shape = self._shape
            clone._binds = self._binds
        return clone

    def _chain(self) -> Self:
        """Return a copy for the next verb."""
        clone = self._clone()
        if clone._sticky_filter:
            clone.query.filter_is_sticky = True
            clone._sticky_filter = False
        return clone

    def _next_is_sticky(self) -> Self:
        """Let the next filter and the one after it share their multi-valued joins."""
        self._sticky_filter = True
        return self

    def _add_hints(self, **hints: Any) -> None:
        self._hints = {**self._hints, **hints}

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """Return a copy without the results."""
        clone = self.__class__.__new__(self.__class__)
        for name, value in self.__dict__.items():
            if name in ("_result_cache", "_shape", "_binds", "_query"):
                continue
            clone.__dict__[name] = value if name == "model" else copy.deepcopy(value, memo)
        clone._binds = self._binds
        if self._query is not None:
            clone._query = self._query.clone()
            clone._shape = detached(clone._query)
        else:
            clone._shape = self._shape
        return clone

    def __getstate__(self) -> dict[str, Any]:
        # Results are part of a pickle; the trie is not.
        self._fetch_all()
        state = self.__dict__.copy()
        query = self.peek_query()
        for name in ("_shape", "_binds", "_query"):
            state.pop(name, None)
        return {**state, "_pickled_query": query, DJANGO_VERSION_PICKLE_KEY: get_version()}

    def __setstate__(self, state: dict[str, Any]) -> None:
        state = dict(state)
        version = state.pop(DJANGO_VERSION_PICKLE_KEY, None)
        current = get_version()
        if version is None:
            warnings.warn("Pickled queryset instance's Django version is not specified.", RuntimeWarning, stacklevel=2)
        elif version != current:
            warnings.warn(
                f"Pickled queryset instance's Django version {version} does not match the current version {current}.",
                RuntimeWarning,
                stacklevel=2,
            )
        query = state.pop("_pickled_query", None)
        self.__dict__.update(state)
        self._binds = ()
        self._query = query
        self._shape = detached(query)

    # -- results

    def _fetch_all(self) -> None:
        """Read the results, once, and what is to be prefetched for them."""
        if self._result_cache is None:
            iterable = self._iterable_class(self)
            self._result_cache = iterable.read() if hasattr(iterable, "read") else list(iterable)
        if self._prefetch_related_lookups and not self._prefetch_done:
            self._prefetch_related_objects()

    def _prefetch_related_objects(self) -> None:
        prefetch_related_objects(cast("list[Any]", self._result_cache), *self._prefetch_related_lookups)
        self._prefetch_done = True

    def _results(self) -> list[M]:
        self._fetch_all()
        return cast("list[M]", self._result_cache)

    def __repr__(self) -> str:
        data = list(cast("Any", self)[: REPR_OUTPUT_SIZE + 1])
        if len(data) > REPR_OUTPUT_SIZE:
            data[-1] = "...(remaining elements truncated)..."
        return f"<{self.__class__.__name__} {data!r}>"

    def __len__(self) -> int:
        return len(self._results())

    def __iter__(self) -> Iterator[M]:
        return iter(self._results())

    def __aiter__(self) -> AsyncIterator[M]:
        async def generator() -> AsyncIterator[M]:
            await bridge(self._fetch_all)
            for item in self._results():
                yield item

        return generator()

    def __await__(self) -> Generator[Any, None, list[M]]:
        """Return the results as a list: ``books = await Book.objects.all()``."""
        return bridge(self._results).__await__()

    def __bool__(self) -> bool:
        return bool(self._results())

    @overload
    def __getitem__(self, k: int) -> M: ...
    @overload
    def __getitem__(self, k: slice) -> Self: ...
    def __getitem__(self, k: int | slice) -> Any:
        """
        Return one result, or the queryset of a slice.

        Raises:
            ValueError: An index is negative.
        """
        if (
            type(k) is slice
            and type(k.stop) is int
            and k.start is None
            and k.step is None
            and self._result_cache is None
        ):
            # [:n], the most frequent one.
            shape, stop = self._shape, k.stop
            node = shape.children.get(("slice", None, stop))
            if node is not None:
                return self._derive(node, self._binds)
            if 0 <= stop <= LAST_ROW:
                return self._derive(*sliced(shape, self._binds, None, stop))
        if not isinstance(k, int | slice):
            raise TypeError(f"QuerySet indices must be integers or slices, not {type(k).__name__}.")
        bounds = (k,) if isinstance(k, int) else (k.start, k.stop)
        if any(bound is not None and bound < 0 for bound in bounds):
            raise ValueError("Negative indexing is not supported.")
        if self._result_cache is not None:
            return self._result_cache[k]
        if isinstance(k, slice):
            low = min(int(k.start), LAST_ROW) if k.start is not None else None
            high = min(int(k.stop), LAST_ROW) if k.stop is not None else None
            bind_offset = bool(low) and connections[self.db].features.prefers_bound_offsets
            found = self._derive(*sliced(self._shape, self._binds, low, high, bind_offset))
            return list(found)[:: k.step] if k.step else found
        found = self._derive(*sliced(self._shape, self._binds, k, k + 1))
        return found._results()[0]

    # -- refusals

    def _not_support_combined_queries(self, operation_name: str) -> None:
        combinator = self._shape.query.combinator
        if combinator:
            raise NotSupportedError(f"Calling QuerySet.{operation_name}() after {combinator}() is not supported.")

    @staticmethod
    def _validate_values_are_expressions(values: Any, method_name: str) -> None:
        invalid = sorted(str(arg) for arg in values if not hasattr(arg, "resolve_expression"))
        if invalid:
            raise TypeError(f"QuerySet.{method_name}() received non-expression(s): {', '.join(invalid)}.")

    def _check_operator_queryset(self, other: Any, operator_: str) -> None:
        if self._shape.query.combinator or other._shape.query.combinator:
            raise TypeError(f"Cannot use {operator_} operator with combined queryset.")

    def _merge_sanity_check(self, other: Any) -> None:
        """Refuse to combine querysets of different columns."""
        if self._fields is not None:
            mine, others = self._shape.query, other._shape.query
            if (
                set(mine.values_select) != set(others.values_select)
                or set(mine.extra_select) != set(others.extra_select)
                or set(mine.annotation_select) != set(others.annotation_select)
            ):
                raise TypeError(
                    f"Merging '{self.__class__.__name__}' classes must involve the same values in each case."
                )


__all__ = ["MAX_GET_RESULTS", "REPR_OUTPUT_SIZE", "M", "QuerySetCore"]
