"""Files that are images, and the size of an image from its first bytes."""

from __future__ import annotations

import struct
import zlib
from typing import Any

from fastjango.core.files.base import File


class ImageFile(File):
    """A file with a width and a height in pixels; None when it is no image."""

    @property
    def width(self) -> Any:
        """The width in pixels."""
        return self._get_image_dimensions()[0]

    @property
    def height(self) -> Any:
        """The height in pixels."""
        return self._get_image_dimensions()[1]

    def _get_image_dimensions(self) -> Any:
        if not hasattr(self, "_dimensions_cache"):
            close = self.closed
            self.open()
            self._dimensions_cache = get_image_dimensions(self, close=close)
        return self._dimensions_cache


def get_image_dimensions(file_or_path: Any, close: bool = False) -> tuple[int | None, int | None]:
    """
    Return ``(width, height)`` of an image, ``(None, None)`` when the file is none.

    Reads as few bytes as the format allows.

    Args:
        close: Close the file in the end; otherwise its position is restored.
    """
    from PIL import ImageFile as PillowImageFile

    parser = PillowImageFile.Parser()
    position = 0
    if hasattr(file_or_path, "read"):
        file = file_or_path
        position = file.tell()
        file.seek(0)
    else:
        try:
            file = open(file_or_path, "rb")
        except OSError:
            return None, None
        close = True
    try:
        chunk_size = 1024
        while chunk := file.read(chunk_size):
            try:
                parser.feed(chunk)
            except zlib.error as error:
                # A truncated stream: more bytes may help.
                if not error.args[0].startswith("Error -5"):
                    raise
            except (struct.error, RuntimeError):
                pass  # the header is not complete yet, or the format needs the whole file
            if parser.image:
                return parser.image.size
            chunk_size *= 2
        return None, None
    finally:
        if close:
            file.close()
        else:
            file.seek(position)
