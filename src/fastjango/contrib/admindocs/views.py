"""The pages: lists of tags, filters, models and views with their docstrings. For staff."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from fastjango.apps import apps
from fastjango.conf import settings
from fastjango.contrib import admin
from fastjango.contrib.admin.views.decorators import staff_member_required
from fastjango.contrib.admindocs import utils
from fastjango.core.exceptions import ImproperlyConfigured, PermissionDenied
from fastjango.db import models
from fastjango.http import Http404
from fastjango.template.engine import Engine
from fastjango.urls import get_mod_func, get_resolver, get_urlconf
from fastjango.utils._os import safe_join
from fastjango.utils.decorators import method_decorator
from fastjango.utils.functional import cached_property
from fastjango.utils.translation import gettext as _
from fastjango.views.generic import TemplateView

MODEL_METHODS_EXCLUDE = ("_", "add_", "delete", "save", "set_")


class BaseAdminDocsView(TemplateView):
    """A page for staff."""

    @method_decorator(staff_member_required)
    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Answer."""
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the variables with those of every admin page."""
        return super().get_context_data(**{**kwargs, **admin.site.each_context(self.request)})


class BookmarkletsView(BaseAdminDocsView):
    """Tools for the browser."""

    template_name = "admin_doc/bookmarklets.html"


def _libraries() -> Iterator[tuple[str, Any]]:
    try:
        engine = Engine.get_default()
    except ImproperlyConfigured:
        # No template engine: nothing to show.
        return
    for path, library in zip(engine.builtins, engine.template_builtins, strict=False):
        del path
        yield "", library
    for name, library in sorted(engine.template_libraries.items()):
        yield name, library


def _described(functions: dict[str, Any], library: str, kind: str) -> Iterator[dict[str, Any]]:
    for name, function in functions.items():
        title, body, metadata = utils.parse_docstring(function.__doc__)
        yield {
            "name": name,
            "title": utils.parse_rst(title, kind, f"{kind} {name}") if title else "",
            "body": utils.parse_rst(body, kind, f"{kind} {name}") if body else "",
            "meta": metadata,
            "library": library,
        }


class TemplateTagIndexView(BaseAdminDocsView):
    """All template tags."""

    template_name = "admin_doc/template_tag_index.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the variables with ``tags``."""
        tags = [tag for name, library in _libraries() for tag in _described(library.tags, name, "tag")]
        return super().get_context_data(**{**kwargs, "tags": tags})


class TemplateFilterIndexView(BaseAdminDocsView):
    """All template filters."""

    template_name = "admin_doc/template_filter_index.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the variables with ``filters``."""
        filters = [one for name, library in _libraries() for one in _described(library.filters, name, "filter")]
        return super().get_context_data(**{**kwargs, "filters": filters})


def _patterns(patterns: Any, base: str = "", namespace: str = "") -> Iterator[tuple[Any, str, str, Any]]:
    for pattern in patterns:
        route = base + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            inner = f"{namespace}:{pattern.namespace}".strip(":") if pattern.namespace else namespace
            yield from _patterns(pattern.url_patterns, route, inner)
        elif hasattr(pattern, "callback"):
            yield pattern.callback, route, namespace, pattern.name
        else:
            raise TypeError(_("%s does not appear to be a urlpattern object") % pattern)


class ViewIndexView(BaseAdminDocsView):
    """All views."""

    template_name = "admin_doc/view_index.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the variables with ``views``."""
        found = [
            {
                "full_name": utils.get_view_name(view),
                "url": "/" + route.replace("^", "").replace("$", "").lstrip("/"),
                "url_name": ":".join(filter(None, (namespace, name))) if name else "",
                "namespace": namespace,
                "name": name,
            }
            for view, route, namespace, name in _patterns(import_module(settings.ROOT_URLCONF).urlpatterns)
        ]
        return super().get_context_data(**{**kwargs, "views": found})


class ViewDetailView(BaseAdminDocsView):
    """A view."""

    template_name = "admin_doc/view_detail.html"

    @staticmethod
    def _get_view_func(view: str) -> Any:
        # Only views that the project routes to: an address must not import modules.
        if not get_resolver(get_urlconf())._is_callback(view):
            return None
        module_name, function = get_mod_func(view)
        try:
            return getattr(import_module(module_name), function)
        except ImportError:
            # A method: its class is in the module.
            module_name, klass = get_mod_func(module_name)
            return getattr(getattr(import_module(module_name), klass), function)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the variables with the view's text."""
        view = self.kwargs["view"]
        function = self._get_view_func(view)
        if function is None:
            raise Http404
        title, body, metadata = utils.parse_docstring(function.__doc__)
        label = _("view:") + " " + view
        return super().get_context_data(
            **{
                **kwargs,
                "name": view,
                "summary": utils.parse_rst(title, "view", label) if title else "",
                "body": utils.parse_rst(body, "view", label) if body else "",
                "meta": metadata,
            }
        )


