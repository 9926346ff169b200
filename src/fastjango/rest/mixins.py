"""The actions of generic views: create, list, retrieve, update, destroy."""

from __future__ import annotations

from typing import Any

from fastjango.rest import status
from fastjango.rest.page_data import cuts_pages_plainly, page_data
from fastjango.rest.response import Response
from fastjango.rest.settings import api_settings


class CreateModelMixin:
    """Makes a new object."""

    def create(self: Any, request: Any, *args: Any, **kwargs: Any) -> Response:
        """Validate, save, answer 201."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        self.perform_create(serializer)
        headers = self.get_success_headers(serializer.data)
        return Response(serializer.data, status=status.HTTP_201_CREATED, headers=headers)

    def perform_create(self, serializer: Any) -> None:
        """Save; to be overridden for more."""
        serializer.save()

    def get_success_headers(self, data: Any) -> dict[str, str]:
        """Return the address of the new object, where its data has it."""
        try:
            return {"Location": str(data[api_settings.URL_FIELD_NAME])}
        except (TypeError, KeyError):
            return {}


class ListModelMixin:
    """Shows all objects, page by page."""

    def list(self: Any, request: Any, *args: Any, **kwargs: Any) -> Response:
        """Filter, paginate, answer."""
        queryset = self.filter_queryset(self.get_queryset())
        if cuts_pages_plainly(self):
            page = self.paginator._unread_page(queryset, self.request)
            data = None if page is None else page_data(self, page)
        else:
            page = self.paginate_queryset(queryset)
            data = None if page is None else self.get_serializer(page, many=True).data
        if page is not None:
            response: Response = self.get_paginated_response(data)
            return response
        return Response(self.get_serializer(queryset, many=True).data)


class RetrieveModelMixin:
    """Shows one object."""

    def retrieve(self: Any, request: Any, *args: Any, **kwargs: Any) -> Response:
        """Find and answer."""
        return Response(self.get_serializer(self.get_object()).data)


class UpdateModelMixin:
    """Changes one object."""

    def update(self: Any, request: Any, *args: Any, **kwargs: Any) -> Response:
        """Find, validate, save, answer."""
        partial = kwargs.pop("partial", False)
        instance = self.get_object()
        serializer = self.get_serializer(instance, data=request.data, partial=partial)
        serializer.is_valid(raise_exception=True)
        self.perform_update(serializer)
        if getattr(instance, "_prefetched_objects_cache", None):
            # What was prefetched may have been changed.
            instance._prefetched_objects_cache = {}
        return Response(serializer.data)

    def perform_update(self, serializer: Any) -> None:
        """Save; to be overridden for more."""
        serializer.save()

    def partial_update(self: Any, request: Any, *args: Any, **kwargs: Any) -> Response:
        """Change what is given and leave the rest."""
        kwargs["partial"] = True
        response: Response = self.update(request, *args, **kwargs)
        return response


class DestroyModelMixin:
    """Deletes one object."""

    def destroy(self: Any, request: Any, *args: Any, **kwargs: Any) -> Response:
        """Find, delete, answer 204."""
        self.perform_destroy(self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)

    def perform_destroy(self, instance: Any) -> None:
        """Delete; to be overridden for more."""
        instance.delete()
