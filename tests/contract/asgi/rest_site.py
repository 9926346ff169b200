"""The site's models as a REST viewset."""

from __future__ import annotations

from typing import Any

from tests.contract.asgi.site import Author, Book

from fastjango.rest import filters, pagination, permissions, routers, serializers, viewsets
from fastjango.urls import include, path


class BookSerializer(serializers.ModelSerializer):
    class Meta:
        model = Book
        fields = ["id", "title", "pages", "price", "author"]
        extra_kwargs = {"author": {"queryset": Author.objects.all()}}


class BookViewSet(viewsets.ModelViewSet):
    queryset = Book.objects.order_by("pk")
    serializer_class = BookSerializer
    permission_classes = [permissions.AllowAny]
    pagination_class = pagination.LimitOffsetPagination
    filter_backends = [filters.SearchFilter, filters.OrderingFilter]
    search_fields = ["title"]
    ordering_fields = ["title", "pages"]


router = routers.SimpleRouter()
router.register("books", BookViewSet)
urlpatterns: list[Any] = [path("rest/", include(router.urls))]
