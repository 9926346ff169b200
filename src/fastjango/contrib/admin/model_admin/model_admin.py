"""``ModelAdmin``: the admin of one model, made of its three parts."""

from __future__ import annotations

from functools import update_wrapper
from typing import Any

from fastjango import forms
from fastjango.contrib.admin.checks import ModelAdminChecks
from fastjango.contrib.admin.constants import ShowFacets
from fastjango.contrib.admin.model_admin.changes import csrf_protect_m
from fastjango.contrib.admin.model_admin.responses import Responses


class ModelAdmin(Responses):
    """
    How a model looks in the admin.

        @admin.register(Product)
        class ProductAdmin(admin.ModelAdmin):
            list_display = ["name", "price", "stock"]
            search_fields = ["name"]
    """

    show_facets: Any = ShowFacets.ALLOW
    checks_class = ModelAdminChecks

    def __init__(self, model: Any, admin_site: Any) -> None:
        self.model = model
        self.opts = model._meta
        self.admin_site = admin_site
        super().__init__()

    def __str__(self) -> str:
        return f"{self.opts.app_label}.{self.__class__.__name__}"

    def __repr__(self) -> str:
        return f"<{self.__class__.__qualname__}: model={self.model.__qualname__} site={self.admin_site!r}>"

    @property
    def media(self) -> Any:
        """The scripts of the admin."""
        return forms.Media(js=["admin/js/admin.js"])

    def get_urls(self) -> list[Any]:
        """Return the patterns of the model's pages; prepend your own."""
        from fastjango.urls import path
        from fastjango.views.generic import RedirectView

        def wrap(view: Any) -> Any:
            def wrapper(*args: Any, **kwargs: Any) -> Any:
                return self.admin_site.admin_view(view)(*args, **kwargs)

            wrapper.model_admin = self  # type: ignore[attr-defined]
            return update_wrapper(wrapper, view)

        name = f"{self.opts.app_label}_{self.opts.model_name}"
        return [
            path("", wrap(self.changelist_view), name=f"{name}_changelist"),
            path("add/", wrap(self.add_view), name=f"{name}_add"),
            path("<path:object_id>/history/", wrap(self.history_view), name=f"{name}_history"),
            path("<path:object_id>/delete/", wrap(self.delete_view), name=f"{name}_delete"),
            path("<path:object_id>/change/", wrap(self.change_view), name=f"{name}_change"),
            # Addresses of old, without "change/".
            path(
                "<path:object_id>/",
                wrap(RedirectView.as_view(pattern_name=f"{self.admin_site.name}:{name}_change")),
            ),
        ]

    @property
    def urls(self) -> list[Any]:
        """The patterns."""
        return self.get_urls()

    def get_model_perms(self, request: Any) -> dict[str, bool]:
        """Return what the user may do with the model."""
        return {
            "add": self.has_add_permission(request),
            "change": self.has_change_permission(request),
            "delete": self.has_delete_permission(request),
            "view": self.has_view_permission(request),
        }

    def add_view(self, request: Any, form_url: str = "", extra_context: Any = None) -> Any:
        """Show or save the form of a new object."""
        return self.changeform_view(request, None, form_url, extra_context)

    def change_view(self, request: Any, object_id: str, form_url: str = "", extra_context: Any = None) -> Any:
        """Show or save the form of an object."""
        return self.changeform_view(request, object_id, form_url, extra_context)

    @csrf_protect_m
    def changelist_view(self, request: Any, extra_context: Any = None) -> Any:
        """Show the list; run actions; save rows that were edited in place."""
        return super().changelist_view(request, extra_context)
