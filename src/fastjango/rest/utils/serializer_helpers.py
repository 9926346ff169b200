"""What serializers hand out: data that knows its serializer, fields bound to values, and the ordered map of fields."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, MutableMapping
from typing import Any

from fastjango.rest.utils import json
from fastjango.utils.encoding import force_str


class ReturnDict(dict[str, Any]):
    """Data of a serializer; renderers find it by ``.serializer``."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.serializer = kwargs.pop("serializer")
        super().__init__(*args, **kwargs)

    def copy(self) -> ReturnDict:
        """Return a copy with the same serializer."""
        return ReturnDict(self, serializer=self.serializer)

    def __repr__(self) -> str:
        return dict.__repr__(self)

    def __reduce__(self) -> Any:
        # The serializer is no data.
        return (dict, (dict(self),))

    def __or__(self, other: Any) -> Any:
        if not isinstance(other, dict):
            return NotImplemented
        return ReturnDict({**self, **other}, serializer=self.serializer)

    def __ror__(self, other: Any) -> Any:
        if not isinstance(other, dict):
            return NotImplemented
        return ReturnDict({**other, **self}, serializer=self.serializer)


class ReturnList(list[Any]):
    """Data of a list serializer."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.serializer = kwargs.pop("serializer")
        super().__init__(*args, **kwargs)

    def __repr__(self) -> str:
        return list.__repr__(self)

    def __reduce__(self) -> Any:
        return (list, (list(self),))


class BoundField:
    """A field together with its value and errors, as templates show it."""

    def __init__(self, field: Any, value: Any, errors: Any, prefix: str = "") -> None:
        self._field = field
        self._prefix = prefix
        self.value = value
        self.errors = errors
        self.name = prefix + self.field_name

    def __getattr__(self, attr_name: str) -> Any:
        return getattr(self._field, attr_name)

    @property
    def _proxy_class(self) -> Any:
        return self._field.__class__

    def __repr__(self) -> str:
        return f"<{type(self).__name__} value={self.value} errors={self.errors}>"

    def as_form_field(self) -> BoundField:
        """Return the same with a value that an HTML form can hold."""
        value = "" if self.value is None or self.value is False else self.value
        return self.__class__(self._field, value, self.errors, self._prefix)


class JSONBoundField(BoundField):
    """A JSON field with its value: text in forms."""

    def as_form_field(self) -> BoundField:
        """Return the same with the value as JSON text, unless it is the user's own text."""
        value = self.value
        if not getattr(value, "is_json_string", False):
            with contextlib.suppress(TypeError, ValueError):
                value = json.dumps(self.value, sort_keys=True, indent=4, separators=(",", ": "))
        return self.__class__(self._field, value, self.errors, self._prefix)


class NestedBoundField(BoundField):
    """A nested serializer with its value: iterating gives its bound fields."""

    def __init__(self, field: Any, value: Any, errors: Any, prefix: str = "") -> None:
        if value is None or value == "" or not isinstance(value, MutableMapping):
            value = {}
        super().__init__(field, value, errors, prefix)

    def __iter__(self) -> Iterator[BoundField]:
        for field in self.fields.values():
            yield self[field.field_name]

    def __getitem__(self, key: str) -> BoundField:
        field = self.fields[key]
        value = self.value.get(key) if self.value else None
        error = self.errors.get(key) if isinstance(self.errors, dict) else None
        kind: Any = BoundField
        if hasattr(field, "fields"):
            kind = NestedBoundField
        elif getattr(field, "_is_jsonfield", False):
            kind = JSONBoundField
        made: BoundField = kind(field, value, error, prefix=self.name + ".")
        return made

    def as_form_field(self) -> BoundField:
        """Return the same with values that HTML forms can hold."""
        values: dict[str, Any] = {}
        for key, value in self.value.items():
            if isinstance(value, list | dict):
                values[key] = value
            else:
                values[key] = "" if value is None or value is False else force_str(value)
        return self.__class__(self._field, values, self.errors, self._prefix)


class BindingDict(MutableMapping[str, Any]):
    """The fields of a serializer by name; a field put here is bound to the serializer."""

    def __init__(self, serializer: Any) -> None:
        self.serializer = serializer
        self.fields: dict[str, Any] = {}
        #: Goes up with every change, so that what was made from the fields knows when it is stale.
        self.version = 0

    def __setitem__(self, key: str, field: Any) -> None:
        self.version += 1
        self.fields[key] = field
        field.bind(field_name=key, parent=self.serializer)

    def __getitem__(self, key: str) -> Any:
        return self.fields[key]

    def __delitem__(self, key: str) -> None:
        self.version += 1
        del self.fields[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.fields)

    def __len__(self) -> int:
        return len(self.fields)

    def __repr__(self) -> str:
        return dict.__repr__(self.fields)


__all__ = [
    "BindingDict",
    "BoundField",
    "JSONBoundField",
    "NestedBoundField",
    "ReturnDict",
    "ReturnList",
]
