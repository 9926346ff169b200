"""
Static files under names with a hash of their content, so that browsers may keep them for ever.

``css/site.css`` is stored as ``css/site.5e0040571e1a.css`` too. References between files (``url(...)``,
``@import``, source maps, JavaScript modules) are rewritten. A file's hash covers its rewritten text, so each file
is finished after those it refers to; a circle of references cannot be hashed and is an error.
"""

from __future__ import annotations

import hashlib
import os
import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote, urldefrag, urlsplit, urlunsplit

from fastjango.conf import settings
from fastjango.contrib.staticfiles.utils import matches_patterns
from fastjango.core.files.base import ContentFile

__all__ = ["HashedFilesMixin"]

# A rule is a pattern with the groups "matched" and "url", and a template for what replaces the match.
CSS_RULES = (
    r"""(?P<matched>url\(["']?\s*(?P<url>[^)\n]*?)["']?\))""",
    (r"""(?P<matched>@import\s*["']\s*(?P<url>[^"'\n]*)["'])""", '@import url("%(url)s")'),
    (
        r"(?m)^(?P<matched>/\*#[ \t](?-i:sourceMappingURL)=(?P<url>[^\n]*?)[ \t]*\*/)$",
        "/*# sourceMappingURL=%(url)s */",
    ),
)
JS_RULES = ((r"(?m)^(?P<matched>//# (?-i:sourceMappingURL)=(?P<url>[^\n]*?)[ \t]*)$", "//# sourceMappingURL=%(url)s"),)
JS_MODULE_RULES = (
    (
        r"""(?P<matched>import(?P<names>(?:[\s{][^;"']*?)|(?:\s*\*\s*as\s+\w+))\s*from\s*["'](?P<url>[./][^"']*)["']\s*;)""",
        'import%(names)s from "%(url)s";',
    ),
    (
        r"""(?P<matched>export(?P<names>[\s{][^;"']*?)\s*from\s*["'](?P<url>[./][^"']*)["']\s*;)""",
        'export%(names)s from "%(url)s";',
    ),
    (r"""(?P<matched>import\s*["'](?P<url>[./][^"']*)["']\s*;)""", 'import"%(url)s";'),
    (r"""(?P<matched>import\(["'](?P<url>[^"'\n]*)["']\))""", 'import("%(url)s")'),
)


