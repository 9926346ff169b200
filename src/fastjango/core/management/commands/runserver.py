"""``runserver``: uvicorn for development, reloading on changes, with a coloured log of requests."""

from __future__ import annotations

import errno
import os
import re
import socket
import sys
from datetime import datetime
from typing import Any

import fastjango
from fastjango.conf import settings
from fastjango.core.management.base import BaseCommand, CommandError, CommandParser
from fastjango.core.management.reload import run_with_reloader
from fastjango.core.management.request_log import RequestLog

NAIVE_IP_RE = re.compile(
    r"^(?:(?P<addr>(?P<ipv4>\d{1,3}(?:\.\d{1,3}){3})|(?P<ipv6>\[[a-fA-F0-9:]+\])|(?P<fqdn>[a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)*)):)?(?P<port>\d+)$"
)


class Command(BaseCommand):
    """Serve the project on this machine."""

    help = "Starts a lightweight web server for development."
    requires_system_checks: Any = []
    stealth_options = ("shutdown_message",)
    suppressed_base_arguments = {"--verbosity", "--traceback"}
    default_addr = "127.0.0.1"
    default_addr_ipv6 = "::1"
    default_port = "8000"
    protocol = "http"

    def add_arguments(self, parser: CommandParser) -> None:
        """Choose address and reloading."""
        parser.add_argument("addrport", nargs="?", help="Optional port number, or ipaddr:port")
        parser.add_argument(
            "--ipv6", "-6", action="store_true", dest="use_ipv6", help="Tells FastJango to use an IPv6 address."
        )
        parser.add_argument(
            "--noreload",
            action="store_false",
            dest="use_reloader",
            help="Tells FastJango to NOT use the auto-reloader.",
        )
        parser.add_argument(
            "--nothreading",
            action="store_false",
            dest="use_threading",
            help="Accepted for old scripts; the server runs on an event loop.",
        )
        parser.add_argument("--skip-checks", action="store_true", help="Skip system checks.")
        parser.add_argument(
            "--nostatic",
            action="store_false",
            dest="use_static_handler",
            help="Tells FastJango to NOT automatically serve static files at STATIC_URL.",
        )
        parser.add_argument(
            "--insecure",
            action="store_true",
            dest="insecure_serving",
            help="Allows serving static files even if DEBUG is False.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Check the address, then serve."""
        if not settings.DEBUG and not settings.ALLOWED_HOSTS:
            raise CommandError("You must set settings.ALLOWED_HOSTS if DEBUG is False.")
        self.use_ipv6 = options["use_ipv6"]
        if self.use_ipv6 and not socket.has_ipv6:
            raise CommandError("Your Python does not support IPv6.")
        self._raw_ipv6 = False
        if not options["addrport"]:
            self.addr, self.port = "", self.default_port
        else:
            self._parse_address(options["addrport"])
        if not self.addr:
            self.addr = self.default_addr_ipv6 if self.use_ipv6 else self.default_addr
            self._raw_ipv6 = self.use_ipv6
        self.run(**options)

    def _parse_address(self, addrport: str) -> None:
        match = NAIVE_IP_RE.match(addrport)
        if match is None:
            raise CommandError(f'"{addrport}" is not a valid port number or address:port pair.')
        self.addr, self.port = match["addr"] or "", match["port"]
        if not self.port.isdigit():
            raise CommandError(f"{self.port!r} is not a valid port number.")
        if self.addr and match["ipv6"]:
            self.addr = self.addr[1:-1]
            self.use_ipv6 = self._raw_ipv6 = True
        elif self.addr and self.use_ipv6 and not match["fqdn"]:
            raise CommandError(f'"{self.addr}" is not a valid IPv6 address.')

    def run(self, **options: Any) -> None:
        """Serve, in a child that is started again when a file changes."""
        if options["use_reloader"]:
            run_with_reloader(self.inner_run, **options)
        else:
            self.inner_run(**options)

    def inner_run(self, *args: Any, **options: Any) -> None:
        """Check the project, print where it is served, serve it."""
        if not options["skip_checks"]:
            self.stdout.write("Performing system checks...\n\n")
            self.check(display_num_errors=True)
        self.check_migrations()
        self.on_bind(self.port)
        self.stdout.flush()
        try:
            self._serve(options)
        except OSError as exc:
            reasons = {
                errno.EACCES: "You don't have permission to access that port.",
                errno.EADDRINUSE: "That port is already in use.",
                errno.EADDRNOTAVAIL: "That IP address can't be assigned to.",
            }
            self.stderr.write(f"Error: {reasons.get(exc.errno or 0, exc)}")
            # A child of the reloader must end with all its threads.
            sys.stderr.flush()
            os._exit(1)
        except KeyboardInterrupt:
            if message := options.get("shutdown_message"):
                self.stdout.write(message)
            sys.exit(0)

    def on_bind(self, server_port: Any) -> None:
        """Print where the project is served."""
        quit_command = "CTRL-BREAK" if sys.platform == "win32" else "CONTROL-C"
        host = f"[{self.addr}]" if self._raw_ipv6 else "0.0.0.0" if self.addr == "0" else self.addr  # noqa: S104  only shown
        now = datetime.now().strftime("%B %d, %Y - %X")
        module = os.environ.get("FASTJANGO_SETTINGS_MODULE") or settings.SETTINGS_MODULE
        self.stdout.write(
            f"{now}\nFastJango version {fastjango.get_version()}, using settings {module!r}\n"
            f"Starting development server at {self.protocol}://{host}:{server_port}/\nQuit the server with {quit_command}."
        )
        if "true" not in (
            os.environ.get("FASTJANGO_RUNSERVER_HIDE_WARNING"),
            os.environ.get("DJANGO_RUNSERVER_HIDE_WARNING"),
        ):
            self.stdout.write(
                self.style.WARNING(
                    "WARNING: This is a development server. Do not use it in a production setting. Use a production WSGI "
                    "or ASGI server instead.\nFor more information on production servers see: docs/howto/deploy.md"
                )
            )

    def get_application(self, **options: Any) -> Any:
        """Return the ASGI application; the staticfiles app wraps it."""
        from fastjango.core.handlers.app import default_application

        return default_application()

    def _serve(self, options: dict[str, Any]) -> None:
        import uvicorn

        family = socket.AF_INET6 if self.use_ipv6 else socket.AF_INET
        listener = socket.create_server((self.addr, int(self.port)), family=family, backlog=128)
        app = RequestLog(self.get_application(**options))
        # The proxy headers of the server stay off: only settings say which proxy is trusted.
        config = uvicorn.Config(app, log_level="warning", access_log=False, proxy_headers=False, server_header=False)
        uvicorn.Server(config).run(sockets=[listener])
