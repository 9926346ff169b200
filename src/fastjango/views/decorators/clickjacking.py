"""Frames around single views."""

from __future__ import annotations

from typing import Any

from fastjango.views.decorators.around import View, around


def _with_default(view_func: View, value: str) -> View:
    def after(request: Any, response: Any) -> None:
        if response.get("X-Frame-Options") is None:
            response["X-Frame-Options"] = value

    return around(view_func, after=after)


def xframe_options_deny(view_func: View) -> View:
    """Let no site show the view in a frame."""
    return _with_default(view_func, "DENY")


def xframe_options_sameorigin(view_func: View) -> View:
    """Let only this site show the view in a frame."""
    return _with_default(view_func, "SAMEORIGIN")


def xframe_options_exempt(view_func: View) -> View:
    """Let every site show the view in a frame: the middleware keeps away from it."""

    def after(request: Any, response: Any) -> None:
        response.xframe_options_exempt = True

    return around(view_func, after=after)


__all__ = ["xframe_options_deny", "xframe_options_exempt", "xframe_options_sameorigin"]