class CircularReference(Exception):
    """Files refer to each other in a circle; ``names`` are those of the circle."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(", ".join(names))
        self.names = names


class HashedFilesMixin:
    """Mix it into a storage to have files under hashed names; ``patterns`` says what is rewritten where."""

    default_template = 'url("%(url)s")'
    max_post_process_passes = 5
    support_js_module_import_aggregation = False
    keep_intermediate_files = True
    patterns: Any = (("*.css", CSS_RULES), ("*.js", JS_RULES))

    # Given by the storage this is mixed into.
    open: Callable[..., Any]
    exists: Callable[[str], bool]
    delete: Callable[[str], None]
    _save: Callable[[str, Any], str]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rules = list(self.patterns)
        if self.support_js_module_import_aggregation:
            rules.append(("*.js", JS_MODULE_RULES))
        self._patterns: dict[str, list[tuple[re.Pattern[str], str]]] = {}
        for extension, entries in rules:
            compiled = self._patterns.setdefault(extension, [])
            for entry in entries:
                pattern, template = entry if isinstance(entry, (list, tuple)) else (entry, self.default_template)
                compiled.append((re.compile(pattern, re.IGNORECASE), template))
        self.hashed_files: dict[str, str] = {}

    def file_hash(self, name: str | None, content: Any = None) -> str | None:
        """Return the hash for a file's name: twelve hexadecimal digits of MD5."""
        if content is None:
            return None
        digest = hashlib.md5(usedforsecurity=False)
        for chunk in content.chunks():
            digest.update(chunk)
        return digest.hexdigest()[:12]

    def hashed_name(self, name: str, content: Any = None, filename: str | None = None) -> str:
        """
        Return *name* with the hash of *content*, or of the stored file *filename*.

        Raises:
            ValueError: There is no such file.
        """
        parts = list(urlsplit(unquote(name)))
        path = parts[2].strip()
        source = (urlsplit(unquote(filename)).path.strip() if filename else "") or path
        if content is not None:
            digest = self.file_hash(path, content)
        else:
            if not self.exists(source):
                raise ValueError(f"The file {source!r} could not be found with {self!r}.")
            try:
                opened = self.open(source)
            except OSError:
                # A folder, or a name that is no file's.
                return name
            try:
                digest = self.file_hash(path, opened)
            finally:
                opened.close()
        folder, base = os.path.split(path)
        root, extension = os.path.splitext(base)
        mark = f".{digest}" if digest else ""
        parts[2] = os.path.join(folder, f"{root}{mark}{extension}")
        if "?#" in name and not parts[3]:
            # "font.eot?#iefix" is a trick for old browsers that must stay as it is.
            parts[2] += "?"
        return urlunsplit(parts)

    def _url(self, name_function: Callable[..., str], name: str, force: bool = False, hashed_files: Any = None) -> str:
        if settings.DEBUG and not force:
            hashed, fragment = name, ""
        else:
            bare, fragment = urldefrag(name)
            if urlsplit(bare).path.endswith("/"):
                hashed = name
            else:
                hashed = name_function(bare) if hashed_files is None else name_function(bare, hashed_files)
        parts = list(urlsplit(super().url(hashed)))  # type: ignore[misc]  # the storage's
        if fragment and not parts[4]:
            parts[4] = fragment
        if "?#" in name and not parts[3]:
            parts[2] += "?"
        return unquote(urlunsplit(parts))

    def url(self, name: str, force: bool = False) -> str:
        """Return the URL of a file: the hashed one, the plain one under ``DEBUG`` unless *force*."""
        return self._url(self.stored_name, name, force)

    def url_converter(
        self, name: str, hashed_files: dict[str, str], template: str | None = None
    ) -> Callable[[re.Match[str]], str]:
        """Return the function that rewrites one reference in the file *name*."""
        chosen = self.default_template if template is None else template

        def convert(match: re.Match[str]) -> str:
            groups = match.groupdict()
            url = groups["url"]
            target = self._referred_file(name, url)
            if target is None:
                return str(groups["matched"])
            hashed = self._url(self._stored_name, unquote(target), force=True, hashed_files=hashed_files)
            path, fragment = urldefrag(url)
            folder = path.rpartition("/")[0]
            rewritten = "/".join(([folder] if "/" in path else []) + [hashed.rpartition("/")[2]])
            if fragment:
                rewritten += ("?#" if "?#" in url else "#") + fragment
            return str(chosen % {**groups, "url": unquote(rewritten)})

        return convert

    @staticmethod
    def _referred_file(name: str, url: str) -> str | None:
        """Return the name of the static file that *url* in the file *name* means, ``None`` for others."""
        if re.match(r"[a-z]+:", url) or url.startswith("//"):
            return None
        path = urldefrag(url)[0]
        if not path:
            return None
        if url.startswith("/"):
            return path.removeprefix(settings.STATIC_URL) if url.startswith(settings.STATIC_URL) else None
        return posixpath.join(posixpath.dirname(name.replace(os.sep, "/")), path)

    def post_process(
        self, paths: Mapping[str, tuple[Any, str]], dry_run: bool = False, **options: Any
    ) -> Iterator[tuple[str, str | None, Any]]:
        """
        Store the collected files under hashed names.

        Args:
            paths: ``{name: (storage, path)}`` of what was collected.
        Returns:
            ``(name, hashed name, whether it was stored or the exception that stopped it)`` per file.
        """
        if dry_run:
            return
        work = _Collection(self, paths)
        for name in paths:
            try:
                result: tuple[str, str | None, Any] = (name, *work.finish(name))
            except CircularReference as circle:
                error = RuntimeError("Max post-process passes exceeded.")
                result = (", ".join(sorted(circle.names)), None, error)
            except ValueError as problem:
                result = (work.failed_name or name, None, problem)
            yield result
        self.hashed_files.update(work.hashed_files)

    def _rewritten(self, name: str, path: str, text: str, hashed_files: dict[str, str]) -> str:
        for extension, rules in self._patterns.items():
            if matches_patterns(path, (extension,)):
                for pattern, template in rules:
                    text = pattern.sub(self.url_converter(name, hashed_files, template), text)
        return text

    def clean_name(self, name: str) -> str:
        """Return *name* with slashes as on the web."""
        return name.replace("\\", "/")

    def hash_key(self, name: str) -> str:
        """Return the key of a file in ``hashed_files``."""
        return name

    def _stored_name(self, name: str, hashed_files: dict[str, str]) -> str:
        path = posixpath.normpath(name)
        cleaned = self.clean_name(path)
        key = self.hash_key(cleaned)
        found = hashed_files.get(key)
        return self.clean_name(self.hashed_name(path)) if found is None else found

    def stored_name(self, name: str) -> str:
        """
        Return the hashed name of a file, from memory or from the files themselves.

        Raises:
            ValueError: The files give no stable name.
        """
        key = self.hash_key(self.clean_name(name))
        if found := self.hashed_files.get(key):
            return found
        # The file was rewritten when it was stored, so its name follows from the stored text.
        current = name
        for _attempt in range(self.max_post_process_passes + 1):
            hashed = self.clean_name(self.hashed_name(name, content=None, filename=current))
            if hashed == current:
                self.hashed_files[key] = hashed
                return hashed
            current = hashed
        raise ValueError(f"The name '{name}' could not be hashed with {self!r}.")


