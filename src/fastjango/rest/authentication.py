"""Authentication: who asks, by Basic credentials, session, token or the server's word."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from fastjango.apps import apps
from fastjango.contrib.auth import authenticate, get_user_model
from fastjango.middleware.csrf import CsrfViewMiddleware
from fastjango.rest import HTTP_HEADER_ENCODING, exceptions
from fastjango.utils.translation import gettext_lazy as _


def get_authorization_header(request: Any) -> bytes:
    """Return the ``Authorization`` header as bytes."""
    auth = request.META.get("HTTP_AUTHORIZATION", b"")
    return auth.encode(HTTP_HEADER_ENCODING, "replace") if isinstance(auth, str) else auth


class CSRFCheck(CsrfViewMiddleware):
    """The CSRF check, giving its reason in place of a page."""

    def _reject(self, request: Any, reason: str) -> Any:
        return reason


class BaseAuthentication:
    """Base of authenticators."""

    def authenticate(self, request: Any) -> tuple[Any, Any] | None:
        """Return user and token, ``None`` when there are no credentials of this kind."""
        raise NotImplementedError(".authenticate() must be overridden.")

    def authenticate_header(self, request: Any) -> str | None:
        """Return the challenge of 401 answers; without one the answer is 403."""
        return None


class BasicAuthentication(BaseAuthentication):
    """Name and password in the header (RFC 7617)."""

    www_authenticate_realm = "api"

    def authenticate(self, request: Any) -> tuple[Any, Any] | None:
        """Return the user of the credentials."""
        auth = get_authorization_header(request).split()
        if not auth or auth[0].lower() != b"basic":
            return None
        if len(auth) == 1:
            raise exceptions.AuthenticationFailed(_("Invalid basic header. No credentials provided."))
        if len(auth) > 2:
            raise exceptions.AuthenticationFailed(
                _("Invalid basic header. Credentials string should not contain spaces.")
            )
        try:
            raw = base64.b64decode(auth[1])
            try:
                decoded = raw.decode("utf-8")
            except UnicodeDecodeError:
                decoded = raw.decode("latin-1")
            userid, password = decoded.split(":", 1)
        except (TypeError, ValueError, UnicodeDecodeError, binascii.Error):
            raise exceptions.AuthenticationFailed(
                _("Invalid basic header. Credentials not correctly base64 encoded.")
            ) from None
        return self.authenticate_credentials(userid, password, request)

    def authenticate_credentials(self, userid: str, password: str, request: Any = None) -> tuple[Any, Any]:
        """
        Return the active user with this name and password.

        Raises:
            AuthenticationFailed: There is none.
        """
        credentials = {get_user_model().USERNAME_FIELD: userid, "password": password}
        # A backend refuses text that no column can hold; that is a wrong name like any other.
        user = None if "\x00" in userid else authenticate(request=request, **credentials)
        if user is None:
            raise exceptions.AuthenticationFailed(_("Invalid username/password."))
        if not user.is_active:
            raise exceptions.AuthenticationFailed(_("User inactive or deleted."))
        return user, None

    def authenticate_header(self, request: Any) -> str:
        """Return the challenge."""
        return f'Basic realm="{self.www_authenticate_realm}"'


class SessionAuthentication(BaseAuthentication):
    """The session of the site; unsafe methods need the CSRF token."""

    def authenticate(self, request: Any) -> tuple[Any, Any] | None:
        """Return the logged-in user."""
        user = getattr(request._request, "user", None)
        if not user or not user.is_active:
            return None
        self.enforce_csrf(request)
        return user, None

    def enforce_csrf(self, request: Any) -> None:
        """
        Check the CSRF token.

        Raises:
            PermissionDenied: It is missing or wrong.
        """
        check = CSRFCheck(lambda _request: None)
        check.process_request(request)
        reason = check.process_view(request, None, (), {})
        if reason:
            raise exceptions.PermissionDenied(f"CSRF Failed: {reason}")


class TokenAuthentication(BaseAuthentication):
    """``Authorization: Token <key>``, of the app ``authtoken`` or of *model*."""

    keyword = "Token"
    model: Any = None

    def get_model(self) -> Any:
        """Return the model of tokens."""
        return self.model if self.model is not None else apps.get_model("authtoken", "Token")

    def authenticate(self, request: Any) -> tuple[Any, Any] | None:
        """Return the user of the token."""
        auth = get_authorization_header(request).split()
        if not auth or auth[0].lower() != self.keyword.lower().encode():
            return None
        if len(auth) == 1:
            raise exceptions.AuthenticationFailed(_("Invalid token header. No credentials provided."))
        if len(auth) > 2:
            raise exceptions.AuthenticationFailed(_("Invalid token header. Token string should not contain spaces."))
        try:
            token = auth[1].decode()
        except UnicodeError:
            raise exceptions.AuthenticationFailed(
                _("Invalid token header. Token string should not contain invalid characters.")
            ) from None
        return self.authenticate_credentials(token)

    def authenticate_credentials(self, key: str) -> tuple[Any, Any]:
        """
        Return the active user of the token.

        Raises:
            AuthenticationFailed: There is no such token.
        """
        model = self.get_model()
        try:
            if "\x00" in key:
                raise model.DoesNotExist
            token = model.objects.select_related("user").get(key=key)
        except model.DoesNotExist:
            raise exceptions.AuthenticationFailed(_("Invalid token.")) from None
        if not token.user.is_active:
            raise exceptions.AuthenticationFailed(_("User inactive or deleted."))
        return token.user, token

    def authenticate_header(self, request: Any) -> str:
        """Return the challenge."""
        return self.keyword


class RemoteUserAuthentication(BaseAuthentication):
    """The user that the web server says, in ``REMOTE_USER``."""

    header = "REMOTE_USER"

    def authenticate(self, request: Any) -> tuple[Any, Any] | None:
        """Return the user of that name."""
        user = authenticate(request=request, remote_user=request.META.get(self.header))
        if user and user.is_active:
            return user, None
        return None


__all__ = [
    "BaseAuthentication",
    "BasicAuthentication",
    "CSRFCheck",
    "RemoteUserAuthentication",
    "SessionAuthentication",
    "TokenAuthentication",
    "get_authorization_header",
]
