"""``showmigrations``: what there is, and what is applied."""

from __future__ import annotations

import sys
from typing import Any

from fastjango.apps import apps
from fastjango.core.management.base import BaseCommand, CommandParser
from fastjango.db import DEFAULT_DB_ALIAS, connections
from fastjango.db.migrations.loader import MigrationLoader
from fastjango.db.migrations.recorder import MigrationRecorder


class Command(BaseCommand):
    """List migrations by app, or in the order in which they are applied."""

    help = "Shows all available migrations for the current project"

    def add_arguments(self, parser: CommandParser) -> None:
        """Choose apps and form."""
        parser.add_argument("app_label", nargs="*", help="App labels of applications to limit the output to.")
        parser.add_argument(
            "--database",
            default=DEFAULT_DB_ALIAS,
            choices=tuple(connections),
            help='Nominates a database to show migrations for. Defaults to the "default" database.',
        )
        formats = parser.add_mutually_exclusive_group()
        formats.add_argument(
            "--list",
            "-l",
            action="store_const",
            dest="format",
            const="list",
            help="Shows a list of all migrations and which are applied. With a verbosity level of 2 or above, the applied datetimes will be included.",
        )
        formats.add_argument(
            "--plan",
            "-p",
            action="store_const",
            dest="format",
            const="plan",
            help="Shows all migrations in the order they will be applied. With a verbosity level of 2 or above all direct migration dependencies and reverse dependencies (run_before) will be included.",
        )
        parser.set_defaults(format="list")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print."""
        self.verbosity = options["verbosity"]
        connection = connections[options["database"]]
        if options["format"] == "plan":
            self.show_plan(connection, options["app_label"])
        else:
            self.show_list(connection, options["app_label"])

    def _validate_app_names(self, app_names: list[str]) -> None:
        failed = False
        for app_name in app_names:
            try:
                apps.get_app_config(app_name)
            except LookupError as exc:
                self.stderr.write(str(exc))
                failed = True
        if failed:
            sys.exit(2)

    def show_list(self, connection: Any, app_names: list[str] | None = None) -> None:
        """Print each app's migrations with a mark before the applied ones."""
        loader = MigrationLoader(connection, ignore_no_migrations=True)
        recorded = MigrationRecorder(connection).applied_migrations()
        graph = loader.graph
        if app_names:
            self._validate_app_names(app_names)
        else:
            app_names = sorted(loader.migrated_apps)
        for app_name in app_names:
            self.stdout.write(app_name, self.style.MIGRATE_LABEL)
            shown = set()
            for node in graph.leaf_nodes(app_name):
                for plan_node in graph.forwards_plan(node):
                    if plan_node in shown or plan_node[0] != app_name:
                        continue
                    title = plan_node[1]
                    migration = graph.nodes[plan_node]
                    if migration.replaces:
                        title += f" ({len(migration.replaces)} squashed migrations)"
                    applied = loader.applied_migrations.get(plan_node)
                    if applied:
                        if plan_node in recorded:
                            output = f" [X] {title}"
                        else:
                            title += " Run 'manage.py migrate' to finish recording."
                            output = f" [-] {title}"
                        if self.verbosity >= 2 and hasattr(applied, "applied"):
                            output += " (applied at {})".format(applied.applied.strftime("%Y-%m-%d %H:%M:%S"))
                        self.stdout.write(output)
                    else:
                        self.stdout.write(f" [ ] {title}")
                    shown.add(plan_node)
            if not shown:
                self.stdout.write(" (no migrations)", self.style.ERROR)

    def show_plan(self, connection: Any, app_names: list[str] | None = None) -> None:
        """Print all migrations in the order in which they are applied."""
        loader = MigrationLoader(connection)
        graph = loader.graph
        if app_names:
            self._validate_app_names(app_names)
            targets = [key for key in graph.leaf_nodes() if key[0] in app_names]
        else:
            targets = graph.leaf_nodes()
        plan: list[Any] = []
        seen = set()
        for target in targets:
            for key in graph.forwards_plan(target):
                if key not in seen:
                    plan.append(graph.node_map[key])
                    seen.add(key)
        for node in plan:
            deps = ""
            if self.verbosity >= 2:
                parents = ["{}.{}".format(*parent.key) for parent in sorted(node.parents)]
                deps = " ... ({})".format(", ".join(parents)) if parents else ""
            mark = "[X] " if node.key in loader.applied_migrations else "[ ] "
            self.stdout.write(f"{mark} {node.key[0]}.{node.key[1]}{deps}")
        if not plan:
            self.stdout.write("(no migrations)", self.style.ERROR)
