"""Objects as a JSON list."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from fastjango.core.serializers.base import DeserializationError
from fastjango.core.serializers.python import Deserializer as PythonDeserializer
from fastjango.core.serializers.python import Serializer as PythonSerializer
from fastjango.utils.json import DjangoJSONEncoder

__all__ = ["Deserializer", "DjangoJSONEncoder", "Serializer"]


class Serializer(PythonSerializer):
    """Writes JSON; options are those of ``json.dump``."""

    internal_use_only = False

    def _init_options(self) -> None:
        self._current = None
        self.json_kwargs = {name: value for name, value in self.options.items() if name not in {"stream", "fields"}}
        if self.options.get("indent"):
            # No space at the ends of lines.
            self.json_kwargs["separators"] = (",", ": ")
        self.json_kwargs.setdefault("cls", DjangoJSONEncoder)
        self.json_kwargs.setdefault("ensure_ascii", False)

    def start_serialization(self) -> None:
        """Open the list."""
        self._init_options()
        self.stream.write("[")

    def end_serialization(self) -> None:
        """Close the list."""
        indented = self.options.get("indent")
        self.stream.write("\n]\n" if indented else "]")

    def end_object(self, obj: Any) -> None:
        """Write an object."""
        indented = self.options.get("indent")
        if not self.first:
            self.stream.write("," if indented else ", ")
        if indented:
            self.stream.write("\n")
        json.dump(self.get_dump_object(obj), self.stream, **self.json_kwargs)
        self._current = None

    def getvalue(self) -> Any:
        """Return the text."""
        return super(PythonSerializer, self).getvalue()


class Deserializer(PythonDeserializer):
    """Reads a JSON list."""

    def __init__(self, stream_or_string: Any, **options: Any) -> None:
        if not isinstance(stream_or_string, bytes | str):
            stream_or_string = stream_or_string.read()
        if isinstance(stream_or_string, bytes):
            stream_or_string = stream_or_string.decode()
        try:
            objects = json.loads(stream_or_string)
        except Exception as error:
            raise DeserializationError from error
        super().__init__(objects, **options)

    def _handle_object(self, obj: Any) -> Iterator[Any]:
        try:
            yield from super()._handle_object(obj)
        except (GeneratorExit, DeserializationError):
            raise
        except Exception as error:
            raise DeserializationError(f"Error deserializing object: {error}") from error
