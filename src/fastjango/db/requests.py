"""The default ``connection``, and what happens to connections when a request starts and ends."""

from __future__ import annotations

from typing import Any

from fastjango.core.signals import request_finished, request_started
from fastjango.db.bridge import caller
from fastjango.db.connections import connections
from fastjango.db.engines import DEFAULT_DB_ALIAS
from fastjango.utils.connection import ConnectionProxy

# Any: attribute access is passed on to the connection object of the alias.
connection: Any = ConnectionProxy(connections, DEFAULT_DB_ALIAS)


def reset_queries(**kwargs: Any) -> None:
    """Empty the query logs; a task gets logs of its own."""
    for wrapper in connections.opened():
        if not wrapper.queries_log and wrapper.var.get() is None and not wrapper.queries_logged:
            continue
        if caller() is not None and wrapper.queries_logged and not wrapper.force_debug_cursor:
            wrapper.start_query_log()
        else:
            wrapper.queries_log.clear()


def close_old_connections(**kwargs: Any) -> None:
    """Give back connections that this context kept; broken ones are closed."""
    for wrapper in connections.opened():
        # A context that never kept a connection has none to give back.
        if wrapper.var.get() is not None or wrapper.thread_sharing:
            wrapper.close_if_unusable_or_obsolete()


request_started.connect(reset_queries)
request_started.connect(close_old_connections)
request_finished.connect(close_old_connections)
