"""Parsers: from the body of a request to data."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from typing import Any
from urllib import parse

from fastjango.conf import settings
from fastjango.core.exceptions import RequestDataTooBig
from fastjango.core.files.uploadhandler import StopFutureHandlers
from fastjango.http import HttpRequest, QueryDict
from fastjango.http.multipartparser import MultiPartParser as HttpMultiPartParser
from fastjango.http.multipartparser import MultiPartParserError
from fastjango.http.querydict import is_text_encoding
from fastjango.rest import renderers
from fastjango.rest.exceptions import ParseError
from fastjango.rest.settings import api_settings
from fastjango.rest.utils import json
from fastjango.utils.http import parse_header_parameters


class DataAndFiles:
    """What a parser returns that finds files."""

    def __init__(self, data: Any, files: Any) -> None:
        self.data = data
        self.files = files


class BaseParser:
    """Base of parsers: a media type and ``parse()``."""

    media_type: str | None = None

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        """Return the data in *stream*."""
        raise NotImplementedError(".parse() must be overridden.")


def get_encoding(parser_context: Mapping[str, Any] | None) -> str:
    """
    Return how the body's text is encoded.

    Raises:
        ParseError: The client names an encoding that is none of text.
    """
    encoding: str = (parser_context or {}).get("encoding") or settings.DEFAULT_CHARSET
    if encoding.lower() != "utf-8" and not is_text_encoding(encoding):
        raise ParseError(f'Unsupported charset "{encoding}" in request Content-Type header.')
    return encoding


class JSONParser(BaseParser):
    """JSON; NaN, bad UTF-8 and JSON too deep to be read are parse errors."""

    media_type = "application/json"
    renderer_class = renderers.JSONRenderer
    #: Refuse NaN and the infinities; ``STRICT_JSON`` unless a subclass says.
    strict: bool | None = None

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        """Return what the JSON says."""
        encoding = get_encoding(parser_context)
        try:
            raw = read_body(stream)
            text = raw.decode(encoding) if isinstance(raw, bytes) else raw
            strict = api_settings.STRICT_JSON if self.strict is None else self.strict
            constant = json.strict_constant if strict else None
            return json.loads(text, parse_constant=constant)
        except RecursionError as exc:
            raise ParseError("JSON parse error - too deeply nested") from exc
        except (ValueError, LookupError) as exc:
            raise ParseError(f"JSON parse error - {exc}") from exc


def read_body(stream: Any) -> Any:
    """
    Return all of *stream*.

    Raises:
        RequestDataTooBig: It is longer than ``DATA_UPLOAD_MAX_MEMORY_SIZE``.
    """
    if isinstance(stream, HttpRequest):
        # Kept there, for those who read it again.
        return stream.body
    limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if limit is None:
        return stream.read()
    raw = stream.read(limit + 1)
    if len(raw) > limit:
        raise RequestDataTooBig("Request body exceeded settings.DATA_UPLOAD_MAX_MEMORY_SIZE.")
    return raw


class FormParser(BaseParser):
    """An HTML form."""

    media_type = "application/x-www-form-urlencoded"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        """Return a ``QueryDict``."""
        encoding = get_encoding(parser_context)
        return QueryDict(read_body(stream), encoding=encoding)


class MultiPartParser(BaseParser):
    """An HTML form with files."""

    media_type = "multipart/form-data"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        """Return data and files."""
        context = parser_context or {}
        request = context["request"]
        meta = {**request.META, "CONTENT_TYPE": media_type}
        encoding = get_encoding(context)
        try:
            parser = HttpMultiPartParser(meta, stream, request.upload_handlers, encoding)
            data, files = parser.parse()
        except MultiPartParserError as exc:
            raise ParseError(f"Multipart form parse error - {exc}") from exc
        return DataAndFiles(data, files)


class FileUploadParser(BaseParser):
    """The whole body is one file; its name is in the URL or in ``Content-Disposition``."""

    media_type = "*/*"
    errors = {
        "unhandled": "FileUpload parse error - none of upload handlers can handle the stream",
        "no_filename": "Missing filename. Request should include a Content-Disposition header with a filename parameter.",
    }

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        """Return no data, and one file."""
        context = parser_context or {}
        request = context["request"]
        encoding = context.get("encoding") or settings.DEFAULT_CHARSET
        meta = request.META
        handlers = request.upload_handlers
        filename = self.get_filename(stream, media_type, context)
        if not filename:
            raise ParseError(self.errors["no_filename"])
        content_type = meta.get("HTTP_CONTENT_TYPE", meta.get("CONTENT_TYPE", ""))
        try:
            content_length: int | None = int(meta.get("HTTP_CONTENT_LENGTH", meta.get("CONTENT_LENGTH", 0)))
        except (ValueError, TypeError):
            content_length = None
        for handler in handlers:
            result = handler.handle_raw_input(stream, meta, content_length, None, encoding)
            if result is not None:
                return DataAndFiles({}, {"file": result[1]})
        return self._through_handlers(stream, list(handlers), filename, content_type, content_length, encoding)

    def _through_handlers(
        self, stream: Any, handlers: list[Any], filename: str, content_type: str, length: int | None, encoding: str
    ) -> DataAndFiles:
        sizes = [handler.chunk_size for handler in handlers if handler.chunk_size]
        chunk_size = min([2**31 - 4, *sizes])
        counters = [0] * len(handlers)
        for index, handler in enumerate(handlers):
            try:
                handler.new_file(None, filename, content_type, length, encoding)
            except StopFutureHandlers:
                handlers = handlers[: index + 1]
                break
        while chunk := stream.read(chunk_size):
            data: Any = chunk
            for index, handler in enumerate(handlers):
                size = len(data)
                data = handler.receive_data_chunk(data, counters[index])
                counters[index] += size
                if data is None:
                    break
        for index, handler in enumerate(handlers):
            file = handler.file_complete(counters[index])
            if file is not None:
                return DataAndFiles({}, {"file": file})
        raise ParseError(self.errors["unhandled"])

    def get_filename(self, stream: Any, media_type: str | None, parser_context: Mapping[str, Any]) -> str | None:
        """Return the name of the file, from the URL or the header."""
        try:
            name: str = parser_context["kwargs"]["filename"]
        except KeyError:
            pass
        else:
            return name
        try:
            meta = parser_context["request"].META
            _disposition, params = parse_header_parameters(meta["HTTP_CONTENT_DISPOSITION"])
            if "filename*" in params:
                return self.get_encoded_filename(params)
            return params["filename"]
        except (AttributeError, KeyError, ValueError):
            return None

    def get_encoded_filename(self, filename_parm: Mapping[str, str]) -> str | None:
        """Return the name in ``filename*=utf-8''...`` (RFC 8187), or the plain one."""
        extended = filename_parm["filename*"]
        try:
            charset, _language, name = extended.split("'", 2)
            return parse.unquote(name, encoding=codecs.lookup(charset).name)
        except (ValueError, LookupError):
            return filename_parm.get("filename")


__all__ = [
    "BaseParser",
    "DataAndFiles",
    "FileUploadParser",
    "FormParser",
    "JSONParser",
    "MultiPartParser",
]
