"""
The first site: made when the table is made, so that there is a current site from the start.
"""

from __future__ import annotations

from typing import Any

from fastjango.apps import apps as global_apps
from fastjango.conf import settings
from fastjango.core.management.color import no_style
from fastjango.db import DEFAULT_DB_ALIAS, connections, router

__all__ = ["create_default_site"]


def create_default_site(
    app_config: Any,
    verbosity: int = 2,
    interactive: bool = True,
    using: str = DEFAULT_DB_ALIAS,
    apps: Any = global_apps,
    **kwargs: Any,
) -> None:
    """Make ``example.com`` in an empty table, with ``SITE_ID`` as its key. Queries: 1, 2 when it is made."""
    try:
        site_model = apps.get_model("sites", "Site")
    except LookupError:
        return
    if not router.allow_migrate_model(using, site_model) or site_model.objects.using(using).exists():
        return
    if verbosity >= 2:
        print("Creating example.com Site object")
    site_model(pk=getattr(settings, "SITE_ID", 1), domain="example.com", name="example.com").save(using=using)
    connection = connections[using]
    # A key that was given does not move the sequence on, so the next one would be the same.
    statements = connection.ops.sequence_reset_sql(no_style(), [site_model])
    if statements:
        if verbosity >= 2:
            print("Resetting sequence")
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
