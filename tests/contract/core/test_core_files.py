"""Storages: safe names, free names, two kinds."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from fastjango.core.exceptions import SuspiciousFileOperation
from fastjango.core.files.base import ContentFile, File
from fastjango.core.files.storage import FileSystemStorage, InMemoryStorage, InvalidStorageError, StorageHandler
from fastjango.core.files.uploadedfile import SimpleUploadedFile
from fastjango.core.files.utils import validate_file_name
from fastjango.utils._os import safe_join


@pytest.fixture(params=["folder", "memory"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """A storage of each kind."""
    kind = FileSystemStorage if request.param == "folder" else InMemoryStorage
    return kind(location=tmp_path, base_url="/media/")


def test_a_file_is_stored_listed_read_and_removed(storage: Any) -> None:
    name = storage.save("notes/a file.txt", ContentFile(b"text"))

    assert storage.exists(name)
    assert storage.listdir("notes") == ([], ["a file.txt"])
    assert storage.size(name) == 4
    with storage.open(name) as file:
        assert file.read() == b"text"
    assert storage.url(name) == "/media/notes/a%20file.txt"
    storage.delete(name)
    assert not storage.exists(name)


def test_a_taken_name_gets_seven_random_characters(storage: Any) -> None:
    storage.save("report.tar.gz", ContentFile(b"1"))
    second = storage.save("report.tar.gz", ContentFile(b"2"))

    assert second.startswith("report_")
    assert second.endswith(".tar.gz")
    assert len(second) == len("report_1234567.tar.gz")


def test_names_are_shortened_to_what_the_caller_can_keep(storage: Any) -> None:
    name = storage.save("x" * 40 + ".txt", ContentFile(b""), max_length=20)

    assert len(name) == 20


@pytest.mark.parametrize("name", ["../up.txt", "/etc/passwd", "a/../../b", "a\\..\\..\\b", "", ".", "dir/.."])
def test_names_that_lead_out_are_refused(storage: Any, name: str) -> None:
    with pytest.raises(SuspiciousFileOperation):
        storage.save(name, ContentFile(b"x"))


def test_generated_names_are_safe(storage: Any) -> None:
    assert storage.generate_filename("up/lo ad/wei\u00dfes $b.txt") == os.path.join("up/lo ad", "wei\u00dfes_b.txt")
    with pytest.raises(SuspiciousFileOperation):
        storage.generate_filename("../up.txt")


def test_overwriting_has_to_be_allowed(tmp_path: Path) -> None:
    storage = FileSystemStorage(location=tmp_path, allow_overwrite=True)
    storage.save("a.txt", ContentFile(b"a long text"))
    name = storage.save("a.txt", ContentFile(b"short"))

    assert name == "a.txt"
    assert (tmp_path / "a.txt").read_bytes() == b"short"


def test_permissions_are_set(tmp_path: Path) -> None:
    storage = FileSystemStorage(location=tmp_path, file_permissions_mode=0o600, directory_permissions_mode=0o700)
    storage.save("sub/a.txt", ContentFile(b""))

    assert (tmp_path / "sub/a.txt").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "sub").stat().st_mode & 0o777 == 0o700


def test_an_unknown_alias_is_an_error() -> None:
    with pytest.raises(InvalidStorageError, match=r"Could not find config for 'nope' in settings.STORAGES."):
        StorageHandler({})["nope"]


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", "a/../../x"])
def test_safe_join_stays_inside(path: str) -> None:
    with pytest.raises(SuspiciousFileOperation):
        safe_join("/srv/media", path)


def test_safe_join_is_not_fooled_by_a_longer_neighbour() -> None:
    with pytest.raises(SuspiciousFileOperation):
        safe_join("/srv/media", "../media-private/x")


def test_upload_names_lose_their_folders() -> None:
    assert SimpleUploadedFile("../../evil.txt", b"").name == "evil.txt"
    assert validate_file_name("plain.txt") == "plain.txt"


def test_lines_are_whole_across_chunks() -> None:
    file = File(ContentFile("one\r\ntwo\rthree").file)
    setattr(file, "DEFAULT_CHUNK_SIZE", 4)

    assert list(file) == ["one\r\n", "two\r", "three"]
