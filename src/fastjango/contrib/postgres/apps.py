"""The application: lookups of text fields, type handlers of connections, ranges in migrations."""

from __future__ import annotations

from typing import Any

from fastjango.apps import AppConfig
from fastjango.contrib.postgres.indexes import OpClass
from fastjango.contrib.postgres.lookups import (
    SearchLookup,
    TrigramSimilar,
    TrigramStrictWordSimilar,
    TrigramWordSimilar,
    Unaccent,
)
from fastjango.contrib.postgres.serializers import RangeSerializer
from fastjango.contrib.postgres.signals import register_type_handlers
from fastjango.core.signals import setting_changed
from fastjango.db import connections
from fastjango.db.backends.postgresql.introspection import DatabaseIntrospection
from fastjango.db.backends.postgresql.psycopg_any import RANGE_TYPES
from fastjango.db.backends.signals import connection_created
from fastjango.db.migrations.writer import MigrationWriter
from fastjango.db.models import CharField, OrderBy, TextField
from fastjango.db.models.functions import Collate
from fastjango.db.models.indexes import IndexExpression
from fastjango.utils.translation import gettext_lazy as _

__all__ = ["PostgresConfig", "uninstall_if_needed"]

_APP = "fastjango.contrib.postgres"
_TEXT_FIELDS: tuple[Any, ...] = (CharField, TextField)
_TEXT_LOOKUPS: tuple[Any, ...] = (
    Unaccent,
    SearchLookup,
    TrigramSimilar,
    TrigramWordSimilar,
    TrigramStrictWordSimilar,
)
# What inspectdb makes of the types by their numbers.
_FIELDS_BY_OID = {
    3904: f"{_APP}.fields.IntegerRangeField",
    3906: f"{_APP}.fields.DecimalRangeField",
    3910: f"{_APP}.fields.DateTimeRangeField",
    3912: f"{_APP}.fields.DateRangeField",
    3926: f"{_APP}.fields.BigIntegerRangeField",
}


def uninstall_if_needed(setting: str, value: Any, enter: bool, **kwargs: Any) -> None:
    """Take back what ``ready()`` did, when a test's settings no longer have the app."""
    if enter or setting != "INSTALLED_APPS" or _APP in set(value):
        return
    connection_created.disconnect(register_type_handlers)
    for field in _TEXT_FIELDS:
        for lookup in _TEXT_LOOKUPS:
            field._unregister_lookup(lookup)
    setting_changed.disconnect(uninstall_if_needed)
    MigrationWriter.unregister_serializer(RANGE_TYPES)


class PostgresConfig(AppConfig):
    """The configuration of ``fastjango.contrib.postgres``."""

    name = _APP
    verbose_name = _("PostgreSQL extensions")

    def ready(self) -> None:
        """Register lookups, serializer and type handlers; connections that are open already learn the types too."""
        setting_changed.connect(uninstall_if_needed)
        DatabaseIntrospection.data_types_reverse.update(_FIELDS_BY_OID)
        for connection in connections.all(initialized_only=True):
            if connection.vendor == "postgresql":
                register_type_handlers(connection)
                # Those that nobody uses now are opened anew.
                connection.pool.retire()
        connection_created.connect(register_type_handlers)
        for field in _TEXT_FIELDS:
            for lookup in _TEXT_LOOKUPS:
                field.register_lookup(lookup)
        MigrationWriter.register_serializer(RANGE_TYPES, RangeSerializer)
        IndexExpression.register_wrappers(OrderBy, OpClass, Collate)
