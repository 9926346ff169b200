"""Many objects, on pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastjango.core.exceptions import ImproperlyConfigured
from fastjango.core.paginator import InvalidPage, Paginator
from fastjango.db.models import QuerySet
from fastjango.http import Http404
from fastjango.utils.translation import gettext as _
from fastjango.views.generic.base import ContextMixin, TemplateResponseMixin, View


class MultipleObjectMixin(ContextMixin):
    """
    Finds the objects and cuts them into pages.

    Attributes:
        allow_empty: Whether an empty list is a page, or a 404.
        paginate_by: Objects on a page; all on one when not set.
        page_kwarg: Where address or query have the page's number.
    """

    allow_empty = True
    queryset: Any = None
    model: Any = None
    paginate_by: int | None = None
    paginate_orphans = 0
    context_object_name: str | None = None
    paginator_class: Any = Paginator
    page_kwarg = "page"
    ordering: Any = None
    request: Any
    kwargs: dict[str, Any]
    object_list: Any

    def get_queryset(self) -> Any:
        """Return the objects, in their order."""
        if self.queryset is not None:
            queryset = self.queryset
            if isinstance(queryset, QuerySet):
                queryset = queryset.all()
        elif self.model is not None:
            queryset = self.model._default_manager.all()
        else:
            name = type(self).__name__
            raise ImproperlyConfigured(
                f"{name} is missing a QuerySet. Define {name}.model, {name}.queryset, or override "
                f"{name}.get_queryset()."
            )
        ordering = self.get_ordering()
        if ordering:
            queryset = queryset.order_by(*([ordering] if isinstance(ordering, str) else ordering))
        return queryset

    def get_ordering(self) -> Any:
        """Return a field's name, or several."""
        return self.ordering

    def paginate_queryset(self, queryset: Any, page_size: int) -> tuple[Any, Any, Any, bool]:
        """
        Return paginator, page, its objects, and whether there are other pages.

        Raises:
            Http404: There is no such page.
        """
        paginator = self.get_paginator(
            queryset,
            page_size,
            orphans=self.get_paginate_orphans(),
            allow_empty_first_page=self.get_allow_empty(),
        )
        number: Any = self.kwargs.get(self.page_kwarg) or self.request.GET.get(self.page_kwarg) or 1
        try:
            number = int(number)
        except ValueError:
            if number != "last":
                raise Http404(_("Page is not “last”, nor can it be converted to an int.")) from None
            number = paginator.num_pages
        try:
            page = paginator.page(number)
        except InvalidPage as exc:
            raise Http404(
                _("Invalid page (%(page_number)s): %(message)s") % {"page_number": number, "message": str(exc)}
            ) from None
        return paginator, page, page.object_list, page.has_other_pages()

    def get_paginate_by(self, queryset: Any) -> int | None:
        """Return how many objects a page has, ``None`` for no pages."""
        return self.paginate_by

    def get_paginator(
        self, queryset: Any, per_page: int, orphans: int = 0, allow_empty_first_page: bool = True, **kwargs: Any
    ) -> Any:
        """Return the paginator."""
        return self.paginator_class(
            queryset, per_page, orphans=orphans, allow_empty_first_page=allow_empty_first_page, **kwargs
        )

    def get_paginate_orphans(self) -> int:
        """Return how few objects are put on the page before, in place of a last page of their own."""
        return self.paginate_orphans

    def get_allow_empty(self) -> bool:
        """Return whether an empty list is a page."""
        return self.allow_empty

    def get_context_object_name(self, object_list: Any) -> str | None:
        """Return the list's name in the context, beside ``object_list``."""
        if self.context_object_name:
            return self.context_object_name
        if hasattr(object_list, "model"):
            return f"{object_list.model._meta.model_name}_list"
        return None

    def get_context_data(self, *, object_list: Any = None, **kwargs: Any) -> dict[str, Any]:
        """Return the context, with the objects of the page."""
        queryset = object_list if object_list is not None else self.object_list
        page_size = self.get_paginate_by(queryset)
        name = self.get_context_object_name(queryset)
        context: dict[str, Any] = {"paginator": None, "page_obj": None, "is_paginated": False}
        if page_size:
            paginator, page, queryset, is_paginated = self.paginate_queryset(queryset, page_size)
            context = {"paginator": paginator, "page_obj": page, "is_paginated": is_paginated}
        context["object_list"] = queryset
        if name is not None:
            context[name] = queryset
        context.update(kwargs)
        return super().get_context_data(**context)


class BaseListView(MultipleObjectMixin, View):
    """Finds the objects; how they are shown is left to others."""

    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Answer with the objects."""
        self.object_list = self.get_queryset()
        if not self.get_allow_empty():
            # With pages, one cheap query is better than reading all objects.
            if self.get_paginate_by(self.object_list) is not None and hasattr(self.object_list, "exists"):
                is_empty = not self.object_list.exists()
            else:
                is_empty = not self.object_list
            if is_empty:
                raise Http404(
                    _("Empty list and “%(class_name)s.allow_empty” is False.") % {"class_name": type(self).__name__}
                )
        context = self.get_context_data()
        return self.render_to_response(context)  # type: ignore[attr-defined]  # of the mixin that shows them


class MultipleObjectTemplateResponseMixin(TemplateResponseMixin):
    """Answers with the list's template: ``<app>/<model><suffix>.html``."""

    template_name_suffix = "_list"
    object_list: Any

    def get_template_names(self) -> Sequence[str]:
        """Return ``template_name`` and the name made from the model."""
        try:
            names = list(super().get_template_names())
        except ImproperlyConfigured:
            names = []
        if hasattr(self.object_list, "model"):
            meta = self.object_list.model._meta
            names.append(f"{meta.app_label}/{meta.model_name}{self.template_name_suffix}.html")
        elif not names:
            raise ImproperlyConfigured(
                f"{type(self).__name__} requires either a 'template_name' attribute or a get_queryset() method that "
                "returns a QuerySet."
            )
        return names


class ListView(MultipleObjectTemplateResponseMixin, BaseListView):
    """Shows many objects; they may be a queryset or any list."""


__all__ = ["BaseListView", "ListView", "MultipleObjectMixin", "MultipleObjectTemplateResponseMixin"]
