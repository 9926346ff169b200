"""``Token``: a user's key."""

from __future__ import annotations

import binascii
import os
from typing import Any

from fastjango.conf import settings
from fastjango.db import models
from fastjango.utils.translation import gettext_lazy as _


class Token(models.Model):
    """The default authorization token model."""

    key = models.CharField(_("Key"), max_length=40, primary_key=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, related_name="auth_token", on_delete=models.CASCADE, verbose_name=_("User")
    )
    created = models.DateTimeField(_("Created"), auto_now_add=True)

    class Meta:
        # Without the app in INSTALLED_APPS there is no table.
        abstract = "fastjango.rest.authtoken" not in settings.INSTALLED_APPS
        verbose_name = _("Token")
        verbose_name_plural = _("Tokens")

    def save(self, *args: Any, **kwargs: Any) -> Any:
        """Save; a new token gets its key."""
        if not self.key:
            self.key = self.generate_key()
            # A key that is taken must not become another user's.
            if self._state.adding:
                kwargs.setdefault("force_insert", True)
        return super().save(*args, **kwargs)

    @classmethod
    def generate_key(cls) -> str:
        """Return 40 random hexadecimal digits."""
        return binascii.hexlify(os.urandom(20)).decode()

    def __str__(self) -> str:
        return self.key


class TokenProxy(Token):
    """The token as the admin sees it: named by its user, so that the key is in no address."""

    @property
    def pk(self) -> Any:
        """The user's key."""
        return getattr(self, "user_id")

    def delete(self, using: Any = None, keep_parents: bool = False) -> Any:
        """Delete the token itself, which has another key than its proxy."""
        token = Token.objects.using(using or self._state.db).get(key=self.key)
        return token.delete(using=using, keep_parents=keep_parents)

    class Meta:
        proxy = "fastjango.rest.authtoken" in settings.INSTALLED_APPS
        abstract = "fastjango.rest.authtoken" not in settings.INSTALLED_APPS
        verbose_name = _("Token")
        verbose_name_plural = _("Tokens")
