"""
``JSONField``: a value entered as JSON text.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any, ClassVar

from fastjango.core.exceptions import ValidationError
from fastjango.forms.fields.text import CharField
from fastjango.forms.widgets import Textarea
from fastjango.utils.translation import gettext_lazy as _

__all__ = ["InvalidJSONInput", "JSONField", "JSONString"]


class InvalidJSONInput(str):
    """What was entered and is no JSON; shown again as it is."""

    __slots__ = ()


class JSONString(str):
    """A string that was read from JSON, so that it is not read twice."""

    __slots__ = ()


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(f"{text[:40]} is beyond the floating-point range")
    return number


class JSONField(CharField):
    """
    Any JSON value.

    Args:
        encoder, decoder: Classes for ``json.dumps`` and ``json.loads``.
    """

    default_error_messages: ClassVar[Mapping[str, Any]] = {"invalid": _("Enter a valid JSON.")}
    widget: Any = Textarea

    def __init__(
        self,
        encoder: type[json.JSONEncoder] | None = None,
        decoder: type[json.JSONDecoder] | None = None,
        **kwargs: Any,
    ) -> None:
        self.encoder = encoder
        self.decoder = decoder
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        """Return the value; ``None`` for empty input."""
        if self.disabled:
            return value
        if value in self.empty_values:
            return None
        if isinstance(value, (list, dict, int, float, JSONString)):
            return value
        try:
            read = self._loads(value)
        except (ValueError, TypeError, RecursionError) as problem:
            params = {"value": value}
            raise ValidationError(self.error_messages["invalid"], code="invalid", params=params) from problem
        return JSONString(read) if isinstance(read, str) else read

    def _loads(self, text: Any) -> Any:
        # NaN and Infinity are no JSON and no database takes them; a decoder of one's own may.
        if self.decoder:
            return json.loads(text, cls=self.decoder)
        read = json.loads(text, parse_constant=_refuse_constant, parse_float=_finite)
        if "\\ud" in str(text).lower():
            # An escaped half of a surrogate pair is legal JSON and no text; this raises a ValueError.
            json.dumps(read, ensure_ascii=False).encode()
        return read

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Return what to show again: the value, or the text that is no JSON."""
        if self.disabled:
            return initial
        if data is None:
            return None
        try:
            return json.loads(data, cls=self.decoder)
        except (ValueError, RecursionError):
            return InvalidJSONInput(data)

    def prepare_value(self, value: Any) -> Any:
        """Return the value as JSON text."""
        if isinstance(value, InvalidJSONInput):
            return value
        return json.dumps(value, ensure_ascii=False, cls=self.encoder)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Tell whether the JSON differs; the order of keys does not count, ``True`` is not 1."""
        if self.disabled:
            return False
        if super().has_changed(initial, data):
            return True
        dumps = [json.dumps(value, sort_keys=True, cls=self.encoder) for value in (initial, self.to_python(data))]
        return dumps[0] != dumps[1]
