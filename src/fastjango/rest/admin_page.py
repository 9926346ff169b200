"""``AdminRenderer``: the browsable page for people who look after data: lists as tables, forms, no requests and headers."""

from __future__ import annotations

import contextlib
from typing import Any

from fastjango.core.exceptions import PermissionDenied
from fastjango.http import Http404
from fastjango.rest import exceptions, status
from fastjango.rest.browsable import BrowsableAPIRenderer
from fastjango.rest.request import override_method
from fastjango.rest.settings import api_settings
from fastjango.template import loader
from fastjango.urls import NoReverseMatch

_TITLES = {"POST": "Create", "PUT": "Edit"}


class AdminRenderer(BrowsableAPIRenderer):
    """The browsable page with lists as tables and objects as forms."""

    template = "rest_framework/admin.html"
    format = "admin"
    error_form: Any = None
    error_title: str | None = None

    def render(self, data: Any, accepted_media_type: Any = None, renderer_context: Any = None) -> str:
        """Return the page; after an object was made or deleted, nothing and a redirection."""
        self.accepted_media_type = accepted_media_type or ""
        self.renderer_context = renderer_context or {}
        request, response = self.renderer_context["request"], self.renderer_context["response"]
        if response.status_code == status.HTTP_400_BAD_REQUEST:
            data = self._behind_errors(data, self.renderer_context["view"], request)
        context = self.get_context(data, accepted_media_type, self.renderer_context)
        html: str = loader.get_template(self.template).render(context, request=getattr(request, "_request", request))
        if response.status_code == status.HTTP_201_CREATED and "Location" in response:
            response["Location"] = request.build_absolute_uri()
        elif response.status_code == status.HTTP_204_NO_CONTENT:
            response["Location"] = self._parent_page(request)
        else:
            return html
        response.status_code = status.HTTP_303_SEE_OTHER
        return ""

    def _parent_page(self, request: Any) -> str:
        crumbs = self.get_breadcrumbs(request)
        return str(crumbs[-2][1] if len(crumbs) > 1 else request.get_full_path())

    def _behind_errors(self, data: Any, view: Any, request: Any) -> Any:
        """Keep the form with its errors, and return what the page shows below: what GET answers, if the user may ask."""
        self.error_form = self.get_rendered_html_form(data, view, request.method, request)
        self.error_title = _TITLES.get(request.method, "Errors")
        with override_method(view, request, "GET") as get_request:
            # Whoever may not read must not see the data because a form was wrong.
            if hasattr(view, "get"):
                with contextlib.suppress(exceptions.APIException, Http404, PermissionDenied):
                    view.check_permissions(get_request)
                    return view.get(get_request, *view.args, **view.kwargs).data
        return data if isinstance(data, dict) else {api_settings.NON_FIELD_ERRORS_KEY: data}

    def get_result_url(self, result: Any, view: Any) -> str | None:
        """Return the address of one object of a list."""
        if not hasattr(view, "reverse_action") or not hasattr(view, "lookup_field"):
            return None
        lookup_field = view.lookup_field
        url_kwarg = getattr(view, "lookup_url_kwarg", None) or lookup_field
        try:
            return str(view.reverse_action("detail", kwargs={url_kwarg: result[lookup_field]}))
        except (KeyError, NoReverseMatch):
            return None

    def get_context(self, data: Any, accepted_media_type: Any, renderer_context: Any) -> dict[str, Any]:
        """Return the context, with rows and columns."""
        context = super().get_context(data, accepted_media_type, renderer_context)
        view = renderer_context["view"]
        paginator = getattr(view, "paginator", None)
        results = data
        if paginator is not None and data is not None:
            with contextlib.suppress(KeyError, TypeError):
                results = paginator.get_results(data)
        is_list = isinstance(results, list)
        header: Any = (results[0] if results else {}) if is_list else results
        columns = [key for key in header if key != "url"] if isinstance(header, dict) else []
        if is_list:
            for row in results:
                url = self.get_result_url(row, view) if isinstance(row, dict) else None
                if url is not None:
                    row.setdefault("url", url)
        context.update(
            style="list" if is_list else "detail",
            columns=columns,
            details=columns,
            results=results,
            error_form=self.error_form,
            error_title=self.error_title,
        )
        return context


__all__ = ["AdminRenderer"]
