"""
The view that answers with a schema: what ``schema_generator`` makes.

With ``public`` permissions of the described views are left aside. The docstring of the class is seen by clients.
"""

from __future__ import annotations

from typing import Any

from fastjango.rest import exceptions
from fastjango.rest.browsable import BrowsableAPIRenderer
from fastjango.rest.renderers import JSONOpenAPIRenderer, OpenAPIRenderer
from fastjango.rest.response import Response
from fastjango.rest.settings import api_settings
from fastjango.rest.views import APIView


class SchemaView(APIView):
    """The schema of this API."""

    _ignore_model_permissions = True
    # A schema does not describe itself.
    schema: Any = None
    renderer_classes: Any = None
    schema_generator: Any = None
    public = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.renderer_classes is None:
            self.renderer_classes = [OpenAPIRenderer, JSONOpenAPIRenderer]
            if BrowsableAPIRenderer in api_settings.DEFAULT_RENDERER_CLASSES:
                self.renderer_classes.append(BrowsableAPIRenderer)

    def get(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        """Answer with the schema."""
        schema = self.schema_generator.get_schema(request, self.public)
        if schema is None:
            raise exceptions.PermissionDenied
        return Response(schema)

    def handle_exception(self, exc: Any) -> Any:
        """Answer with the error in an ordinary format, as renderers of schemas know none."""
        self.renderer_classes = api_settings.DEFAULT_RENDERER_CLASSES
        negotiated = self.perform_content_negotiation(self.request, force=True)
        self.request.accepted_renderer, self.request.accepted_media_type = negotiated
        return super().handle_exception(exc)


__all__ = ["SchemaView"]
