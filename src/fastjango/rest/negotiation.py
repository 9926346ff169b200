"""Which renderer answers and which parser reads."""

from __future__ import annotations

from typing import Any

from fastjango.http import Http404
from fastjango.rest import exceptions
from fastjango.rest.settings import api_settings
from fastjango.rest.utils.mediatypes import _MediaType, media_type_matches, order_by_precedence


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

    def select_parser(self, request: Any, parsers: Any) -> Any:
        """Return the first parser whose media type is the body's, or None."""
        for parser in parsers:
            if media_type_matches(parser.media_type, request.content_type):
                return parser
        return None

    def select_renderer(self, request: Any, renderers: Any, format_suffix: str | None = None) -> tuple[Any, str]:
        """
        Return the renderer that makes what the client likes best.

        Raises:
            NotAcceptable: None of them makes what the client takes.
            Http404: The format asked for does not exist.
        """
        override = self.settings.URL_FORMAT_OVERRIDE
        format = format_suffix or request.query_params.get(override)
        if format:
            renderers = self.filter_renderers(renderers, format)
        accepts = self.get_accept_list(request)
        if accepts == ["*/*"] and renderers:
            # Anything is fine: no need to compare.
            return renderers[0], renderers[0].media_type
        for level in order_by_precedence(accepts):
            for renderer in renderers:
                for media_type in level:
                    if media_type_matches(renderer.media_type, media_type):
                        return renderer, self._full_type(renderer, media_type)
        raise exceptions.NotAcceptable(available_renderers=renderers)

    @staticmethod
    def _full_type(renderer: Any, media_type: str) -> str:
        wanted = _MediaType(media_type)
        if _MediaType(renderer.media_type).precedence > wanted.precedence:
            # With the parameters that the client gave: "*/*; indent=4".
            given = [f"{key}={value}" for key, value in wanted.params.items() if key != "q"]
            return "; ".join([renderer.media_type, *given])
        return media_type

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
        return [token.strip() for token in header.split(",")]


__all__ = ["BaseContentNegotiation", "DefaultContentNegotiation"]
