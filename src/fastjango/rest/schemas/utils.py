"""What generator and inspectors both ask about views and models."""

from __future__ import annotations

from typing import Any

from fastjango.db import models
from fastjango.rest.mixins import RetrieveModelMixin
from fastjango.utils.translation import gettext_lazy as _


def is_list_view(path: str, method: str, view: Any) -> bool:
    """Return whether the method answers with many objects: by the action, else by what the address ends with."""
    if hasattr(view, "action"):
        return bool(view.action == "list")
    if method.lower() != "get" or isinstance(view, RetrieveModelMixin):
        return False
    return "{" not in path.strip("/").rpartition("/")[2]


def get_pk_description(model: Any, model_field: Any) -> str:
    """Return what a primary key in an address is."""
    if isinstance(model_field, models.AutoField):
        value_type: Any = _("unique integer value")
    elif isinstance(model_field, models.UUIDField):
        value_type = _("UUID string")
    else:
        value_type = _("unique value")
    text: Any = _("A {value_type} identifying this {name}.")
    return str(text.format(value_type=value_type, name=model._meta.verbose_name))


__all__ = ["get_pk_description", "is_list_view"]
