"""The JSON behind boxes that complete: ``{results: [{id, text}], pagination: {more}}``."""

from __future__ import annotations

from typing import Any

from fastjango.apps import apps
from fastjango.contrib.admin.exceptions import NotRegistered
from fastjango.core.exceptions import FieldDoesNotExist, PermissionDenied
from fastjango.http import Http404, JsonResponse
from fastjango.views.generic.list import BaseListView


class AutocompleteJsonView(BaseListView):
    """Searches the far side of a relation by its admin's ``search_fields``."""

    paginate_by: Any = 20
    admin_site: Any = None

    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Return one page of matches."""
        self.term, self.model_admin, self.source_field, to_field_name = self.process_request(request)
        if not self.has_perm(request):
            raise PermissionDenied
        self.object_list = self.get_queryset()
        context = self.get_context_data()
        return JsonResponse(
            {
                "results": [self.serialize_result(obj, to_field_name) for obj in context["object_list"]],
                "pagination": {"more": context["page_obj"].has_next()},
            }
        )

    def serialize_result(self, obj: Any, to_field_name: str) -> dict[str, Any]:
        """Return key and text of an object."""
        return {"id": str(getattr(obj, to_field_name)), "text": str(obj)}

    def get_paginator(self, *args: Any, **kwargs: Any) -> Any:
        """Use the admin's paginator."""
        return self.model_admin.get_paginator(self.request, *args, **kwargs)

    def get_queryset(self) -> Any:
        """Return the matches."""
        queryset = self.model_admin.get_queryset(self.request)
        queryset = queryset.complex_filter(self.source_field.get_limit_choices_to())
        queryset, search_use_distinct = self.model_admin.get_search_results(self.request, queryset, self.term)
        return queryset.distinct() if search_use_distinct else queryset

    def process_request(self, request: Any) -> tuple[str, Any, Any, str]:
        """Return term, admin, field and the far field; refuse what names no relation."""
        term = request.GET.get("term", "")
        try:
            app_label = request.GET["app_label"]
            model_name = request.GET["model_name"]
            field_name = request.GET["field_name"]
        except KeyError:
            raise PermissionDenied from None
        try:
            source_field = apps.get_model(app_label, model_name)._meta.get_field(field_name)
            remote_model = source_field.remote_field.model
        except (LookupError, FieldDoesNotExist, AttributeError):
            raise PermissionDenied from None
        try:
            model_admin = self.admin_site.get_model_admin(remote_model)
        except NotRegistered:
            raise PermissionDenied from None
        if not model_admin.get_search_fields(request):
            raise Http404(f"{type(model_admin).__qualname__} must have search_fields for the autocomplete_view.")
        to_field_name = getattr(source_field.remote_field, "field_name", remote_model._meta.pk.attname)
        to_field_name = remote_model._meta.get_field(to_field_name).attname
        if not model_admin.to_field_allowed(request, to_field_name):
            raise PermissionDenied
        return term, model_admin, source_field, to_field_name

    def has_perm(self, request: Any, obj: Any = None) -> bool:
        """Return whether the user may see the far side."""
        return bool(self.model_admin.has_view_permission(request, obj=obj))
