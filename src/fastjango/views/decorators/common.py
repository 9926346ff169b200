"""What ``CommonMiddleware`` does not do to single views."""

from __future__ import annotations

from fastjango.views.decorators.around import View, marked


def no_append_slash(view_func: View) -> View:
    """Do not redirect to this view from its address without the final slash."""
    return marked(view_func, "should_append_slash", False)


__all__ = ["no_append_slash"]
