"""``createcachetable``: make the tables of database caches."""

from __future__ import annotations

from typing import Any

from fastjango.core.cache import caches
from fastjango.core.cache.backends.db import BaseDatabaseCache, create_cache_table
from fastjango.core.management.base import BaseCommand, CommandParser
from fastjango.db import DEFAULT_DB_ALIAS, connections, router


class Command(BaseCommand):
    """Make what is missing."""

    help = "Creates the tables needed to use the SQL cache backend."
    requires_system_checks: Any = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Choose tables and database."""
        parser.add_argument(
            "args",
            metavar="table_name",
            nargs="*",
            help="Optional table names. Otherwise, settings.CACHES is used to find cache tables.",
        )
        parser.add_argument(
            "--database",
            default=DEFAULT_DB_ALIAS,
            choices=tuple(connections),
            help='Nominates a database onto which the cache tables will be installed. Defaults to the "default" database.',
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="Does not create the table, just prints the SQL that would be run."
        )

    def handle(self, *tablenames: Any, **options: Any) -> None:
        """Make the tables."""
        names = tablenames or [cache._table for cache in caches.all() if isinstance(cache, BaseDatabaseCache)]
        for name in names:
            self._create(name, options)

    def _create(self, name: str, options: dict[str, Any]) -> None:
        database = options["database"]
        cache = BaseDatabaseCache(name, {})
        if not router.allow_migrate_model(database, cache.cache_model_class):
            return
        connection = connections[database]
        if name in connection.introspection.table_names():
            if options["verbosity"] > 0:
                self.stdout.write(f"Cache table '{name}' already exists.")
            return
        statements = create_cache_table(connection, name, dry_run=options["dry_run"])
        if options["dry_run"]:
            for statement in statements:
                self.stdout.write(statement)
        elif options["verbosity"] > 1:
            self.stdout.write(f"Cache table '{name}' created.")
