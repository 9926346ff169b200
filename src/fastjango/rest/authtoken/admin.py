"""Tokens in the admin: named by their users."""

from __future__ import annotations

from typing import Any

from fastjango.contrib import admin
from fastjango.contrib.admin.utils import quote
from fastjango.contrib.admin.views.main import ChangeList
from fastjango.contrib.auth import get_user_model
from fastjango.core.exceptions import ValidationError
from fastjango.rest.authtoken.models import TokenProxy
from fastjango.urls import reverse
from fastjango.utils.translation import gettext_lazy as _

User: Any = get_user_model()


class TokenChangeList(ChangeList):
    """Leads from each token to the page of its user's key."""

    def url_for_result(self, result: Any) -> str:
        """Return the address of a row's page."""
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
        return reverse(name, args=(quote(result.user_id),), current_app=self.model_admin.admin_site.name)


class TokenAdmin(admin.ModelAdmin):
    """Shows tokens; the addresses hold the user's key, never the token."""

    list_display = ("key", "user", "created")
    list_filter = ("created",)
    fields = ("user",)
    search_fields = (f"user__{User.USERNAME_FIELD}",)
    search_help_text = _("Username")
    ordering = (f"user__{User.USERNAME_FIELD}",)
    actions = None
    autocomplete_fields = ("user",)

    def get_changelist(self, request: Any, **kwargs: Any) -> Any:
        """Return the list whose rows lead to users' keys."""
        return TokenChangeList

    def get_object(self, request: Any, object_id: Any, from_field: Any = None) -> Any:
        """Return the token of the user named in the address."""
        queryset = self.get_queryset(request)
        field = User._meta.pk
        try:
            user = User.objects.get(pk=field.to_python(object_id))
            return queryset.get(user=user)
        except (queryset.model.DoesNotExist, User.DoesNotExist, ValidationError, ValueError, TypeError):
            return None


admin.site.register(TokenProxy, TokenAdmin)

__all__ = ["TokenAdmin", "TokenChangeList"]
