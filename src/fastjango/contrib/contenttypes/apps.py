"""The app ``contenttypes``."""

from __future__ import annotations

from typing import Any

from fastjango.apps import AppConfig
from fastjango.contrib.contenttypes.checks import check_generic_foreign_keys, check_model_name_lengths
from fastjango.contrib.contenttypes.management import create_contenttypes, inject_rename_contenttypes_operations
from fastjango.core import checks
from fastjango.db.models.signals import post_migrate, pre_migrate
from fastjango.utils.translation import gettext_lazy as _


class ContentTypesConfig(AppConfig):
    """Keeps the rows in step with the models."""

    default_auto_field = "fastjango.db.models.AutoField"
    name = "fastjango.contrib.contenttypes"
    verbose_name: Any = _("Content Types")

    def ready(self) -> None:
        """Connect."""
        pre_migrate.connect(inject_rename_contenttypes_operations, sender=self)
        post_migrate.connect(create_contenttypes)
        checks.register(check_generic_foreign_keys, checks.Tags.models)
        checks.register(check_model_name_lengths, checks.Tags.models)
