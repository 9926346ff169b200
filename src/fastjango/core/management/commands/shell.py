"""``shell``: a Python prompt with the project's models at hand; ``await`` works in it."""

from __future__ import annotations

import os
import select
import sys
import traceback
from collections.abc import Callable
from typing import Any

from fastjango.apps import apps
from fastjango.core.management.base import BaseCommand, CommandError, CommandParser
from fastjango.utils.datastructures import OrderedSet
from fastjango.utils.module_loading import import_string


class Command(BaseCommand):
    """Start a prompt."""

    help = (
        "Runs a Python interactive interpreter. Tries to use IPython or bpython, if one of them is available. Any "
        "standard input is executed as code."
    )
    requires_system_checks: Any = []
    shells = ["ipython", "bpython", "python"]

    def add_arguments(self, parser: CommandParser) -> None:
        """Choose the interpreter, or code to run."""
        parser.add_argument(
            "--no-startup",
            action="store_true",
            help="When using plain Python, ignore the PYTHONSTARTUP environment variable and ~/.pythonrc.py script.",
        )
        parser.add_argument("--no-imports", action="store_true", help="Disable automatic imports of models.")
        parser.add_argument(
            "-i",
            "--interface",
            choices=self.shells,
            help='Specify an interactive interpreter interface. Available options: "ipython", "bpython", and "python"',
        )
        parser.add_argument(
            "-c", "--command", help="Instead of opening an interactive shell, run a command as FastJango and exit."
        )

    # ------------------------------------------------------------ names

    def get_auto_imports(self) -> list[str] | None:
        """Return the dotted paths that the prompt imports: every model. Override it to add some."""
        return [f"{model.__module__}.{model.__name__}" for model in reversed(apps.get_models()) if model.__module__]

    def get_namespace(self, **options: Any) -> dict[str, Any]:
        """Return the names of the prompt."""
        if options and options.get("no_imports"):
            return {}
        verbosity = options["verbosity"] if options else 0
        try:
            apps.check_models_ready()
        except Exception as exc:
            if verbosity:
                self.stdout.write(self.style.ERROR(f"Automatic imports are disabled: {exc}"), ending="\n\n")
            return {}
        paths = self.get_auto_imports()
        if paths is None:
            return {}
        namespace: dict[str, Any] = {}
        failed: OrderedSet = OrderedSet()
        for path in paths:
            try:
                namespace[path.rpartition(".")[2]] = import_string(path) if "." in path else __import__(path)
            except ImportError:
                failed.add(path)
        if verbosity:
            self._tell_imports(len(namespace), list(failed))
        return namespace

    def _tell_imports(self, count: int, failed: list[str]) -> None:
        plural = "" if count == 1 else "s"
        for path in failed:
            self.stdout.write(self.style.ERROR(f"  {path} could not be imported."))
        self.stdout.write(
            self.style.SUCCESS(f"{count} object{plural} imported automatically (use -v 2 for details)."), ending="\n\n"
        )

    # ------------------------------------------------------------ interpreters

    def ipython(self, options: dict[str, Any]) -> None:
        """Start IPython."""
        from IPython import start_ipython  # type: ignore[import-not-found,unused-ignore]

        start_ipython(argv=[], user_ns=self.get_namespace(**options))

    def bpython(self, options: dict[str, Any]) -> None:
        """Start bpython."""
        import bpython  # type: ignore[import-not-found,unused-ignore]

        bpython.embed(self.get_namespace(**options))

    def python(self, options: dict[str, Any]) -> None:
        """Start Python's own prompt."""
        import code

        names = self.get_namespace(**options)
        try:
            import readline
            import rlcompleter

            readline.set_completer(rlcompleter.Completer(names).complete)
            readline.parse_and_bind("tab: complete")
        except ImportError:
            pass
        if not options["no_startup"]:
            for path in OrderedSet([os.environ.get("PYTHONSTARTUP"), os.path.expanduser("~/.pythonrc.py")]):
                if not path or not os.path.isfile(path):
                    continue
                try:
                    with open(path, "rb") as file:
                        exec(compile(file.read(), path, "exec"), names)
                except Exception:
                    traceback.print_exc()
        code.interact(local=names)

    def handle(self, **options: Any) -> None:
        """Run code, or start the first interpreter there is."""
        if options["command"]:
            exec(options["command"], {**globals(), **self.get_namespace(**options)})
            return
        # Code on standard input; nobody can type there.
        if sys.platform != "win32" and not sys.stdin.isatty() and select.select([sys.stdin], [], [], 0)[0]:
            exec(sys.stdin.read(), {**globals(), **self.get_namespace(**options)})
            return
        for shell in [options["interface"]] if options["interface"] else self.shells:
            start: Callable[[dict[str, Any]], None] = getattr(self, shell)
            try:
                start(options)
            except ImportError:
                continue
            return
        raise CommandError(f"Couldn't import {options['interface'] or shell} interface.")
