"""Decorators of function views that ask who is there; for sync and async views."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast, overload
from urllib.parse import urlsplit

from fastjango.conf import settings
from fastjango.contrib.auth import REDIRECT_FIELD_NAME
from fastjango.contrib.auth.redirects import redirect_to_login
from fastjango.core.exceptions import PermissionDenied
from fastjango.db.bridge import bridge
from fastjango.http.coroutines import iscoroutinefunction
from fastjango.shortcuts import resolve_url

View = TypeVar("View", bound=Callable[..., Any])


def user_passes_test(
    test_func: Callable[[Any], Any], login_url: Any = None, redirect_field_name: Any = REDIRECT_FIELD_NAME
) -> Callable[[View], View]:
    """Show the view to users for whom ``test_func(user)`` is true; send the others to the login page."""

    def decorator(view_func: View) -> View:
        def redirect(request: Any) -> Any:
            path = request.build_absolute_uri()
            resolved = resolve_url(login_url or settings.LOGIN_URL)
            login_scheme, login_netloc = urlsplit(resolved)[:2]
            current_scheme, current_netloc = urlsplit(path)[:2]
            if (not login_scheme or login_scheme == current_scheme) and (
                not login_netloc or login_netloc == current_netloc
            ):
                path = request.get_full_path()
            return redirect_to_login(path, resolved, redirect_field_name)

        if iscoroutinefunction(view_func):

            @wraps(view_func)
            async def wrapper_async(request: Any, *args: Any, **kwargs: Any) -> Any:
                user = await request.auser()
                passed = await test_func(user) if iscoroutinefunction(test_func) else await bridge(test_func, user)
                return await view_func(request, *args, **kwargs) if passed else redirect(request)

            wrapper: Any = wrapper_async
        else:

            @wraps(view_func)
            def wrapper_sync(request: Any, *args: Any, **kwargs: Any) -> Any:
                if iscoroutinefunction(test_func):
                    from fastjango.core.handlers.loop import as_sync

                    passed = as_sync(test_func)(request.user)
                else:
                    passed = test_func(request.user)
                return view_func(request, *args, **kwargs) if passed else redirect(request)

            wrapper = wrapper_sync
        # LoginRequiredMiddleware uses the same page and parameter.
        wrapper.login_url = login_url
        wrapper.redirect_field_name = redirect_field_name
        return cast("View", wrapper)

    return decorator


@overload
def login_required(function: View, redirect_field_name: Any = ..., login_url: Any = ...) -> View: ...
@overload
def login_required(
    function: None = ..., redirect_field_name: Any = ..., login_url: Any = ...
) -> Callable[[View], View]: ...
def login_required(function: Any = None, redirect_field_name: Any = REDIRECT_FIELD_NAME, login_url: Any = None) -> Any:
    """Show the view to users who have logged in."""
    decorator = user_passes_test(
        lambda user: user.is_authenticated, login_url=login_url, redirect_field_name=redirect_field_name
    )
    return decorator(function) if function else decorator


def login_not_required(view_func: View) -> View:
    """Let LoginRequiredMiddleware show this view to everybody."""
    view_func.login_required = False  # type: ignore[attr-defined]
    return view_func


def permission_required(perm: Any, login_url: Any = None, raise_exception: bool = False) -> Callable[[View], View]:
    """Show the view to users with a permission, or with all of several."""
    perms = (perm,) if isinstance(perm, str) else perm

    def decorator(view_func: View) -> View:
        if iscoroutinefunction(view_func):

            async def check_async(user: Any) -> bool:
                if await user.ahas_perms(perms):
                    return True
                if raise_exception:
                    raise PermissionDenied
                return False

            return user_passes_test(check_async, login_url=login_url)(view_func)

        def check(user: Any) -> bool:
            if user.has_perms(perms):
                return True
            if raise_exception:
                raise PermissionDenied
            return False

        return user_passes_test(check, login_url=login_url)(view_func)

    return decorator
