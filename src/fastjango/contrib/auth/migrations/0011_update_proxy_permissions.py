"""Permissions of proxies belong to the proxy's own content type, no longer to that of the model behind it."""

from __future__ import annotations

import sys
from typing import Any

from fastjango.core.management.color import color_style
from fastjango.db import IntegrityError, migrations
from fastjango.db.models import Q
from fastjango.db.transaction import atomic

CLASH = """
    A problem arose migrating proxy model permissions for {old} to {new}.

      Permission(s) for {new} already existed.
      Codenames Q: {query}

    Ensure to audit ALL permissions for {old} and {new}.
"""


def update_proxy_model_permissions(apps: Any, schema_editor: Any, reverse: bool = False) -> None:
    """Give the permissions of every proxy to the proxy's content type; *reverse* gives them back."""
    alias = schema_editor.connection.alias
    content_types = apps.get_model("contenttypes", "ContentType").objects.db_manager(alias)
    permissions = apps.get_model("auth", "Permission").objects.using(alias)
    for model in apps.get_models():
        if not model._meta.proxy:
            continue
        both = [content_types.get_for_model(model, for_concrete_model=concrete) for concrete in (True, False)]
        source, target = reversed(both) if reverse else both
        query = _own_permissions(model._meta)
        try:
            with atomic(using=alias):
                permissions.filter(query, content_type=source).update(content_type=target)
        except IntegrityError:
            old, new = (f"{one.app_label}_{one.model}" for one in (source, target))
            sys.stdout.write(color_style().WARNING(CLASH.format(old=old, new=new, query=query)))


def _own_permissions(opts: Any) -> Q:
    """Return what the permissions of a model are found by: the usual ones by codename, its own by name too."""
    query = Q(codename__in=[f"{action}_{opts.model_name}" for action in opts.default_permissions])
    for codename, name in opts.permissions:
        query |= Q(codename=codename, name=name)
    return query


def revert_proxy_model_permissions(apps: Any, schema_editor: Any) -> None:
    """Give the permissions of every proxy back to the model behind it."""
    update_proxy_model_permissions(apps, schema_editor, reverse=True)


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0010_alter_group_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(update_proxy_model_permissions, revert_proxy_model_permissions)]
