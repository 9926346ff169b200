"""
``collectstatic``: copy every static file into one place for production.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from fastjango.apps import apps
from fastjango.contrib.staticfiles.finders import get_finders
from fastjango.contrib.staticfiles.storage import staticfiles_storage
from fastjango.core.checks import Tags
from fastjango.core.files.storage import FileSystemStorage
from fastjango.core.management.base import BaseCommand, CommandError
from fastjango.core.management.color import no_style
from fastjango.utils.functional import cached_property

__all__ = ["Command"]

FLAGS: tuple[tuple[tuple[str, ...], dict[str, Any]], ...] = (
    (
        ("--noinput", "--no-input"),
        {
            "action": "store_false",
            "dest": "interactive",
            "help": "Do NOT prompt the user for input of any kind.",
        },
    ),
    (
        ("--no-post-process",),
        {"action": "store_false", "dest": "post_process", "help": "Do NOT post process collected files."},
    ),
    (
        ("-i", "--ignore"),
        {
            "action": "append",
            "default": [],
            "dest": "ignore_patterns",
            "metavar": "PATTERN",
            "help": "Ignore files or directories matching this glob-style pattern. Use multiple times to ignore more.",
        },
    ),
    (
        ("-n", "--dry-run"),
        {"action": "store_true", "help": "Do everything except modify the filesystem."},
    ),
    (
        ("-c", "--clear"),
        {
            "action": "store_true",
            "help": "Clear the existing files using the storage before trying to copy or link the original file.",
        },
    ),
    (
        ("-l", "--link"),
        {"action": "store_true", "help": "Create a symbolic link to each file instead of copying."},
    ),
    (
        ("--no-default-ignore",),
        {
            "action": "store_false",
            "dest": "use_default_ignore_patterns",
            "help": "Don't ignore the common private glob-style patterns (defaults to 'CVS', '.*' and '*~').",
        },
    ),
)


class Command(BaseCommand):
    """Collect static files from the finders into the storage for static files."""

    help = "Collect static files in a single location."
    requires_system_checks = [Tags.staticfiles]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.copied_files: list[str] = []
        self.symlinked_files: list[str] = []
        self.unmodified_files: list[str] = []
        self.post_processed_files: list[str] = []
        self.skipped_files: list[str] = []
        self.deleted_files: list[str] = []
        self.storage: Any = staticfiles_storage
        self.style = no_style()

    @cached_property
    def local(self) -> bool:
        """Whether the storage is a folder."""
        try:
            self.storage.path("")
        except NotImplementedError:
            return False
        return True

    def add_arguments(self, parser: Any) -> None:
        """Add the options."""
        for names, details in FLAGS:
            parser.add_argument(*names, **details)

    def set_options(self, **options: Any) -> None:
        """Take the options into attributes."""
        self.interactive = options["interactive"]
        self.verbosity = options["verbosity"]
        self.symlink = options["link"]
        self.clear = options["clear"]
        self.dry_run = options["dry_run"]
        self.post_process = options["post_process"]
        patterns = list(options["ignore_patterns"])
        if options["use_default_ignore_patterns"]:
            patterns += getattr(apps.get_app_config("staticfiles"), "ignore_patterns")
        self.ignore_patterns = list(dict.fromkeys(os.path.normpath(pattern) for pattern in patterns))

    def collect(self) -> dict[str, list[str]]:
        """Collect everything; return the names of modified, unmodified and post-processed files."""
        if self.symlink and not self.local:
            raise CommandError("Can't symlink to a remote destination.")
        if self.clear:
            self.clear_dir("")
        handle = self.link_file if self.symlink else self.copy_file
        found = self._collect_files(handle)
        if self.post_process and hasattr(self.storage, "post_process"):
            self._post_process(found)
        return {
            "modified": self.copied_files + self.symlinked_files,
            "unmodified": self.unmodified_files,
            "post_processed": self.post_processed_files,
        }

    def _collect_files(self, handle: Callable[[str, str, Any], None]) -> dict[str, tuple[Any, str]]:
        found: dict[str, tuple[Any, str]] = {}
        for finder in get_finders():
            for path, storage in finder.list(self.ignore_patterns):
                prefix = getattr(storage, "prefix", None)
                target = os.path.join(prefix, path) if prefix else path
                if target not in found:
                    found[target] = (storage, path)
                    handle(path, target, storage)
                    continue
                self.skipped_files.append(target)
                self.log(
                    f"Found another file with the destination path '{target}'. It will be ignored since only the "
                    "first encountered file is collected. If this is not what you want, make sure every static file "
                    "has a unique path.",
                    level=1,
                )
        return found

    def _post_process(self, found: dict[str, tuple[Any, str]]) -> None:
        for original, processed_path, processed in self.storage.post_process(found, dry_run=self.dry_run):
            if isinstance(processed, Exception):
                self.stderr.write(f"Post-processing '{original}' failed!")
                # An empty line between the message and the traceback.
                self.stderr.write()
                raise processed
            if processed:
                self.log(f"Post-processed '{original}' as '{processed_path}'", level=2)
                self.post_processed_files.append(original)
            else:
                self.log(f"Skipped post-processing '{original}'")

    def handle(self, **options: Any) -> Any:
        """Ask, collect, and tell how many files there were."""
        self.set_options(**options)
        if self.interactive and self._asks():
            answer = input(self._question())
            if answer != "yes":
                raise CommandError("Collecting static files cancelled.")
        collected = self.collect()
        return self._summary(collected) if self.verbosity >= 1 else None

    def _asks(self) -> bool:
        """Tell whether there is something that could get lost."""
        if self.dry_run:
            return False
        if not (self.is_local_storage() and self.storage.location):
            return True
        location = self.storage.path("")
        return bool(os.path.exists(location) and any(os.scandir(location)))

    def _question(self) -> str:
        lines = [
            "\nYou have requested to collect static files at the destination\nlocation as specified in your settings"
        ]
        if self.is_local_storage() and self.storage.location:
            lines.append(f":\n\n    {self.storage.location}\n\n")
        else:
            lines.append(".\n\n")
        lines.append(
            "This will DELETE ALL FILES in this location!\n" if self.clear else "This will overwrite existing files!\n"
        )
        lines.append("Are you sure you want to do this?\n\nType 'yes' to continue, or 'no' to cancel: ")
        return "".join(lines)

    def _summary(self, collected: dict[str, list[str]]) -> str:
        modified, unmodified, processed = (
            len(collected[kind]) for kind in ("modified", "unmodified", "post_processed")
        )
        noun = "static file" if modified == 1 else "static files"
        action = "symlinked" if self.symlink else "copied"
        place = f" to '{self.storage.location}'" if self.is_local_storage() and self.storage.location else ""
        rest = f", {unmodified} unmodified" if unmodified else ""
        after = f", {processed} post-processed" if processed else ""
        return f"\n{modified} {noun} {action}{place}{rest}{after}."

    def log(self, msg: str, level: int = 2) -> None:
        """Write a message when the verbosity is high enough."""
        if self.verbosity >= level:
            self.stdout.write(msg)

    def is_local_storage(self) -> bool:
        """Tell whether the storage is a ``FileSystemStorage``."""
        return isinstance(self.storage, FileSystemStorage)

    def clear_dir(self, path: str) -> None:
        """Delete everything below *path* in the storage."""
        if not self.storage.exists(path):
            return
        folders, files = self.storage.listdir(path)
        for name in files:
            full = os.path.join(path, name)
            if self.dry_run:
                self.log(f"Pretending to delete '{full}'", level=1)
                continue
            self.log(f"Deleting '{full}'", level=1)
            try:
                location = self.storage.path(full)
            except NotImplementedError:
                self.storage.delete(full)
            else:
                # A broken link does not exist for the storage.
                if not os.path.exists(location) and os.path.lexists(location):
                    os.unlink(location)
                else:
                    self.storage.delete(full)
        for name in folders:
            self.clear_dir(os.path.join(path, name))

    def delete_file(self, path: str, prefixed_path: str, source_storage: Any) -> bool:
        """Delete an outdated target; return whether the file must be written."""
        if not self.storage.exists(prefixed_path):
            return True
        if self._is_up_to_date(path, prefixed_path, source_storage):
            if prefixed_path not in self.unmodified_files:
                self.unmodified_files.append(prefixed_path)
            self.log(f"Skipping '{path}' (not modified)")
            return False
        if self.dry_run:
            self.log(f"Pretending to delete '{path}'")
        else:
            self.log(f"Deleting '{path}'")
            self.storage.delete(prefixed_path)
        return True

    def _is_up_to_date(self, path: str, prefixed_path: str, source_storage: Any) -> bool:
        try:
            target_time = self.storage.get_modified_time(prefixed_path)
            source_time = source_storage.get_modified_time(path)
        except (OSError, NotImplementedError):
            return False
        # Whole seconds: not every file system keeps more.
        if target_time.replace(microsecond=0) < source_time.replace(microsecond=0):
            return False
        if not self.local:
            return True
        full_path = self.storage.path(prefixed_path)
        # A link where a file is wanted, or the other way round, is not up to date.
        return os.path.islink(full_path) == bool(self.symlink)

    def link_file(self, path: str, prefixed_path: str, source_storage: Any) -> None:
        """Put a symbolic link to the file into the storage."""
        if prefixed_path in self.symlinked_files:
            self.log(f"Skipping '{path}' (already linked earlier)")
            return
        if not self.delete_file(path, prefixed_path, source_storage):
            return
        source_path = source_storage.path(path)
        if self.dry_run:
            self.log(f"Pretending to link '{source_path}'", level=1)
            return
        self.log(f"Linking '{source_path}'", level=2)
        full_path = self.storage.path(prefixed_path)
        os.makedirs(os.path.dirname(full_path), exist_ok=True)
        try:
            if os.path.lexists(full_path):
                os.unlink(full_path)
            os.symlink(source_path, full_path)
        except NotImplementedError as problem:
            raise CommandError(f"Symlinking is not supported in this platform ({os.name}).") from problem
        except OSError as problem:
            raise CommandError(problem) from problem
        self.symlinked_files.append(prefixed_path)

    def copy_file(self, path: str, prefixed_path: str, source_storage: Any) -> None:
        """Copy the file into the storage."""
        if prefixed_path in self.copied_files:
            self.log(f"Skipping '{path}' (already copied earlier)")
            return
        if not self.delete_file(path, prefixed_path, source_storage):
            return
        source_path = source_storage.path(path)
        if self.dry_run:
            self.log(f"Pretending to copy '{source_path}'", level=1)
            return
        self.log(f"Copying '{source_path}'", level=2)
        with source_storage.open(path) as source:
            self.storage.save(prefixed_path, source)
        self.copied_files.append(prefixed_path)
