"""Objects as lines of JSON, one per object; made for large files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from fastjango.core.serializers.base import DeserializationError
from fastjango.core.serializers.python import Deserializer as PythonDeserializer
from fastjango.core.serializers.python import Serializer as PythonSerializer
from fastjango.utils.json import DjangoJSONEncoder


class Serializer(PythonSerializer):
    """Writes a line per object; options are those of ``json.dump``."""

    internal_use_only = False

    def _init_options(self) -> None:
        self._current = None
        left_out = {"stream", "fields", "indent"}
        self.json_kwargs = {name: value for name, value in self.options.items() if name not in left_out}
        self.json_kwargs["separators"] = (",", ": ")
        self.json_kwargs.setdefault("cls", DjangoJSONEncoder)
        self.json_kwargs.setdefault("ensure_ascii", False)

    def start_serialization(self) -> None:
        """Read the options."""
        self._init_options()

    def end_object(self, obj: Any) -> None:
        """Write a line."""
        self.stream.write(f"{json.dumps(self.get_dump_object(obj), **self.json_kwargs)}\n")
        self._current = None

    def getvalue(self) -> Any:
        """Return the text."""
        return super(PythonSerializer, self).getvalue()


class Deserializer(PythonDeserializer):
    """Reads line by line."""

    saved_in_batches = True

    def __init__(self, stream_or_string: Any, **options: Any) -> None:
        if isinstance(stream_or_string, bytes):
            stream_or_string = stream_or_string.decode()
        if isinstance(stream_or_string, str):
            stream_or_string = stream_or_string.split("\n")
        super().__init__(stream_or_string, **options)

    def _handle_object(self, obj: Any) -> Iterator[Any]:
        line = obj.decode() if isinstance(obj, bytes) else obj
        if not line.strip():
            return
        try:
            yield from super()._handle_object(json.loads(line))
        except (GeneratorExit, DeserializationError):
            raise
        except Exception as error:
            raise DeserializationError(f"Error deserializing object: {error}") from error
