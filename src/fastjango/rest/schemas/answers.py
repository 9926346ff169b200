"""
The answers of an operation by their status: what a project says of its own, and what the framework refuses.

A view says with ``schema = AutoSchema(responses={...})`` what it answers, or an action with ``@action(schema=...)``.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastjango.rest import permissions, serializers
from fastjango.rest.schemas.shapes import serializer_schema
from fastjango.rest.views import exception_handler

_DETAIL = {
    "type": "object",
    "properties": {"detail": {"type": "string"}},
    "required": ["detail"],
    "description": "What was wrong.",
}
_ERRORS = {"type": ["object", "array"], "description": "Messages by the name of the field, or a list of messages."}


def put_schema(components: dict[str, Any], name: str, schema: dict[str, Any]) -> dict[str, str]:
    """Put *schema* among the components and return its reference; another one of that name gets a number."""
    key, number = name, 2
    while components.get(key, schema) != schema:
        key, number = f"{name}{number}", number + 1
    components[key] = schema
    return {"$ref": f"#/components/schemas/{key}"}


def said_answers(said: Mapping[int | str, Any] | None, components: dict[str, Any]) -> dict[str, Any]:
    """
    Return the answers that a project names.

    Args:
        said: By status: a text, a serializer or its class (in a list for many), a JSON schema, or None.
    """
    found: dict[str, Any] = {}
    for status, what in (said or {}).items():
        text = HTTPStatus(int(status)).phrase if str(status).isdigit() else "Response"
        schema = None
        if isinstance(what, str):
            text = what
        elif what is not None:
            schema = _schema_of(what, components)
        found[str(status)] = {"description": text}
        if schema is not None:
            found[str(status)]["content"] = {"application/json": {"schema": schema}}
    return found


def _schema_of(what: Any, components: dict[str, Any]) -> dict[str, Any]:
    if isinstance(what, list | tuple):
        return {"type": "array", "items": _schema_of(what[0], components)}
    if isinstance(what, Mapping):
        return dict(what)
    serializer = what() if isinstance(what, type) else what
    if isinstance(serializer, serializers.ListSerializer):
        return {"type": "array", "items": _schema_of(serializer.child, components)}
    name = type(serializer).__name__.removesuffix("Serializer") or "Object"
    return put_schema(components, name, serializer_schema(serializer))


def refusals(view: Any, path: str, method: str, is_list: bool, components: dict[str, Any]) -> dict[str, Any]:
    """Return the answers that the framework gives in the view's place, by what the view is made of."""
    takes_body = method in ("post", "put", "patch")
    paginated = is_list and getattr(view, "paginator", None) is not None
    found: dict[str, Any] = {}
    if takes_body or (is_list and getattr(view, "filter_backends", None)):
        found["400"] = "ValidationErrors"
    if takes_body:
        found["415"] = "ErrorDetail"
    authenticators = view.get_authenticators()
    guards = [one for one in view.permission_classes if one is not permissions.AllowAny]
    if authenticators or guards:
        if authenticators and authenticators[0].authenticate_header(None):
            found["401"] = "ErrorDetail"
        found["403"] = "ErrorDetail"
    if "{" in path or paginated:
        found["404"] = "ErrorDetail"
    if view.throttle_classes:
        found["429"] = "ErrorDetail"
    # A project's own handler answers in a form of its own.
    ours = view.settings.EXCEPTION_HANDLER is exception_handler
    return {status: _refusal(status, name if ours else None, components) for status, name in found.items()}


def _refusal(status: str, name: str | None, components: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": HTTPStatus(int(status)).phrase}
    if name is None:
        return answer
    reference = put_schema(components, name, _DETAIL if name == "ErrorDetail" else _ERRORS)
    return {**answer, "content": {"application/json": {"schema": reference}}}


__all__ = ["put_schema", "refusals", "said_answers"]
