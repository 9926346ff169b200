"""Door at Django's path; lives in ``model_admin/``."""

from __future__ import annotations

from fastjango.contrib.admin.constants import (
    FORMFIELD_FOR_DBFIELD_DEFAULTS,
    HORIZONTAL,
    IS_FACETS_VAR,
    IS_POPUP_VAR,
    SOURCE_MODEL_VAR,
    TO_FIELD_VAR,
    VERTICAL,
    ShowFacets,
    get_content_type_for_model,
    get_ul_class,
)
from fastjango.contrib.admin.filters import IncorrectLookupParameters
from fastjango.contrib.admin.model_admin.inlines import InlineModelAdmin, StackedInline, TabularInline
from fastjango.contrib.admin.model_admin.model_admin import ModelAdmin
from fastjango.contrib.admin.model_admin.options import BaseModelAdmin
from fastjango.contrib.admin.utils import flatten_fieldsets

__all__ = [
    "FORMFIELD_FOR_DBFIELD_DEFAULTS",
    "HORIZONTAL",
    "IS_FACETS_VAR",
    "IS_POPUP_VAR",
    "SOURCE_MODEL_VAR",
    "TO_FIELD_VAR",
    "VERTICAL",
    "BaseModelAdmin",
    "IncorrectLookupParameters",
    "InlineModelAdmin",
    "ModelAdmin",
    "ShowFacets",
    "StackedInline",
    "TabularInline",
    "flatten_fieldsets",
    "get_content_type_for_model",
    "get_ul_class",
]  # fmt: skip
