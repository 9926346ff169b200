"""The operations of a view in the application's own document at ``/docs``; ``openapi.py`` makes the one for clients of DRF."""

from __future__ import annotations

from typing import Any

from fastjango.rest.schemas.openapi import AutoSchema
from fastjango.rest.schemas.shapes import serializer_schema

_VERBS = {"get": "retrieve", "post": "create", "put": "update", "patch": "partialUpdate", "delete": "destroy"}


class ViewOperations:
    """
    Describes one view by its serializers, paginator and filters, in OpenAPI 3.1: bodies and answers apart.

    Args:
        view: A view object.
        inspector: What the view's ``schema`` says of tags and names.
    """

    def __init__(self, view: Any, inspector: AutoSchema) -> None:
        self.view = view
        self._tags = inspector._tags
        self.operation_id_base = inspector.operation_id_base
        self.component_name = inspector.component_name

    def _name(self, path: str) -> str:
        if self.operation_id_base:
            return self.operation_id_base
        queryset = getattr(self.view, "queryset", None)
        model = getattr(queryset, "model", None)
        if model is not None:
            return str(model.__name__)
        return str(type(self.view).__name__).removesuffix("ViewSet").removesuffix("APIView").removesuffix("View")

    def serializer(self, method: str) -> Any:
        """Return a serializer of the view, ``None`` when it has none."""
        view = self.view
        if not hasattr(view, "get_serializer"):
            return None
        try:
            made = view.get_serializer(partial=True) if method == "patch" else view.get_serializer()
            getattr(made, "fields", None)
        except Exception:  # noqa: BLE001 - a view may need its request, or have no serializer for this method
            return None
        return made

    def component(self, serializer: Any, path: str) -> str:
        """Return the name of the serializer's schema."""
        if self.component_name:
            return self.component_name
        return type(serializer).__name__.removesuffix("Serializer") or self._name(path)

    def is_list(self, method: str) -> bool:
        """Return whether the method answers with many objects."""
        action = getattr(self.view, "action", None)
        if action is not None:
            return bool(action == "list")
        return method == "get" and hasattr(self.view, "list")

    def get_operation(self, path: str, method: str, components: dict[str, Any]) -> dict[str, Any]:
        """Return the operation; schemas of serializers are put into *components*."""
        view = self.view
        action = getattr(view, "action", None) or _VERBS.get(method, method)
        name = self._name(path)
        verb = "list" if self.is_list(method) else action
        tags = self._tags or [next((part for part in path.strip("/").split("/") if not part.startswith("{")), "api")]
        operation: dict[str, Any] = {
            "operationId": f"{verb}{name}_{path.strip('/').replace('/', '_').replace('{', '').replace('}', '')}_{method}",
            "summary": f"{name} {verb}".replace("_", " "),
            "tags": tags,
            "parameters": self._parameters(path, method),
            "responses": self._responses(path, method, components),
        }
        description = view.get_view_description()
        if description:
            operation["description"] = str(description)
        serializer = self.serializer(method) if method in ("post", "put", "patch") else None
        if serializer is not None:
            key = self.component(serializer, path) + ("PatchInput" if method == "patch" else "Input")
            components.setdefault(key, serializer_schema(serializer, reading=False))
            reference = {"$ref": f"#/components/schemas/{key}"}
            types = [parser.media_type for parser in view.parser_classes]
            operation["requestBody"] = {"content": {kind: {"schema": reference} for kind in types}, "required": True}
        return operation

    def _parameters(self, path: str, method: str) -> list[dict[str, Any]]:
        names = [part.split("}")[0] for part in path.split("{")[1:]]
        found: list[dict[str, Any]] = [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names
        ]
        if not self.is_list(method):
            return found
        paginator = getattr(self.view, "paginator", None)
        if paginator is not None and hasattr(paginator, "get_schema_operation_parameters"):
            found += paginator.get_schema_operation_parameters(self.view)
        for backend in getattr(self.view, "filter_backends", ()):
            if hasattr(backend, "get_schema_operation_parameters"):
                found += backend().get_schema_operation_parameters(self.view)
        return found

    def _responses(self, path: str, method: str, components: dict[str, Any]) -> dict[str, Any]:
        if method == "delete":
            return {"204": {"description": "Deleted"}}
        status = "201" if method == "post" and getattr(self.view, "action", "create") in (None, "create") else "200"
        serializer = self.serializer("get")
        if serializer is None:
            return {status: {"description": "Successful response"}}
        key = self.component(serializer, path)
        components.setdefault(key, serializer_schema(serializer))
        schema: dict[str, Any] = {"$ref": f"#/components/schemas/{key}"}
        if self.is_list(method):
            schema = {"type": "array", "items": schema}
            paginator = getattr(self.view, "paginator", None)
            if paginator is not None:
                schema = paginator.get_paginated_response_schema(schema)
        return {status: {"description": "Successful response", "content": {"application/json": {"schema": schema}}}}


__all__ = ["ViewOperations"]
