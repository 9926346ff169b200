"""
The data of one page, from its rows where nothing of the project's stands between query and answer.

What a project overrides (pagination, ``get_serializer()``, the serializer's own steps) gets a list of objects, as ever.
"""

from __future__ import annotations

from typing import Any
from weakref import proxy

from fastjango.core.paginator import Page
from fastjango.rest.serializers.plans import reads_rows


def plain(method: Any) -> Any:
    """Mark *method* as one that may be passed over as long as no subclass overrides it."""
    method._is_plain = True
    return method


def _is_plain(owner: Any, name: str) -> bool:
    return hasattr(getattr(type(owner), name, None), "_is_plain") and name not in vars(owner)


def cuts_pages_plainly(view: Any) -> bool:
    """Return whether the pages of *view* are cut and serialized by our own methods."""
    if not (_is_plain(view, "paginate_queryset") and _is_plain(view, "get_serializer")):
        return False
    paginator = view.paginator
    return paginator is not None and _is_plain(paginator, "paginate_queryset")


def page_data(view: Any, page: Any) -> Any:
    """Return the representations of the objects of a page that was not read yet. Queries: 1."""
    serializer_class = view.get_serializer_class()
    if reads_rows(serializer_class):
        if page.__class__ is Page:
            page = page.object_list
        serializer = serializer_class(page, many=True, context=view.get_serializer_context())
        # List and child would hold each other, and all rows with them until the garbage collector comes.
        serializer.child.parent = proxy(serializer)
        return serializer.data
    return serializer_class(list(page), many=True, context=view.get_serializer_context()).data
