"""``BaseHandler`` at Django's path: the pipeline, and the URLconf reset at the end of a request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastjango.core.handlers.loop import as_sync
from fastjango.core.handlers.pipeline import Pipeline
from fastjango.core.signals import request_finished
from fastjango.db.bridge import bridge
from fastjango.http.coroutines import iscoroutinefunction
from fastjango.urls import set_urlconf


class BaseHandler(Pipeline):
    """The pipeline under Django's name."""

    def adapt_method_mode(
        self,
        is_async: bool,
        method: Callable[..., Any],
        method_is_async: bool | None = None,
        debug: bool = False,
        name: str | None = None,
    ) -> Callable[..., Any]:
        """Return *method* as a sync or an async callable."""
        if method_is_async is None:
            method_is_async = iscoroutinefunction(method)
        if is_async and not method_is_async:

            async def call(*args: Any, **kwargs: Any) -> Any:
                return await bridge(method, *args, **kwargs)

            return call
        if method_is_async and not is_async:
            return as_sync(method)
        return method


def reset_urlconf(sender: Any, **kwargs: Any) -> None:
    """Forget the URLconf of the request that has just ended."""
    set_urlconf(None)


request_finished.connect(reset_urlconf)
