"""``DatabaseErrorWrapper``: a block or a call whose driver errors come out as ours."""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import TracebackType
from typing import Any

from fastjango.db.errors import HARMLESS, translate


class DatabaseErrorWrapper:
    """
    Turn the driver's errors of a block, or of a decorated function, into ``fastjango.db`` errors.

    Args:
        wrapper: A connection object; its ``Database`` is the driver, its ``errors_occurred`` is set.
    """

    def __init__(self, wrapper: Any) -> None:
        self.wrapper = wrapper

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        if exc is None:
            return
        ours = translate(exc, self.wrapper.Database)
        if ours is None:
            return
        # Errors of data and integrity leave the connection usable.
        if not isinstance(ours, HARMLESS):
            self.wrapper.errors_occurred = True
        raise ours.with_traceback(tb) from exc

    def __call__(self, func: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(func)
        def inner(*args: Any, **kwargs: Any) -> Any:
            with self:
                return func(*args, **kwargs)

        return inner
