"""The cart for every page."""

from typing import Any

from orders.cart import Cart


def cart(request: Any) -> dict[str, Any]:
    """Add the cart of the session."""
    return {"cart": Cart(request.session)} if hasattr(request, "session") else {}
