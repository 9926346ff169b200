"""``SchemaGenerator`` and ``AutoSchema``: the OpenAPI 3.0 document of an API, and what one view has in it."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin

from fastjango.core.exceptions import FieldDoesNotExist
from fastjango.rest import exceptions, serializers
from fastjango.rest.browsable import BrowsableAPIRenderer
from fastjango.rest.compat import inflection
from fastjango.rest.inspector import ViewInspector
from fastjango.rest.schemas.generators import BaseSchemaGenerator
from fastjango.rest.schemas.mapping import FieldMapping
from fastjango.rest.schemas.paths import variables
from fastjango.rest.schemas.utils import get_pk_description, is_list_view

_serializer_word = re.compile("serializer", re.IGNORECASE)


class SchemaGenerator(BaseSchemaGenerator):
    """Makes the document: information, the operations of all endpoints, the schemas of their serializers."""

    def get_info(self) -> dict[str, Any]:
        """Return title, version and, where there is one, description."""
        info = {"title": self.title or "", "version": self.version or ""}
        if self.description is not None:
            info["description"] = self.description
        return info

    def check_duplicate_operation_id(self, paths: dict[str, Any]) -> None:
        """Warn of operations with the same ``operationId``, which clients make the names of functions from."""
        seen: dict[str, tuple[str, str]] = {}
        for route, operations in paths.items():
            for method, operation in operations.items():
                name = operation.get("operationId")
                if name is None:
                    continue
                if name in seen:
                    first_route, first_method = seen[name]
                    warnings.warn(
                        f"You have a duplicated operationId in your OpenAPI schema: {name}\n"
                        f"\tRoute: {first_route}, Method: {first_method}\n"
                        f"\tRoute: {route}, Method: {method}\n"
                        "\tAn operationId has to be unique across your schema. Your schema may not work in other tools.",
                        stacklevel=2,
                    )
                seen[name] = (route, method)

    def get_schema(self, request: Any = None, public: bool = False) -> dict[str, Any]:
        """Return the document; with a request and not *public*, of what its user may use."""
        self._initialise_endpoints()
        components: dict[str, Any] = {}
        paths: dict[str, Any] = {}
        _paths, endpoints = self._get_paths_and_endpoints(None if public else request)
        for path, method, view in endpoints:
            if not self.has_view_permissions(path, method, view):
                continue
            operation = view.schema.get_operation(path, method)
            self._add_components(components, view.schema.get_components(path, method))
            address = urljoin(self.url or "/", path.removeprefix("/"))
            paths.setdefault(address, {})[method.lower()] = operation
        self.check_duplicate_operation_id(paths)
        schema: dict[str, Any] = {"openapi": "3.0.2", "info": self.get_info(), "paths": paths}
        return {**schema, "components": {"schemas": components}} if components else schema

    def _add_components(self, components: dict[str, Any], found: dict[str, Any]) -> None:
        for name, schema in found.items():
            if name in components and components[name] != schema:
                warnings.warn(f'Schema component "{name}" has been overridden with a different value.', stacklevel=3)
        components.update(found)


class AutoSchema(FieldMapping, ViewInspector):
    """
    Describes the operations of a view by its serializer, paginator, filters, parsers and renderers.

    Args:
        tags: In place of the first part of the address.
        operation_id_base: In place of the name of the model, serializer or view in operation ids.
        component_name: In place of the serializer's name in components.
        responses: What the view answers, by status, for the document at ``/docs``: a text, a serializer or its class (in a
            list for many), a JSON schema, or None. Without one of success the view's serializer counts.
    """

    request_media_types: list[str] = []
    response_media_types: list[str] = []
    method_mapping = {
        "get": "retrieve",
        "post": "create",
        "put": "update",
        "patch": "partialUpdate",
        "delete": "destroy",
    }

    def __init__(
        self,
        tags: Any = None,
        operation_id_base: str | None = None,
        component_name: str | None = None,
        responses: Mapping[int | str, Any] | None = None,
    ) -> None:
        if tags and not all(isinstance(tag, str) for tag in tags):
            raise ValueError("tags must be a list or tuple of string.")
        self._tags = tags
        self.operation_id_base = operation_id_base
        self.component_name = component_name
        self.responses = responses
        super().__init__()

    # ------------------------------------------------------------ the operation

    def get_operation(self, path: str, method: str) -> dict[str, Any]:
        """Return the operation of a method."""
        operation: dict[str, Any] = {
            "operationId": self.get_operation_id(path, method),
            "description": self.get_description(path, method),
            "parameters": [
                *self.get_path_parameters(path, method),
                *self.get_pagination_parameters(path, method),
                *self.get_filter_parameters(path, method),
            ],
        }
        body = self.get_request_body(path, method)
        if body:
            operation["requestBody"] = body
        operation["responses"] = self.get_responses(path, method)
        operation["tags"] = self.get_tags(path, method)
        return operation

    def _model(self) -> Any:
        return getattr(getattr(self.view, "queryset", None), "model", None)

    def _to_camel_case(self, snake_str: str) -> str:
        first, *others = snake_str.split("_")
        return first + "".join(part.title() for part in others)

    def get_operation_id_base(self, path: str, method: str, action: str) -> str:
        """
        Return what the operation is about: the name of the model, else of the serializer, else of the view.

        Raises:
            AssertionError: A list needs a plural, for which `inflection` must be installed.
        """
        name = self.operation_id_base
        if name is None:
            name = self._name_of_subject(path, method, action)
        if action == "list":
            if not inflection:
                raise AssertionError("`inflection` must be installed for OpenAPI schema support.")
            name = inflection.pluralize(name)
        return str(name)

    def _name_of_subject(self, path: str, method: str, action: str) -> str:
        model = self._model()
        if model is not None:
            return str(model.__name__)
        serializer = self.get_serializer(path, method)
        if serializer is not None:
            return type(serializer).__name__.removesuffix("Serializer")
        name = str(type(self.view).__name__)
        name = name.removesuffix("APIView") if name.endswith("APIView") else name.removesuffix("View")
        # ThingList and ThingDelete already say what is done.
        return name.removesuffix(action.title())

    def get_operation_id(self, path: str, method: str) -> str:
        """Return the operation's id: what is done, and what it is about."""
        name = getattr(self.view, "action", method.lower())
        if is_list_view(path, method, self.view):
            action = "list"
        elif name in self.method_mapping:
            action = self.method_mapping[method.lower()]
        else:
            action = self._to_camel_case(name)
        return action + self.get_operation_id_base(path, method, action)

    def get_tags(self, path: str, method: str) -> Any:
        """Return the operation's tags: those given, else the first part of the address."""
        return self._tags or [path.removeprefix("/").split("/")[0].replace("_", "-")]

    # ------------------------------------------------------------ parameters

    def get_path_parameters(self, path: str, method: str) -> list[dict[str, Any]]:
        """Return the parameters in the address, described by the model's fields of the same name."""
        return [
            {
                "name": name,
                "in": "path",
                "required": True,
                "description": self._describe_variable(name),
                "schema": {"type": "string"},
            }
            for name in variables(path)
        ]

    def _describe_variable(self, name: str) -> str:
        model = self._model()
        if model is None:
            return ""
        try:
            field = model._meta.get_field(name)
        except FieldDoesNotExist:
            return ""
        if getattr(field, "help_text", ""):
            return str(field.help_text)
        return get_pk_description(model, field) if getattr(field, "primary_key", False) else ""

    def get_filter_parameters(self, path: str, method: str) -> list[dict[str, Any]]:
        """Return the parameters of the view's filters."""
        if not self.allows_filters(path, method):
            return []
        backends = [backend() for backend in self.view.filter_backends]
        return [one for backend in backends for one in backend.get_schema_operation_parameters(self.view)]

    def allows_filters(self, path: str, method: str) -> bool:
        """Return whether the operation filters, as those of generic views do that look objects up."""
        if getattr(self.view, "filter_backends", None) is None:
            return False
        if hasattr(self.view, "action"):
            return self.view.action in ("list", "retrieve", "update", "partial_update", "destroy")
        return method.lower() in ("get", "put", "patch", "delete")

    def get_paginator(self) -> Any:
        """Return the view's paginator, if any."""
        pagination_class = getattr(self.view, "pagination_class", None)
        return pagination_class() if pagination_class else None

    def get_pagination_parameters(self, path: str, method: str) -> list[dict[str, Any]]:
        """Return the parameters that choose a page."""
        paginator = self.get_paginator() if is_list_view(path, method, self.view) else None
        return list(paginator.get_schema_operation_parameters(self.view)) if paginator else []

    # ------------------------------------------------------------ serializers

    def get_serializer(self, path: str, method: str) -> Any:
        """Return a serializer of the view; ``None`` where it has none, or refuses without a real request."""
        view = self.view
        if not hasattr(view, "get_serializer"):
            return None
        try:
            return view.get_serializer()
        except exceptions.APIException:
            warnings.warn(
                f"{type(view).__name__}.get_serializer() raised an exception during schema generation. Serializer fields "
                f"will not be generated for {method} {path}.",
                stacklevel=2,
            )
            return None

    def get_request_serializer(self, path: str, method: str) -> Any:
        """Return the serializer of bodies, which a subclass may make another than that of answers."""
        return self.get_serializer(path, method)

    def get_response_serializer(self, path: str, method: str) -> Any:
        """Return the serializer of answers."""
        return self.get_serializer(path, method)

    def get_component_name(self, serializer: Any) -> str:
        """
        Return the name of a serializer's schema.

        Raises:
            Exception: The class is called "Serializer", which says nothing.
        """
        if self.component_name is not None:
            return self.component_name
        class_name = type(serializer).__name__
        name = _serializer_word.sub("", class_name)
        if not name:
            raise Exception(  # noqa: TRY002 - DRF's own choice, which callers may catch
                f'"{class_name}" is an invalid class name for schema generation. Serializer\'s class name should be unique '
                'and explicit. e.g. "ItemSerializer"'
            )
        return name

    def get_components(self, path: str, method: str) -> dict[str, Any]:
        """Return the schemas of the operation's serializers by their names."""
        if method.lower() == "delete":
            return {}
        found: dict[str, Any] = {}
        for serializer in (self.get_request_serializer(path, method), self.get_response_serializer(path, method)):
            if isinstance(serializer, serializers.Serializer):
                found.setdefault(self.get_component_name(serializer), self.map_serializer(serializer))
        return found

    def get_reference(self, serializer: Any) -> dict[str, str]:
        """Return what stands for a serializer's schema."""
        return {"$ref": f"#/components/schemas/{self.get_component_name(serializer)}"}

    def _reference_or_anything(self, serializer: Any) -> dict[str, Any]:
        return self.get_reference(serializer) if isinstance(serializer, serializers.Serializer) else {}

    # ------------------------------------------------------------ body and answers

    def map_parsers(self, path: str, method: str) -> list[str]:
        """Return the media types of bodies."""
        return [parser.media_type for parser in self.view.parser_classes]

    def map_renderers(self, path: str, method: str) -> list[str]:
        """Return the media types of answers; pages for browsers are none of the API's."""
        renderers = self.view.renderer_classes
        return [renderer.media_type for renderer in renderers if not issubclass(renderer, BrowsableAPIRenderer)]

    def get_request_body(self, path: str, method: str) -> dict[str, Any]:
        """Return the body of writing methods, of others an empty dictionary."""
        if method not in ("PUT", "PATCH", "POST"):
            return {}
        self.request_media_types = self.map_parsers(path, method)
        schema = self._reference_or_anything(self.get_request_serializer(path, method))
        return {"content": {media_type: {"schema": schema} for media_type in self.request_media_types}}

    def get_responses(self, path: str, method: str) -> dict[str, Any]:
        """Return the answer of success by its status."""
        if method == "DELETE":
            return {"204": {"description": ""}}
        self.response_media_types = self.map_renderers(path, method)
        schema = self._reference_or_anything(self.get_response_serializer(path, method))
        if is_list_view(path, method, self.view):
            schema = {"type": "array", "items": schema}
            paginator = self.get_paginator()
            if paginator:
                schema = paginator.get_paginated_response_schema(schema)
        content = {media_type: {"schema": schema} for media_type in self.response_media_types}
        return {"201" if method == "POST" else "200": {"content": content, "description": ""}}


__all__ = ["AutoSchema", "SchemaGenerator"]
