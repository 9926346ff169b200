"""
One file that a page must load: ``MediaAsset`` and its child ``Script``.

``media.py`` collects and orders them; plain paths are as good where no attributes are needed.
"""

from __future__ import annotations

from typing import Any

from fastjango.forms.attributes import flatatt
from fastjango.templatetags.static import static
from fastjango.utils.html import format_html
from fastjango.utils.safestring import SafeString

__all__ = ["MediaAsset", "Script", "asset_url"]


def asset_url(path: str) -> str:
    """Return *path* when it is a full URL or begins with a slash, else its static URL."""
    if path.startswith(("http://", "https://", "/")):
        return path
    return static(path)


class MediaAsset:
    """A file with attributes; subclasses give ``element_template`` with ``{path}`` and ``{attributes}``."""

    element_template = "{path}"

    def __init__(self, path: str, **attributes: Any) -> None:
        self._path = path
        self.attributes = attributes

    def __eq__(self, other: object) -> bool:
        # The same file twice is one file, whatever attributes go with it.
        if isinstance(other, str):
            return self._path == other
        return isinstance(other, MediaAsset) and type(self) is type(other) and self._path == other._path

    def __hash__(self) -> int:
        return hash(self._path)

    def __str__(self) -> str:
        return str(format_html(self.element_template, path=self.path, attributes=flatatt(self.attributes)))

    def __repr__(self) -> str:
        return f"{type(self).__qualname__}({self._path!r})"

    @property
    def path(self) -> str:
        """The URL under which a browser finds the file."""
        return asset_url(self._path)

    def __html__(self) -> SafeString:
        return SafeString(str(self))


class Script(MediaAsset):
    """A JavaScript file: ``Script("app.js", defer=True)``."""

    element_template = '<script src="{path}"{attributes}></script>'

    def __init__(self, src: str, **attributes: Any) -> None:
        super().__init__(src, **attributes)
