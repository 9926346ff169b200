"""One-time links: the token of a password reset, signed, bound to password and last login, limited in time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastjango.conf import settings
from fastjango.utils.crypto import constant_time_compare, salted_hmac
from fastjango.utils.http import base36_to_int, int_to_base36


class PasswordResetTokenGenerator:
    """Makes and checks tokens; a token dies when the password changes, at the next login, or by age."""

    key_salt = "django.contrib.auth.tokens.PasswordResetTokenGenerator"
    algorithm: str | None = None
    _secret: Any = None
    _secret_fallbacks: Any = None

    def __init__(self) -> None:
        self.algorithm = self.algorithm or "sha256"

    @property
    def secret(self) -> Any:
        """The key that signs; ``SECRET_KEY``."""
        return self._secret or settings.SECRET_KEY

    @secret.setter
    def secret(self, secret: Any) -> None:
        self._secret = secret

    @property
    def secret_fallbacks(self) -> Any:
        """Old keys that are still accepted; ``SECRET_KEY_FALLBACKS``."""
        return settings.SECRET_KEY_FALLBACKS if self._secret_fallbacks is None else self._secret_fallbacks

    @secret_fallbacks.setter
    def secret_fallbacks(self, fallbacks: Any) -> None:
        self._secret_fallbacks = fallbacks

    def make_token(self, user: Any) -> str:
        """Return a token for *user*."""
        return self._make_token_with_timestamp(user, self._num_seconds(self._now()), self.secret)

    def check_token(self, user: Any, token: str | None) -> bool:
        """Return whether the token is right and not older than ``PASSWORD_RESET_TIMEOUT`` seconds."""
        if not (user and token):
            return False
        try:
            ts_b36, _ = token.split("-")
            timestamp = base36_to_int(ts_b36)
        except ValueError:
            return False
        if not any(
            constant_time_compare(self._make_token_with_timestamp(user, timestamp, secret), token)
            for secret in [self.secret, *self.secret_fallbacks]
        ):
            return False
        return bool(self._num_seconds(self._now()) - timestamp <= settings.PASSWORD_RESET_TIMEOUT)

    def _make_token_with_timestamp(self, user: Any, timestamp: int, secret: Any) -> str:
        ts_b36 = int_to_base36(timestamp)
        # Every second digit: a shorter link, still far from guessable.
        hash_string = salted_hmac(
            self.key_salt, self._make_hash_value(user, timestamp), secret=secret, algorithm=self.algorithm or "sha256"
        ).hexdigest()[::2]
        return f"{ts_b36}-{hash_string}"

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        login = None if user.last_login is None else user.last_login.replace(microsecond=0, tzinfo=None)
        email = getattr(user, user.get_email_field_name(), "") or ""
        return f"{user.pk}{user.password}{login}{timestamp}{email}"

    def _num_seconds(self, moment: datetime) -> int:
        return int((moment - datetime(2001, 1, 1)).total_seconds())

    def _now(self) -> datetime:
        return datetime.now()


default_token_generator = PasswordResetTokenGenerator()
