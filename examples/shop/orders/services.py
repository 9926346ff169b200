"""What the shop does with orders; called by pages, the API and tests alike."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from catalogue.models import Product
from orders.models import Order, OrderLine

from fastjango.core.mail import send_mail
from fastjango.db import transaction
from fastjango.db.models import F
from fastjango.dispatch import Signal

#: Sent after an order was committed, with ``order``.
order_placed = Signal()


class CheckoutError(Exception):
    """The order cannot be placed; the message is meant for the customer."""


@transaction.atomic
def place_order(customer: Any, wanted: Iterable[tuple[Product, int]], address: str, note: str = "") -> Order:
    """
    Make an order and take its products out of the stock: all of it or nothing.

    Raises:
        CheckoutError: The cart is empty, or a product is not there in the wanted quantity.
    """
    items = list(wanted)
    if not items:
        raise CheckoutError("Your cart is empty.")
    order = Order.objects.create(customer=customer, address=address, note=note)
    for product, quantity in items:
        # One statement checks and takes, so that two customers never get the same piece.
        if (
            not Product.objects.available()
            .filter(pk=product.pk, stock__gte=quantity)
            .update(stock=F("stock") - quantity)
        ):
            raise CheckoutError(f"There is not enough of “{product.name}” in stock.")
    OrderLine.objects.bulk_create(
        OrderLine(order=order, product=product, quantity=quantity, unit_price=product.price)
        for product, quantity in items
    )
    transaction.on_commit(lambda: _after_commit(order))
    return order


@transaction.atomic
def cancel_order(order: Order) -> None:
    """
    Cancel an order that was not shipped and put its products back.

    Raises:
        CheckoutError: It is on its way or cancelled already.
    """
    open_states = [Order.Status.PLACED, Order.Status.PAID]
    if not Order.objects.filter(pk=order.pk, status__in=open_states).update(status=Order.Status.CANCELLED):
        raise CheckoutError("This order cannot be cancelled any more.")
    for line in order.lines.all():
        Product.objects.filter(pk=line.product_id).update(stock=F("stock") + line.quantity)
    order.refresh_from_db(fields=["status"])


def order_total(order: Order) -> Decimal:
    """Return what an order costs, summed by the database."""
    return Order.objects.with_totals().get(pk=order.pk).total


def _after_commit(order: Order) -> None:
    order_placed.send(sender=Order, order=order)
    if order.customer.email:
        send_mail(
            f"Your order {order.pk}",
            f"Thank you, {order.customer}. We will send your order to:\n\n{order.address}\n",
            None,
            [order.customer.email],
            fail_silently=True,
        )
