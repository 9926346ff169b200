"""
The list of hashed names on disk, ``staticfiles.json``, so that no process has to hash files to know their URLs.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

from fastjango.contrib.staticfiles.hashing import HashedFilesMixin
from fastjango.core.files.base import ContentFile

__all__ = ["ManifestFilesMixin"]


class ManifestFilesMixin(HashedFilesMixin):
    """
    Hashed names that are read from a manifest.

    Args:
        manifest_storage: Where the manifest lies; among the files by default.
    """

    manifest_version = "1.1"
    manifest_name = "staticfiles.json"
    # A name that is not in the manifest is an error.
    manifest_strict = True
    keep_intermediate_files = False

    def __init__(self, *args: Any, manifest_storage: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.manifest_storage: Any = self if manifest_storage is None else manifest_storage
        self.hashed_files, self.manifest_hash = self.load_manifest()

    def read_manifest(self) -> str | None:
        """Return the text of the manifest, ``None`` when there is none."""
        try:
            with self.manifest_storage.open(self.manifest_name) as manifest:
                text: str = manifest.read().decode()
        except FileNotFoundError:
            return None
        return text

    def load_manifest(self) -> tuple[dict[str, str], str]:
        """
        Return ``({name: hashed name}, hash of the manifest)``.

        Raises:
            ValueError: The manifest cannot be read or has an unknown version.
        """
        text = self.read_manifest()
        if text is None:
            return {}, ""
        try:
            stored = json.loads(text)
        except json.JSONDecodeError:
            stored = {}
        if stored.get("version") in ("1.0", "1.1"):
            return stored.get("paths", {}), stored.get("hash", "")
        raise ValueError(f"Couldn't load manifest '{self.manifest_name}' (version {self.manifest_version})")

    def post_process(self, *args: Any, **kwargs: Any) -> Iterator[tuple[str, str | None, Any]]:
        """Store the files under hashed names, then the manifest."""
        self.hashed_files = {}
        yield from super().post_process(*args, **kwargs)
        if not kwargs.get("dry_run"):
            self.save_manifest()

    def save_manifest(self) -> None:
        """Write the manifest anew."""
        names = sorted(self.hashed_files.items())
        self.manifest_hash = self.file_hash(None, ContentFile(json.dumps(names).encode())) or ""
        manifest = {"paths": dict(names), "version": self.manifest_version, "hash": self.manifest_hash}
        if self.manifest_storage.exists(self.manifest_name):
            self.manifest_storage.delete(self.manifest_name)
        self.manifest_storage._save(self.manifest_name, ContentFile(json.dumps(manifest).encode()))

    def stored_name(self, name: str) -> str:
        """Return the hashed name of a file. Raises ``ValueError`` for one that the manifest has not."""
        parts = list(urlsplit(unquote(name)))
        path = parts[2].strip()
        found = self.hashed_files.get(self.hash_key(path))
        if found is None:
            if self.manifest_strict:
                raise ValueError(f"Missing staticfiles manifest entry for '{path}'")
            found = self.clean_name(self.hashed_name(name))
        parts[2] = found
        if "?#" in name and not parts[3]:
            parts[2] += "?"
        return urlunsplit(parts)
