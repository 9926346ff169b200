"""The app of the catalogue."""

from fastjango.apps import AppConfig


class CatalogueConfig(AppConfig):
    """What the shop sells."""

    name = "catalogue"
