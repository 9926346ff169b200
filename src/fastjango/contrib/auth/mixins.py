"""Mixins of class-based views that ask who is there."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from fastjango.conf import settings
from fastjango.contrib.auth import REDIRECT_FIELD_NAME
from fastjango.contrib.auth.redirects import redirect_to_login
from fastjango.core.exceptions import ImproperlyConfigured, PermissionDenied
from fastjango.shortcuts import resolve_url


class AccessMixin:
    """What a view does with somebody who may not see it."""

    login_url: Any = None
    permission_denied_message = ""
    raise_exception = False
    redirect_field_name = REDIRECT_FIELD_NAME

    def get_login_url(self) -> str:
        """Return where to log in."""
        login_url = self.login_url or settings.LOGIN_URL
        if not login_url:
            name = self.__class__.__name__
            raise ImproperlyConfigured(
                f"{name} is missing the login_url attribute. Define {name}.login_url, settings.LOGIN_URL, or override "
                f"{name}.get_login_url()."
            )
        return str(login_url)

    def get_permission_denied_message(self) -> str:
        """Return the message of ``PermissionDenied``."""
        return self.permission_denied_message

    def get_redirect_field_name(self) -> str:
        """Return the query parameter that carries this page's address to the login."""
        return self.redirect_field_name

    def handle_no_permission(self) -> Any:
        """Redirect to the login, or raise ``PermissionDenied``."""
        request = self.request  # type: ignore[attr-defined]
        if self.raise_exception or request.user.is_authenticated:
            raise PermissionDenied(self.get_permission_denied_message())
        path = request.build_absolute_uri()
        resolved = resolve_url(self.get_login_url())
        login_scheme, login_netloc = urlsplit(resolved)[:2]
        current_scheme, current_netloc = urlsplit(path)[:2]
        if (not login_scheme or login_scheme == current_scheme) and (
            not login_netloc or login_netloc == current_netloc
        ):
            path = request.get_full_path()
        return redirect_to_login(path, resolved, self.get_redirect_field_name())


class LoginRequiredMixin(AccessMixin):
    """Only for users who have logged in."""

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Check, then dispatch."""
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]


class PermissionRequiredMixin(AccessMixin):
    """Only for users with the permissions of ``permission_required``."""

    permission_required: Any = None

    def get_permission_required(self) -> Any:
        """Return the permissions."""
        if self.permission_required is None:
            name = self.__class__.__name__
            raise ImproperlyConfigured(
                f"{name} is missing the permission_required attribute. Define {name}.permission_required, or override "
                f"{name}.get_permission_required()."
            )
        return (self.permission_required,) if isinstance(self.permission_required, str) else self.permission_required

    def has_permission(self) -> bool:
        """Return whether the user has all of them."""
        return bool(self.request.user.has_perms(self.get_permission_required()))  # type: ignore[attr-defined]

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Check, then dispatch."""
        if not self.has_permission():
            return self.handle_no_permission()
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]


class UserPassesTestMixin(AccessMixin):
    """Only for users for whom ``test_func()`` is true."""

    def test_func(self) -> Any:
        """Return whether the user may see the page."""
        raise NotImplementedError(f"{self.__class__.__name__} is missing the implementation of the test_func() method.")

    def get_test_func(self) -> Any:
        """Return the test."""
        return self.test_func

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Check, then dispatch."""
        if not self.get_test_func()():
            return self.handle_no_permission()
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
