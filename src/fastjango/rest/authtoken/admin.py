"""Tokens in the admin: named by their users."""

from __future__ import annotations

from typing import Any

from fastjango.contrib import admin
from fastjango.contrib.auth import get_user_model
from fastjango.rest.authtoken.models import Token, TokenProxy

User: Any = get_user_model()


class TokenAdmin(admin.ModelAdmin):
    """Shows tokens; the addresses hold the user's key, never the token."""

    list_display = ("key", "user", "created")
    fields = ("user",)
    search_fields = (f"user__{User.USERNAME_FIELD}",)
    search_help_text = "Username"
    ordering = ("-created",)
    actions = None
    autocomplete_fields = ("user",)

    def get_object(self, request: Any, object_id: Any, from_field: Any = None) -> Any:
        """Return the token of the user named in the address."""
        field = User._meta.pk
        try:
            user = User.objects.get(pk=field.to_python(object_id))
            return self.get_queryset(request).get(user=user)
        except (User.DoesNotExist, self.model.DoesNotExist, ValueError, TypeError):
            return None

    def delete_model(self, request: Any, obj: Any) -> None:
        """Delete the token behind the proxy."""
        Token.objects.filter(key=obj.key).delete()


admin.site.register(TokenProxy, TokenAdmin)

__all__ = ["TokenAdmin"]
