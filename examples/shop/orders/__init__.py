"""The cart, orders and the checkout."""
