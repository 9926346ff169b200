"""The commands that a project is worked with, one after another, as they are typed; and commands of one's own."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import fastjango
from fastjango.core.management import BaseCommand, CommandError, call_command, get_commands
from fastjango.core.management.base import CommandParser

SOURCE = str(Path(fastjango.__path__[0]).parent)
MODELS = """
from fastjango.db import models


class Author(models.Model):
    name = models.CharField(max_length=50)

    def __str__(self):
        return self.name


class Book(models.Model):
    title = models.CharField(max_length=50)
    author = models.ForeignKey(Author, models.CASCADE)
"""
TESTS = """
from fastjango.test import TestCase
from .models import Author


class Tests(TestCase):
    def test_good(self):
        Author.objects.create(name="Ada")
        self.assertEqual(Author.objects.count(), 1)

    def test_bad(self):
        self.assertEqual(1 + 1, 3)
"""


class Shell:
    """A folder in which commands are typed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def type(self, *words: str, status: int = 0, stdin: str | None = None, trace: bool = False) -> str:
        """Run ``manage.py`` with *words*; return what it printed, with or without the trace of an exception."""
        kept = {name: value for name, value in os.environ.items() if not name.endswith("SETTINGS_MODULE")}
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=self.folder,
            env={**kept, "PYTHONPATH": SOURCE},
            capture_output=True,
            text=True,
            check=False,
            input=stdin,
        )
        said = done.stdout + done.stderr
        assert done.returncode == status, said
        assert ("Traceback" in said) is trace, said
        return said


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """A project with one app and its tables."""
    folder = tmp_path_factory.mktemp("a project with blanks")
    call_command("startproject", "demo", str(folder))
    shell = Shell(folder)
    shell.type("startapp", "library")
    (folder / "library" / "models.py").write_text(MODELS)
    (folder / "library" / "tests.py").write_text(TESTS)
    settings = folder / "demo" / "settings.py"
    settings.write_text(settings.read_text().replace("INSTALLED_APPS = [", 'INSTALLED_APPS = [\n    "library",', 1))
    assert "Create model Book" in shell.type("makemigrations")
    assert "Applying library.0001_initial... OK" in shell.type("migrate")
    return shell


def test_a_new_project_has_nothing_to_complain_of(shell: Shell) -> None:
    assert "System check identified no issues (0 silenced)." in shell.type("check")
    assert "No changes detected" in shell.type("makemigrations", "--check")
    assert "No migrations to apply." in shell.type("migrate")
    assert "security.W018" in shell.type("check", "--deploy")


def test_migrations_are_listed_printed_and_taken_back(shell: Shell) -> None:
    assert re.search(r"library\n \[X\] 0001_initial", shell.type("showmigrations", "library"))
    assert 'CREATE TABLE "library_book"' in shell.type("sqlmigrate", "library", "0001")
    assert "\x1b" not in shell.type("sqlmigrate", "library", "0001", "--force-color")
    assert "Unapplying library.0001_initial... OK" in shell.type("migrate", "library", "zero")
    assert "Applying library.0001_initial... OK" in shell.type("migrate", "library")


def test_rows_go_out_and_come_back(shell: Shell, tmp_path: Path) -> None:
    code = "from library.models import *; Book.objects.create(title='Ü', author=Author.objects.create(name='Ada'))"
    shell.type("shell", "-c", code)
    fixture = tmp_path / "rows.json"

    shell.type("dumpdata", "library", "--indent", "1", "--output", str(fixture))
    shell.type("flush", "--noinput")
    assert [row["model"] for row in json.loads(fixture.read_text())] == ["library.author", "library.book"]
    assert "Installed 2 object(s) from 1 fixture(s)" in shell.type("loaddata", str(fixture))
    assert shell.type("shell", "-c", "print(Book.objects.get().author)").strip().endswith("Ada")
    # Standard input is a script, too.
    assert "1" in shell.type("shell", stdin="print(Book.objects.count())\n")


