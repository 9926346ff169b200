"""``GenericAPIView`` and the concrete views: query set and serializer in, HTTP methods out."""

from __future__ import annotations

from typing import Any

from fastjango.core.exceptions import ValidationError
from fastjango.db.models.query import QuerySet
from fastjango.http import Http404
from fastjango.rest import mixins, views
from fastjango.rest.page_data import plain
from fastjango.rest.settings import FromSettings
from fastjango.shortcuts import get_object_or_404 as _get_object_or_404


def get_object_or_404(queryset: Any, *filter_args: Any, **filter_kwargs: Any) -> Any:
    """Return the one object; 404 also for values that the column cannot hold."""
    try:
        return _get_object_or_404(queryset, *filter_args, **filter_kwargs)
    except (TypeError, ValueError, OverflowError, ValidationError):
        raise Http404 from None


class GenericAPIView(views.APIView):
    """
    Base of views of model objects.

    Attributes:
        queryset, serializer_class: What is shown, and how; or override the methods.
        lookup_field, lookup_url_kwarg: Model field and URL argument that name one object.
        filter_backends, pagination_class: How lists are cut.
    """

    queryset: Any = None
    serializer_class: Any = None
    lookup_field = "pk"
    lookup_url_kwarg: str | None = None
    filter_backends: Any = FromSettings("DEFAULT_FILTER_BACKENDS")
    pagination_class: Any = FromSettings("DEFAULT_PAGINATION_CLASS")

    def __class_getitem__(cls, *args: Any, **kwargs: Any) -> Any:
        return cls

    def get_queryset(self) -> Any:
        """Return a fresh query set."""
        if self.queryset is None:
            raise AssertionError(
                f"'{type(self).__name__}' should either include a `queryset` attribute, or override the `get_queryset()` "
                "method."
            )
        queryset = self.queryset
        return queryset.all() if isinstance(queryset, QuerySet) else queryset

    def get_object(self) -> Any:
        """
        Return the object that the URL names, after checking permissions on it.

        Raises:
            Http404: There is none among the filtered objects.
        """
        queryset = self.filter_queryset(self.get_queryset())
        kwarg = self.lookup_url_kwarg or self.lookup_field
        if kwarg not in self.kwargs:
            raise AssertionError(
                f'Expected view {type(self).__name__} to be called with a URL keyword argument named "{kwarg}". Fix your URL '
                "conf, or set the `.lookup_field` attribute on the view correctly."
            )
        obj = get_object_or_404(queryset, **{self.lookup_field: self.kwargs[kwarg]})
        self.check_object_permissions(self.request, obj)
        return obj

    @plain
    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        """Return a serializer with the view's context."""
        serializer_class = self.get_serializer_class()
        kwargs.setdefault("context", self.get_serializer_context())
        return serializer_class(*args, **kwargs)

    def get_serializer_class(self) -> Any:
        """Return the serializer's class."""
        if self.serializer_class is None:
            raise AssertionError(
                f"'{type(self).__name__}' should either include a `serializer_class` attribute, or override the "
                "`get_serializer_class()` method."
            )
        return self.serializer_class

    def get_serializer_context(self) -> dict[str, Any]:
        """Return what serializers get as their context."""
        return {"request": self.request, "format": self.format_kwarg, "view": self}

    def filter_queryset(self, queryset: Any) -> Any:
        """Return what the filter backends leave."""
        for backend in self.filter_backends:
            queryset = backend().filter_queryset(self.request, queryset, self)
        return queryset

    @property
    def paginator(self) -> Any:
        """The paginator of this request, ``None`` without pagination."""
        if "_paginator" not in self.__dict__:
            kind = self.pagination_class
            self._paginator = None if kind is None else kind()
        return self._paginator

    @plain
    def paginate_queryset(self, queryset: Any) -> Any:
        """Return one page, ``None`` without pagination."""
        if self.paginator is None:
            return None
        return self.paginator.paginate_queryset(queryset, self.request, view=self)

    def get_paginated_response(self, data: Any) -> Any:
        """Return the response for one page."""
        assert self.paginator is not None
        return self.paginator.get_paginated_response(data)


class CreateAPIView(mixins.CreateModelMixin, GenericAPIView):
    """POST."""

    def post(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Create."""
        return self.create(request, *args, **kwargs)


class ListAPIView(mixins.ListModelMixin, GenericAPIView):
    """GET of many."""

    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """List."""
        return self.list(request, *args, **kwargs)


class RetrieveAPIView(mixins.RetrieveModelMixin, GenericAPIView):
    """GET of one."""

    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Show."""
        return self.retrieve(request, *args, **kwargs)


class DestroyAPIView(mixins.DestroyModelMixin, GenericAPIView):
    """DELETE."""

    def delete(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Delete."""
        return self.destroy(request, *args, **kwargs)


class UpdateAPIView(mixins.UpdateModelMixin, GenericAPIView):
    """PUT and PATCH."""

    def put(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Change all."""
        return self.update(request, *args, **kwargs)

    def patch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Change some."""
        return self.partial_update(request, *args, **kwargs)


class ListCreateAPIView(mixins.ListModelMixin, mixins.CreateModelMixin, GenericAPIView):
    """GET of many, POST."""

    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """List."""
        return self.list(request, *args, **kwargs)

    def post(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Create."""
        return self.create(request, *args, **kwargs)


class RetrieveUpdateAPIView(mixins.RetrieveModelMixin, mixins.UpdateModelMixin, GenericAPIView):
    """GET of one, PUT, PATCH."""

    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Show."""
        return self.retrieve(request, *args, **kwargs)

    def put(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Change all."""
        return self.update(request, *args, **kwargs)

    def patch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Change some."""
        return self.partial_update(request, *args, **kwargs)


class RetrieveDestroyAPIView(mixins.RetrieveModelMixin, mixins.DestroyModelMixin, GenericAPIView):
    """GET of one, DELETE."""

    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Show."""
        return self.retrieve(request, *args, **kwargs)

    def delete(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Delete."""
        return self.destroy(request, *args, **kwargs)


class RetrieveUpdateDestroyAPIView(
    mixins.RetrieveModelMixin, mixins.UpdateModelMixin, mixins.DestroyModelMixin, GenericAPIView
):
    """GET of one, PUT, PATCH, DELETE."""

    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Show."""
        return self.retrieve(request, *args, **kwargs)

    def put(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Change all."""
        return self.update(request, *args, **kwargs)

    def patch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Change some."""
        return self.partial_update(request, *args, **kwargs)

    def delete(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Delete."""
        return self.destroy(request, *args, **kwargs)
