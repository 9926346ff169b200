"""Responses whose template is rendered late, so that middleware and decorators can still change the context."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from fastjango.http import HttpResponse
from fastjango.template.loader import get_template, select_template

__all__ = ["ContentNotRenderedError", "SimpleTemplateResponse", "TemplateResponse"]


class ContentNotRenderedError(Exception):
    """The content was asked for before ``render()``."""


class SimpleTemplateResponse(HttpResponse):
    """
    A response made of a template, without a request.

    Args:
        template: A template, its name, or several names.
        context: The names the template sees; kept as ``context_data``.
        using: The alias of the backend.
    """

    rendering_attrs = ["template_name", "context_data", "_post_render_callbacks"]
    non_picklable_attrs = HttpResponse.non_picklable_attrs | frozenset(rendering_attrs)

    def __init__(
        self,
        template: Any,
        context: dict[str, Any] | None = None,
        content_type: str | None = None,
        status: int | None = None,
        charset: str | None = None,
        using: str | None = None,
        headers: Any = None,
    ) -> None:
        self.template_name = template
        self.context_data = context
        self.using = using
        self._post_render_callbacks: list[Callable[[Any], Any]] = []
        # TemplateResponse sets it; here so that both can be pickled alike.
        self._request: Any = None
        super().__init__("", content_type, status, charset=charset, headers=headers)
        # Assigning content marks the response as rendered; an empty one is not.
        self._is_rendered = False

    def __getstate__(self) -> dict[str, Any]:
        """Refuse to be pickled before it is rendered; the template and its context are left out."""
        if not self._is_rendered:
            raise ContentNotRenderedError("The response content must be rendered before it can be pickled.")
        return super().__getstate__()

    def resolve_template(self, template: Any) -> Any:
        """Return the template for a template, a name or several names."""
        if isinstance(template, (list, tuple)):
            return select_template(template, using=self.using)
        if isinstance(template, str):
            return get_template(template, using=self.using)
        return template

    def resolve_context(self, context: Any) -> Any:
        """Return the context that the template is rendered with."""
        return context

    @property
    def rendered_content(self) -> Any:
        """The text of the template, rendered now."""
        template = self.resolve_template(self.template_name)
        context = self.resolve_context(self.context_data)
        return template.render(context, self._request)

    def add_post_render_callback(self, callback: Callable[[Any], Any]) -> None:
        """Call *callback* with the response when it is rendered; now, if it already is."""
        if self._is_rendered:
            callback(self)
        else:
            self._post_render_callbacks.append(callback)

    def render(self) -> Any:  # type: ignore[override]  # Starlette's render() makes bytes; ours makes the response
        """Render the template, once; return the response, or what a callback returned instead."""
        result: Any = self
        if not self._is_rendered:
            self.content = self.rendered_content
            for callback in self._post_render_callbacks:
                replaced = callback(result)
                if replaced is not None:
                    result = replaced
        return result

    @property
    def is_rendered(self) -> bool:
        """Whether there is content."""
        return self._is_rendered

    def __iter__(self) -> Iterator[bytes]:
        if not self._is_rendered:
            raise ContentNotRenderedError("The response content must be rendered before it can be iterated over.")
        return super().__iter__()

    @property
    def content(self) -> bytes:
        """The whole content; may be assigned."""
        if not self._is_rendered:
            raise ContentNotRenderedError("The response content must be rendered before it can be accessed.")
        return b"".join(self._container)

    @content.setter
    def content(self, value: Any) -> None:
        HttpResponse.content.fset(self, value)  # type: ignore[attr-defined]
        self._is_rendered = True


class TemplateResponse(SimpleTemplateResponse):
    """A response made of a template and a request, whose context processors it uses."""

    rendering_attrs = [*SimpleTemplateResponse.rendering_attrs, "_request"]
    non_picklable_attrs = HttpResponse.non_picklable_attrs | frozenset(rendering_attrs)

    def __init__(
        self,
        request: Any,
        template: Any,
        context: dict[str, Any] | None = None,
        content_type: str | None = None,
        status: int | None = None,
        charset: str | None = None,
        using: str | None = None,
        headers: Any = None,
    ) -> None:
        super().__init__(template, context, content_type, status, charset, using, headers=headers)
        self._request = request
