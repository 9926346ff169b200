"""Names of views from class names, descriptions from docstrings, and lazily formatted text."""

from __future__ import annotations

import re
from typing import Any

from fastjango.rest.compat import apply_markdown
from fastjango.utils.encoding import force_str
from fastjango.utils.html import escape
from fastjango.utils.safestring import SafeString

_word_start = re.compile(r"(?<=[a-z])[A-Z]|(?<=[A-Z])[A-Z](?=[a-z])|(?<=[a-z])[0-9]|(?<=[0-9])[A-Z]")


def remove_trailing_string(content: str, trailing: str) -> str:
    """Return *content* without *trailing* at its end, unless that is all of it."""
    if content.endswith(trailing) and content != trailing:
        return content[: -len(trailing)]
    return content


def dedent(content: Any) -> str:
    """Return *content* without the indentation that all its lines, the first excepted, have in common."""
    text = force_str(content)
    lines = text.splitlines()
    rest = [line for line in lines[1:] if line.strip()]
    if rest:
        width = min(len(line) - len(line.lstrip(" ")) for line in rest)
        tabs = min(len(line) - len(line.lstrip("\t")) for line in rest)
        margin = width or tabs
        if margin:
            first, *others = text.split("\n")
            text = "\n".join([first, *(line[margin:] if line[:margin].strip() == "" else line for line in others)])
    return str(text.strip())


def camelcase_to_spaces(content: str) -> str:
    """Return ``UserList`` as ``User List``."""
    text = _word_start.sub(lambda found: " " + found.group(0), content).strip()
    return str(" ".join(text.split("_")).title())


def markup_description(description: str) -> SafeString:
    """Return a description as HTML: Markdown where that is installed, else paragraphs."""
    if apply_markdown is not None:
        text = apply_markdown(description)
    else:
        text = escape(description).replace("\n", "<br />")
        text = "<p>" + text + "</p>"
    return SafeString(text)


class lazy_format:
    """``lazy_format("{} items", n)``: formatted when it is first made text."""

    __slots__ = ("args", "format_string", "kwargs", "result")

    def __init__(self, format_string: Any, *args: Any, **kwargs: Any) -> None:
        self.result: str | None = None
        self.format_string: str | None = format_string
        self.args: Any = args
        self.kwargs: Any = kwargs

    def __str__(self) -> str:
        if self.result is None and self.format_string is not None:
            self.result = self.format_string.format(*self.args, **self.kwargs)
            self.format_string, self.args, self.kwargs = None, None, None
        return str(self.result)

    def __mod__(self, value: Any) -> str:
        return str(str(self) % value)
