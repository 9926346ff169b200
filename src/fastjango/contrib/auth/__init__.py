"""
Who is asking: users, passwords, permissions, login and logout.

``models.py`` and ``base_user.py`` the users, ``backends.py`` who may log in, ``hashers.py`` password hashes, ``forms.py``
and ``views.py`` the pages, ``middleware.py`` ``request.user``. The functions here work on a request.
"""

from __future__ import annotations

import inspect
import re
from typing import Any

from fastjango.apps import apps as django_apps
from fastjango.conf import settings
from fastjango.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from fastjango.core.exceptions import ImproperlyConfigured, PermissionDenied
from fastjango.db.bridge import bridge
from fastjango.middleware.csrf import rotate_token
from fastjango.utils.crypto import constant_time_compare
from fastjango.utils.module_loading import import_string
from fastjango.views.decorators.debug import sensitive_variables

__all__ = [
    "BACKEND_SESSION_KEY",
    "HASH_SESSION_KEY",
    "REDIRECT_FIELD_NAME",
    "SESSION_KEY",
    "aauthenticate",
    "aget_user",
    "alogin",
    "alogout",
    "aupdate_session_auth_hash",
    "authenticate",
    "get_backends",
    "get_permission_codename",
    "get_user",
    "get_user_model",
    "load_backend",
    "login",
    "logout",
    "update_session_auth_hash",
    "user_logged_in",
    "user_logged_out",
    "user_login_failed",
]

SESSION_KEY = "_auth_user_id"
BACKEND_SESSION_KEY = "_auth_user_backend"
HASH_SESSION_KEY = "_auth_user_hash"
REDIRECT_FIELD_NAME = "next"


def load_backend(path: str) -> Any:
    """Return an instance of the backend."""
    return import_string(path)()


def _get_backends(return_tuples: bool = False) -> list[Any]:
    backends = []
    for backend_path in settings.AUTHENTICATION_BACKENDS:
        backend = load_backend(backend_path)
        backends.append((backend, backend_path) if return_tuples else backend)
    if not backends:
        raise ImproperlyConfigured(
            "No authentication backends have been defined. Does AUTHENTICATION_BACKENDS contain anything?"
        )
    return backends


def get_backends() -> list[Any]:
    """Return the backends of ``AUTHENTICATION_BACKENDS``."""
    return _get_backends()


_SENSITIVE = re.compile("api|token|key|secret|password|signature", re.IGNORECASE)
_CLEANSED = "********************"


@sensitive_variables("credentials")
def _clean_credentials(credentials: dict[str, Any]) -> dict[str, Any]:
    return {key: _CLEANSED if _SENSITIVE.search(key) else value for key, value in credentials.items()}


def _get_user_session_key(request: Any) -> Any:
    # Sessions hold text; the key's field knows its type.
    return get_user_model()._meta.pk.to_python(request.session[SESSION_KEY])


def _accepts(method: Any, args: tuple[Any, ...], credentials: dict[str, Any]) -> bool:
    try:
        inspect.signature(method).bind(*args, **credentials)
    except TypeError:
        return False
    return True


@sensitive_variables("credentials")
def authenticate(request: Any = None, **credentials: Any) -> Any:
    """
    Return the user these credentials belong to, or None.

    Each backend that takes such credentials is asked in turn; one that raises ``PermissionDenied`` ends the search.
    """
    for backend, backend_path in _get_backends(return_tuples=True):
        if not _accepts(backend.authenticate, (request,), credentials):
            continue
        try:
            user = backend.authenticate(request, **credentials)
        except PermissionDenied:
            break
        if user is None:
            continue
        user.backend = backend_path
        return user
    user_login_failed.send(sender=__name__, credentials=_clean_credentials(credentials), request=request)
    return None


@sensitive_variables("credentials")
async def aauthenticate(request: Any = None, **credentials: Any) -> Any:
    """Return the user these credentials belong to; each backend's ``aauthenticate`` is asked."""
    for backend, backend_path in _get_backends(return_tuples=True):
        if not _accepts(backend.authenticate, (request,), credentials):
            continue
        try:
            user = await backend.aauthenticate(request, **credentials)
        except PermissionDenied:
            break
        if user is None:
            continue
        user.backend = backend_path
        return user
    await user_login_failed.asend(sender=__name__, credentials=_clean_credentials(credentials), request=request)
    return None


