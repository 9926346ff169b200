"""Objects as a JSON list."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

from fastjango.core.serializers.base import DeserializationError
from fastjango.core.serializers.python import Deserializer as PythonDeserializer
from fastjango.core.serializers.python import Serializer as PythonSerializer
from fastjango.utils.json import DjangoJSONEncoder

PIECE = 1 << 16
BEHIND = frozenset(" \t\r\n,]")

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
        # Not json.dump(): it calls the stream for every few letters.
        self.stream.write(json.dumps(self.get_dump_object(obj), **self.json_kwargs))
        self._current = None

    def getvalue(self) -> Any:
        """Return the text."""
        return super(PythonSerializer, self).getvalue()


class Deserializer(PythonDeserializer):
    """Reads a JSON list; of a stream, a piece at a time."""

    saved_in_batches = True

    def __init__(self, stream_or_string: Any, **options: Any) -> None:
        if isinstance(stream_or_string, bytes | str):
            try:
                objects = json.loads(stream_or_string)
            except Exception as error:
                raise DeserializationError from error
        else:
            objects = _items(stream_or_string)
        super().__init__(objects, **options)

    def _handle_object(self, obj: Any) -> Iterator[Any]:
        try:
            yield from super()._handle_object(obj)
        except (GeneratorExit, DeserializationError):
            raise
        except Exception as error:
            raise DeserializationError(f"Error deserializing object: {error}") from error


def _items(stream: Any) -> Iterator[Any]:
    """
    Yield the items of the list in a stream; only the piece that is being read is in memory.

    Raises:
        DeserializationError: It is no list in JSON.
    """
    decoder, pieces = json.JSONDecoder(), _pieces(stream)
    text = next(pieces, "").lstrip()
    if text[:1] != "[":
        yield from _whole(text + "".join(pieces))
        return
    text, place = _at_next(text, 1, pieces)
    while text[place : place + 1] != "]":
        item, text, place = _item(decoder, text, place, pieces)
        yield item
        text, place = _at_next(text, place, pieces)
        if text[place : place + 1] == ",":
            text, place = _at_next(text, place + 1, pieces)
            if text[place : place + 1] != "]":
                continue
        elif text[place : place + 1] == "]":
            break
        raise DeserializationError from ValueError(f"A list in JSON has no {text[place : place + 20]!r} here.")
    if text[place + 1 :].strip() or any(piece.strip() for piece in pieces):
        raise DeserializationError from ValueError("There is something behind the list.")


def _item(decoder: json.JSONDecoder, text: str, place: int, pieces: Iterator[str]) -> tuple[Any, str, int]:
    """Return the item at *place*, the text, and the place behind the item."""
    while True:
        wanting: ValueError | None = None
        try:
            item, end = decoder.raw_decode(text, place)
            # A number may go on in the next piece.
            if text[end : end + 1] in BEHIND or isinstance(item, (dict, list, str)):
                return item, text, end
        except ValueError as error:
            wanting = error
        text, place = text[place:], 0
        more = "".join(islice(pieces, 1 + len(text) // PIECE))
        if not more:
            raise DeserializationError from wanting
        text += more


def _whole(text: str) -> Iterator[Any]:
    try:
        objects = json.loads(text)
    except ValueError as error:
        raise DeserializationError from error
    yield from objects


def _pieces(stream: Any) -> Iterator[str]:
    """Yield the text of a stream in pieces of 64 KiB, without the mark of its encoding."""
    decode = codecs.getincrementaldecoder("utf-8-sig")()
    while piece := stream.read(PIECE):
        yield decode.decode(piece) if isinstance(piece, bytes) else piece
    yield decode.decode(b"", final=True)


def _at_next(text: str, place: int, pieces: Iterator[str]) -> tuple[str, int]:
    """Return the text and the place of its next letter that is no space."""
    while True:
        while place < len(text) and text[place] in " \t\r\n":
            place += 1
        if place < len(text):
            return text, place
        more = next(pieces, None)
        if more is None:
            return text, place
        text, place = more, 0
