"""
``CurrentSiteManager``: only the objects of the current site.
"""

from __future__ import annotations

from typing import Any

from fastjango.conf import settings
from fastjango.core import checks
from fastjango.core.exceptions import FieldDoesNotExist
from fastjango.db import models

__all__ = ["CurrentSiteManager"]


class CurrentSiteManager(models.Manager[Any]):
    """
    A manager limited to ``settings.SITE_ID``.

    Args:
        field_name: The foreign key or many-to-many field to ``Site``; ``site`` or ``sites`` by default.
    """

    use_in_migrations = True

    def __init__(self, field_name: str | None = None) -> None:
        super().__init__()
        self.__field_name = field_name

    def check(self, **kwargs: Any) -> list[Any]:
        """Return errors about the field."""
        return [*super().check(**kwargs), *self._check_field_name()]

    def _check_field_name(self) -> list[Any]:
        name = self._get_field_name()
        try:
            field = self.model._meta.get_field(name)
        except FieldDoesNotExist:
            return [
                checks.Error(f"CurrentSiteManager could not find a field named '{name}'.", obj=self, id="sites.E001")
            ]
        if not field.many_to_many and not isinstance(field, models.ForeignKey):
            owner = self.model._meta.object_name
            return [
                checks.Error(
                    f"CurrentSiteManager cannot use '{owner}.{name}' as it is not a foreign key or a many-to-many "
                    "field.",
                    obj=self,
                    id="sites.E002",
                )
            ]
        return []

    def _get_field_name(self) -> str:
        """Return the field's name: the one given, else ``site`` where there is one, else ``sites``."""
        if not self.__field_name:
            try:
                self.model._meta.get_field("site")
            except FieldDoesNotExist:
                self.__field_name = "sites"
            else:
                self.__field_name = "site"
        return self.__field_name

    def get_queryset(self) -> Any:
        """Return the objects of the current site."""
        return super().get_queryset().filter(**{f"{self._get_field_name()}__id": settings.SITE_ID})
