"""Names of parameters, and the widgets that the admin gives to model fields."""

from __future__ import annotations

import enum
from typing import Any

from fastjango import forms
from fastjango.contrib.admin import widgets
from fastjango.db import models

IS_POPUP_VAR = "_popup"
SOURCE_MODEL_VAR = "_source_model"
TO_FIELD_VAR = "_to_field"
IS_FACETS_VAR = "_facets"
HORIZONTAL, VERTICAL = 1, 2


class ShowFacets(enum.Enum):
    """When the filters show counts."""

    NEVER = "NEVER"
    ALLOW = "ALLOW"
    ALWAYS = "ALWAYS"


FORMFIELD_FOR_DBFIELD_DEFAULTS: dict[Any, dict[str, Any]] = {
    models.DateTimeField: {"form_class": forms.SplitDateTimeField, "widget": widgets.AdminSplitDateTime},
    models.DateField: {"widget": widgets.AdminDateWidget},
    models.TimeField: {"widget": widgets.AdminTimeWidget},
    models.TextField: {"widget": widgets.AdminTextareaWidget},
    models.URLField: {"widget": widgets.AdminURLFieldWidget},
    models.IntegerField: {"widget": widgets.AdminIntegerFieldWidget},
    models.BigIntegerField: {"widget": widgets.AdminBigIntegerFieldWidget},
    models.CharField: {"widget": widgets.AdminTextInputWidget},
    models.ImageField: {"widget": widgets.AdminFileWidget},
    models.FileField: {"widget": widgets.AdminFileWidget},
    models.EmailField: {"widget": widgets.AdminEmailInputWidget},
    models.UUIDField: {"widget": widgets.AdminUUIDInputWidget},
}


def get_content_type_for_model(obj: Any) -> Any:
    """Return the content type of an object's model."""
    from fastjango.contrib.contenttypes.models import ContentType

    return ContentType.objects.get_for_model(obj, for_concrete_model=False)


def get_ul_class(radio_style: int) -> str:
    """Return the CSS class of a list of radio buttons."""
    return "radiolist" if radio_style == VERTICAL else "radiolist inline"
