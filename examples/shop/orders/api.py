"""Orders in the REST API: customers see and place their own."""

from typing import Any

from catalogue.models import Product
from orders.models import Order, OrderLine
from orders.services import CheckoutError, cancel_order, place_order

from fastjango.rest import mixins, permissions, serializers, status, viewsets
from fastjango.rest.decorators import action
from fastjango.rest.pagination import LimitOffsetPagination
from fastjango.rest.response import Response
from fastjango.rest.schemas import AutoSchema


class OrderLineSerializer(serializers.ModelSerializer):
    """A line: the product by key, its name for reading."""

    product = serializers.PrimaryKeyRelatedField(queryset=Product.objects.available())
    name = serializers.CharField(source="product.name", read_only=True)
    quantity = serializers.IntegerField(min_value=1, max_value=99)

    class Meta:
        model = OrderLine
        fields = ["product", "name", "quantity", "unit_price"]
        read_only_fields = ["unit_price"]


class OrderSerializer(serializers.ModelSerializer):
    """An order with its lines; placing one takes the products out of the stock."""

    customer = serializers.SlugRelatedField(slug_field="username", read_only=True)
    lines = OrderLineSerializer(many=True, allow_empty=False)
    total = serializers.DecimalField(max_digits=12, decimal_places=2, read_only=True)

    class Meta:
        model = Order
        fields = ["id", "customer", "status", "address", "note", "created", "lines", "total"]
        read_only_fields = ["status"]

    def validate_lines(self, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Refuse the same product twice."""
        if len({line["product"].pk for line in lines}) < len(lines):
            raise serializers.ValidationError("A product may stand in one line only.")
        return lines

    def create(self, validated_data: dict[str, Any]) -> Order:
        """Place the order."""
        wanted = [(line["product"], line["quantity"]) for line in validated_data.pop("lines")]
        try:
            order = place_order(wanted=wanted, **validated_data)
        except CheckoutError as error:
            raise serializers.ValidationError({"lines": [str(error)]}) from None
        return Order.objects.with_totals().get(pk=order.pk)


class OrderViewSet(mixins.CreateModelMixin, mixins.RetrieveModelMixin, mixins.ListModelMixin, viewsets.GenericViewSet):
    """One's own orders; staff sees all."""

    serializer_class = OrderSerializer
    permission_classes = [permissions.IsAuthenticated]
    pagination_class = LimitOffsetPagination
    search_fields = ["address", "lines__product__name"]
    ordering_fields = ["created", "status"]

    def get_queryset(self) -> Any:
        """Return the orders that the user may see, with totals."""
        found = (
            Order.objects.with_totals()
            .order_by("-created", "-id")
            .select_related("customer")
            .prefetch_related("lines__product")
        )
        return found if self.request.user.is_staff else found.filter(customer=self.request.user)

    def perform_create(self, serializer: Any) -> None:
        """Place the order for its sender."""
        serializer.save(customer=self.request.user)

    @action(
        detail=True,
        methods=["post"],
        schema=AutoSchema(responses={200: OrderSerializer, 409: "It is on its way already."}),
    )
    def cancel(self, request: Any, pk: Any = None) -> Response:
        """Cancel an order that is not on its way."""
        order = self.get_object()
        try:
            cancel_order(order)
        except CheckoutError as error:
            return Response({"detail": str(error)}, status=status.HTTP_409_CONFLICT)
        return Response(self.get_serializer(order).data)
