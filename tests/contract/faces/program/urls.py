"""The same tables through REST viewsets, and the admin."""

from __future__ import annotations

from typing import Any, ClassVar

from tests.contract.faces.program.models import Product

from fastjango.contrib import admin
from fastjango.rest import permissions, routers, serializers, viewsets
from fastjango.urls import include, path


class ProductSerializer(serializers.ModelSerializer):
    class Meta:
        model = Product
        fields: ClassVar[list[str]] = ["id", "title", "price", "is_active", "category", "tags"]


class ProductViewSet(viewsets.ModelViewSet):
    queryset: Any = Product.objects.order_by("id")
    serializer_class = ProductSerializer
    permission_classes = [  # noqa: RUF012 - as DRF's documentation writes it
        permissions.IsAuthenticatedOrReadOnly
    ]


router = routers.DefaultRouter()
router.register("products", ProductViewSet)

urlpatterns = [path("admin/", admin.site.urls), path("rest/", include(router.urls))]
