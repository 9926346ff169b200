"""Patterns of URLs as URI templates: ``^users/(?P<pk>[0-9]+)/$`` and ``users/<int:pk>/`` are both ``/users/{pk}/``."""

from __future__ import annotations

import re

_converter = re.compile(r"<(?:[^>:]+:)?(\w+)>")
_variable = re.compile(r"{(\w+)}")


def _group_end(regex: str, start: int) -> int:
    """Return the place behind the group that begins at *start*."""
    depth, at = 0, start
    while at < len(regex):
        if regex[at] == "\\":
            at += 1
        elif regex[at] == "[":
            # In a set of characters, brackets are characters; the first may be the closing one.
            at = regex.find("]", at + (3 if regex.startswith("[^", at) else 2))
            if at < 0:
                return len(regex)
        elif regex[at] == "(":
            depth += 1
        elif regex[at] == ")":
            depth -= 1
            if depth == 0:
                return at + 1
        at += 1
    return at


def route_template(route: str) -> str:
    """Return a route of ``path()`` as a URI template."""
    return _converter.sub(r"{\1}", route)


def simplify(regex: str) -> str:
    """Return a regular expression of a URL as a URI template: named groups become ``{name}``, others ``{var}``."""
    out, at = "", 0
    while at < len(regex):
        if regex.startswith("(?P<", at):
            end = regex.index(">", at)
            out += "{" + regex[at + 4 : end] + "}"
            at = _group_end(regex, at)
        elif regex.startswith("(?:", at):
            end = _group_end(regex, at)
            out += simplify(regex[at + 3 : end - 1])
            at = end
        elif regex.startswith("(?", at):
            # Flags and what is only looked at stand for no text.
            at = _group_end(regex, at)
        elif regex[at] == "(":
            out += "{var}"
            at = _group_end(regex, at)
        elif regex[at] in "^$?*+":
            at += 1
        elif regex[at] == "\\" and at + 1 < len(regex):
            # An escaped character stands for itself; \Z and the like for none.
            out += regex[at + 1] if not regex[at + 1].isalpha() else ""
            at += 2
        else:
            out += regex[at]
            at += 1
    return out


def uri_template(pattern: str) -> str:
    """Return the text of a pattern, or of several one after the other, as a URI template with a slash in front."""
    found = route_template(simplify(pattern))
    return found if found.startswith("/") else f"/{found}"


def variables(template: str) -> list[str]:
    """Return the names in a URI template, each once."""
    return list(dict.fromkeys(_variable.findall(template)))


__all__ = ["route_template", "simplify", "uri_template", "variables"]
