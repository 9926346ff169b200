"""
``MultiPartParser``: a multipart form body, fed to upload handlers as it is read.

python-multipart finds the parts; this file decides what a part is (field or file), counts what arrives against the
``DATA_UPLOAD_*`` limits, and speaks with the upload handlers of ``core/files/uploadhandler.py``.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
from collections.abc import Mapping, Sequence
from typing import Any

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser

from fastjango.conf import settings
from fastjango.core.exceptions import (
    RequestDataTooBig,
    SuspiciousMultipartForm,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from fastjango.core.files.uploadhandler import SkipFile, StopFutureHandlers, StopUpload
from fastjango.http.querydict import QueryDict
from fastjango.utils.datastructures import MultiValueDict
from fastjango.utils.encoding import force_str
from fastjango.utils.http import parse_header_parameters

RAW = "raw"
FILE = "file"
FIELD = "field"
FIELD_TYPES = frozenset([FIELD, RAW])
MAX_TOTAL_HEADER_SIZE = 1024
MAX_PART_HEADERS = 64

boundary_re = re.compile(r"[ -~]{0,200}[!-~]")


class MultiPartParserError(Exception):
    """The body is no multipart form, or its headers cannot be understood."""


class InputStreamExhausted(Exception):
    """Reading went on behind the end of the body."""


class Base64Pieces:
    """Decodes base64 that arrives in pieces of any length."""

    def __init__(self) -> None:
        self.rest = b""

    def feed(self, piece: bytes) -> bytes:
        """Return what can be decoded so far."""
        data = self.rest + b"".join(piece.split())
        whole = len(data) - len(data) % 4
        self.rest = data[whole:]
        return self.decode(data[:whole])

    def finish(self) -> None:
        """Refuse a rest that is no whole group of four."""
        if self.rest:
            raise MultiPartParserError("Could not decode base64 data.")

    @staticmethod
    def decode(data: bytes) -> bytes:
        """Return *data* decoded."""
        try:
            return base64.b64decode(data)
        except binascii.Error as exc:
            raise MultiPartParserError("Could not decode base64 data.") from exc


class MultiPartParser:
    """
    Parses one multipart body.

    Args:
        META: The request's environment: type, boundary and length of the body.
        input_data: Where the body is read from.
        upload_handlers: Called in turn for every file.
        encoding: Of names and values; ``DEFAULT_CHARSET`` when not given.
    Raises:
        MultiPartParserError: Type, boundary or length make no sense.
    """

    boundary_re = boundary_re

    def __init__(
        self, META: Mapping[str, Any], input_data: Any, upload_handlers: Sequence[Any], encoding: str | None = None
    ) -> None:
        content_type = META.get("CONTENT_TYPE", "")
        if not content_type.startswith("multipart/"):
            raise MultiPartParserError(f"Invalid Content-Type: {content_type}")
        if not content_type.isascii():
            raise MultiPartParserError(f"Invalid non-ASCII Content-Type in multipart: {force_str(content_type)}")
        try:
            _, options = parse_header_parameters(content_type)
        except ValueError as exc:
            raise MultiPartParserError(f"Invalid Content-Type: {exc}") from exc
        boundary = options.get("boundary")
        if not boundary or not self.boundary_re.fullmatch(boundary):
            raise MultiPartParserError(f"Invalid boundary in multipart: {force_str(boundary)}")
        self._boundary = boundary.encode("ascii")
        try:
            self._content_length = int(META.get("CONTENT_LENGTH") or 0)
        except (ValueError, TypeError):
            self._content_length = 0
        if self._content_length < 0:
            # Only a forged request says so.
            raise MultiPartParserError(f"Invalid content length: {self._content_length!r}")
        self._length_is_known = bool(META.get("CONTENT_LENGTH"))
        chunk_sizes = [handler.chunk_size for handler in upload_handlers if handler.chunk_size]
        self._chunk_size = min([2**31 - 4, *chunk_sizes])
        self._meta = META
        self._encoding = encoding or settings.DEFAULT_CHARSET
        self._input_data = input_data
        self._upload_handlers = upload_handlers
        self._post = QueryDict(mutable=True)
        self._files = MultiValueDict()
        self._limits_start()

    def _limits_start(self) -> None:
        self._field_count = self._file_count = self._memory_bytes = 0
        self._file_open = False
        self._counters = [0] * len(self._upload_handlers)
        self._headers: dict[str, tuple[str, dict[str, str]]] = {}
        self._header_name = self._header_value = b""
        self._header_bytes = 0
        self._kind = RAW
        self._field_name = ""
        self._field_data: list[bytes] = []
        self._base64: Base64Pieces | None = None

    def parse(self) -> tuple[QueryDict, MultiValueDict]:
        """
        Return fields and files.

        Raises:
            MultiPartParserError: The body is malformed.
            RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent: A ``DATA_UPLOAD_*`` limit is passed.
        """
        try:
            return self._parse()
        except BaseException:
            for _, files in self._files.lists():
                for file in files:
                    file.close()
            raise

    def _parse(self) -> tuple[QueryDict, MultiValueDict]:
        if self._length_is_known and self._content_length == 0:
            return QueryDict(encoding=self._encoding), MultiValueDict()
        self._post = QueryDict(mutable=True, encoding=self._encoding)
        for handler in self._upload_handlers:
            result = handler.handle_raw_input(
                self._input_data, self._meta, self._content_length, self._boundary, self._encoding
            )
            if result is not None:
                return result[0], result[1]
        try:
            self._feed()
        except StopUpload as exc:
            self._close_files()
            if not exc.connection_reset:
                self._exhaust()
        else:
            if self._file_open:
                for handler in self._upload_handlers:
                    handler.upload_interrupted()
            self._exhaust()
        any(handler.upload_complete() for handler in self._upload_handlers)
        self._post._mutable = False
        return self._post, self._files

    def _feed(self) -> None:
        """Send the body through the parser, a chunk at a time."""
        parser = MultipartParser(
            self._boundary,
            {
                "on_part_begin": self._part_begin,
                "on_header_field": self._take_header_name,
                "on_header_value": self._take_header_value,
                "on_header_end": self._header_end,
                "on_headers_finished": self._headers_finished,
                "on_part_data": self._part_data,
                "on_part_end": self._part_end,
            },
            max_header_count=MAX_PART_HEADERS,
            # Ours is the limit that is reached first; it has the right message.
            max_header_size=MAX_TOTAL_HEADER_SIZE * 4,
        )
        try:
            while chunk := self._input_data.read(self._chunk_size):
                parser.write(chunk)
        except FormParserError as exc:
            raise MultiPartParserError(str(exc)) from exc
        if self._kind == FIELD:
            # The body ends within a field: what has come of it counts.
            self._part_end()

    def _exhaust(self) -> None:
        """Read what the client still sends, so that it gets to see the answer."""
        while self._input_data.read(self._chunk_size):
            pass

    # ------------------------------------------------------------ one part

    def _part_begin(self) -> None:
        self._headers = {}
        self._header_name = self._header_value = b""
        self._header_bytes = 0
        self._kind = RAW
        self._field_data = []
        self._base64 = None

    def _take_header_name(self, data: bytes, start: int, end: int) -> None:
        self._count_header(end - start)
        self._header_name += data[start:end]

    def _take_header_value(self, data: bytes, start: int, end: int) -> None:
        self._count_header(end - start)
        self._header_value += data[start:end]

    def _count_header(self, size: int) -> None:
        self._header_bytes += size
        if self._header_bytes > MAX_TOTAL_HEADER_SIZE:
            raise MultiPartParserError("Request max total header size exceeded.")

    def _header_end(self) -> None:
        name, value = self._header_name, self._header_value
        self._header_name = self._header_value = b""
        try:
            self._headers[name.decode("ascii").lower()] = parse_header_parameters(value.decode())
        except ValueError:
            # A header nobody can read is as good as none.
            return

    def _headers_finished(self) -> None:
        _, disposition = self._headers.get("content-disposition", ("", {}))
        name = disposition.get("name")
        if name is None:
            return
        self._field_name = force_str(name.strip(), self._encoding, errors="replace")
        if self._headers.get("content-transfer-encoding", ("", {}))[0].strip() == "base64":
            self._base64 = Base64Pieces()
        if disposition.get("filename"):
            self._file_begin(disposition["filename"])
        else:
            self._field_begin()

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        if self._kind == RAW:
            return
        chunk = data[start:end]
        if self._kind == FIELD:
            self._count_memory(len(chunk))
            self._field_data.append(chunk)
            return
        if self._base64 is not None:
            chunk = self._base64.feed(chunk)
        try:
            self._file_data(chunk)
        except SkipFile:
            self._close_files()
            self._file_open = False
            self._kind = RAW

    def _part_end(self) -> None:
        if self._kind == FIELD:
            self._field_end()
        elif self._kind == FILE:
            if self._base64 is not None:
                self._base64.finish()
            self._file_open = False
            self.handle_file_complete(self._field_name, self._counters)
        self._kind = RAW

    # ------------------------------------------------------------ fields

    def _field_begin(self) -> None:
        self._kind = FIELD
        self._field_count += 1
        limit = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
        if limit is not None and self._field_count > limit:
            raise TooManyFieldsSent(
                "The number of GET/POST parameters exceeded settings.DATA_UPLOAD_MAX_NUMBER_FIELDS."
            )
        # Two more for the & and = that the name would cost in a plain form.
        self._count_memory(len(self._field_name) + 2)

    def _count_memory(self, size: int) -> None:
        self._memory_bytes += size
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if limit is not None and self._memory_bytes > limit:
            raise RequestDataTooBig("Request body exceeded settings.DATA_UPLOAD_MAX_MEMORY_SIZE.")

    def _field_end(self) -> None:
        data = b"".join(self._field_data)
        if self._base64 is not None:
            try:
                data = base64.b64decode(data)
            except binascii.Error:
                pass  # Then it was no base64: the value is the text itself.
        self._post.appendlist(self._field_name, force_str(data, self._encoding, errors="replace"))

    # ------------------------------------------------------------ files

    def _file_begin(self, raw_name: str) -> None:
        self._file_count += 1
        limit = settings.DATA_UPLOAD_MAX_NUMBER_FILES
        if limit is not None and self._file_count > limit:
            raise TooManyFilesSent("The number of files exceeded settings.DATA_UPLOAD_MAX_NUMBER_FILES.")
        file_name = self.sanitize_file_name(force_str(raw_name, self._encoding, errors="replace"))
        if not file_name:
            return
        content_type, extra = self._headers.get("content-type", ("", {}))
        try:
            content_length = int(self._headers.get("content-length", ("", {}))[0])
        except ValueError:
            content_length = None
        self._kind = FILE
        self._file_open = True
        self._counters = [0] * len(self._upload_handlers)
        content_type_extra = {name: value.encode() for name, value in extra.items()}
        try:
            for handler in self._upload_handlers:
                try:
                    handler.new_file(
                        self._field_name,
                        file_name,
                        content_type.strip(),
                        content_length,
                        extra.get("charset"),
                        content_type_extra,
                    )
                except StopFutureHandlers:
                    break
        except SkipFile:
            self._close_files()
            self._file_open = False
            self._kind = RAW

    def _file_data(self, chunk: bytes) -> None:
        """Send *chunk* through the handlers until one keeps it."""
        passed: Any = chunk
        for index, handler in enumerate(self._upload_handlers):
            size = len(passed)
            passed = handler.receive_data_chunk(passed, self._counters[index])
            self._counters[index] += size
            if passed is None:
                break

    def handle_file_complete(self, old_field_name: str, counters: Sequence[int]) -> None:
        """Ask the handlers for the finished file and keep the first that comes."""
        for index, handler in enumerate(self._upload_handlers):
            file = handler.file_complete(counters[index])
            if file:
                self._files.appendlist(force_str(old_field_name, self._encoding, errors="replace"), file)
                break

    def sanitize_file_name(self, file_name: str) -> str | None:
        """
        Return the last component of *file_name* without what cannot be printed, ``None`` if nothing is left.

        Browsers send plain names; some send the whole path, of either kind.
        """
        name = html.unescape(file_name)
        name = name.rsplit("/", maxsplit=1)[-1].rsplit("\\", maxsplit=1)[-1]
        name = "".join(char for char in name if char.isprintable())
        return None if name in {"", ".", ".."} else name

    IE_sanitize = sanitize_file_name

    def _close_files(self) -> None:
        """Close what handlers have opened for a file that will not be kept."""
        for handler in self._upload_handlers:
            if hasattr(handler, "file"):
                handler.file.close()


__all__ = [
    "FIELD",
    "FIELD_TYPES",
    "FILE",
    "MAX_TOTAL_HEADER_SIZE",
    "RAW",
    "InputStreamExhausted",
    "MultiPartParser",
    "MultiPartParserError",
    "SuspiciousMultipartForm",
    "boundary_re",
]
