"""Which renderer answers and which parser reads."""

from __future__ import annotations

from typing import Any

from fastjango.http import Http404
from fastjango.rest import exceptions
from fastjango.rest.settings import api_settings
from fastjango.rest.utils.mediatypes import _MediaType, order_parsed_by_precedence


class BaseContentNegotiation:
    """Base of negotiation classes."""

    def select_parser(self, request: Any, parsers: Any) -> Any:
        """Return the parser for the body."""
        raise NotImplementedError(".select_parser() must be implemented")

    def select_renderer(self, request: Any, renderers: Any, format_suffix: str | None = None) -> Any:
        """Return the renderer and the media type for the answer."""
        raise NotImplementedError(".select_renderer() must be implemented")


class DefaultContentNegotiation(BaseContentNegotiation):
    """By media type, ``?format=`` and suffix."""

    settings = api_settings

    #: Longer headers, tokens and media types are cut or passed over; nobody needs them.
    max_accept_header_length = 4096
    max_accept_tokens = 64
    max_media_type_length = 256

    def select_parser(self, request: Any, parsers: Any) -> Any:
        """Return the first parser whose media type is the body's, or None."""
        content_type = request.content_type
        if len(content_type) > self.max_media_type_length:
            return None
        sent = _MediaType(content_type)
        return next((parser for parser in parsers if _MediaType(parser.media_type).match(sent)), None)

    def select_renderer(self, request: Any, renderers: Any, format_suffix: str | None = None) -> tuple[Any, str]:
        """
        Return the renderer that makes what the client likes best.

        Raises:
            NotAcceptable: None of them makes what the client takes.
            Http404: The format asked for does not exist.
        """
        override = self.settings.URL_FORMAT_OVERRIDE
        format = format_suffix or (request.query_params.get(override) if override else None)
        if format:
            renderers = self.filter_renderers(renderers, format)
        accepts = self.get_accept_list(request)
        if accepts == ["*/*"] and renderers:
            # Anything is fine: no need to compare.
            return renderers[0], renderers[0].media_type
        for level in order_parsed_by_precedence(self._parsed(request, accepts)):
            for renderer in renderers:
                made = _MediaType(renderer.media_type)
                for wanted in level:
                    if made.match(wanted):
                        return renderer, self._full_type(renderer, made, wanted)
        raise exceptions.NotAcceptable(available_renderers=renderers)

    @staticmethod
    def _parsed(request: Any, accepts: list[str]) -> list[_MediaType]:
        """Return the accepted types taken apart, once per request: error answers negotiate again."""
        kept: tuple[list[str], list[_MediaType]] | None = request.__dict__.get("_accepted")
        if kept is None or kept[0] != accepts:
            kept = (accepts, [_MediaType(token) for token in accepts])
            request.__dict__["_accepted"] = kept
        return kept[1]

    @staticmethod
    def _full_type(renderer: Any, made: _MediaType, wanted: _MediaType) -> str:
        if made.precedence > wanted.precedence:
            # With the parameters that the client gave: "*/*; indent=4".
            given = [f"{key}={value}" for key, value in wanted.params.items() if key != "q"]
            return "; ".join([renderer.media_type, *given])
        return wanted.orig

    def filter_renderers(self, renderers: Any, format: str) -> list[Any]:
        """
        Return the renderers of a format.

        Raises:
            Http404: There are none.
        """
        found = [renderer for renderer in renderers if renderer.format == format]
        if not found:
            raise Http404
        return found

    def get_accept_list(self, request: Any) -> list[str]:
        """Return the media types that the client takes."""
        header = request.META.get("HTTP_ACCEPT", "*/*")
        if header == "*/*":
            return [header]
        if len(header) > self.max_accept_header_length:
            # What was cut off in the middle says nothing.
            header = header[: self.max_accept_header_length].rpartition(",")[0]
        tokens = [token.strip() for token in header.split(",", self.max_accept_tokens)[: self.max_accept_tokens]]
        return [token for token in tokens if token and len(token) <= self.max_media_type_length]


__all__ = ["BaseContentNegotiation", "DefaultContentNegotiation"]
