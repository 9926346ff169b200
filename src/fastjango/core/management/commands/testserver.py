"""``testserver``: serve fixtures from a database that is thrown away."""

from __future__ import annotations

from typing import Any

from fastjango.core.management import call_command
from fastjango.core.management.base import BaseCommand, CommandParser
from fastjango.db import connection


class Command(BaseCommand):
    """Load fixtures into a test database and start the server."""

    help = "Runs a development server with data from the given fixture(s)."
    requires_system_checks: Any = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Choose fixtures and address."""
        parser.add_argument(
            "args", metavar="fixture", nargs="*", help="Path(s) to fixtures to load before running the server."
        )
        parser.add_argument(
            "--noinput",
            "--no-input",
            action="store_false",
            dest="interactive",
            help="Tells FastJango to NOT prompt the user for input of any kind.",
        )
        parser.add_argument("--addrport", default="", help="Port number or ipaddr:port to run the server on.")

    def handle(self, *fixture_labels: Any, **options: Any) -> None:
        """Make the database, load, serve."""
        connection.creation.create_test_db(verbosity=options["verbosity"], autoclobber=not options["interactive"])
        call_command("loaddata", *fixture_labels, verbosity=options["verbosity"])
        call_command("runserver", addrport=options["addrport"], use_reloader=False)
