"""Ranges in JSON: what Pydantic, and so OpenAPI, knows of them."""

from __future__ import annotations

from typing import Any

from psycopg.types.range import Range
from pydantic_core import PydanticCustomError, core_schema

__all__ = ["RangeJson"]

_BOUNDS = ["[)", "(]", "()", "[]"]


class RangeJson:
    """
    The annotation of a range: ``{"lower": 1, "upper": 5, "bounds": "[)"}``, or ``{"empty": true}``.

    Args:
        bound: The Python type of a bound.
        default_bounds: What is meant where ``bounds`` is missing.
    """

    def __init__(self, bound: Any, default_bounds: str) -> None:
        self.bound = bound
        self.default_bounds = default_bounds

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        """Return how a range is read and written."""
        bound = core_schema.nullable_schema(handler.generate_schema(self.bound))
        member = core_schema.typed_dict_field
        parts = core_schema.typed_dict_schema(
            {
                "lower": member(bound, required=False),
                "upper": member(bound, required=False),
                "bounds": member(core_schema.literal_schema(_BOUNDS), required=False),
                "empty": member(core_schema.bool_schema(), required=False),
            }
        )
        made = core_schema.no_info_after_validator_function(self._made_of, parts)
        return core_schema.json_or_python_schema(
            json_schema=made,
            python_schema=core_schema.union_schema([core_schema.is_instance_schema(Range), made]),
            serialization=core_schema.plain_serializer_function_ser_schema(_parts_of, return_schema=parts),
        )

    def _made_of(self, parts: dict[str, Any]) -> Range[Any]:
        if parts.get("empty"):
            return Range(empty=True)
        lower, upper = parts.get("lower"), parts.get("upper")
        if lower is not None and upper is not None and lower > upper:
            raise PydanticCustomError("bound_ordering", "The start of the range must not exceed the end of the range.")
        return Range(lower, upper, parts.get("bounds", self.default_bounds))


def _parts_of(value: Any) -> dict[str, Any]:
    if value.isempty:
        return {"empty": True}
    return {"lower": value.lower, "upper": value.upper, "bounds": value.bounds}
