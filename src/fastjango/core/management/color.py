"""Colours of command output: ``style.SUCCESS("done")``. ``FASTJANGO_COLORS``/``DJANGO_COLORS`` choose a palette."""

from __future__ import annotations

import functools
import os
import sys
from typing import Any

from fastjango.utils import termcolors


class Style:
    """One function per role; each returns its text, coloured or not."""

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"There is no style {name!r}. Choose one of: {', '.join(sorted(vars(self)))}.")


def supports_color() -> bool:
    """Return whether standard output is a terminal that shows colours."""
    if os.environ.get("NO_COLOR"):
        return False
    if not (hasattr(sys.stdout, "isatty") and sys.stdout.isatty()):
        return False
    return sys.platform != "win32" or "ANSICON" in os.environ or "WT_SESSION" in os.environ


def _plain(text: str) -> str:
    return text


def make_style(config_string: str = "") -> Style:
    """Return the styles of a palette; an empty string means the default one."""
    style = Style()
    settings = termcolors.parse_color_setting(config_string)
    for role in termcolors.PALETTES[termcolors.NOCOLOR_PALETTE]:
        if settings:
            setattr(style, role, termcolors.make_style(**settings.get(role, {})))
        else:
            setattr(style, role, _plain)
    # Used where no colour was asked for at all.
    setattr(style, "ERROR_OUTPUT", style.ERROR)
    return style


@functools.cache
def no_style() -> Style:
    """Return styles that change nothing."""
    return make_style("nocolor")


def color_style(force_color: bool = False) -> Style:
    """Return the styles for this terminal."""
    if not force_color and not supports_color():
        return no_style()
    return make_style(os.environ.get("FASTJANGO_COLORS") or os.environ.get("DJANGO_COLORS", ""))
