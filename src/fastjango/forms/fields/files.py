"""
The fields of files: uploads, uploaded images, and a choice of paths on the server.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Any, ClassVar

from fastjango.core import validators
from fastjango.core.exceptions import ValidationError
from fastjango.forms.fields.choices import ChoiceField
from fastjango.forms.fields.field import Field
from fastjango.forms.widgets import FILE_INPUT_CONTRADICTION, ClearableFileInput, FileInput
from fastjango.utils.translation import gettext_lazy as _
from fastjango.utils.translation import ngettext_lazy

__all__ = ["FileField", "FilePathField", "ImageField"]


class FileField(Field):
    """
    An uploaded file.

    Args:
        max_length: Of the file's name, in characters.
        allow_empty_file: Accept files of no bytes.
    """

    widget: Any = ClearableFileInput
    default_error_messages: ClassVar[Mapping[str, Any]] = {
        "invalid": _("No file was submitted. Check the encoding type on the form."),
        "missing": _("No file was submitted."),
        "empty": _("The submitted file is empty."),
        "max_length": ngettext_lazy(
            "Ensure this filename has at most %(max)d character (it has %(length)d).",
            "Ensure this filename has at most %(max)d characters (it has %(length)d).",
            "max",
        ),
        "contradiction": _("Please either submit a file or check the clear checkbox, not both."),
    }

    def __init__(self, *, max_length: int | None = None, allow_empty_file: bool = False, **kwargs: Any) -> None:
        self.max_length = max_length
        self.allow_empty_file = allow_empty_file
        super().__init__(**kwargs)

    def to_python(self, data: Any) -> Any:
        """Return the upload, checked for a name, its length and a size."""
        if data in self.empty_values:
            return None
        try:
            name, size = data.name, data.size
        except AttributeError as problem:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from problem
        if self.max_length is not None and len(name) > self.max_length:
            params = {"max": self.max_length, "length": len(name)}
            raise ValidationError(self.error_messages["max_length"], code="max_length", params=params)
        if not name:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        if not self.allow_empty_file and not size:
            raise ValidationError(self.error_messages["empty"], code="empty")
        return data

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Return the upload; the *initial* file when none came; ``False`` to remove that."""
        if data is FILE_INPUT_CONTRADICTION:
            raise ValidationError(self.error_messages["contradiction"], code="contradiction")
        if data is False:
            if not self.required:
                return False
            # A required file cannot be removed, so the box counts as no data.
            data = None
        if not data and initial:
            return initial
        return super().clean(data)

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Return the initial file: an upload cannot be shown again."""
        return initial if data in (None, FILE_INPUT_CONTRADICTION) else data

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Tell whether a file came, or the box to remove it was ticked."""
        return not self.disabled and data is not None

    def _clean_bound_field(self, bf: Any) -> Any:
        return self.clean(bf.initial if self.disabled else bf.data, bf.initial)


class ImageField(FileField):
    """An uploaded image that Pillow can read; the clean file has ``image`` and the right ``content_type``."""

    default_validators = [validators.validate_image_file_extension]
    default_error_messages: ClassVar[Mapping[str, Any]] = {
        "invalid_image": _("Upload a valid image. The file you uploaded was either not an image or a corrupted image.")
    }

    def to_python(self, data: Any) -> Any:
        """Return the upload, verified to be an image."""
        upload = super().to_python(data)
        if upload is None:
            return None
        from PIL import Image  # optional driver, needed only where images are uploaded

        try:
            image = Image.open(self._source(data))
            # Verified by its headers only; decoding every pixel would invite bombs.
            image.verify()
            upload.image = image
            upload.content_type = Image.MIME.get(image.format or "")
        except Exception as problem:
            raise ValidationError(self.error_messages["invalid_image"], code="invalid_image") from problem
        if callable(getattr(upload, "seek", None)):
            upload.seek(0)
        return upload

    @staticmethod
    def _source(data: Any) -> Any:
        if hasattr(data, "temporary_file_path"):
            return data.temporary_file_path()
        return BytesIO(data.read() if hasattr(data, "read") else data["content"])

    def widget_attrs(self, widget: Any) -> dict[str, Any]:
        """Return ``accept`` for file inputs that have none."""
        attrs = super().widget_attrs(widget)
        if isinstance(widget, FileInput) and "accept" not in widget.attrs:
            attrs.setdefault("accept", "image/*")
        return attrs


class FilePathField(ChoiceField):
    """
    One of the files below a folder of the server.

    Args:
        match: A regular expression for file names.
        recursive: Look in the folders below, too.
    """

    def __init__(
        self,
        path: Any,
        *,
        match: str | None = None,
        recursive: bool = False,
        allow_files: bool = True,
        allow_folders: bool = False,
        **kwargs: Any,
    ) -> None:
        self.path, self.match, self.recursive = path, match, recursive
        self.allow_files, self.allow_folders = allow_files, allow_folders
        self.match_re = None if match is None else re.compile(match)
        super().__init__(choices=(), **kwargs)
        nothing = [] if self.required else [("", "---------")]
        self.choices = nothing + list(self._walk() if recursive else self._list())
        self.widget.choices = self.choices

    def _matches(self, name: str) -> bool:
        return self.match_re is None or self.match_re.search(name) is not None

    def _walk(self) -> Iterator[tuple[str, str]]:
        for root, folders, files in sorted(os.walk(self.path)):
            names = sorted(files) if self.allow_files else []
            if self.allow_folders:
                names += [name for name in sorted(folders) if name != "__pycache__"]
            for name in names:
                if self._matches(name):
                    full = os.path.join(root, name)
                    yield full, full.replace(str(self.path), "", 1)

    def _list(self) -> Iterator[tuple[str, str]]:
        with os.scandir(self.path) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
        for entry in found:
            if entry.name == "__pycache__" or not self._matches(entry.name):
                continue
            if (self.allow_files and entry.is_file()) or (self.allow_folders and entry.is_dir()):
                yield entry.path, entry.name
