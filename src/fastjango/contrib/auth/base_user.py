"""``AbstractBaseUser``: what a user model needs to log in; knows no other table."""

from __future__ import annotations

import unicodedata
from typing import Any, ClassVar

from fastjango.conf import settings
from fastjango.contrib.auth import password_validation
from fastjango.contrib.auth.hashers import acheck_password, check_password, is_password_usable, make_password
from fastjango.db import models
from fastjango.db.bridge import bridge
from fastjango.utils.crypto import salted_hmac
from fastjango.utils.translation import gettext_lazy as _


class BaseUserManager(models.Manager):  # type: ignore[type-arg,unused-ignore]
    """Helpers of every user manager."""

    @classmethod
    def normalize_email(cls, email: str | None) -> str:
        """Return the address with its domain in lower case."""
        email = email or ""
        name, at, domain = email.strip().rpartition("@")
        return f"{name}@{domain.lower()}" if at else email

    def get_by_natural_key(self, username: Any) -> Any:
        """Return the user with this name."""
        return self.get(**{self.model.USERNAME_FIELD: username})

    async def aget_by_natural_key(self, username: Any) -> Any:
        """Return the user with this name."""
        return await bridge(self.get_by_natural_key, username)


class AbstractBaseUser(models.Model):
    """A user with a password and a time of last login."""

    password = models.CharField(_("password"), max_length=128)
    last_login = models.DateTimeField(_("last login"), blank=True, null=True)

    is_active: Any = True
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    USERNAME_FIELD: ClassVar[str]
    # Set by set_password(): save() tells the validators that the password has changed.
    _password: str | None = None

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.get_username())

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save; the password validators learn of a changed password."""
        super().save(*args, **kwargs)
        if self._password is not None:
            password_validation.password_changed(self._password, self)
            self._password = None

    def get_username(self) -> Any:
        """Return what identifies the user."""
        return getattr(self, self.USERNAME_FIELD)

    def clean(self) -> None:
        """Normalize the name."""
        setattr(self, self.USERNAME_FIELD, self.normalize_username(self.get_username()))

    def natural_key(self) -> tuple[Any, ...]:
        """Return the name, as fixtures refer to a user."""
        return (self.get_username(),)

    @property
    def is_anonymous(self) -> bool:
        """Always False: compare it with ``AnonymousUser``."""
        return False

    @property
    def is_authenticated(self) -> bool:
        """Always True: this is a way to tell whether the user has logged in."""
        return True

    def set_password(self, raw_password: str | None) -> None:
        """Set the hash of a password; ``None`` makes it unusable. Does not save."""
        self.password = make_password(raw_password)
        self._password = raw_password

    def check_password(self, raw_password: str | None) -> bool:
        """Return whether the password is right; an outdated hash is renewed and saved."""

        def setter(raw: str) -> None:
            self.set_password(raw)
            # The password has not changed, only its hash has.
            self._password = None
            self.save(update_fields=["password"])

        return check_password(raw_password, self.password, setter)

    async def acheck_password(self, raw_password: str | None) -> bool:
        """Return whether the password is right; the hashing runs in a thread."""

        async def setter(raw: str) -> None:
            self.set_password(raw)
            self._password = None
            await self.asave(update_fields=["password"])

        return await acheck_password(raw_password, self.password, setter)

    def set_unusable_password(self) -> None:
        """Let no password match."""
        self.password = make_password(None)

    def has_usable_password(self) -> bool:
        """Return whether a password may match."""
        return is_password_usable(self.password)

    def get_session_auth_hash(self) -> str:
        """Return what binds a session to the password."""
        return self._get_session_auth_hash()

    def get_session_auth_fallback_hash(self) -> Any:
        """Yield the same made with the old secret keys."""
        for fallback_secret in settings.SECRET_KEY_FALLBACKS:
            yield self._get_session_auth_hash(secret=fallback_secret)

    def _get_session_auth_hash(self, secret: Any = None) -> str:
        key_salt = "django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash"
        return salted_hmac(key_salt, self.password, secret=secret, algorithm="sha256").hexdigest()

    @classmethod
    def get_email_field_name(cls) -> str:
        """Return the name of the field with the address."""
        try:
            return str(cls.EMAIL_FIELD)  # type: ignore[attr-defined]
        except AttributeError:
            cls.EMAIL_FIELD = "email"  # type: ignore[attr-defined]
            return "email"

    @classmethod
    def normalize_username(cls, username: Any) -> Any:
        """Return the name in one Unicode form (NFKC), so that two names that look alike are one."""
        return unicodedata.normalize("NFKC", username) if isinstance(username, str) else username
