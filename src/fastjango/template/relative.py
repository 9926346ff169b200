"""Template names relative to the template they stand in: ``"./row.html"``."""

from __future__ import annotations

import posixpath

from fastjango.template.exceptions import TemplateSyntaxError

__all__ = ["construct_relative_path"]


def construct_relative_path(
    current_template_name: str | None, relative_name: str, allow_recursion: bool = False
) -> str:
    """
    Return *relative_name* (quotes and all) as a full name, if it begins with ``./`` or ``../``.

    Args:
        allow_recursion: The template may name itself.
    Raises:
        TemplateSyntaxError: The name leads out of the templates, or to the template itself.
    """
    name = relative_name.strip("'\"")
    if not name.startswith(("./", "../")):
        # A variable, or a full name.
        return relative_name
    if current_template_name is None:
        raise TemplateSyntaxError(
            f"The relative path {relative_name} cannot be evaluated due to an unknown template origin."
        )
    current = current_template_name.lstrip("/")
    name = posixpath.normpath(posixpath.join(posixpath.dirname(current), name))
    if name.startswith("../"):
        raise TemplateSyntaxError(
            f"The relative path '{relative_name}' points outside the file hierarchy that template "
            f"'{current_template_name}' is in."
        )
    if not allow_recursion and current == name:
        raise TemplateSyntaxError(
            f"The relative path '{relative_name}' was translated to template name '{current_template_name}', "
            "the same template in which the tag appears."
        )
    quoted = relative_name.startswith(('"', "'")) and relative_name[0] == relative_name[-1]
    return f'"{name}"' if quoted else name
