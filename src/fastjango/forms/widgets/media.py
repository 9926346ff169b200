"""
The style sheets and scripts that widgets and forms need: ``Media`` and the class statement that reads it.

A widget says what it needs in an inner ``class Media``; ``MediaDefiningClass`` turns that into a ``media``
property. Media objects add up, each file once, in an order that every list agrees with.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from typing import Any

from fastjango.forms.widgets.assets import asset_url
from fastjango.utils.html import format_html
from fastjango.utils.safestring import SafeString

__all__ = ["MEDIA_TYPES", "Media", "MediaDefiningClass", "MediaOrderConflictWarning", "media_property"]

MEDIA_TYPES = ("css", "js")


class MediaOrderConflictWarning(RuntimeWarning):
    """Two lists of files ask for opposite orders."""


def _stable_order(items: list[Any], before: dict[Any, set[Any]]) -> list[Any] | None:
    """Return *items*, each behind those it needs *before* it; ``None`` when they need each other."""
    placed: list[Any] = []
    waiting = items
    while waiting:
        done = set(placed)
        ready = [item for item in waiting if before[item] <= done]
        if not ready:
            return None
        placed += ready
        taken = set(ready)
        waiting = [item for item in waiting if item not in taken]
    return placed


class Media:
    """
    A set of CSS and JavaScript files.

    Args:
        media: A class with ``css`` and ``js`` attributes, in place of the other two.
        css: ``{"all": ["one.css"], "print": [...]}``.
        js: Paths or ``Script`` objects.
    """

    def __init__(self, media: Any = None, css: Any = None, js: Any = None) -> None:
        if media is not None:
            css, js = getattr(media, "css", {}), getattr(media, "js", [])
        self._css_lists: list[Any] = [css or {}]
        self._js_lists: list[Any] = [js or []]

    def __repr__(self) -> str:
        return f"Media(css={self._css!r}, js={self._js!r})"

    def __str__(self) -> str:
        return self.render()

    def __html__(self) -> SafeString:
        return SafeString(str(self))

    @property
    def _css(self) -> dict[str, list[Any]]:
        by_medium: dict[str, list[Any]] = {}
        for css in self._css_lists:
            for medium, files in css.items():
                by_medium.setdefault(medium, []).append(files)
        return {medium: self.merge(*lists) for medium, lists in by_medium.items()}

    @property
    def _js(self) -> list[Any]:
        return self.merge(*self._js_lists)

    def render(self) -> SafeString:
        """Return every ``<link>``, then every ``<script>``, one per line."""
        return SafeString("\n".join([*self.render_css(), *self.render_js()]))

    def render_js(self) -> list[Any]:
        """Return one ``<script>`` per file."""
        return [
            path.__html__()
            if hasattr(path, "__html__")
            else format_html('<script src="{}"></script>', self.absolute_path(path))
            for path in self._js
        ]

    def render_css(self) -> Iterable[Any]:
        """Return one ``<link>`` per file, by medium in alphabetical order."""
        css = self._css
        return [
            path.__html__()
            if hasattr(path, "__html__")
            else format_html('<link href="{}" media="{}" rel="stylesheet">', self.absolute_path(path), medium)
            for medium in sorted(css)
            for path in css[medium]
        ]

    def absolute_path(self, path: str) -> str:
        """Return the URL of *path*: itself when absolute, else below the static files."""
        return asset_url(path)

    def __getitem__(self, name: str) -> Media:
        if name not in MEDIA_TYPES:
            raise KeyError(f'Unknown media type "{name}"')
        return Media(**{name: getattr(self, f"_{name}")})

    @staticmethod
    def merge(*lists: Sequence[Any]) -> list[Any]:
        """
        Return the files of all lists, each once, every list's own order kept.

        Warns:
            MediaOrderConflictWarning: There is no such order; files come as first met.
        """
        given = [files for files in lists if files]
        before: dict[Any, set[Any]] = {}
        for files in given:
            previous = None
            for position, path in enumerate(files):
                needs = before.setdefault(path, set())
                if position and path != previous:
                    needs.add(previous)
                previous = path
        if (ordered := _stable_order(list(before), before)) is not None:
            return ordered
        shown = ", ".join(repr(files) for files in given)
        warnings.warn(
            f"Detected duplicate Media files in an opposite order: {shown}", MediaOrderConflictWarning, stacklevel=2
        )
        return list(before)

    def __add__(self, other: Media) -> Media:
        total = Media()
        for name in ("_css_lists", "_js_lists"):
            joined: list[Any] = []
            for files in [*getattr(self, name), *getattr(other, name)]:
                if files and files not in joined:
                    joined.append(files)
            setattr(total, name, joined)
        return total


def media_property(cls: type) -> property:
    """Return the ``media`` property of a class: its bases' media and its own inner ``Media``."""

    def media(self: Any) -> Media:
        try:
            inherited: Media = super(cls, self).media  # type: ignore[arg-type]  # a base may have none
        except AttributeError:
            inherited = Media()
        definition = getattr(cls, "Media", None)
        if not definition:
            return inherited
        extend = getattr(definition, "extend", True)
        if not extend:
            return Media(definition)
        if extend is True:
            kept = inherited
        else:
            kept = Media()
            for name in extend:
                kept += inherited[name]
        return kept + Media(definition)

    return property(media)


class MediaDefiningClass(type):
    """The metaclass that reads an inner ``class Media``."""

    def __new__(mcs, name: str, bases: tuple[type, ...], attrs: dict[str, Any], **kwargs: Any) -> Any:
        new_class = super().__new__(mcs, name, bases, attrs, **kwargs)
        if "media" not in attrs:
            new_class.media = media_property(new_class)  # type: ignore[attr-defined]
        return new_class
