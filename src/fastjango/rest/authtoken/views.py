"""``obtain_auth_token``: name and password in, token out."""

from __future__ import annotations

from typing import Any

from fastjango.rest import parsers, renderers
from fastjango.rest.authtoken.models import Token
from fastjango.rest.authtoken.serializers import AuthTokenSerializer
from fastjango.rest.response import Response
from fastjango.rest.schemas import AutoSchema
from fastjango.rest.views import APIView


class ObtainAuthToken(APIView):
    """Gives a user's token to whoever knows the password."""

    throttle_classes = ()
    permission_classes = ()
    parser_classes = (parsers.FormParser, parsers.MultiPartParser, parsers.JSONParser)
    renderer_classes = (renderers.JSONRenderer,)
    serializer_class: Any = AuthTokenSerializer
    schema = AutoSchema(
        responses={200: {"type": "object", "properties": {"token": {"type": "string"}}, "required": ["token"]}}
    )

    def get_serializer_context(self) -> dict[str, Any]:
        """Return what the serializer gets as its context."""
        return {"request": self.request, "format": self.format_kwarg, "view": self}

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        """Return the serializer."""
        kwargs["context"] = self.get_serializer_context()
        return self.serializer_class(*args, **kwargs)

    def post(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        """Check the password and answer with the token."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        token, _created = Token.objects.get_or_create(user=serializer.validated_data["user"])
        return Response({"token": token.key})


obtain_auth_token = ObtainAuthToken.as_view()
