"""Names of files, and characters that no text may have."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastjango.core.exceptions import ValidationError
from fastjango.utils.deconstruct import deconstructible
from fastjango.utils.translation import gettext_lazy as _


@deconstructible(path="fastjango.core.validators.FileExtensionValidator")
class FileExtensionValidator:
    """
    Accepts files whose names end in certain ways.

    Args:
        allowed_extensions: Without the dot; None accepts all.
    """

    message: Any = _("File extension “%(extension)s” is not allowed. Allowed extensions are: %(allowed_extensions)s.")
    code = "invalid_extension"

    def __init__(self, allowed_extensions: Any = None, message: Any = None, code: str | None = None) -> None:
        if allowed_extensions is not None:
            allowed_extensions = [extension.lower() for extension in allowed_extensions]
        self.allowed_extensions = allowed_extensions
        if message is not None:
            self.message = message
        if code is not None:
            self.code = code

    def __call__(self, value: Any) -> None:
        """Raise ``ValidationError`` when the file's name ends in another way."""
        extension = Path(value.name).suffix[1:].lower()
        if self.allowed_extensions is None or extension in self.allowed_extensions:
            return
        params = {
            "extension": extension,
            "allowed_extensions": ", ".join(self.allowed_extensions),
            "value": value,
        }
        raise ValidationError(self.message, code=self.code, params=params)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, self.__class__)
            and set(self.allowed_extensions or []) == set(other.allowed_extensions or [])
            and self.message == other.message
            and self.code == other.code
        )

    __hash__ = None  # type: ignore[assignment]


def get_available_image_extensions() -> list[str]:
    """Return the endings of the image files that Pillow can read, none without Pillow."""
    try:
        from PIL import Image
    except ImportError:
        return []
    Image.init()
    return [extension.lower()[1:] for extension in Image.EXTENSION]


def validate_image_file_extension(value: Any) -> None:
    """Accept files whose names end like an image's."""
    FileExtensionValidator(allowed_extensions=get_available_image_extensions())(value)


@deconstructible(path="fastjango.core.validators.ProhibitNullCharactersValidator")
class ProhibitNullCharactersValidator:
    """Accepts texts without null characters."""

    message: Any = _("Null characters are not allowed.")
    code = "null_characters_not_allowed"

    def __init__(self, message: Any = None, code: str | None = None) -> None:
        if message is not None:
            self.message = message
        if code is not None:
            self.code = code

    def __call__(self, value: Any) -> None:
        """Raise ``ValidationError`` when *value* has a null character."""
        if "\x00" in str(value):
            raise ValidationError(self.message, code=self.code, params={"value": value})

    def __eq__(self, other: object) -> bool:
        return isinstance(other, self.__class__) and self.message == other.message and self.code == other.code

    __hash__ = None  # type: ignore[assignment]