def user_has_model_view_permission(user: Any, opts: Any) -> bool:
    """Return whether somebody may read about a model."""
    return any(user.has_perm(f"{opts.app_label}.{action}_{opts.model_name}") for action in ("view", "change"))


class ModelIndexView(BaseAdminDocsView):
    """All models that the user may see."""

    template_name = "admin_doc/model_index.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the variables with ``models``."""
        found = [
            model._meta for model in apps.get_models() if user_has_model_view_permission(self.request.user, model._meta)
        ]
        return super().get_context_data(**{**kwargs, "models": found})


class ModelDetailView(BaseAdminDocsView):
    """A model: fields and methods."""

    template_name = "admin_doc/model_detail.html"

    @cached_property
    def model(self) -> Any:
        """The model that the address names."""
        try:
            app = apps.get_app_config(self.kwargs["app_label"])
        except LookupError:
            raise Http404(_("App %(app_label)r not found") % self.kwargs) from None
        try:
            return app.get_model(self.kwargs["model_name"])
        except LookupError:
            raise Http404(_("Model %(model_name)r not found in app %(app_label)r") % self.kwargs) from None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the variables with the model's fields and methods."""
        opts = self.model._meta
        if not user_has_model_view_permission(self.request.user, opts):
            raise PermissionDenied
        title, body, metadata = utils.parse_docstring(self.model.__doc__)
        del metadata
        return super().get_context_data(
            **{
                **kwargs,
                "name": opts.label,
                "summary": title,
                "description": utils.parse_rst(body, "model", _("model:") + " " + opts.model_name) if body else "",
                "fields": [*self._fields(opts), *self._relations(opts)],
                "methods": list(self._methods()),
            }
        )

    def _fields(self, opts: Any) -> Iterator[dict[str, Any]]:
        for field in (*opts.fields, *opts.many_to_many):
            remote = field.remote_field
            if isinstance(field, models.ManyToManyField):
                data_type = _("many related `%(app_label)s.%(data_type)s` objects") % {
                    "app_label": remote.model._meta.app_label,
                    "data_type": remote.model.__name__,
                }
            elif remote:
                data_type = _("the related `%(app_label)s.%(data_type)s` object") % {
                    "app_label": remote.model._meta.app_label,
                    "data_type": remote.model.__name__,
                }
            else:
                data_type = get_readable_field_data_type(field)
            yield {
                "name": field.name,
                "data_type": data_type,
                "verbose": field.verbose_name or "",
                "help_text": field.help_text,
            }

    def _relations(self, opts: Any) -> Iterator[dict[str, Any]]:
        for relation in opts.related_objects:
            name = relation.get_accessor_name()
            text = _("related `%(app_label)s.%(object_name)s` objects") % {
                "app_label": relation.related_model._meta.app_label,
                "object_name": relation.related_model.__name__,
            }
            yield {"name": f"{name}.all", "data_type": "List", "verbose": _("all %s") % text}
            yield {"name": f"{name}.count", "data_type": "Integer", "verbose": _("number of %s") % text}

    def _methods(self) -> Iterator[dict[str, Any]]:
        for name, function in sorted(vars(self.model).items()):
            if not inspect.isfunction(function) or name.startswith(MODEL_METHODS_EXCLUDE):
                continue
            signature = inspect.signature(function)
            arguments = ", ".join(str(one) for one in list(signature.parameters.values())[1:])
            yield {
                "name": name,
                "arguments": arguments,
                "verbose": utils.strip_p_tags(utils.parse_rst(inspect.getdoc(function) or "", "model", name)),
            }


class TemplateDetailView(BaseAdminDocsView):
    """Where a template may come from."""

    template_name = "admin_doc/template_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the variables with the template's places."""
        template = self.kwargs["template"]
        found: list[dict[str, Any]] = []
        try:
            directories = Engine.get_default().dirs
        except ImproperlyConfigured:
            directories = []
        for order, directory in enumerate(directories):
            path = Path(safe_join(directory, template))
            found.append(
                {
                    "file": path,
                    "exists": path.exists(),
                    "contents": path.read_text() if path.is_file() else "",
                    "order": order,
                }
            )
        return super().get_context_data(**{**kwargs, "name": template, "templates": found})


def get_return_data_type(func_name: str) -> str:
    """Return a guess of what a method gives, from its name."""
    if func_name.startswith("get_"):
        if func_name.endswith("_list"):
            return "List"
        if func_name.endswith("_count"):
            return "Integer"
    return ""


def get_readable_field_data_type(field: Any) -> str:
    """Return a field's description with its own values in it."""
    return str(field.description % field.__dict__)


__all__ = [
    "BaseAdminDocsView", "BookmarkletsView", "ModelDetailView", "ModelIndexView", "TemplateDetailView",
    "TemplateFilterIndexView", "TemplateTagIndexView", "ViewDetailView", "ViewIndexView",
    "get_readable_field_data_type", "get_return_data_type", "user_has_model_view_permission",
]  # fmt: skip