def login(request: Any, user: Any, backend: Any = None) -> None:
    """
    Keep *user* in the session. What an anonymous visitor put there stays; another user's data goes.

    Raises:
        ValueError: Several backends are configured and none was named.
        TypeError: *backend* is no dotted path.
    """
    session_auth_hash = ""
    if user is None:
        user = request.user
    if hasattr(user, "get_session_auth_hash"):
        session_auth_hash = user.get_session_auth_hash()
    if SESSION_KEY in request.session:
        same = _get_user_session_key(request) == user.pk
        if not same or (
            session_auth_hash
            and not constant_time_compare(request.session.get(HASH_SESSION_KEY, ""), session_auth_hash)
        ):
            request.session.flush()
    else:
        # A new key: one that somebody planted before the login is worth nothing.
        request.session.cycle_key()
    backend = _backend_path(user, backend)
    request.session[SESSION_KEY] = user._meta.pk.value_to_string(user)
    request.session[BACKEND_SESSION_KEY] = backend
    request.session[HASH_SESSION_KEY] = session_auth_hash
    if hasattr(request, "user"):
        request.user = user
    rotate_token(request)
    user_logged_in.send(sender=user.__class__, request=request, user=user)


def _backend_path(user: Any, backend: Any) -> str:
    try:
        backend = backend or user.backend
    except AttributeError:
        backends = _get_backends(return_tuples=True)
        if len(backends) == 1:
            _, backend = backends[0]
        else:
            raise ValueError(
                "You have multiple authentication backends configured and therefore must provide the `backend` "
                "argument or set the `backend` attribute on the user."
            ) from None
    if not isinstance(backend, str):
        raise TypeError(f"backend must be a dotted import path string (got {backend!r}).")
    return backend


async def alogin(request: Any, user: Any, backend: Any = None) -> None:
    """Keep *user* in the session."""
    await bridge(login, request, user, backend)


def logout(request: Any) -> None:
    """Forget the user and the whole session."""
    user = getattr(request, "user", None)
    if not getattr(user, "is_authenticated", True):
        user = None
    user_logged_out.send(sender=user.__class__, request=request, user=user)
    request.session.flush()
    if hasattr(request, "user"):
        from fastjango.contrib.auth.models import AnonymousUser

        request.user = AnonymousUser()


async def alogout(request: Any) -> None:
    """Forget the user and the whole session."""
    await bridge(logout, request)


def get_user_model() -> Any:
    """
    Return the model that ``AUTH_USER_MODEL`` names.

    Raises:
        ImproperlyConfigured: The setting is malformed, or no such model is installed.
    """
    try:
        return django_apps.get_model(settings.AUTH_USER_MODEL, require_ready=False)
    except ValueError:
        raise ImproperlyConfigured("AUTH_USER_MODEL must be of the form 'app_label.model_name'") from None
    except LookupError:
        raise ImproperlyConfigured(
            f"AUTH_USER_MODEL refers to model '{settings.AUTH_USER_MODEL}' that has not been installed"
        ) from None


def get_user(request: Any) -> Any:
    """Return the user of the session, or ``AnonymousUser``; a session made under another password is ended."""
    from fastjango.contrib.auth.models import AnonymousUser

    user = None
    try:
        user_id = _get_user_session_key(request)
        backend_path = request.session[BACKEND_SESSION_KEY]
    except KeyError:
        return AnonymousUser()
    if backend_path in settings.AUTHENTICATION_BACKENDS:
        user = load_backend(backend_path).get_user(user_id)
        if hasattr(user, "get_session_auth_hash") and not _session_is_valid(request, user):
            request.session.flush()
            user = None
    return user or AnonymousUser()


def _session_is_valid(request: Any, user: Any) -> bool:
    session_hash = request.session.get(HASH_SESSION_KEY)
    if not session_hash:
        return False
    session_auth_hash = user.get_session_auth_hash()
    if constant_time_compare(session_hash, session_auth_hash):
        return True
    # The secret key was rotated: accept the old one once, then go on with the new one.
    if any(constant_time_compare(session_hash, old) for old in user.get_session_auth_fallback_hash()):
        request.session.cycle_key()
        request.session[HASH_SESSION_KEY] = session_auth_hash
        return True
    return False


async def aget_user(request: Any) -> Any:
    """Return the user of the session, or ``AnonymousUser``."""
    return await bridge(get_user, request)


def get_permission_codename(action: str, opts: Any) -> str:
    """Return ``add_product`` for ``("add", Product._meta)``."""
    return f"{action}_{opts.model_name}"


def update_session_auth_hash(request: Any, user: Any) -> None:
    """Keep this session alive after its user's password has changed; all other sessions end."""
    request.session.cycle_key()
    if hasattr(user, "get_session_auth_hash") and request.user == user:
        request.session[HASH_SESSION_KEY] = user.get_session_auth_hash()


async def aupdate_session_auth_hash(request: Any, user: Any) -> None:
    """Keep this session alive after its user's password has changed."""
    await bridge(update_session_auth_hash, request, user)
