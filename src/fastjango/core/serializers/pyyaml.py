"""Objects as YAML; needs PyYAML."""

from __future__ import annotations

import codecs
import datetime as dt
import decimal
from collections.abc import Iterator
from typing import Any

import yaml

from fastjango.core.serializers.base import DeserializationError
from fastjango.core.serializers.python import Deserializer as PythonDeserializer
from fastjango.core.serializers.python import Serializer as PythonSerializer

# libyaml is many times faster, where it is there.
SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_Dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


WHOLE = 1 << 22
"""A stream of up to so many letters is read at once: people write anchors in such ones."""
PIECE = 1 << 18


class DjangoSafeDumper(_Dumper):  # type: ignore[misc]
    """A safe dumper that writes decimals as text."""

    def represent_decimal(self, data: decimal.Decimal) -> Any:
        """Return the node of a decimal."""
        return self.represent_scalar("tag:yaml.org,2002:str", str(data))

    def represent_ordered_dict(self, data: dict[Any, Any]) -> Any:
        """Return the node of a dictionary in its own order."""
        return self.represent_mapping("tag:yaml.org,2002:map", data.items())


DjangoSafeDumper.add_representer(decimal.Decimal, DjangoSafeDumper.represent_decimal)
DjangoSafeDumper.add_representer(dict, DjangoSafeDumper.represent_ordered_dict)


class Serializer(PythonSerializer):
    """Writes YAML; options are those of ``yaml.dump``."""

    internal_use_only = False

    def _value_from_field(self, obj: Any, field: Any) -> Any:
        value = super()._value_from_field(obj, field)
        # YAML knows dates, but no times without one.
        return str(value) if isinstance(value, dt.time) else value

    def start_serialization(self) -> None:
        """Begin with an empty list; options may want it whole."""
        super().start_serialization()
        self.options.setdefault("allow_unicode", True)
        self._by_pieces = set(self.options) <= {"allow_unicode", "indent", "width"}

    def end_object(self, obj: Any) -> None:
        """Write an object: lists of one, one behind the other, are one list."""
        super().end_object(obj)
        if self._by_pieces:
            yaml.dump(self.objects, self.stream, Dumper=DjangoSafeDumper, **self.options)
            self.objects.clear()

    def end_serialization(self) -> None:
        """Write what is not written yet."""
        if not self._by_pieces or self.first:
            yaml.dump(self.objects, self.stream, Dumper=DjangoSafeDumper, **self.options)

    def getvalue(self) -> Any:
        """Return the text."""
        return super(PythonSerializer, self).getvalue()


class Deserializer(PythonDeserializer):
    """Reads YAML with the safe loader."""

    saved_in_batches = True

    def __init__(self, stream_or_string: Any, **options: Any) -> None:
        if isinstance(stream_or_string, bytes):
            stream_or_string = stream_or_string.decode()
        if isinstance(stream_or_string, str):
            super().__init__(_loaded(stream_or_string), **options)
            return
        begin = stream_or_string.read(WHOLE)
        rest = stream_or_string.read(1)
        if not rest:
            super().__init__(_loaded(begin), **options)
            return
        super().__init__(_items(begin + rest, stream_or_string), **options)

    def _handle_object(self, obj: Any) -> Iterator[Any]:
        try:
            yield from super()._handle_object(obj)
        except (GeneratorExit, DeserializationError):
            raise
        except Exception as error:
            raise DeserializationError(f"Error deserializing object: {error}") from error


def _loaded(text: Any) -> Any:
    try:
        return yaml.load(text, Loader=SafeLoader)
    except Exception as error:
        raise DeserializationError from error


def _items(begin: Any, stream: Any) -> Iterator[Any]:
    """
    Yield the items of a list in a large stream; only some of them are in memory.

    An item begins with a dash at the beginning of a line, where nothing inside of an item can begin. An anchor holds for its
    own piece. A text that is written otherwise is read whole.
    """
    decode = codecs.getincrementaldecoder("utf-8")().decode
    text = decode(begin) if isinstance(begin, bytes) else begin
    if not text.startswith("- "):
        rest = stream.read()
        yield from _loaded(text + (decode(rest) if isinstance(rest, bytes) else rest))
        return
    while True:
        end = text.rfind("\n- ") + 1
        if end:
            yield from _loaded(text[:end])
            text = text[end:]
        more = stream.read(PIECE)
        if not more:
            break
        text += decode(more) if isinstance(more, bytes) else more
    yield from _loaded(text) or ()
