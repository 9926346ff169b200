"""``Token``: a user's key."""

from __future__ import annotations

import binascii
import os
from typing import Any

from fastjango.conf import settings
from fastjango.db import models, router
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


class TokenProxyQuerySet(models.QuerySet[Any]):
    """Deletes the tokens behind the proxies, which have other keys."""

    def delete(self) -> Any:
        """
        Delete the tokens and what depends on them.

        Queries: 1 for the keys, and those of ``Token.objects.filter(...).delete()``.
        """
        self._not_support_combined_queries("delete")
        if self.query.is_sliced:
            raise TypeError("Cannot use 'limit' or 'offset' with delete().")
        if self.query.distinct or self.query.distinct_fields:
            raise TypeError("Cannot call delete() after .distinct().")
        if self._fields is not None:
            raise TypeError("Cannot call delete() after .values() or .values_list()")
        self._for_write = True
        keys = list(self.values_list("key", flat=True))
        return Token.objects.using(self.db).filter(key__in=keys).delete()

    delete.alters_data = True  # type: ignore[attr-defined]  # templates do not call it
    delete.queryset_only = True  # type: ignore[attr-defined]  # the manager has none


class TokenProxy(Token):
    """The token as the admin sees it: named by its user, so that the key is in no address."""

    objects: Any = TokenProxyQuerySet.as_manager()

    @property
    def pk(self) -> Any:
        """The user's key."""
        return getattr(self, "user_id")

    def delete(self, using: Any = None, keep_parents: bool = False) -> Any:
        """
        Delete the token itself, which has another key than its proxy.

        Raises:
            ValueError: It was deleted before.
        """
        if self.key is None:
            raise ValueError("TokenProxy object can't be deleted because its key attribute is set to None.")
        alias = using or router.db_for_write(type(self), instance=self)
        deleted = type(self).objects.using(alias).filter(key=self.key).delete()
        self.key = None  # type: ignore[assignment]  # what a deleted object has
        return deleted

    class Meta:
        proxy = "fastjango.rest.authtoken" in settings.INSTALLED_APPS
        abstract = "fastjango.rest.authtoken" not in settings.INSTALLED_APPS
        verbose_name = _("Token")
        verbose_name_plural = _("Tokens")
