"""
Where a view runs: on the loop inside the bridge, or in the thread pool.

``SYNC_VIEWS = "bridge" | "thread"`` is the default for sync views; ``@in_thread`` and ``@on_loop`` say it for one view.
Async views always run on the loop. A watchdog measures how long a sync view holds the loop between two waits; one that
holds it longer than ``BLOCKING_VIEW_MS`` twice is logged once, with the fix, and runs in the thread pool from then on.
Once is no proof: a first call compiles templates and query plans, and on a busy machine the system may have stopped the
process. The second time the clock is strict: it counts computing and waiting, not being stopped.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import get_ident
from typing import Any, TypeVar

from starlette.concurrency import run_in_threadpool

from fastjango.conf import settings
from fastjango.core.handlers.loop import wait_for
from fastjango.db.bridge import await_only, in_bridge, watch_hold
from fastjango.http.coroutines import iscoroutinefunction

logger = logging.getLogger("fastjango.request")

F = TypeVar("F", bound=Callable[..., Any])

# Views that were caught blocking; bounded by the number of views in the code.
_moved: set[Any] = set()
_held_once: set[Any] = set()
#: Threads whose loops leave all sync views to the thread pool: those of live test servers, which views may ask themselves.
threaded_loops: set[int] = set()


def in_thread(view: F) -> F:
    """Run this sync view in the thread pool: for work that computes or blocks outside the database."""
    view._runs_in_thread = True  # type: ignore[attr-defined]
    return view


def on_loop(view: F) -> F:
    """Run this sync view on the loop, whatever ``SYNC_VIEWS`` and the watchdog say."""
    view._runs_in_thread = False  # type: ignore[attr-defined]
    return view


def run_view(view: Callable[..., Any], request: Any, args: Any, kwargs: Any) -> Any:
    """Call the view where it belongs and return its response."""
    if not getattr(view, "is_sync_view", False) and iscoroutinefunction(view):
        return wait_for(view(request, *args, **kwargs))
    if not in_bridge():
        return view(request, *args, **kwargs)
    choice = getattr(view, "_runs_in_thread", None)
    if choice or (
        choice is None
        and (view in _moved or settings.SYNC_VIEWS == "thread" or (threaded_loops and get_ident() in threaded_loops))
    ):
        return await_only(run_in_threadpool(view, request, *args, **kwargs))
    if choice is False:
        return view(request, *args, **kwargs)
    return _watched(view, request, args, kwargs)


def _watched(view: Callable[..., Any], request: Any, args: Any, kwargs: Any) -> Any:
    limit = settings.BLOCKING_VIEW_MS
    if limit is None:
        return view(request, *args, **kwargs)
    with watch_hold(strict=view in _held_once) as clock:
        try:
            return view(request, *args, **kwargs)
        finally:
            held_ms = clock.longest() * 1000
            if held_ms > limit:
                if view in _held_once:
                    _move(view, held_ms, limit)
                else:
                    _held_once.add(view)


def _move(view: Callable[..., Any], held_ms: float, limit: float) -> None:
    _moved.add(view)
    name = f"{view.__module__}.{getattr(view, '__qualname__', type(view).__qualname__)}"
    logger.warning(
        "The view %s held the event loop for %.0f ms (BLOCKING_VIEW_MS is %s); it runs in the thread pool from now on. "
        "Fix: decorate it with @in_thread from fastjango.core.handlers.placement, or make its slow part async.",
        name,
        held_ms,
        limit,
    )
