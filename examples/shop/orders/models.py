"""Orders: a join model holds how many of which product at which price."""

from __future__ import annotations

from decimal import Decimal

from catalogue.models import Product

from fastjango.conf import settings
from fastjango.core.validators import MinValueValidator
from fastjango.db import models
from fastjango.db.models import DecimalField, F, Sum, Value
from fastjango.db.models.functions import Coalesce
from fastjango.urls import reverse


class OrderQuerySet(models.QuerySet["Order"]):
    """Orders with what the database can work out about them."""

    def with_totals(self) -> OrderQuerySet:
        """Add ``total`` and ``pieces``, summed over the lines."""
        money = DecimalField(max_digits=12, decimal_places=2)
        price = Sum(F("lines__quantity") * F("lines__unit_price"), output_field=money)
        return self.annotate(
            total=Coalesce(price, Value(Decimal(0)), output_field=money),
            pieces=Coalesce(Sum("lines__quantity"), 0),
        )


class Order(models.Model):
    """What one customer bought at one time."""

    class Status(models.TextChoices):
        """Where the order is on its way."""

        PLACED = "placed", "Placed"
        PAID = "paid", "Paid"
        SHIPPED = "shipped", "Shipped"
        CANCELLED = "cancelled", "Cancelled"

    customer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="orders")
    products = models.ManyToManyField(Product, through="OrderLine", related_name="orders")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PLACED)
    address = models.TextField()
    note = models.TextField(blank=True)
    created = models.DateTimeField(auto_now_add=True)

    objects = OrderQuerySet.as_manager()

    class Meta:
        ordering = ["-created", "-id"]
        indexes = [models.Index(fields=["customer", "-created"], name="order_customer_created")]

    def __str__(self) -> str:
        return f"Order {self.pk}"

    def get_absolute_url(self) -> str:
        """Return the address of its page."""
        return reverse("orders:detail", args=[self.pk])


class OrderLine(models.Model):
    """So many pieces of one product in one order."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="lines")
    quantity = models.PositiveIntegerField(validators=[MinValueValidator(1)])
    unit_price = models.DecimalField(max_digits=10, decimal_places=2)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["order", "product"], name="one_line_per_product")]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.product}"

    @property
    def amount(self) -> Decimal:
        """Return what the line costs."""
        return self.quantity * self.unit_price
