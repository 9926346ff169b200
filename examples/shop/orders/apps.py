"""The app of orders."""

from fastjango.apps import AppConfig


class OrdersConfig(AppConfig):
    """Carts and orders."""

    name = "orders"
