"""The catalogue in the REST API: serializers and viewsets."""

from decimal import Decimal, InvalidOperation
from typing import Any

from catalogue.models import Category, Product, Review, Tag

from fastjango.db.models import Count, F
from fastjango.rest import permissions, serializers, status, viewsets
from fastjango.rest.decorators import action
from fastjango.rest.exceptions import ValidationError
from fastjango.rest.response import Response
from fastjango.rest.schemas import AutoSchema


class IsStaffOrReadOnly(permissions.BasePermission):
    """Everybody reads, staff writes."""

    def has_permission(self, request: Any, view: Any) -> bool:
        """Return True for reading, and for staff."""
        return request.method in permissions.SAFE_METHODS or bool(request.user and request.user.is_staff)


class IsAuthorOrReadOnly(permissions.BasePermission):
    """Everybody reads; an author changes what is theirs."""

    def has_object_permission(self, request: Any, view: Any, obj: Any) -> bool:
        """Return True for reading, and for the author."""
        return request.method in permissions.SAFE_METHODS or obj.author_id == request.user.pk


class TagSerializer(serializers.ModelSerializer):
    """A tag, flat."""

    class Meta:
        model = Tag
        fields = ["id", "name", "slug"]


class CategorySerializer(serializers.ModelSerializer):
    """A category with the number of its products."""

    product_count = serializers.IntegerField(read_only=True)

    class Meta:
        model = Category
        fields = ["id", "name", "slug", "parent", "position", "product_count"]


class ReviewSerializer(serializers.ModelSerializer):
    """A review; its author is whoever sends it."""

    author = serializers.SlugRelatedField(slug_field="username", read_only=True)

    class Meta:
        model = Review
        fields = ["id", "product", "author", "rating", "text", "created"]
        read_only_fields = ["created"]


class ProductSerializer(serializers.ModelSerializer):
    """A product: the category by slug when written, in full when read."""

    category = serializers.SlugRelatedField(slug_field="slug", queryset=Category.objects.all())
    category_detail = CategorySerializer(source="category", read_only=True)
    tags = serializers.SlugRelatedField(slug_field="slug", queryset=Tag.objects.all(), many=True, required=False)
    creator = serializers.StringRelatedField()
    url = serializers.CharField(source="get_absolute_url", read_only=True)
    available = serializers.SerializerMethodField()

    class Meta:
        model = Product
        fields = [
            "id", "name", "slug", "description", "price", "stock", "status", "attributes", "category",
            "category_detail", "tags", "image", "creator", "created", "updated", "url", "available",
        ]  # fmt: skip
        read_only_fields = ["slug", "image"]

    def get_available(self, product: Product) -> bool:
        """Return True if it can be bought now."""
        return product.is_available

    def validate_name(self, value: str) -> str:
        """Refuse names that make no slug."""
        if not any(character.isalnum() for character in value):
            raise serializers.ValidationError("The name needs at least one letter or digit.")
        return value

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse to retire what is still in stock."""
        stock = attrs.get("stock", getattr(self.instance, "stock", 0))
        if attrs.get("status") == Product.Status.RETIRED and stock:
            raise serializers.ValidationError({"status": "Sell the stock before you retire the product."})
        return attrs


class ProductDetailSerializer(ProductSerializer):
    """A product with its reviews, as a single read gives it."""

    reviews = ReviewSerializer(many=True, read_only=True)

    class Meta(ProductSerializer.Meta):
        fields = [*ProductSerializer.Meta.fields, "reviews"]


class RestockSerializer(serializers.Serializer):
    """How many pieces have arrived."""

    quantity = serializers.IntegerField(min_value=1, max_value=10_000)


class StockSerializer(serializers.Serializer):
    """How many pieces there are."""

    stock = serializers.IntegerField()


class ProductViewSet(viewsets.ModelViewSet):
    """Products: search, order, filter by category, tag and price; staff writes."""

    queryset = Product.objects.select_related("category", "creator").prefetch_related("tags")
    serializer_class = ProductSerializer
    permission_classes = [IsStaffOrReadOnly]
    search_fields = ["name", "description", "tags__name"]
    ordering_fields = ["name", "price", "stock", "created"]
    ordering = ["name", "id"]

    def get_serializer_class(self) -> Any:
        """Add the reviews when one product is read."""
        return ProductDetailSerializer if self.action == "retrieve" else super().get_serializer_class()

    def get_queryset(self) -> Any:
        """Apply the filters of the query string; customers see active products only."""
        found = super().get_queryset()
        if not self.request.user.is_staff:
            found = found.visible()
        query = self.request.query_params
        if category := query.get("category"):
            found = found.filter(category__slug=category)
        if tag := query.get("tag"):
            found = found.filter(tags__slug=tag)
        for name, lookup in (("min_price", "price__gte"), ("max_price", "price__lte")):
            if text := query.get(name):
                found = found.filter(**{lookup: _price(name, text)})
        return found

    def perform_create(self, serializer: Any) -> None:
        """Remember who made the product."""
        serializer.save(creator=self.request.user)

    @action(detail=False)
    def available(self, request: Any) -> Response:
        """Return what can be bought now, a page at a time."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset().available()))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @action(
        detail=True,
        methods=["post"],
        serializer_class=RestockSerializer,
        schema=AutoSchema(responses={200: StockSerializer}),
    )
    def restock(self, request: Any, pk: Any = None) -> Response:
        """Add to the stock of a product."""
        product = self.get_object()
        wanted = RestockSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        Product.objects.filter(pk=product.pk).update(stock=F("stock") + wanted.validated_data["quantity"])
        product.refresh_from_db(fields=["stock"])
        return Response({"stock": product.stock}, status=status.HTTP_200_OK)


def _price(name: str, text: str) -> Decimal:
    try:
        price = Decimal(text)
    except InvalidOperation:
        raise ValidationError({name: ["A valid number is required."]}) from None
    if not price.is_finite() or price.copy_abs() >= 10**8:
        raise ValidationError({name: ["A valid number is required."]})
    return price


class CategoryViewSet(viewsets.ModelViewSet):
    """Categories; staff writes."""

    queryset = Category.objects.annotate(product_count=Count("products")).order_by("position", "name")
    serializer_class = CategorySerializer
    permission_classes = [IsStaffOrReadOnly]
    lookup_field = "slug"
    search_fields = ["name"]
    ordering_fields = ["name", "position"]


class TagViewSet(viewsets.ReadOnlyModelViewSet):
    """Tags, all on one page."""

    queryset = Tag.objects.all()
    serializer_class = TagSerializer
    pagination_class = None


class ReviewViewSet(viewsets.ModelViewSet):
    """Reviews; authors change their own."""

    queryset = Review.objects.select_related("author", "product")
    serializer_class = ReviewSerializer
    permission_classes = [permissions.IsAuthenticatedOrReadOnly, IsAuthorOrReadOnly]
    search_fields = ["text"]
    ordering_fields = ["rating", "created"]

    def perform_create(self, serializer: Any) -> None:
        """Save the review as its sender's; one review per product."""
        if Review.objects.filter(product=serializer.validated_data["product"], author=self.request.user).exists():
            raise ValidationError({"product": ["You have reviewed this product already."]})
        serializer.save(author=self.request.user)
