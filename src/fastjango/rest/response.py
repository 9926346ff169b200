"""``Response``: data that is rendered at the end, by the renderer that was negotiated."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastjango.conf import settings
from fastjango.rest.serializers.base import BaseSerializer
from fastjango.template.response import SimpleTemplateResponse

_PHRASES = {int(status): status.phrase for status in HTTPStatus}


class Response(SimpleTemplateResponse):
    """
    A response of data.

    Args:
        data: Plain data, as ``serializer.data`` has it.
        status, headers, content_type: Of the response.
        template_name, exception: For HTML renderers.
    Raises:
        AssertionError: A serializer was given in place of its data.
    """

    accepted_renderer: Any
    accepted_media_type: Any
    renderer_context: Any

    def __init__(
        self,
        data: Any = None,
        status: int | None = None,
        template_name: Any = None,
        headers: dict[str, Any] | None = None,
        exception: bool = False,
        content_type: str | None = None,
    ) -> None:
        # What it is before a renderer has said better.
        super().__init__(None, None, f"text/html; charset={settings.DEFAULT_CHARSET}", status)
        if isinstance(data, BaseSerializer):
            raise AssertionError(
                "You passed a Serializer instance as data, but probably meant to pass serialized `.data` or `.error`. "
                "representation."
            )
        self.data = data
        self.template_name = template_name
        self.exception = exception
        self.content_type = content_type
        if headers:
            for name, value in headers.items():
                self[name] = value

    def __class_getitem__(cls, *args: Any, **kwargs: Any) -> Any:
        return cls

    @property
    def rendered_content(self) -> Any:
        """The data as the renderer makes it."""
        renderer = getattr(self, "accepted_renderer", None)
        accepted_media_type = getattr(self, "accepted_media_type", None)
        context = getattr(self, "renderer_context", None)
        if not renderer:
            raise AssertionError(".accepted_renderer not set on Response")
        if not accepted_media_type:
            raise AssertionError(".accepted_media_type not set on Response")
        if context is None:
            raise AssertionError(".renderer_context not set on Response")
        if not hasattr(type(renderer).render, "_is_plain") or not hasattr(type(renderer).get_indent, "_is_plain"):
            # For those that look at it: a response that holds itself waits for the garbage collector.
            context["response"] = self
        media_type = renderer.media_type
        charset = renderer.charset
        content_type = self.content_type
        if content_type is None and charset is not None:
            content_type = f"{media_type}; charset={charset}"
        elif content_type is None:
            content_type = media_type
        self["Content-Type"] = content_type
        made = renderer.render(self.data, accepted_media_type, context)
        if isinstance(made, str):
            if not charset:
                raise AssertionError("renderer returned unicode, and did not specify a charset value.")
            return made.encode(charset)
        if not made:
            self._drop_content_type()
        return made

    def _drop_content_type(self) -> None:
        if "Content-Type" in self.headers:
            del self["Content-Type"]

    @property
    def status_text(self) -> str:
        """The text of the status code."""
        return _PHRASES.get(self.status_code, "")

    def __getstate__(self) -> dict[str, Any]:
        """Return what can be stored: the rendered content, not what made it."""
        state = super().__getstate__()
        for key in (
            "accepted_renderer",
            "renderer_context",
            "resolver_match",
            "client",
            "request",
            "json",
            "wsgi_request",
        ):
            state.pop(key, None)
        state["_closable_objects"] = []
        return state


__all__ = ["Response"]
