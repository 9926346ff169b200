"""What users rely on: files are found, collected, and named by their content."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from fastjango.contrib.staticfiles import finders
from fastjango.contrib.staticfiles.storage import ManifestStaticFilesStorage, StaticFilesStorage
from fastjango.core.exceptions import ImproperlyConfigured, SuspiciousFileOperation
from fastjango.core.files.storage import FileSystemStorage
from fastjango.core.management import call_command
from fastjango.test import override_settings


@pytest.fixture
def project(tmp_path: Path) -> Any:
    """A folder with static files, and settings that know it."""
    source = tmp_path / "my files"
    (source / "css" / "img").mkdir(parents=True)
    (source / "css" / "site.css").write_text('@import "base.css";\nb { background: url(img/dot.png) }\n')
    (source / "css" / "base.css").write_text("a { color: red }\n")
    (source / "css" / "img" / "dot.png").write_bytes(b"dot")
    with override_settings(
        STATICFILES_DIRS=[source],
        STATICFILES_FINDERS=["fastjango.contrib.staticfiles.finders.FileSystemFinder"],
        STATIC_ROOT=tmp_path / "collected",
        STATIC_URL="/static/",
    ):
        yield tmp_path


def test_a_file_is_found_below_its_folder(project: Path) -> None:
    """The absolute path comes back, None for unknown files."""
    assert finders.find("css/site.css") == str(project / "my files" / "css" / "site.css")
    assert finders.find("css/none.css") is None


def test_no_file_outside_the_folder_is_found(project: Path) -> None:
    """Security rule 10."""
    (project / "secret.txt").write_text("x")

    with pytest.raises(SuspiciousFileOperation):
        finders.find("../secret.txt")


def test_collectstatic_copies_what_is_new(project: Path) -> None:
    """The second run finds nothing to do."""
    first, second = StringIO(), StringIO()

    call_command("collectstatic", interactive=False, stdout=first)
    call_command("collectstatic", interactive=False, stdout=second)

    assert (project / "collected" / "css" / "site.css").exists()
    assert first.getvalue().startswith("\n3 static files copied to ")
    assert second.getvalue().startswith("\n0 static files copied to ")
    assert "3 unmodified" in second.getvalue()


def test_hashed_names_follow_the_content_of_what_they_refer_to(project: Path) -> None:
    """A changed image gives the style sheet a new name, too."""
    source = FileSystemStorage(project / "my files")
    names = ["css/site.css", "css/base.css", "css/img/dot.png"]

    def collect() -> dict[str, str]:
        storage = ManifestStaticFilesStorage(location=project / "collected", base_url="/static/")
        for name in names:
            storage.delete(name)
            storage.save(name, source.open(name))
        assert all(not isinstance(done[2], Exception) for done in storage.post_process({n: (source, n) for n in names}))
        return dict(storage.hashed_files)

    before = collect()
    (project / "my files" / "css" / "img" / "dot.png").write_bytes(b"another dot")
    after = collect()

    assert before["css/base.css"] == after["css/base.css"]
    assert before["css/img/dot.png"] != after["css/img/dot.png"]
    assert before["css/site.css"] != after["css/site.css"]
    text = (project / "collected" / after["css/site.css"]).read_text()
    assert f'url("{after["css/img/dot.png"].removeprefix("css/")}")' in text
    manifest = json.loads((project / "collected" / "staticfiles.json").read_text())
    assert manifest["paths"] == after


def test_a_circle_of_references_is_an_error_that_names_the_files(project: Path) -> None:
    """No hash can cover itself."""
    (project / "my files" / "a.css").write_text('@import "b.css";')
    (project / "my files" / "b.css").write_text('@import "a.css";')
    source = FileSystemStorage(project / "my files")
    storage = ManifestStaticFilesStorage(location=project / "collected", base_url="/static/")

    results = list(storage.post_process({name: (source, name) for name in ("a.css", "b.css")}))

    assert results[0][0] == "a.css, b.css"
    assert isinstance(results[0][2], RuntimeError)


def test_without_static_root_the_error_says_what_to_set() -> None:
    """Not MEDIA_ROOT by accident."""
    with override_settings(STATIC_ROOT=None), pytest.raises(ImproperlyConfigured, match="STATIC_ROOT"):
        StaticFilesStorage().path("x")
