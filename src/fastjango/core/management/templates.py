"""What ``startproject`` and ``startapp`` share: copy a folder, rendering the files that are templates."""

from __future__ import annotations

import os
import shutil
import stat
import tarfile
import tempfile
import zipfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import fastjango
from fastjango.conf import settings
from fastjango.core.management.base import BaseCommand, CommandError, CommandParser
from fastjango.core.management.utils import find_formatters, handle_extensions, is_ignored_path, run_formatters
from fastjango.template import Context, Engine
from fastjango.utils.archive import extract
from fastjango.utils.version import get_docs_version


class TemplateCommand(BaseCommand):
    """Copy a template folder to a new place."""

    requires_system_checks: Any = []
    # A file called x.py-tpl becomes x.py; the suffix keeps tools from reading a template as code.
    rewrite_template_suffixes = ((".py-tpl", ".py"), (".html-tpl", ".html"), (".css-tpl", ".css"), (".ini-tpl", ".ini"))

    def add_arguments(self, parser: CommandParser) -> None:
        """Choose name, place and template."""
        parser.add_argument("name", help="Name of the application or project.")
        parser.add_argument(
            "directory", nargs="?", help="Optional destination directory, this will be created if needed."
        )
        parser.add_argument("--template", help="The path or URL to load the template from: a directory or an archive.")
        parser.add_argument(
            "--extension",
            "-e",
            dest="extensions",
            action="append",
            default=["py"],
            help='The file extension(s) to render (default: "py"). Separate multiple extensions with commas, or use -e multiple times.',
        )
        parser.add_argument(
            "--name",
            "-n",
            dest="files",
            action="append",
            default=[],
            help="The file name(s) to render. Separate multiple file names with commas, or use -n multiple times.",
        )
        parser.add_argument(
            "--exclude",
            "-x",
            action="append",
            default=[],
            nargs="?",
            const="",
            help="The directory name(s) to exclude, in addition to .git and __pycache__, instead of all hidden ones. "
            "Can be used multiple times.",
        )

    def handle(self, app_or_project: str, name: str, target: str | None = None, **options: Any) -> None:
        """Check the name, copy the template."""
        self.app_or_project = app_or_project
        self.a_or_an = "an" if app_or_project == "app" else "a"
        self.verbosity = options["verbosity"]
        self.validate_name(name)
        top_dir = self._target(name, target, app_or_project)
        extensions = handle_extensions(options["extensions"])
        extra_files = [part for names in options["files"] for part in names.split(",")]
        # Hidden folders stay behind, unless it is said which ones do.
        excluded = [".git", "__pycache__"] if options["exclude"] else [".*", "__pycache__"]
        excluded += [part.strip() for names in options["exclude"] for part in (names or "").split(",") if part.strip()]
        context = Context(self._values(name, top_dir, options), autoescape=False)
        if not settings.configured:
            settings.configure()
            fastjango.setup()
        self._temporary: list[str] = []
        try:
            source = self._source(options["template"])
            written = self._copy(source, top_dir, name, context, (extensions, extra_files, excluded))
        finally:
            for folder in self._temporary:
                shutil.rmtree(folder, ignore_errors=True)
        run_formatters(written, **find_formatters())

    def _target(self, name: str, target: str | None, app_or_project: str) -> str:
        if target is None:
            top_dir = os.path.join(os.getcwd(), name)
            try:
                os.makedirs(top_dir)
            except FileExistsError as exc:
                raise CommandError(f"'{top_dir}' already exists") from exc
            except OSError as exc:
                raise CommandError(str(exc)) from exc
            return top_dir
        top_dir = os.path.abspath(os.path.expanduser(target))
        if app_or_project == "app":
            self.validate_name(os.path.basename(top_dir), "directory")
        os.makedirs(top_dir, exist_ok=True)
        return top_dir

    def _values(self, name: str, top_dir: str, options: dict[str, Any]) -> dict[str, Any]:
        camel_case = "".join(part[:1].upper() + part[1:] for part in name.split("_"))
        return {
            **options,
            f"{self.app_or_project}_name": name,
            f"{self.app_or_project}_directory": top_dir,
            f"camel_case_{self.app_or_project}_name": camel_case,
            "docs_version": get_docs_version(),
            "fastjango_version": fastjango.__version__,
            "django_version": fastjango.__version__,
        }

    def _source(self, template: str | None) -> Path:
        if template is None:
            return Path(fastjango.__path__[0]) / "conf" / f"{self.app_or_project}_template"
        path = self._download(template) if _is_url(template) else Path(template.removeprefix("file://")).expanduser()
        if path.is_dir():
            return path
        if not path.is_file():
            raise CommandError(f"couldn't handle {self.app_or_project} template {template}.")
        folder = self._temporary_folder()
        try:
            extract(str(path), str(folder))
        except (OSError, tarfile.TarError, zipfile.BadZipFile, ValueError) as exc:
            raise CommandError(f"couldn't extract file {path} to {folder}: {exc}") from exc
        return folder

    def _temporary_folder(self) -> Path:
        folder = tempfile.mkdtemp(prefix="fastjango_")
        self._temporary.append(folder)
        return Path(folder)

    def _download(self, url: str) -> Path:
        """Return the archive at *url*, as a file."""
        if self.verbosity >= 2:
            self.stdout.write(f"Downloading {url}")
        # The name tells the kind of archive; some servers put a slash behind it.
        name = os.path.basename(urlsplit(url).path.rstrip("/")) or "template"
        target = self._temporary_folder() / name
        request = Request(url, headers={"User-Agent": f"FastJango/{fastjango.__version__}"})  # noqa: S310  see _is_url
        try:
            with urlopen(request, timeout=60) as source, target.open("wb") as file:  # noqa: S310
                shutil.copyfileobj(source, file)
        except OSError as exc:
            raise CommandError(f"couldn't download URL {url} to {name}: {exc}") from exc
        return target

    def _copy(
        self, source: Path, top_dir: str, name: str, context: Any, choice: tuple[set[str], list[str], list[str]]
    ) -> list[str]:
        extensions, extra_files, excluded = choice
        written = []
        engine = Engine(autoescape=False)
        for root, folders, files in os.walk(source):
            relative = os.path.relpath(root, source)
            relative = "" if relative == "." else relative.replace(f"{self.app_or_project}_name", name)
            target_dir = os.path.join(top_dir, relative) if relative else top_dir
            os.makedirs(target_dir, exist_ok=True)
            folders[:] = [folder for folder in folders if not is_ignored_path(folder, excluded)]
            for filename in files:
                if filename.endswith((".pyo", ".pyc", ".py.class")) or is_ignored_path(filename, excluded):
                    continue
                old_path = os.path.join(root, filename)
                new_path = os.path.join(target_dir, filename.replace(f"{self.app_or_project}_name", name))
                for old_suffix, new_suffix in self.rewrite_template_suffixes:
                    if new_path.endswith(old_suffix):
                        new_path = new_path[: -len(old_suffix)] + new_suffix
                        break
                if os.path.exists(new_path):
                    raise CommandError(
                        f"{new_path} already exists. Overlaying {self.a_or_an} {self.app_or_project} into an existing "
                        "directory won't replace conflicting files."
                    )
                if new_path.endswith(tuple(extensions)) or filename in extra_files:
                    text = Path(old_path).read_text(encoding="utf-8")
                    Path(new_path).write_text(engine.from_string(text).render(context), encoding="utf-8")
                else:
                    shutil.copyfile(old_path, new_path)
                written.append(new_path)
                if self.verbosity >= 2:
                    self.stdout.write(f"Creating {new_path}")
                _set_mode(old_path, new_path)
        return written

    def validate_name(self, name: str | None, name_or_dir: str = "name") -> None:
        """Refuse what cannot be imported, or what would hide another module."""
        if name is None:
            raise CommandError(f"you must provide {self.a_or_an} {self.app_or_project} name")
        if not name.isidentifier():
            raise CommandError(
                f"'{name}' is not a valid {self.app_or_project} {name_or_dir}. Please make sure the {name_or_dir} is a "
                "valid identifier."
            )
        if find_spec(name) is not None and not (name_or_dir == "directory" and Path(name).is_dir()):
            raise CommandError(
                f"'{name}' conflicts with the name of an existing Python module and cannot be used as {self.a_or_an} "
                f"{self.app_or_project} {name_or_dir}. Please try another {name_or_dir}."
            )


def _is_url(template: str) -> bool:
    """Tell whether a template lies on a server; only these kinds of addresses are asked."""
    return template.startswith(("http://", "https://"))


def _set_mode(old_path: str, new_path: str) -> None:
    """Give a new file the rights of its template, as far as the umask of the process allows; the owner may write it."""
    umask = os.umask(0o077)
    os.umask(umask)
    os.chmod(new_path, (stat.S_IMODE(os.stat(old_path).st_mode) & ~umask) | stat.S_IWUSR)
