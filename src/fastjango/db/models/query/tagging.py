"""Tags of a queryset on what it writes: ``Book.objects.sql_tags(job="import").bulk_create(...)``."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from fastjango.db.connections import connections
from fastjango.db.tags import Tagger

P = ParamSpec("P")
R = TypeVar("R")


def tagged(verb: Callable[P, R]) -> Callable[P, R]:
    """
    Make a writing verb of a queryset carry the labels of ``sql_tags()``.

    All statements of the verb have them, also those for what depends on the rows: cascades, the look before an insert.
    """

    @wraps(verb)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        queryset: Any = args[0]
        labels = queryset._shape.query.statement_tags
        if labels is None:
            return verb(*args, **kwargs)
        # Before a database is chosen: that for writing.
        queryset._for_write = True
        with connections[queryset.db].execute_wrapper(Tagger(labels)):
            return verb(*args, **kwargs)

    return run


__all__ = ["tagged"]
