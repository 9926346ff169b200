"""Name and password of a user who wants a token."""

from __future__ import annotations

from typing import Any

from fastjango.contrib.auth import authenticate
from fastjango.rest import serializers
from fastjango.utils.translation import gettext_lazy as _


class AuthTokenSerializer(serializers.Serializer):
    """Checks the credentials; ``validated_data["user"]`` is the user."""

    username = serializers.CharField(label=_("Username"), write_only=True)
    password = serializers.CharField(
        label=_("Password"), style={"input_type": "password"}, trim_whitespace=False, write_only=True
    )
    token = serializers.CharField(label=_("Token"), read_only=True)

    def validate(self, attrs: Any) -> Any:
        """Find the user."""
        username, password = attrs.get("username"), attrs.get("password")
        if not (username and password):
            raise serializers.ValidationError(_('Must include "username" and "password".'), code="authorization")
        user = authenticate(request=self.context.get("request"), username=username, password=password)
        # The same words for a wrong name, a wrong password and a user who was locked out.
        if not user:
            raise serializers.ValidationError(_("Unable to log in with provided credentials."), code="authorization")
        attrs["user"] = user
        return attrs
