"""The service as REST viewsets on FastJango's models."""

import os
import random

import jwt

os.environ.setdefault("FASTJANGO_SETTINGS_MODULE", "settings")

from fastjango import FastJango  # noqa: E402

app = FastJango(openapi_url=None)

from fastjango.contrib.auth.models import User  # noqa: E402
from fastjango.db import transaction  # noqa: E402
from fastjango.rest import (  # noqa: E402
    authentication,
    exceptions,
    filters,
    mixins,
    pagination,
    permissions,
    renderers,
    routers,
    serializers,
    viewsets,
)
from fastjango.rest.response import Response  # noqa: E402
from fastjango.rest.views import APIView  # noqa: E402
from fastjango.shortcuts import get_object_or_404, render  # noqa: E402
from fastjango.urls import include, path  # noqa: E402
from fastjango.utils import timezone  # noqa: E402
from shop.models import Category, Product  # noqa: E402

SECRET = os.environ["BENCH_JWT_SECRET"]


class TokenAuthentication(authentication.BaseAuthentication):
    def authenticate(self, request):
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer":
            return None
        try:
            claims = jwt.decode(token, SECRET, algorithms=["HS256"])
        except jwt.InvalidTokenError:
            raise exceptions.AuthenticationFailed("invalid token") from None
        user = User.objects.filter(pk=int(claims["sub"]), is_active=True).first()
        if user is None:
            raise exceptions.AuthenticationFailed("no such user")
        return user, None

    def authenticate_header(self, request):
        return "Bearer"


class Api:
    authentication_classes = []
    permission_classes = []
    renderer_classes = [renderers.JSONRenderer]


class ProductSerializer(serializers.ModelSerializer):
    category_id = serializers.PrimaryKeyRelatedField(source="category", queryset=Category.objects.all())

    class Meta:
        model = Product
        fields = [
            *("id", "name", "slug", "description", "price", "stock", "is_active"),
            *("category_id", "created_at", "updated_at"),
        ]
        extra_kwargs = {"price": {"min_value": 0}}


class ProductListSerializer(ProductSerializer):
    category_name = serializers.CharField(source="category.name", read_only=True)

    class Meta(ProductSerializer.Meta):
        fields = [*ProductSerializer.Meta.fields, "category_name"]


class Pagination(pagination.PageNumberPagination):
    page_size = 20
    page_size_query_param = "page_size"
    max_page_size = 100


class FilterSerializer(serializers.Serializer):
    category = serializers.IntegerField(required=False)
    is_active = serializers.BooleanField(required=False)


class ProductFilter(filters.BaseFilterBackend):
    def filter_queryset(self, request, queryset, view):
        given = {name: request.query_params[name] for name in ("category", "is_active") if name in request.query_params}
        if not given:
            return queryset
        wanted = FilterSerializer(data=given)
        wanted.is_valid(raise_exception=True)
        return queryset.filter(**wanted.validated_data)


class ProductViewSet(
    Api, mixins.ListModelMixin, mixins.RetrieveModelMixin, mixins.CreateModelMixin, viewsets.GenericViewSet
):
    queryset = Product.objects.all()
    pagination_class = Pagination
    filter_backends = [ProductFilter, filters.SearchFilter, filters.OrderingFilter]
    search_fields = ["name", "description"]
    ordering_fields = ["id", "price", "name"]
    ordering = ["id"]

    def get_queryset(self):
        queryset = super().get_queryset()
        return queryset.select_related("category") if self.action == "list" else queryset

    def get_serializer_class(self):
        return ProductListSerializer if self.action == "list" else ProductSerializer


class StockItem(serializers.Serializer):
    id = serializers.IntegerField(min_value=1)
    stock = serializers.IntegerField(min_value=0)


class StockView(Api, APIView):
    def patch(self, request):
        items = StockItem(data=request.data, many=True)
        items.is_valid(raise_exception=True)
        wanted = {item["id"]: item["stock"] for item in items.validated_data}
        stamp = timezone.now()
        with transaction.atomic():
            rows = list(Product.objects.select_for_update().filter(id__in=list(wanted)).order_by("id"))
            for product in rows:
                product.stock, product.updated_at = wanted[product.id], stamp
            Product.objects.bulk_update(rows, ["stock", "updated_at"])
        return Response(ProductSerializer(rows, many=True).data)


class JsonView(Api, APIView):
    def get(self, request):
        return Response({"message": "Hello, World!"})


class QueriesView(Api, APIView):
    def get(self, request):
        wanted = min(max(int(request.query_params.get("n", 1)), 1), 100)
        rows = [Product.objects.get(pk=random.randint(1, 10000)) for _ in range(wanted)]
        return Response(ProductSerializer(rows, many=True).data)


class MeView(Api, APIView):
    authentication_classes = [TokenAuthentication]
    permission_classes = [permissions.IsAuthenticated]

    def get(self, request, pk):
        product = get_object_or_404(Product, pk=pk)
        user = {"id": request.user.id, "username": request.user.username}
        return Response({"user": user, "product": ProductSerializer(product).data})


def html(request):
    rows = Product.objects.select_related("category").order_by("id")[:100]
    return render(request, "products.html", {"title": "Products", "products": rows})


router = routers.SimpleRouter(trailing_slash=False)
router.register("products", ProductViewSet)
urlpatterns = [
    path("json", JsonView.as_view()),
    path("queries", QueriesView.as_view()),
    path("products/stock", StockView.as_view()),
    path("me/products/<int:pk>", MeView.as_view()),
    path("html", html),
    path("", include(router.urls)),
]
