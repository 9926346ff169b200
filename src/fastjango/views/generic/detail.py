"""One object: found by primary key or slug, shown by a template."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastjango.core.exceptions import ImproperlyConfigured
from fastjango.db import models
from fastjango.http import Http404
from fastjango.utils.translation import gettext as _
from fastjango.views.generic.base import ContextMixin, TemplateResponseMixin, View


class SingleObjectMixin(ContextMixin):
    """
    Finds the object that the address names.

    Attributes:
        queryset, model: Where to look.
        query_pk_and_slug: Whether both must fit, where the address has both.
    """

    model: Any = None
    queryset: Any = None
    slug_field = "slug"
    context_object_name: str | None = None
    slug_url_kwarg = "slug"
    pk_url_kwarg = "pk"
    query_pk_and_slug = False
    kwargs: dict[str, Any]
    object: Any

    def get_object(self, queryset: Any = None) -> Any:
        """
        Return the object.

        Raises:
            Http404: There is none.
            AttributeError: The address names none.
        Queries: 1.
        """
        if queryset is None:
            queryset = self.get_queryset()
        pk = self.kwargs.get(self.pk_url_kwarg)
        slug = self.kwargs.get(self.slug_url_kwarg)
        if pk is not None:
            queryset = queryset.filter(pk=pk)
        if slug is not None and (pk is None or self.query_pk_and_slug):
            queryset = queryset.filter(**{self.get_slug_field(): slug})
        if pk is None and slug is None:
            raise AttributeError(
                f"Generic detail view {type(self).__name__} must be called with either an object pk or a slug in the "
                "URLconf."
            )
        try:
            return queryset.get()
        except queryset.model.DoesNotExist:
            raise Http404(
                _("No %(verbose_name)s found matching the query") % {"verbose_name": queryset.model._meta.verbose_name}
            ) from None

    def get_queryset(self) -> Any:
        """Return where the object is looked for."""
        if self.queryset is not None:
            return self.queryset.all()
        if self.model:
            return self.model._default_manager.all()
        name = type(self).__name__
        raise ImproperlyConfigured(
            f"{name} is missing a QuerySet. Define {name}.model, {name}.queryset, or override {name}.get_queryset()."
        )

    def get_slug_field(self) -> str:
        """Return the name of the field that the slug is compared with."""
        return self.slug_field

    def get_context_object_name(self, obj: Any) -> str | None:
        """Return the object's name in the context, beside ``object``."""
        if self.context_object_name:
            return self.context_object_name
        if isinstance(obj, models.Model):
            return str(obj._meta.model_name)
        return None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the context, with the object."""
        context: dict[str, Any] = {}
        if self.object:
            context["object"] = self.object
            name = self.get_context_object_name(self.object)
            if name:
                context[name] = self.object
        context.update(kwargs)
        return super().get_context_data(**context)


class BaseDetailView(SingleObjectMixin, View):
    """Finds the object; how it is shown is left to others."""

    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Answer with the object."""
        self.object = self.get_object()
        context = self.get_context_data(object=self.object)
        return self.render_to_response(context)  # type: ignore[attr-defined]  # of the mixin that shows it


class SingleObjectTemplateResponseMixin(TemplateResponseMixin):
    """Answers with the object's template: ``<app>/<model><suffix>.html``."""

    template_name_field: str | None = None
    template_name_suffix = "_detail"
    object: Any

    def get_template_names(self) -> Sequence[str]:
        """Return ``template_name``, or the name in the object's field, or the one made from the model."""
        try:
            return super().get_template_names()
        except ImproperlyConfigured:
            names: list[str] = []
        if self.object and self.template_name_field:
            name = getattr(self.object, self.template_name_field, None)
            if name:
                names.append(name)
        model = getattr(self, "model", None)
        meta = None
        if isinstance(self.object, models.Model):
            meta = self.object._meta
        elif isinstance(model, type) and issubclass(model, models.Model):
            meta = model._meta
        if meta is not None:
            names.append(f"{meta.app_label}/{meta.model_name}{self.template_name_suffix}.html")
        if not names:
            raise ImproperlyConfigured(
                "SingleObjectTemplateResponseMixin requires a definition of 'template_name', 'template_name_field', or "
                "'model'; or an implementation of 'get_template_names()'."
            )
        return names


class DetailView(SingleObjectTemplateResponseMixin, BaseDetailView):
    """Shows one object."""


__all__ = ["BaseDetailView", "DetailView", "SingleObjectMixin", "SingleObjectTemplateResponseMixin"]
