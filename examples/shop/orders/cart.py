"""The cart: product keys and quantities in the session, products and prices from the database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from catalogue.models import Product

MAX_QUANTITY = 99


@dataclass
class CartLine:
    """So many pieces of one product."""

    product: Product
    quantity: int

    @property
    def amount(self) -> Decimal:
        """Return what the line costs."""
        return self.product.price * self.quantity


class Cart:
    """The cart of a session."""

    KEY = "cart"

    def __init__(self, session: Any) -> None:
        self.session = session
        self.quantities: dict[str, int] = dict(session.get(self.KEY) or {})
        self._lines: list[CartLine] | None = None

    def __len__(self) -> int:
        return sum(self.quantities.values())

    def __iter__(self) -> Iterator[CartLine]:
        return iter(self.lines)

    @property
    def lines(self) -> list[CartLine]:
        """Return the lines whose products are still sold. One query."""
        if self._lines is None:
            found = Product.objects.visible().select_related("category").filter(pk__in=self.quantities)
            self._lines = [CartLine(product, self.quantities[str(product.pk)]) for product in found]
        return self._lines

    @property
    def total(self) -> Decimal:
        """Return what everything costs."""
        return sum((line.amount for line in self.lines), Decimal(0))

    def add(self, product: Product, quantity: int = 1) -> None:
        """Put more of a product into the cart."""
        self.set(product, self.quantities.get(str(product.pk), 0) + quantity)

    def set(self, product: Product, quantity: int) -> None:
        """Let the cart hold exactly so many; zero takes the product out."""
        if quantity < 1:
            self.quantities.pop(str(product.pk), None)
        else:
            self.quantities[str(product.pk)] = min(quantity, MAX_QUANTITY)
        self._store()

    def clear(self) -> None:
        """Empty the cart."""
        self.quantities = {}
        self._store()

    def _store(self) -> None:
        self._lines = None
        self.session[self.KEY] = self.quantities
