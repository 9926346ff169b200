"""``loaddata``: read fixtures into the database, in one transaction."""

from __future__ import annotations

import functools
import glob
import os
import sys
import warnings
from itertools import product
from typing import Any

from fastjango.apps import apps
from fastjango.conf import settings
from fastjango.core import serializers
from fastjango.core.exceptions import ImproperlyConfigured
from fastjango.core.management.base import BaseCommand, CommandError, CommandParser
from fastjango.core.management.color import no_style
from fastjango.core.management.fixture_files import FixtureFile, LoadingBar, SingleZipReader, compression_formats
from fastjango.core.management.utils import parse_apps_and_model_labels
from fastjango.core.serializers.batches import Batch
from fastjango.db import DEFAULT_DB_ALIAS, connections, router, transaction

READ_STDIN = "-"

__all__ = ["READ_STDIN", "Command", "SingleZipReader", "humanize"]


def humanize(dirname: str) -> str:
    """Return a folder's name for messages."""
    return f"'{dirname}'" if dirname else "absolute path"


class Command(BaseCommand):
    """Load fixtures."""

    help = "Installs the named fixture(s) in the database."
    missing_args_message = (
        "No database fixture specified. Please provide the path of at least one fixture in the command line."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Choose fixtures, database and what to leave out."""
        parser.add_argument("args", metavar="fixture", nargs="+", help="Fixture labels.")
        parser.add_argument(
            "--database",
            default=DEFAULT_DB_ALIAS,
            choices=tuple(connections),
            help='Nominates a specific database to load fixtures into. Defaults to the "default" database.',
        )
        parser.add_argument("--app", dest="app_label", help="Only look for fixtures in the specified app.")
        parser.add_argument(
            "--ignorenonexistent",
            "-i",
            action="store_true",
            dest="ignore",
            help="Ignores entries in the serialized data for fields that do not currently exist on the model.",
        )
        parser.add_argument(
            "-e",
            "--exclude",
            action="append",
            default=[],
            help="An app_label or app_label.ModelName to exclude. Can be used multiple times.",
        )
        parser.add_argument("--format", help="Format of serialized data when reading from stdin.")

    def handle(self, *fixture_labels: Any, **options: Any) -> None:
        """Load everything in one transaction."""
        self.ignore = options["ignore"]
        self.using = options["database"]
        self.app_label = options["app_label"]
        self.verbosity = options["verbosity"]
        self.excluded_models, self.excluded_apps = parse_apps_and_model_labels(options["exclude"])
        self.format = options["format"]
        with transaction.atomic(using=self.using):
            self.loaddata(fixture_labels)
        if transaction.get_autocommit(self.using):
            connections[self.using].close()

    @functools.cached_property
    def compression_formats(self) -> dict[str | None, Any]:
        """The compressions that can be read: ``{extension: (opener, mode)}``."""
        return compression_formats() | {"stdin": (lambda *args: sys.stdin, None)}

    def reset_sequences(self, connection: Any, models: Any) -> None:
        """Set the sequences of *models* behind their highest keys."""
        statements = connection.ops.sequence_reset_sql(no_style(), models)
        if statements:
            if self.verbosity >= 2:
                self.stdout.write("Resetting sequences")
            with connection.cursor() as cursor:
                for line in statements:
                    cursor.execute(line)

    def loaddata(self, fixture_labels: Any) -> None:
        """Load the fixtures, then check constraints."""
        connection = connections[self.using]
        self.fixture_count = self.loaded_object_count = self.fixture_object_count = 0
        self.models: set[Any] = set()
        self.serialization_formats = serializers.get_public_serializer_formats()
        for label in fixture_labels:
            if self.find_fixtures(label):
                break
        else:
            return
        self.objs_with_deferred_fields: list[Any] = []
        with connection.constraint_checks_disabled():
            for label in fixture_labels:
                self.load_label(label)
            for obj in self.objs_with_deferred_fields:
                obj.save_deferred_fields(using=self.using)
        # The checks were off: now everything must hold.
        table_names = [model._meta.db_table for model in self.models]
        try:
            connection.check_constraints(table_names=table_names)
        except Exception as exc:
            exc.args = (f"Problem installing fixtures: {exc}",)
            raise
        if self.loaded_object_count > 0:
            self.reset_sequences(connection, self.models)
        if self.verbosity >= 1:
            counts = f"{self.loaded_object_count} object(s)"
            if self.fixture_object_count != self.loaded_object_count:
                counts += f" (of {self.fixture_object_count})"
            self.stdout.write(f"Installed {counts} from {self.fixture_count} fixture(s)")

    def save_obj(self, obj: Any) -> bool:
        """Save a deserialized object, or let it wait for more; returns False for one of a model that is left out."""
        model = obj.object.__class__
        if model._meta.app_config in self.excluded_apps or model in self.excluded_models:
            return False
        saved = router.allow_migrate_model(self.using, model)
        if saved:
            self.models.add(model)
            self.batch.add(obj)
        if obj.deferred_fields:
            self.objs_with_deferred_fields.append(obj)
        return saved

    def load_label(self, fixture_label: str) -> None:
        """Load every file that a label names."""
        for fixture_file, fixture_dir, fixture_name in self.find_fixtures(fixture_label):
            _, ser_fmt, cmp_fmt = self.parse_name(os.path.basename(fixture_file))
            fixture = FixtureFile.open(fixture_file, cmp_fmt, *self.compression_formats[cmp_fmt])
            self.fixture_count += 1
            if self.verbosity >= 2:
                self.stdout.write(f"Installing {ser_fmt} fixture '{fixture_name}' from {humanize(fixture_dir)}.")
            try:
                objects_in_fixture, loaded = self.load_file(fixture, str(ser_fmt))
            except Exception as exc:
                if not isinstance(exc, CommandError):
                    exc.args = (f"Problem installing fixture '{fixture_file}': {exc}",)
                raise
            finally:
                fixture.close()
            self.loaded_object_count += loaded
            self.fixture_object_count += objects_in_fixture
            if objects_in_fixture == 0:
                warnings.warn(
                    f"No fixture data found for '{fixture_name}'. (File format may be invalid.)",
                    RuntimeWarning,
                    stacklevel=2,
                )

    def load_file(self, fixture: FixtureFile, ser_fmt: str) -> tuple[int, int]:
        """Load an open file; return how many objects there are in it, and how many were saved."""
        objects_in_fixture = loaded = 0
        objects: Any = serializers.deserialize(
            ser_fmt,
            fixture.stream,
            using=self.using,
            ignorenonexistent=self.ignore,
            handle_forward_references=True,
        )
        self.batch = Batch(self.using, together=vars(type(objects)).get("saved_in_batches", False))
        if self.batch.together:
            objects.before_lookup = self.batch.save
        bar = self._bar(fixture, objects)
        try:
            try:
                for obj in objects:
                    objects_in_fixture += 1
                    if self.save_obj(obj):
                        loaded += 1
                        if self.verbosity >= 3:
                            self.stdout.write(f"\rProcessed {loaded} object(s).", ending="")
                    if bar is not None:
                        bar.update(objects_in_fixture)
            except Exception:
                # An object that waits may be wrong as well: the first error is the one to tell.
                self.batch.save()
                raise
            self.batch.save()
            if bar is not None:
                bar.finish()
            elif self.verbosity >= 3 and objects_in_fixture:
                self.stdout.write("")
        finally:
            if bar is not None:
                bar.close()
        return objects_in_fixture, loaded

    def _bar(self, fixture: FixtureFile, objects: Any) -> LoadingBar | None:
        # Only where a person looks; -v 3 tells of each object instead.
        if self.verbosity not in (1, 2) or not self.stdout.isatty():
            return None
        listed = getattr(objects, "stream", None)
        return LoadingBar(self.stdout, fixture, len(listed) if isinstance(listed, list) else None)

    def get_fixture_name_and_dirs(self, fixture_name: str) -> tuple[str, list[str]]:
        """Return a label's file name and the folders where it may lie."""
        dirname, basename = os.path.split(fixture_name)
        if os.path.isabs(fixture_name):
            return basename, [dirname]
        dirs = self.fixture_dirs
        if os.path.sep in os.path.normpath(fixture_name):
            dirs = [os.path.join(folder, dirname) for folder in dirs]
        return basename, dirs

    def get_targets(self, fixture_name: str, ser_fmt: str | None, cmp_fmt: str | None) -> set[str]:
        """Return the file names that would do for a label."""
        databases = [self.using, None]
        cmp_fmts = self.compression_formats if cmp_fmt is None else [cmp_fmt]
        ser_fmts = self.serialization_formats if ser_fmt is None else [ser_fmt]
        return {
            "{}.{}".format(fixture_name, ".".join(ext for ext in combination if ext))
            for combination in product(databases, ser_fmts, cmp_fmts)
        }

    def find_fixture_files_in_dir(
        self, fixture_dir: str, fixture_name: str, targets: set[str]
    ) -> list[tuple[str, str, str]]:
        """Return the files of a folder that are among the targets."""
        folder = os.path.join(fixture_dir, "") if fixture_dir else ""
        found = []
        for candidate in glob.iglob(glob.escape(os.path.join(folder, fixture_name)) + "*"):
            if os.path.basename(candidate) in targets:
                found.append((candidate, fixture_dir, fixture_name))
        return found

    @functools.cache  # noqa: B019 - a command lives as long as its run
    def find_fixtures(self, fixture_label: str) -> list[tuple[str, Any, str]]:
        """
        Return the files of a label.

        Raises:
            CommandError: There are none, or several in one folder.
        """
        if fixture_label == READ_STDIN:
            return [(READ_STDIN, None, READ_STDIN)]
        fixture_name, ser_fmt, cmp_fmt = self.parse_name(fixture_label)
        if self.verbosity >= 2:
            self.stdout.write(f"Loading '{fixture_name}' fixtures...")
        fixture_name, fixture_dirs = self.get_fixture_name_and_dirs(fixture_name)
        targets = self.get_targets(fixture_name, ser_fmt, cmp_fmt)
        fixture_files = []
        for fixture_dir in fixture_dirs:
            if self.verbosity >= 2:
                self.stdout.write(f"Checking {humanize(fixture_dir)} for fixtures...")
            in_dir = self.find_fixture_files_in_dir(fixture_dir, fixture_name, targets)
            if self.verbosity >= 2 and not in_dir:
                self.stdout.write(f"No fixture '{fixture_name}' in {humanize(fixture_dir)}.")
            if len(in_dir) > 1:
                raise CommandError(f"Multiple fixtures named '{fixture_name}' in {humanize(fixture_dir)}. Aborting.")
            fixture_files += in_dir
        if not fixture_files:
            raise CommandError(f"No fixture named '{fixture_name}' found.")
        return fixture_files

    @functools.cached_property
    def fixture_dirs(self) -> list[str]:
        """The folders that are searched: those of the apps, ``FIXTURE_DIRS`` and the current one."""
        dirs: list[Any] = []
        fixture_dirs = settings.FIXTURE_DIRS
        if len(fixture_dirs) != len(set(fixture_dirs)):
            raise ImproperlyConfigured("settings.FIXTURE_DIRS contains duplicates.")
        for app_config in apps.get_app_configs():
            app_dir = os.path.join(app_config.path, "fixtures")
            if app_dir in [str(folder) for folder in fixture_dirs]:
                raise ImproperlyConfigured(
                    f"'{app_dir}' is a default fixture directory for the '{app_config.label}' app and cannot be "
                    "listed in settings.FIXTURE_DIRS."
                )
            if self.app_label and app_config.label != self.app_label:
                continue
            if os.path.isdir(app_dir):
                dirs.append(app_dir)
        dirs += list(fixture_dirs)
        dirs.append("")
        return [os.path.realpath(folder) for folder in dirs]

    def parse_name(self, fixture_name: str) -> tuple[str, str | None, str | None]:
        """Split a label into name, format and compression."""
        if fixture_name == READ_STDIN:
            if not self.format:
                raise CommandError("--format must be specified when reading from stdin.")
            return READ_STDIN, self.format, "stdin"
        parts = fixture_name.rsplit(".", 2)
        if len(parts) > 1 and parts[-1] in self.compression_formats:
            cmp_fmt: str | None = parts[-1]
            parts = parts[:-1]
        else:
            cmp_fmt = None
        ser_fmt: str | None = None
        if len(parts) > 1:
            if parts[-1] not in self.serialization_formats:
                raise CommandError(
                    f"Problem installing fixture '{'.'.join(parts[:-1])}': {parts[-1]} is not a known serialization "
                    "format."
                )
            ser_fmt = parts[-1]
            parts = parts[:-1]
        return ".".join(parts), ser_fmt, cmp_fmt
