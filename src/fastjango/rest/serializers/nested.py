"""Nested writes are refused: what they should do is for the project to say."""

from __future__ import annotations

from typing import Any

from fastjango.rest.serializers.base import BaseSerializer
from fastjango.rest.utils import model_meta


def raise_errors_on_nested_writes(method_name: str, serializer: Any, validated_data: dict[str, Any]) -> None:
    """
    Refuse nested serializers and dotted sources of relations among the validated data.

    Raises:
        AssertionError: There are some; ``create()`` or ``update()`` must be written by hand.
    """
    relations = model_meta.get_field_info(serializer.Meta.model).relations
    cls = type(serializer)
    place = f"{cls.__module__}.{cls.__name__}"

    def is_nested(source: str) -> bool:
        return source in relations and isinstance(validated_data.get(source), list | dict)

    fields = list(serializer._writable_fields)
    if any(isinstance(field, BaseSerializer) and is_nested(field.source) for field in fields):
        raise AssertionError(
            f"The `.{method_name}()` method does not support writable nested fields by default.\nWrite an explicit "
            f"`.{method_name}()` method for serializer `{place}`, or set `read_only=True` on nested serializer fields."
        )
    if any(len(field.source_attrs) > 1 and is_nested(field.source_attrs[0]) for field in fields):
        raise AssertionError(
            f"The `.{method_name}()` method does not support writable dotted-source fields by default.\nWrite an explicit "
            f"`.{method_name}()` method for serializer `{place}`, or set `read_only=True` on dotted-source serializer fields."
        )


__all__ = ["raise_errors_on_nested_writes"]