class _Collection:
    """One run of ``post_process``: finishes every file after those it refers to."""

    def __init__(self, storage: Any, paths: Mapping[str, tuple[Any, str]]) -> None:
        self.storage = storage
        self.paths = paths
        self.hashed_files: dict[str, str] = _FinishingNames(self)
        self.results: dict[str, tuple[str, bool]] = {}
        self.open_names: list[str] = []
        self.failed_name: str | None = None
        self.names_by_key = {storage.hash_key(storage.clean_name(name)): name for name in paths}

    def finish(self, name: str) -> tuple[str, bool]:
        """Return the hashed name of a collected file and whether it was stored now."""
        if name in self.results:
            return self.results[name]
        if name in self.open_names:
            raise CircularReference(self.open_names[self.open_names.index(name) :])
        self.open_names.append(name)
        self.failed_name = None
        try:
            result = self._store(name)
        except ValueError:
            self.failed_name = self.failed_name or name
            raise
        finally:
            self.open_names.pop()
        self.results[name] = result
        self.hashed_files[self.storage.hash_key(self.storage.clean_name(name))] = result[0]
        return result

    def _store(self, name: str) -> tuple[str, bool]:
        source, path = self.paths[name]
        storage = self.storage
        with source.open(path) as original:
            if not matches_patterns(path, storage._patterns):
                hashed = storage.hashed_name(name, original)
                if storage.exists(hashed):
                    return storage.clean_name(hashed), False
                if hasattr(original, "seek"):
                    original.seek(0)
                return storage.clean_name(storage._save(hashed, original)), True
            text = original.read().decode("utf-8")
        content = ContentFile(storage._rewritten(name, path, text, self.hashed_files).encode())
        hashed = storage.hashed_name(name, content)
        if storage.exists(hashed):
            storage.delete(hashed)
        return storage.clean_name(storage._save(hashed, content)), True


class _FinishingNames(dict[str, str]):
    """The hashed names so far; asking for a collected file's that is not finished finishes it."""

    def __init__(self, work: _Collection) -> None:
        super().__init__()
        self.work = work

    def get(self, key: str, default: Any = None) -> Any:
        """Return the hashed name for *key*, *default* when it is no collected file."""
        if key in self:
            return self[key]
        name = self.work.names_by_key.get(key)
        return default if name is None else self.work.finish(name)[0]
