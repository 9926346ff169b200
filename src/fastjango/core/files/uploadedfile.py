"""What an uploaded file becomes: a file in memory, or a temporary file on disk."""

from __future__ import annotations

import os
from io import BytesIO
from typing import Any, Self

from fastjango.conf import settings
from fastjango.core.files import temp as tempfile
from fastjango.core.files.base import File
from fastjango.core.files.utils import validate_file_name

__all__ = ("InMemoryUploadedFile", "SimpleUploadedFile", "TemporaryUploadedFile", "UploadedFile")

_LONGEST_NAME = 255


class UploadedFile(File):
    """
    An uploaded file.

    Args:
        content_type: As the client says; not to be trusted.
        content_type_extra: The parameters behind it.
    """

    def __init__(
        self,
        file: Any = None,
        name: Any = None,
        content_type: str | None = None,
        size: int | None = None,
        charset: str | None = None,
        content_type_extra: Any = None,
    ) -> None:
        super().__init__(file, name)
        self.size = size
        self.content_type = content_type
        self.charset = charset
        self.content_type_extra = content_type_extra

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.name} ({self.content_type})>"

    @property
    def name(self) -> Any:
        """The name without folders, at most 255 characters."""
        return self._name

    @name.setter
    def name(self, name: Any) -> None:
        if name is not None:
            name = os.path.basename(name)
            if len(name) > _LONGEST_NAME:
                stem, ending = os.path.splitext(name)
                ending = ending[:_LONGEST_NAME]
                name = stem[: _LONGEST_NAME - len(ending)] + ending
            name = validate_file_name(name)
        self._name = name


class TemporaryUploadedFile(UploadedFile):
    """An upload on disk, removed when it is closed."""

    def __init__(
        self, name: str, content_type: str | None, size: int, charset: str | None, content_type_extra: Any = None
    ) -> None:
        ending = os.path.splitext(name)[1]
        file = tempfile.NamedTemporaryFile(suffix=f".upload{ending}", dir=settings.FILE_UPLOAD_TEMP_DIR)
        super().__init__(file, name, content_type, size, charset, content_type_extra)

    def temporary_file_path(self) -> str:
        """Return where it is."""
        return str(self.file.name)

    def close(self) -> None:
        """Close and remove it; it may have been moved away already."""
        try:
            self.file.close()
        except FileNotFoundError:
            pass


class InMemoryUploadedFile(UploadedFile):
    """An upload in memory."""

    def __init__(
        self,
        file: Any,
        field_name: str | None,
        name: str | None,
        content_type: str | None,
        size: int | None,
        charset: str | None,
        content_type_extra: Any = None,
    ) -> None:
        super().__init__(file, name, content_type, size, charset, content_type_extra)
        self.field_name = field_name

    def open(self, mode: str | None = None, *args: Any, **kwargs: Any) -> Self:
        """Go to its start."""
        self.file.seek(0)
        return self

    def chunks(self, chunk_size: int | None = None) -> Any:
        """Yield the whole content."""
        self.file.seek(0)
        yield self.read()

    def multiple_chunks(self, chunk_size: int | None = None) -> bool:
        """Return False: it is one chunk."""
        return False


class SimpleUploadedFile(InMemoryUploadedFile):
    """An upload made by hand, for tests."""

    def __init__(self, name: str, content: bytes | None, content_type: str = "text/plain") -> None:
        content = content or b""
        super().__init__(BytesIO(content), None, name, content_type, len(content), None, None)

    @classmethod
    def from_dict(cls, file_dict: dict[str, Any]) -> Self:
        """Return one from ``filename``, ``content`` and ``content-type``."""
        return cls(file_dict["filename"], file_dict["content"], file_dict.get("content-type", "text/plain"))
