"""JSON documents built in the database: ``JSONArray`` and ``JSONObject``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastjango.db.errors import NotSupportedError
from fastjango.db.models.expressions.elements import call
from fastjango.db.models.expressions.func import Func
from fastjango.db.models.expressions.output import Output
from fastjango.db.models.expressions.values import Value

if TYPE_CHECKING:
    from fastjango.db.models.expressions.elements import Clause
    from fastjango.db.models.types import ClauseContext


class JSONArray(Func):
    """An array of the values."""

    function = "JSON_ARRAY"
    output_field = Output("JSONField")

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return the call."""
        if not ctx.connection.features.supports_json_field:
            raise NotSupportedError("JSONFields are not supported on this database backend.")
        name = "JSONB_BUILD_ARRAY" if ctx.vendor == "postgresql" else "JSON_ARRAY"
        return call(name, *self.arguments(ctx))


class JSONObject(Func):
    """An object with the given keys."""

    function = "JSON_OBJECT"
    output_field = Output("JSONField")

    def __init__(self, **fields: Any) -> None:
        expressions: list[Any] = []
        for key, value in fields.items():
            expressions += [Value(key), value]
        super().__init__(*expressions)

    def build_clause(self, ctx: ClauseContext) -> Clause:
        """Return the call."""
        if not ctx.connection.features.has_json_object_function:
            raise NotSupportedError("JSONObject() is not supported on this database backend.")
        name = "JSONB_BUILD_OBJECT" if ctx.vendor == "postgresql" else "JSON_OBJECT"
        return call(name, *self.arguments(ctx))


__all__ = ["JSONArray", "JSONObject"]
