"""Renderers: from data to the body of a response. The pages for browsers stand in ``browsable.py``, ``admin_page.py`` and ``form_html.py``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastjango.core.exceptions import ImproperlyConfigured
from fastjango.rest.compat import INDENT_SEPARATORS, LONG_SEPARATORS, SHORT_SEPARATORS, yaml
from fastjango.rest.json_output import fast_dumps
from fastjango.rest.multipart_output import BOUNDARY, encode_multipart
from fastjango.rest.page_data import plain
from fastjango.rest.settings import FromSettings, api_settings
from fastjango.rest.utils import encoders, json
from fastjango.template import engines, loader
from fastjango.utils.http import parse_header_parameters


def zero_as_none(value: int) -> int | None:
    """Return ``None`` for zero."""
    return value or None


class BaseRenderer:
    """Base of renderers: media type, format, charset and ``render()``."""

    media_type: Any = None
    format: Any = None
    charset: Any = "utf-8"
    render_style = "text"

    def render(self, data: Any, accepted_media_type: Any = None, renderer_context: Any = None) -> Any:
        """Return the body."""
        raise NotImplementedError("Renderer class requires .render() to be implemented")


class _EscapesUnicode:
    """The opposite of ``UNICODE_JSON``, until a subclass says something else."""

    def __get__(self, instance: Any, owner: Any) -> bool:
        return not api_settings.UNICODE_JSON


class JSONRenderer(BaseRenderer):
    """JSON, compact and in UTF-8; ``Accept: application/json; indent=4`` makes it readable."""

    media_type = "application/json"
    format = "json"
    encoder_class: Any = encoders.JSONEncoder
    ensure_ascii: Any = _EscapesUnicode()
    compact: Any = FromSettings("COMPACT_JSON")
    strict: Any = FromSettings("STRICT_JSON")
    # RFC 8259: JSON has no charset, it is UTF-8.
    charset = None

    @plain
    def get_indent(self, accepted_media_type: Any, renderer_context: Any) -> int | None:
        """Return how far to indent, ``None`` for one line."""
        if accepted_media_type and "indent" in accepted_media_type:
            _type, params = parse_header_parameters(accepted_media_type)
            try:
                return zero_as_none(max(min(int(params["indent"]), 8), 0))
            except (KeyError, ValueError, TypeError):
                pass
        return renderer_context.get("indent") if renderer_context else None

    @plain
    def render(self, data: Any, accepted_media_type: Any = None, renderer_context: Any = None) -> bytes:
        """Return the data as JSON."""
        if data is None:
            return b""
        indent = self.get_indent(accepted_media_type, renderer_context)
        is_plain = self.encoder_class is encoders.JSONEncoder and self.compact and self.strict
        if is_plain and indent is None and not self.ensure_ascii:
            made = fast_dumps(data)
            if made is not None:
                return made
        if indent is None:
            separators = SHORT_SEPARATORS if self.compact else LONG_SEPARATORS
        else:
            separators = INDENT_SEPARATORS
        text = json.dumps(
            data,
            cls=self.encoder_class,
            indent=indent,
            ensure_ascii=self.ensure_ascii,
            allow_nan=not self.strict,
            separators=separators,
        )
        # JavaScript takes these for the end of a line.
        text = text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
        try:
            return text.encode()
        except UnicodeEncodeError:
            # Halves of surrogate pairs have an escape in JSON, and no bytes in UTF-8.
            return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()


class TemplateHTMLRenderer(BaseRenderer):
    """
    A template, whose context is the data.

    The template is the response's, the renderer's or the view's ``template_name``; errors have ``404.html`` and so on.
    """

    media_type = "text/html"
    format = "html"
    template_name: Any = None
    exception_template_names = ["%(status_code)s.html", "api_exception.html"]
    charset = "utf-8"

    def render(self, data: Any, accepted_media_type: Any = None, renderer_context: Any = None) -> Any:
        """Return the rendered template."""
        context_of_renderer = renderer_context or {}
        view, request = context_of_renderer["view"], context_of_renderer["request"]
        response = context_of_renderer["response"]
        if response.exception:
            template = self.get_exception_template(response)
        else:
            template = self.resolve_template(self.get_template_names(response, view))
        if hasattr(self, "resolve_context"):
            context = getattr(self, "resolve_context")(data, request, response)
        else:
            context = self.get_template_context(data, context_of_renderer)
        return template.render(context, request=getattr(request, "_request", request))

    def resolve_template(self, template_names: Any) -> Any:
        """Return the first template that exists."""
        return loader.select_template(template_names)

    def get_template_context(self, data: Any, renderer_context: Any) -> Any:
        """Return the context: the data, with the status of errors."""
        response = renderer_context["response"]
        # A list is no context.
        if isinstance(data, list):
            return {"details": data, "status_code": response.status_code}
        if response.exception and isinstance(data, Mapping):
            return {**data, "status_code": response.status_code}
        return data

    def get_template_names(self, response: Any, view: Any) -> list[str]:
        """
        Return the names of the template.

        Raises:
            ImproperlyConfigured: Nobody says which.
        """
        if response.template_name:
            return [response.template_name]
        if self.template_name:
            return [self.template_name]
        if hasattr(view, "get_template_names"):
            names: list[str] = view.get_template_names()
            return names
        if hasattr(view, "template_name"):
            return [view.template_name]
        raise ImproperlyConfigured(
            "Returned a template response with no `template_name` attribute set on either the view or response"
        )

    def get_exception_template(self, response: Any) -> Any:
        """Return the template for an error; the bare status where there is none."""
        names = [name % {"status_code": response.status_code} for name in self.exception_template_names]
        try:
            return self.resolve_template(names)
        except Exception:  # noqa: BLE001 - an error page must not fail for want of a template
            body = f"{response.status_code} {response.status_text.title()}"
            return engines["django"].from_string(body) if "django" in engines else engines.all()[0].from_string(body)


class StaticHTMLRenderer(TemplateHTMLRenderer):
    """HTML that the view made itself."""

    media_type = "text/html"
    format = "html"
    charset = "utf-8"

    def render(self, data: Any, accepted_media_type: Any = None, renderer_context: Any = None) -> Any:
        """Return the data, or the page of an error."""
        response = (renderer_context or {}).get("response")
        if response and response.exception:
            request = renderer_context["request"]
            template = self.get_exception_template(response)
            context = self.get_template_context(data, renderer_context)
            return template.render(context, request=getattr(request, "_request", request))
        return data


class MultiPartRenderer(BaseRenderer):
    """A form with files; for test requests."""

    media_type = "multipart/form-data; boundary=BoUnDaRyStRiNg"
    format = "multipart"
    charset = "utf-8"
    BOUNDARY = BOUNDARY

    def render(self, data: Any, accepted_media_type: Any = None, renderer_context: Any = None) -> Any:
        """Return the encoded form."""
        if hasattr(data, "items"):
            for key, value in data.items():
                if isinstance(value, dict):
                    raise AssertionError(
                        f"Test data contained a dictionary value for key '{key}', but multipart uploads do not support nested "
                        "data. You may want to consider using format='json' in this test case."
                    )
        return encode_multipart(self.BOUNDARY, data)


class OpenAPIRenderer(BaseRenderer):
    """An OpenAPI document as YAML."""

    media_type = "application/vnd.oai.openapi"
    charset = None
    format = "openapi"

    def __init__(self) -> None:
        if not yaml:
            raise AssertionError("Using OpenAPIRenderer, but `pyyaml` is not installed.")

    def render(self, data: Any, media_type: Any = None, renderer_context: Any = None) -> bytes:
        """Return the document; what YAML has no plain form for, as moments and decimals, is written as in JSON."""
        plain = json.loads(json.dumps(data, cls=encoders.JSONEncoder))
        text: str = yaml.dump(plain, default_flow_style=False, sort_keys=False, allow_unicode=True)
        return text.encode("utf-8")


class JSONOpenAPIRenderer(BaseRenderer):
    """An OpenAPI document as JSON."""

    media_type = "application/vnd.oai.openapi+json"
    charset = None
    format = "openapi-json"
    encoder_class: Any = encoders.JSONEncoder
    ensure_ascii: Any = _EscapesUnicode()

    def render(self, data: Any, media_type: Any = None, renderer_context: Any = None) -> bytes:
        """Return the document."""
        return json.dumps(data, cls=self.encoder_class, indent=2, ensure_ascii=self.ensure_ascii).encode("utf-8")


_PAGES = {"AdminRenderer": "admin_page", "BrowsableAPIRenderer": "browsable", "HTMLFormRenderer": "form_html"}


def __getattr__(name: str) -> Any:
    # Compatibility door: lives in rest/browsable.py, admin_page.py and form_html.py, which know serializers.
    if name in _PAGES:
        import importlib

        return getattr(importlib.import_module(f"fastjango.rest.{_PAGES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "BaseRenderer",
    "JSONOpenAPIRenderer",
    "JSONRenderer",
    "MultiPartRenderer",
    "OpenAPIRenderer",
    "StaticHTMLRenderer",
    "TemplateHTMLRenderer",
]
