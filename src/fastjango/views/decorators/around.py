"""The one way in which a decorator stands around a view, so that none is written twice for async views."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from fastjango.utils.worlds import iscoroutinefunction

# A decorated view is called as it was before.
View = TypeVar("View", bound=Callable[..., Any])


def around(
    view: View,
    *,
    before: Callable[..., Any] | None = None,
    after: Callable[[Any, Any], Any] | None = None,
) -> View:
    """
    Return *view* with work before and after it.

    Args:
        before: Called with what the view gets; a result other than ``None`` is the response.
        after: Called with request and response; changes the response in place.
    """
    if iscoroutinefunction(view):

        @wraps(view)
        async def _async_wrapper(request: Any, *args: Any, **kwargs: Any) -> Any:
            early = before(request, *args, **kwargs) if before is not None else None
            if early is not None:
                return early
            response = await view(request, *args, **kwargs)
            if after is not None:
                after(request, response)
            return response

        return cast("View", _async_wrapper)

    @wraps(view)
    def _view_wrapper(request: Any, *args: Any, **kwargs: Any) -> Any:
        early = before(request, *args, **kwargs) if before is not None else None
        if early is not None:
            return early
        response = view(request, *args, **kwargs)
        if after is not None:
            after(request, response)
        return response

    return cast("View", _view_wrapper)


def marked(view: View, name: str, value: Any) -> View:
    """Return a stand-in for *view* with an attribute; the view itself stays as it is."""
    wrapper: Any = around(view)
    setattr(wrapper, name, value)
    return wrapper  # type: ignore[no-any-return]  # Any only to set the attribute


__all__ = ["View", "around", "marked"]
