"""Colours of a terminal: escape codes, palettes, and styles by role."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable
from typing import Any

color_names = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
foreground = {name: f"3{number}" for number, name in enumerate(color_names)}
background = {name: f"4{number}" for number, name in enumerate(color_names)}
RESET = "0"
opt_dict = {"bold": "1", "underscore": "4", "blink": "5", "reverse": "7", "conceal": "8"}


def colorize(text: Any = "", opts: Any = (), **kwargs: str) -> str:
    """
    Return *text* between the codes for *opts*, ``fg`` and ``bg``.

    Args:
        opts: Of bold, underscore, blink, reverse, conceal; ``noreset`` leaves the colour on, ``reset`` alone
            gives the code that ends it.
    """
    if text == "" and len(opts) == 1 and opts[0] == "reset":
        return f"\x1b[{RESET}m"
    codes = []
    for kind, value in kwargs.items():
        if kind == "fg":
            codes.append(foreground[value])
        elif kind == "bg":
            codes.append(background[value])
    codes.extend(opt_dict[opt] for opt in opts if opt in opt_dict)
    if "noreset" not in opts:
        text = f"{text or ''}\x1b[{RESET}m"
    return f"\x1b[{';'.join(codes)}m{text or ''}"


def make_style(opts: Any = (), **kwargs: str) -> Callable[..., str]:
    """Return a function that colours a text in one fixed way."""
    return lambda text: colorize(text, opts, **kwargs)


NOCOLOR_PALETTE = "nocolor"
DARK_PALETTE = "dark"
LIGHT_PALETTE = "light"

_ROLES = (
    "ERROR SUCCESS WARNING NOTICE SQL_FIELD SQL_COLTYPE SQL_KEYWORD SQL_TABLE HTTP_INFO HTTP_SUCCESS "
    "HTTP_REDIRECT HTTP_NOT_MODIFIED HTTP_BAD_REQUEST HTTP_NOT_FOUND HTTP_SERVER_ERROR MIGRATE_HEADING MIGRATE_LABEL"
).split()


def _bold(**colors: str) -> dict[str, Any]:
    return {**colors, "opts": ("bold",)}


def _palette(field: str, column: str, keyword: str, info: str, not_found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        "ERROR": _bold(fg="red"),
        "SUCCESS": _bold(fg="green"),
        "WARNING": _bold(fg="yellow"),
        "NOTICE": {"fg": "red"},
        "SQL_FIELD": _bold(fg=field),
        "SQL_COLTYPE": {"fg": column},
        "SQL_KEYWORD": {"fg": keyword},
        "SQL_TABLE": {"opts": ("bold",)},
        "HTTP_INFO": {"opts": ("bold",)},
        "HTTP_SUCCESS": {},
        "HTTP_REDIRECT": {"fg": info},
        "HTTP_NOT_MODIFIED": {"fg": "cyan" if info == "green" else "green"},
        "HTTP_BAD_REQUEST": _bold(fg="red"),
        "HTTP_NOT_FOUND": not_found,
        "HTTP_SERVER_ERROR": _bold(fg="magenta"),
        "MIGRATE_HEADING": _bold(fg="cyan"),
        "MIGRATE_LABEL": {"opts": ("bold",)},
    }


PALETTES: dict[str, dict[str, dict[str, Any]]] = {
    NOCOLOR_PALETTE: {role: {} for role in _ROLES},
    DARK_PALETTE: _palette("green", "green", "yellow", "green", {"fg": "yellow"}),
    LIGHT_PALETTE: _palette("green", "green", "blue", "green", {"fg": "red"}),
}
DEFAULT_PALETTE = DARK_PALETTE


def parse_color_setting(config_string: str) -> dict[str, dict[str, Any]] | None:
    """
    Return the palette that a text such as ``"light;error=yellow/blue,blink"`` describes.

    None means no colours. Words that are not understood are left out.
    """
    if not config_string:
        return PALETTES[DEFAULT_PALETTE]
    palette: dict[str, dict[str, Any]] = dict(PALETTES[NOCOLOR_PALETTE])
    for part in config_string.lower().split(";"):
        if part in PALETTES:
            palette.update(PALETTES[part])
        elif "=" in part:
            role, _, styles = part.partition("=")
            definition = _definition(styles.split(","))
            if role.upper() in PALETTES[NOCOLOR_PALETTE] and definition:
                palette[role.upper()] = definition
    return None if palette == PALETTES[NOCOLOR_PALETTE] else palette


def _definition(styles: list[str]) -> dict[str, Any]:
    """Return the arguments of ``make_style`` for ``["fg/bg", "option", ...]``."""
    definition: dict[str, Any] = {}
    colors = styles[0].split("/")
    if colors[0] in color_names:
        definition["fg"] = colors[0]
    if len(colors) > 1 and colors[1] in color_names:
        definition["bg"] = colors[1]
    opts = tuple(style for style in reversed(styles[1:]) if style in opt_dict)
    if opts:
        definition["opts"] = opts
    return definition


class Style:
    """A function per role that colours a text."""

    def __getattr__(self, name: str) -> Callable[[Any], Any]:
        if name.startswith("_"):
            raise AttributeError(name)
        return _plain


def _plain(text: Any) -> Any:
    return text


def supports_color() -> bool:
    """Return whether the standard output is a terminal that shows colours."""
    return bool(getattr(sys.stdout, "isatty", lambda: False)()) and (
        sys.platform != "win32" or "ANSICON" in os.environ or "WT_SESSION" in os.environ
    )


def make_style_set(config_string: str = "") -> Style:
    """Return the styles of a palette text; see ``parse_color_setting``."""
    style = Style()
    palette = parse_color_setting(config_string)
    for role in _ROLES:
        style.__dict__[role] = make_style(**palette.get(role, {})) if palette else _plain
    style.__dict__["ERROR_OUTPUT"] = style.ERROR
    return style


@functools.cache
def no_style() -> Style:
    """Return styles without colours."""
    return make_style_set(NOCOLOR_PALETTE)


def color_style(force_color: bool = False) -> Style:
    """Return the styles for this terminal; ``FASTJANGO_COLORS`` or ``DJANGO_COLORS`` choose them."""
    if not force_color and not supports_color():
        return no_style()
    return make_style_set(os.environ.get("FASTJANGO_COLORS") or os.environ.get("DJANGO_COLORS", ""))
