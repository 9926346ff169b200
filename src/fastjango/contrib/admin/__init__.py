"""
The admin: pages to look at and change the data of registered models.

``sites.py`` a site and its registry, ``model_admin/`` what is done with one model, ``views/`` the list, ``filters.py``
``actions.py`` ``widgets.py`` ``helpers.py`` its parts, ``templates/`` and ``static/`` its look, ``models.py`` the log.
"""

from fastjango.contrib.admin.decorators import action, display, register
from fastjango.contrib.admin.filters import (
    AllValuesFieldListFilter,
    BooleanFieldListFilter,
    ChoicesFieldListFilter,
    DateFieldListFilter,
    EmptyFieldListFilter,
    FieldListFilter,
    ListFilter,
    RelatedFieldListFilter,
    RelatedOnlyFieldListFilter,
    SimpleListFilter,
)
from fastjango.contrib.admin.options import (
    HORIZONTAL,
    VERTICAL,
    ModelAdmin,
    ShowFacets,
    StackedInline,
    TabularInline,
)
from fastjango.contrib.admin.sites import AdminSite, site
from fastjango.utils.module_loading import autodiscover_modules

__all__ = [
    "HORIZONTAL",
    "VERTICAL",
    "AdminSite",
    "AllValuesFieldListFilter",
    "BooleanFieldListFilter",
    "ChoicesFieldListFilter",
    "DateFieldListFilter",
    "EmptyFieldListFilter",
    "FieldListFilter",
    "ListFilter",
    "ModelAdmin",
    "RelatedFieldListFilter",
    "RelatedOnlyFieldListFilter",
    "ShowFacets",
    "SimpleListFilter",
    "StackedInline",
    "TabularInline",
    "action",
    "autodiscover",
    "display",
    "register",
    "site",
]  # fmt: skip


def autodiscover() -> None:
    """Import the module ``admin`` of every app: it registers the app's models."""
    autodiscover_modules("admin", register_to=site)
