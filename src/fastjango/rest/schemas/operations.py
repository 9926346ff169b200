"""The operations of a view in the application's own document at ``/docs``; ``openapi.py`` makes the one for clients of DRF."""

from __future__ import annotations

from typing import Any

from fastjango.rest.schemas.answers import put_schema, refusals, said_answers
from fastjango.rest.schemas.openapi import AutoSchema
from fastjango.rest.schemas.shapes import key_schema, serializer_schema

# What each method of a generic view does, and the status it answers with; what a project's own method answers is not known.
_KNOWN = {
    "list": "200",
    "retrieve": "200",
    "create": "201",
    "update": "200",
    "partial_update": "200",
    "destroy": "204",
}
_GENERIC = {
    "get": ("list", "retrieve"),
    "post": ("create",),
    "put": ("update",),
    "patch": ("partial_update",),
    "delete": ("destroy",),
}
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
        self.said = inspector.responses

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
            schema = serializer_schema(serializer, reading=False)
            reference = put_schema(components, key, schema)
            types = [parser.media_type for parser in view.parser_classes]
            operation["requestBody"] = {
                "content": {kind: {"schema": reference} for kind in types},
                # No body is an empty one.
                "required": "required" in schema,
            }
        return operation

    def _parameters(self, path: str, method: str) -> list[dict[str, Any]]:
        names = [part.split("}")[0] for part in path.split("{")[1:]]
        found: list[dict[str, Any]] = [
            {"name": name, "in": "path", "required": True, "schema": self._key(name)} for name in names
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

    def _key(self, name: str) -> dict[str, Any]:
        """Return the schema of a part of the address: that of the column by which the view looks up."""
        view = self.view
        model = getattr(getattr(view, "queryset", None), "model", None)
        lookup = getattr(view, "lookup_field", None)
        if model is None or lookup is None or name not in (lookup, getattr(view, "lookup_url_kwarg", None)):
            return {"type": "string"}
        if lookup == "pk":
            column = model._meta.pk
        else:
            column = next((field for field in model._meta.concrete_fields if field.name == lookup), None)
        return key_schema(column) if column is not None else {"type": "string"}

    def _does(self, method: str) -> str | None:
        """Return what the method does, as the mixins call it; None for what the project wrote itself."""
        if hasattr(self.view, "action"):
            action = self.view.action
            return action if action in _KNOWN else None
        return next((name for name in _GENERIC[method] if hasattr(self.view, name)), None)

    def _responses(self, path: str, method: str, components: dict[str, Any]) -> dict[str, Any]:
        does = self._does(method)
        found = said_answers(self.said, components)
        if not any(status.startswith("2") for status in found):
            found[_KNOWN.get(does or "", "2XX")] = self._success(does, path, method, components)
        for status, answer in refusals(self.view, path, method, self.is_list(method), components).items():
            found.setdefault(status, answer)
        return dict(sorted(found.items()))

    def _success(self, does: str | None, path: str, method: str, components: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = {"description": "Deleted" if does == "destroy" else "Successful response"}
        serializer = None if does in (None, "destroy") else self.serializer("get")
        if serializer is None:
            return answer
        schema = put_schema(components, self.component(serializer, path), serializer_schema(serializer))
        if self.is_list(method):
            listed: dict[str, Any] = {"type": "array", "items": schema}
            schema = listed
            paginator = getattr(self.view, "paginator", None)
            if paginator is not None:
                schema = paginator.get_paginated_response_schema(schema)
        return {**answer, "content": {"application/json": {"schema": schema}}}


__all__ = ["ViewOperations"]
