"""
The short way of ``Model.objects.get(name=value)``: from the names to the plan of an earlier call, without a queryset.

It is taken where nothing between manager and database can have been changed: an ordinary manager and queryset, no routers,
no transaction, no log, no wrappers. Everything else gives ``MISS``, and the ordinary way (``reads.py``) is gone, which also
makes what the short way needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastjango.db.connections import connections
from fastjango.db.engines import DEFAULT_DB_ALIAS
from fastjango.db.execute import afetch_ready, fetch_ready
from fastjango.db.models.expressions import Col
from fastjango.db.models.fields.storage import overridden_by_user
from fastjango.db.models.hydrate import constructor_matters, readers_key, single_reader
from fastjango.db.models.lookups import registry
from fastjango.db.models.signals import post_init, pre_init
from fastjango.db.routers import router

from .fetch_modes import Default
from .hot import led
from .queryset import QuerySet
from .reads import the_one
from .shape import Trie, root
from .state import COMMON

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastjango.db.models.sql.plan import SelectPlan

    from .hot import HotFilter

MISS = object()
_new: Any = object.__new__
# Of one value: what becomes of it on the way into the statement.
_PREPARED, _AS_IT_IS, _BOUNDED = range(3)
_GET = QuerySet.get
_FILTER = QuerySet.filter
# What every class statement makes.
_OF_CLASSES = frozenset(
    ["__module__", "__qualname__", "__doc__", "__annotations__", "__orig_bases__", "__parameters__", "_plain"]
)
_made = vars(connections._connections)


class Route:
    """Where ``get()`` with certain names and types of values leads."""

    __slots__ = (
        "args",
        "connection",
        "highest",
        "hot",
        "is_pure",
        "kind",
        "lowest",
        "objects",
        "plan",
        "read",
        "sql",
        "stamp",
    )

    def __init__(self, hot: HotFilter, connection: Any, plan: SelectPlan) -> None:
        # It holds for one state of the lookups.
        self.stamp = registry.epoch
        self.hot = hot
        self.connection = connection
        self.plan = plan
        assert plan.objects is not None
        self.objects = plan.objects
        self.sql = plan.sql
        self.args = plan.args
        # From a row to its object, as long as nobody listens to the init signals.
        self.read: Callable[[tuple[Any, ...], str], Any] | None = None
        self.kind = _PREPARED
        self.lowest = self.highest = 0
        if getattr(plan.args, "width", 0) == 1 and not hot.checks and hot.is_in_order and len(hot.ranges) < 2:
            self.kind = _AS_IT_IS
            for low, high in hot.ranges.values():
                self.kind, self.lowest, self.highest = _BOUNDED, low, high
        # Whether no code of users runs between the rows and the objects.
        self.is_pure = not constructor_matters(self.objects.model) and all(
            _is_ours(column) for column, _ in plan.columns
        )


def _is_ours(column: Any) -> bool:
    """Tell whether the values of a column become Python values by our code alone."""
    if type(column) is not Col:
        return False
    return all(
        type(field).__module__.startswith("fastjango.") and not overridden_by_user(field, "from_db_value")
        for field in (column.target, column.output_field)
    )


def is_ordinary(queryset_class: Any) -> bool:
    """Tell whether a class of querysets changes nothing of ``QuerySet``, but only knows more."""
    for cls in queryset_class.__mro__:
        if cls is QuerySet:
            return True
        if any(hasattr(QuerySet, name) for name in cls.__dict__ if name not in _OF_CLASSES):
            return False
    return False


def _is_changed(manager: Any) -> bool:
    """Tell whether a manager was bound to a database or an object, or gives other querysets since its class was made."""
    cls = manager.__class__
    return (
        manager._db is not None
        or bool(manager._hints)
        or "get_queryset" in manager.__dict__
        or cls.get_queryset is not cls._ordinary_get_queryset
    )


def first_filter(manager: Any, kwargs: dict[str, Any]) -> Any:
    """
    Return what ``filter(**kwargs)`` of an ordinary manager gives, where the names and types of values are known, else None.

    The queryset that would only be filtered is not made.
    """
    made_by = manager._queryset_class
    if QuerySet.filter is not _FILTER or not made_by._plain or _is_changed(manager):
        return None
    model = manager.model
    found = led(root(model), kwargs)
    if found is None:
        return None
    queryset = _new(made_by)
    queryset.model = model
    queryset._rare = COMMON
    queryset._shape, queryset._binds = found
    return queryset


def get_single(manager: Any, kwargs: dict[str, Any]) -> Any:
    """
    Return what ``get(**kwargs)`` of an ordinary manager gives, or ``MISS``.

    Raises:
        Model.DoesNotExist: There is none.
        Model.MultipleObjectsReturned: There are more.
    Queries: 1, none for ``MISS``.
    """
    found = _found(manager, kwargs)
    if found is None:
        return MISS
    route, args = found
    read = route.read
    if read is None or pre_init.receivers or post_init.receivers:
        read = _reader(route)
    rows = fetch_ready(route.connection, route.sql, args, waits=True)
    if rows is None:
        return MISS
    return read(rows[0], DEFAULT_DB_ALIAS) if len(rows) == 1 else the_one(manager.model, rows)


def aget_single(manager: Any, kwargs: dict[str, Any]) -> Any:
    """
    See ``get_single``; no bridge is needed, so that code of users between row and object gives ``MISS``.

    Where the driver has to be awaited the result is a coroutine, which gives the object or ``MISS``.
    """
    found = _found(manager, kwargs)
    if found is None:
        return MISS
    route, args = found
    read = route.read
    if read is None or pre_init.receivers or post_init.receivers:
        read = None if any(readers_key(route.objects)) else _reader(route)
    if read is None or not route.is_pure:
        return MISS
    if not route.connection.inline:
        return _awaited(manager.model, route, args, read)
    rows = fetch_ready(route.connection, route.sql, args, waits=False)
    if rows is None:
        return MISS
    return read(rows[0], DEFAULT_DB_ALIAS) if len(rows) == 1 else the_one(manager.model, rows)


async def _awaited(model: Any, route: Route, args: Any, read: Callable[[tuple[Any, ...], str], Any]) -> Any:
    rows = await afetch_ready(route.connection, route.sql, args)
    if rows is None:
        return MISS
    return read(rows[0], DEFAULT_DB_ALIAS) if len(rows) == 1 else the_one(model, rows)


def _found(manager: Any, kwargs: dict[str, Any]) -> tuple[Route, Any] | None:
    """Return the route and the arguments of the statement, or None."""
    if _is_changed(manager) or QuerySet.get is not _GET:
        return None
    model = manager.model
    state = model._meta.__dict__
    value: Any = None
    if len(kwargs) == 1:
        for name in kwargs:
            value = kwargs[name]
            key: Any = (name, type(value))
    else:
        key = (*kwargs, *map(type, kwargs.values()))
    route: Route | None = state["_get_routes"].get(key) if "_get_routes" in state else None
    if route is None or route.stamp != registry.epoch or not Trie.enabled:
        _learn(model, key)
        return None
    connection = route.connection
    if _made.get(DEFAULT_DB_ALIAS) is not connection or router.routers or Default.mode is not None:
        return None
    kind = route.kind
    if kind == _BOUNDED and route.lowest <= value <= route.highest:
        return route, (value,)
    if kind == _AS_IT_IS:
        return route, (value,)
    found = route.hot.leads_to(tuple(kwargs.values()))
    return None if found is None else (route, route.args(found[1]))


def _reader(route: Route) -> Callable[[tuple[Any, ...], str], Any]:
    """Return the function from a row to its object, for the receivers of the init signals that there are now."""
    plan = route.plan
    receivers: Any = readers_key(route.objects)
    read = plan.readers.get(("single", *receivers))
    if read is None:
        read = plan.readers["single", *receivers] = single_reader(plan)
    if not receivers:
        route.read = read
    return read


def _learn(model: Any, key: Any) -> None:
    """Keep the route if the ordinary way was gone before."""
    hot = root(model).hot.get(key)
    node = None if hot is None or hot.lists else hot.node.children.get("get")
    connection, plan = (None, None) if node is None else node.plans.get((DEFAULT_DB_ALIAS, None), (None, None))
    if hot is not None and plan is not None:
        model._meta.__dict__.setdefault("_get_routes", {})[key] = Route(hot, connection, plan)


__all__ = ["MISS", "aget_single", "first_filter", "get_single", "is_ordinary"]
