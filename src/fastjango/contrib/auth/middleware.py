"""``request.user``, and login for every page."""

from __future__ import annotations

from functools import partial
from typing import Any
from urllib.parse import urlsplit

from fastjango.conf import settings
from fastjango.contrib import auth
from fastjango.contrib.auth import REDIRECT_FIELD_NAME, load_backend
from fastjango.contrib.auth.backends import RemoteUserBackend
from fastjango.contrib.auth.redirects import redirect_to_login
from fastjango.core.exceptions import ImproperlyConfigured
from fastjango.db.bridge import bridge
from fastjango.shortcuts import resolve_url
from fastjango.utils.deprecation import MiddlewareMixin
from fastjango.utils.functional import SimpleLazyObject


def get_user(request: Any) -> Any:
    """Return the request's user; looked up once."""
    if not hasattr(request, "_cached_user"):
        request._cached_user = auth.get_user(request)
    return request._cached_user


async def auser(request: Any) -> Any:
    """Return the request's user from async code."""
    return await bridge(get_user, request)


class AuthenticationMiddleware(MiddlewareMixin):
    """Gives each request ``user``, looked up when first used, and ``auser()``."""

    def process_request(self, request: Any) -> None:
        """Add them."""
        if not hasattr(request, "session"):
            raise ImproperlyConfigured(
                "The Django authentication middleware requires session middleware to be installed. Edit your "
                "MIDDLEWARE setting to insert 'fastjango.contrib.sessions.middleware.SessionMiddleware' before "
                "'fastjango.contrib.auth.middleware.AuthenticationMiddleware'."
            )
        request.user = SimpleLazyObject(lambda: get_user(request))
        request.auser = partial(auser, request)


class LoginRequiredMiddleware(MiddlewareMixin):
    """Sends everybody who has not logged in to the login page, but for views marked ``login_not_required``."""

    redirect_field_name = REDIRECT_FIELD_NAME

    def process_view(self, request: Any, view_func: Any, view_args: Any, view_kwargs: Any) -> Any:
        """Check the user."""
        if not getattr(view_func, "login_required", True) or request.user.is_authenticated:
            return None
        return self.handle_no_permission(request, view_func)

    def get_login_url(self, view_func: Any) -> str:
        """Return where to log in."""
        login_url = getattr(view_func, "login_url", None) or settings.LOGIN_URL
        if not login_url:
            raise ImproperlyConfigured(
                "No login URL to redirect to. Define settings.LOGIN_URL or provide a login_url via the "
                "'fastjango.contrib.auth.decorators.login_required' decorator."
            )
        return str(login_url)

    def get_redirect_field_name(self, view_func: Any) -> Any:
        """Return the query parameter that carries the page's address."""
        return getattr(view_func, "redirect_field_name", self.redirect_field_name)

    def handle_no_permission(self, request: Any, view_func: Any) -> Any:
        """Redirect to the login."""
        path = request.build_absolute_uri()
        resolved = resolve_url(self.get_login_url(view_func))
        login_scheme, login_netloc = urlsplit(resolved)[:2]
        current_scheme, current_netloc = urlsplit(path)[:2]
        if (not login_scheme or login_scheme == current_scheme) and (
            not login_netloc or login_netloc == current_netloc
        ):
            path = request.get_full_path()
        return redirect_to_login(path, resolved, self.get_redirect_field_name(view_func))


class RemoteUserMiddleware(MiddlewareMixin):
    """
    Logs in the user whom the web server has authenticated and named in ``REMOTE_USER``.

    ASGI has no environment: a server in front sends the name in the header of that name (``Remote-User``, seen as
    ``HTTP_REMOTE_USER``), and must remove such a header from what clients send.
    """

    header = "REMOTE_USER"
    force_logout_if_no_header = True

    def process_request(self, request: Any) -> None:
        """Log in or out as the header says."""
        if not hasattr(request, "user"):
            raise ImproperlyConfigured(
                "The Django remote user auth middleware requires the authentication middleware to be installed. "
                "Edit your MIDDLEWARE setting to insert "
                "'fastjango.contrib.auth.middleware.AuthenticationMiddleware' before the RemoteUserMiddleware class."
            )
        username = request.META.get(self.header) or request.META.get(f"HTTP_{self.header}")
        if username is None:
            if self.force_logout_if_no_header and request.user.is_authenticated:
                self._remove_invalid_user(request)
            return
        if request.user.is_authenticated:
            if request.user.get_username() == self.clean_username(username, request):
                return
            # Another user than the session's.
            self._remove_invalid_user(request)
        user = auth.authenticate(request, remote_user=username)
        if user:
            request.user = user
            auth.login(request, user)

    def clean_username(self, username: str, request: Any) -> str:
        """Return the name as the session's backend cleans it."""
        backend = load_backend(request.session[auth.BACKEND_SESSION_KEY])
        return str(backend.clean_username(username)) if hasattr(backend, "clean_username") else username

    def _remove_invalid_user(self, request: Any) -> None:
        try:
            stored_backend = load_backend(request.session.get(auth.BACKEND_SESSION_KEY, ""))
        except ImportError:
            auth.logout(request)
        else:
            if isinstance(stored_backend, RemoteUserBackend):
                auth.logout(request)


class PersistentRemoteUserMiddleware(RemoteUserMiddleware):
    """The same where only the login page sends the header: its absence ends no session."""

    force_logout_if_no_header = False