def test_the_test_command_tells_what_failed(shell: Shell) -> None:
    said = shell.type("test", status=1, trace=True)

    assert "Found 2 test(s)." in said
    assert "AssertionError: 2 != 3" in said
    assert "FAILED (failures=1)" in said


def test_static_files_are_gathered(shell: Shell) -> None:
    said = shell.type("shell", "-c", "from fastjango.conf import settings; print(settings.STATIC_URL)")

    assert said.strip().endswith("static/")
    assert "without having set the STATIC_ROOT setting" in shell.type("collectstatic", "--noinput", status=1)
    shell.type("collectstatic", "--noinput", "--traceback", status=1, trace=True)


def test_settings_that_differ_are_listed(shell: Shell) -> None:
    assert "ROOT_URLCONF = 'demo.urls'" in shell.type("diffsettings")


def test_mistakes_in_typing_are_explained(shell: Shell) -> None:
    assert "Did you mean migrate?" in shell.type("migrat", status=1)
    assert "unrecognized arguments: --nonsense" in shell.type("migrate", "--nonsense", status=2)
    assert "No installed app with label 'nothing'" in shell.type("makemigrations", "nothing", status=2)
    assert "No fixture named 'nothing' found." in shell.type("loaddata", "nothing", status=1)
    assert "is not a valid app name" in shell.type("startapp", "not-a-name", status=1)


def test_help_lists_commands_by_app(shell: Shell) -> None:
    said = shell.type("help")

    for part in ("[auth]", "createsuperuser", "[fastjango]", "migrate", "[sessions]", "clearsessions"):
        assert part in said, part
    assert "usage: manage.py migrate" in shell.type("help", "migrate")
    assert shell.type("--version").strip() == fastjango.get_version()


class Greet(BaseCommand):
    """A command as a project writes it."""

    help = "Greets"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take a name, how often, and how loud."""
        parser.add_argument("name")
        parser.add_argument("--times", type=int, default=1)
        parser.add_argument("--loud", action="store_true")

    def handle(self, *args: Any, **options: Any) -> str | None:
        """Greet."""
        if options["name"] == "nobody":
            raise CommandError("There is nobody.", returncode=3)
        text = f"Hello {options['name']}"
        for _ in range(options["times"]):
            self.stdout.write(self.style.SUCCESS(text.upper() if options["loud"] else text))
        return None


class AsyncGreet(BaseCommand):
    """A command that waits."""

    async def handle(self, *args: Any, **options: Any) -> str | None:
        """Greet."""
        import asyncio

        await asyncio.sleep(0)
        return "Hello from a coroutine"


def test_a_command_is_called_with_python_values() -> None:
    out = io.StringIO()

    call_command(Greet(), "Ada", times=2, loud=True, stdout=out)

    assert out.getvalue() == "HELLO ADA\nHELLO ADA\n"


def test_a_command_refuses_what_it_does_not_know() -> None:
    with pytest.raises(TypeError, match=r"Unknown option\(s\) for test_commands_of_a_project command: colour"):
        call_command(Greet(), "Ada", colour="red")
    with pytest.raises(CommandError, match="the following arguments are required: name"):
        call_command(Greet())
    with pytest.raises(CommandError, match="There is nobody") as refused:
        call_command(Greet(), "nobody")
    assert refused.value.returncode == 3


def test_a_command_may_be_a_coroutine() -> None:
    out = io.StringIO()

    call_command(AsyncGreet(), stdout=out)

    assert out.getvalue() == "Hello from a coroutine\n"


def test_commands_are_known_by_their_app() -> None:
    assert get_commands()["migrate"] == "fastjango.core"
    assert get_commands()["createsuperuser"] == "fastjango.contrib.auth"
    with pytest.raises(CommandError, match="Unknown command: 'nothing'"):
        call_command("nothing")
