"""The browsable page: the response as a browser shows it, with forms for what the user may do."""

from __future__ import annotations

import contextlib
from typing import Any

from fastjango import forms
from fastjango.conf import settings
from fastjango.core.paginator import Page
from fastjango.rest import VERSION, exceptions, serializers, status
from fastjango.rest.compat import pygments_css
from fastjango.rest.form_html import HTMLFormRenderer
from fastjango.rest.renderers import BaseRenderer
from fastjango.rest.request import is_form_media_type, override_method
from fastjango.rest.settings import api_settings
from fastjango.rest.utils.breadcrumbs import get_breadcrumbs
from fastjango.template import loader


class RawDataForm(forms.Form):
    """A body as text, and its media type."""

    _content_type = forms.ChoiceField(label="Media type")
    _content = forms.CharField(
        label="Content", required=False, widget=forms.Textarea(attrs={"data-override": "content"})
    )


class BrowsableAPIRenderer(BaseRenderer):
    """HTML around what the first other renderer of the view makes."""

    media_type = "text/html"
    format = "api"
    template = "rest_framework/api.html"
    filter_template = "rest_framework/filters/base.html"
    code_style = "emacs"
    charset = "utf-8"
    form_renderer_class: Any = HTMLFormRenderer
    accepted_media_type: Any = None
    renderer_context: Any = None

    def get_default_renderer(self, view: Any) -> Any:
        """Return the renderer whose output is shown."""
        others = [one for one in view.renderer_classes if not issubclass(one, BrowsableAPIRenderer)]
        plain = [one for one in others if not hasattr(one, "get_template_names")]
        templates = [one for one in others if hasattr(one, "get_template_names")]
        if templates and not plain:
            return None if not others else templates[0]()
        return plain[0]() if plain else None

    def get_content(self, renderer: Any, data: Any, accepted_media_type: Any, renderer_context: Any) -> Any:
        """Return what is shown of the response."""
        if not renderer:
            return "[No renderers were found]"
        renderer_context["indent"] = 4
        content = renderer.render(data, accepted_media_type, renderer_context)
        if not isinstance(content, str | bytes):
            return content
        render_style = getattr(renderer, "render_style", None)
        if render_style == "binary":
            return f"[{len(content)} bytes of binary content]"
        return content.decode("utf-8", "replace") if isinstance(content, bytes) else content

    # ------------------------------------------------------------ forms

    def show_form_for_method(self, view: Any, method: str, request: Any, obj: Any) -> bool:
        """Return whether the user may use the method, on the object where there is one."""
        if method not in view.allowed_methods:
            return False
        try:
            view.check_permissions(request)
            if obj is not None:
                view.check_object_permissions(request, obj)
        except exceptions.APIException:
            return False
        return True

    def _get_serializer(
        self, serializer_class: Any, view_instance: Any, request: Any, *args: Any, **kwargs: Any
    ) -> Any:
        kwargs["context"] = {"request": request, "format": self.format, "view": view_instance}
        return serializer_class(*args, **kwargs)

    def _get_raw_data_form_instance(self, data: Any) -> tuple[Any, Any]:
        serializer = getattr(data, "serializer", None)
        if serializer and not getattr(serializer, "many", False):
            instance = getattr(serializer, "instance", None)
            return serializer, None if isinstance(instance, Page) else instance
        return None, None

    def get_rendered_html_form(self, data: Any, view: Any, method: str, request: Any) -> Any:
        """Return the form for a method as HTML, ``True`` where a button is enough, None where there is none."""
        serializer, instance = self._get_raw_data_form_instance(data)
        # A form for the same method that was just filled in wrongly is shown again.
        existing = serializer if method == request.method and serializer is not None else None
        if existing is not None and hasattr(existing, "initial_data") and not hasattr(existing, "_errors"):
            existing = None
        with override_method(view, request, method) as overridden:
            # OPTIONS is about the view, not about the object.
            if not self.show_form_for_method(view, method, overridden, None if method == "OPTIONS" else instance):
                return None
            if method in ("DELETE", "OPTIONS"):
                return True
            has_serializer = getattr(view, "get_serializer", None)
            has_class = getattr(view, "serializer_class", None)
            if not has_serializer and not has_class:
                return None
            if not any(is_form_media_type(parser.media_type or "") for parser in view.parser_classes):
                return None
            if existing is not None:
                with contextlib.suppress(TypeError):
                    return self.render_form_for_serializer(existing)
            form = self._form_serializer(view, method, overridden, instance, bool(has_serializer))
            return self.render_form_for_serializer(form) if form is not None else None

    def _form_serializer(self, view: Any, method: str, request: Any, instance: Any, has_method: bool) -> Any:
        kwargs: dict[str, Any] = {"instance": instance} if method in ("PUT", "PATCH") else {}
        if has_method:
            return view.get_serializer(**kwargs)
        return self._get_serializer(view.serializer_class, view, request, **kwargs)

    def render_form_for_serializer(self, serializer: Any) -> Any:
        """Return a serializer as HTML."""
        if isinstance(serializer, serializers.ListSerializer):
            return None
        if hasattr(serializer, "initial_data"):
            serializer.is_valid()
        renderer = self.form_renderer_class()
        return renderer.render(
            serializer.data, self.accepted_media_type, {"style": {"template_pack": "rest_framework/horizontal"}}
        )

    def get_raw_data_form(self, data: Any, view: Any, method: str, request: Any) -> Any:
        """Return a form for the body as text."""
        serializer, instance = self._get_raw_data_form_instance(data)
        with override_method(view, request, method) as overridden:
            if not self.show_form_for_method(view, method, overridden, instance):
                return None
            content = self._raw_content(data, view, method, overridden, serializer, instance)
            types = [parser.media_type for parser in view.parser_classes]
            form = RawDataForm()
            content_type: Any = form.fields["_content_type"]
            content_type.choices = [(media_type, media_type) for media_type in types]
            content_type.initial = types[0] if types else ""
            form.fields["_content"].initial = content or ""
            return form

    def _raw_content(self, data: Any, view: Any, method: str, request: Any, serializer: Any, instance: Any) -> Any:
        default_parser = view.parser_classes[0] if view.parser_classes else None
        renderer_class = getattr(default_parser, "renderer_class", None)
        if not hasattr(view, "get_serializer") or renderer_class is None:
            return None
        # The data of an object without what cannot be written.
        made = view.get_serializer(instance=instance) if method in ("PUT", "PATCH") else view.get_serializer()
        one = made.child if isinstance(made, serializers.ListSerializer) else made
        if not hasattr(one, "fields"):
            return None
        values = dict(one.data)
        for name, field in one.fields.items():
            if field.read_only or isinstance(field, serializers.HiddenField):
                values.pop(name, None)
        context = {**self.renderer_context, "indent": 4}
        shown = [values] if one is not made else values
        content: bytes = renderer_class().render(shown, self.accepted_media_type, context)
        return content.decode("utf-8", "replace")

    # ------------------------------------------------------------ parts of the page

    def get_name(self, view: Any) -> str:
        """Return the name of the page."""
        name: str = view.get_view_name()
        return name

    def get_description(self, view: Any, status_code: int) -> Any:
        """Return the description; none for those who may not see the page."""
        if status_code in (status.HTTP_401_UNAUTHORIZED, status.HTTP_403_FORBIDDEN):
            return ""
        return view.get_view_description(html=True)

    def get_breadcrumbs(self, request: Any) -> list[tuple[str, str]]:
        """Return the chain of pages."""
        return get_breadcrumbs(request.path, request)

    def get_extra_actions(self, view: Any, status_code: int) -> Any:
        """Return the addresses of the view's extra actions."""
        if status_code in (status.HTTP_401_UNAUTHORIZED, status.HTTP_403_FORBIDDEN):
            return None
        if not hasattr(view, "get_extra_action_url_map"):
            return None
        return view.get_extra_action_url_map()

    def get_filter_form(self, data: Any, view: Any, request: Any) -> Any:
        """Return search box and ordering links, for pages that show a list."""
        if not hasattr(view, "get_queryset") or not hasattr(view, "filter_backends"):
            return None
        paginator = getattr(view, "paginator", None)
        if isinstance(data, list):
            pass
        elif paginator is not None and data is not None:
            try:
                paginator.get_results(data)
            except (KeyError, TypeError):
                return None
        else:
            return None
        queryset = view.get_queryset()
        elements = []
        for backend in view.filter_backends:
            if hasattr(backend, "to_html"):
                html = backend().to_html(request, queryset, view)
                if html:
                    elements.append(html)
        return loader.get_template(self.filter_template).render({"elements": elements}) if elements else None

    def get_context(self, data: Any, accepted_media_type: Any, renderer_context: Any) -> dict[str, Any]:
        """Return the context of the page's template."""
        view, request = renderer_context["view"], renderer_context["request"]
        response = renderer_context["response"]
        renderer = self.get_default_renderer(view)
        raw = {method: self.get_raw_data_form(data, view, method, request) for method in ("POST", "PUT", "PATCH")}
        headers = dict(sorted(response.items()))
        # Of what is shown, not of this page.
        content_type = ""
        if renderer:
            content_type = (
                f"{renderer.media_type} ;{renderer.charset}" if renderer.charset else f"{renderer.media_type}"
            )
        headers["Content-Type"] = content_type
        paginator = getattr(view, "paginator", None)
        shows_pages = paginator is not None and paginator.display_page_controls
        csrf_header = settings.CSRF_HEADER_NAME.removeprefix("HTTP_").replace("_", "-")
        return {
            "content": self.get_content(renderer, data, accepted_media_type, renderer_context),
            "code_style": pygments_css(self.code_style),
            "view": view,
            "request": request,
            "response": response,
            "user": request.user,
            "allowed_methods": view.allowed_methods,
            "name": self.get_name(view),
            "version": VERSION,
            "paginator": paginator if shows_pages else None,
            "breadcrumblist": self.get_breadcrumbs(request),
            "description": self.get_description(view, response.status_code),
            "available_formats": [one.format for one in view.renderer_classes],
            "response_headers": headers,
            "put_form": self.get_rendered_html_form(data, view, "PUT", request),
            "post_form": self.get_rendered_html_form(data, view, "POST", request),
            "delete_form": self.get_rendered_html_form(data, view, "DELETE", request),
            "options_form": self.get_rendered_html_form(data, view, "OPTIONS", request),
            "extra_actions": self.get_extra_actions(view, response.status_code),
            "filter_form": self.get_filter_form(data, view, request),
            "raw_data_put_form": raw["PUT"],
            "raw_data_post_form": raw["POST"],
            "raw_data_patch_form": raw["PATCH"],
            "raw_data_put_or_patch_form": raw["PUT"] or raw["PATCH"],
            "display_edit_forms": bool(response.status_code != status.HTTP_403_FORBIDDEN),
            "api_settings": api_settings,
            "csrf_cookie_name": settings.CSRF_COOKIE_NAME,
            "csrf_header_name": csrf_header,
        }

    def render(self, data: Any, accepted_media_type: Any = None, renderer_context: Any = None) -> str:
        """Return the page."""
        self.accepted_media_type = accepted_media_type or ""
        self.renderer_context = renderer_context or {}
        request = self.renderer_context["request"]
        context = self.get_context(data, accepted_media_type, self.renderer_context)
        html: str = loader.get_template(self.template).render(context, request=getattr(request, "_request", request))
        # 204 has no body, and a page is one.
        response = self.renderer_context["response"]
        if response.status_code == status.HTTP_204_NO_CONTENT:
            response.status_code = status.HTTP_200_OK
        return html


__all__ = ["BrowsableAPIRenderer", "RawDataForm"]
